/**
 * A step of the migration of a running cluster from ZooKeeper to KRaft. Complete each step before you start the next;
 * docs/kafka-zookeeper.md describes them all, with the checks in between and how to go back.
 */
export enum KafkaMove {
  /** The controllers start. The brokers do not restart and work as before. */
  CONTROLLERS = 'controllers',
  /** The brokers restart with the addresses of the controllers. After the last one has restarted, the controllers copy the metadata and take over. */
  METADATA = 'metadata',
  /** The brokers restart without ZooKeeper. The controllers still write to it, so you can go back until the next step. */
  BROKERS = 'brokers',
}
