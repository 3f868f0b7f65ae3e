import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ScratchContainerProps, SharedScratchPodProps } from './shared-scratch-pod-props';
import { conflict, invalid, requireInteger } from '../base/errors';
import { recommendedLabels } from '../base/labels';
import { nameOf } from '../base/names';
import { bytesIn, quantity, requireSize } from '../base/quantity';
import { takeName } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';
import { containersOf, twiceMounted } from '../pod/pod-contents';
import { requirePodInput } from '../pod/pod-input';
import { RenderedPod } from '../pod/rendered-pod';
import { volumeStandIn } from '../pod/stand-ins';
import { requireDeclaredPorts } from '../workload/declared-ports';
import type { WorkloadGrantOptions } from '../workload/grant-options';
import { NetworkAccess } from '../workload/network-access';

/** The default group of the scratch space. Any number works, because the kubelet adds it to every container. */
const SHARED_GROUP = 1000;

/** The default resources of a container: enough for a shell or a small program. */
const SMALL: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(50) },
  memory: { request: Size.mebibytes(256), limit: Size.mebibytes(256) },
};

/**
 * A Pod whose containers share files: writers and readers of one directory that exists as long as the Pod.
 *
 * All containers are members of the group that owns the directory, whichever users their images run as. New files belong to this
 * group, and all containers can create files. Readers can therefore read any file that is readable by its group, unless the image of
 * the writer sets a umask such as 077.
 *
 * It is a bare Pod: it is not replaced when its node is lost, and to change it you have to delete and recreate it.
 *
 * @example
 * const pod = new SharedScratchPod(this, 'Reports', { security: { user: 1000 } });
 * pod.addWriter({ image: 'updater:1.12', mountPath: '/opt' });
 * pod.addReader({ image: 'update_checker:1.12', mountPath: '/mnt' });
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
 */
export class SharedScratchPod extends Construct {
  /** The name of the Pod. */
  public readonly name: string;
  /** The volume of the shared directory. Only containers of this Pod can mount it. */
  public readonly scratch: kplus.Volume;
  /** The Pod as a cdk8s-plus object: scheduling, connections, volumes, and additional containers, which get the restricted defaults too. */
  public readonly pod: kplus.Pod;

  private readonly sizeLimit: Size;
  private readonly inMemory: boolean;
  private readonly network: NetworkAccess;
  private readonly counts = { writer: 0, reader: 0 };

  /**
   * Throws if a name, a size or a number is invalid.
   */
  public constructor(scope: Construct, id: string, props: SharedScratchPodProps = {}) {
    requireNew('SharedScratchPod', scope, id, props);
    super(scope, id);
    this.name = nameOf(this, props.name);
    takeName(this, 'Pod', this.name);
    requirePodInput(this, props);
    this.inMemory = this.mediumOf(props) === kplus.EmptyDirMedium.MEMORY;
    this.sizeLimit = requireSize(this, 'sizeLimit', props.sizeLimit ?? (this.inMemory ? Size.mebibytes(64) : Size.gibibytes(1)));
    this.scratch = this.createScratch();
    this.pod = this.createPod(props);
    this.network = new NetworkAccess(this, {
      name: this.name, instance: this.name, pods: this.pod, amongThemselves: false, isolate: props.isolate ?? true, limitEgress: false,
    });
    this.node.addValidation({ validate: () => this.problems().map(problem => `${this.node.path}: ${problem}`) });
  }

  /**
   * Adds a container that can write to the scratch space.
   *
   * @param props the properties of the container, by default named `writer`, `writer-2` and so on. Throws if the name is taken or the path is invalid.
   */
  @checked
  public addWriter(props: ScratchContainerProps): kplus.Container {
    return this.add('writer', props);
  }

  /**
   * Adds a container that can only read the scratch space.
   *
   * @param props the properties of the container, by default named `reader`, `reader-2` and so on. Throws if the name is taken or the path is invalid.
   */
  @checked
  public addReader(props: ScratchContainerProps): kplus.Container {
    return this.add('reader', props);
  }

