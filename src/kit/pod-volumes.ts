import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { MountSource } from './mount-source';
import { memoryQuantity } from '../base/quantity';
import { volumeStandIn } from '../pod/stand-ins';

/** A volume with the values of a Secret as files that the group of the Pod can read. */
export function secretVolume(scope: Construct, name: string, { secret, items }: Extract<MountSource, { kind: 'secret' }>): kplus.Volume {
  const paths = Object.fromEntries(Object.entries(items).map(([key, path]) => [key, { path }]));
  return kplus.Volume.fromSecret(scope, `Secret-${name}`, secret, { name, defaultMode: 0o440, items: paths });
}

/**
 * A folder that is deleted with the Pod, for the Pods of a set or task. It is a stand-in, since cdk8s traverses each
 * construct several times per synthesis.
 */
export function folderVolume(owner: Construct, name: string, { limit, inMemory }: Extract<MountSource, { kind: 'folder' }>): kplus.Volume {
  const medium = inMemory ? { medium: kplus.EmptyDirMedium.MEMORY } : {};
  return volumeStandIn(owner, { name, emptyDir: { ...medium, sizeLimit: kplus.k8s.Quantity.fromString(memoryQuantity(limit)) } }, owner);
}
