import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { HEALTH_PORT, READ_PORT, renderHaproxyCfg, WRITE_PORT } from './haproxy-cfg';
import { REDIS_PORT } from './redis-conf';
import { READ_SUFFIX } from './redis-design';
import type { RedisModel } from './redis-model';
import type { SentinelLayout } from './redis-topology';
import { recommendedLabels } from '../base/labels';
import { namespaceOf } from '../base/names';
import { takeName } from '../base/taken-names';
import type { GrantTarget } from '../kit/client-grant';
import { companionMetadata, companionSpec } from '../kit/companion-pods';
import { configFilesOf } from '../kit/config-files';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { podSpecJson } from '../pod/pod-spec-json';
import { RenderedWorkload } from '../pod/rendered-workload';
import type { MemberNames } from '../workload/member-names';
import { NetworkAccess } from '../workload/network-access';
import { PodDisruptionBudget } from '../workload/pod-disruption-budget';
import { createService } from '../workload/services';

/** The user and group of the official image. */
const HAPROXY_USER = 99;
const CONFIG_DIR = '/usr/local/etc/haproxy';

const RESOURCES: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(100) },
  memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) },
};

/** The database, and the properties of the Pods. */
export interface DataLinkProps {
  readonly model: RedisModel<SentinelLayout>;
  readonly image: string;
  readonly pods: ProductPodsProps;
}

/**
 * HAProxy in front of the servers, for clients without Sentinel support: two Pods, a Service for writes and a Service for reads.
 * It is a Deployment, so that Pods of a lost node are replaced on another one.
 */
export class DataLink extends RenderedWorkload {
  public readonly resourceType = 'deployments';
  public readonly network: NetworkAccess;

  public constructor(scope: Construct, id: string, private readonly props: DataLinkProps) {
    const { model, image, pods } = props;
    const { names } = model;
    const name = `${names.set}-link`;
    // The dot avoids a collision with StatefulSets, whose selectors and policies use the name of the set.
    const address = `${names.set}.link`;
    super(scope, id, { apiVersion: 'apps/v1', kind: 'Deployment' }, {
      name,
      labels: recommendedLabels(names.set),
      selectorLabels: { [kplus.Pod.ADDRESS_LABEL]: address },
      podMetadata: companionMetadata(names.set, pods),
      serviceAccount: pods.serviceAccount,
      dockerRegistryAuth: pods.dockerRegistryAuth,
      security: { ...pods.security, user: pods.security === undefined ? HAPROXY_USER : pods.security.user },
      terminationGracePeriod: Duration.seconds(30),
    });
    takeName(this, 'Deployment', name);
    pods.placement?._chooseNodes(this.scheduling);
    this.scheduling.spread({ topology: kplus.Topology.HOSTNAME, weight: 100 });
    this.addProxy(model, image, pods.clusterDomain);
    new PodDisruptionBudget(this, 'DisruptionBudget', { name, workload: this, maxUnavailable: 1 });
    this.createServices(names);
    this.network = new NetworkAccess(this, {
      name: address, instance: names.set, pods: this, amongThemselves: false, isolate: pods.isolate ?? true, limitEgress: pods.egress ?? false,
    });
  }

  /** The target of grants to clients. */
  public get target(): GrantTarget {
    return { network: this.network, ports: [{ number: WRITE_PORT }, { number: READ_PORT }] };
  }

  protected render(): object {
    return {
      replicas: 2,
      selector: { matchLabels: this.matchLabels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: this.podMetadata.toJson(), spec: podSpecJson(this.renderPodSpec(companionSpec(this.props.pods))) },
    };
  }

  private addProxy(model: RedisModel<SentinelLayout>, image: string, clusterDomain = 'cluster.local'): void {
    const { names, layout, credentials } = model;
    const known = namespaceOf(this.standInOwner) !== undefined;
    const probe = (path: string, options: kplus.HttpGetProbeOptions) => kplus.Probe.fromHttpGet(path, { port: HEALTH_PORT, ...options });
    const container = this.addContainer({
      name: 'haproxy',
      image,
      resources: RESOURCES,
      ports: [{ name: 'write', number: WRITE_PORT }, { name: 'read', number: READ_PORT }],
      envVariables: {
        PASSWORD: credentials.password,
        // HAProxy queries the cluster's DNS without search domains, so it needs fully qualified names.
        POD_NAMESPACE: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAMESPACE),
        DOMAIN: kplus.EnvValue.fromValue(known ? names.domain : `${names.domain}.$(POD_NAMESPACE).svc.${clusterDomain}`),
      },
      startup: probe('/started', { periodSeconds: Duration.seconds(1), failureThreshold: 600 }),
      readiness: probe('/health', { periodSeconds: Duration.seconds(5) }),
      liveness: probe('/health', { periodSeconds: Duration.seconds(10), failureThreshold: 6 }),
    });
    container.mount(CONFIG_DIR, configFilesOf({ scope: this.standInOwner, name: this.name, workload: this }, 'haproxy',
      () => ({ 'haproxy.cfg': renderHaproxyCfg(names, layout) })));
  }

  private createServices(names: MemberNames): void {
    const service = { instance: names.set, selector: this.matchLabels };
    createService(this, 'Write', { ...service, name: names.serviceName(), ports: () => [{ name: 'redis', number: REDIS_PORT, targetPort: WRITE_PORT }] });
    createService(this, 'Read', { ...service, name: names.serviceName(READ_SUFFIX), ports: () => [{ name: 'redis', number: REDIS_PORT, targetPort: READ_PORT }] });
  }
}
