import { csi } from './csi';
import { invalid, requireInteger } from '../../base/errors';
import { ALL_ACCESS_MODES, SHARED } from '../private/provisioner-spec';
import { nodesIn, requireText, type VolumeSourceSpec } from '../private/volume-source-spec';
import { ZONE_KEYS } from '../private/zone-keys';
import { awsEbs as ebsProvisioner } from '../provisioners/aws-ebs';
import { awsEfs as efsProvisioner } from '../provisioners/aws-efs';
import { azureDisk as azureDiskProvisioner, type AzureDiskCachingMode } from '../provisioners/azure-disk';
import { azureFile as azureFileProvisioner } from '../provisioners/azure-file';
import { gcePersistentDisk as gceProvisioner } from '../provisioners/gce-persistent-disk';
import { openstackCinder as cinderProvisioner } from '../provisioners/openstack-cinder';
import { vsphere as vsphereProvisioner } from '../provisioners/vsphere';
import type { SecretReference } from '../secret-reference';

/** Options that disks of all clouds have in common. */
export interface DiskSourceOptions {
  /**
   * The file system of the disk.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;

  /**
   * Whether the disk is attached read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/** Options that disks with partitions have in common. */
export interface PartitionedDiskSourceOptions extends DiskSourceOptions {
  /**
   * The number of the partition to mount, from 1 to 255.
   *
   * @default - the whole disk
   */
  readonly partition?: number;
}

/** Options of an existing EBS volume. */
export interface AwsEbsSourceOptions extends PartitionedDiskSourceOptions {
  /** The id of the volume, `vol-…`. */
  readonly volumeId: string;

  /**
   * The availability zone of the volume. Pods that mount it are scheduled there.
   *
   * @default - unknown; sufficient if all nodes are in one zone
   */
  readonly zone?: string;
}

/** Options of an existing EFS file system or access point. */
export interface AwsEfsSourceOptions {
  /** The id of the file system, `fs-…`. */
  readonly fileSystemId: string;

  /**
   * The id of the access point, `fsap-…`.
   *
   * @default - the root of the file system
   */
  readonly accessPointId?: string;
}

/** Options of an existing zonal or regional Compute Engine disk. Either `zone` or `region` is required. */
export interface GcePersistentDiskSourceOptions extends PartitionedDiskSourceOptions {
  /** The name of the disk. */
  readonly diskName: string;
  /** The project of the disk. */
  readonly project: string;

  /**
   * The zone of a zonal disk. Pods that mount it are scheduled there.
   *
   * @default - none; `region` is set
   */
  readonly zone?: string;

  /**
   * The region of a regional disk.
   *
   * @default - none; `zone` is set
   */
  readonly region?: string;

  /**
   * The two zones of a regional disk. Pods that mount it are scheduled there.
   *
   * @default - unknown; sufficient if all nodes are in those two zones
   */
  readonly zones?: string[];
}

/** Options of an existing Azure disk. */
export interface AzureDiskSourceOptions extends DiskSourceOptions {
  /** The resource id of the disk, `/subscriptions/…/disks/…`. */
  readonly diskUri: string;

  /**
   * The host caching mode.
   *
   * @default - ReadOnly, the driver's default
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * The zone of the disk, such as 'eastus-1'. Pods that mount it are scheduled there.
   *
   * @default - none; for zone-redundant disks and disks without a zone
   */
  readonly zone?: string;
}

/** Options of an existing Azure file share. */
export interface AzureFileSourceOptions {
  /** The name of the storage account. */
  readonly storageAccount: string;
  /** The name of the share. */
  readonly shareName: string;

  /**
   * The Secret with the name and key of the account. For smb.
   *
   * @default - the identity of the nodes
   */
  readonly secret?: SecretReference;

  /**
   * The resource group of the storage account.
   *
   * @default - the one of the cluster's nodes
   */
  readonly resourceGroup?: string;

  /**
   * The protocol for mounting the share.
   *
   * @default 'smb'
   */
  readonly protocol?: 'smb' | 'nfs';
}

/** Options of an existing Cinder volume. */
export interface OpenstackCinderSourceOptions extends DiskSourceOptions {
  /** The id of the volume. */
  readonly volumeId: string;

