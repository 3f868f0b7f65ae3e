/** How a database is backed up. */
export enum BackupMethod {
  /** The statements that make the database again. They can be restored into a later release, and take as long as the server needs to run them. */
  DUMP = 'dump',
  /**
   * A copy of the files of the server, for PostgreSQL, MySQL and MariaDB, restored about as fast as files are copied. Of PostgreSQL, it is restored into the
   * same major release only, and with a log archive up to any point in time. Of MySQL and MariaDB, it is restored into the same release line or one that
   * upgrades from it, to the moment of the backup; the first such backup restarts the server, which gets an account for it, and with MySQL the clone plugin.
   * Of MariaDB, its Job mounts the volume of the server, whose access mode must be READ_WRITE_ONCE.
   */
  PHYSICAL = 'physical',
  /** A snapshot of the volume of the server, by its driver: the method, and the only one, of `BackupDestination.snapshots`. */
  SNAPSHOT = 'snapshot',
}
