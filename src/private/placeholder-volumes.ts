import * as kplus from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';

/**
 * Volumes that cdk8s-plus cannot express (claim templates, projected and downward API volumes) pass through it
 * as an emptyDir of the same name, which our own Pods replace when they render. Mounted into any other Pod, the
 * emptyDir would stay, silently empty: that is what this file refuses.
 */
interface Placeholder {
  /** The construct that the person wrote. */
  readonly construct: IConstruct;
  /** What to render; undefined for a claim template, whose volume the StatefulSet controller adds. */
  readonly volume?: kplus.k8s.Volume;
  /** The only workload that may mount it; undefined for all of ours. */
  readonly owner?: IConstruct;
  /** Whether containers get it as a raw device. */
  readonly block?: boolean;
}

const placeholders = new WeakMap<kplus.Volume, Placeholder>();
const renderers = new WeakMap<kplus.AbstractPod, { readonly owner: IConstruct; readonly devices: boolean }>();
const guardedApps = new WeakSet<IConstruct>();

/** A stand-in that renders as `volume`: in any Pod of ours, or only in that of `owner`. */
export function volumePlaceholder(construct: Construct, volume: kplus.k8s.Volume, owner?: IConstruct): kplus.Volume {
  return create(construct, volume.name, { construct, volume, owner });
}

/** A stand-in that renders as `volume`, a raw device, in any Pod of ours that renders those. */
export function devicePlaceholder(construct: Construct, volume: kplus.k8s.Volume): kplus.Volume {
  return create(construct, volume.name, { construct, volume, block: true });
}

/** A stand-in for the volume of a claim template, which only the workload `owner` may mount. */
export function claimPlaceholder(construct: Construct, name: string, owner: IConstruct, block = false): kplus.Volume {
  return create(construct, name, { construct, owner, block });
}

/** States that `pod`, which renders for `owner`, calls `replacePlaceholders`, and `withDevices` too if it says so. */
export function rendersPlaceholders(pod: kplus.AbstractPod, owner: IConstruct, { devices } = { devices: false }): void {
  renderers.set(pod, { owner, devices });
}

/** Rendered containers of a Pod, with the mounts of raw devices, which cdk8s-plus does not know, as devices. */
export function withDevices(pod: kplus.AbstractPod, rendered: kplus.k8s.Container[]): kplus.k8s.Container[] {
  const devices = new Set([...placeholdersOf(pod)].filter(([, { block }]) => block).map(([volume]) => volume.name));
  if (devices.size === 0) return rendered;
  const isDevice = (mount: kplus.k8s.VolumeMount) => devices.has(mount.name);
  return rendered.map(container => {
    const mounts = container.volumeMounts ?? [];
    if (!mounts.some(isDevice)) return container;
    return {
      ...container,
      volumeMounts: mounts.filter(mount => !isDevice(mount)),
      volumeDevices: mounts.filter(isDevice).map(mount => ({ name: mount.name, devicePath: mount.mountPath })),
    };
  });
}

/** The volumes of a rendered Pod, with what the stand-ins stand for. */
export function replacePlaceholders(pod: kplus.AbstractPod, rendered: kplus.k8s.Volume[] = []): kplus.k8s.Volume[] | undefined {
  const standIns = new Map([...placeholdersOf(pod)].map(([volume, placeholder]) => [volume.name, placeholder]));
  const volumes = rendered.flatMap(volume => {
    const standIn = standIns.get(volume.name);
    return standIn === undefined ? [volume] : standIn.volume ?? [];
  });
  return volumes.length > 0 ? volumes : undefined;
}

function create(construct: Construct, name: string, placeholder: Placeholder): kplus.Volume {
  const volume = kplus.Volume.fromEmptyDir(construct, 'Volume', name);
  placeholders.set(volume, placeholder);
  guard(construct.node.root);
  return volume;
}

/** Checks all Pods of the app, once per synthesis, wherever the first stand-in was made. */
function guard(app: IConstruct): void {
  if (guardedApps.has(app)) return;
  guardedApps.add(app);
  app.node.addValidation({
    validate: () => app.node.findAll()
      .filter((construct): construct is kplus.AbstractPod => construct instanceof kplus.AbstractPod)
      .flatMap(foreignMounts),
  });
}

function foreignMounts(pod: kplus.AbstractPod): string[] {
  const renderer = renderers.get(pod);
  return [...placeholdersOf(pod)].flatMap(([volume, { construct, owner, block }]) => {
    if (renderer !== undefined && (owner === undefined || owner === renderer.owner) && (!block || renderer.devices)) return [];
    const ours = block ? 'a StatefulWorkload' : 'a StatefulWorkload or a SharedScratchPod';
    const allowed = owner ? `the containers of ${owner.node.path}` : ours;
    return [`${pod.node.path} mounts '${volume.name}' (${construct.node.path}), but only ${allowed} can mount it. ` +
      'Add a claim or volume to the workload that mounts it.'];
  });
}

/** The stand-ins among the volumes that a Pod has or mounts. */
function placeholdersOf(pod: kplus.AbstractPod): Map<kplus.Volume, Placeholder> {
  const found = new Map<kplus.Volume, Placeholder>();
  const look = (volume: kplus.Volume) => {
    const placeholder = placeholders.get(volume);
    if (placeholder !== undefined) found.set(volume, placeholder);
  };
  pod.volumes.forEach(look);
  for (const containers of [pod.containers, pod.initContainers]) {
    for (const container of containers) container.mounts.forEach(mount => look(mount.volume));
  }
  return found;
}
