import type { Cron, Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { EndpointTarget } from './endpoint-target';
import type { MemberMount } from './member-mount';
import type { MemberNames } from '../workload/member-names';
import type { Members } from '../workload/members';

/** A container of each member, or of a task. */
export interface MemberContainer {
  /** The name, unique in the Pod. */
  readonly name: string;
  /** The image. */
  readonly image: string;
  /** What it may use. */
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
   * Environment variables. No secrets: mount these with `MemberMount.secret`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: kplus.EnvValue };

  /**
   * The ports that it listens at, by name.
   *
   * @default - none
   */
  readonly ports?: kplus.ContainerPort[];

  /**
   * Passes when the server is up; until then the other probes rest. Give it time to recover from a crash.
   *
   * @default - none
   */
  readonly startup?: kplus.Probe;

  /**
   * Passes when clients may come.
   *
   * @default - none
   */
  readonly readiness?: kplus.Probe;

  /**
   * Fails when only a restart helps; never because of a peer or of load.
   *
   * @default - none
   */
  readonly liveness?: kplus.Probe;

  /**
   * A command that runs before the server is told to stop, for example to wait for others. It counts against the
   * termination grace.
   *
   * @default - none
   */
  readonly preStop?: string[];
}

/** Ports of another group that are connected to: the NetworkPolicies follow from it. */
export interface Reach {
  /** The group that is connected to. */
  readonly group: MemberNames;
  /** Its TCP ports. */
  readonly ports: number[];
}

/** What the Pods of a group may do at the Kubernetes API, in their own namespace. */
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

/** Members that run the same containers: one StatefulSet with all that belongs to it. */
export interface MemberGroup {
  /** The names of the group: those of the request, or of another group of them. */
  readonly names: MemberNames;
  /** How many members there are, and what holds them together: budget and placement follow from it. */
  readonly members: Members;
  /** The containers: the server, then what runs beside it. */
  readonly containers: MemberContainer[];
  /** What the containers mount, in this order: those of `prepare` see what the server sees. */
  readonly mounts: MemberMount[];

  /**
   * Containers that run to their end before the others start.
   *
   * @default - none
   */
  readonly prepare?: MemberContainer[];

  /**
   * The user id, and the group id, of the server in its image. Not 0.
   *
   * @default - the image's own
   */
  readonly user?: number;

  /**
   * Whether members start one after the other or all at once. It can never be changed on a running set.
   *
   * @default kplus.PodManagementPolicy.PARALLEL
   */
  readonly podManagement?: kplus.PodManagementPolicy;

  /**
   * How long the server may take to shut down, if the user does not say.
   *
   * @default Duration.seconds(60)
   */
  readonly terminationGrace?: Duration;

  /**
   * Whether members never share a node, unless the user says so, whatever holds them together.
   *
   * @default false - a quorum never does, others avoid it
   */
  readonly neverTwoOnANode?: boolean;

  /**
   * Labels that the Pods of several groups of the same kind have in common. Those of one ordinal, such as the first members of all shards, avoid
   * each other's nodes, and what the user says about disruptions is said of each of these groups.
   *
   * @default - none
   */
  readonly sharedLabels?: { [name: string]: string };

  /**
   * What the members connect to in other groups of the design. Members of one group always reach each other.
   *
   * @default - nothing
   */
  readonly reaches?: Reach[];

  /**
   * What the members may do at the Kubernetes API, with a token for it.
   *
   * @default - nothing, and no token
   */
  readonly apiRights?: ApiRight[];
}

/** A Service that leads to members of one group. */
export interface Endpoint {
  /** The name of the Service: see `MemberNames.serviceName`. */
  readonly name: string;
  /** The group that it leads to. */
  readonly group: MemberNames;
  /** The ports, each of one of the group's containers. */
  readonly ports: kplus.ContainerPort[];

  /**
   * Which members it leads to.
   *
   * @default EndpointTarget.all()
   */
  readonly target?: EndpointTarget;
}

/** Something that is done once, or on a schedule. */
export interface Task {
  /**
   * The name of the CronJob, at most 52 characters, or what the name of the Job begins with: a hash of its content follows, so that each
   * content runs once.
   */
  readonly name: string;
  /** What runs. Leave out probes and ports: nobody connects to a task. */
  readonly container: MemberContainer;

  /**
   * When it runs.
   *
   * @default - once, when it is new or has changed
   */
  readonly schedule?: Cron;

  /**
   * The Secrets and folders that it mounts. Anything else throws: claims and files belong to members.
   *
   * @default - none
   */
  readonly mounts?: MemberMount[];

  /**
   * What it connects to.
   *
   * @default - nothing
   */
  readonly reaches?: Reach[];

  /**
   * The user id, and the group id, that it runs as. Not 0.
   *
   * @default - the image's own
   */
  readonly user?: number;
}

/** What a product consists of, as plain values. The same request gives the same design. */
export interface ProductDesign {
  /**
   * The name of the product, in the labels of its Services and tasks.
   *
   * @default - that of the first group
   */
  readonly instance?: string;

  /** The groups of members, at least one. The user's `disruption` is that of the first. */
  readonly groups: MemberGroup[];

  /**
   * The Services for clients.
   *
   * @default - none
   */
  readonly endpoints?: Endpoint[];

  /**
   * What is done once, or on a schedule.
   *
   * @default - nothing
   */
  readonly tasks?: Task[];
}
