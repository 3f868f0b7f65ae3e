import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IStorageClass } from './i-storage-class';
import type { VolumeDataSource } from './volume-data-source';
import type { VolumeRetention } from './volume-retention';

/** The volume of each member of a stateful product. */
export interface StorageProps {
  /**
   * The size of each member's volume. Must be greater than zero.
   *
   * Claim templates are immutable: to expand the volumes of a running set, see docs/growing-volumes.md.
   */
  readonly size: Size;

  /**
   * The storage class of the volumes. Throws if it is known to provide file storage, which may acknowledge a write
   * before it is on disk.
   *
   * @default - the cluster's default storage class
   */
  readonly storageClass?: IStorageClass;

  /**
   * The access mode of the volumes: READ_WRITE_ONCE, which allows the Pods of one node, or READ_WRITE_ONCE_POD, which
   * allows one Pod. Throws on any other mode.
   *
   * After a forced deletion, the old server may still be running when its replacement starts. With READ_WRITE_ONCE_POD,
   * Kubernetes does not let the replacement mount the volume.
   *
   * @default - READ_WRITE_ONCE_POD if `storageClass` is known to support it, otherwise READ_WRITE_ONCE
   */
  readonly accessMode?: kplus.PersistentVolumeAccessMode;

  /**
   * The volume mode. All products need a file system, so anything else throws.
   *
   * @default kplus.PersistentVolumeMode.FILE_SYSTEM
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;

  /**
   * The initial content of each member's volume, such as a snapshot. Throws for products whose members must not start
   * from the same content: databases with read replicas, and Kafka.
   *
   * @default - an empty volume
   */
  readonly dataSource?: VolumeDataSource;

  /**
   * Whether the volumes must support expansion. Throws unless the storage class is known to allow it: one of the app, or an existing one
   * whose `capabilities` say so. It changes nothing in the manifests.
   *
   * @default false
   */
  readonly expandable?: boolean;

  /**
   * What happens to the claims when the set is deleted or scaled down.
   *
   * @default - the claims, and so the data, are kept in both cases
   */
  readonly retention?: VolumeRetention;

  /**
   * Labels of each member's claim.
   *
   * @default - only the label of the set
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of each member's claim.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
