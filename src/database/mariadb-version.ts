import { invalid } from '../base/errors';
import { checked } from '../input/check-input';
import { parseVersion } from '../kit/version';

/**
 * A release of MariaDB.
 *
 * The constants refer to a patch release and a distribution, which change with releases of this library. A newer release upgrades the
 * system tables in place when it starts, and cannot be downgraded to an older major release. Take a backup first.
 *
 * @see https://mariadb.com/docs/server/server-management/install-and-upgrade-mariadb/upgrading
 */
export class MariadbVersion {
  /** MariaDB 10.11.18, a long-term release, on Ubuntu jammy. */
  public static readonly V10_11 = MariadbVersion.of('10.11.18-jammy');
  /** MariaDB 11.4.12, a long-term release, on Ubuntu noble. */
  public static readonly V11_4 = MariadbVersion.of('11.4.12-noble');
  /** MariaDB 11.8.8, a long-term release, on Ubuntu noble. */
  public static readonly V11_8 = MariadbVersion.of('11.8.8-noble');

  /**
   * Any release as of 10.11, on Ubuntu.
   *
   * Prefer a full tag: with `11.8`, each node runs the patch release that was current when it pulled the image, so a Pod that moves to
   * another node may run an older server with the data of a newer one.
   *
   * @example
   * MariadbVersion.of('11.4.11-noble');
   *
   * @param version a tag of the official image. Throws if it does not start with such a release, or if the image is based on Red Hat
   *   UBI, which has the socket in another directory.
   */
  @checked
  public static of(version: string): MariadbVersion {
    const { flavour } = parseVersion('MariadbVersion.of', version, { major: 10, minor: 11 });
    if (flavour?.startsWith('ubi')) {
      throw invalid('MariadbVersion.of', {
        property: 'version',
        got: version,
        expected: 'a tag of an image based on Ubuntu',
        hint: `The images based on Red Hat UBI have their socket in a directory that is read-only here. Use '${version.replace(/-.*/, '')}'.`,
      });
    }
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