  /**
   * Grants a workload access: the NetworkPolicy of this Pod allows it to connect to `ports`. If the grant throws, nothing is changed.
   *
   * @param client the workload. Throws if it is this Pod, or if the namespace of only one of them is known.
   * @param options the ports; by default all ports that the containers declare so far
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: WorkloadGrantOptions = {}): void {
    this.network.requireGrant(client, options);
    this.network.grant(client, requireDeclaredPorts(this, this.pod, client, options.ports), options);
  }

  private mediumOf({ medium = kplus.EmptyDirMedium.DEFAULT }: SharedScratchPodProps): kplus.EmptyDirMedium {
    if (Object.values(kplus.EmptyDirMedium).includes(medium)) return medium;
    throw invalid(this, { property: 'medium', got: medium, expected: "'' for the node's disk or 'Memory'" });
  }

  private createScratch(): kplus.Volume {
    return volumeStandIn(this, {
      name: 'scratch',
      emptyDir: {
        medium: this.inMemory ? kplus.EmptyDirMedium.MEMORY : undefined,
        sizeLimit: kplus.k8s.Quantity.fromString(quantity(this.sizeLimit)),
      },
    }, this);
  }

  private createPod(props: SharedScratchPodProps): kplus.Pod {
    const { security = {}, terminationGrace = Duration.seconds(30) } = props;
    return new RenderedPod(this, 'Resource', {
      // The dot avoids a collision with StatefulSets, whose selectors use the name of the set.
      address: `${this.name}.pod`,
      metadata: {
        name: this.name,
        labels: { ...recommendedLabels(this.name), ...this.withoutOurs(props.podLabels) },
        annotations: props.podAnnotations,
      },
      security: { ...security, fsGroup: security.fsGroup ?? security.group ?? security.user ?? SHARED_GROUP },
      restartPolicy: props.restartPolicy ?? kplus.RestartPolicy.ALWAYS,
      terminationGracePeriod: Duration.seconds(requireInteger(this, 'terminationGrace in seconds', terminationGrace.toSeconds({ integral: false }), 1)),
      serviceAccount: props.serviceAccount,
      automountServiceAccountToken: props.automountServiceAccountToken,
      priorityClassName: props.priorityClassName,
      dns: props.dns,
      dockerRegistryAuth: props.dockerRegistryAuth,
    });
  }

  private withoutOurs(labels: { [key: string]: string } = {}): { [key: string]: string } {
    if (labels[kplus.Pod.ADDRESS_LABEL] === undefined) return labels;
    throw invalid(this, { property: 'podLabels', got: kplus.Pod.ADDRESS_LABEL, expected: 'labels other than the one that selects the Pod' });
  }

  private add(role: 'writer' | 'reader', props: ScratchContainerProps): kplus.Container {
    const { mountPath, sidecar = props.restartPolicy !== undefined, ...rest } = props;
    const count = ++this.counts[role];
    const name = props.name ?? (count === 1 ? role : `${role}-${count}`);
    this.requireMountPath(name, props);
    const container = { ...rest, name, resources: props.resources ?? SMALL };
    const added = sidecar
      ? this.pod.addInitContainer({ ...container, restartPolicy: kplus.ContainerRestartPolicy.ALWAYS })
      : this.pod.addContainer(container);
    added.mount(mountPath, this.scratch, { readOnly: role === 'reader' });
    return added;
  }

  private requireMountPath(container: string, { mountPath, volumeMounts = [] }: ScratchContainerProps): void {
    if (!/^\/[^:]*[^:/]/.test(mountPath) || mountPath.includes(':')) {
      throw invalid(this, { property: `${container}.mountPath`, got: mountPath, expected: "an absolute path other than '/', without ':'", hint: "For example '/data'." });
    }
    if (volumeMounts.some(mount => mount.path === mountPath)) {
      throw conflict(this, `the container '${container}' mounts another volume at '${mountPath}'`, "Give the scratch space another 'mountPath'.");
    }
  }

  private mayWrite({ mounts }: kplus.Container): boolean {
    return mounts.some(({ volume, readOnly }) => volume === this.scratch && readOnly !== true);
  }

  private problems(): string[] {
    const all = containersOf(this.pod);
    const writers = all.filter(container => this.mayWrite(container));
    if (all.length === 0) return ['it has no containers. Use addWriter() and addReader().'];
    const problems = [];
    if (writers.length === 0) problems.push('it has readers, but no writer. Use addWriter().');
    if (this.pod.containers.length === 0) problems.push('all its containers are sidecars. Add at least one container that is not a sidecar.');
    const limit = memoryLimit(writers);
    if (this.inMemory && limit !== undefined && bytesIn(this.sizeLimit) >= bytesIn(limit)) {
      problems.push(`a scratch space of ${quantity(this.sizeLimit)} in memory counts towards the memory limits of the containers that write to it, which total ` +
        `${quantity(limit)}: a writer would be killed before the space is full. Lower 'sizeLimit' or raise the limits.`);
    }
    return [...problems, ...twiceMounted(this.pod)];
  }
}

/** The total memory limit of the containers; undefined if there are none, or if one of them has no limit. */
function memoryLimit(containers: kplus.Container[]): Size | undefined {
  const limits = containers.map(container => container.resources?.memory?.limit).filter(limit => limit !== undefined);
  if (limits.length === 0 || limits.length < containers.length) return undefined;
  return Size.kibibytes(limits.reduce((sum, limit) => sum + bytesIn(limit), 0) / 1024);
}
