import { invalid } from '../base/errors';
import { parseVersion } from '../kit/version';

/**
 * A release of MariaDB. The constants name the patch release and the distribution, and move with releases of this library.
 *
 * A newer release upgrades the system tables in place when it starts; there is no way back to an older major. Take a
 * backup first.
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
   * Any release from 10.11 on, on Ubuntu.
   *
   * Tags that leave something open move under you: with `11.8` a node runs the patch release of the day when it pulled the
   * image, and a Pod that moves to a node with an older one runs an older server on the data of a newer one.
   *
   * @example
   * MariadbVersion.of('11.4.11-noble');
   *
   * @param version a tag of the official image. Throws if it does not begin with such a release, or names Red Hat's
   *   flavour, which keeps its socket elsewhere.
   */
  public static of(version: string): MariadbVersion {
    const { flavour } = parseVersion('MariadbVersion.of', version, { major: 10, minor: 11 });
    if (flavour?.startsWith('ubi')) {
      throw invalid('MariadbVersion.of', {
        property: 'version',
        got: version,
        expected: 'a tag of an image on Ubuntu',
        hint: `The images on Red Hat's base keep their socket in a folder that is read-only here. Take '${version.replace(/-.*/, '')}'.`,
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
