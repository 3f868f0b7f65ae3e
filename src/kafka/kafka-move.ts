/**
 * A step of the move of a running cluster from ZooKeeper to controllers. Each is applied, and complete, before the next; docs/kafka-zookeeper.md has
 * them all, with what to look at in between and the way back.
 */
export enum KafkaMove {
  /** Controllers run beside the brokers, which go on as before and do not restart. */
  CONTROLLERS = 'controllers',
  /** The brokers restart and come to know the controllers. When the last one has, these copy the metadata and lead from then on. */
  METADATA = 'metadata',
  /** The brokers restart without ZooKeeper. The controllers still write to it: until the next step there is a way back. */
  BROKERS = 'brokers',
}
