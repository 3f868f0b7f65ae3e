import type { Size } from 'cdk8s';

/** A snapshot that claims can be restored from. */
export interface IVolumeSnapshot {
  /** The name of the VolumeSnapshot object. */
  readonly name: string;
  /** The namespace of the snapshot; undefined if unknown. */
  readonly namespace?: string;
  /** The size of the volume that the snapshot was taken from; undefined if unknown. */
  readonly size?: Size;
  /** The driver that holds the snapshot; undefined if unknown. */
  readonly driver?: string;
}
