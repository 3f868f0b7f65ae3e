import * as kplus from 'cdk8s-plus-28';
import { conflict, invalid, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { type StorageCapabilities, StorageKind } from '../storage-capabilities';

/** File systems on vSphere disks. */
export enum VsphereFileSystem {
  /** The driver's own default. */
  EXT4 = 'ext4',
  /** For large files and parallel writes. */
  XFS = 'xfs',
  /** For old kernels. */
  EXT3 = 'ext3',
}

/**
 * Options of vSphere volumes.
 *
 * @see https://github.com/kubernetes-sigs/vsphere-csi-driver/tree/master/example
 */
export interface VsphereOptions extends ProvisionerOptions {
  /**
   * The name of a storage policy of vCenter.
   *
   * @default - the default policy of the datastore
   */
  readonly storagePolicyName?: string;

  /**
   * The URL of the datastore, `ds:///vmfs/volumes/…/`.
   *
   * @default - any that the policy and all nodes allow
   */
  readonly datastoreUrl?: string;

  /**
   * Whether volumes are shares of vSAN File Services, which several nodes mount, instead of disks.
   *
   * @default false
   */
  readonly fileVolumes?: boolean;

  /**
   * The file system to make on disks.
   *
   * @default - ext4, by the driver
   */
  readonly fsType?: VsphereFileSystem;
}

/** What is known of the zones depends on how the driver is set up, so nothing is. */
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
    throw conflict(where, "'fsType' is given for file volumes", 'They are mounted by NFS: leave it out.');
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
