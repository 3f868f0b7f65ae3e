import * as kplus from 'cdk8s-plus-28';

/** All containers of a Pod, including init containers and sidecars. */
export function containersOf({ containers, initContainers }: kplus.AbstractPod): kplus.Container[] {
  return [...containers, ...initContainers];
}

/** The containers that run in a ready Pod: containers and sidecars. Other init containers have completed. */
export function runningContainersOf({ containers, initContainers }: kplus.AbstractPod): kplus.Container[] {
  return [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === kplus.ContainerRestartPolicy.ALWAYS)];
}

/** The volumes that a Pod has or mounts. */
export function volumesOf(pod: kplus.AbstractPod): kplus.Volume[] {
  return [...pod.volumes, ...containersOf(pod).flatMap(({ mounts }) => mounts.map(({ volume }) => volume))];
}

/** Returns an error for each container that mounts two volumes at the same path. */
export function twiceMounted(pod: kplus.AbstractPod): string[] {
  return containersOf(pod).flatMap(({ name, mounts }) => mounts
    .filter(({ path }, i) => mounts.findIndex(mount => mount.path === path) < i)
    .map(({ path }) => `the container '${name}' mounts two volumes at '${path}'. Mount one of them elsewhere.`));
}
