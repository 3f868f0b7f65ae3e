import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { GrantTarget } from './client-grant';
import { containerOf } from './container-of';
import { ContentJob } from './content-job';
import type { ApiRight, Endpoint, MemberGroup, ProductDesign, Reach, Task } from './design';
import { EndpointTarget } from './endpoint-target';
import type { Files } from './files';
import { identityIn } from './group-identity';
import { MemberMounts } from './member-mounts';
import type { ProductPodsProps } from './product-pods-props';
import { conflict, reportedBy, requireInteger } from '../base/errors';
import { ownObject } from '../base/own-object';
import { only } from '../input/only';
import { requirePorts } from '../pod/ports';
import type { MemberNames } from '../workload/member-names';
import type { NetworkAccess } from '../workload/network-access';
import { Placement } from '../workload/placement';
import { createService } from '../workload/services';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';
import { StatefulWorkload } from '../workload/stateful-workload';

const RBAC = { apiVersion: 'rbac.authorization.k8s.io/v1' };

/** The constructs of one group. */
interface AssembledGroup {
  readonly set: StatefulWorkload;
  readonly mounts: MemberMounts;
  readonly containers: Map<string, kplus.Container>;
}

/**
 * Creates the constructs of a product. This is the only place where a design becomes StatefulSets, Services, Jobs and
 * policies. All sets are created first, so that they can be granted access to each other, followed by their containers,
 * the Services and the tasks.
 */
export class Assembly {
  private readonly groups = new Map<string, AssembledGroup>();

  public constructor(private readonly scope: Construct, private design: ProductDesign, private readonly props: ProductPodsProps) {
    reportedBy(scope, () => this.assemble(design));
  }

  private assemble(design: ProductDesign): void {
    for (const [i, group] of design.groups.entries()) this.groups.set(group.names.set, this.createGroup(group, i === 0));
    for (const group of design.groups) this.grantReaches(this.setOf(group.names).workload, group.reaches);
    for (const group of design.groups) this.fill(group);
    for (const { name } of design.endpoints ?? []) this.createEndpoint(name);
    for (const task of design.tasks ?? []) this.createTask(task);
  }

  /** The set of a group. Throws if the design has no group with these names. */
  public setOf(names: MemberNames): StatefulWorkload {
    return this.groupOf(names).set;
  }

  /** The Pods and ports of the given endpoints. */
  public targetsOf(endpoints: Endpoint[]): GrantTarget[] {
    return endpoints.map(({ group, ports }) => ({ network: this.setOf(group)._network, ports }));
  }

  /** The Pods of all sets. */
  public get workloads(): kplus.Workload[] {
    return [...this.groups.values()].map(({ set }) => set.workload);
  }

  /** Network access to the Pods of all sets. */
  public get networks(): NetworkAccess[] {
    return [...this.groups.values()].map(({ set }) => set._network);
  }

  /**
   * Applies the files and ports of another design with the same groups and endpoints, for what is declared later.
   * Throws, and changes nothing, if a port is taken.
   */
  public redesign(design: ProductDesign): void {
    const added = design.groups.flatMap(group => this.newPorts(group));
    for (const { set, port } of added) requirePorts(set, set.workload, { ports: [port] });
    for (const { container, port } of added) container.addPort(port);
    for (const { names, mounts } of design.groups) this.groupOf(names).mounts.replaceFiles(mounts);
    this.design = design;
  }

  /** Adds files to a mount of a group, for what is declared later; those of the same names are replaced. */
  public addFiles(names: MemberNames, mount: string, files: Files): void {
    this.groupOf(names).mounts.addFiles(mount, files);
  }

  private newPorts({ names, containers }: MemberGroup): { set: StatefulWorkload; container: kplus.Container; port: kplus.ContainerPort }[] {
    const group = this.groupOf(names);
    return containers.flatMap(({ name, ports = [] }) => {
      const container = group.containers.get(name);
      if (container === undefined) return [];
      return ports.filter(({ number }) => !container.ports.some(port => port.number === number)).map(port => ({ set: group.set, container, port }));
    });
  }

  private groupOf(names: MemberNames): AssembledGroup {
    const group = this.groups.get(names.set);
    if (group === undefined) throw conflict(this.scope, `its design refers to the group '${names.set}', which does not exist`, 'Fix the engine.');
    return group;
  }

