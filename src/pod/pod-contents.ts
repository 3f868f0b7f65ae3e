import * as kplus from 'cdk8s-plus-28';

/** The containers of a Pod, those that run before the others and sidecars too. */
export function containersOf({ containers, initContainers }: kplus.AbstractPod): kplus.Container[] {
  return [...containers, ...initContainers];
}

/** Those that run in a Pod that is ready: containers and sidecars. Other init containers have ended. */
export function runningContainersOf({ containers, initContainers }: kplus.AbstractPod): kplus.Container[] {
  return [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === kplus.ContainerRestartPolicy.ALWAYS)];
}

/** The volumes that a Pod has or mounts. */
export function volumesOf(pod: kplus.AbstractPod): kplus.Volume[] {
  return [...pod.volumes, ...containersOf(pod).flatMap(({ mounts }) => mounts.map(({ volume }) => volume))];
}

/** What is wrong where a container mounts two volumes at one path. */
export function twiceMounted(pod: kplus.AbstractPod): string[] {
  return containersOf(pod).flatMap(({ name, mounts }) => mounts
    .filter(({ path }, i) => mounts.findIndex(mount => mount.path === path) < i)
    .map(({ path }) => `the container '${name}' mounts two volumes at '${path}'. Mount one of them elsewhere.`));
}
