import type { Duration } from 'cdk8s';
import { MariadbEngine } from './engines/mariadb/mariadb';
import { MysqlEngine } from './engines/mysql/mysql';
import { PostgresEngine } from './engines/postgres/postgres';
import type { IDatabaseEngine } from './i-database-engine';
import { MariadbVersion } from './mariadb-version';
import { MysqlVersion } from './mysql-version';
import { PostgresVersion } from './postgres-version';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';
import { requireVersion } from '../kit/version';

/** Properties of the PostgreSQL engine. */
export interface PostgresEngineProps {
  /** The PostgreSQL release. */
  readonly version: PostgresVersion;

  /**
   * The age of its data from which a read replica is not ready, at least 30 seconds; also if the age is unknown. Within 40 seconds,
   * it is removed from the Service `<name>-read`. Connections that are already open stay.
   *
   * @default - no limit while the primary is down: replicas serve the data that they have. While the primary is up, a replica that
   * does not follow it becomes unready within a minute
   */
  readonly maxStaleness?: Duration;
}

/** Properties of the MySQL engine. */
export interface MysqlEngineProps {
  /** The MySQL release. */
  readonly version: MysqlVersion;
}

/** Properties of the MariaDB engine. */
export interface MariadbEngineProps {
  /** The MariaDB release. */
  readonly version: MariadbVersion;
}

/** The database engine. All engines run the official images. */
export class DatabaseEngine {
  /**
   * PostgreSQL with one primary and optional read replicas that use streaming replication.
   *
   * The user in the Secret is the superuser of the server, as with the official image, and is also used for replication. There is no
   * failover: the member with ordinal 0 is always the primary, and writes are not possible while it is down.
   *
   * @param props the release and the behavior of read replicas. Throws if `maxStaleness` is too short.
   */
  @checked
  public static postgres(props: PostgresEngineProps): IDatabaseEngine {
    return new PostgresEngine(requireVersion('DatabaseEngine.postgres', props.version, PostgresVersion), requireStaleness(props.maxStaleness));
  }

  /**
   * MySQL as a single instance.
   *
   * The user in the Secret, which must not be `root`, owns the database. `root` has the same password and can only connect through the
   * socket in the Pod, so there is neither a second Secret nor a generated password in the log.
   *
   * @param props the release
   */
  @checked
  public static mysql(props: MysqlEngineProps): IDatabaseEngine {
    return new MysqlEngine(requireVersion('DatabaseEngine.mysql', props.version, MysqlVersion));
  }

  /**
   * MariaDB as a single instance.
   *
   * The user in the Secret, which must not be `root`, owns the database. `root` has the same password and can only connect through the
   * socket in the Pod, so there is neither a second Secret nor a generated password in the log.
   *
   * @param props the release
   */
  @checked
  public static mariadb(props: MariadbEngineProps): IDatabaseEngine {
    return new MariadbEngine(requireVersion('DatabaseEngine.mariadb', props.version, MariadbVersion));
  }

  /**
   * A product of your own. The guide docs/engines.md has an example.
   *
   * @param engine your implementation
   */
  @checked
  public static of(engine: IDatabaseEngine): IDatabaseEngine {
    return engine;
  }

  private constructor() {}
}

/** The minimum allows for the interval of the probes and the time that a restarted replica needs to reconnect. */
function requireStaleness(given: Duration | undefined): Duration | undefined {
  const seconds = given?.toSeconds({ integral: false });
  if (seconds !== undefined && (seconds < 30 || !Number.isInteger(seconds))) {
    throw invalid('DatabaseEngine.postgres', { property: 'maxStaleness', got: `${seconds} s`, expected: 'at least 30 s, in whole seconds' });
  }
  return given;
}
