import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { KafkaListener } from './kafka-listener';
import { KafkaVersion } from './kafka-version';
import { StorageProps } from '../storage/storage-props';
import { GrantOptions } from '../workload/grant-options';
import { StatefulPodsProps } from '../workload/stateful-pods-props';

/**
 * Properties of a Kafka cluster. With `controllers` the `name` may have at most 41 characters. `disruption` is about the
 * brokers; dedicated controllers always have the budget that follows from their number.
 */
export interface KafkaClusterProps extends StatefulPodsProps {
  /** The volume of each broker. */
  readonly storage: StorageProps;

  /**
   * How many brokers there are: 1, 3 or 5 if they are their own controllers, else 1 to 1000.
   *
   * More brokers get no data by themselves: move partitions to them with `kafka-reassign-partitions.sh`. Fewer lose
   * what they hold: first move all partitions away from the highest ordinals. Without `controllers` the number is also
   * that of the voters, which the members cannot change while they run: see `controllers`.
   *
   * @default 3
   */
  readonly brokers?: number;

  /**
   * How many controllers run beside the brokers in Pods of their own: an odd number from 1 to 9.
   *
   * The voters are written into the configuration of all members (a static quorum). Kafka cannot change them while it
   * runs: neither their number nor whether brokers are controllers. Decide at the beginning; afterwards make a second
   * cluster and mirror the topics.
   *
   * @default - none: the brokers are their own controllers
   */
  readonly controllers?: number;

  /**
   * The release of Kafka.
   *
   * @default KafkaVersion.V4_1
   */
  readonly version?: KafkaVersion;

  /**
   * The image to run instead of the official one, from which it must not differ in paths, scripts and user.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * Where the brokers listen; at least one is for clients.
   *
   * @default [KafkaListener.plaintext()]
   */
  readonly listeners?: KafkaListener[];

  /**
   * Settings of brokers and controllers by Kafka's own names, over our defaults: replication factor 3 (fewer with
   * fewer brokers) and `min.insync.replicas` 2 (1 with one or two copies), also for Kafka's own topics;
   * `unclean.leader.election.enable` false. What follows from the other properties is refused here.
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
   * How long a broker may take to recover its logs after a crash before it is started anew, in whole seconds.
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
