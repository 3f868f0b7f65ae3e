import type { BackupTools } from './backup-tools';
import type { MemberContainer } from '../kit/design';
import type { MemberMount } from '../kit/member-mount';

/** The volume of a server, where a script reads it. */
export interface CopiedVolume {
  /** The name of the claim of the first member. */
  readonly claim: string;
  /** The path at which the script finds it, read-only. */
  readonly path: string;
  /**
   * The script `serving.sh`, which succeeds while the server answers. A Job has the volume on the node of the server, and ends once the server is down for
   * longer than a restart takes, since it may wait for its volume on another node.
   */
  readonly serving: string;
}

/** How an engine copies the files of a server, archives its log, and makes a database from both. */
export interface PhysicalRecipe extends BackupTools {
  /**
   * The script `dump.sh FOLDER`: copies the server and verifies the copy. Prints the release of the server and then, a line each, facts for a
   * restore: `ends:` a time by the clock of the server at which the copy had ended, and where a log continues it `system:` an identifier of the database,
   * `log-from:` and `log-to:` the first and the last file of the log that belong to the copy.
   */
  readonly copy: string;

  /**
   * The volume that `copy` reads. Then its Job runs on the node of the first member, where both mount the volume.
   *
   * @default - it asks the server only
   */
  readonly volume?: CopiedVolume;

  /**
   * The script of a container `restore`, which runs before the container `prepare` with its arguments and variables, and makes the data in a
   * volume that has none. It finds `choose.sh` beside it.
   */
  readonly restore: string;

  /**
   * Files beside `restore`, by name.
   *
   * @default - none
   */
  readonly restoreFiles?: { [name: string]: string };

  /**
   * What the first group has in its mount `files` while there is such a backup, by name, beside what is there, or in its place: scripts that give the
   * server an account, for example. It restarts the members when the first such backup is added.
   *
   * @default - nothing
   */
  readonly memberFiles?: { [name: string]: string };

  /**
   * How `copy` copies only what has changed.
   *
   * @default - it cannot: each copy is a full one
   */
  readonly incremental?: IncrementalRecipe;

  /**
   * Why this server cannot be copied.
   *
   * @default - it can be
   */
  readonly conflict?: string;

  /**
   * Why this server cannot begin with a copy of another one.
   *
   * @default - it can
   */
  readonly restoreConflict?: string;

  /**
   * How the log is archived that continues a copy.
   *
   * @default - a copy is restored to its own moment only
   */
  readonly log?: LogRecipe;
}

/** How an engine copies only what has changed since an earlier copy. */
export interface IncrementalRecipe {
  /**
   * The file of a copy that tells what was in it. The script `copy` finds that of the newest one in the folder of the variable CATALOG (see choose.sh). The variable
   * FULL_EVERY says how many copies there are from one full copy to the next. It prints the fact `since:`, the name of the copy that this one builds on.
   */
  readonly manifest: string;

  /**
   * Why this server cannot tell what has changed.
   *
   * @default - it can
   */
  readonly conflict?: string;
}

/** How an engine archives its log. */
export interface LogRecipe {
  /**
   * The container that receives the log into the folder of the variable LOGS, without end: a folder for each run, which has a description
   * `RUN` with the lines `system:` and `begins:`, a time by the clock of the server. Names of files sort as the log is written. A file that is
   * written to has a name that ends in `.partial`. A file whose name begins with `0-` is not log.
   */
  readonly container: MemberContainer;
  /** What it mounts. */
  readonly mounts: MemberMount[];

  /**
   * Why the image of the container cannot receive the log, so that another one must be given.
   *
   * @default - it can
   */
  readonly needsImage?: string;

  /**
   * Why the log of this database cannot be archived.
   *
   * @default - it can be
   */
  readonly conflict?: string;

  /**
   * What the first group has in its mount `files` while commits wait for the archive, by name, beside what is there, or in its place. In addition there is
   * a file `archiver` with the name of the Pod that archives, whose container gets the variable SYNCHRONOUS.
   *
   * @default - commits cannot wait for the archive
   */
  readonly synchronousFiles?: { [name: string]: string };

  /**
   * Why commits of this database cannot wait for the archive.
   *
   * @default - they can, if there are `synchronousFiles`
   */
  readonly synchronousConflict?: string;
}
