import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, BOTH_VOLUME_MODES, FSTYPE, keyValues, ONE_NODE, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The SKUs of Azure disks. The values are those that the driver uses. */
export enum AzureDiskSku {
  /** Premium SSD in one zone. */
  PREMIUM_LRS = 'Premium_LRS',
  /** Premium SSD in three zones. */
  PREMIUM_ZRS = 'Premium_ZRS',
  /** Premium SSD v2 with IOPS and throughput independent of size. */
  PREMIUM_V2_LRS = 'PremiumV2_LRS',
  /** Standard SSD in one zone. */
  STANDARD_SSD_LRS = 'StandardSSD_LRS',
  /** Standard SSD in three zones. */
  STANDARD_SSD_ZRS = 'StandardSSD_ZRS',
  /** Standard HDD. */
  STANDARD_LRS = 'Standard_LRS',
  /** Ultra disk with IOPS and throughput independent of size. */
  ULTRA_SSD_LRS = 'UltraSSD_LRS',
}

/** The host caching modes of Azure disks. The values are those that the driver uses. */
export enum AzureDiskCachingMode {
  /** No cache. */
  NONE = 'None',
  /** Caches reads. */
  READ_ONLY = 'ReadOnly',
  /** Caches reads and writes. Deprecated according to the driver's documentation. */
  READ_WRITE = 'ReadWrite',
}

/** The file systems that the Azure disk driver can create on Linux. */
export enum AzureDiskFileSystem {
  /** The driver's default. */
  EXT4 = 'ext4',
  /** Suited to large files and parallel writes. */
  XFS = 'xfs',
  /** Has its own snapshots and checksums. */
  BTRFS = 'btrfs',
  /** For compatibility with old kernels. */
  EXT3 = 'ext3',
  /** Has no journal. */
  EXT2 = 'ext2',
}

/**
 * Options of Azure disks.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureDiskOptions extends ProvisionerOptions {
  /**
   * The SKU of the disks.
   *
   * @default AzureDiskSku.STANDARD_SSD_LRS
   */
  readonly sku?: AzureDiskSku;

  /**
   * The host caching mode. PremiumV2_LRS, UltraSSD_LRS and shared disks do not support caching.
   *
   * @default - NONE where caching is not supported, otherwise ReadOnly, the driver's default
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * The file system of the disks.
   *
   * @default - ext4, the driver's default
   */
  readonly fsType?: AzureDiskFileSystem;

  /**
   * The IOPS of each disk, at least 1. For PremiumV2_LRS and UltraSSD_LRS.
   *
   * @default - the default of the SKU
   */
  readonly iops?: number;

  /**
   * The throughput in MB/s, at least 1. For PremiumV2_LRS and UltraSSD_LRS.
   *
   * @default - the default of the SKU
   */
  readonly throughput?: number;

  /**
   * The maximum number of nodes that can attach a disk at the same time, at least 1. More than 1 makes it a shared
   * disk, which several nodes can use as a raw block device; with a file system, it remains limited to one node.
   *
   * @default 1
   */
  readonly maxShares?: number;

  /**
   * The Azure region of the disks.
   *
   * @default - the one of the cluster
   */
  readonly location?: string;

  /**
   * An existing resource group for the disks.
   *
   * @default - the one of the cluster's nodes
   */
  readonly resourceGroup?: string;

  /**
   * The subscription of the disks. Requires `resourceGroup`.
   *
   * @default - the one of the cluster
   */
  readonly subscriptionId?: string;

  /**
   * The resource id of a disk encryption set.
   *
   * @default - platform-managed keys
   */
  readonly diskEncryptionSetId?: string;

  /**
   * Whether to enable on-demand bursting, for disks larger than 512 GiB. For Premium_LRS and Premium_ZRS.
   *
   * @default false
   */
  readonly enableBursting?: boolean;

  /**
   * The Azure tags of the disks.
   *
   * @default - only those that the driver sets
   */
  readonly tags?: { [key: string]: string };
}

const PROVISIONED: string[] = [AzureDiskSku.PREMIUM_V2_LRS, AzureDiskSku.ULTRA_SSD_LRS];
const BURSTING: string[] = [AzureDiskSku.PREMIUM_LRS, AzureDiskSku.PREMIUM_ZRS];

export function azureDisk(options: AzureDiskOptions): ProvisionerSpec {
  const where = 'Provisioner.azureDisk';
  const sku = requireOneOf(where, 'sku', options.sku ?? AzureDiskSku.STANDARD_SSD_LRS, Object.values(AzureDiskSku));
  const shared = requireInteger(where, 'maxShares', options.maxShares ?? 1, 1) > 1;
  requireCombination(where, sku, shared, options);
  return {
    driver: 'disk.csi.azure.com',
    parameters: parametersOf(where, {
      skuName: sku,
      cachingMode: options.cachingMode ?? (PROVISIONED.includes(sku) || shared ? AzureDiskCachingMode.NONE : undefined),
      [FSTYPE]: options.fsType && requireOneOf(where, 'fsType', options.fsType, Object.values(AzureDiskFileSystem)),
      DiskIOPSReadWrite: options.iops,
      DiskMBpsReadWrite: options.throughput,
      maxShares: options.maxShares,
      location: options.location,
      resourceGroup: options.resourceGroup,
      subscriptionID: options.subscriptionId,
      diskEncryptionSetID: options.diskEncryptionSetId,
      enableBursting: options.enableBursting,
      tags: keyValues(options.tags),
    }, options.parameters),
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      accessModes: ONE_NODE, // with a file system, the driver refuses multi-node access to shared disks too
      // https://github.com/kubernetes-sigs/azuredisk-csi-driver/tree/master/deploy/example/sharedisk
      blockAccessModes: shared ? ALL_ACCESS_MODES : ONE_NODE,
      expandable: true,
      snapshots: true,
      clone: true,
      topology: sku.endsWith('_ZRS') ? StorageTopology.REGIONAL : StorageTopology.ZONAL,
    },
  };
}

function requireCombination(where: string, sku: AzureDiskSku, shared: boolean, options: AzureDiskOptions): void {
  const { cachingMode, iops, throughput, subscriptionId, resourceGroup, enableBursting } = options;
  if (cachingMode !== undefined) {
    requireOneOf(where, 'cachingMode', cachingMode, Object.values(AzureDiskCachingMode));
    if (cachingMode !== AzureDiskCachingMode.NONE && (PROVISIONED.includes(sku) || shared)) {
      throw conflict(where, `'cachingMode' ${cachingMode} is set for ${shared ? 'shared disks' : sku}`, 'They do not support host caching: remove it.');
    }
  }
  for (const [property, value] of Object.entries({ iops, throughput })) {
    if (value === undefined) continue;
    requireInteger(where, property, value, 1);
    if (!PROVISIONED.includes(sku)) throw conflict(where, `'${property}' is set for ${sku}`, `Only ${PROVISIONED.join(' and ')} support it.`);
  }
  if (enableBursting && (!BURSTING.includes(sku) || shared)) {
    throw conflict(where, `'enableBursting' is set for ${shared ? 'shared disks' : sku}`, `Only ${BURSTING.join(' and ')} support it, and only if they are not shared.`);
  }
  if (subscriptionId !== undefined && resourceGroup === undefined) {
    throw conflict(where, "'subscriptionId' is set without 'resourceGroup'", 'Set the resource group in that subscription.');
  }
}
