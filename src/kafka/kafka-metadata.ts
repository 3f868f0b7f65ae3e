import { KafkaMove } from './kafka-move';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { invalid, requireOneOf } from '../base/errors';
import { checked } from '../input/check-input';
import type { IZooKeeper } from '../kit/i-zookeeper';

/** Options for a cluster that stores its metadata in ZooKeeper. */
export interface KafkaZooKeeperOptions {
  /**
   * The path under which the cluster stores everything, such as `/events`. Kafka creates it. Clusters that share an ensemble
   * each need their own path. It cannot be changed later: with another path, the topics are not found and the brokers wait.
   *
   * @default - the root of the ensemble
   */
  readonly chroot?: string;

  /**
   * The current step of the migration from ZooKeeper to KRaft, with Kafka 3.9. Requires `controllers`, and `clusterId` set to the id of the running cluster.
   *
   * @default - no migration; the cluster stays in ZooKeeper
   */
  readonly move?: KafkaMove;
}

/**
 * Where a Kafka cluster stores its metadata: its topics, the leader of each partition, and the in-sync replicas.
 *
 * @see https://kafka.apache.org/39/documentation.html#zk
 */
export class KafkaMetadata {
  /** In Kafka itself, in a quorum of KRaft controllers. */
  public static kraft(): KafkaMetadata {
    return new KafkaMetadata();
  }

  /**
   * In ZooKeeper, for existing clusters: Kafka 3.9 is the last release that supports it. The cluster is granted access to the ensemble.
   *
   * @example
   * const zookeeper = new ZooKeeperEnsemble(this, 'Coordination', { storage: { size: Size.gibibytes(10) } });
   * new KafkaCluster(this, 'Events', {
   *   metadata: KafkaMetadata.zookeeper(zookeeper, { chroot: '/events' }),
   *   storage: { size: Size.gibibytes(100) },
   * });
   *
   * @param ensemble a `ZooKeeperEnsemble`, or your own implementation. Throws unless its `connectString` is a list of `host:port`.
   * @param options the path and the migration step. Throws if the path is not a valid ZooKeeper path.
   */
  @checked
  public static zookeeper(ensemble: IZooKeeper, options: KafkaZooKeeperOptions = {}): KafkaMetadata {
    return new KafkaMetadata({
      ensemble,
      members: requireMembers(ensemble.connectString),
      chroot: requireChroot(options.chroot),
      move: requireMove(options.move),
    });
  }

  private constructor(
    /**
     * The ensemble, if the metadata is in ZooKeeper.
     *
     * @internal
     */
    public readonly _zooKeeper?: ZooKeeperOfCluster,
  ) {}
}

const WHERE = 'KafkaMetadata.zookeeper';

function requireMembers(connectString: string): string {
  if (typeof connectString !== 'string' || !/^[^\s/,]+:\d+(,[^\s/,]+:\d+)*$/.test(connectString)) {
    throw invalid(WHERE, { property: 'connectString', got: connectString, expected: 'a comma-separated list of host:port', hint: "Give the path in ZooKeeper as 'chroot'." });
  }
  return connectString;
}

function requireChroot(chroot: string | undefined): string {
  if (chroot === undefined) return '';
  const names = chroot.split('/').slice(1);
  if (!/^(\/[-._A-Za-z0-9]+)+$/.test(chroot) || names.includes('.') || names.includes('..') || names[0] === 'zookeeper') {
    throw invalid(WHERE, {
      property: 'chroot',
      got: chroot,
      expected: "a path such as '/events': names of letters, digits, '.', '_' and '-', each preceded by '/', without a trailing '/', not below '/zookeeper'",
      hint: 'Omit it for the root.',
    });
  }
  return chroot;
}

function requireMove(move: KafkaMove | undefined): KafkaMove | undefined {
  return move === undefined ? undefined : requireOneOf(WHERE, 'move', move, Object.values(KafkaMove));
}
