/** Properties of a topic. */
export interface KafkaTopicProps {
  /**
   * How many partitions the topic has. At least 1. You may raise it later, but never lower it; keys then go to other
   * partitions than before.
   */
  readonly partitions: number;

  /**
   * How many brokers hold each partition, from 1 to the number of brokers. It is set when the topic is made; to change
   * it, move the partitions with `kafka-reassign-partitions.sh`.
   *
   * @default - that of the cluster: 3, or as many as there are brokers
   */
  readonly replicationFactor?: number;

  /**
   * Settings of the topic by Kafka's own names. One that you leave out later keeps its last value.
   *
   * @default - those of the cluster; with a lower replication factor than the cluster's, `min.insync.replicas` is
   * lowered with it
   * @see https://kafka.apache.org/documentation/#topicconfigs
   */
  readonly config?: { [key: string]: string };
}
