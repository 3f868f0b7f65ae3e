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
 * Properties of a Kafka cluster. With `controllers` the `name` may have at most 41 characters. `disruption` is about the
 * brokers; dedicated controllers always have the budget that follows from their number.
 */
export interface KafkaClusterProps extends StatefulPodsProps {
  /** The volume of each broker. */
  readonly storage: StorageProps;

  /**
   * How many brokers there are: 1, 3 or 5 if they are their own controllers, else, and with ZooKeeper, 1 to 1000.
   *
   * More brokers get no data by themselves: move partitions to them with `kafka-reassign-partitions.sh`. Fewer lose
   * what they hold: first move all partitions away from the highest ordinals. Without `controllers` the number is also
   * that of the voters: see `controllers`.
   *
   * @default 3
   */
  readonly brokers?: number;

  /**
   * How many controllers run beside the brokers in Pods of their own: an odd number from 1 to 9. None where the metadata is in ZooKeeper.
   *
   * More controllers become voters by themselves, one after the other. Before there are fewer, remove the highest ordinals
   * from the voters with `kafka-metadata-quorum.sh remove-controller`, or their votes stay missing. Whether brokers are
   * controllers cannot be changed: make a second cluster and mirror the topics.
   *
   * @default - none: the brokers are their own controllers
   */
  readonly controllers?: number;

  /**
   * Where the cluster keeps its metadata: with controllers, or in ZooKeeper, which Kafka 3.9 is the last to know. It cannot be changed under
   * the data: docs/kafka-zookeeper.md says how a cluster moves.
   *
   * @default KafkaMetadata.kraft()
   */
  readonly metadata?: KafkaMetadata;

  /**
   * The release of Kafka. With ZooKeeper it is 3.9 or earlier, without it 3.9 or later; others throw.
   *
   * @default - KafkaVersion.V4_1; with ZooKeeper KafkaVersion.V3_9
   */
  readonly version?: KafkaVersion;

  /**
   * The image to run instead of the official one, from which it must not differ in paths, scripts and user.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * Where the brokers listen; at least one is for clients. The first is that of `bootstrapServers`. Listeners for clients
   * may be added, renamed and reordered later, in a rolling update: the brokers use a listener of their own among
   * themselves, `KafkaListener.internal()` unless you give another one. A client that was granted access without the name of a
   * listener is let in to the first one only: with another first one its Pods are cut off until they restart.
   *
   * @default [KafkaListener.plaintext()]
   */
  readonly listeners?: KafkaListener[];

  /**
   * Settings of brokers and controllers by Kafka's own names, over our defaults: replication factor 3 (fewer with
   * fewer brokers) and `min.insync.replicas` 2 (1 with one copy), also for Kafka's own topics;
   * `unclean.leader.election.enable` and `auto.create.topics.enable` false. What follows from the other properties is
   * refused here.
   *
   * With two copies, as with two brokers, `min.insync.replicas` has no default: with 1, a record may be acknowledged that
   * only one broker has; with 2, writes stop while one of them restarts. A third broker does not change what you chose.
   *
   * With `auto.create.topics.enable` a misspelled name is a topic, and a client that is faster than `addTopic` creates
   * the topic with one partition; when the others are added, keys move to other partitions.
   *
   * From Kafka 4.1 on, a new cluster keeps the `min.insync.replicas` of its first start: change it afterwards with
   * `kafka-configs.sh --alter --entity-type brokers --entity-default` also.
   *
   * @default - our defaults
   * @see https://kafka.apache.org/documentation/#brokerconfigs
   */
  readonly config?: { [key: string]: string };

  /**
   * What each broker may use. The heap follows from the memory limit, which must be at least 768 MiB.
   *
   * @default - 2 GiB of memory, requested and at most; half a cpu requested, no limit
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * What the Deployment that applies the declared topics may use. It runs one of Kafka's tools now and then, whose heap
   * is 35 % of the memory limit.
   *
   * @default - 64 MiB of memory requested and 384 MiB at most; a twentieth of a cpu requested, no limit
   */
  readonly topicsResources?: kplus.ContainerResources;

  /**
   * The Java heap of each broker, at least 256 MiB. What is left of the memory limit, at least 384 MiB, is for Java
   * itself and for the page cache, from which Kafka serves its readers.
   *
   * @default - half of the memory limit, at most 6 GiB
   */
  readonly heap?: Size;

  /**
   * What each dedicated controller may use; half of the memory limit is its heap.
   *
   * @default - 1 GiB of memory, requested and at most; a quarter of a cpu requested, no limit
   */
  readonly controllerResources?: kplus.ContainerResources;

  /**
   * The volume of each dedicated controller.
   *
   * @default - 10 GiB of the brokers' storage class, with the brokers' retention
   */
  readonly controllerStorage?: StorageProps;

  /**
   * The id that all members write to their volumes: 22 characters of base64url, not beginning with `-`. Another id
   * than that on the volumes keeps Kafka from starting, so give it to adopt volumes of an existing cluster, or where
   * one chart without a namespace is applied to several.
   *
   * With ZooKeeper it throws: the first broker makes an id, and ZooKeeper keeps it.
   *
   * @default - derived from namespace and name
   */
  readonly clusterId?: string;

  /**
   * Whether brokers take the zone of their node as rack, so that replicas go to different zones and consumers may read
   * from a replica of their own zone.
   *
   * Needs Kubernetes 1.35, which copies the zone of its node to each Pod (there is an alpha feature gate since 1.33).
   * On older clusters all brokers are in one nameless rack, as without it.
   *
   * @default false
   * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
   */
  readonly rackAwareness?: boolean;

  /**
   * Users, groups and profiles of the Pods.
   *
   * @default - Pod Security "restricted", with the user and group 1000 of the official image
   */
  readonly security?: PodSecurityProps;

  /**
   * How long a broker may take to recover its logs after a crash, or to wait for a majority of the controllers or for ZooKeeper, before it
   * is started anew, in whole seconds.
   *
   * @default Duration.minutes(30)
   */
  readonly startupBudget?: Duration;
}

/** How a client of Kafka is granted access. */
export interface KafkaGrantOptions extends GrantOptions {
  /**
   * The name of the listener to use.
   *
   * @default - the first listener for clients
   */
  readonly listener?: string;
}
