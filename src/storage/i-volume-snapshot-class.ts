import type { SnapshotDeletionPolicy } from './snapshot-deletion-policy';

/** A snapshot class that snapshots can name. */
export interface IVolumeSnapshotClass {
  /** The name of the VolumeSnapshotClass object. */
  readonly name: string;
  /** The driver that takes the snapshots; undefined if it is not known. */
  readonly driver?: string;
  /** What becomes of a snapshot when its VolumeSnapshot object is deleted; undefined if it is not known. */
  readonly deletionPolicy?: SnapshotDeletionPolicy;
}
