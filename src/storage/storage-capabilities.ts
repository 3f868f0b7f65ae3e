import type * as kplus from 'cdk8s-plus-28';

/** Whether storage is a disk or a shared file system. */
export enum StorageKind {
  /** A disk, suited to databases and queues. One node at a time can mount it read-write. */
  BLOCK = 'block',
  /** A shared file system. Several nodes can read and write it at the same time. */
  FILE = 'file',
}

/** Where a volume can be accessed from. */
export enum StorageTopology {
  /** The nodes of one zone. */
  ZONAL = 'zonal',
  /** The nodes of several zones in one region. */
  REGIONAL = 'regional',
  /** One node only. */
  NODE_BOUND = 'node-bound',
  /** All nodes of the cluster. */
  NETWORK = 'network',
}

/**
 * The capabilities of the volumes of a storage class. Claims are checked against them. A capability that is omitted is
 * unknown, and nothing is refused because of it.
 */
export interface StorageCapabilities {
  /**
   * Whether volumes are disks or shared file systems.
   *
   * @default - unknown
   */
  readonly kind?: StorageKind;

  /**
   * The volume modes that are supported: file system, raw block device, or both.
   *
   * @default - file system for file storage, otherwise unknown
   */
  readonly volumeModes?: kplus.PersistentVolumeMode[];

  /**
   * The access modes that volumes with a file system support.
   *
   * @default - unknown
   */
  readonly accessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * The access modes that raw block devices support.
   *
   * @default - the same as `accessModes`
   */
  readonly blockAccessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * Whether claims can be expanded.
   *
   * @default - unknown
   */
  readonly expandable?: boolean;

  /**
   * Whether volumes can be snapshotted and restored from snapshots.
   *
   * @default - unknown
   */
  readonly snapshots?: boolean;

  /**
   * Whether volumes can be cloned.
   *
   * @default - unknown
   */
  readonly clone?: boolean;

  /**
   * Where volumes can be accessed from.
   *
   * @default - unknown
   */
  readonly topology?: StorageTopology;
}
