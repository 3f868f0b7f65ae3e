/** Properties of a topic. */
export interface KafkaTopicProps {
  /**
   * The number of partitions, at least 1. It can be increased but never decreased; after an increase, new records may go to
   * a different partition than older records with the same key.
   */
  readonly partitions: number;

  /**
   * The number of replicas of each partition, from 1 to the number of brokers. It takes effect when the topic is created; to
   * change it later, use `kafka-reassign-partitions.sh`.
   *
   * @default - the default of the cluster: 3, or the number of brokers if there are fewer
   */
  readonly replicationFactor?: number;

  /**
   * Settings of the topic, by Kafka's names, with values in the form in which Kafka displays them (`compact,delete`, not
   * `compact, delete`). Changes made by other means are reverted within an hour. A setting that you remove keeps its last
   * value.
   *
   * Throws if topics of the release have no such setting. docs/versions.md lists the releases whose settings are known here; the names of others
   * are not checked.
   *
   * @default - only `min.insync.replicas`, with the value of the cluster, or a lower one if the replication factor is lower than
   * the cluster's; it is applied only once the topic has the declared number of replicas
   * @see https://kafka.apache.org/documentation/#topicconfigs
   */
  readonly config?: { [key: string]: string };

  /**
   * The names in `config` to accept although the release is not known to have them.
   *
   * @default - none
   */
  readonly unlistedSettings?: string[];
}
