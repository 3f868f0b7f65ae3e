/** How a database is backed up. */
export enum BackupMethod {
  /** The statements that make the database again. They can be restored into a later release, and take as long as the server needs to run them. */
  DUMP = 'dump',
  /**
   * A copy of the files of the server, for PostgreSQL. It is restored into the same major release only, about as fast as files are copied, and
   * with a log archive up to any point in time.
   */
  PHYSICAL = 'physical',
  /** A snapshot of the volume of the server, by its driver: the method, and the only one, of `BackupDestination.snapshots`. */
  SNAPSHOT = 'snapshot',
}
