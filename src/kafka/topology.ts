import type { IConstruct } from 'constructs';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { conflict, invalid, requireInteger } from '../base/errors';

/** Keeps the node ids of brokers below those of dedicated controllers. */
const MAX_BROKERS = 1000;

/** The prefix of the node ids of dedicated controllers, `300<ordinal>`; the id of a broker is its ordinal. */
export const CONTROLLER_ID_PREFIX = '300';

/** The numbers of brokers and controllers of a cluster. */
export interface KafkaTopology {
  readonly brokers: number;
  /** Undefined if the brokers are also the controllers, or if ZooKeeper is used instead. */
  readonly controllers?: number;
}

/** Throws unless the numbers of brokers and controllers are valid together. */
export function requireTopology(where: IConstruct, brokers: number, controllers: number | undefined, zooKeeper?: ZooKeeperOfCluster): KafkaTopology {
  if (zooKeeper !== undefined && zooKeeper.move === undefined) {
    if (controllers !== undefined) {
      throw conflict(where, "'controllers' is set, but the metadata is stored in ZooKeeper", "Omit either 'controllers' or KafkaMetadata.zookeeper. To migrate a cluster from ZooKeeper to controllers, see docs/kafka-zookeeper.md.");
    }
    return { brokers: requireInteger(where, 'brokers', brokers, 1, MAX_BROKERS) };
  }
  if (controllers === undefined && zooKeeper !== undefined) {
    throw conflict(where, `the cluster is migrating to KRaft ('move' is '${zooKeeper.move}'), but 'controllers' is not set`, "Set 'controllers: 3'.");
  }
  if (controllers === undefined) {
    if (![1, 3, 5].includes(brokers)) {
      throw invalid(where, {
        property: 'brokers',
        got: brokers,
        expected: '1, 3 or 5 combined brokers and controllers',
        hint: "A majority of them must be up, so an even number tolerates no more failures than the next lower odd number. Set 'controllers: 3' to use any number of brokers.",
      });
    }
    return { brokers };
  }
  requireInteger(where, 'brokers', brokers, 1, MAX_BROKERS);
  requireInteger(where, 'controllers', controllers, 1, 9);
  if (controllers % 2 === 0) {
    throw invalid(where, {
      property: 'controllers',
      got: controllers,
      expected: 'an odd number',
      hint: `${controllers} controllers tolerate no more failures than ${controllers - 1}.`,
    });
  }
  return { brokers, controllers };
}

/** Enough replicas to survive the loss of one while another restarts. */
export function replicationFactorOf(brokers: number): number {
  return Math.min(3, brokers);
}

/** The number of replicas that must have a write before it is acknowledged, so that writes continue while one is down. */
export function minInsyncReplicasOf(replicationFactor: number): number {
  return Math.min(2, Math.max(1, replicationFactor - 1));
}
