import type { Duration, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { ConnectionValue } from './connection-value';
import type { DatabaseCredentials } from './database-credentials';
import type { DumpRecipe } from '../backup/dump-recipe';
import type { PhysicalRecipe } from '../backup/physical-recipe';
import type { SnapshotRecipe } from '../backup/snapshot-recipe';
import type { Endpoint, ProductDesign } from '../kit/design';
import type { StorageProps } from '../storage/storage-props';
import type { MemberNames } from '../workload/member-names';

/** The input of a database engine. */
export interface DatabaseRequest {
  /** The construct path of the database, with which error messages start. */
  readonly path: string;
  /** The names of the StatefulSet, its members and its Services. Additional groups get their names from `names.group(suffix)`. */
  readonly names: MemberNames;
  /** The name of the database to create. */
  readonly databaseName: string;
  /** The user that owns the database. */
  readonly credentials: DatabaseCredentials;
  /** The compute resources of each server. */
  readonly resources: kplus.ContainerResources;
  /** The memory limit of each server. */
  readonly memory: Size;
  /** The storage of each server. */
  readonly storage: StorageProps;
  /** The number of read replicas, in addition to the primary. */
  readonly readReplicas: number;
  /** How long a server may take to start: the budget of the startup probe. */
  readonly startupBudget: Duration;
  /** The server parameters given by the user, by name. */
  readonly parameters: { [name: string]: string };
  /** The names in `parameters` to accept even if the engine does not know them. */
  readonly unlistedSettings: string[];
  /**
   * Scripts to run once, when the volume is new, by file name. An engine that does not support them must not mount them; the database
   * then throws.
   */
  readonly initScripts: { [fileName: string]: string };
  /**
   * The termination grace period of the servers.
   *
   * @default - the default of the engine
   */
  readonly terminationGrace?: Duration;
  /**
   * The image to run instead of the default image of the engine.
   *
   * @default - the default image of the engine
   */
  readonly image?: string;
}

/** An environment variable with a connection setting for clients. */
export interface ConnectionVariable {
  /** The name, which should be the one that the clients of the product read, if there is one. */
  readonly name: string;
  /** The suffix that is used instead of the name if the user sets a prefix: 'HOST', 'PORT' and so on. */
  readonly suffix: string;
  /** The value. */
  readonly value: ConnectionValue;
}

/** A database as plain values: member groups, endpoints, tasks, and the connection settings for clients. */
export interface DatabaseDesign extends ProductDesign {
  /** The Service that routes to the member that accepts writes. Its first port is the port of the database. */
  readonly write: Endpoint;

  /**
   * The Service for reads. Without it, the engine does not support read replicas, and setting `readReplicas` throws.
   *
   * @default - none
   */
  readonly read?: Endpoint;

  /** The connection settings for clients. */
  readonly connection: ConnectionVariable[];

  /**
   * How the database is dumped and restored: by a container `prepare` of the first group, which runs the init scripts of the request.
   *
   * @default - dumps are refused
   */
  readonly dumps?: DumpRecipe;

  /**
   * How the files of the database are copied and restored, and how its log is archived.
   *
   * @default - physical backups and log archives are refused
   */
  readonly physical?: PhysicalRecipe;

  /**
   * How the database begins with a snapshot of the volume of another one.
   *
   * @default - backups by snapshots are refused
   */
  readonly snapshots?: SnapshotRecipe;
}

/** A database engine. Implement it to run a product that this library does not support, and pass it to `DatabaseEngine.of`. */
export interface IDatabaseEngine {
  /** A short name, used in error messages. */
  readonly name: string;

  /**
   * Returns the parts of a database. Must be deterministic and must not create constructs. Throws if the request is invalid.
   *
   * @param request the database to design
   */
  design(request: DatabaseRequest): DatabaseDesign;
}
