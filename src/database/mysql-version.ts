import { checked } from '../input/check-input';
import { parseVersion } from '../kit/version';

/**
 * A release of MySQL.
 *
 * The constants refer to a patch release and a distribution, which change with releases of this library. A newer release upgrades the
 * data in place when it starts, at most from one LTS release to the next, and cannot be downgraded. Take a backup first.
 *
 * @see https://dev.mysql.com/doc/refman/9.7/en/upgrade-paths.html
 */
export class MysqlVersion {
  /** MySQL 8.4.11, a long-term release, on Oracle Linux 9. */
  public static readonly V8_4 = MysqlVersion.of('8.4.11-oraclelinux9');
  /** MySQL 9.7.2, a long-term release, on Oracle Linux 9. */
  public static readonly V9_7 = MysqlVersion.of('9.7.2-oraclelinux9');

  /**
   * Any release as of 8.4.
   *
   * Prefer a full tag: with `8.4`, each node runs the patch release that was current when it pulled the image, so a Pod that moves to
   * another node may run an older or newer release than before.
   *
   * @example
   * MysqlVersion.of('8.4.10-oraclelinux9');
   *
   * @param version a tag of the official image. Throws if it does not start with such a release.
   */
  @checked
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
