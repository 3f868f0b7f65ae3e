import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { DatabaseCredentials } from './database-credentials';
import type { IDatabaseEngine } from './i-database-engine';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { GrantOptions } from '../workload/grant-options';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** Properties of a database. */
export interface StatefulDatabaseProps extends StatefulPodsProps {
  /** The product. */
  readonly engine: IDatabaseEngine;

  /** The volume of each member. Mounted by one node at a time: ReadWriteOnce or ReadWriteOncePod. */
  readonly storage: StorageProps;

  /**
   * The database to create when the volume is new: a letter or `_`, then letters, digits and `_`, at most 63.
   *
   * @default 'app'
   */
  readonly databaseName?: string;

  /**
   * The user that the database is made with.
   *
   * @default - keys `username` and `password` of an existing Secret `<name>-credentials`
   */
  readonly credentials?: DatabaseCredentials;

  /**
   * How many members follow the primary and serve reads. At least 0, at most what the engine can feed.
   * Adding one does not restart the others.
   *
   * @default 0
   */
  readonly readReplicas?: number;

  /**
   * What each member may use. The server's own memory settings follow from the memory limit.
   *
   * @default - memory request and limit 1 GiB, cpu request 250m, no cpu limit. Memory or cpu that you leave out
   * is taken from these; a limit alone is the request too
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Settings of the server, by its own names: `{ work_mem: '16MB' }`. A change restarts one member after the other.
   *
   * @default - derived from the memory limit and the volume size
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Scripts, by file name, that the image runs once, in the order of their names, when the volume of the primary is
   * new: `.sql` and `.sh` for all engines here. At most 1 MiB together. A change later restarts the members and does
   * nothing else.
   *
   * @default - none
   */
  readonly initScripts?: { [fileName: string]: string };

  /**
   * How long a server may take to start until the kubelet restarts it: crash recovery and an upgrade of the data in place
   * happen in that time. At least one minute. Making the data of a new volume, init scripts included, and copying it are not limited.
   *
   * @default Duration.minutes(30)
   */
  readonly startupBudget?: Duration;

  /**
   * The image to run: the official one from a registry of yours, or one made from it.
   *
   * @default - the official image of the engine's version
   */
  readonly image?: string;

  /**
   * Users, groups and profiles of the Pods.
   *
   * @default - Pod Security "restricted", with the user and group of the engine's image
   */
  readonly security?: PodSecurityProps;
}

/** How the variables of a client are called, and where the credentials are. */
export interface ConnectionEnvOptions {
  /**
   * What the variables begin with: 'ORDERS_' gives ORDERS_HOST, ORDERS_PORT, ORDERS_NAME, ORDERS_USERNAME and
   * ORDERS_PASSWORD. Letters, digits and `_`, not beginning with a digit. For clients of several databases.
   *
   * @default - PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, which libpq reads; MYSQL_HOST, MYSQL_TCP_PORT and MYSQL_PWD,
   *   which MySQL's and MariaDB's own clients read, with MYSQL_DATABASE and MYSQL_USER, which your program has to read
   */
  readonly prefix?: string;

  /**
   * The credentials that the client connects with, from a Secret in the client's namespace.
   *
   * @default - those of the database, which only clients in its namespace can read
   */
  readonly credentials?: DatabaseCredentials;
}

/** How a client of a database is granted access. */
export interface DatabaseGrantOptions extends ConnectionEnvOptions, GrantOptions {}
