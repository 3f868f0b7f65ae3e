import * as kplus from 'cdk8s-plus-28';
import { conflict, invalid, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { type StorageCapabilities, StorageKind } from '../storage-capabilities';

/** The file systems that the vSphere driver can create on disks. */
export enum VsphereFileSystem {
  /** The driver's default. */
  EXT4 = 'ext4',
  /** Suited to large files and parallel writes. */
  XFS = 'xfs',
  /** For compatibility with old kernels. */
  EXT3 = 'ext3',
}

/**
 * Options of vSphere volumes.
 *
 * @see https://github.com/kubernetes-sigs/vsphere-csi-driver/tree/master/example
 */
export interface VsphereOptions extends ProvisionerOptions {
  /**
   * The name of a vCenter storage policy.
   *
   * @default - the default policy of the datastore
   */
  readonly storagePolicyName?: string;

  /**
   * The URL of the datastore, `ds:///vmfs/volumes/…/`.
   *
   * @default - any datastore that the policy and all nodes allow
   */
  readonly datastoreUrl?: string;

  /**
   * Whether volumes are vSAN File Services shares, which several nodes can mount, instead of disks.
   *
   * @default false
   */
  readonly fileVolumes?: boolean;

  /**
   * The file system of disks.
   *
   * @default - ext4, the driver's default
   */
  readonly fsType?: VsphereFileSystem;
}

/** The topology is unknown, because it depends on the configuration of the driver. */
const DISKS: StorageCapabilities = {
  kind: StorageKind.BLOCK,
  volumeModes: BOTH_VOLUME_MODES,
  accessModes: ONE_NODE,
  expandable: true,
  snapshots: true,
  clone: false,
};
const SHARES: StorageCapabilities = {
  kind: StorageKind.FILE,
  volumeModes: [kplus.PersistentVolumeMode.FILE_SYSTEM],
  accessModes: [kplus.PersistentVolumeAccessMode.READ_ONLY_MANY, kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
  expandable: false,
  snapshots: false,
  clone: false,
};

export function vsphere(options: VsphereOptions): ProvisionerSpec {
  const where = 'Provisioner.vsphere';
  if (options.datastoreUrl !== undefined && !options.datastoreUrl.startsWith('ds:///')) {
    throw invalid(where, { property: 'datastoreUrl', got: options.datastoreUrl, expected: "a URL that begins with 'ds:///'", hint: 'The summary page of the datastore in vCenter shows it.' });
  }
  if (options.fileVolumes && options.fsType !== undefined) {
    throw conflict(where, "'fsType' is set for file volumes", 'They are mounted over NFS: remove it.');
  }
  return {
    driver: 'csi.vsphere.vmware.com',
    parameters: parametersOf(where, {
      storagepolicyname: options.storagePolicyName,
      datastoreurl: options.datastoreUrl,
      [FSTYPE]: options.fileVolumes ? 'nfs4' : options.fsType && requireOneOf(where, 'fsType', options.fsType, Object.values(VsphereFileSystem)),
    }, options.parameters),
    capabilities: options.fileVolumes ? SHARES : DISKS,
  };
}
