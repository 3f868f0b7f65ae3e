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

/** What disks of all clouds have in common. */
export interface DiskSourceOptions {
  /**
   * The file system on the disk.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;

  /**
   * Whether the disk is attached for reading only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/** What disks that can hold several partitions have in common. */
export interface PartitionedDiskSourceOptions extends DiskSourceOptions {
  /**
   * The number of the partition to mount, from 1 to 255.
   *
   * @default - the whole disk
   */
  readonly partition?: number;
}

/** An existing EBS volume. */
export interface AwsEbsSourceOptions extends PartitionedDiskSourceOptions {
  /** The id of the volume, `vol-…`. */
  readonly volumeId: string;

  /**
   * The availability zone of the volume: Pods run there.
   *
   * @default - not known; where all nodes are in one zone
   */
  readonly zone?: string;
}

/** An existing EFS file system, or an access point of it. */
export interface AwsEfsSourceOptions {
  /** The file system, `fs-…`. */
  readonly fileSystemId: string;

  /**
   * The access point, `fsap-…`.
   *
   * @default - the root of the file system
   */
  readonly accessPointId?: string;
}

/** An existing Compute Engine disk: in one zone, or in the zones of a region. */
export interface GcePersistentDiskSourceOptions extends PartitionedDiskSourceOptions {
  /** The name of the disk. */
  readonly diskName: string;
  /** The project of the disk. */
  readonly project: string;

  /**
   * The zone of the disk: Pods run there.
   *
   * @default - `region` is given
   */
  readonly zone?: string;

  /**
   * The region of a disk that is in two zones.
   *
   * @default - `zone` is given
   */
  readonly region?: string;

  /**
   * The two zones of a disk in a region: Pods run there.
   *
   * @default - not known; where all nodes are in those two
   */
  readonly zones?: string[];
}

/** An existing Azure disk. */
export interface AzureDiskSourceOptions extends DiskSourceOptions {
  /** The resource id of the disk, `/subscriptions/…/disks/…`. */
  readonly diskUri: string;

  /**
   * The host cache.
   *
   * @default - ReadOnly, by the driver
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * The zone of the disk, such as 'eastus-1': Pods run there.
   *
   * @default - not known; for disks in three zones, or none
   */
  readonly zone?: string;
}

/** An existing Azure file share. */
export interface AzureFileSourceOptions {
  /** The storage account. */
  readonly storageAccount: string;
  /** The share. */
  readonly shareName: string;

  /**
   * The Secret with the account's name and key. For smb.
   *
   * @default - the identity of the nodes
   */
  readonly secret?: SecretReference;

  /**
   * The resource group of the account.
   *
   * @default - that of the cluster's nodes
   */
  readonly resourceGroup?: string;

  /**
   * How nodes mount the share.
   *
   * @default 'smb'
   */
  readonly protocol?: 'smb' | 'nfs';
}

/** An existing Cinder volume. */
export interface OpenstackCinderSourceOptions extends DiskSourceOptions {
  /** The id of the volume. */
  readonly volumeId: string;

  /**
   * The availability zone of the volume: Pods run there.
   *
   * @default - not known; where all nodes are in one zone
   */
  readonly zone?: string;
}

/** An existing vSphere disk. */
export interface VsphereSourceOptions extends DiskSourceOptions {
  /** The id of the First Class Disk. */
  readonly volumeId: string;
}

// Of what type an existing disk is, and so whether several nodes can share it as a raw device, is not known: what any type can do is allowed.

/** @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/tree/master/examples/kubernetes/static-provisioning */
export function awsEbs({ volumeId, zone, partition, ...disk }: AwsEbsSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.awsEbs';
  if (!/^vol-[0-9a-f]{8,17}$/.test(volumeId)) throw invalid(where, { property: 'volumeId', got: volumeId, expected: "'vol-' and hexadecimal digits" });
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
    throw invalid(where, { property: 'accessPointId', got: accessPointId, expected: "'fsap-' and hexadecimal digits" });
  }
  return csi({ driver, volumeHandle: accessPointId === undefined ? fileSystemId : `${fileSystemId}::${accessPointId}`, capabilities }, where);
}

/** @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/blob/master/docs/kubernetes/user-guides/pre-provisioned.md */
export function gcePersistentDisk({ diskName, project, zone, region, zones, partition, ...disk }: GcePersistentDiskSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.gcePersistentDisk';
  if ((zone === undefined) === (region === undefined)) throw invalid(where, { property: 'zone', got: zone, expected: "the disk's zone, or its region in 'region'" });
  if (zones !== undefined && (region === undefined || new Set(zones).size !== 2)) {
    throw invalid(where, { property: 'zones', got: zones, expected: "the two zones of a disk whose 'region' is given", hint: "A disk in one zone has 'zone'." });
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
