import type { KafkaMove } from './kafka-move';
import type { IZooKeeper } from '../kit/i-zookeeper';

/** The ZooKeeper ensemble of a cluster. */
export interface ZooKeeperOfCluster {
  readonly ensemble: IZooKeeper;
  /** The members, as a comma-separated list of `host:port`. */
  readonly members: string;
  /** The path of the cluster in ZooKeeper; empty for the root. */
  readonly chroot: string;
  /** The current step of the migration to KRaft, if there is one. */
  readonly move?: KafkaMove;
}