  private createGroup(group: MemberGroup, first: boolean): AssembledGroup {
    const { props } = this;
    const terminationGrace = props.terminationGrace ?? group.terminationGrace;
    // Without a grace period, two Pods of the same member can run on one volume.
    if (terminationGrace !== undefined) requireInteger(this.scope, 'terminationGrace in seconds', terminationGrace.toSeconds({ integral: false }), 1);
    const set = new StatefulWorkload(this.scope, first ? 'Resource' : `Group-${group.names.set}`, {
      ...only<StatefulPodsProps>('StatefulPodsProps', props),
      ...identityIn(this.scope, group, first ? props.identity : undefined),
      name: group.names.set,
      members: group.members,
      retention: MemberMounts.retentionOf(group.mounts),
      placement: placementOf(group, props.placement),
      podLabels: { ...props.podLabels, ...group.sharedLabels },
      // The budgets of other groups are derived from their members.
      disruption: first || group.sharedLabels !== undefined ? props.disruption : undefined,
      security: { ...props.security, user: props.security?.user ?? group.user },
      terminationGrace,
      ...this.account(group),
    });
    return { set, mounts: new MemberMounts(this.scope, set, group.names), containers: new Map() };
  }

  private fill({ names, prepare = [], containers, mounts }: MemberGroup): void {
    const group = this.groupOf(names);
    const volumes = group.mounts.create(mounts);
    for (const step of prepare) volumes.mountInto(group.set.addInitContainer(containerOf(step)));
    for (const props of containers) {
      const container = group.set.addContainer(containerOf(props));
      volumes.mountInto(container);
      group.containers.set(props.name, container);
    }
  }

  private grantReaches(from: kplus.Workload, reaches: Reach[] = []): void {
    for (const { group, ports } of reaches) this.setOf(group)._network.grant(from, ports.map(number => ({ number })));
  }

  private createEndpoint(name: string): void {
    const endpoint = () => endpointOf(this.design, name);
    const { group, target = EndpointTarget.all() } = endpoint();
    createService(this.scope, `Service-${name}`, {
      name,
      instance: this.instance,
      selector: { ...target._acrossGroups ? {} : this.setOf(group).workload.matchLabels, ...target._selector(group) },
      ports: () => endpoint().ports,
    });
  }

  private createTask(task: Task): void {
    const job = new ContentJob(this.scope, `Task-${task.name}`, { ...task, instance: this.instance, pods: this.props });
    this.grantReaches(job, task.reaches);
  }

  /** The name of the product. */
  private get instance(): string {
    return this.design.instance ?? this.design.groups[0].names.set;
  }

  /** The service account of a group with API permissions: the user's, or a new one. */
  private account({ names, apiRights }: MemberGroup): { serviceAccount?: kplus.IServiceAccount; automountServiceAccountToken?: boolean } {
    if (apiRights === undefined) return {};
    const name = names.set;
    const account = this.props.serviceAccount ?? this.createAccount(name);
    ownObject(this.scope, `Role-${name}`, { ...RBAC, kind: 'Role', name }, { rules: apiRights.map(ruleOf) });
    ownObject(this.scope, `RoleBinding-${name}`, { ...RBAC, kind: 'RoleBinding', name }, {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: account.name }],
    });
    return { serviceAccount: account, automountServiceAccountToken: true };
  }

  private createAccount(name: string): kplus.IServiceAccount {
    ownObject(this.scope, `Account-${name}`, { apiVersion: 'v1', kind: 'ServiceAccount', name }, { automountServiceAccountToken: false });
    return kplus.ServiceAccount.fromServiceAccountName(this.scope, `AccountOf-${name}`, name);
  }
}

function placementOf({ neverTwoOnANode = false, sharedLabels }: MemberGroup, given?: Placement): Placement | undefined {
  if (!neverTwoOnANode && sharedLabels === undefined) return given;
  const placement = given ?? Placement.spread();
  const apart = neverTwoOnANode ? placement._neverTwoOnANode() : placement;
  return sharedLabels === undefined ? apart : apart._ordinalsApart(sharedLabels);
}

function endpointOf({ endpoints = [] }: ProductDesign, name: string): Endpoint {
  const [endpoint] = endpoints.filter(candidate => candidate.name === name);
  return endpoint;
}

function ruleOf({ apiGroup = '', resources, verbs }: ApiRight): { apiGroups: string[]; resources: string[]; verbs: string[] } {
  return { apiGroups: [apiGroup], resources, verbs };
}
