import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IPersistentVolume } from './i-persistent-volume';
import type { IStorageClass } from './i-storage-class';

/** A claim that snapshots and clones can be made from. */
export interface IPersistentVolumeClaim {
  /** The name of the PersistentVolumeClaim object. */
  readonly name: string;
  /** The namespace of the claim; undefined if unknown. */
  readonly namespace?: string;
  /** The requested size; undefined if unknown. */
  readonly size?: Size;
  /** The storage class; undefined if unknown. */
  readonly storageClass?: IStorageClass;
  /** The volume that the claim is bound to by name; undefined if there is none, or if it is unknown. */
  readonly volume?: IPersistentVolume;
  /** Whether the volume is a file system or a raw block device; undefined if unknown. */
  readonly volumeMode?: kplus.PersistentVolumeMode;
}
