import type { BackupDestination } from './backup-destination';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** What a backup's name looks like: the time at which it began. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(\.1)*$/;

/**
 * What a new database begins with: a backup of another one. The destination alone is enough, in another namespace or cluster too.
 *
 * @example
 * const store = BackupDestination.objectStore({
 *   remote: 's3', path: 'backups/shop', config: kplus.Secret.fromSecretName(this, 'Rclone', 'rclone'),
 * });
 * new StatefulDatabase(this, 'OrdersRestored', {
 *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
 *   storage: { size: Size.gibibytes(20) },
 *   restoreFrom: RestoreSource.latest(store, 'orders'),
 * });
 */
export class RestoreSource {
  /**
   * The newest complete backup at the time when the new database is made.
   *
   * @param destination where the backups are
   * @param database the name of the database that was backed up
   */
  @checked
  public static latest(destination: BackupDestination, database: string): RestoreSource {
    return new RestoreSource(destination, database, 'latest');
  }

  /**
   * One backup.
   *
   * @param destination where the backups are
   * @param database the name of the database that was backed up
   * @param name the name of the backup, such as '2026-11-24T10-00-00Z'. Throws if it is none
   */
  @checked
  public static named(destination: BackupDestination, database: string, name: string): RestoreSource {
    if (!NAME.test(name)) throw invalid('RestoreSource.named', { property: 'name', got: name, expected: 'the name of a backup', hint: "For example '2026-11-24T10-00-00Z': the log of the Job that made it has it." });
    return new RestoreSource(destination, database, name);
  }

  private constructor(
    /** @internal */
    public readonly _destination: BackupDestination,
    /** @internal */
    public readonly _database: string,
    /** @internal */
    public readonly _backup: string,
  ) {}
}
