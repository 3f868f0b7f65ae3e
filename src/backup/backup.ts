import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { BackupDestination } from './backup-destination';
import { BackupJob, type BackupJobProps } from './backup-job';
import type { BackupMethod } from './backup-method';
import type { BackupVerification } from './backup-verification';
import { RestoreSource } from './restore-source';
import type { ScratchDatabase } from './scratch-database';
import { VerifyJob } from './verify-job';
import { conflict } from '../base/errors';
import { MAX_SET_NAME, requireDnsLabel } from '../base/names';
import { checked } from '../input/check-input';

/** What a backup is made from, whether the database has a log archive at a destination, and how backups are verified. */
interface BackupSettings extends BackupJobProps {
  readonly hasLogAt: (destination: BackupDestination) => boolean;
  /** A database that a backup of `source` can be restored into. Throws if the product has none. */
  readonly scratchOf: (source: RestoreSource, verification: BackupVerification) => ScratchDatabase;
}

/**
 * Backups of a database on a schedule: a CronJob that writes a backup under a temporary name, checks it, gives it its name, and deletes old ones.
 * Made by `database.addBackup`.
 *
 * To make one now: `kubectl create job --from=cronjob/<name> <name>-now`.
 */
export class Backup extends Construct {
  /**
   * Made by `database.addBackup`.
   *
   * @internal
   */
  public static _create(scope: Construct, id: string, props: BackupSettings): Backup {
    return new Backup(scope, id, props);
  }

  /** The name of the CronJob. */
  public readonly name: string;
  /** Where the backups go. */
  public readonly destination: BackupDestination;
  /** How the database is backed up. */
  public readonly method: BackupMethod;

  /** The cdk8s-plus view of the Pods that verify the backups: scheduling, selectors; undefined if they are not verified. */
  public readonly verificationWorkload?: kplus.Workload;

  /** @internal */
  public readonly _job: BackupJob;

  private readonly database: string;

  private constructor(scope: Construct, id: string, private readonly props: BackupSettings) {
    super(scope, id);
    this.method = props.method;
    this.name = props.name;
    this.destination = props.destination;
    this.database = props.database;
    this._job = new BackupJob(this, 'Resource', props);
    this.verificationWorkload = props.verify && this.verification(props.verify);
  }

  /** The cdk8s-plus view of the Pods that back up: scheduling, selectors. */
  public get workload(): kplus.Workload {
    return this._job;
  }

  /**
   * The newest complete backup at the time when a new database is made, for its `restoreFrom`. With a physical backup, or a dump of MariaDB, all of
   * the log archive at its destination is replayed, if there is one.
   */
  public latest(): RestoreSource {
    return RestoreSource.latest(this.destination, this.database, this.method);
  }

  /**
   * One backup, and nothing that was written after it, for the `restoreFrom` of a new database.
   *
   * @param name its name, such as '2026-11-24T10-00-00Z'. Throws if it is none
   */
  @checked
  public named(name: string): RestoreSource {
    return RestoreSource.named(this.destination, this.database, name, this.method);
  }

  /**
   * The state at a point in time, for the `restoreFrom` of a new database: everything that was committed by then. Throws unless this is a physical
   * backup of PostgreSQL or a dump of MariaDB, and `archiveLog` was called with the same destination.
   *
   * @param time a time with its offset, such as '2026-11-24T10:00:00Z'. Throws if it is none, or has fractions of a second and this is a dump
   */
  @checked
  public pointInTime(time: string): RestoreSource {
    if (this.props.logMethod === undefined) {
      throw conflict(this, 'this database cannot be restored to a point in time', "Restore its newest backup by 'latest()', or one by its name.");
    }
    if (this.method !== this.props.logMethod) {
      throw conflict(this, 'a dump cannot be restored to a point in time', "Add a backup with 'method: BackupMethod.PHYSICAL', and a log archive.");
    }
    if (!this.props.hasLogAt(this.destination)) {
      throw conflict(this, 'a restore to a point in time needs the log archive of the database at the destination of the backup, and there is none', "Call 'archiveLog' with the same destination first.");
    }
    return RestoreSource.pointInTime(this.destination, this.database, time, this.method);
  }

  private verification(verify: BackupVerification): VerifyJob {
    const { database, size, timeZone, suspend, pods, scratchOf } = this.props;
    return new VerifyJob(new Construct(this, 'Verification'), 'Resource', {
      ...verify,
      name: requireDnsLabel(this, 'verify.name', verify.name ?? `${this.name}-verify`, MAX_SET_NAME),
      backup: this.name,
      database,
      scratch: scratchOf(this.latest(), verify),
      needsNetwork: this.destination._target.kind !== 'claim',
      size,
      timeZone,
      suspend,
      pods,
    });
  }
}
