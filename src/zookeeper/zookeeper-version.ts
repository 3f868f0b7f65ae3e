import { checked } from '../input/check-input';
import { parseVersion } from '../kit/version';

/**
 * A release of Apache ZooKeeper.
 *
 * The constants refer to a patch release and a Java release, which change with releases of this library. An upgrade or
 * downgrade by one minor release is a rolling update.
 *
 * @see https://zookeeper.apache.org/releases.html
 */
export class ZooKeeperVersion {
  /** ZooKeeper 3.8.6 on Java 17. */
  public static readonly V3_8 = ZooKeeperVersion.of('3.8.6-jre-17');
  /** ZooKeeper 3.9.5 on Java 17. */
  public static readonly V3_9 = ZooKeeperVersion.of('3.9.5-jre-17');

  /**
   * Any release as of 3.8.
   *
   * Prefer a full tag: with `3.9`, each node runs the patch release and the Java release that were current when it pulled the
   * image.
   *
   * @example
   * ZooKeeperVersion.of('3.9.4-jre-17');
   *
   * @param version a tag of the official image. Throws if it does not start with such a release.
   */
  @checked
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
