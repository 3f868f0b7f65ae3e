import * as kplus from 'cdk8s-plus-28';
import { requireOneOf, invalid } from '../../base/errors';
import { ALL_ACCESS_MODES, type ProvisionerSpec, parametersOf, secretParameters } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** What happens to a claim's directory on the NFS server when its volume is deleted. The values are those that the driver uses. */
export enum NfsOnDelete {
  /** The directory is deleted. */
  DELETE = 'delete',
  /** The directory is kept. */
  RETAIN = 'retain',
  /** The directory is kept under another name. */
  ARCHIVE = 'archive',
}

/**
 * Options of directories on an NFS server. The driver creates one per claim.
 *
 * @see https://github.com/kubernetes-csi/csi-driver-nfs/blob/master/docs/driver-parameters.md
 */
export interface NfsOptions extends ProvisionerOptions {
  /** The host name or IP address of the server. */
  readonly server: string;
  /** The exported path. */
  readonly share: string;

  /**
   * The pattern of claim directories in the share, such as `${pvc.metadata.namespace}/${pvc.metadata.name}`.
   *
   * @default - the name of the volume
   */
  readonly subDir?: string;

  /**
   * What happens to a directory when its volume is deleted.
   *
   * @default - it is deleted, the driver's default
   */
  readonly onDelete?: NfsOnDelete;

  /**
   * The permissions that the driver sets on mounted directories, such as '0770'.
   *
   * @default - unchanged
   */
  readonly mountPermissions?: string;

  /**
   * A Secret whose key `mountOptions` holds the mount options for deleting directories.
   *
   * @default - none
   */
  readonly mountOptionsSecret?: SecretReference;
}

export function nfs(options: NfsOptions): ProvisionerSpec {
  const where = 'Provisioner.nfs';
  if (options.server === '') throw invalid(where, { property: 'server', got: '', expected: 'the host name or IP address of a server' });
  if (!options.share.startsWith('/')) throw invalid(where, { property: 'share', got: options.share, expected: "a path that begins with '/'" });
  if (options.mountPermissions !== undefined && !/^0?[0-7]{1,4}$/.test(options.mountPermissions)) {
    throw invalid(where, { property: 'mountPermissions', got: options.mountPermissions, expected: 'octal digits', hint: "For example '0770'." });
  }
  return {
    driver: 'nfs.csi.k8s.io',
    parameters: parametersOf(where, {
      server: options.server,
      share: options.share,
      subDir: options.subDir,
      onDelete: options.onDelete && requireOneOf(where, 'onDelete', options.onDelete, Object.values(NfsOnDelete)),
      mountPermissions: options.mountPermissions,
      ...secretParameters(options.mountOptionsSecret, 'provisioner'),
    }, options.parameters),
    capabilities: {
      kind: StorageKind.FILE,
      volumeModes: [kplus.PersistentVolumeMode.FILE_SYSTEM],
      accessModes: ALL_ACCESS_MODES,
      expandable: true, // sizes are not enforced
      snapshots: true, // a compressed copy of the directory
      clone: true,
      topology: StorageTopology.NETWORK,
    },
  };
}
