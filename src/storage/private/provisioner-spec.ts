import * as kplus from 'cdk8s-plus-28';
import { conflict } from '../../base/errors';
import type { SecretReference } from '../secret-reference';
import type { StorageCapabilities } from '../storage-capabilities';

/** What a driver gets from a storage class, and what we know about it. */
export interface ProvisionerSpec {
  /** The name of the CSI driver. */
  readonly driver: string;
  readonly parameters: { [name: string]: string };
  readonly capabilities?: StorageCapabilities;
  /** What a VolumeSnapshotClass of the driver needs. */
  readonly snapshotParameters?: { [name: string]: string };
}

type Value = string | number | boolean | undefined;

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD, READ_ONLY_MANY, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;

/** ReadWriteOncePod is a matter of Kubernetes and its sidecars: every CSI driver has it (KEP-2485). */
export const ONE_NODE = [READ_WRITE_ONCE, READ_WRITE_ONCE_POD];
/** One node, or several that write. ReadOnlyMany is a mode of its own, which most drivers of disks have not. */
export const SHARED = [...ONE_NODE, READ_WRITE_MANY];
export const ALL_ACCESS_MODES = [...ONE_NODE, READ_ONLY_MANY, READ_WRITE_MANY];
export const BOTH_VOLUME_MODES = [kplus.PersistentVolumeMode.FILE_SYSTEM, kplus.PersistentVolumeMode.BLOCK];
export const FSTYPE = 'csi.storage.k8s.io/fstype';

/** The parameters of a class: those that are given, as the strings that the API wants, and the user's own. */
export function parametersOf(where: string, typed: { [name: string]: Value }, further: { [name: string]: string } = {}): { [name: string]: string } {
  const given = Object.entries(typed).flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)] as const]);
  const known = new Set(given.map(([name]) => name.toLowerCase())); // most drivers do not look at case
  const twice = Object.keys(further).find(name => known.has(name.toLowerCase()));
  if (twice !== undefined) throw conflict(where, `the parameter '${twice}' is written by the options already`, "Leave it out of 'parameters'.");
  return Object.fromEntries([...given, ...Object.entries(further)]);
}

/** The parameters that tell CSI sidecars where a Secret is, for each of these uses of it. */
export function secretParameters(secret: SecretReference | undefined, ...uses: string[]): { [name: string]: Value } {
  return Object.fromEntries(uses.flatMap(use => [
    [`csi.storage.k8s.io/${use}-secret-name`, secret?.name],
    [`csi.storage.k8s.io/${use}-secret-namespace`, secret?.namespace],
  ]));
}

/** `a=1,b=2`, in the order of the keys. */
export function keyValues(values: { [key: string]: string } | undefined): string | undefined {
  return values && Object.entries(values).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => `${key}=${value}`).join(',');
}
