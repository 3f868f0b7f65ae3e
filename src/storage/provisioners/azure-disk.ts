import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, BOTH_VOLUME_MODES, FSTYPE, keyValues, ONE_NODE, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The kinds of Azure disks. The values are those of the driver. */
export enum AzureDiskSku {
  /** Premium SSD in one zone. */
  PREMIUM_LRS = 'Premium_LRS',
  /** Premium SSD in three zones. */
  PREMIUM_ZRS = 'Premium_ZRS',
  /** Premium SSD v2, with operations and throughput apart from size. */
  PREMIUM_V2_LRS = 'PremiumV2_LRS',
  /** Standard SSD in one zone. */
  STANDARD_SSD_LRS = 'StandardSSD_LRS',
  /** Standard SSD in three zones. */
  STANDARD_SSD_ZRS = 'StandardSSD_ZRS',
  /** Hard disk. */
  STANDARD_LRS = 'Standard_LRS',
  /** Ultra disk, with operations and throughput apart from size. */
  ULTRA_SSD_LRS = 'UltraSSD_LRS',
}

/** The host cache of an Azure disk. The values are those of the driver. */
export enum AzureDiskCachingMode {
  /** No cache. */
  NONE = 'None',
  /** Reads only. */
  READ_ONLY = 'ReadOnly',
  /** Reads and writes; the driver's documentation calls it deprecated. */
  READ_WRITE = 'ReadWrite',
}

/** File systems that the Azure disk driver makes on Linux. */
export enum AzureDiskFileSystem {
  /** The driver's own default. */
  EXT4 = 'ext4',
  /** For large files and parallel writes. */
  XFS = 'xfs',
  /** With snapshots and checksums of its own. */
  BTRFS = 'btrfs',
  /** For old kernels. */
  EXT3 = 'ext3',
  /** Without a journal. */
  EXT2 = 'ext2',
}

/**
 * Options of Azure disks.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureDiskOptions extends ProvisionerOptions {
  /**
   * The kind of the disks.
   *
   * @default AzureDiskSku.STANDARD_SSD_LRS
   */
  readonly sku?: AzureDiskSku;

  /**
   * The host cache. PremiumV2_LRS, UltraSSD_LRS and shared disks have none.
   *
   * @default - NONE where there is no other, else ReadOnly, by the driver
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * The file system to make.
   *
   * @default - ext4, by the driver
   */
  readonly fsType?: AzureDiskFileSystem;

  /**
   * Operations a second of each disk, at least 1. For PremiumV2_LRS and UltraSSD_LRS.
   *
   * @default - by the kind
   */
  readonly iops?: number;

  /**
   * Throughput in MB a second, at least 1. For PremiumV2_LRS and UltraSSD_LRS.
   *
   * @default - by the kind
   */
  readonly throughput?: number;

  /**
   * How many nodes may attach one disk, at least 1. More than one makes a shared disk, which nodes share as a raw block
   * device; with a file system, one node has it.
   *
   * @default 1
   */
  readonly maxShares?: number;

  /**
   * The region of the disks.
   *
   * @default - that of the cluster
   */
  readonly location?: string;

  /**
   * The resource group of the disks, which must exist.
   *
   * @default - that of the cluster's nodes
   */
  readonly resourceGroup?: string;

  /**
   * The subscription of the disks. Give `resourceGroup` too.
   *
   * @default - that of the cluster
   */
  readonly subscriptionId?: string;

  /**
   * The resource id of the disk encryption set.
   *
   * @default - a key that Azure keeps
   */
  readonly diskEncryptionSetId?: string;

  /**
   * Whether disks above 512 GiB may exceed their target for a while. For Premium_LRS and Premium_ZRS.
   *
   * @default false
   */
  readonly enableBursting?: boolean;

  /**
   * Tags of the disks in Azure.
   *
   * @default - only those of the driver
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
      accessModes: ONE_NODE, // with a file system, the driver refuses several nodes for shared disks too
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
      throw conflict(where, `'cachingMode' ${cachingMode} is given for ${shared ? 'shared disks' : sku}`, 'They have no host cache: leave it out.');
    }
  }
  for (const [property, value] of Object.entries({ iops, throughput })) {
    if (value === undefined) continue;
    requireInteger(where, property, value, 1);
    if (!PROVISIONED.includes(sku)) throw conflict(where, `'${property}' is given for ${sku}`, `Only ${PROVISIONED.join(' and ')} have it.`);
  }
  if (enableBursting && (!BURSTING.includes(sku) || shared)) {
    throw conflict(where, `'enableBursting' is given for ${shared ? 'shared disks' : sku}`, `Only ${BURSTING.join(' and ')} have it, and not when shared.`);
  }
  if (subscriptionId !== undefined && resourceGroup === undefined) {
    throw conflict(where, "'subscriptionId' is given without 'resourceGroup'", 'Give the resource group in that subscription.');
  }
}
