import { parseVersion } from '../private/version';

/**
 * A release of PostgreSQL.
 *
 * A minor release of the same major is a rolling update. Another major is not: the server refuses the data of the
 * old one. Make a second database of the new major under another name and copy the data over, by `pg_dump` and
 * `pg_restore` or by logical replication.
 *
 * @see https://www.postgresql.org/docs/current/upgrading.html
 */
export class PostgresVersion {
  /** PostgreSQL 16, the newest minor release that the node pulls. */
  public static readonly V16 = PostgresVersion.of('16');
  /** PostgreSQL 17, the newest minor release that the node pulls. */
  public static readonly V17 = PostgresVersion.of('17');
  /** PostgreSQL 18, the newest minor release that the node pulls. */
  public static readonly V18 = PostgresVersion.of('18');

  /**
   * Any release from 16 on.
   *
   * @example
   * PostgresVersion.of('17.5');
   *
   * @param version a tag of the official image, such as `17.5` or `17.5-bookworm`. Throws if it does not begin with a release.
   */
  public static of(version: string): PostgresVersion {
    return new PostgresVersion(version, parseVersion('PostgresVersion.of', version, { major: 16 }).major);
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
