import * as kplus from 'cdk8s-plus-28';
import { bytesOf } from '../base/quantity';

/** What the kubelet keeps of a container's log before it drops the oldest part: five files of 10 MiB, and some to spare. */
const LOGS = 64;

const REQUEST = 'ephemeral-storage';

/**
 * Rendered containers that request the room on their node's disk that they may fill: their log, and the emptyDirs of the
 * Pod that have a limit, which count for the first container that mounts them. A node whose disk is full evicts first those Pods
 * that use more than they requested. What a container says itself stands.
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
