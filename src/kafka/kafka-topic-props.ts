/** Properties of a topic. */
export interface KafkaTopicProps {
  /**
   * How many partitions the topic has. At least 1. You may raise it later, but never lower it; new records then go to
   * other partitions by key than old ones.
   */
  readonly partitions: number;

  /**
   * How many brokers hold each partition, from 1 to the number of brokers. It is set when the topic is created; to
   * change it, move the partitions with `kafka-reassign-partitions.sh`.
   *
   * @default - that of the cluster: 3, or as many as there are brokers
   */
  readonly replicationFactor?: number;

  /**
   * Settings of the topic by Kafka's own names, each written as Kafka shows it (`compact,delete`, not
   * `compact, delete`). A change that somebody makes by other means is undone within the hour. A setting that you leave
   * out later keeps its last value.
   *
   * @default - `min.insync.replicas` alone, that of the cluster; with a lower replication factor than the cluster's it is
   * lowered with it, and it is applied only when the topic has as many copies as declared
   * @see https://kafka.apache.org/documentation/#topicconfigs
   */
  readonly config?: { [key: string]: string };
}
