import type { Duration, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { ConnectionValue } from './connection-value';
import type { DatabaseCredentials } from './database-credentials';
import type { Endpoint, ProductDesign } from '../kit/design';
import type { StorageProps } from '../storage/storage-props';
import type { MemberNames } from '../workload/member-names';

/** The database that an engine has to design. */
export interface DatabaseRequest {
  /** Where the database stands in the construct tree; begin error messages with it. */
  readonly path: string;
  /** The names of the set, its members and its Services; further groups have theirs from `names.group(suffix)`. */
  readonly names: MemberNames;
  /** The database to create. */
  readonly databaseName: string;
  /** The user to create it with. */
  readonly credentials: DatabaseCredentials;
  /** What each server may use. */
  readonly resources: kplus.ContainerResources;
  /** The memory limit of each server. */
  readonly memory: Size;
  /** The volume of each server. */
  readonly storage: StorageProps;
  /** How many members serve reads beside the primary. */
  readonly readReplicas: number;
  /** How long a server that starts may take until it answers: the budget of the startup probe. */
  readonly startupBudget: Duration;
  /** Settings of the server that the user gives, by the server's own names. */
  readonly parameters: { [name: string]: string };
  /** Scripts by file name that are to run once, when the data is new. An engine that has no place for them leaves them out, and the database refuses them. */
  readonly initScripts: { [fileName: string]: string };
  /**
   * How long a server may take to shut down.
   *
   * @default - what the engine answers
   */
  readonly terminationGrace?: Duration;
  /**
   * The image to run instead of the engine's own.
   *
   * @default - the engine's own
   */
  readonly image?: string;
}

/** A variable that tells a client how to connect. */
export interface ConnectionVariable {
  /** The name: that which the product's own clients read, where there is one. */
  readonly name: string;
  /** What follows the prefix where the user gives one in place of the name: 'HOST', 'PORT' … */
  readonly suffix: string;
  /** The value. */
  readonly value: ConnectionValue;
}

/** A database as plain values: groups of members, endpoints, tasks, and what clients are told. */
export interface DatabaseDesign extends ProductDesign {
  /** The Service that leads to the member that takes writes. Its first port is that of the database. */
  readonly write: Endpoint;

  /**
   * The Service for reads. A design without it has no read replicas: a user who asks for some gets an error.
   *
   * @default - none
   */
  readonly read?: Endpoint;

  /** What clients are told. */
  readonly connection: ConnectionVariable[];
}

/** A database product. Implement it to run one that is not here, and pass it to `DatabaseEngine.of`. */
export interface IDatabaseEngine {
  /** A short name, for messages. */
  readonly name: string;

  /**
   * What one database consists of. Same request, same answer, and no construct is made. Throws if the request could not work.
   *
   * @param request what is asked for
   */
  design(request: DatabaseRequest): DatabaseDesign;
}
