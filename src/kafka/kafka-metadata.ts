import { KafkaMove } from './kafka-move';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { invalid, requireOneOf } from '../base/errors';
import type { IZooKeeper } from '../kit/i-zookeeper';

/** Where in ZooKeeper a cluster keeps its metadata. */
export interface KafkaZooKeeperOptions {
  /**
   * The path below which the cluster keeps everything, such as `/events`. Kafka makes it. Clusters that share an ensemble need a path
   * each. It is for the life of the cluster: with another one nobody finds the topics, and the brokers wait.
   *
   * @default - none: the root of the ensemble
   */
  readonly chroot?: string;

  /**
   * How far the cluster is on its way from ZooKeeper to controllers, with Kafka 3.9. Needs `controllers`, and as `clusterId` the id that the cluster has.
   *
   * @default - it stays
   */
  readonly move?: KafkaMove;
}

/**
 * Where a Kafka cluster keeps its metadata: which topics there are, who leads a partition, which copies are in sync.
 *
 * @see https://kafka.apache.org/39/documentation.html#zk
 */
export class KafkaMetadata {
  /** In Kafka itself, in a quorum of controllers. */
  public static kraft(): KafkaMetadata {
    return new KafkaMetadata();
  }

  /**
   * In ZooKeeper, which Kafka 3.9 is the last to know: for clusters that are there already. The cluster is granted access to the ensemble.
   *
   * @example
   * const zookeeper = new ZooKeeperEnsemble(this, 'Coordination', { storage: { size: Size.gibibytes(10) } });
   * new KafkaCluster(this, 'Events', {
   *   metadata: KafkaMetadata.zookeeper(zookeeper, { chroot: '/events' }),
   *   storage: { size: Size.gibibytes(100) },
   * });
   *
   * @param ensemble a `ZooKeeperEnsemble`, or any other that says where it is. Throws unless its `connectString` is a list of `host:port`.
   * @param options the path in it. Throws unless ZooKeeper takes it for one.
   */
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
     * The ensemble, if it is in one.
     *
     * @internal
     */
    public readonly _zooKeeper?: ZooKeeperOfCluster,
  ) {}
}

const WHERE = 'KafkaMetadata.zookeeper';

function requireMembers(connectString: string): string {
  if (typeof connectString !== 'string' || !/^[^\s/,]+:\d+(,[^\s/,]+:\d+)*$/.test(connectString)) {
    throw invalid(WHERE, { property: 'connectString', got: connectString, expected: 'members as host:port, with commas between them', hint: "The path in ZooKeeper is 'chroot'." });
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
      expected: "a path such as '/events': names of letters, digits, '.', '_' and '-', a '/' before each and none at the end, not below '/zookeeper'",
      hint: 'Leave it out for the root.',
    });
  }
  return chroot;
}

function requireMove(move: KafkaMove | undefined): KafkaMove | undefined {
  return move === undefined ? undefined : requireOneOf(WHERE, 'move', move, Object.values(KafkaMove));
}
