import * as kplus from 'cdk8s-plus-28';
import { conflict, requireOneOf } from '../../base/errors';
import { ALL_ACCESS_MODES, keyValues, type ProvisionerSpec, parametersOf } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The kinds of Azure storage accounts with file shares. The values are those of the driver. */
export enum AzureFileSku {
  /** Hard disk in one zone. */
  STANDARD_LRS = 'Standard_LRS',
  /** Hard disk in three zones. */
  STANDARD_ZRS = 'Standard_ZRS',
  /** Hard disk in two regions. */
  STANDARD_GRS = 'Standard_GRS',
  /** Hard disk in two regions, the second readable. */
  STANDARD_RAGRS = 'Standard_RAGRS',
  /** Hard disk in three zones and a second region, readable. */
  STANDARD_RAGZRS = 'Standard_RAGZRS',
  /** SSD in one zone; shares have at least 100 GiB. */
  PREMIUM_LRS = 'Premium_LRS',
  /** SSD in three zones; shares have at least 100 GiB. */
  PREMIUM_ZRS = 'Premium_ZRS',
  /** Hard disk in one zone, billed by what is provisioned. */
  STANDARD_V2_LRS = 'StandardV2_LRS',
  /** Hard disk in three zones, billed by what is provisioned. */
  STANDARD_V2_ZRS = 'StandardV2_ZRS',
  /** Hard disk in two regions, billed by what is provisioned. */
  STANDARD_V2_GRS = 'StandardV2_GRS',
  /** Hard disk in three zones and a second region, billed by what is provisioned. */
  STANDARD_V2_GZRS = 'StandardV2_GZRS',
  /** SSD in one zone, billed by what is provisioned. */
  PREMIUM_V2_LRS = 'PremiumV2_LRS',
  /** SSD in three zones, billed by what is provisioned. */
  PREMIUM_V2_ZRS = 'PremiumV2_ZRS',
}

/**
 * Options of Azure file shares.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureFileOptions extends ProvisionerOptions {
  /**
   * The kind of the storage account.
   *
   * @default - AzureFileSku.PREMIUM_LRS for nfs, else AzureFileSku.STANDARD_LRS
   */
  readonly sku?: AzureFileSku;

  /**
   * How nodes mount a share. `nfs` needs one of the Premium kinds.
   *
   * @default 'smb'
   */
  readonly protocol?: 'smb' | 'nfs';

  /**
   * The storage account, which must exist.
   *
   * @default - one that the driver finds or makes
   */
  readonly storageAccount?: string;

  /**
   * The resource group of the storage account.
   *
   * @default - that of the cluster's nodes
   */
  readonly resourceGroup?: string;

  /**
   * The subscription of the storage account. Give `resourceGroup` too.
   *
   * @default - that of the cluster
   */
  readonly subscriptionId?: string;

  /**
   * The region of the storage account.
   *
   * @default - that of the cluster
   */
  readonly location?: string;

  /**
   * The share to use.
   *
   * @default - a new one for each claim
   */
  readonly shareName?: string;

  /**
   * The Secret that the driver keeps the account's key in. For smb.
   *
   * @default - one that the driver names, in the claim's namespace
   */
  readonly secret?: SecretReference;

  /**
   * Tags of a storage account that the driver makes.
   *
   * @default - only those of the driver
   */
  readonly tags?: { [key: string]: string };
}

export function azureFile(options: AzureFileOptions): ProvisionerSpec {
  const where = 'Provisioner.azureFile';
  const protocol = options.protocol && requireOneOf(where, 'protocol', options.protocol, ['smb', 'nfs']);
  const nfs = protocol === 'nfs';
  const sku = requireOneOf(where, 'sku', options.sku ?? (nfs ? AzureFileSku.PREMIUM_LRS : AzureFileSku.STANDARD_LRS), Object.values(AzureFileSku));
  if (nfs && !sku.startsWith('Premium')) throw conflict(where, `the protocol nfs is given for ${sku}`, 'Only Premium storage accounts have it.');
  if (nfs && options.secret !== undefined) throw conflict(where, "a 'secret' is given for the protocol nfs", 'It has no account key: leave it out.');
  if (options.subscriptionId !== undefined && options.resourceGroup === undefined) {
    throw conflict(where, "'subscriptionId' is given without 'resourceGroup'", 'Give the resource group in that subscription.');
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
