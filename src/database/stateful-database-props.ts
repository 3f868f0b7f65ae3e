import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { DatabaseCredentials } from './database-credentials';
import type { IDatabaseEngine } from './i-database-engine';
import type { RestoreSource } from '../backup/restore-source';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { GrantOptions } from '../workload/grant-options';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** Properties of a database. */
export interface StatefulDatabaseProps extends StatefulPodsProps {
  /** The database engine. */
  readonly engine: IDatabaseEngine;

  /** The storage of each member. The access mode is ReadWriteOnce or ReadWriteOncePod. */
  readonly storage: StorageProps;

  /**
   * The name of the database to create when the volume is new: at most 63 letters, digits and `_`, not starting with a digit.
   *
   * @default 'app'
   */
  readonly databaseName?: string;

  /**
   * The user that owns the database.
   *
   * @default - the keys `username` and `password` of an existing Secret `<name>-credentials`
   */
  readonly credentials?: DatabaseCredentials;

  /**
   * The number of read replicas, at least 0; the engine determines the maximum. Adding a replica does not restart the other members.
   *
   * @default 0
   */
  readonly readReplicas?: number;

  /**
   * The compute resources of each member. The memory parameters of the server are derived from the memory limit.
   *
   * @default - memory request and limit of 1 GiB; CPU request of 250m, no CPU limit. If you set only CPU or only memory, the default
   * applies to the other; if you set only a memory limit, the request is equal to it
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Server parameters, by name: `{ work_mem: '16MB' }`. A change restarts the members one at a time.
   *
   * Throws if the release has no such parameter. docs/versions.md lists the releases whose parameters are known here; the names of others are
   * not checked. Nor are names with a dot, which belong to extensions, components and key caches, and those with MySQL's prefix `loose_`.
   *
   * @default - derived from the memory limit and the volume size
   */
  readonly parameters?: { [name: string]: string };

  /**
   * The names in `parameters` to accept although the release is not known to have them: those of plugins, or new in a patch release.
   *
   * @default - none
   */
  readonly unlistedSettings?: string[];

  /**
   * Scripts, by file name, that the image runs once, in the order of their names, when the volume of the primary is new. The built-in
   * engines support `.sql` and `.sh`. The total size may be at most 1 MiB. Changing a script later restarts the members but does not
   * run it again.
   *
   * @default - none
   */
  readonly initScripts?: { [fileName: string]: string };

  /**
   * The backup that a new database is restored from. It is loaded once, when the volume of the primary is new, and never over existing data;
   * read replicas then copy the primary. Not together with `initScripts`. Once the database is ready, you can remove it, which restarts
   * the members.
   *
   * @default - an empty database
   */
  readonly restoreFrom?: RestoreSource;

  /**
   * How long a server may take to start before the kubelet restarts it, at least one minute. This includes crash recovery and in-place
   * upgrades of the data. The initialization of a new volume, including init scripts, and the copying of data are not limited.
   *
   * @default Duration.minutes(30)
   */
  readonly startupBudget?: Duration;

  /**
   * The image to run: the official image from your own registry, or an image based on it.
   *
   * @default - the official image of the engine's version
   */
  readonly image?: string;

  /**
   * The security settings of the Pods.
   *
   * @default - Pod Security "restricted", with the user and group of the engine's image
   */
  readonly security?: PodSecurityProps;
}

/** Options for the environment variables of a client. */
export interface ConnectionEnvOptions {
  /**
   * The prefix of the variables, for clients of several databases: letters, digits and `_`, not starting with a digit. The prefix
   * 'ORDERS_' sets ORDERS_HOST, ORDERS_PORT, ORDERS_NAME, ORDERS_USERNAME and ORDERS_PASSWORD.
   *
   * @default - no prefix. PostgreSQL: PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD, which libpq reads. MySQL and MariaDB: MYSQL_HOST,
   *   MYSQL_TCP_PORT and MYSQL_PWD, which their clients read, and MYSQL_DATABASE and MYSQL_USER, which your program has to read
   */
  readonly prefix?: string;

  /**
   * The credentials of the client, from a Secret in its namespace.
   *
   * @default - the credentials of the database, which only clients in the same namespace can use
   */
  readonly credentials?: DatabaseCredentials;
}

/** Options for granting a client access to a database. */
export interface DatabaseGrantOptions extends ConnectionEnvOptions, GrantOptions {}
