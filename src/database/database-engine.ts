import type { Duration } from 'cdk8s';
import { MariadbEngine } from './engines/mariadb/mariadb';
import { MysqlEngine } from './engines/mysql/mysql';
import { PostgresEngine } from './engines/postgres/postgres';
import type { IDatabaseEngine } from './i-database-engine';
import { MariadbVersion } from './mariadb-version';
import { MysqlVersion } from './mysql-version';
import { PostgresVersion } from './postgres-version';
import { invalid } from '../base/errors';
import { requireVersion } from '../kit/version';

/** Properties of the PostgreSQL engine. */
export interface PostgresEngineProps {
  /** The release. */
  readonly version: PostgresVersion;

  /**
   * How old the data that a read replica serves may be at most, whatever the reason. A replica whose data is older, or of which that
   * is not known, is not ready, and leaves the Service `<name>-read`. At least 30 seconds.
   *
   * @default - no bound while the primary is down: replicas serve what they have. While the primary answers, a replica that
   * does not follow it is not ready after 30 seconds
   */
  readonly maxStaleness?: Duration;
}

/** Properties of the MySQL engine. */
export interface MysqlEngineProps {
  /** The release. */
  readonly version: MysqlVersion;
}

/** Properties of the MariaDB engine. */
export interface MariadbEngineProps {
  /** The release. */
  readonly version: MariadbVersion;
}

/** The database products. All run the official images. */
export class DatabaseEngine {
  /**
   * PostgreSQL: one primary and, if asked for, read replicas that stream from it.
   *
   * The user of the Secret is the server's superuser, as with the official image, and the replicas stream as this
   * user. There is no failover: the member of ordinal 0 is the primary permanently, and while it is down nobody writes.
   *
   * @param props the release, and how read replicas serve. Throws if a bound could never be met.
   */
  public static postgres(props: PostgresEngineProps): IDatabaseEngine {
    return new PostgresEngine(requireVersion('DatabaseEngine.postgres', props.version, PostgresVersion), requireStaleness(props.maxStaleness));
  }

  /**
   * MySQL as a single instance.
   *
   * The user of the Secret, who must not be `root`, owns the database. `root` has the same password and is let in through the socket in the
   * Pod only, so that there is neither a second secret nor a generated password in a log.
   *
   * @param props the release
   */
  public static mysql(props: MysqlEngineProps): IDatabaseEngine {
    return new MysqlEngine(requireVersion('DatabaseEngine.mysql', props.version, MysqlVersion));
  }

  /**
   * MariaDB as a single instance.
   *
   * The user of the Secret, who must not be `root`, owns the database. `root` has the same password and is let in through the socket in the
   * Pod only, so that there is neither a second secret nor a generated password in a log.
   *
   * @param props the release
   */
  public static mariadb(props: MariadbEngineProps): IDatabaseEngine {
    return new MariadbEngine(requireVersion('DatabaseEngine.mariadb', props.version, MariadbVersion));
  }

  /**
   * A product of your own. The guide docs/engines.md has an example.
   *
   * @param engine how it runs
   */
  public static of(engine: IDatabaseEngine): IDatabaseEngine {
    return engine;
  }

  private constructor() {}
}

/** Probes come each few seconds, and a replica that has just started again needs some: less would never be met for long. */
function requireStaleness(given: Duration | undefined): Duration | undefined {
  if (given !== undefined && given.toSeconds({ integral: false }) < 30) {
    throw invalid('DatabaseEngine.postgres', { property: 'maxStaleness', got: `${given.toSeconds({ integral: false })} s`, expected: 'at least 30 s' });
  }
  return given;
}
