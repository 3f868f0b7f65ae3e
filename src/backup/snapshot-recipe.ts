/** How an engine begins with a snapshot of the volume of another server. Such a volume is as after a power loss, from which the server recovers. */
export interface SnapshotRecipe {
  /** The name of the claim of the first member that has all data of the server: of several volumes, snapshots are not of one moment. */
  readonly claim: string;

  /**
   * The script of a container `restore`, which runs before the container `prepare` with its arguments and variables. It refuses a volume without
   * complete data, so that no empty database takes the place of the restored one, and sets the password of the Secret, once. The variable
   * SNAPSHOT has the name of the snapshot.
   */
  readonly restore: string;

  /**
   * Files beside `restore`, by name.
   *
   * @default - none
   */
  readonly restoreFiles?: { [name: string]: string };

  /**
   * Further variables of the script.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * Why this server does not recover from a snapshot.
   *
   * @default - it does
   */
  readonly conflict?: string;
}
