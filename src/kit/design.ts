import type { Cron, Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { EndpointTarget } from './endpoint-target';
import type { MemberMount } from './member-mount';
import type { MemberNames } from '../workload/member-names';
import type { Members } from '../workload/members';

/** A container of each member, or of a task. */
export interface MemberContainer {
  /** The name, which must be unique in the Pod. */
  readonly name: string;
  /** The image. */
  readonly image: string;
  /** The resource requests and limits. */
  readonly resources: kplus.ContainerResources;

  /**
   * The command.
   *
   * @default - the image's own
   */
  readonly command?: string[];

  /**
   * The arguments of the command.
   *
   * @default - none
   */
  readonly args?: string[];

  /**
   * The environment variables. They must not contain secrets: mount these with `MemberMount.secret`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: kplus.EnvValue };

  /**
   * The ports that the container listens on.
   *
   * @default - none
   */
  readonly ports?: kplus.ContainerPort[];

  /**
   * The startup probe. The other probes start after it has succeeded. Allow enough time for crash recovery.
   *
   * @default - none
   */
  readonly startup?: kplus.Probe;

  /**
   * The readiness probe. Succeeds when the server can accept clients.
   *
   * @default - none
   */
  readonly readiness?: kplus.Probe;

  /**
   * The liveness probe. Fails only if a restart helps, never because of a peer or of load.
   *
   * @default - none
   */
  readonly liveness?: kplus.Probe;

  /**
   * A command that runs before the server is stopped, for example to wait for other members. Its duration counts
   * towards the termination grace period.
   *
   * @default - none
   */
  readonly preStop?: string[];
}

/** A connection to another group, from which the NetworkPolicies are derived. */
export interface Reach {
  /** The group to connect to. */
  readonly group: MemberNames;
  /** The TCP ports of that group. */
  readonly ports: number[];
}

/** A permission of the Pods of a group for the Kubernetes API, in their own namespace. */
export interface ApiRight {
  /**
   * The API group.
   *
   * @default '' - the core group
   */
  readonly apiGroup?: string;
  /** The resources, such as 'endpoints'. */
  readonly resources: string[];
  /** The verbs, such as 'get'. */
  readonly verbs: string[];
}

/** A group of members that run the same containers: one StatefulSet and its related objects. */
export interface MemberGroup {
  /** The names of the group: those of the request, or those of a group derived from them. */
  readonly names: MemberNames;
  /** The number of members and how they depend on each other. The budget and the placement are derived from it. */
  readonly members: Members;
  /** The containers: the server first, then its sidecars. */
  readonly containers: MemberContainer[];
  /** The mounts of all containers, in this order, including those of `prepare`. */
  readonly mounts: MemberMount[];

  /**
   * The init containers.
   *
   * @default - none
   */
  readonly prepare?: MemberContainer[];

  /**
   * The user id and group id of the server in its image. Not 0.
   *
   * @default - the image's own
   */
  readonly user?: number;

  /**
   * Whether members start one after the other or all at once. Immutable in a running set.
   *
   * @default kplus.PodManagementPolicy.PARALLEL
   */
  readonly podManagement?: kplus.PodManagementPolicy;

  /**
   * The termination grace period, unless the user sets another.
   *
   * @default Duration.seconds(60)
   */
  readonly terminationGrace?: Duration;

  /**
   * Whether members never share a node, regardless of how they depend on each other. The user can override this.
   *
   * @default false - members of a quorum never share a node, others avoid it
   */
  readonly neverTwoOnANode?: boolean;

  /**
   * Labels that the Pods of several groups of the same kind have in common. Members of the same ordinal, such as the
   * first members of all shards, avoid sharing nodes. The user's disruption policy applies to each of these groups.
   *
   * @default - none
   */
  readonly sharedLabels?: { [name: string]: string };

  /**
   * The other groups of the design that the members connect to. Members of a group can always connect to each other.
   *
   * @default - none
   */
  readonly reaches?: Reach[];

  /**
   * The permissions of the members for the Kubernetes API, with a token for it.
   *
   * @default - none, and no token
   */
  readonly apiRights?: ApiRight[];
}

/** A Service that routes to members of a group. */
export interface Endpoint {
  /** The name of the Service: see `MemberNames.serviceName`. */
  readonly name: string;
  /** The group that the Service routes to. */
  readonly group: MemberNames;
  /** The ports, each of which is a port of one of the group's containers. */
  readonly ports: kplus.ContainerPort[];

  /**
   * The members that the Service routes to.
   *
   * @default EndpointTarget.all()
   */
  readonly target?: EndpointTarget;
}

/** A task that runs once, or on a schedule. */
export interface Task {
  /**
   * The name of the CronJob, at most 52 characters, or the prefix of the name of the Job, which is followed by a hash
   * of its content so that each content runs once.
   */
  readonly name: string;
  /** The container. Omit probes and ports, since nothing connects to a task. */
  readonly container: MemberContainer;

  /**
   * The schedule.
   *
   * @default - the task runs once when it is new or has changed
   */
  readonly schedule?: Cron;

  /**
   * The Secrets and folders that the task mounts. Throws on other mounts, which only members can have.
   *
   * @default - none
   */
  readonly mounts?: MemberMount[];

  /**
   * The groups that the task connects to.
   *
   * @default - none
   */
  readonly reaches?: Reach[];

  /**
   * The user id and group id that the task runs as. Not 0.
   *
   * @default - the image's own
   */
  readonly user?: number;
}

/** The parts of a product, as plain values. The same request results in the same design. */
export interface ProductDesign {
  /**
   * The name of the product, in the labels of its Services and tasks.
   *
   * @default - that of the first group
   */
  readonly instance?: string;

  /** The groups of members, at least one. The user's `disruption` applies to the first. */
  readonly groups: MemberGroup[];

  /**
   * The Services for clients.
   *
   * @default - none
   */
  readonly endpoints?: Endpoint[];

  /**
   * The tasks that run once, or on a schedule.
   *
   * @default - none
   */
  readonly tasks?: Task[];
}
