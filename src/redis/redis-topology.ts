import { Duration } from 'cdk8s';
import { type ClusterLayout, clusterLayout, type ClusterTopologyOptions } from './cluster-topology';
import { conflict, invalid, requireInteger } from '../base/errors';

/** One master with replicas, and sentinels that replace it. */
export interface SentinelTopologyOptions {
  /**
   * How many members follow the master, from 1 to 9. With 2, writes go on while one replica restarts: see `minReplicasToWrite`.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * How many sentinels watch the master: 3, 5 or 7. A majority of them decides on a failover.
   *
   * @default 3
   */
  readonly sentinels?: number;

  /**
   * Whether HAProxy stands in front, for clients that do not speak Sentinel: `host` leads to the master, `readHost` to the replicas.
   *
   * @default true
   */
  readonly dataLink?: boolean;

  /**
   * How many replicas must have acknowledged something within the last five seconds, or the master refuses writes. It bounds what a
   * master loses that is cut off from its replicas. With 0 such a master takes writes until its node is reached again, and loses them all.
   *
   * @default 1
   */
  readonly minReplicasToWrite?: number;

  /**
   * How long the master may be silent until the sentinels replace it, at least one second. A shorter time replaces masters that
   * only ran a slow command.
   *
   * @default Duration.seconds(5)
   */
  readonly downAfter?: Duration;
}

/** What a topology consists of; all defaults are resolved. */
export type RedisLayout =
  | { readonly kind: 'standalone' }
  | SentinelLayout
  | ClusterLayout;

/** The numbers of a topology with sentinels. */
export interface SentinelLayout {
  readonly kind: 'sentinel';
  readonly replicas: number;
  readonly sentinels: number;
  readonly dataLink: boolean;
  readonly minReplicasToWrite: number;
  readonly downAfterMillis: number;
}

/** How the servers of a database stand to each other. It cannot be changed on a running database: make a second one, and let it copy the first. */
export class RedisTopology {
  /** One server. While its Pod is down nobody reads or writes; Kubernetes starts it again. */
  public static standalone(): RedisTopology {
    return new RedisTopology({ kind: 'standalone' });
  }

  /**
   * One master, replicas that copy it, and sentinels that make a replica the master when it is down.
   *
   * @example
   * RedisTopology.sentinel({ replicas: 2, sentinels: 3 });
   *
   * @param options numbers and times. Throws if they could not work together.
   */
  public static sentinel(options: SentinelTopologyOptions = {}): RedisTopology {
    const where = 'RedisTopology.sentinel';
    const replicas = requireInteger(where, 'replicas', options.replicas ?? 2, 1, 9, 'Each one makes the master send all writes once more. RedisTopology.standalone() has none.');
    const minReplicasToWrite = requireInteger(where, 'minReplicasToWrite', options.minReplicasToWrite ?? 1, 0);
    if (minReplicasToWrite > replicas) {
      throw conflict(where, `writes need ${minReplicasToWrite} replicas, but there are ${replicas}`, "Lower 'minReplicasToWrite' or add replicas.");
    }
    const sentinels = options.sentinels ?? 3;
    if (![3, 5, 7].includes(sentinels)) {
      throw invalid(where, { property: 'sentinels', got: sentinels, expected: '3, 5 or 7', hint: 'A majority decides: fewer than three could not outvote one that is cut off.' });
    }
    const downAfterMillis = (options.downAfter ?? Duration.seconds(5)).toMilliseconds({ integral: false });
    requireInteger(where, 'downAfter in milliseconds', downAfterMillis, 1000, 600_000);
    return new RedisTopology({ kind: 'sentinel', replicas, sentinels, dataLink: options.dataLink ?? true, minReplicasToWrite, downAfterMillis });
  }

  /**
   * Masters that share the keys by their slots, each with replicas. Clients must speak Redis Cluster, and commands of several keys need keys
   * of one slot. The members create the cluster by themselves, once, when all of them are new. Slots are never moved without a person.
   *
   * @example
   * RedisTopology.cluster({ shards: 3, replicas: 1 });
   *
   * @param options numbers and times. Throws if they could not work together.
   */
  public static cluster(options: ClusterTopologyOptions = {}): RedisTopology {
    return new RedisTopology(clusterLayout(options));
  }

  private constructor(
    /** @internal */
    public readonly _layout: RedisLayout,
  ) {}
}
