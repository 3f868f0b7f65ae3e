import type { Cron, Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { BackupDestination } from './backup-destination';
import type { BackupMethod } from './backup-method';
import type { BackupRetention } from './backup-retention';
import type { BackupVerification } from './backup-verification';

/** Properties of a backup. */
export interface BackupProps {
  /** When backups are made. */
  readonly schedule: Cron;

  /** Where they go. */
  readonly destination: BackupDestination;

  /**
   * How the database is backed up. Throws if the destination cannot hold such backups.
   *
   * @default - BackupMethod.DUMP; BackupMethod.SNAPSHOT if the destination is `BackupDestination.snapshots`
   */
  readonly method?: BackupMethod;

  /**
   * How many backups there are from one full backup to the next, for physical backups of PostgreSQL 17 and later: the others are incremental, and contain only
   * what has changed since the one before. From 1, for full backups only, to 100. Throws for other backups, or if the parameter 'summarize_wal' of the server
   * is not 'on'.
   *
   * @default 1
   * @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-INCREMENTAL-BACKUP
   */
  readonly fullEvery?: number;

  /**
   * Which are kept. At one destination, dumps and physical backups are counted apart. What a kept incremental backup builds on is kept too.
   *
   * @default - the last 7
   */
  readonly keep?: BackupRetention;

  /**
   * The name of the CronJob, at most 52 characters.
   *
   * @default - the name of the database and the id in kebab-case
   */
  readonly name?: string;

  /**
   * The time zone of the schedule, such as 'Asia/Tokyo'.
   *
   * @default - that of the controller manager, mostly UTC
   */
  readonly timeZone?: string;

  /**
   * Whether to pause the schedule.
   *
   * @default false
   */
  readonly suspend?: boolean;

  /**
   * How long a backup may take until it is ended and reported as failed. At least one minute, in whole seconds.
   *
   * @default Duration.hours(6)
   */
  readonly deadline?: Duration;

  /**
   * What the Job may use.
   *
   * @default - cpu request 100m, memory request and limit 512 MiB; for snapshots, 10m and 32 MiB
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * How the backups are verified, on a schedule of its own. The settings `timeZone` and `suspend` apply to it too. Throws for snapshots.
   *
   * @default - they are not
   */
  readonly verify?: BackupVerification;
}
