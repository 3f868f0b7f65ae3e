import { checked } from '../input/check-input';
import { type OldestRelease, parseVersion } from '../kit/version';

/** The script was added on 2023-12-11, when 16.1 was current: 16.2 is the first release all of whose images contain it. */
const OLDEST: OldestRelease = { major: 16, minor: 2, because: 'Older images have no docker-ensure-initdb.sh, which creates the database before the server starts.' };

/**
 * A release of PostgreSQL.
 *
 * The constants refer to a minor release and a distribution, which change with releases of this library. A change of the minor release
 * is a rolling update. A change of the major release is not possible in place, because the server does not start with the data of
 * another major release: create a second database with the new release, and copy the data with `pg_dump` and `pg_restore` or by
 * logical replication.
 *
 * @see https://www.postgresql.org/docs/current/upgrading.html
 */
export class PostgresVersion {
  /** PostgreSQL 16.15 on Debian trixie. */
  public static readonly V16 = PostgresVersion.of('16.15-trixie');
  /** PostgreSQL 17.11 on Debian trixie. */
  public static readonly V17 = PostgresVersion.of('17.11-trixie');
  /** PostgreSQL 18.6 on Debian trixie. */
  public static readonly V18 = PostgresVersion.of('18.6-trixie');

  /**
   * Any release as of 16.2. Older images have no `docker-ensure-initdb.sh`, which creates the database before the server starts.
   *
   * Prefer a full tag such as `17.11-trixie`. With `17`, each node runs the minor release that was current when it pulled the image, and
   * with `17.11` the distribution, so the members of a set can differ. Another release of the C library can sort text differently, and
   * indexes then miss rows until they are rebuilt. To pin the exact image, set `image` to a digest.
   *
   * @example
   * PostgresVersion.of('17.11-bookworm');
   *
   * @param version a tag of the official image. Throws if it does not start with such a release.
   */
  @checked
  public static of(version: string): PostgresVersion {
    return new PostgresVersion(version, parseVersion('PostgresVersion.of', version, OLDEST).major);
  }

  private readonly repository = 'docker.io/library/postgres';

  private constructor(
    /** The tag of the official image. */
    public readonly version: string,
    /** The major release. A change of the version within it is a rolling update. */
    public readonly major: number,
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
