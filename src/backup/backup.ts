import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { BackupDestination } from './backup-destination';
import { BackupJob, type BackupJobProps } from './backup-job';
import { RestoreSource } from './restore-source';
import { checked } from '../input/check-input';

/**
 * Backups of a database on a schedule: a CronJob that writes a dump under a temporary name, checks it, gives it its name, and deletes old ones.
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
  public static _create(scope: Construct, id: string, props: BackupJobProps): Backup {
    return new Backup(scope, id, props);
  }

  /** The name of the CronJob. */
  public readonly name: string;
  /** Where the backups go. */
  public readonly destination: BackupDestination;

  /** @internal */
  public readonly _job: BackupJob;

  private readonly database: string;

  private constructor(scope: Construct, id: string, props: BackupJobProps) {
    super(scope, id);
    this.name = props.name;
    this.destination = props.destination;
    this.database = props.database;
    this._job = new BackupJob(this, 'Resource', props);
  }

  /** The cdk8s-plus view of the Pods that back up: scheduling, selectors. */
  public get workload(): kplus.Workload {
    return this._job;
  }

  /** The newest complete backup at the time when a new database is made, for its `restoreFrom`. */
  public latest(): RestoreSource {
    return RestoreSource.latest(this.destination, this.database);
  }

  /**
   * One backup, for the `restoreFrom` of a new database.
   *
   * @param name its name, such as '2026-11-24T10-00-00Z'. Throws if it is none
   */
  @checked
  public named(name: string): RestoreSource {
    return RestoreSource.named(this.destination, this.database, name);
  }
}
