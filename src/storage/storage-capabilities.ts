import type * as kplus from 'cdk8s-plus-28';

/** How storage keeps bytes. */
export enum StorageKind {
  /** A disk: fast, for databases and queues; one node writes it at a time. */
  BLOCK = 'block',
  /** A shared file system: several nodes may read and write it at one time. */
  FILE = 'file',
}

/** From where a volume can be reached. */
export enum StorageTopology {
  /** From the nodes of one zone. */
  ZONAL = 'zonal',
  /** From the nodes of several zones of one region. */
  REGIONAL = 'regional',
  /** From one node only. */
  NODE_BOUND = 'node-bound',
  /** From every node of the cluster. */
  NETWORK = 'network',
}

/**
 * What the volumes of a storage class can and cannot do. Claims are checked against it. What is left out is not known,
 * and nothing is refused because of it.
 */
export interface StorageCapabilities {
  /**
   * Whether volumes are disks or shared file systems.
   *
   * @default - not known
   */
  readonly kind?: StorageKind;

  /**
   * Whether containers can get a file system, a raw block device, or either.
   *
   * @default - only a file system from file storage, else not known
   */
  readonly volumeModes?: kplus.PersistentVolumeMode[];

  /**
   * The access modes of volumes with a file system.
   *
   * @default - not known
   */
  readonly accessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * The access modes of raw block devices.
   *
   * @default - the same as `accessModes`
   */
  readonly blockAccessModes?: kplus.PersistentVolumeAccessMode[];

  /**
   * Whether a claim can ask for more room later.
   *
   * @default - not known
   */
  readonly expandable?: boolean;

  /**
   * Whether there are snapshots, and volumes can be restored from them.
   *
   * @default - not known
   */
  readonly snapshots?: boolean;

  /**
   * Whether a volume can begin as a copy of another.
   *
   * @default - not known
   */
  readonly clone?: boolean;

  /**
   * From where a volume can be reached.
   *
   * @default - not known
   */
  readonly topology?: StorageTopology;
}
