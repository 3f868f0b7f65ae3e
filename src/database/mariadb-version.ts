import { parseVersion } from '../private/version';

/**
 * A release of MariaDB.
 *
 * A newer release upgrades the system tables in place when it starts; there is no way back to an older major. Take a
 * backup first.
 *
 * @see https://mariadb.com/docs/server/server-management/install-and-upgrade-mariadb/upgrading
 */
export class MariadbVersion {
  /** MariaDB 10.11, a long-term release. */
  public static readonly V10_11 = MariadbVersion.of('10.11');
  /** MariaDB 11.4, a long-term release. */
  public static readonly V11_4 = MariadbVersion.of('11.4');
  /** MariaDB 11.8, a long-term release. */
  public static readonly V11_8 = MariadbVersion.of('11.8');

  /**
   * Any release from 10.11 on.
   *
   * @example
   * MariadbVersion.of('11.4.5');
   *
   * @param version a tag of the official image. Throws if it does not begin with a release.
   */
  public static of(version: string): MariadbVersion {
    parseVersion('MariadbVersion.of', version, { major: 10, minor: 11 });
    return new MariadbVersion(version);
  }

  private readonly repository = 'docker.io/library/mariadb';

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
