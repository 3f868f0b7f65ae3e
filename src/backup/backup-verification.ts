import type { Cron, Duration, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from '../storage/i-storage-class';

/**
 * How backups are verified: the newest one is restored into a volume that is thrown away, by the same containers as into a new database. Its
 * server, which nobody else can reach, reads all data, and answers a query of yours. If any of this fails, the Job fails.
 */
export interface BackupVerification {
  /** When, at a time at which no backup is made. */
  readonly schedule: Cron;

  /**
   * What to ask the restored database: one or more statements of SQL, for Redis and Valkey a command such as 'exists settings'. It must
   * succeed, and return at least one row that is not empty, for Redis and Valkey not 0 either. It may fail if the newest data is too old:
   * `select 1 from orders where created > now() - interval '2 days' limit 1`. Throws if it is blank.
   *
   * @default - nothing is asked
   */
  readonly query?: string;

  /**
   * The name of the CronJob, at most 52 characters.
   *
   * @default - that of the backup, and `-verify`
   */
  readonly name?: string;

  /**
   * The size of the volume that the backup is restored into.
   *
   * @default - that of the volume of the database, and twice that for incremental backups
   */
  readonly scratchSize?: Size;

  /**
   * The class of this volume. Its reclaim policy has to be Delete.
   *
   * @default - the disk of the node, where a Pod that writes more than `scratchSize` is evicted
   */
  readonly scratchClass?: IStorageClass;

  /**
   * What each container may use.
   *
   * @default - as much as a server of the database
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * How long it may take until it is ended and reported as failed. At least one minute, in whole seconds.
   *
   * @default Duration.hours(6)
   */
  readonly deadline?: Duration;
}
