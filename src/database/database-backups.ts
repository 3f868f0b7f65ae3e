import type { Construct } from 'constructs';
import type { DatabaseDesign } from './i-database-engine';
import type { StatefulDatabaseProps } from './stateful-database-props';
import { Backup } from '../backup/backup';
import { BackupMethod } from '../backup/backup-method';
import type { BackupProps } from '../backup/backup-props';
import type { BackupTools } from '../backup/backup-tools';
import type { BackupVerification } from '../backup/backup-verification';
import { LogArchive } from '../backup/log-archive';
import type { LogArchiveProps } from '../backup/log-archive-props';
import type { CopiedVolume, IncrementalRecipe, LogRecipe } from '../backup/physical-recipe';
import type { RestoreSource } from '../backup/restore-source';
import type { ScratchDatabase } from '../backup/scratch-database';
import { requireVolumeBeside } from '../backup/server-volume';
import { conflict } from '../base/errors';
import { kebabCase, MAX_SET_NAME, requireDnsLabel } from '../base/names';
import type { Files } from '../kit/files';
import type { IPersistentVolumeClaim } from '../storage/i-persistent-volume-claim';
import type { MemberNames } from '../workload/member-names';
import type { NetworkAccess } from '../workload/network-access';

/** The database that is backed up. */
interface BackedUp {
  readonly scope: Construct;
  readonly name: string;
  readonly design: DatabaseDesign;
  readonly props: StatefulDatabaseProps;
  readonly names: MemberNames;
  readonly network: NetworkAccess;
  /** The claim of the first member, by the name of the template. */
  readonly claimOf: (template: string) => IPersistentVolumeClaim;
  /** Adds to the files of the members. */
  readonly addFiles: (files: Files) => void;
  /** The design of this database with other properties. */
  readonly designOf: (others: Partial<StatefulDatabaseProps>) => DatabaseDesign;
}

/** How a database is backed up by one method. */
interface Recipe {
  readonly recipe: BackupTools;
  readonly script: string;
  readonly incremental?: IncrementalRecipe;
  readonly volume?: CopiedVolume;
  readonly memberFiles?: Files;
}

/** The backups and the log archive of a database. */
export class DatabaseBackups {
  private archive?: LogArchive;

  public constructor(private readonly database: BackedUp) {}

  public addBackup(id: string, props: BackupProps): Backup {
    if (props.destination._target.kind === 'snapshots') return this.addSnapshots(id, props);
    const { scope, name, names, network, claimOf, props: { storage, egress } } = this.database;
    const method = props.method ?? BackupMethod.DUMP;
    const { recipe, script, incremental, volume, memberFiles } = this.requireRecipe(method);
    if (volume !== undefined) requireVolumeBeside(scope, storage, props.destination);
    const backup = Backup._create(scope, id, {
      ...props,
      method,
      logMethod: this.log?.method,
      name: this.nameOf(id, props.name),
      database: name,
      recipe,
      script,
      incremental,
      size: storage.size,
      volume: volume && { ...volume, claimName: claimOf(volume.claim).name, pod: names.podName(0) },
      pods: this.database.props,
      hasLogAt: destination => this.archive?.destination._equals(destination) ?? false,
      scratchOf: (source, verification) => this.scratch(recipe, source, verification),
    });
    network.grant(backup.workload, [{ number: recipe.port }], { egress });
    if (memberFiles !== undefined) this.database.addFiles(memberFiles);
    return backup;
  }

  public archiveLog(id: string, props: LogArchiveProps): LogArchive {
    const { scope, name, network, props: { engine, storage, egress } } = this.database;
    const archived = this.log;
    if (archived === undefined) throw conflict(scope, `the engine ${engine.name} does not support log archives`, "Its design needs 'physical.log' or 'dumps.log'.");
    const { recipe, log } = archived;
    if (log.conflict !== undefined) throw conflict(scope, log.conflict, 'Change the parameter, or omit the log archive.');
    if (log.needsImage !== undefined && props.image === undefined) {
      throw conflict(scope, log.needsImage, "Give 'archiveLog' an 'image' that has it, such as one of Percona Server of the same release.");
    }
    const synchronousFiles = props.synchronous === true ? this.requireSynchronous(log) : undefined;
    if (this.archive !== undefined) throw conflict(scope, `its log is archived already, by ${this.archive.node.path}`, 'Omit the second archive.');
    this.archive = LogArchive._create(scope, id, {
      ...props,
      name: this.nameOf(id, props.name),
      database: name,
      ...archived,
      databaseStorage: storage,
      pods: this.database.props,
    });
    network.grant(this.archive.workload, [{ number: recipe.port }], { egress });
    if (synchronousFiles !== undefined) this.database.addFiles({ ...synchronousFiles, archiver: this.archive.statefulWorkload.podName(0) });
    return this.archive;
  }

