import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from './i-storage-class';
import type { VolumeDataSource } from './volume-data-source';
import type { VolumeRetention } from './volume-retention';

/** The volume that each member of a stateful product gets. */
export interface StorageProps {
  /**
   * How much room each member's volume has. More than zero.
   *
   * A claim template is immutable: to grow the volumes of a running set, see docs/growing-volumes.md.
   */
  readonly size: Size;

  /**
   * The storage class to take the volumes from. Throws if it is known to be of file storage, which may report a write as
   * done before it is on a disk.
   *
   * @default - the cluster's default storage class
   */
  readonly storageClass?: IStorageClass;

  /**
   * Who may mount a volume at one time: READ_WRITE_ONCE, the Pods of one node, or READ_WRITE_ONCE_POD, one Pod; else it throws.
   *
   * After a forced deletion the old server may still be running while its successor starts. With READ_WRITE_ONCE_POD
   * Kubernetes keeps the second one from the volume.
   *
   * @default - READ_WRITE_ONCE_POD if `storageClass` is known to have it, else READ_WRITE_ONCE
   */
  readonly accessMode?: kplus.PersistentVolumeAccessMode;

  /**
   * Whether members see a file system. All products do, so anything else throws.
   *
   * @default kplus.PersistentVolumeMode.FILE_SYSTEM
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;

  /**
   * What each member's volume begins with, such as a snapshot. Throws where several members must not begin with the same:
   * databases with read replicas, and Kafka.
   *
   * @default - an empty volume
   */
  readonly dataSource?: VolumeDataSource;

  /**
   * Whether the volumes must be able to grow later. Throws if the storage class is known not to let them.
   *
   * @default false
   */
  readonly expandable?: boolean;

  /**
   * What becomes of the volumes when the set is deleted or scaled down.
   *
   * @default - both keep the claims, and so the data
   */
  readonly retention?: VolumeRetention;

  /**
   * Labels of each member's claim.
   *
   * @default - only the label that names the set
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of each member's claim.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
