import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { DisruptionPolicy } from './disruption-policy';
import type { Placement } from './placement';
import type { SetIdentity } from './set-identity';

/** Properties of the Pods that all stateful constructs have in common. */
export interface StatefulPodsProps {
  /**
   * The name of the StatefulSet, at most 52 characters. The names of the members and their volumes are derived from it:
   * another name means new, empty volumes.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The immutable fields of an existing set that this construct takes over. For products with several sets, the set of
   * the brokers or servers. Throws for a Redis Cluster, which has one set per shard. See docs/taking-over-a-set.md.
   *
   * @default - a new set, or one that this library created
   */
  readonly identity?: SetIdentity;

  /**
   * Where members may run.
   *
   * @default - members of a quorum and Kafka brokers never share a node, others avoid it; different zones are preferred
   */
  readonly placement?: Placement;

  /**
   * How many members may be unavailable at a time because of drains and evictions.
   *
   * @default - at most one member at a time; no budget for a single member
   */
  readonly disruption?: DisruptionPolicy;

  /**
   * The service account of the Pods.
   *
   * @default - the default service account of the namespace, without a token
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
   * The scheduler of the Pods. If no scheduler with this name is running, they stay pending.
   *
   * @default - the cluster's default scheduler
   */
  readonly schedulerName?: string;

  /**
   * How long a member may take to shut down, in whole seconds.
   *
   * 0 is allowed for a `StatefulWorkload`, but discouraged: Kubernetes then removes a deleted Pod without waiting for
   * its containers to stop, so two Pods of the same member can run and write to the same volume. Products throw.
   *
   * @default - Duration.seconds(60), or more for products that need it
   */
  readonly terminationGrace?: Duration;

  /**
   * The cluster's DNS domain.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;

  /**
   * Labels of the Pods, in addition to those of the library.
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
   * The number of old revisions that are kept for rollbacks. At least 0.
   *
   * @default 10
   */
  readonly revisionHistoryLimit?: number;

  /**
   * Whether a NetworkPolicy restricts ingress to the members and the clients that were granted access.
   *
   * @default true
   */
  readonly isolate?: boolean;

  /**
   * Whether a NetworkPolicy allows egress of the members to each other, to DNS, and to the sets that they were granted
   * access to. Required in namespaces that deny egress by default, where no set could form without it. It also
   * restricts the members to these destinations: others, for example of a sidecar that uploads backups, need an
   * additional policy.
   *
   * @default false
   */
  readonly egress?: boolean;

  /**
   * The credentials for pulling images.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: kplus.ISecret;
}
