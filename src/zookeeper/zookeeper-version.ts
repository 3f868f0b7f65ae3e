import { parseVersion } from '../private/version';

/**
 * A release of Apache ZooKeeper.
 *
 * From one minor release to the next, up or down, is a rolling update of the ensemble.
 *
 * @see https://zookeeper.apache.org/releases.html
 */
export class ZooKeeperVersion {
  /** ZooKeeper 3.8, the newest patch that the node pulls. */
  public static readonly V3_8 = ZooKeeperVersion.of('3.8');
  /** ZooKeeper 3.9, the newest patch that the node pulls. */
  public static readonly V3_9 = ZooKeeperVersion.of('3.9');

  /**
   * Any release from 3.8 on.
   *
   * @example
   * ZooKeeperVersion.of('3.9.4');
   *
   * @param version a tag of the official image. Throws if it does not begin with such a release.
   */
  public static of(version: string): ZooKeeperVersion {
    parseVersion('ZooKeeperVersion.of', version, { major: 3, minor: 8 });
    return new ZooKeeperVersion(version);
  }

  private readonly repository = 'docker.io/library/zookeeper';

  private constructor(
    /** The tag of the official image. */
    public readonly version: string,
  ) {}

  /**
   * The official image.
   *
   * @internal
   */
  public get _image(): string {
    return `${this.repository}:${this.version}`;
  }
}
