import { parseVersion } from '../private/version';

/**
 * A release of MySQL.
 *
 * A newer release upgrades the data in place when it starts, from one long-term release to the next at most; there is
 * no way back. Take a backup first.
 *
 * @see https://dev.mysql.com/doc/refman/9.7/en/upgrade-paths.html
 */
export class MysqlVersion {
  /** MySQL 8.4, a long-term release. */
  public static readonly V8_4 = MysqlVersion.of('8.4');
  /** MySQL 9.7, a long-term release. */
  public static readonly V9_7 = MysqlVersion.of('9.7');

  /**
   * Any release from 8.4 on.
   *
   * @example
   * MysqlVersion.of('8.4.10');
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
