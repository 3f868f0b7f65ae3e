import type { IConstruct } from 'constructs';
import type { DatabaseDesign } from './i-database-engine';
import type { StatefulDatabaseProps } from './stateful-database-props';
import { BackupMethod } from '../backup/backup-method';
import type { RestoreSource } from '../backup/restore-source';
import { RESTORE_INIT_SCRIPTS, restoredFromCopy, restoredFromDump } from '../backup/restored';
import { conflict } from '../base/errors';
import type { Files } from '../kit/files';

/** The init scripts of a database that is restored. A copy of files needs none. */
export function restoreScripts(where: IConstruct, source: RestoreSource, { initScripts }: StatefulDatabaseProps): Files {
  if (initScripts === undefined) return isPhysical(source) ? {} : RESTORE_INIT_SCRIPTS;
  throw conflict(where, "both 'restoreFrom' and 'initScripts' are given", "Omit 'initScripts': the backup contains their results.");
}

/** The design of a database that is restored. Throws if its engine cannot. */
export function restoring(
  where: IConstruct, source: RestoreSource, { engine, storage }: StatefulDatabaseProps, design: DatabaseDesign,
): DatabaseDesign {
  const { groups: [first, ...others], dumps, physical } = design;
  if (isPhysical(source)) {
    if (physical === undefined) throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom' a physical backup`, "Restore a dump: 'BackupMethod.DUMP'.");
    return { ...design, groups: [restoredFromCopy(first, source, physical, storage.size), ...others] };
  }
  if (dumps === undefined) throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom'`, 'Omit it.');
  if (source._wanted.until !== undefined && dumps.log === undefined) {
    throw conflict(where, `the engine ${engine.name} does not support 'restoreFrom' a dump to a point in time`, 'Restore the newest dump, or one by its name.');
  }
  return { ...design, groups: [restoredFromDump(first, source, dumps, storage.size), ...others] };
}

function isPhysical({ _wanted: { method } }: RestoreSource): boolean {
  return method === BackupMethod.PHYSICAL;
}
