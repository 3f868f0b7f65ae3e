import { parseVersion } from '../kit/version';

/**
 * A release of MySQL. The constants name the patch release and the distribution, and move with releases of this library.
 *
 * A newer release upgrades the data in place when it starts, from one long-term release to the next at most; there is
 * no way back. Take a backup first.
 *
 * @see https://dev.mysql.com/doc/refman/9.7/en/upgrade-paths.html
 */
export class MysqlVersion {
  /** MySQL 8.4.11, a long-term release, on Oracle Linux 9. */
  public static readonly V8_4 = MysqlVersion.of('8.4.11-oraclelinux9');
  /** MySQL 9.7.2, a long-term release, on Oracle Linux 9. */
  public static readonly V9_7 = MysqlVersion.of('9.7.2-oraclelinux9');

  /**
   * Any release from 8.4 on.
   *
   * Tags that leave something open move under you: with `8.4` a node runs the patch release of the day when it pulled the
   * image, so that a Pod that moves can start with another one than before, older or newer.
   *
   * @example
   * MysqlVersion.of('8.4.10-oraclelinux9');
   *
   * @param version a tag of the official image. Throws if it does not begin with a release.
   */
  public static of(version: string): MysqlVersion {
    parseVersion('MysqlVersion.of', version, { major: 8, minor: 4 });
    return new MysqlVersion(version);
  }

  private readonly repository = 'docker.io/library/mysql';

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
