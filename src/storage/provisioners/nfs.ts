import * as kplus from 'cdk8s-plus-28';
import { requireOneOf, invalid } from '../../base/errors';
import { ALL_ACCESS_MODES, type ProvisionerSpec, parametersOf, secretParameters } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** What becomes of a claim's folder on the NFS server when its volume is deleted. The values are those of the driver. */
export enum NfsOnDelete {
  /** It is deleted. */
  DELETE = 'delete',
  /** It stays. */
  RETAIN = 'retain',
  /** It stays under another name. */
  ARCHIVE = 'archive',
}

/**
 * Options of folders on an NFS server, one for each claim.
 *
 * @see https://github.com/kubernetes-csi/csi-driver-nfs/blob/master/docs/driver-parameters.md
 */
export interface NfsOptions extends ProvisionerOptions {
  /** The name or address of the server. */
  readonly server: string;
  /** The path that the server exports. */
  readonly share: string;

  /**
   * How the folder of a claim is named below the share, such as `${pvc.metadata.namespace}/${pvc.metadata.name}`.
   *
   * @default - the name of the volume
   */
  readonly subDir?: string;

  /**
   * What becomes of a folder when its volume is deleted.
   *
   * @default - it is deleted, by the driver
   */
  readonly onDelete?: NfsOnDelete;

  /**
   * The permissions that the driver gives to a mounted folder, such as '0770'.
   *
   * @default - they are left as they are
   */
  readonly mountPermissions?: string;

  /**
   * A Secret with the key `mountOptions`, with which the driver mounts the share to delete a folder.
   *
   * @default - none
   */
  readonly mountOptionsSecret?: SecretReference;
}

export function nfs(options: NfsOptions): ProvisionerSpec {
  const where = 'Provisioner.nfs';
  if (options.server === '') throw invalid(where, { property: 'server', got: '', expected: 'the name or address of a server' });
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
      expandable: true, // nothing holds a claim to its size
      snapshots: true, // a compressed copy of the folder
      clone: true,
      topology: StorageTopology.NETWORK,
    },
  };
}
