import * as kplus from 'cdk8s-plus-28';
import { bytesOf } from '../base/quantity';

/** The space for a container's log in MiB. The kubelet keeps five files of 10 MiB before it drops the oldest. */
const LOGS = 64;

const REQUEST = 'ephemeral-storage';

/**
 * Adds ephemeral storage requests to rendered containers: the space for their logs, and for the Pod's emptyDirs with a
 * limit, which count for the first container that mounts them. A node whose disk is full first evicts Pods that use
 * more than they requested. Existing requests and limits are kept.
 */
export function withEphemeralStorage(where: string, containers: kplus.k8s.Container[], volumes: kplus.k8s.Volume[] = []): kplus.k8s.Container[] {
  const open = new Map(volumes.flatMap(({ name, emptyDir }) => {
    if (emptyDir?.sizeLimit === undefined || emptyDir.medium === 'Memory') return [];
    return [[name, Math.ceil(bytesOf(where, emptyDir.sizeLimit.value) / 2 ** 20)] as const];
  }));
  return containers.map(container => {
    let mebibytes = LOGS;
    for (const { name } of container.volumeMounts ?? []) {
      mebibytes += open.get(name) ?? 0;
      open.delete(name);
    }
    const { limits, requests } = container.resources ?? {};
    if (limits?.[REQUEST] !== undefined || requests?.[REQUEST] !== undefined) return container;
    return { ...container, resources: { limits, requests: { ...requests, [REQUEST]: kplus.k8s.Quantity.fromString(`${mebibytes}Mi`) } } };
  });
}
