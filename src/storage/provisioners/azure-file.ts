import * as kplus from 'cdk8s-plus-28';
import { conflict, requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, keyValues, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The SKUs of Azure storage accounts for file shares. The values are those that the driver uses. */
export enum AzureFileSku {
  /** HDD in one zone. */
  STANDARD_LRS = 'Standard_LRS',
  /** HDD in three zones. */
  STANDARD_ZRS = 'Standard_ZRS',
  /** HDD in two regions. */
  STANDARD_GRS = 'Standard_GRS',
  /** HDD in two regions, with read access to the second. */
  STANDARD_RAGRS = 'Standard_RAGRS',
  /** HDD in three zones and a second region, with read access to it. */
  STANDARD_RAGZRS = 'Standard_RAGZRS',
  /** SSD in one zone. Shares have a minimum size of 100 GiB. */
  PREMIUM_LRS = 'Premium_LRS',
  /** SSD in three zones. Shares have a minimum size of 100 GiB. */
  PREMIUM_ZRS = 'Premium_ZRS',
  /** HDD in one zone, billed by provisioned capacity. */
  STANDARD_V2_LRS = 'StandardV2_LRS',
  /** HDD in three zones, billed by provisioned capacity. */
  STANDARD_V2_ZRS = 'StandardV2_ZRS',
  /** HDD in two regions, billed by provisioned capacity. */
  STANDARD_V2_GRS = 'StandardV2_GRS',
  /** HDD in three zones and a second region, billed by provisioned capacity. */
  STANDARD_V2_GZRS = 'StandardV2_GZRS',
  /** SSD in one zone, billed by provisioned capacity. */
  PREMIUM_V2_LRS = 'PremiumV2_LRS',
  /** SSD in three zones, billed by provisioned capacity. */
  PREMIUM_V2_ZRS = 'PremiumV2_ZRS',
}

/**
 * Options of Azure file shares.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureFileOptions extends ProvisionerOptions {
  /**
   * The SKU of the storage account.
   *
   * @default - AzureFileSku.PREMIUM_LRS for nfs, otherwise AzureFileSku.STANDARD_LRS
   */
  readonly sku?: AzureFileSku;

  /**
   * The protocol for mounting shares. `nfs` requires a Premium SKU.
   *
   * @default 'smb'
   */
  readonly protocol?: 'smb' | 'nfs';

  /**
   * The name of an existing storage account.
   *
   * @default - one that the driver finds or creates
   */
  readonly storageAccount?: string;

  /**
   * The resource group of the storage account.
   *
   * @default - the one of the cluster's nodes
   */
  readonly resourceGroup?: string;

  /**
   * The subscription of the storage account. Requires `resourceGroup`.
   *
   * @default - the one of the cluster
   */
  readonly subscriptionId?: string;

  /**
   * The Azure region of the storage account.
   *
   * @default - the one of the cluster
   */
  readonly location?: string;

  /**
   * The name of the share for all claims.
   *
   * @default - a new one for each claim
   */
  readonly shareName?: string;

  /**
   * The Secret in which the driver stores the account key. For smb.
   *
   * @default - a Secret in the claim's namespace, named by the driver
   */
  readonly secret?: SecretReference;

  /**
   * The Azure tags of storage accounts that the driver creates.
   *
   * @default - only those that the driver sets
   */
  readonly tags?: { [key: string]: string };
}

export function azureFile(options: AzureFileOptions): ProvisionerSpec {
  const where = 'Provisioner.azureFile';
  const protocol = options.protocol && requireOneOf(where, 'protocol', options.protocol, ['smb', 'nfs']);
  const nfs = protocol === 'nfs';
  const sku = requireOneOf(where, 'sku', options.sku ?? (nfs ? AzureFileSku.PREMIUM_LRS : AzureFileSku.STANDARD_LRS), Object.values(AzureFileSku));
  if (nfs && !sku.startsWith('Premium')) throw conflict(where, `the protocol nfs is set for ${sku}`, 'Only Premium storage accounts support it.');
  if (nfs && options.secret !== undefined) throw conflict(where, "'secret' is set for the protocol nfs", 'NFS does not use the account key: remove it.');
  if (options.subscriptionId !== undefined && options.resourceGroup === undefined) {
    throw conflict(where, "'subscriptionId' is set without 'resourceGroup'", 'Set the resource group in that subscription.');
  }
  return {
    driver: 'file.csi.azure.com',
    parameters: parametersOf(where, {
      skuName: sku,
      protocol,
      storageAccount: options.storageAccount,
      resourceGroup: options.resourceGroup,
      subscriptionID: options.subscriptionId,
      location: options.location,
      shareName: options.shareName,
      secretName: options.secret?.name,
      secretNamespace: options.secret?.namespace,
      tags: keyValues(options.tags),
    }, options.parameters),
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
