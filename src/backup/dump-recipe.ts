import type { BackupTools } from './backup-tools';

/** How an engine writes a database to files, and reads it back. */
export interface DumpRecipe extends BackupTools {
  /** The script `dump.sh FOLDER`: writes the files and prints the release of the server. */
  readonly dump: string;
  /** The script `load.sh [FOLDER]`: loads the files on a server that is being made; without a folder prints the release that it loads into. */
  readonly load: string;
}
