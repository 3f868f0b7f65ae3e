/** What becomes of a snapshot when its VolumeSnapshot object is deleted. The values are those of the API. */
export enum SnapshotDeletionPolicy {
  /** It stays in the storage system. */
  RETAIN = 'Retain',
  /** It is deleted. */
  DELETE = 'Delete',
}
