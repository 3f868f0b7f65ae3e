import * as kplus from 'cdk8s-plus-28';
import { invalid, requireInteger } from '../../base/errors';
import { type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/**
 * Options of Amazon EFS access points, one for each claim.
 *
 * @see https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/docs/parameters.md
 */
export interface AwsEfsOptions extends ProvisionerOptions {
  /** The file system, which must exist: `fs-` and hexadecimal digits. */
  readonly fileSystemId: string;

  /**
   * The permissions of each access point's root, such as '700'.
   *
   * @default '700'
   */
  readonly directoryPerms?: string;

  /**
   * The user that all access is made as.
   *
   * @default - one that the driver picks
   */
  readonly uid?: number;

  /**
   * The group that all access is made as.
   *
   * @default - one that the driver picks
   */
  readonly gid?: number;

  /**
   * The folder below which access points are made.
   *
   * @default - the root of the file system
   */
  readonly basePath?: string;

  /**
   * How the folder of an access point is named, such as `${.PVC.namespace}/${.PVC.name}`.
   *
   * @default - the name of the volume
   */
  readonly subPathPattern?: string;

  /**
   * Whether the driver appends something unique to `subPathPattern`, so that no two claims share a folder.
   *
   * @default - true, by the driver
   */
  readonly ensureUniqueDirectory?: boolean;
}

export function awsEfs(options: AwsEfsOptions): ProvisionerSpec {
  const where = 'Provisioner.awsEfs';
  if (!/^fs-[0-9a-f]{8,40}$/.test(options.fileSystemId)) {
    throw invalid(where, { property: 'fileSystemId', got: options.fileSystemId, expected: "'fs-' and 8 to 40 hexadecimal digits" });
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
      expandable: false, // it grows by itself: the size of a claim means nothing
      snapshots: false,
      clone: false,
      topology: StorageTopology.NETWORK,
    },
  };
}
