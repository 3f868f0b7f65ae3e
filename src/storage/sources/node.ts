import * as kplus from 'cdk8s-plus-28';
import { requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES } from '../private/provisioner-spec';
import { requireAbsolutePath, type VolumeSourceSpec } from '../private/volume-source-spec';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** Options of a disk, partition or directory of one node. */
export interface LocalSourceOptions {
  /** The path on the node: a mounted file system, a directory, or the device of a block volume. */
  readonly path: string;

  /**
   * The file system to create on a device that has none. Not for directories.
   *
   * @default - none; the existing file system is mounted
   */
  readonly fsType?: string;
}

/** Options of a path on the node that a Pod happens to run on. */
export interface HostPathSourceOptions {
  /** The path on the node. */
  readonly path: string;

  /**
   * What must exist at the path, or is created there.
   *
   * @default - not checked
   */
  readonly type?: kplus.HostPathVolumeType;
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#local */
export function local({ path, fsType }: LocalSourceOptions): VolumeSourceSpec {
  return {
    what: 'a local volume',
    kube: { local: { path: requireAbsolutePath('VolumeSource.local', path), fsType } },
    nodeBound: true,
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE],
      expandable: false,
      snapshots: false,
      clone: false,
      topology: StorageTopology.NODE_BOUND,
    },
  };
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#hostpath */
export function hostPath({ path, type }: HostPathSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.hostPath';
  return {
    what: 'a hostPath volume',
    kube: { hostPath: { path: requireAbsolutePath(where, path), type: type && requireOneOf(where, 'type', type, Object.values(kplus.HostPathVolumeType)) } },
    capabilities: { volumeModes: [kplus.PersistentVolumeMode.FILE_SYSTEM], expandable: false, snapshots: false, clone: false },
  };
}
