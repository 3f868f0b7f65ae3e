import * as kplus from 'cdk8s-plus-28';
import { rookNames, type RookOptions } from './ceph';
import { requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/**
 * Options of CephFS volumes of a Rook cluster.
 *
 * @see https://rook.io/docs/rook/latest/Storage-Configuration/Shared-Filesystem-CephFS/filesystem-storage/
 * @see https://github.com/ceph/ceph-csi/blob/devel/docs/deploy-cephfs.md
 */
export interface CephFsOptions extends RookOptions {
  /** The name of the CephFilesystem. */
  readonly fsName: string;

  /**
   * The data pool, `<file system>-<data pool>`.
   *
   * @default - the first data pool of the file system
   */
  readonly pool?: string;

  /**
   * Whether nodes mount volumes with the kernel client or with FUSE.
   *
   * @default - detected by the driver
   */
  readonly mounter?: 'kernel' | 'fuse';
}

export function cephFs(options: CephFsOptions): ProvisionerSpec {
  const where = 'Provisioner.cephFs';
  const { driver, clusterID, encryption, secrets, snapshotParameters } = rookNames('cephfs', options);
  return {
    driver,
    parameters: parametersOf(where, {
      clusterID,
      fsName: options.fsName,
      pool: options.pool,
      mounter: options.mounter && requireOneOf(where, 'mounter', options.mounter, ['kernel', 'fuse']),
      ...encryption,
      ...secrets,
    }, options.parameters),
    snapshotParameters,
    // https://github.com/ceph/ceph-csi#ceph-csi-features-and-available-versions
    capabilities: {
      kind: StorageKind.FILE,
      volumeModes: [kplus.PersistentVolumeMode.FILE_SYSTEM],
      accessModes: ALL_ACCESS_MODES,
      expandable: true,
      snapshots: true,
      clone: true,
      topology: StorageTopology.NETWORK,
    },
  };
}
