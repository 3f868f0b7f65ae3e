import * as kplus from 'cdk8s-plus-28';
import { invalid, requireInteger } from '../../base/errors';
import { type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/**
 * Options of Amazon EFS access points. The driver creates one per claim.
 *
 * @see https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/docs/parameters.md
 */
export interface AwsEfsOptions extends ProvisionerOptions {
  /** The id of an existing file system: `fs-` followed by hexadecimal digits. */
  readonly fileSystemId: string;

  /**
   * The permissions of each access point's root directory, such as '700'.
   *
   * @default '700'
   */
  readonly directoryPerms?: string;

  /**
   * The POSIX user id for all access through the access point.
   *
   * @default - allocated by the driver
   */
  readonly uid?: number;

  /**
   * The POSIX group id for all access through the access point.
   *
   * @default - allocated by the driver
   */
  readonly gid?: number;

  /**
   * The directory under which access points are created.
   *
   * @default - the root of the file system
   */
  readonly basePath?: string;

  /**
   * The pattern of access point directories, such as `${.PVC.namespace}/${.PVC.name}`.
   *
   * @default - the name of the volume
   */
  readonly subPathPattern?: string;

  /**
   * Whether the driver appends a unique suffix to `subPathPattern`, so that no two claims share a directory.
   *
   * @default - true, the driver's default
   */
  readonly ensureUniqueDirectory?: boolean;
}

export function awsEfs(options: AwsEfsOptions): ProvisionerSpec {
  const where = 'Provisioner.awsEfs';
  if (!/^fs-[0-9a-f]{8,40}$/.test(options.fileSystemId)) {
    throw invalid(where, { property: 'fileSystemId', got: options.fileSystemId, expected: "'fs-' followed by 8 to 40 hexadecimal digits" });
  }
  const directoryPerms = options.directoryPerms ?? '700';
  if (!/^[0-7]{3,4}$/.test(directoryPerms)) {
    throw invalid(where, { property: 'directoryPerms', got: directoryPerms, expected: 'three or four octal digits', hint: "For example '700'." });
  }
  for (const property of ['uid', 'gid'] as const) requireInteger(where, property, options[property] ?? 0, 0, 2 ** 32 - 1);
  return {
    driver: 'efs.csi.aws.com',
    parameters: parametersOf(where, {
      provisioningMode: 'efs-ap',
      fileSystemId: options.fileSystemId,
      directoryPerms,
      uid: options.uid,
      gid: options.gid,
      basePath: options.basePath,
      subPathPattern: options.subPathPattern,
      ensureUniqueDirectory: options.ensureUniqueDirectory,
    }, options.parameters),
    capabilities: {
      kind: StorageKind.FILE,
      volumeModes: [kplus.PersistentVolumeMode.FILE_SYSTEM],
      accessModes: SHARED,
      expandable: false, // EFS is elastic: the size of a claim has no effect
      snapshots: false,
      clone: false,
      topology: StorageTopology.NETWORK,
    },
  };
}
