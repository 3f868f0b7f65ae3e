import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from './i-storage-class';
import type { VolumeSource } from './volume-source';

/** The claim that a volume is kept for. */
export interface ClaimReference {
  /** The name of the claim. */
  readonly name: string;

  /**
   * The namespace of the claim.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;
}

/** Properties of a volume made by hand. */
export interface PersistentVolumeProps {
  /** Where the bytes are. */
  readonly source: VolumeSource;
  /** How much room there is. More than zero; a claim gets the whole volume, even if it asks for less. */
  readonly capacity: Size;

  /**
   * Who may mount the volume at one time. At least one mode.
   *
   * @default [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE]
   */
  readonly accessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * The name of the PersistentVolume, which has no namespace.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * What becomes of the volume when its claim is deleted. DELETE lets the CSI driver delete the storage, and the data with
   * it; it throws for storage that no driver deletes, such as NFS or an existing Ceph image.
   *
   * @default kplus.PersistentVolumeReclaimPolicy.RETAIN
   */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;

  /**
   * The class that claims must name to get it.
   *
   * @default - none; claims must ask for no class
   */
  readonly storageClass?: IStorageClass;

  /**
   * Whether the volume is a file system or a raw block device.
   *
   * @default kplus.PersistentVolumeMode.FILE_SYSTEM
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;

  /**
   * The nodes that reach the volume. A local volume needs it.
   *
   * @default - what the source says of its zone or zones, else all nodes
   */
  readonly nodeAffinity?: kplus.LabeledNode;

  /**
   * Options with which the volume is mounted. They are not checked.
   *
   * @default - none
   */
  readonly mountOptions?: string[];

  /**
   * The claim that alone may have it. `reserve()` makes that claim too.
   *
   * @default - any claim that fits
   */
  readonly claimRef?: ClaimReference;

  /**
   * Labels of the volume, for selectors of claims.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the volume.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** The claim that `reserve()` makes. */
export interface ReserveOptions {
  /**
   * The name of the claim.
   *
   * @default - that of `claimRef`, else that of the volume
   */
  readonly name?: string;

  /**
   * Labels of the claim.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the claim.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