  /**
   * The availability zone of the volume. Pods that mount it are scheduled there.
   *
   * @default - unknown; sufficient if all nodes are in one zone
   */
  readonly zone?: string;
}

/** Options of an existing vSphere disk. */
export interface VsphereSourceOptions extends DiskSourceOptions {
  /** The id of the First Class Disk. */
  readonly volumeId: string;
}

// The type of an existing disk is unknown, and so is whether several nodes can share it as a raw block device. Whatever any type supports is allowed.

/** @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/tree/master/examples/kubernetes/static-provisioning */
export function awsEbs({ volumeId, zone, partition, ...disk }: AwsEbsSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.awsEbs';
  if (!/^vol-[0-9a-f]{8,17}$/.test(volumeId)) throw invalid(where, { property: 'volumeId', got: volumeId, expected: "'vol-' followed by hexadecimal digits" });
  const { driver, capabilities } = ebsProvisioner({});
  const shareable = { ...capabilities, blockAccessModes: SHARED };
  return {
    ...csi({ driver, volumeHandle: volumeId, volumeAttributes: attributesOf(where, partition), capabilities: shareable, ...disk }, where),
    nodes: nodesIn(ZONE_KEYS.awsEbs, zone),
  };
}

/** @see https://github.com/kubernetes-sigs/aws-efs-csi-driver/tree/master/examples/kubernetes/efs/static_provisioning */
export function awsEfs({ fileSystemId, accessPointId }: AwsEfsSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.awsEfs';
  const { driver, capabilities } = efsProvisioner({ fileSystemId });
  if (accessPointId !== undefined && !accessPointId.startsWith('fsap-')) {
    throw invalid(where, { property: 'accessPointId', got: accessPointId, expected: "'fsap-' followed by hexadecimal digits" });
  }
  return csi({ driver, volumeHandle: accessPointId === undefined ? fileSystemId : `${fileSystemId}::${accessPointId}`, capabilities }, where);
}

/** @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/blob/master/docs/kubernetes/user-guides/pre-provisioned.md */
export function gcePersistentDisk({ diskName, project, zone, region, zones, partition, ...disk }: GcePersistentDiskSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.gcePersistentDisk';
  if ((zone === undefined) === (region === undefined)) throw invalid(where, { property: 'zone', got: zone, expected: "either a zone here or a region in 'region'" });
  if (zones !== undefined && (region === undefined || new Set(zones).size !== 2)) {
    throw invalid(where, { property: 'zones', got: zones, expected: "the two zones of a disk with a 'region'", hint: "For a zonal disk, set 'zone' instead." });
  }
  const place = zone === undefined ? `regions/${region}` : `zones/${zone}`;
  const { driver, capabilities } = gceProvisioner({ regional: region !== undefined });
  return {
    ...csi({
      driver,
      volumeHandle: `projects/${project}/${place}/disks/${diskName}`,
      volumeAttributes: attributesOf(where, partition),
      capabilities: { ...capabilities, blockAccessModes: ALL_ACCESS_MODES },
      ...disk,
    }, where),
    nodes: nodesIn(ZONE_KEYS.gcePersistentDisk, zone ?? zones),
  };
}

/** @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md#static-provisioning-bring-your-own-azure-disk */
export function azureDisk({ diskUri, cachingMode, zone, fsType, readOnly }: AzureDiskSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.azureDisk';
  if (!/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/disks\/[^/]+$/i.test(diskUri)) {
    throw invalid(where, { property: 'diskUri', got: diskUri, expected: "a resource id, '/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/disks/…'" });
  }
  const { driver, capabilities } = azureDiskProvisioner({ cachingMode });
  const attributes = { ...fsType === undefined ? {} : { fsType }, ...cachingMode === undefined ? {} : { cachingMode } };
  return {
    ...csi({
      driver,
      volumeHandle: diskUri,
      readOnly,
      volumeAttributes: attributes,
      capabilities: { ...capabilities, blockAccessModes: ALL_ACCESS_MODES },
    }, where),
    nodes: nodesIn(ZONE_KEYS.azureDisk, zone),
  };
}

/** @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md#static-provisionbring-your-own-file-share */
export function azureFile({ storageAccount, shareName, secret, resourceGroup, protocol }: AzureFileSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.azureFile';
  const { driver, capabilities } = azureFileProvisioner({ protocol, secret });
  const optional = { ...resourceGroup === undefined ? {} : { resourceGroup }, ...protocol === undefined ? {} : { protocol } };
  return csi({
    driver,
    volumeHandle: `${requireText(where, 'storageAccount', storageAccount, 'a storage account')}_${requireText(where, 'shareName', shareName, 'a share')}`,
    volumeAttributes: { storageAccount, shareName, ...optional },
    nodeStageSecret: secret,
    capabilities,
  }, where);
}

/** @see https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/cinder-csi-plugin/examples.md */
export function openstackCinder({ volumeId, zone, ...disk }: OpenstackCinderSourceOptions): VolumeSourceSpec {
  const { driver, capabilities } = cinderProvisioner({});
  return {
    ...csi({ driver, volumeHandle: volumeId, capabilities: { ...capabilities, blockAccessModes: SHARED }, ...disk }, 'VolumeSource.openstackCinder'),
    nodes: nodesIn(ZONE_KEYS.openstackCinder, zone),
  };
}

/** @see https://github.com/kubernetes-sigs/vsphere-csi-driver/blob/master/example/vanilla-k8s-RWO-filesystem-volumes/example-static-rwo-volume.yaml */
export function vsphere({ volumeId, ...disk }: VsphereSourceOptions): VolumeSourceSpec {
  const { driver, capabilities } = vsphereProvisioner({});
  return csi({ driver, volumeHandle: volumeId, capabilities, volumeAttributes: { type: 'vSphere CNS Block Volume' }, ...disk }, 'VolumeSource.vsphere');
}

function attributesOf(where: string, partition: number | undefined): { [name: string]: string } | undefined {
  return partition === undefined ? undefined : { partition: String(requireInteger(where, 'partition', partition, 1, 255)) };
}
