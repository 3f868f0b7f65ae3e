import type { DiskSourceOptions } from './clouds';
import { csi } from './csi';
import { SHARED } from '../private/provisioner-spec';
import type { VolumeSourceSpec } from '../private/volume-source-spec';
import { rookNames } from '../provisioners/ceph';
import { cephFs as cephFsProvisioner } from '../provisioners/ceph-fs';
import { cephRbd as cephRbdProvisioner } from '../provisioners/ceph-rbd';
import { longhorn as longhornProvisioner } from '../provisioners/longhorn';
import type { SecretReference } from '../secret-reference';

/** Options of an existing Longhorn volume. */
export interface LonghornSourceOptions extends DiskSourceOptions {
  /** The name of the volume in Longhorn. */
  readonly volumeName: string;
}

/** Options that existing volumes of a Rook cluster have in common. */
export interface RookSourceOptions {
  /**
   * The namespace of the CephCluster.
   *
   * @default 'rook-ceph'
   */
  readonly clusterNamespace?: string;

  /**
   * The prefix of the driver's name.
   *
   * @default 'rook-ceph'
   */
  readonly driverPrefix?: string;
}

/** Options of an existing Ceph RBD image. */
export interface CephRbdSourceOptions extends RookSourceOptions {
  /** The pool of the image. */
  readonly pool: string;
  /** The name of the image. */
  readonly image: string;

  /**
   * The Secret for attaching the image to nodes.
   *
   * @default - the one that Rook creates
   */
  readonly nodeSecret?: SecretReference;

  /**
   * The file system of the image.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;
}

/** Options of an existing directory of a CephFS file system. */
export interface CephFsSourceOptions extends RookSourceOptions {
  /** The name of the CephFilesystem. */
  readonly fsName: string;
  /** The path of the directory in the file system. */
  readonly rootPath: string;
  /** The Secret for mounting the directory. It must contain `userID` and `userKey`, which the one that Rook creates does not. */
  readonly nodeSecret: SecretReference;
}

/** @see https://longhorn.io/docs/latest/nodes-and-volumes/volumes/create-volumes/ */
export function longhorn({ volumeName, ...disk }: LonghornSourceOptions): VolumeSourceSpec {
  const { driver, capabilities } = longhornProvisioner({});
  // Whether the volume is migratable is unknown.
  return csi({ driver, volumeHandle: volumeName, capabilities: { ...capabilities, blockAccessModes: SHARED }, ...disk }, 'VolumeSource.longhorn');
}

/** @see https://github.com/ceph/ceph-csi/blob/devel/docs/static-pvc.md */
export function cephRbd({ pool, image, fsType, nodeSecret, ...rook }: CephRbdSourceOptions): VolumeSourceSpec {
  const { driver, clusterID } = rookNames('rbd', rook);
  return undeletable(csi({
    driver,
    volumeHandle: image,
    fsType,
    volumeAttributes: { clusterID, pool, staticVolume: 'true', imageFeatures: 'layering' },
    nodeStageSecret: nodeSecret ?? { name: 'rook-csi-rbd-node', namespace: clusterID },
    capabilities: cephRbdProvisioner({ pool }).capabilities,
  }, 'VolumeSource.cephRbd'));
}

/** @see https://github.com/ceph/ceph-csi/blob/devel/docs/static-pvc.md#cephfs-static-pvc */
export function cephFs({ fsName, rootPath, nodeSecret, ...rook }: CephFsSourceOptions): VolumeSourceSpec {
  const { driver, clusterID } = rookNames('cephfs', rook);
  return undeletable(csi({
    driver,
    volumeHandle: `${fsName}:${rootPath}`,
    volumeAttributes: { clusterID, fsName, rootPath, staticVolume: 'true' },
    nodeStageSecret: nodeSecret,
    capabilities: cephFsProvisioner({ fsName }).capabilities,
  }, 'VolumeSource.cephFs'));
}

/** Ceph-CSI does not delete volumes that it did not create. */
function undeletable(source: VolumeSourceSpec): VolumeSourceSpec {
  return { ...source, undeletable: true };
}
