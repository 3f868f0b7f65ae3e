import type { IConstruct } from 'constructs';
import type { BackupProps } from './backup-props';
import type { IncrementalRecipe } from './physical-recipe';
import { conflict, requireInteger } from '../base/errors';

/** How many backups there are from one full backup to the next: 1 if all are full. */
export function requireFullEvery(where: IConstruct, { fullEvery = 1 }: BackupProps, incremental?: IncrementalRecipe): number {
  requireInteger(where, 'fullEvery', fullEvery, 1, 100);
  if (fullEvery === 1) return fullEvery;
  if (incremental === undefined) {
    throw conflict(where, `'fullEvery' is ${fullEvery}, but only physical backups of PostgreSQL can be incremental`, "Omit 'fullEvery', or use 'method: BackupMethod.PHYSICAL' of PostgreSQL.");
  }
  if (incremental.conflict !== undefined) throw conflict(where, `'fullEvery' is ${fullEvery}, but ${incremental.conflict}`, "Change that, or omit 'fullEvery', for full backups only.");
  return fullEvery;
}
