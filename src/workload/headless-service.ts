import { Lazy } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { requireClusterDomain, serviceDnsName, serviceObject } from './services';
import { orNothing } from '../base/all-or-nothing';
import { kebabCase, nameOf, requireSameNamespace, selectsNothing } from '../base/names';
import { OwnApiObject } from '../base/own-api-object';
import { takeName } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';
import { portsOf, requireServicePorts } from '../pod/ports';

/** Properties of a headless Service. */
export interface HeadlessServiceProps {
  /** The workload whose Pods get DNS names. */
  readonly workload: kplus.Workload;

  /**
   * The name of the Service, at most 63 characters.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The ports, which are also published as SRV records.
   *
   * @default - the declared ports of the workload's containers
   */
  readonly ports?: kplus.ContainerPort[];

  /**
   * Whether Pods have DNS names before they are ready. Members of a quorum need them to find each other and become
   * ready.
   *
   * @default true
   */
  readonly publishNotReadyAddresses?: boolean;

  /**
   * The cluster's DNS domain.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
}

/**
 * A headless Service (`clusterIP: None`), whose DNS name resolves to the addresses of all Pods of a workload instead of
 * a virtual IP. Each Pod that has this Service as its `subdomain`, as members of a set have their governing Service,
 * also gets its own DNS name.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
 */
export class HeadlessService extends OwnApiObject {
  /** The DNS name of the Service: fully qualified if the chart has a namespace, otherwise relative to the namespace. */
  public readonly dnsName: string;

  /**
   * Throws if the name is invalid, or if the workload is in another namespace.
   */
  public constructor(scope: Construct, id: string, props: HeadlessServiceProps) {
    requireNew('HeadlessService', scope, id, props);
    super(scope, id, serviceObject({
      name: props.name ?? kebabCase(id),
      instance: props.name ?? kebabCase(id),
      selector: Lazy.any({ produce: () => props.workload.matchLabels }),
      ports: () => props.ports ?? portsOf(props.workload),
      headless: true,
      publishNotReadyAddresses: props.publishNotReadyAddresses ?? true,
    }));
    orNothing(scope, id, () => {
      nameOf(this, props.name, 63);
      requireSameNamespace(this, props.workload);
      requireClusterDomain(this, props.clusterDomain);
      requireServicePorts(this, props.ports ?? []);
      takeName(this, 'Service', this.name);
    });
    this.node.addValidation({ validate: () => problemsOfSelection(this.node.path, props.workload) });
    this.dnsName = serviceDnsName(this, this.name, props.clusterDomain);
  }

  /**
   * The DNS name of a Pod. It only resolves for Pods that have this Service as their `subdomain`.
   *
   * @param podName the name of the Pod
   */
  @checked
  public podDnsName(podName: string): string {
    return `${podName}.${this.dnsName}`;
  }
}

function problemsOfSelection(path: string, workload: kplus.Workload): string[] {
  if (workload.matchExpressions.length > 0) {
    return [`${path}: the workload ${workload.node.path} has matchExpressions in its selector, which Services do not support. Select the Pods by labels only.`];
  }
  return selectsNothing(workload) ? [`${path}: the workload ${workload.node.path} has no selector. Call its select().`] : [];
}
