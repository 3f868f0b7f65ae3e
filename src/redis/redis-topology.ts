import { Duration } from 'cdk8s';
import { type ClusterLayout, clusterLayout, type ClusterTopologyOptions } from './cluster-topology';
import { conflict, invalid, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';

/** Options of a topology with sentinels. */
export interface SentinelTopologyOptions {
  /**
   * The number of replicas, from 1 to 9. With 2, writes continue while one replica restarts: see `minReplicasToWrite`.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * The number of sentinels: 3, 5 or 7. A failover requires a majority of them.
   *
   * @default 3
   */
  readonly sentinels?: number;

  /**
   * Whether to run HAProxy in front of the servers, for clients without Sentinel support: `host` then routes to the master, and
   * `readHost` to the replicas.
   *
   * @default true
   */
  readonly dataLink?: boolean;

  /**
   * The number of replicas that must have sent an acknowledgement within the last five seconds for the master to accept writes.
   * This limits the writes that are lost when the master is isolated from its replicas. With 0, an isolated master accepts writes
   * until its node is reachable again, and all of them are lost.
   *
   * @default 1
   */
  readonly minReplicasToWrite?: number;

  /**
   * How long the master may be unreachable before the sentinels replace it, from one second to ten minutes. With a short time, masters
   * are also replaced for running a slow command.
   *
   * @default Duration.seconds(5)
   */
  readonly downAfter?: Duration;
}

/** A topology with all defaults resolved. */
export type RedisLayout =
  | { readonly kind: 'standalone' }
  | SentinelLayout
  | ClusterLayout;

/** A topology with sentinels with all defaults resolved. */
export interface SentinelLayout {
  readonly kind: 'sentinel';
  readonly replicas: number;
  readonly sentinels: number;
  readonly dataLink: boolean;
  readonly minReplicasToWrite: number;
  readonly downAfterMillis: number;
}

/**
 * The replication topology of a database.
 *
 * The topology of a running database cannot be changed: create a second database and replicate the data to it.
 */
export class RedisTopology {
  /** A single server. The database is unavailable while Kubernetes restarts its Pod. */
  public static standalone(): RedisTopology {
    return new RedisTopology({ kind: 'standalone' });
  }

  /**
   * A master with replicas, and sentinels that promote a replica when the master is down.
   *
   * @example
   * RedisTopology.sentinel({ replicas: 2, sentinels: 3 });
   *
   * @param options the options. Throws if they are invalid or contradict each other.
   */
  @checked
  public static sentinel(options: SentinelTopologyOptions = {}): RedisTopology {
    const where = 'RedisTopology.sentinel';
    const replicas = requireInteger(where, 'replicas', options.replicas ?? 2, 1, 9, 'The master sends all writes to each of its replicas. For a server without replicas, use RedisTopology.standalone().');
    const minReplicasToWrite = requireInteger(where, 'minReplicasToWrite', options.minReplicasToWrite ?? 1, 0);
    if (minReplicasToWrite > replicas) {
      throw conflict(where, `writes require ${minReplicasToWrite} replicas, but there are ${replicas}`, "Lower 'minReplicasToWrite' or add replicas.");
    }
    const sentinels = options.sentinels ?? 3;
    if (![3, 5, 7].includes(sentinels)) {
      throw invalid(where, { property: 'sentinels', got: sentinels, expected: '3, 5 or 7', hint: 'A failover requires a majority: with fewer than three, the others could not outvote an isolated sentinel.' });
    }
    const downAfterMillis = (options.downAfter ?? Duration.seconds(5)).toMilliseconds({ integral: false });
    requireInteger(where, 'downAfter in milliseconds', downAfterMillis, 1000, 600_000);
    return new RedisTopology({ kind: 'sentinel', replicas, sentinels, dataLink: options.dataLink ?? true, minReplicasToWrite, downAfterMillis });
  }

  /**
   * A Redis Cluster: masters that each serve a part of the hash slots, with replicas. Clients must support Redis Cluster, and
   * multi-key commands require all keys in one slot. The members create the cluster automatically, once, when all of them are new.
   * Slots are never moved automatically.
   *
   * @example
   * RedisTopology.cluster({ shards: 3, replicas: 1 });
   *
   * @param options the options. Throws if they are invalid or contradict each other.
   */
  @checked
  public static cluster(options: ClusterTopologyOptions = {}): RedisTopology {
    return new RedisTopology(clusterLayout(options));
  }

  private constructor(
    /** @internal */
    public readonly _layout: RedisLayout,
  ) {}
}
