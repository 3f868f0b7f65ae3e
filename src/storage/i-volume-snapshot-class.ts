import type { SnapshotDeletionPolicy } from './snapshot-deletion-policy';

/** A snapshot class that snapshots can use. */
export interface IVolumeSnapshotClass {
  /** The name of the VolumeSnapshotClass object. */
  readonly name: string;
  /** The driver that takes the snapshots; undefined if unknown. */
  readonly driver?: string;
  /** What happens to a snapshot when its VolumeSnapshot object is deleted; undefined if unknown. */
  readonly deletionPolicy?: SnapshotDeletionPolicy;
}
