import * as kplus from 'cdk8s-plus-28';
import { rookNames, type RookOptions } from './ceph';
import { conflict, requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** File systems on Ceph block devices. */
export enum CephRbdFileSystem {
  /** What Rook recommends. */
  EXT4 = 'ext4',
  /** Rook warns of deadlocks where a volume is mounted on a node that also serves it. */
  XFS = 'xfs',
}

/** Features of a Ceph block image. The values are those of the driver. */
export enum CephImageFeature {
  /** Clones; every kernel has it. */
  LAYERING = 'layering',
  /** A lock for one writer. */
  EXCLUSIVE_LOCK = 'exclusive-lock',
  /** Which objects exist; needs the lock. */
  OBJECT_MAP = 'object-map',
  /** Fast difference of snapshots; needs the object map. */
  FAST_DIFF = 'fast-diff',
  /** Snapshots of clones flattened as well. */
  DEEP_FLATTEN = 'deep-flatten',
  /** A journal for mirroring; needs the lock. */
  JOURNALING = 'journaling',
}

/**
 * Options of Ceph block devices by Rook.
 *
 * @see https://rook.io/docs/rook/latest/Storage-Configuration/Block-Storage-RBD/block-storage/
 * @see https://github.com/ceph/ceph-csi/blob/devel/docs/deploy-rbd.md
 */
export interface CephRbdOptions extends RookOptions {
  /** The pool of the images: the name of the CephBlockPool. */
  readonly pool: string;

  /**
   * The erasure-coded pool for the data, if `pool` is for the metadata only.
   *
   * @default - the data is in `pool`
   */
  readonly dataPool?: string;

  /**
   * The file system to make.
   *
   * @default CephRbdFileSystem.EXT4
   */
  readonly fsType?: CephRbdFileSystem;

  /**
   * The features of the images.
   *
   * @default - only layering, which every kernel knows
   */
  readonly imageFeatures?: CephImageFeature[];
}

/** Which feature is nothing without which. */
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
      throw conflict(where, `the image feature ${feature} is given without ${NEEDS[feature]}`, 'Give both.');
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
