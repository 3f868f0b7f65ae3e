import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';

/**
 * Volumes that cdk8s-plus cannot express (claim templates, projected and downward API volumes) pass through it
 * as an emptyDir of the same name, which our own Pods replace when they render. Mounted into any other Pod, the
 * emptyDir would stay, silently empty: that is what this file refuses.
 */
export interface Placeholder {
  /** The construct that the person wrote. */
  readonly construct: IConstruct;
  /** What to render; undefined for a claim template, whose volume the StatefulSet controller adds. */
  readonly volume?: kplus.k8s.Volume;
  /** The only workload that may mount it; undefined for all of ours. */
  readonly owner?: IConstruct;
  /** Whether containers get it as a raw device. */
  readonly block?: boolean;
}

const { AbstractPod } = kplus; // at hand: the check below asks it of every construct

const placeholders = new WeakMap<kplus.Volume, Placeholder>();
const renderers = new WeakMap<kplus.AbstractPod, { readonly owner: IConstruct; readonly devices: boolean }>();
const guardedApps = new WeakSet<IConstruct>();

/** A stand-in that renders as `volume`: in any Pod of ours, or only in that of `owner`. */
export function volumePlaceholder(construct: IConstruct, volume: kplus.k8s.Volume, owner?: IConstruct): kplus.Volume {
  return create(construct, volume.name, { construct, volume, owner });
}

/** A stand-in that renders as `volume`, a raw device, in any Pod of ours that renders those. */
export function devicePlaceholder(construct: IConstruct, volume: kplus.k8s.Volume): kplus.Volume {
  return create(construct, volume.name, { construct, volume, block: true });
}

/** A stand-in for the volume of a claim template, which only the workload `owner` may mount. */
export function claimPlaceholder(construct: IConstruct, name: string, owner: IConstruct, block = false): kplus.Volume {
  return create(construct, name, { construct, owner, block });
}

/** States that `pod`, which renders for `owner`, calls `withoutPlaceholders`, and `withDevices` too if it says so. */
export function rendersPlaceholders(pod: kplus.AbstractPod, owner: IConstruct, { devices } = { devices: false }): void {
  renderers.set(pod, { owner, devices });
}

/** The stand-ins among the volumes that a Pod has or mounts, by the name of the volume. */
export function placeholdersOf(pod: kplus.AbstractPod): Map<string, Placeholder> {
  const found = new Map<string, Placeholder>();
  const look = (volume: kplus.Volume) => {
    const placeholder = placeholders.get(volume);
    if (placeholder !== undefined) found.set(volume.name, placeholder);
  };
  for (const volume of pod.volumes) look(volume);
  for (const containers of [pod.containers, pod.initContainers]) {
    for (const { mounts } of containers) {
      for (const { volume } of mounts) look(volume);
    }
  }
  return found;
}

/** Rendered containers, with the mounts of raw devices, which cdk8s-plus does not know, as devices. */
export function withDevices(found: Map<string, Placeholder>, rendered: kplus.k8s.Container[]): kplus.k8s.Container[] {
  const isDevice = (mount: kplus.k8s.VolumeMount) => found.get(mount.name)?.block ?? false;
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

/** Rendered volumes, with what the stand-ins stand for in place of them. */
export function withoutPlaceholders(found: Map<string, Placeholder>, rendered: kplus.k8s.Volume[] = []): kplus.k8s.Volume[] | undefined {
  const volumes = rendered.flatMap(volume => {
    const standIn = found.get(volume.name);
    return standIn === undefined ? [volume] : standIn.volume ?? [];
  });
  return volumes.length > 0 ? volumes : undefined;
}

function create(construct: IConstruct, name: string, placeholder: Placeholder): kplus.Volume {
  // A Volume is a construct in name only. In a tree of its own, cdk8s need not walk it six times in each synthesis.
  const volume = kplus.Volume.fromEmptyDir(new App(), name, name);
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
      .filter((construct): construct is kplus.AbstractPod => construct instanceof AbstractPod)
      .flatMap(foreignMounts),
  });
}

function foreignMounts(pod: kplus.AbstractPod): string[] {
  const problems: string[] = [];
  const renderer = renderers.get(pod);
  for (const [name, { construct, owner, block }] of placeholdersOf(pod)) {
    if (renderer !== undefined && (owner === undefined || owner === renderer.owner) && (!block || renderer.devices)) continue;
    const ours = block ? 'a StatefulWorkload' : 'a StatefulWorkload or a SharedScratchPod';
    const allowed = owner ? `the containers of ${owner.node.path}` : ours;
    problems.push(`${pod.node.path} mounts '${name}' (${construct.node.path}), but only ${allowed} can mount it. ` +
      'Add a claim or volume to the workload that mounts it.');
  }
  return problems;
}
