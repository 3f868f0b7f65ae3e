import type { BackupTools } from './backup-tools';
import type { LogRecipe } from './physical-recipe';

/** How an engine writes a database to files, and reads it back. */
export interface DumpRecipe extends BackupTools {
  /** The script `dump.sh FOLDER`: writes the files and prints the release of the server. */
  readonly dump: string;
  /** The script `load.sh [FOLDER]`: loads the files on a server that is being made; without a folder prints the release that it loads into. */
  readonly load: string;
  /**
   * How the log is archived that continues a dump. Then `dump.sh` prints the facts of a physical backup, too: see `PhysicalRecipe.copy`.
   *
   * @default - dumps are restored to the moment of the dump only
   */
  readonly log?: DumpLogRecipe;
}

/** How an engine archives its log, and replays it after a dump. */
export interface DumpLogRecipe extends LogRecipe {
  /**
   * The script `replay.sh FOLDER RUN`: replays the log in the folder of a run that follows the dump in FOLDER, on the server that is being made and
   * has loaded it, up to the time in the variable UNTIL, or all of it. Fails if the log does not continue the dump, has a gap, or ends before.
   */
  readonly replay: string;

  /**
   * Files beside `replay`, by name.
   *
   * @default - none
   */
  readonly replayFiles?: { [name: string]: string };
}
