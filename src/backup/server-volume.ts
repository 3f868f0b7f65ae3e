import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { BackupDestination } from './backup-destination';
import type { CopiedVolume } from './physical-recipe';
import { conflict } from '../base/errors';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { accessModeOf } from '../kit/product-storage';
import type { RenderedWorkload } from '../pod/rendered-workload';
import { volumeStandIn } from '../pod/stand-ins';
import { ExistingClaim } from '../storage/existing-claim';
import { PersistentVolumeClaim } from '../storage/persistent-volume-claim';
import { StorageTopology } from '../storage/storage-capabilities';
import type { StorageProps } from '../storage/storage-props';

/** The volume of a server that runs, which a Job reads beside it. */
export interface ServerVolume extends CopiedVolume {
  /** The name of the claim in the cluster. */
  readonly claimName: string;
  /** The Pod of the server. */
  readonly pod: string;
}

/** How often the server is asked, and how long it may be down. A restart takes up to a quarter of a minute. */
export const SERVING_ENV = { EVERY: '10', PATIENCE: '30' };

/**
 * Mounts the volume of a server in a container of a Pod beside it. It is read-only as a whole, not only in the container: then the kubelet neither changes
 * the owner of its files, nor their labels for SELinux.
 */
export function mountServerVolume(pod: RenderedWorkload, container: kplus.Container, volume: ServerVolume): void {
  const { claimName, path } = volume;
  container.mount(path, volumeStandIn(pod.standInOwner, { name: 'server-data', persistentVolumeClaim: { claimName, readOnly: true } }, pod.standInOwner), { readOnly: true });
}

/** Places a Pod on the node of a server, whatever taints that has. */
export function runBeside(pod: RenderedWorkload, { pod: server }: ServerVolume, { placement }: ProductPodsProps): void {
  pod.scheduling.colocate(kplus.Pods.select(pod, 'Server', { labels: { 'statefulset.kubernetes.io/pod-name': server } }));
  placement?._chooseNodes(pod.scheduling);
}

/** Throws if no Job can have the volume of a server together with that of the destination. */
export function requireVolumeBeside(where: IConstruct, storage: StorageProps, destination: BackupDestination): void {
  const accessMode = accessModeOf(storage);
  if (accessMode === kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD) {
    throw conflict(where, `the access mode of 'storage' is ${accessMode}, with which the Job of a physical backup cannot read the volume beside the server`,
      "Set 'storage.accessMode' to READ_WRITE_ONCE before the database is created, as claims cannot be changed, or use dumps or snapshots.");
  }
  const { _target: target } = destination;
  const own = storage.storageClass?.capabilities?.topology;
  const there = target.kind === 'claim' ? classOf(target.claim) : undefined;
  if (own === undefined || own === StorageTopology.NODE_BOUND || there?.capabilities?.topology !== StorageTopology.NODE_BOUND) return;
  throw conflict(where, `the Job of a physical backup runs on the node of the server, which can change, but a volume of the class '${there.name}' stays on one node`,
    'Use a destination of file storage, or an object store.');
}

function classOf(claim: kplus.IStorage): { readonly name: string; readonly capabilities?: { readonly topology?: StorageTopology } } | undefined {
  return claim instanceof PersistentVolumeClaim || claim instanceof ExistingClaim ? claim.storageClass : undefined;
}
