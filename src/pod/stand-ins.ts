import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { containersOf, volumesOf } from './pod-contents';
import { checkApp } from '../base/app-checks';
import { PerApp } from '../base/per-app';

/**
 * A placeholder for a volume that cdk8s-plus does not support, such as a claim template or a projected volume. It is an
 * emptyDir of the same name, which Pods of this library replace when they are rendered. In any other Pod, the emptyDir
 * would remain and silently be empty, so mounting it there is refused.
 */
export interface StandIn {
  /** The construct that the user created. */
  readonly construct: IConstruct;
  /** The volume to render; undefined for a claim template, whose volume the StatefulSet controller adds. */
  readonly volume?: kplus.k8s.Volume;
  /** The only workload that may mount it; undefined if all workloads of the library may. */
  readonly owner?: IConstruct;
  /** Whether it is a raw block device. */
  readonly block?: boolean;
}

/** A Pod that renders the volumes of stand-ins. */
export interface RendersStandIns {
  /** The construct whose stand-ins it renders, in addition to those without an owner. */
  readonly standInOwner: IConstruct;
  /** Whether it supports raw block devices. */
  readonly rendersDevices: boolean;
}

const { AbstractPod } = kplus; // cached, since the check below uses it for every construct

/** The context key of a stand-in. */
const STAND_IN = 'cdk8s-stateful/stand-in';

/** The stand-ins of an app. They are in a separate tree, so that cdk8s does not traverse them six times, which takes 1 to 2 % of a synthesis. */
class StandIns extends App {
  private count = 0;

  public add(name: string, standIn: StandIn): kplus.Volume {
    const volume = kplus.Volume.fromEmptyDir(this, `${this.count++}`, name);
    volume.node.setContext(STAND_IN, standIn);
    return volume;
  }
}

const standIns = new PerApp(checkedStandIns);

/** A stand-in that is rendered as `volume`, in all Pods of the library or only in that of `owner`. */
export function volumeStandIn(construct: IConstruct, volume: kplus.k8s.Volume, owner?: IConstruct): kplus.Volume {
  return create(construct, volume.name, { construct, volume, owner });
}

/** A stand-in that is rendered as the raw block device `volume`, in all Pods of the library that support those. */
export function deviceStandIn(construct: IConstruct, volume: kplus.k8s.Volume): kplus.Volume {
  return create(construct, volume.name, { construct, volume, block: true });
}

/** A stand-in for the volume of a claim template, which only the workload `owner` may mount. */
export function claimStandIn(construct: IConstruct, name: string, owner: IConstruct, block = false): kplus.Volume {
  return create(construct, name, { construct, owner, block });
}

/** The stand-ins among the volumes of a Pod, by the name of the volume. */
export function standInsOf(pod: kplus.AbstractPod): Map<string, StandIn> {
  const found = new Map<string, StandIn>();
  for (const volume of volumesOf(pod)) {
    const standIn = standInOf(volume);
    if (standIn !== undefined) found.set(volume.name, standIn);
  }
  return found;
}

/** Converts mounts of raw block devices in rendered containers to volume devices, which cdk8s-plus does not support. */
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

/** Replaces the stand-ins in rendered volumes by their volumes. */
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

/** Holds the stand-ins of the app, and validates all its Pods once per synthesis. */
function checkedStandIns(app: IConstruct): StandIns {
  checkApp(app, constructs => constructs
    .filter((construct): construct is kplus.AbstractPod => construct instanceof AbstractPod)
    .flatMap(pod => [...foreignMounts(pod), ...readOnlyDevices(pod)]));
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
    .map(({ volume }) => `${pod.node.path}: the container '${name}' mounts '${volume.name}', a raw block device, read-only, which Kubernetes does not support. ` +
      "Omit 'readOnly', or use a claim with a file system."));
}

function rendersStandIns(pod: object): pod is RendersStandIns {
  return 'standInOwner' in pod;
}
