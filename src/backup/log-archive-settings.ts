import type { BackupMethod } from './backup-method';
import type { BackupTools } from './backup-tools';
import type { LogArchiveProps } from './log-archive-props';
import type { LogRecipe } from './physical-recipe';
import type { ProductPodsProps } from '../kit/product-pods-props';
import type { StorageProps } from '../storage/storage-props';

/** The database, and what the user says about its log archive. */
export interface LogArchiveSettings extends LogArchiveProps {
  readonly name: string;
  /** The name of the database: that of its folder at the destination. */
  readonly database: string;
  /** The backups that the log continues. */
  readonly method: BackupMethod;
  readonly recipe: BackupTools;
  readonly log: LogRecipe;
  /** The storage of the database. */
  readonly databaseStorage: StorageProps;
  readonly pods: ProductPodsProps;
}
