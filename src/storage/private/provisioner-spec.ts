import * as kplus from 'cdk8s-plus-28';
import { conflict } from '../../base/errors';
import type { SecretReference } from '../secret-reference';
import type { StorageCapabilities } from '../storage-capabilities';

/** The parameters of a driver and what is known about it. */
export interface ProvisionerSpec {
  /** The name of the CSI driver. */
  readonly driver: string;
  readonly parameters: { [name: string]: string };
  readonly capabilities?: StorageCapabilities;
  /** The parameters of a VolumeSnapshotClass of the driver. */
  readonly snapshotParameters?: { [name: string]: string };
}

type Value = string | number | boolean | undefined;

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD, READ_ONLY_MANY, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;

/** ReadWriteOncePod is implemented by Kubernetes and the CSI sidecars, so every CSI driver supports it (KEP-2485). */
export const ONE_NODE = [READ_WRITE_ONCE, READ_WRITE_ONCE_POD];
/** One node, or several that write. ReadOnlyMany is a separate mode, which most block drivers do not support. */
export const SHARED = [...ONE_NODE, READ_WRITE_MANY];
export const ALL_ACCESS_MODES = [...ONE_NODE, READ_ONLY_MANY, READ_WRITE_MANY];
export const BOTH_VOLUME_MODES = [kplus.PersistentVolumeMode.FILE_SYSTEM, kplus.PersistentVolumeMode.BLOCK];
export const FSTYPE = 'csi.storage.k8s.io/fstype';

/** The parameters of a class: those of the options, converted to strings, and the user's own. */
export function parametersOf(where: string, typed: { [name: string]: Value }, further: { [name: string]: string } = {}): { [name: string]: string } {
  const given = Object.entries(typed).flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)] as const]);
  const known = new Set(given.map(([name]) => name.toLowerCase())); // most drivers ignore case
  const twice = Object.keys(further).find(name => known.has(name.toLowerCase()));
  if (twice !== undefined) throw conflict(where, `the parameter '${twice}' is already set by the options`, "Remove it from 'parameters'.");
  return Object.fromEntries([...given, ...Object.entries(further)]);
}

/** The parameters that point the CSI sidecars to a Secret, for each of its uses. */
export function secretParameters(secret: SecretReference | undefined, ...uses: string[]): { [name: string]: Value } {
  return Object.fromEntries(uses.flatMap(use => [
    [`csi.storage.k8s.io/${use}-secret-name`, secret?.name],
    [`csi.storage.k8s.io/${use}-secret-namespace`, secret?.namespace],
  ]));
}

/** `a=1,b=2`, sorted by key. */
export function keyValues(values: { [key: string]: string } | undefined): string | undefined {
  return values && Object.entries(values).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => `${key}=${value}`).join(',');
}
