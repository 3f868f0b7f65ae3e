import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { containersOf, volumesOf } from './pod-contents';
import { PerApp } from '../base/per-app';

/**
 * Volumes that cdk8s-plus cannot express (claim templates, projected and downward API volumes) pass through it
 * as an emptyDir of the same name, which our own Pods replace when they render. Mounted into any other Pod, the
 * emptyDir would stay, silently empty: that is what this file refuses.
 */
export interface StandIn {
  /** The construct that the person wrote. */
  readonly construct: IConstruct;
  /** What to render; undefined for a claim template, whose volume the StatefulSet controller adds. */
  readonly volume?: kplus.k8s.Volume;
  /** The only workload that may mount it; undefined for all of ours. */
  readonly owner?: IConstruct;
  /** Whether containers get it as a raw device. */
  readonly block?: boolean;
}

/** A Pod that renders what stands behind the stand-ins. */
export interface RendersStandIns {
  /** The construct whose stand-ins it renders, beside those of nobody. */
  readonly standInOwner: IConstruct;
  /** Whether it may have raw devices. */
  readonly rendersDevices: boolean;
}

const { AbstractPod } = kplus; // at hand: the check below asks it of every construct

/** Where a stand-in keeps what it stands for. */
const STAND_IN = 'cdk8s-stateful/stand-in';

/** The stand-ins of an app. They are constructs in name only: in a tree of their own, cdk8s need not walk them six times: 1 to 2 % of a synthesis. */
class StandIns extends App {
  private count = 0;

  public add(name: string, standIn: StandIn): kplus.Volume {
    const volume = kplus.Volume.fromEmptyDir(this, `${this.count++}`, name);
    volume.node.setContext(STAND_IN, standIn);
    return volume;
  }
}

const standIns = new PerApp(checkedStandIns);

/** A stand-in that renders as `volume`: in any Pod of ours, or only in that of `owner`. */
export function volumeStandIn(construct: IConstruct, volume: kplus.k8s.Volume, owner?: IConstruct): kplus.Volume {
  return create(construct, volume.name, { construct, volume, owner });
}

/** A stand-in that renders as `volume`, a raw device, in any Pod of ours that renders those. */
export function deviceStandIn(construct: IConstruct, volume: kplus.k8s.Volume): kplus.Volume {
  return create(construct, volume.name, { construct, volume, block: true });
}

/** A stand-in for the volume of a claim template, which only the workload `owner` may mount. */
export function claimStandIn(construct: IConstruct, name: string, owner: IConstruct, block = false): kplus.Volume {
  return create(construct, name, { construct, owner, block });
}

/** The stand-ins among the volumes that a Pod has or mounts, by the name of the volume. */
export function standInsOf(pod: kplus.AbstractPod): Map<string, StandIn> {
  const found = new Map<string, StandIn>();
  for (const volume of volumesOf(pod)) {
    const standIn = standInOf(volume);
    if (standIn !== undefined) found.set(volume.name, standIn);
  }
  return found;
}

/** Rendered containers, with the mounts of raw devices, which cdk8s-plus does not know, as devices. */
export function withDevices(found: Map<string, StandIn>, rendered: kplus.k8s.Container[]): kplus.k8s.Container[] {
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
export function withoutStandIns(found: Map<string, StandIn>, rendered: kplus.k8s.Volume[] = []): kplus.k8s.Volume[] | undefined {
  const volumes = rendered.flatMap(volume => {
    const standIn = found.get(volume.name);
    return standIn === undefined ? [volume] : standIn.volume ?? [];
  });
  return volumes.length > 0 ? volumes : undefined;
}

function create(construct: IConstruct, name: string, standIn: StandIn): kplus.Volume {
  return standIns.of(construct).add(name, standIn);
}

function standInOf(volume: kplus.Volume): StandIn | undefined {
  return volume.node.tryGetContext(STAND_IN);
}

/** A place for the stand-ins of the app, with a check of all its Pods, once per synthesis. */
function checkedStandIns(app: IConstruct): StandIns {
  app.node.addValidation({
    validate: () => app.node.findAll()
      .filter((construct): construct is kplus.AbstractPod => construct instanceof AbstractPod)
      .flatMap(pod => [...foreignMounts(pod), ...readOnlyDevices(pod)]),
  });
  return new StandIns();
}

function foreignMounts(pod: kplus.AbstractPod): string[] {
  const problems: string[] = [];
  for (const [name, { construct, owner, block }] of standInsOf(pod)) {
    if (rendersStandIns(pod) && (owner === undefined || owner === pod.standInOwner) && (!block || pod.rendersDevices)) continue;
    const ours = block ? 'a StatefulWorkload' : 'a StatefulWorkload or a SharedScratchPod';
    const allowed = owner ? `the containers of ${owner.node.path}` : ours;
    problems.push(`${pod.node.path} mounts '${name}' (${construct.node.path}), but only ${allowed} can mount it. ` +
      'Add a claim or volume to the workload that mounts it.');
  }
  return problems;
}

function readOnlyDevices(pod: kplus.AbstractPod): string[] {
  return containersOf(pod).flatMap(({ name, mounts }) => mounts
    .filter(({ volume, readOnly }) => readOnly && standInOf(volume)?.block)
    .map(({ volume }) => `${pod.node.path}: the container '${name}' mounts '${volume.name}', a raw device, read-only, which Kubernetes cannot. ` +
      "Leave 'readOnly' out, or give the claim a file system."));
}

function rendersStandIns(pod: object): pod is RendersStandIns {
  return 'standInOwner' in pod;
}
