import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from './i-storage-class';
import type { VolumeSource } from './volume-source';

/** The claim that a volume is reserved for. */
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

/** Properties of a statically provisioned volume. */
export interface PersistentVolumeProps {
  /** The storage behind the volume. */
  readonly source: VolumeSource;
  /** The capacity of the volume. Must be greater than zero. A claim gets the whole volume, even if it requests less. */
  readonly capacity: Size;

  /**
   * The access modes of the volume. At least one.
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
   * What happens to the volume when its claim is deleted. With DELETE, the CSI driver deletes the storage and the data.
   * Throws on DELETE for storage that no driver can delete, such as NFS or an existing Ceph image.
   *
   * @default kplus.PersistentVolumeReclaimPolicy.RETAIN
   */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;

  /**
   * The storage class that claims must request to bind to the volume.
   *
   * @default - none; claims must explicitly request no class
   */
  readonly storageClass?: IStorageClass;

  /**
   * Whether the volume is a file system or a raw block device.
   *
   * @default kplus.PersistentVolumeMode.FILE_SYSTEM
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;

  /**
   * The nodes that can access the volume. Required for local volumes.
   *
   * @default - the nodes in the zones of the source, otherwise all nodes
   */
  readonly nodeAffinity?: kplus.LabeledNode;

  /**
   * Mount options. They are not validated.
   *
   * @default - none
   */
  readonly mountOptions?: string[];

  /**
   * The claim that the volume is reserved for. `reserve()` creates that claim.
   *
   * @default - any matching claim
   */
  readonly claimRef?: ClaimReference;

  /**
   * Labels of the volume, which claims can select by.
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

/** Options of `reserve()`. */
export interface ReserveOptions {
  /**
   * The name of the claim.
   *
   * @default - that of `claimRef`, otherwise that of the volume
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
