/** How a database is backed up. */
export enum BackupMethod {
  /** The statements that make the database again. They can be restored into a later release, and take as long as the server needs to run them. */
  DUMP = 'dump',
  /**
   * A copy of the files of the server, for PostgreSQL and MySQL, restored about as fast as files are copied. Of PostgreSQL, it is restored into the same
   * major release only, and with a log archive up to any point in time. Of MySQL, it is restored into the same release line or one that upgrades from it, to
   * the moment of the backup; the first such backup restarts the server, which gets the clone plugin and an account for it.
   */
  PHYSICAL = 'physical',
  /** A snapshot of the volume of the server, by its driver: the method, and the only one, of `BackupDestination.snapshots`. */
  SNAPSHOT = 'snapshot',
}
