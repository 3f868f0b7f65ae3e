import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from './i-storage-class';
import type { VolumeDataSource } from './volume-data-source';
import type { VolumeSelector } from './volume-selector';

/** Properties that all kinds of claims have in common. */
export interface ClaimProps {
  /** The size of the volume. Must be greater than zero. */
  readonly size: Size;

  /**
   * The storage class of the volume. Throws if the class is known not to support what the claim requests.
   *
   * @default - the class of the claim's `volume`; no class if there is a `selector`; otherwise the cluster's default storage class
   */
  readonly storageClass?: IStorageClass;

  /**
   * The access modes of the volume. At least one; READ_WRITE_ONCE_POD cannot be combined with others.
   *
   * @default [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE]
   */
  readonly accessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * Whether the volume is a file system or a raw block device. A block claim is mounted like any other: the mount path
   * becomes the device path, and the device is never read-only.
   *
   * @default kplus.PersistentVolumeMode.FILE_SYSTEM
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;

  /**
   * Binds the claim only to a PersistentVolume with matching labels. A claim with a selector is never provisioned
   * dynamically.
   *
   * @default - any volume
   */
  readonly selector?: VolumeSelector;

  /**
   * The initial content of the volume: a snapshot, or a clone of another claim's volume.
   *
   * @default - an empty volume
   */
  readonly dataSource?: VolumeDataSource;

  /**
   * Whether the volume must support expansion. Throws unless the storage class is known to allow it: one of the app, or an existing one
   * whose `capabilities` say so. It changes nothing in the manifests. See docs/growing-volumes.md for the procedure.
   *
   * @default false
   */
  readonly expandable?: boolean;

  /**
   * Labels of the claim.
   *
   * @default - none, except the label of the set on claims made from a template
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the claim.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
