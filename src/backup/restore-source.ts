import type { BackupDestination } from './backup-destination';
import { BackupMethod } from './backup-method';
import { utcOf } from './point-in-time';
import { conflict, invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** What a backup's name looks like: the time at which it began. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(\.1)*$/;

/** What the name of a VolumeSnapshot looks like. */
const SNAPSHOT_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Why a snapshot has to be named. */
export const SNAPSHOT_HAS_NAME = 'the claim of a new database names its snapshot when it is made, and which one is the newest is not known then';

/** What to restore. */
interface Wanted {
  readonly method: BackupMethod;
  /** A name, or 'latest'. */
  readonly backup: string;
  /** The time up to which the log is replayed; all of it if undefined. */
  readonly until?: string;
  /** What is known of the snapshot, if it is one. */
  readonly snapshot?: { readonly namespace?: string; readonly driver?: string };
}

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
   * The newest complete backup at the time when the new database is made. With a physical backup of PostgreSQL, or a dump of MySQL or MariaDB, all of the log archive
   * at the destination is replayed, if there is one. The restore is refused if not all of it can be: it has a gap after the backup, or goes on after a physical
   * backup of MySQL or MariaDB, which it does not continue. Throws if the destination consists of snapshots.
   *
   * @param destination where the backups are
   * @param database the name of the database that was backed up
   * @param method whether a dump is restored, as by default, or a physical backup
   */
  @checked
  public static latest(destination: BackupDestination, database: string, method: BackupMethod = BackupMethod.DUMP): RestoreSource {
    if (destination._target.kind === 'snapshots') {
      throw conflict('RestoreSource.latest', SNAPSHOT_HAS_NAME, "Name one, with 'RestoreSource.named': 'kubectl get volumesnapshots' lists them.");
    }
    return new RestoreSource(destination, database, { method, backup: 'latest' });
  }

  /**
   * One backup, and nothing that was written after it.
   *
   * @param destination where the backups are
   * @param database the name of the database that was backed up
   * @param name the name of the backup, such as '2026-11-24T10-00-00Z', or of a VolumeSnapshot in the namespace of the new database. Throws if it is none
   * @param method whether it is a dump, as by default, or a physical backup; nothing for a snapshot
   */
  @checked
  public static named(destination: BackupDestination, database: string, name: string, method?: BackupMethod): RestoreSource {
    return RestoreSource._named(destination, database, name, { method });
  }

  /**
   * The same, with what else is known of it.
   *
   * @internal
   */
  public static _named(
    destination: BackupDestination, database: string, name: string, known: { method?: BackupMethod; namespace?: string },
  ): RestoreSource {
    const { _target: target } = destination;
    const snapshots = target.kind === 'snapshots';
    if (!(snapshots ? SNAPSHOT_NAME : NAME).test(name)) {
      const [expected, hint] = snapshots
        ? ['the name of a VolumeSnapshot', "'kubectl get volumesnapshots' lists them."]
        : ['the name of a backup', "For example '2026-11-24T10-00-00Z': the log of the Job that made it has it."];
      throw invalid('RestoreSource.named', { property: 'name', got: name, expected, hint });
    }
    if (!snapshots) return new RestoreSource(destination, database, { method: known.method ?? BackupMethod.DUMP, backup: name });
    requireSnapshotMethod(known.method);
    const snapshot = { namespace: known.namespace, driver: target.snapshotClass?.driver };
    return new RestoreSource(destination, database, { method: BackupMethod.SNAPSHOT, backup: name, snapshot });
  }

  /**
   * The state at a point in time: the newest backup that had ended by then, and the log up to the last transaction that was committed by
   * then. With MariaDB, possibly a statement that had begun by then, too. The restore is refused if there is no such backup, or the log
   * archive does not reach that time. Throws if the destination consists of snapshots.
   *
   * @param destination where the backups and the log archive are
   * @param database the name of the database that was backed up
   * @param time a time with its offset, such as '2026-11-24T10:00:00Z' or '2026-11-24T11:00:00.5+01:00'. Throws if it is none; the log after a dump
   *   has whole seconds only
   * @param method whether the log continues a physical backup, as by default and with PostgreSQL, or a dump, with MySQL and MariaDB
   */
  @checked
  public static pointInTime(
    destination: BackupDestination, database: string, time: string, method: BackupMethod = BackupMethod.PHYSICAL,
  ): RestoreSource {
    const until = utcOf(time);
    if (until === undefined) {
      throw invalid('RestoreSource.pointInTime', {
        property: 'time', got: time, expected: 'a date and a time with seconds and an offset from UTC', hint: "For example '2026-11-24T10:00:00Z' or '2026-11-24T11:00:00.5+01:00'.",
      });
    }
    if (destination._target.kind === 'snapshots') {
      throw conflict('RestoreSource.pointInTime', 'a snapshot is restored as it is: no log continues it', "Name one, with 'RestoreSource.named'.");
    }
    if (method === BackupMethod.DUMP && !until.endsWith('.000000Z')) {
      throw invalid('RestoreSource.pointInTime', {
        property: 'time', got: time, expected: 'a time in whole seconds, as a binary log has no fractions', hint: 'What was committed before that second is restored.',
      });
    }
    return new RestoreSource(destination, database, { method, backup: 'latest', until });
  }

  private constructor(
    /** @internal */
    public readonly _destination: BackupDestination,
    /** @internal */
    public readonly _database: string,
    /** @internal */
    public readonly _wanted: Wanted,
  ) {
    if (_wanted.method === BackupMethod.SNAPSHOT && _destination._target.kind !== 'snapshots') {
      throw conflict('RestoreSource', 'there are no snapshots at this destination', "Use 'BackupDestination.snapshots', or omit 'method'.");
    }
  }
}

function requireSnapshotMethod(method?: BackupMethod): void {
  if (method === undefined || method === BackupMethod.SNAPSHOT) return;
  throw invalid('RestoreSource.named', { property: 'method', got: method, expected: `${BackupMethod.SNAPSHOT}, as the destination consists of snapshots`, hint: 'Omit it.' });
}
