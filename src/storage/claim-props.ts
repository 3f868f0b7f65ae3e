import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from './i-storage-class';
import type { VolumeDataSource } from './volume-data-source';
import type { VolumeSelector } from './volume-selector';

/** What every claim asks for, whoever makes it. */
export interface ClaimProps {
  /** How much room the volume has. More than zero. */
  readonly size: Size;

  /**
   * The storage class to take the volume from. Throws if its volumes are known to be unable to do what is asked here.
   *
   * @default - the class of the `volume` that the claim names; no class if there is a `selector`; else the cluster's default storage class
   */
  readonly storageClass?: IStorageClass;

  /**
   * Who may mount the volume at one time. At least one mode; READ_WRITE_ONCE_POD stands alone.
   *
   * @default [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE]
   */
  readonly accessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * Whether containers see a file system or a raw block device. A block claim is mounted like any other: the
   * mount path becomes the path of the device, which is never read-only.
   *
   * @default kplus.PersistentVolumeMode.FILE_SYSTEM
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;

  /**
   * Take only a PersistentVolume with these labels. No driver makes a volume for such a claim.
   *
   * @default - any volume
   */
  readonly selector?: VolumeSelector;

  /**
   * What the volume begins with: a snapshot, a copy of another claim's volume.
   *
   * @default - an empty volume
   */
  readonly dataSource?: VolumeDataSource;

  /**
   * Whether the volume must be able to grow later. Throws if the class is known not to let it; see
   * docs/growing-volumes.md for how it is done.
   *
   * @default false
   */
  readonly expandable?: boolean;

  /**
   * Labels of the claim.
   *
   * @default - none, beside the one that names the set of a claim template
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the claim.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
