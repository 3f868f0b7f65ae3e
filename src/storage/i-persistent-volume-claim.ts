import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IPersistentVolume } from './i-persistent-volume';
import type { IStorageClass } from './i-storage-class';

/** A claim that snapshots are taken of and copies are made from. */
export interface IPersistentVolumeClaim {
  /** The name of the PersistentVolumeClaim object. */
  readonly name: string;
  /** Its namespace; undefined if it is not known. */
  readonly namespace?: string;
  /** How much room it asks for; undefined if it is not known. */
  readonly size?: Size;
  /** The class it takes its volume from; undefined if it is not known. */
  readonly storageClass?: IStorageClass;
  /** The volume that it names; undefined if it names none, or if that is not known. */
  readonly volume?: IPersistentVolume;
  /** Whether containers see a file system or a raw block device; undefined if it is not known. */
  readonly volumeMode?: kplus.PersistentVolumeMode;
}
