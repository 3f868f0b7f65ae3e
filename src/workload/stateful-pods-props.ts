import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { DisruptionPolicy } from './disruption-policy';
import type { Placement } from './placement';
import type { SetIdentity } from './set-identity';

/** What all our stateful constructs let you change about their Pods. */
export interface StatefulPodsProps {
  /**
   * The name of the StatefulSet, at most 52 characters. It names the members and, with the claims, their volumes:
   * another name means new, empty volumes.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * What a set that runs already has in its immutable fields, so that this construct takes it over. In a product of several sets, it is that of the
   * brokers or servers; a Redis Cluster, whose shards are a set each, throws. See docs/taking-over-a-set.md.
   *
   * @default - a new set, or one that this library made
   */
  readonly identity?: SetIdentity;

  /**
   * Where members may run.
   *
   * @default - members of a quorum and brokers of Kafka never share a node, others avoid it; zones are preferred to differ
   */
  readonly placement?: Placement;

  /**
   * What drains may do to the members.
   *
   * @default - at most one member away at a time; no budget for a single member
   */
  readonly disruption?: DisruptionPolicy;

  /**
   * The service account of the Pods.
   *
   * @default - the namespace's default account, without a token
   */
  readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * The priority class of the Pods.
   *
   * @default - the cluster's default
   */
  readonly priorityClassName?: string;

  /**
   * The runtime class of the Pods, such as one that runs them in virtual machines.
   *
   * @default - the container runtime of the node
   * @see https://kubernetes.io/docs/concepts/containers/runtime-class/
   */
  readonly runtimeClassName?: string;

  /**
   * The scheduler of the Pods. Where no scheduler of this name runs, they stay pending.
   *
   * @default - the cluster's default scheduler
   */
  readonly schedulerName?: string;

  /**
   * How long a member may take to shut down, in whole seconds.
   *
   * A `StatefulWorkload` may have 0, and should not: Kubernetes then forgets a deleted Pod without waiting for its containers to end, so that two
   * members of one name may run, and write to one volume. Products throw.
   *
   * @default - Duration.seconds(60), more for products that need it
   */
  readonly terminationGrace?: Duration;

  /**
   * The cluster's DNS domain.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;

  /**
   * Labels of the Pods, beside our own.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the Pods.
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * How members are replaced when the Pod template changes.
   *
   * @default - a rolling update of all members, highest ordinal first
   */
  readonly updateStrategy?: kplus.StatefulSetUpdateStrategy;

  /**
   * Whether members restart, one by one, when a ConfigMap of the same chart that their containers mount or read changes. Set it to `false` if the
   * server or a sidecar reloads its configuration; `StatefulWorkload.rollOnChange` then names the ConfigMaps that still need a restart.
   *
   * @default true
   */
  readonly rollOnConfigChange?: boolean;

  /**
   * How many old Pod templates are kept for a rollback. At least 0.
   *
   * @default 10
   */
  readonly revisionHistoryLimit?: number;

  /**
   * Whether a NetworkPolicy keeps out everybody but the members and those who were granted access.
   *
   * @default true
   */
  readonly isolate?: boolean;

  /**
   * Whether a NetworkPolicy lets the members out: to each other, to DNS, and to the sets that they are granted access to.
   * For namespaces that deny egress by default, where no set could form without it. It limits the members to that: what else they
   * call, as a sidecar that sends backups does, needs a policy of its own.
   *
   * @default false
   */
  readonly egress?: boolean;

  /**
   * The credentials that pull the images.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: kplus.ISecret;
}
