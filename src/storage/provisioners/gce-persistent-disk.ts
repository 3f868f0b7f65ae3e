import * as kplus from 'cdk8s-plus-28';
import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, keyValues, ONE_NODE, type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The types of Compute Engine disks. The values are those that the driver uses. */
export enum GceDiskType {
  /** SSD that balances price and performance. */
  PD_BALANCED = 'pd-balanced',
  /** High-performance SSD. */
  PD_SSD = 'pd-ssd',
  /** HDD. */
  PD_STANDARD = 'pd-standard',
  /** SSD with provisioned IOPS. */
  PD_EXTREME = 'pd-extreme',
  /** Hyperdisk with IOPS and throughput independent of size. */
  HYPERDISK_BALANCED = 'hyperdisk-balanced',
  /** Hyperdisk Balanced, replicated across two zones. */
  HYPERDISK_BALANCED_HIGH_AVAILABILITY = 'hyperdisk-balanced-high-availability',
  /** Hyperdisk with the highest IOPS. */
  HYPERDISK_EXTREME = 'hyperdisk-extreme',
  /** Throughput-optimized Hyperdisk. */
  HYPERDISK_THROUGHPUT = 'hyperdisk-throughput',
  /** Hyperdisk that many nodes can read. */
  HYPERDISK_ML = 'hyperdisk-ml',
}

/** The file systems that Google supports on persistent disks. */
export enum GceFileSystem {
  /** The default of the provisioner sidecar. */
  EXT4 = 'ext4',
  /** Suited to large files and parallel writes. */
  XFS = 'xfs',
}

/**
 * Options of Compute Engine disks.
 *
 * @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver#createvolume-parameters
 */
export interface GcePersistentDiskOptions extends ProvisionerOptions {
  /**
   * The type of the disks.
   *
   * @default GceDiskType.PD_BALANCED
   */
  readonly type?: GceDiskType;

  /**
   * Whether each disk is replicated across two zones. For pd-balanced, pd-ssd and pd-standard.
   *
   * @default false
   */
  readonly regional?: boolean;

  /**
   * The file system of the disks.
   *
   * @default - ext4, the default of the provisioner sidecar
   */
  readonly fsType?: GceFileSystem;

  /**
   * The provisioned IOPS of each disk, at least 1. For pd-extreme and Hyperdisks with provisioned IOPS.
   *
   * @default - the default of the type
   */
  readonly provisionedIops?: number;

  /**
   * The provisioned throughput in MiB/s, at least 1. For Hyperdisks with provisioned throughput.
   *
   * @default - the default of the type
   */
  readonly provisionedThroughput?: number;

  /**
   * The resource name of the Cloud KMS key to encrypt disks with.
   *
   * @default - a Google-managed key
   */
  readonly diskEncryptionKmsKey?: string;

  /**
   * The Google Cloud labels of the disks.
   *
   * @default - only those that the driver sets
   */
  readonly labels?: { [key: string]: string };
}

const REPLICATED: string[] = [GceDiskType.PD_BALANCED, GceDiskType.PD_SSD, GceDiskType.PD_STANDARD];
const PROVISIONED_IOPS: string[] = [
  GceDiskType.PD_EXTREME, GceDiskType.HYPERDISK_EXTREME, GceDiskType.HYPERDISK_BALANCED, GceDiskType.HYPERDISK_BALANCED_HIGH_AVAILABILITY,
];
const PROVISIONED_THROUGHPUT: string[] = [
  GceDiskType.HYPERDISK_THROUGHPUT, GceDiskType.HYPERDISK_ML, GceDiskType.HYPERDISK_BALANCED, GceDiskType.HYPERDISK_BALANCED_HIGH_AVAILABILITY,
];

export function gcePersistentDisk(options: GcePersistentDiskOptions): ProvisionerSpec {
  const where = 'Provisioner.gcePersistentDisk';
  const type = requireOneOf(where, 'type', options.type ?? GceDiskType.PD_BALANCED, Object.values(GceDiskType));
  if (options.regional && !REPLICATED.includes(type)) {
    throw conflict(where, `'regional' is set for the type ${type}`, `Only ${REPLICATED.join(', ')} support it; for a Hyperdisk in two zones, use hyperdisk-balanced-high-availability.`);
  }
  const provisioned = (property: string, value: number | undefined, types: string[]) => {
    if (value === undefined) return undefined;
    if (!types.includes(type)) throw conflict(where, `'${property}' is set for the type ${type}`, `Only ${types.join(', ')} support it.`);
    return requireInteger(where, property, value, 1);
  };
  const iops = provisioned('provisionedIops', options.provisionedIops, PROVISIONED_IOPS);
  const throughput = provisioned('provisionedThroughput', options.provisionedThroughput, PROVISIONED_THROUGHPUT);
  return {
    driver: 'pd.csi.storage.gke.io',
    parameters: parametersOf(where, {
      'type': type,
      'replication-type': options.regional ? 'regional-pd' : undefined,
      [FSTYPE]: options.fsType && requireOneOf(where, 'fsType', options.fsType, Object.values(GceFileSystem)),
      'provisioned-iops-on-create': iops,
      'provisioned-throughput-on-create': throughput && `${throughput}Mi`,
      'disk-encryption-kms-key': options.diskEncryptionKmsKey,
      'labels': keyValues(options.labels),
    }, options.parameters),
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      ...accessModes(type),
      expandable: true,
      snapshots: true,
      clone: true,
      topology: options.regional || type === GceDiskType.HYPERDISK_BALANCED_HIGH_AVAILABILITY ? StorageTopology.REGIONAL : StorageTopology.ZONAL,
    },
  };
}

/** @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/blob/master/pkg/gce-pd-csi-driver/controller.go */
function accessModes(type: GceDiskType): { accessModes: kplus.PersistentVolumeAccessMode[]; blockAccessModes: kplus.PersistentVolumeAccessMode[] } {
  const { READ_ONLY_MANY } = kplus.PersistentVolumeAccessMode;
  switch (type) {
    case GceDiskType.HYPERDISK_EXTREME:
    case GceDiskType.HYPERDISK_THROUGHPUT:
      return { accessModes: ONE_NODE, blockAccessModes: ONE_NODE };
    case GceDiskType.HYPERDISK_BALANCED:
    case GceDiskType.HYPERDISK_BALANCED_HIGH_AVAILABILITY:
      return { accessModes: ONE_NODE, blockAccessModes: SHARED };
    default:
      return { accessModes: [...ONE_NODE, READ_ONLY_MANY], blockAccessModes: [...ONE_NODE, READ_ONLY_MANY] };
  }
}