  /** What the members need so that commits wait for the archive. */
  private requireSynchronous({ synchronousConflict, synchronousFiles }: LogRecipe): Files {
    const { scope, props: { engine } } = this.database;
    if (synchronousConflict !== undefined) throw conflict(scope, `'synchronous' is true, but ${synchronousConflict}`, "Omit 'synchronous', or the parameter if one is named.");
    if (synchronousFiles === undefined) {
      throw conflict(scope, `the engine ${engine.name} does not support 'synchronous' log archives`, "Omit 'synchronous'. Its design needs 'synchronousFiles' of the log.");
    }
    return synchronousFiles;
  }

  private addSnapshots(id: string, props: BackupProps): Backup {
    const { scope, name, names, design: { snapshots }, props: { engine }, claimOf } = this.database;
    if (snapshots === undefined) throw conflict(scope, `the engine ${engine.name} does not support backups by snapshots`, "Its design needs 'snapshots'.");
    return Backup._ofSnapshots(scope, id, {
      ...props,
      name: this.nameOf(id, props.name),
      database: name,
      claim: claimOf(snapshots.claim),
      pod: names.podName(0),
      conflict: snapshots.conflict,
      pods: this.database.props,
    });
  }

  /** How the log is archived, and which backups it continues. */
  private get log(): { method: BackupMethod; recipe: BackupTools; log: LogRecipe } | undefined {
    const { physical, dumps } = this.database.design;
    if (physical?.log !== undefined) return { method: BackupMethod.PHYSICAL, recipe: physical, log: physical.log };
    return dumps?.log && { method: BackupMethod.DUMP, recipe: dumps, log: dumps.log };
  }

  /** What a backup is restored into to verify it: the first member of this database, with nothing of it but the settings. */
  private scratch(recipe: BackupTools, restoreFrom: RestoreSource, { scratchSize, resources }: BackupVerification): ScratchDatabase {
    const { scope, props, designOf } = this.database;
    const { check, secret, secretItems, credentialsPath } = recipe;
    if (check === undefined) throw conflict(scope, `the engine ${props.engine.name} does not support 'verify'`, "The recipe of its backups needs 'check'.");
    const { groups: [member] } = designOf({
      restoreFrom, initScripts: undefined, storage: { size: scratchSize ?? props.storage.size }, resources: resources ?? props.resources,
    });
    return { member, check, secret, secretItems, credentialsPath };
  }

  private nameOf(id: string, given = `${this.database.name}-${kebabCase(id)}`): string {
    return requireDnsLabel(this.database.scope, 'name', given, MAX_SET_NAME);
  }

  private requireRecipe(method: BackupMethod): Recipe {
    const { scope, design: { dumps, physical }, props: { engine } } = this.database;
    if (method === BackupMethod.PHYSICAL) {
      if (physical === undefined) throw conflict(scope, `the engine ${engine.name} does not support physical backups`, "Omit 'method', for dumps.");
      if (physical.conflict !== undefined) throw conflict(scope, physical.conflict, "Change the parameter, or omit 'method', for dumps.");
      const { copy: script, incremental, volume, memberFiles } = physical;
      return { recipe: physical, script, incremental, volume, memberFiles };
    }
    if (method === BackupMethod.SNAPSHOT) {
      throw conflict(scope, `'method' is '${method}', but the destination does not consist of snapshots`, "Use 'BackupDestination.snapshots', or omit 'method'.");
    }
    if (dumps !== undefined) return { recipe: dumps, script: dumps.dump };
    throw conflict(scope, `the engine ${engine.name} does not support backups`, "Its design needs 'dumps'.");
  }
}
