import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The types of Amazon EBS volumes. The values are those that the driver uses. */
export enum EbsVolumeType {
  /** General purpose SSD with IOPS and throughput independent of size. */
  GP3 = 'gp3',
  /** Previous-generation general purpose SSD, whose performance grows with its size. */
  GP2 = 'gp2',
  /** SSD with provisioned IOPS. Can be attached to several nodes as a raw block device. */
  IO2 = 'io2',
  /** Previous-generation SSD with provisioned IOPS. */
  IO1 = 'io1',
  /** Throughput-optimized HDD. */
  ST1 = 'st1',
  /** Cold HDD for infrequently accessed data. */
  SC1 = 'sc1',
  /** Previous-generation magnetic disk. */
  STANDARD = 'standard',
}

/** The file systems that the EBS driver can create. */
export enum EbsFileSystem {
  /** The driver's default. */
  EXT4 = 'ext4',
  /** Suited to large files and parallel writes. */
  XFS = 'xfs',
  /** For compatibility with old kernels. */
  EXT3 = 'ext3',
}

/**
 * Options of Amazon EBS volumes.
 *
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
 */
export interface AwsEbsOptions extends ProvisionerOptions {
  /**
   * The type of the volumes.
   *
   * @default EbsVolumeType.GP3
   */
  readonly type?: EbsVolumeType;

  /**
   * The file system of the volumes.
   *
   * @default - ext4, the driver's default
   */
  readonly fsType?: EbsFileSystem;

  /**
   * The IOPS of each volume, at least 1. For io1, io2 and gp3. Cannot be combined with `iopsPerGb`.
   *
   * @default - the baseline of the type; io1 and io2 require one of the two
   */
  readonly iops?: number;

  /**
   * The IOPS per GiB, at least 1. For io1, io2 and gp3. Cannot be combined with `iops`.
   *
   * @default - the baseline of the type; io1 and io2 require one of the two
   */
  readonly iopsPerGb?: number;

  /**
   * Whether to raise the IOPS of volumes that are too small for `iopsPerGb` to the minimum that AWS accepts, instead of
   * failing.
   *
   * @default false
   */
  readonly allowAutoIopsPerGbIncrease?: boolean;

  /**
   * The throughput in MiB/s, at least 1. For gp3.
   *
   * @default - 125, the driver's default
   */
  readonly throughput?: number;

  /**
   * Whether volumes are encrypted.
   *
   * @default - the setting of your AWS account; true with `kmsKeyId`
   */
  readonly encrypted?: boolean;

  /**
   * The ARN of the KMS key to encrypt volumes with.
   *
   * @default - the account's default key for EBS
   */
  readonly kmsKeyId?: string;

  /**
   * The AWS tags of the volumes.
   *
   * @default - only those that the driver sets
   */
  readonly tags?: { [key: string]: string };
}

const PROVISIONED: string[] = [EbsVolumeType.IO1, EbsVolumeType.IO2];

export function awsEbs(options: AwsEbsOptions): ProvisionerSpec {
  const where = 'Provisioner.awsEbs';
  const type = requireOneOf(where, 'type', options.type ?? EbsVolumeType.GP3, Object.values(EbsVolumeType));
  requirePerformance(where, type, options);
  if (options.kmsKeyId !== undefined && options.encrypted === false) {
    throw conflict(where, "'kmsKeyId' is set, but 'encrypted' is false", "Remove 'encrypted: false'.");
  }
  const tags = Object.entries(options.tags ?? {}).map(([key, value], i) => [`tagSpecification_${i + 1}`, `${key}=${value}`]);
  return {
    driver: 'ebs.csi.aws.com',
    parameters: parametersOf(where, {
      type,
      [FSTYPE]: options.fsType && requireOneOf(where, 'fsType', options.fsType, Object.values(EbsFileSystem)),
      iops: options.iops,
      iopsPerGB: options.iopsPerGb,
      allowAutoIOPSPerGBIncrease: options.allowAutoIopsPerGbIncrease,
      throughput: options.throughput,
      encrypted: options.encrypted ?? (options.kmsKeyId === undefined ? undefined : true),
      kmsKeyId: options.kmsKeyId,
      ...Object.fromEntries(tags),
    }, options.parameters),
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      accessModes: ONE_NODE,
      // https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/multi-attach.md
      blockAccessModes: type === EbsVolumeType.IO2 ? SHARED : ONE_NODE,
      expandable: true,
      snapshots: true,
      clone: true,
      topology: StorageTopology.ZONAL,
    },
  };
}

function requirePerformance(where: string, type: EbsVolumeType, { iops, iopsPerGb, throughput }: AwsEbsOptions): void {
  if (iops !== undefined && iopsPerGb !== undefined) throw conflict(where, "both 'iops' and 'iopsPerGb' are set", 'The driver accepts only one of them: remove the other.');
  for (const [property, value] of Object.entries({ iops, iopsPerGb })) {
    if (value === undefined) continue;
    requireInteger(where, property, value, 1);
    if (![...PROVISIONED, EbsVolumeType.GP3].includes(type)) throw conflict(where, `'${property}' is set for the type ${type}`, 'Only io1, io2 and gp3 support it.');
  }
  if (PROVISIONED.includes(type) && iops === undefined && iopsPerGb === undefined) {
    throw conflict(where, `the type ${type} requires provisioned IOPS`, "Set 'iops' or 'iopsPerGb'.");
  }
  if (throughput !== undefined) {
    requireInteger(where, 'throughput', throughput, 1);
    if (type !== EbsVolumeType.GP3) throw conflict(where, `'throughput' is set for the type ${type}`, 'Only gp3 supports it.');
  }
}
