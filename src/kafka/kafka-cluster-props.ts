import type { Duration, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { KafkaListener } from './kafka-listener';
import type { KafkaMetadata } from './kafka-metadata';
import type { KafkaVersion } from './kafka-version';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { GrantOptions } from '../workload/grant-options';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/**
 * Properties of a Kafka cluster.
 *
 * With dedicated `controllers`, `name` may have at most 41 characters. `disruption` applies to the brokers; the budget of
 * dedicated controllers always follows from their number.
 */
export interface KafkaClusterProps extends StatefulPodsProps {
  /** The storage of each broker. */
  readonly storage: StorageProps;

  /**
   * The number of brokers: 1, 3 or 5 if the brokers are also the controllers, otherwise 1 to 1000.
   *
   * Kafka does not move existing partitions to new brokers: use `kafka-reassign-partitions.sh`. Before you remove brokers,
   * move all partitions off the highest ordinals; their data is lost otherwise. Without `controllers`, this is also the
   * number of voters: see `controllers`.
   *
   * @default 3
   */
  readonly brokers?: number;

  /**
   * The number of dedicated controllers, which run in their own Pods: an odd number from 1 to 9. Must not be set if the
   * metadata is stored in ZooKeeper.
   *
   * Controllers that you add become voters automatically, one at a time. Before you remove controllers, remove the highest
   * ordinals from the voters with `kafka-metadata-quorum.sh remove-controller`; otherwise they still count towards the
   * majority. A running cluster cannot switch between combined and dedicated controllers: create a second cluster and mirror
   * the topics.
   *
   * @default - none; the brokers are also the controllers
   */
  readonly controllers?: number;

  /**
   * Where the cluster stores its metadata: in KRaft controllers, or in ZooKeeper, which Kafka 3.9 is the last release to
   * support. To move a cluster that has data, follow the steps in docs/kafka-zookeeper.md.
   *
   * @default KafkaMetadata.kraft()
   */
  readonly metadata?: KafkaMetadata;

  /**
   * The Kafka release: 3.9 or later with KRaft, 3.9 or earlier with ZooKeeper. Other releases throw.
   *
   * @default - KafkaVersion.V4_1, or KafkaVersion.V3_9 with ZooKeeper
   */
  readonly version?: KafkaVersion;

  /**
   * The image to run instead of the official one. It must have the same paths, scripts and user as the official image.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * The listeners of the brokers, at least one of them for clients. `bootstrapServers` refers to the first client listener.
   *
   * Client listeners can be added, renamed and reordered later, in a rolling update, because the brokers talk to each other
   * on a separate listener: `KafkaListener.internal()` unless you set another one. A client that was granted access without
   * naming a listener can reach the first one only: if you change which listener is first, its Pods lose access until they
   * restart.
   *
   * @default [KafkaListener.plaintext()]
   */
  readonly listeners?: KafkaListener[];

  /**
   * Settings of brokers and controllers, by Kafka's names. They override these defaults: a replication factor of 3 (or the
   * number of brokers, if lower) and `min.insync.replicas` of 2 (1 with a single replica), also for Kafka's internal topics;
   * `unclean.leader.election.enable` and `auto.create.topics.enable` are false. Settings that are derived from other
   * properties throw.
   *
   * With a replication factor of 2, as with two brokers, `min.insync.replicas` has no default: with 1, a record can be
   * acknowledged that only one broker has; with 2, writes stop while one of the brokers restarts. Adding a third broker does
   * not change the value that you set.
   *
   * With `auto.create.topics.enable`, a misspelled topic name creates a topic, and a client that is faster than `addTopic`
   * creates the topic with one partition; when the other partitions are added, keys move to other partitions.
   *
   * As of Kafka 4.1, a new cluster stores the `min.insync.replicas` of its first start: to change it later, also run
   * `kafka-configs.sh --alter --entity-type brokers --entity-default`.
   *
   * Throws if the release has no such setting. docs/versions.md lists the releases whose settings are known here; the names of others are not
   * checked. Nor are settings of a single listener (`listener.name.…`) and of the plugins of tiered storage (`rsm.config.…`, `rlmm.config.…`).
   *
   * @default - the defaults above
   * @see https://kafka.apache.org/documentation/#brokerconfigs
   */
  readonly config?: { [key: string]: string };

  /**
   * The names in `config` to accept although the release is not known to have them: those of plugins, such as metrics reporters, or new in a
   * patch release.
   *
   * @default - none
   */
  readonly unlistedSettings?: string[];

  /**
   * The compute resources of each broker. The heap size is derived from the memory limit, which must be at least 768 MiB.
   *
   * @default - memory request and limit of 2 GiB; CPU request of 500m, no CPU limit
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * The compute resources of the Deployment that applies the declared topics. It runs Kafka's command-line tools from time to
   * time; their heap is 35 % of the memory limit.
   *
   * @default - memory request of 64 MiB and limit of 384 MiB; CPU request of 50m, no CPU limit
   */
  readonly topicsResources?: kplus.ContainerResources;

  /**
   * The Java heap of each broker, at least 256 MiB. The rest of the memory limit, at least 384 MiB, is left to the JVM
   * itself and to the page cache, from which Kafka serves consumers.
   *
   * @default - half of the memory limit, at most 6 GiB
   */
  readonly heap?: Size;

  /**
   * The compute resources of each dedicated controller. Half of the memory limit is used as heap.
   *
   * @default - memory request and limit of 1 GiB; CPU request of 250m, no CPU limit
   */
  readonly controllerResources?: kplus.ContainerResources;

  /**
   * The storage of each dedicated controller.
   *
   * @default - 10 GiB, with the storage class and retention of the brokers
   */
  readonly controllerStorage?: StorageProps;

  /**
   * The cluster id, which all members store on their volumes: 22 characters of base64url, not starting with `-`.
   *
   * Kafka does not start if the id on a volume differs. Set the id to adopt the volumes of an existing cluster, if you apply one chart without
   * a namespace to several namespaces, or before you give a namespace to the chart of a running cluster: see docs/kafka.md.
   *
   * Throws with ZooKeeper, where the first broker generates the id and stores it in ZooKeeper.
   *
   * @default - derived from namespace and name
   */
  readonly clusterId?: string;

  /**
   * Whether brokers use the zone of their node as their rack, so that replicas are spread across zones and consumers can
   * read from a replica in their own zone.
   *
   * Requires Kubernetes 1.35, which copies the zone label of the node to each Pod (behind an alpha feature gate as of 1.33).
   * On older clusters this has no effect: all brokers are in one unnamed rack.
   *
   * @default false
   * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
   */
  readonly rackAwareness?: boolean;

  /**
   * The security settings of the Pods.
   *
   * @default - Pod Security "restricted", with user and group 1000, as in the official image
   */
  readonly security?: PodSecurityProps;

  /**
   * How long a broker may take to start, in whole seconds, before the kubelet restarts it. This includes log recovery after a
   * crash and waiting for a majority of the controllers or for ZooKeeper.
   *
   * @default Duration.minutes(30)
   */
  readonly startupBudget?: Duration;
}

/** Options for granting a client access to a Kafka cluster. */
export interface KafkaGrantOptions extends GrantOptions {
  /**
   * The name of the client listener to use.
   *
   * @default - the first client listener
   */
  readonly listener?: string;
}
