import { Duration } from 'cdk8s';
import { conflict, requireInteger } from '../base/errors';

/** Masters that share the keys, and replicas that replace them. */
export interface ClusterTopologyOptions {
  /**
   * How many masters share the keys, from 3 to 50: a majority of them decides on a failover. Raising it adds masters without keys: nothing is
   * moved before you say so. See docs/redis-cluster.md.
   *
   * @default 3
   */
  readonly shards?: number;

  /**
   * How many members follow each master, from 0 to 5. With none, the keys of a master are not served while its Pod is down. Together
   * with the masters there are at most 100 members.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * How many of its replicas must have acknowledged something within the last five seconds, or a master refuses writes. With one replica, 1 means
   * that a shard takes no writes while either of its members is down.
   *
   * @default - 1 with two or more replicas, else 0
   */
  readonly minReplicasToWrite?: number;

  /**
   * How long a master may be silent until it is replaced: from 1 to 60 seconds. One that is cut off from the others goes on for up to one and
   * a half times as long, and what it acknowledges meanwhile is lost. A shorter time replaces masters that only ran a slow command.
   *
   * @default Duration.seconds(5)
   */
  readonly nodeTimeout?: Duration;

  /**
   * Whether the cluster refuses everything while the keys of one shard are not served. Without it the other shards go on, and what needs the
   * lost keys waits or fails.
   *
   * @default true
   */
  readonly fullCoverage?: boolean;
}

/** The numbers of a cluster. */
export interface ClusterLayout {
  readonly kind: 'cluster';
  readonly shards: number;
  readonly replicas: number;
  readonly minReplicasToWrite: number;
  readonly nodeTimeoutMillis: number;
  readonly fullCoverage: boolean;
}

const WHERE = 'RedisTopology.cluster';
const MOST_MEMBERS = 100;

/** The layout of a cluster. Throws if its numbers could not work together. */
export function clusterLayout(options: ClusterTopologyOptions): ClusterLayout {
  const shards = requireInteger(WHERE, 'shards', options.shards ?? 3, 3, 50, 'A majority of the masters decides on a failover: two could never replace one. For one master, use RedisTopology.sentinel().');
  const replicas = requireInteger(WHERE, 'replicas', options.replicas ?? 1, 0, 5, 'Each one makes its master send all writes once more.');
  const members = shards * (1 + replicas);
  if (members > MOST_MEMBERS) {
    throw conflict(WHERE, `${shards} shards of ${1 + replicas} are ${members} members, but at most ${MOST_MEMBERS} keep in touch with each other well`, "Lower 'shards' or 'replicas'.");
  }
  const minReplicasToWrite = requireInteger(WHERE, 'minReplicasToWrite', options.minReplicasToWrite ?? (replicas > 1 ? 1 : 0), 0);
  if (minReplicasToWrite > replicas) {
    throw conflict(WHERE, `writes need ${minReplicasToWrite} replicas, but there are ${replicas}`, "Lower 'minReplicasToWrite' or add replicas.");
  }
  const nodeTimeoutMillis = (options.nodeTimeout ?? Duration.seconds(5)).toMilliseconds({ integral: false });
  requireInteger(WHERE, 'nodeTimeout in milliseconds', nodeTimeoutMillis, 1000, 60_000);
  return { kind: 'cluster', shards, replicas, minReplicasToWrite, nodeTimeoutMillis, fullCoverage: options.fullCoverage ?? true };
}
