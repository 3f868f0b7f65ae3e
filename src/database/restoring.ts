import type { IConstruct } from 'constructs';
import type { DatabaseDesign } from './i-database-engine';
import type { StatefulDatabaseProps } from './stateful-database-props';
import { BackupMethod } from '../backup/backup-method';
import type { RestoreSource } from '../backup/restore-source';
import { RESTORE_INIT_SCRIPTS, restoredFromCopy, restoredFromDump } from '../backup/restored';
import { restoredFromSnapshot } from '../backup/restored-from-snapshot';
import { conflict } from '../base/errors';
import type { Files } from '../kit/files';

/** What to do where no log continues a physical backup. */
const PHYSICAL_WITHOUT_LOG = "Restore one by its name, or 'latest'; its log continues dumps: 'BackupMethod.DUMP'.";

/** The init scripts of a database that is restored. A copy of files needs none. */
export function restoreScripts(where: IConstruct, source: RestoreSource, { initScripts }: StatefulDatabaseProps): Files {
  if (initScripts === undefined) return source._wanted.method === BackupMethod.DUMP ? RESTORE_INIT_SCRIPTS : {};
  throw conflict(where, "both 'restoreFrom' and 'initScripts' are given", "Omit 'initScripts': the backup contains their results.");
}

/** The design of a database that is restored. Throws if its engine cannot. */
export function restoring(
  where: IConstruct, source: RestoreSource, { engine, storage }: StatefulDatabaseProps, design: DatabaseDesign,
): DatabaseDesign {
  const { groups: [first, ...others], dumps, physical, snapshots } = design;
  const { method, until } = source._wanted;
  if (method === BackupMethod.SNAPSHOT) {
    if (snapshots === undefined) throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom' a snapshot`, 'Restore a dump.');
    if (storage.dataSource !== undefined) {
      throw conflict(where, "both 'restoreFrom' a snapshot and 'storage.dataSource' are given", "Omit 'storage.dataSource': the snapshot is the data source.");
    }
    return { ...design, groups: [restoredFromSnapshot(first, source, snapshots), ...others] };
  }
  if (method === BackupMethod.PHYSICAL) {
    if (physical === undefined) throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom' a physical backup`, "Restore a dump: 'BackupMethod.DUMP'.");
    if (physical.restoreConflict !== undefined) throw conflict(where, physical.restoreConflict, 'Change the parameter, or restore a dump.');
    if (until !== undefined && physical.log === undefined) {
      throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom' a physical backup to a point in time`, PHYSICAL_WITHOUT_LOG);
    }
    return { ...design, groups: [restoredFromCopy(first, source, physical, storage.size), ...others] };
  }
  if (dumps === undefined) throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom'`, 'Omit it.');
  if (until !== undefined && dumps.log === undefined) {
    throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom' a dump to a point in time`, 'Restore the newest dump, or one by its name.');
  }
  return { ...design, groups: [restoredFromDump(first, source, dumps, storage.size), ...others] };
}
