import { type OldestRelease, parseVersion } from '../kit/version';

/** The script came on 2023-12-11, when 16.1 was current: 16.2 is the first whose every image has it. */
const OLDEST: OldestRelease = { major: 16, minor: 2, because: 'Older images have no docker-ensure-initdb.sh, which makes the database before the server starts.' };

/**
 * A release of PostgreSQL. The constants name the minor release and the distribution, and move with releases of this library.
 *
 * A minor release of the same major is a rolling update. Another major is not: the server refuses the data of the
 * old one. Make a second database of the new major under another name and copy the data over, by `pg_dump` and
 * `pg_restore` or by logical replication.
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
   * Any release from 16.2 on: older images have no `docker-ensure-initdb.sh`, which makes the database before the server
   * starts.
   *
   * Tags that leave something open move under you. With `17` a node runs the minor release, and with `17.11` the
   * distribution, of the day when it pulled the image: members of one set can differ, and another release of the C library sorts text otherwise, so
   * that indexes miss rows until they are rebuilt. A tag such as `17.11-trixie` names both; a digest, in `image`, names the very bytes.
   *
   * @example
   * PostgresVersion.of('17.11-bookworm');
   *
   * @param version a tag of the official image. Throws if it does not begin with such a release.
   */
  public static of(version: string): PostgresVersion {
    return new PostgresVersion(version, parseVersion('PostgresVersion.of', version, OLDEST).major);
  }

  private readonly repository = 'docker.io/library/postgres';

  private constructor(
    /** The tag of the official image. */
    public readonly version: string,
    /** The major release: only within it is a change of version a rolling update. */
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
