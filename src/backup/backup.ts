import { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { BackupDestination } from './backup-destination';
import { BackupJob, type BackupJobProps } from './backup-job';
import { BackupMethod } from './backup-method';
import type { BackupVerification } from './backup-verification';
import { RestoreSource, SNAPSHOT_HAS_NAME } from './restore-source';
import type { ScratchDatabase } from './scratch-database';
import { scheduleSnapshots, type SnapshotBackupProps } from './snapshot-backup';
import { VerifyJob } from './verify-job';
import { conflict } from '../base/errors';
import { MAX_SET_NAME, namespaceOf, requireDnsLabel } from '../base/names';
import { mebibytes } from '../base/quantity';
import { checked } from '../input/check-input';
import { SCHEDULE_LABEL } from '../storage/snapshot-schedule';

/** What all backups have in common. */
interface BackupIdentity {
  readonly name: string;
  /** The name of the database. */
  readonly database: string;
  readonly destination: BackupDestination;
  readonly method: BackupMethod;
}

/** What a backup is made from, whether the database has a log archive at a destination, and how backups are verified. */
interface BackupSettings extends BackupJobProps {
  readonly hasLogAt: (destination: BackupDestination) => boolean;
  /** A database that a backup of `source` can be restored into. Throws if the product has none. */
  readonly scratchOf: (source: RestoreSource, verification: BackupVerification) => ScratchDatabase;
}

/**
 * Backups of a database on a schedule: a CronJob that writes a backup under a temporary name, checks it, gives it its name, and deletes old ones; or
 * one that takes a snapshot, waits until it is ready, and deletes old ones. Made by `database.addBackup`.
 *
 * To make one now: `kubectl create job --from=cronjob/<name> <name>-now`.
 */
export class Backup extends Construct {
  /**
   * Made by `database.addBackup`.
   *
   * @internal
   */
  public static _create(scope: Construct, id: string, settings: BackupSettings): Backup {
    return new Backup(scope, id, settings, settings);
  }

  /**
   * The same, of snapshots.
   *
   * @internal
   */
  public static _ofSnapshots(scope: Construct, id: string, props: SnapshotBackupProps): Backup {
    const backup = new Backup(scope, id, { ...props, method: BackupMethod.SNAPSHOT });
    const { _target: target } = props.destination;
    if (target.kind === 'snapshots') scheduleSnapshots(backup, target, props);
    return backup;
  }

  /** The name of the CronJob. */
  public readonly name: string;
  /** Where the backups go. */
  public readonly destination: BackupDestination;
  /** How the database is backed up. */
  public readonly method: BackupMethod;

  /** The cdk8s-plus view of the Pods that verify the backups: scheduling, selectors; undefined if they are not verified. */
  public readonly verificationWorkload?: kplus.Workload;

  private readonly job?: BackupJob;
  private readonly database: string;

  private constructor(scope: Construct, id: string, identity: BackupIdentity, private readonly settings?: BackupSettings) {
    super(scope, id);
    const { name, database, destination, method } = identity;
    this.name = name;
    this.destination = destination;
    this.method = method;
    this.database = database;
    if (settings === undefined) return;
    this.job = new BackupJob(this, 'Resource', settings);
    this.verificationWorkload = settings.verify && this.verification(settings, settings.verify);
  }

  /** The cdk8s-plus view of the Pods that back up: scheduling, selectors. Throws if the backups are snapshots, whose Pods only call the API server. */
  public get workload(): kplus.Workload {
    if (this.job !== undefined) return this.job;
    throw conflict(this, 'the Pods that take snapshots are not available as a workload', 'Their CronJob is the ApiObject of this name.');
  }

  /**
   * The newest complete backup at the time when a new database is made, for its `restoreFrom`. With a physical backup of PostgreSQL, or a dump of MySQL or MariaDB,
   * all of the log archive at its destination is replayed, if there is one. Throws if the backups are snapshots, or if the log archive at the destination
   * does not continue them, as with physical backups of MySQL or MariaDB: it has newer data.
   */
  public latest(): RestoreSource {
    if (this.method === BackupMethod.SNAPSHOT) {
      throw conflict(this, SNAPSHOT_HAS_NAME, `Name one: 'kubectl get volumesnapshots -l ${SCHEDULE_LABEL}=${this.name} --sort-by=.metadata.creationTimestamp' lists them.`);
    }
    const { settings } = this;
    if (settings?.logMethod === BackupMethod.DUMP && this.method !== settings.logMethod && settings.hasLogAt(this.destination)) {
      throw conflict(
        this, 'the log archive at the destination has newer data than the newest physical backup, and continues dumps only',
        "For the newest data, use 'latest()' of a backup without 'method'. For a physical backup alone, use its name, with 'named()'.",
      );
    }
    return this.newest();
  }

  /**
   * One backup, and nothing that was written after it, for the `restoreFrom` of a new database.
   *
   * @param name its name, such as '2026-11-24T10-00-00Z', or that of a snapshot, such as 'orders-nightly-29401680'. Throws if it is none
   */
  @checked
  public named(name: string): RestoreSource {
    return RestoreSource._named(this.destination, this.database, name, { method: this.method, namespace: namespaceOf(this) });
  }

  /**
   * The state at a point in time, for the `restoreFrom` of a new database: everything that was committed by then. Throws unless this is a physical
   * backup of PostgreSQL or a dump of MySQL or MariaDB, and `archiveLog` was called with the same destination.
   *
   * @param time a time with its offset, such as '2026-11-24T10:00:00Z'. Throws if it is none, or has fractions of a second and this is a dump
   */
  @checked
  public pointInTime(time: string): RestoreSource {
    if (this.method === BackupMethod.SNAPSHOT) {
      throw conflict(this, 'a snapshot is restored as it is: no log continues it', "Restore one by its name, with 'named()', or add a backup of files and a log archive.");
    }
    const { settings } = this;
    if (settings?.logMethod === undefined) {
      throw conflict(this, 'this database cannot be restored to a point in time', "Restore its newest backup by 'latest()', or one by its name.");
    }
    if (this.method !== settings.logMethod) throw this.withoutLog(settings.logMethod);
    if (!settings.hasLogAt(this.destination)) {
      throw conflict(this, 'a restore to a point in time needs the log archive of the database at the destination of the backup, and there is none', "Call 'archiveLog' with the same destination first.");
    }
    return RestoreSource.pointInTime(this.destination, this.database, time, this.method);
  }

  private newest(): RestoreSource {
    return RestoreSource.latest(this.destination, this.database, this.method);
  }

  private withoutLog(logMethod: BackupMethod): Error {
    return logMethod === BackupMethod.PHYSICAL
      ? conflict(this, 'a dump cannot be restored to a point in time', "Add a backup with 'method: BackupMethod.PHYSICAL', and a log archive.")
      : conflict(this, 'a physical backup of this database cannot be restored to a point in time: its log continues dumps', "Add a backup without 'method', for dumps, and a log archive.");
  }

  private verification(settings: BackupSettings, verify: BackupVerification): VerifyJob {
    const { database, size, fullEvery = 1, timeZone, suspend, pods, scratchOf } = settings;
    // An incremental backup is combined beside itself.
    const verification = { ...verify, scratchSize: verify.scratchSize ?? (fullEvery === 1 ? size : Size.mebibytes(2 * mebibytes(size))) };
    return new VerifyJob(new Construct(this, 'Verification'), 'Resource', {
      ...verification,
      name: requireDnsLabel(this, 'verify.name', verify.name ?? `${this.name}-verify`, MAX_SET_NAME),
      backup: this.name,
      database,
      scratch: scratchOf(this.newest(), verification),
      needsNetwork: this.destination._target.kind !== 'claim',
      size,
      timeZone,
      suspend,
      pods,
    });
  }
}
