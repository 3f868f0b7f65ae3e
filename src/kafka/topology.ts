import type { IConstruct } from 'constructs';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { conflict, invalid, requireInteger } from '../base/errors';

/** Their node ids stay below those of dedicated controllers. */
const MAX_BROKERS = 1000;

/** Dedicated controllers have the node ids from here on, `300<ordinal>`; brokers have their ordinal. */
export const CONTROLLER_ID_PREFIX = '300';

/** How many brokers and controllers a cluster has. */
export interface KafkaTopology {
  readonly brokers: number;
  /** Undefined if the brokers are their own controllers, or ZooKeeper has their place. */
  readonly controllers?: number;
}

/** Throws unless so many brokers and controllers can work together. */
export function requireTopology(where: IConstruct, brokers: number, controllers: number | undefined, zooKeeper?: ZooKeeperOfCluster): KafkaTopology {
  if (zooKeeper !== undefined && zooKeeper.move === undefined) {
    if (controllers !== undefined) {
      throw conflict(where, "there are 'controllers', and the metadata is in ZooKeeper", "Leave out 'controllers', or KafkaMetadata.zookeeper: one of them keeps the metadata. From the one to the other it moves in steps: see docs/kafka-zookeeper.md.");
    }
    return { brokers: requireInteger(where, 'brokers', brokers, 1, MAX_BROKERS) };
  }
  if (controllers === undefined && zooKeeper !== undefined) {
    throw conflict(where, `the metadata is on its way to controllers ('move' is '${zooKeeper.move}'), and there are none`, "Give 'controllers: 3'.");
  }
  if (controllers === undefined) {
    if (![1, 3, 5].includes(brokers)) {
      throw invalid(where, {
        property: 'brokers',
        got: brokers,
        expected: '1, 3 or 5 brokers that are their own controllers',
        hint: "A majority of them must be up: an even number survives no more losses than the odd one below. Give 'controllers: 3' to have any number of brokers.",
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
      hint: `${controllers} controllers survive the loss of no more than ${controllers - 1} do.`,
    });
  }
  return { brokers, controllers };
}

/** As many copies as survive the loss of one while another is away for a restart. */
export function replicationFactorOf(brokers: number): number {
  return Math.min(3, brokers);
}

/** How many copies must be written before a write is acknowledged, so that one may be away and writes go on. */
export function minInsyncReplicasOf(replicationFactor: number): number {
  return Math.min(2, Math.max(1, replicationFactor - 1));
}
