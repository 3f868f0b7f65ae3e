import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The types of Amazon EBS volumes. The values are those of the driver. */
export enum EbsVolumeType {
  /** General purpose SSD, with operations and throughput apart from size. */
  GP3 = 'gp3',
  /** The older general purpose SSD, faster the larger it is. */
  GP2 = 'gp2',
  /** Provisioned operations; several nodes can share it as a raw device. */
  IO2 = 'io2',
  /** The older SSD with provisioned operations. */
  IO1 = 'io1',
  /** Hard disk for streams. */
  ST1 = 'st1',
  /** Hard disk for what is rarely read. */
  SC1 = 'sc1',
  /** Magnetic, of the previous generation. */
  STANDARD = 'standard',
}

/** File systems that the EBS driver makes. */
export enum EbsFileSystem {
  /** The driver's own default. */
  EXT4 = 'ext4',
  /** For large files and parallel writes. */
  XFS = 'xfs',
  /** For old kernels. */
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
   * The file system to make.
   *
   * @default - ext4, by the driver
   */
  readonly fsType?: EbsFileSystem;

  /**
   * Operations a second of each volume, at least 1. For io1, io2 and gp3; not together with `iopsPerGb`.
   *
   * @default - io1 and io2 need one of the two; else the least that the type has
   */
  readonly iops?: number;

  /**
   * Operations a second for each GiB, at least 1. For io1, io2 and gp3; not together with `iops`.
   *
   * @default - io1 and io2 need one of the two; else the least that the type has
   */
  readonly iopsPerGb?: number;

  /**
   * Whether a volume too small for `iopsPerGb` gets the least that AWS takes, instead of an error.
   *
   * @default false
   */
  readonly allowAutoIopsPerGbIncrease?: boolean;

  /**
   * Throughput in MiB a second, at least 1. For gp3.
   *
   * @default - 125, by the driver
   */
  readonly throughput?: number;

  /**
   * Whether volumes are encrypted.
   *
   * @default - as your AWS account is set; true with `kmsKeyId`
   */
  readonly encrypted?: boolean;

  /**
   * The ARN of the key to encrypt with.
   *
   * @default - the account's default key for EBS
   */
  readonly kmsKeyId?: string;

  /**
   * Tags of the volumes in AWS.
   *
   * @default - only those of the driver
   */
  readonly tags?: { [key: string]: string };
}

const PROVISIONED: string[] = [EbsVolumeType.IO1, EbsVolumeType.IO2];

export function awsEbs(options: AwsEbsOptions): ProvisionerSpec {
  const where = 'Provisioner.awsEbs';
  const type = requireOneOf(where, 'type', options.type ?? EbsVolumeType.GP3, Object.values(EbsVolumeType));
  requirePerformance(where, type, options);
  if (options.kmsKeyId !== undefined && options.encrypted === false) {
    throw conflict(where, "'kmsKeyId' is given for volumes that are not 'encrypted'", "Leave out 'encrypted: false'.");
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
  if (iops !== undefined && iopsPerGb !== undefined) throw conflict(where, "both 'iops' and 'iopsPerGb' are given", 'The driver takes one of them.');
  for (const [property, value] of Object.entries({ iops, iopsPerGb })) {
    if (value === undefined) continue;
    requireInteger(where, property, value, 1);
    if (![...PROVISIONED, EbsVolumeType.GP3].includes(type)) throw conflict(where, `'${property}' is given for the type ${type}`, 'Only io1, io2 and gp3 have it.');
  }
  if (PROVISIONED.includes(type) && iops === undefined && iopsPerGb === undefined) {
    throw conflict(where, `the type ${type} needs to know how many operations to provision`, "Give 'iops' or 'iopsPerGb'.");
  }
  if (throughput !== undefined) {
    requireInteger(where, 'throughput', throughput, 1);
    if (type !== EbsVolumeType.GP3) throw conflict(where, `'throughput' is given for the type ${type}`, 'Only gp3 has it.');
  }
}
