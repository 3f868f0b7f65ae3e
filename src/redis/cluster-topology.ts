import { Duration } from 'cdk8s';
import { conflict, requireInteger } from '../base/errors';

/** Options of a Redis Cluster topology. */
export interface ClusterTopologyOptions {
  /**
   * The number of shards, and so of masters, from 3 to 50. A failover requires a majority of the masters. New shards start
   * without slots until you move some to them: see docs/redis-cluster.md.
   *
   * @default 3
   */
  readonly shards?: number;

  /**
   * The number of replicas of each master, from 0 to 5. Without replicas, the keys of a master are unavailable while its Pod is
   * down. A cluster can have at most 100 members in total.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * The number of replicas that must have sent an acknowledgement within the last five seconds for a master to accept writes.
   * With a single replica, a value of 1 means that a shard accepts no writes while either of its members is down.
   *
   * @default - 1 with two or more replicas, otherwise 0
   */
  readonly minReplicasToWrite?: number;

  /**
   * How long a master may be unreachable before it is replaced, from 1 to 60 seconds. An isolated master accepts writes for up to
   * 1.5 times as long, and those writes are lost. With a short timeout, masters are also replaced for running a slow command.
   *
   * @default Duration.seconds(5)
   */
  readonly nodeTimeout?: Duration;

  /**
   * Whether the cluster rejects all commands while a shard is unavailable. If false, the other shards keep serving their keys,
   * and commands for the unavailable keys wait or fail.
   *
   * @default true
   */
  readonly fullCoverage?: boolean;
}

/** A cluster topology with all defaults resolved. */
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

/** The layout of a cluster. Throws if the options are invalid or contradict each other. */
export function clusterLayout(options: ClusterTopologyOptions): ClusterLayout {
  const shards = requireInteger(WHERE, 'shards', options.shards ?? 3, 3, 50, 'A failover requires a majority of the masters, so two masters could never replace one. For a single master, use RedisTopology.sentinel().');
  const replicas = requireInteger(WHERE, 'replicas', options.replicas ?? 1, 0, 5, 'A master sends all writes to each of its replicas.');
  const members = shards * (1 + replicas);
  if (members > MOST_MEMBERS) {
    throw conflict(WHERE, `${shards} shards of ${1 + replicas} are ${members} members, but a cluster can have at most ${MOST_MEMBERS}, because every member communicates with every other`, "Lower 'shards' or 'replicas'.");
  }
  const minReplicasToWrite = requireInteger(WHERE, 'minReplicasToWrite', options.minReplicasToWrite ?? (replicas > 1 ? 1 : 0), 0);
  if (minReplicasToWrite > replicas) {
    throw conflict(WHERE, `writes require ${minReplicasToWrite} replicas, but there are ${replicas}`, "Lower 'minReplicasToWrite' or add replicas.");
  }
  const nodeTimeoutMillis = (options.nodeTimeout ?? Duration.seconds(5)).toMilliseconds({ integral: false });
  requireInteger(WHERE, 'nodeTimeout in milliseconds', nodeTimeoutMillis, 1000, 60_000);
  return { kind: 'cluster', shards, replicas, minReplicasToWrite, nodeTimeoutMillis, fullCoverage: options.fullCoverage ?? true };
}
