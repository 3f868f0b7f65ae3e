import * as kplus from 'cdk8s-plus-28';
import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, keyValues, ONE_NODE, type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The types of Compute Engine disks. The values are those of the driver. */
export enum GceDiskType {
  /** SSD, balanced between price and speed. */
  PD_BALANCED = 'pd-balanced',
  /** Fast SSD. */
  PD_SSD = 'pd-ssd',
  /** Hard disk. */
  PD_STANDARD = 'pd-standard',
  /** SSD with provisioned operations. */
  PD_EXTREME = 'pd-extreme',
  /** Hyperdisk with operations and throughput apart from size. */
  HYPERDISK_BALANCED = 'hyperdisk-balanced',
  /** The same, in two zones. */
  HYPERDISK_BALANCED_HIGH_AVAILABILITY = 'hyperdisk-balanced-high-availability',
  /** Hyperdisk for the most operations. */
  HYPERDISK_EXTREME = 'hyperdisk-extreme',
  /** Hyperdisk for streams. */
  HYPERDISK_THROUGHPUT = 'hyperdisk-throughput',
  /** Hyperdisk that many nodes read. */
  HYPERDISK_ML = 'hyperdisk-ml',
}

/** File systems that Google supports on persistent disks. */
export enum GceFileSystem {
  /** The default of the sidecar. */
  EXT4 = 'ext4',
  /** For large files and parallel writes. */
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
   * Whether each disk is kept in two zones. For pd-balanced, pd-ssd and pd-standard.
   *
   * @default false
   */
  readonly regional?: boolean;

  /**
   * The file system to make.
   *
   * @default - ext4, by the sidecar
   */
  readonly fsType?: GceFileSystem;

  /**
   * Operations a second of each disk, at least 1. For pd-extreme and the hyperdisks that provision them.
   *
   * @default - by the type
   */
  readonly provisionedIops?: number;

  /**
   * Throughput in MiB a second, at least 1. For the hyperdisks that provision it.
   *
   * @default - by the type
   */
  readonly provisionedThroughput?: number;

  /**
   * The resource name of the key to encrypt with.
   *
   * @default - a key that Google keeps
   */
  readonly diskEncryptionKmsKey?: string;

  /**
   * Labels of the disks in Google Cloud.
   *
   * @default - only those of the driver
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
    throw conflict(where, `'regional' is given for the type ${type}`, `Only ${REPLICATED.join(', ')} have it; for a Hyperdisk in two zones take hyperdisk-balanced-high-availability.`);
  }
  const provisioned = (property: string, value: number | undefined, types: string[]) => {
    if (value === undefined) return undefined;
    if (!types.includes(type)) throw conflict(where, `'${property}' is given for the type ${type}`, `Only ${types.join(', ')} have it.`);
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
