/** What happens to a snapshot when its VolumeSnapshot object is deleted. The values are those of the Kubernetes API. */
export enum SnapshotDeletionPolicy {
  /** The snapshot is kept in the storage system. */
  RETAIN = 'Retain',
  /** The snapshot is deleted. */
  DELETE = 'Delete',
}
