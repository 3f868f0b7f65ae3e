import * as kplus from 'cdk8s-plus-28';
import { rookNames, type RookOptions } from './ceph';
import { conflict, requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The file systems that the Ceph RBD driver can create. */
export enum CephRbdFileSystem {
  /** Recommended by Rook. */
  EXT4 = 'ext4',
  /** Rook warns of deadlocks if a volume is mounted on a node that also runs an OSD of the cluster. */
  XFS = 'xfs',
}

/** The features of Ceph RBD images. The values are those that the driver uses. */
export enum CephImageFeature {
  /** Layering for clones. Supported by all kernels. */
  LAYERING = 'layering',
  /** Exclusive lock for a single writer. */
  EXCLUSIVE_LOCK = 'exclusive-lock',
  /** Tracks which objects exist. Requires the exclusive lock. */
  OBJECT_MAP = 'object-map',
  /** Fast snapshot diffs. Requires the object map. */
  FAST_DIFF = 'fast-diff',
  /** Flattens the snapshots of clones as well. */
  DEEP_FLATTEN = 'deep-flatten',
  /** Journal for mirroring. Requires the exclusive lock. */
  JOURNALING = 'journaling',
}

/**
 * Options of Ceph block devices of a Rook cluster.
 *
 * @see https://rook.io/docs/rook/latest/Storage-Configuration/Block-Storage-RBD/block-storage/
 * @see https://github.com/ceph/ceph-csi/blob/devel/docs/deploy-rbd.md
 */
export interface CephRbdOptions extends RookOptions {
  /** The name of the CephBlockPool. */
  readonly pool: string;

  /**
   * The erasure-coded pool for the data, if `pool` holds only the metadata.
   *
   * @default - the data is in `pool`
   */
  readonly dataPool?: string;

  /**
   * The file system of the volumes.
   *
   * @default CephRbdFileSystem.EXT4
   */
  readonly fsType?: CephRbdFileSystem;

  /**
   * The features of the images.
   *
   * @default - only layering, which all kernels support
   */
  readonly imageFeatures?: CephImageFeature[];
}

/** The feature that each feature requires. */
const NEEDS: { [feature: string]: CephImageFeature } = {
  [CephImageFeature.OBJECT_MAP]: CephImageFeature.EXCLUSIVE_LOCK,
  [CephImageFeature.FAST_DIFF]: CephImageFeature.OBJECT_MAP,
  [CephImageFeature.JOURNALING]: CephImageFeature.EXCLUSIVE_LOCK,
};

export function cephRbd(options: CephRbdOptions): ProvisionerSpec {
  const where = 'Provisioner.cephRbd';
  const { driver, clusterID, encryption, secrets, snapshotParameters } = rookNames('rbd', options);
  const features = options.imageFeatures ?? [CephImageFeature.LAYERING];
  for (const feature of features) {
    requireOneOf(where, 'imageFeatures', feature, Object.values(CephImageFeature));
    if (NEEDS[feature] !== undefined && !features.includes(NEEDS[feature])) {
      throw conflict(where, `the image feature ${feature} is set without ${NEEDS[feature]}`, 'Set both.');
    }
  }
  return {
    driver,
    parameters: parametersOf(where, {
      clusterID,
      pool: options.pool,
      dataPool: options.dataPool,
      imageFeatures: features.join(','),
      ...encryption,
      ...secrets,
      [FSTYPE]: requireOneOf(where, 'fsType', options.fsType ?? CephRbdFileSystem.EXT4, Object.values(CephRbdFileSystem)),
    }, options.parameters),
    snapshotParameters,
    // https://github.com/ceph/ceph-csi#ceph-csi-features-and-available-versions
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      accessModes: [...ONE_NODE, kplus.PersistentVolumeAccessMode.READ_ONLY_MANY],
      blockAccessModes: ALL_ACCESS_MODES,
      expandable: true,
      snapshots: true,
      clone: true,
      topology: StorageTopology.NETWORK,
    },
  };
}
