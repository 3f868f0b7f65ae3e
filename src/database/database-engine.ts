import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { MariadbEngine } from './engines/mariadb';
import { MysqlEngine } from './engines/mysql';
import { PostgresEngine } from './engines/postgres';
import { MariadbVersion } from './mariadb-version';
import { MysqlVersion } from './mysql-version';
import { PostgresVersion } from './postgres-version';
import { requireVersion } from '../private/version';

/** What an engine is told about the database that it is to run. */
export interface DatabaseRequest {
  /** Where the database stands in the construct tree; begin error messages with it. */
  readonly path: string;
  /** The name of the set; its members are `<name>-0`, the primary, `<name>-1` … */
  readonly name: string;
  /** The database to create. */
  readonly databaseName: string;
  /** The DNS name of the primary, whether it is ready or not. */
  readonly primaryHost: string;
  /** The DNS name that resolves to the addresses of all members, whether they are ready or not. */
  readonly membersHost: string;
  /** The memory limit of the server. */
  readonly memory: Size;
  /** The size of each member's volume. */
  readonly storage: Size;
  /** How many members follow the primary. */
  readonly readReplicas: number;
  /** What the user wants set in the server, by the server's own names. */
  readonly parameters: { [name: string]: string };
  /** The file that holds the user's name. */
  readonly usernameFile: string;
  /** The file that holds the password. */
  readonly passwordFile: string;
  /** The folder where `DatabaseServer.files` are to be found. */
  readonly filesPath: string;
  /**
   * The image to run instead of the engine's own.
   *
   * @default - the engine's own
   */
  readonly image?: string;
}

/** The names of the variables that tell a client how to connect. */
export interface DatabaseConnectionNames {
  /** The variable for the DNS name. */
  readonly host: string;
  /** The variable for the port. */
  readonly port: string;
  /** The variable for the name of the database. */
  readonly databaseName: string;
  /** The variable for the user's name. */
  readonly username: string;
  /** The variable for the password. */
  readonly password: string;
}

/** How a server runs in a Pod. All of it is the same for the primary and the read replicas: they are one set. */
export interface DatabaseServer {
  /** The image. */
  readonly image: string;
  /** The user id, and the group id, of the image's server. Not 0. */
  readonly user: number;
  /** Where each member's volume is mounted. */
  readonly dataPath: string;

  /**
   * The command of the server.
   *
   * @default - the image's own
   */
  readonly command?: string[];

  /**
   * The arguments of the server, also of `prepareCommand`.
   *
   * @default - none
   */
  readonly args?: string[];

  /**
   * A command that runs to its end before the server starts, in an init container like the server's.
   *
   * @default - none
   */
  readonly prepareCommand?: string[];

  /**
   * Environment variables. No secrets: read these from the files named in the request.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * Files to be found, read-only, in the folder that the request names.
   *
   * @default - none
   */
  readonly files?: { [name: string]: string };

  /**
   * Where the folder of the user's init scripts belongs.
   *
   * @default '/docker-entrypoint-initdb.d'
   */
  readonly initScriptsPath?: string;

  /**
   * Folders beside the volume that the server writes to: the root file system is read-only.
   *
   * @default - none
   */
  readonly writablePaths?: string[];

  /**
   * The size of `/dev/shm`, which counts as memory of the server.
   *
   * @default - the container runtime's, mostly 64 MiB
   */
  readonly sharedMemory?: Size;

  /** Passes when the server is up; until then the other probes rest. Give it time to recover from a crash. */
  readonly startup: kplus.Probe;
  /** Passes when clients may come. */
  readonly readiness: kplus.Probe;
  /** Fails when only a restart helps; never because of a peer or of load. */
  readonly liveness: kplus.Probe;

  /** The names of the variables that tell a client how to connect: those that the product's own clients read, where there are any. */
  readonly connection: DatabaseConnectionNames;

  /**
   * How long the server may take to shut down.
   *
   * @default Duration.seconds(60)
   */
  readonly terminationGrace?: Duration;

  /**
   * Whether members start one after the other or all at once. It can never be changed on a running set.
   *
   * @default kplus.PodManagementPolicy.PARALLEL
   */
  readonly podManagement?: kplus.PodManagementPolicy;
}

/** A database product. Implement it to run one that is not here, and pass it to `DatabaseEngine.of`. */
export interface IDatabaseEngine {
  /** A short name; it names the port. At most 15 lower-case letters, digits and `-`. */
  readonly name: string;
  /** The TCP port of the server. */
  readonly port: number;
  /** How many read replicas the engine can feed; 0 if it runs as a single instance. */
  readonly maxReadReplicas: number;

  /**
   * How the server of one database runs. Same request, same answer. Throws if the parameters could not work.
   *
   * @param request what is asked for
   */
  bind(request: DatabaseRequest): DatabaseServer;
}

/** Properties of the PostgreSQL engine. */
export interface PostgresEngineProps {
  /** The release. */
  readonly version: PostgresVersion;
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
   * user. There is no failover: the member of ordinal 0 is the primary for ever, and while it is away nobody writes.
   *
   * @param props the release
   */
  public static postgres(props: PostgresEngineProps): IDatabaseEngine {
    return new PostgresEngine(requireVersion('DatabaseEngine.postgres', props.version, PostgresVersion));
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
   * A product of your own.
   *
   * @param engine how it runs
   */
  public static of(engine: IDatabaseEngine): IDatabaseEngine {
    return engine;
  }

  private constructor() {}
}
