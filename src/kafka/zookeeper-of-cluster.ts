import type { KafkaMove } from './kafka-move';
import type { IZooKeeper } from '../kit/i-zookeeper';

/** The ensemble of a cluster. */
export interface ZooKeeperOfCluster {
  readonly ensemble: IZooKeeper;
  /** Its members, each as `host:port`, with commas between them. */
  readonly members: string;
  /** The path of the cluster in it; empty for the root. */
  readonly chroot: string;
  /** How far the cluster is on its way out of it, if it is. */
  readonly move?: KafkaMove;
}
