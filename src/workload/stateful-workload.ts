import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { requireClient } from './client-input';
import { DisruptionPolicy } from './disruption-policy';
import type { GrantOptions } from './grant-options';
import { HeadlessService } from './headless-service';
import { MemberNames } from './member-names';
import { Members, MembersKind } from './members';
import { NetworkAccess } from './network-access';
import { Placement } from './placement';
import { PodDisruptionBudget } from './pod-disruption-budget';
import type { StatefulWorkloadProps } from './stateful-workload-props';
import { conflict, invalid, requireInteger } from '../base/errors';
import { INSTANCE_LABEL, recommendedLabels } from '../base/labels';
import { nameOf } from '../base/names';
import { takeName } from '../base/taken-names';
import { twiceMounted, volumesOf } from '../pod/pod-contents';
import { requirePodInput } from '../pod/pod-input';
import { portsOf } from '../pod/ports';
import { RenderedStatefulSet } from '../pod/rendered-stateful-set';
import { ClaimTemplate, type ClaimTemplateProps } from '../storage/claim-template';
import { ClaimRetention } from '../storage/volume-retention';

/**
 * Pods with an identity: a StatefulSet with claim templates, its headless Service, disruption budget, placement and
 * NetworkPolicy.
 *
 * @example
 * const cache = new StatefulWorkload(this, 'Cache', { members: Members.replicas(2) });
 * const data = cache.addClaim('data', { size: Size.gibibytes(10) });
 * const server = cache.addContainer({ image: 'memcached:1.6', ports: [{ number: 11211, name: 'memcached' }] });
 * server.mount('/data', data);
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export class StatefulWorkload extends Construct {
  /** The name of the StatefulSet. */
  public readonly name: string;
  /** The members, as given or derived from `replicas`. */
  public readonly members: Members;
  /** The cdk8s-plus view of the set: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;
  /** The Service that gives each member its DNS name. */
  public readonly headlessService: HeadlessService;
  /** The disruption budget; undefined where there is none, as for a single member. */
  public readonly budget?: PodDisruptionBudget;

  private readonly set: RenderedStatefulSet;
  private readonly names: MemberNames;
  private readonly network: NetworkAccess;

  /**
   * Throws if a name, a number or a combination of properties could not work.
   */
  public constructor(scope: Construct, id: string, props: StatefulWorkloadProps = {}) {
    super(scope, id);
    this.name = nameOf(this, props.name);
    takeName(this, 'StatefulSet', this.name);
    this.members = this.membersOf(props);
    requirePodInput(this, props);
    const firstOrdinal = requireInteger(this, 'ordinalStart', props.ordinalStart ?? 0, 0);
    this.names = MemberNames._of(this, this.name, { clusterDomain: props.clusterDomain, firstOrdinal });

    this.set = this.createSet(props);
    this.workload = this.set;
    (props.placement ?? Placement.spread())._schedule(this.set.scheduling, this.members);
    for (const [name, claim] of Object.entries(props.claims ?? {})) this.addClaim(name, claim);
    for (const container of props.initContainers ?? []) this.addInitContainer(container);
    for (const container of props.containers ?? []) this.addContainer(container);

    this.headlessService = new HeadlessService(this, 'HeadlessService', {
      name: this.names.headlessService,
      workload: this.set,
      clusterDomain: props.clusterDomain,
    });
    this.headlessService.metadata.addLabel(INSTANCE_LABEL, this.name);
    this.budget = this.createBudget(props.disruption ?? DisruptionPolicy.derived(this.members));
    this.network = new NetworkAccess(this, {
      name: this.name, instance: this.name, pods: this.set, amongThemselves: true, isolate: props.isolate ?? true, letOut: props.egress ?? false,
    });
    this.node.addValidation({ validate: () => this.problems().map(problem => `${this.node.path}: ${problem}`) });
  }

  /** The DNS names of all members, lowest ordinal first. */
  public get peerDnsNames(): string[] {
    return Array.from({ length: this.members.count }, (_, i) => this.podDnsName(i));
  }

  /**
   * The name of a member's Pod.
   *
   * @param index which member, from 0; throws beyond the last
   */
  public podName(index: number): string {
    return this.names.podName(this.requireMember(index));
  }

  /**
   * The DNS name of a member: fully qualified if the chart names its namespace, else relative to it.
   *
   * @param index which member, from 0; throws beyond the last
   */
  public podDnsName(index: number): string {
    return this.names.podDnsName(this.requireMember(index));
  }

  /**
   * Adds a container to each member, restricted unless you say otherwise. Images of fixed tags are pulled only once, and
   * with `portNumber` it may take ten minutes to start, where cdk8s-plus gives it 30 seconds.
   *
   * @param props the container; its ports are named in the headless Service
   */
  public addContainer(props: kplus.ContainerProps): kplus.Container {
    return this.set.addContainer(props);
  }

  /**
   * Adds a container that runs before the others, or, with `restartPolicy: ALWAYS`, a sidecar beside them.
   *
   * @param props the container
   */
  public addInitContainer(props: kplus.ContainerProps): kplus.Container {
    return this.set.addInitContainer(props);
  }

  /**
   * Adds a claim template: each member gets a volume of its own. Mount it in containers of this workload.
   *
   * @param name the name of the template; throws if it is taken, or makes claims of the same names as another set's
   * @param props the claim
   */
  public addClaim(name: string, props: ClaimTemplateProps): ClaimTemplate {
    if (this.set.claimTemplates.some(claim => claim.name === name)) {
      throw conflict(this, `the claim name '${name}' is already taken in this workload`, 'Give the second claim another name.');
    }
    const claim = ClaimTemplate._create(this, name, props);
    this.set.addClaim(claim);
    return claim;
  }

  /**
   * Adds a volume that no container mounts by itself.
   *
   * @param storage a volume of cdk8s-plus or of ours
   */
  public addVolume(storage: kplus.IStorage): void {
    this.set.addVolume(storage.asVolume());
  }

  /**
   * Rolls the members when the content of a ConfigMap changes. ConfigMaps of the same chart that the containers mount
   * or read are found without this.
   *
   * @param configMap the ConfigMap
   */
  public rollOnChange(configMap: kplus.ConfigMap): void {
    this.set.rollOnChange(configMap);
  }

  /**
   * Says that the Pods mount a ConfigMap of ours.
   *
   * @internal
   */
  public _addOwnConfigMap(name: () => string): void {
    this.set.addOwnConfigMap(name);
  }

  /**
   * Lets the Pods of another workload connect to the ports that the containers declare by now, by NetworkPolicies on both
   * sides.
   *
   * @param client the workload to let in
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: GrantOptions = {}): void {
    this.grantPorts(client, portsOf(this.set), options);
  }

  /**
   * Lets a client connect to these TCP ports only.
   *
   * @internal
   */
  public _grantPorts(client: kplus.AbstractPod, ports: number[], options: GrantOptions = {}): void {
    this.grantPorts(client, ports.map(number => ({ number })), options);
  }

  private grantPorts(client: kplus.AbstractPod, ports: kplus.ContainerPort[], options: GrantOptions): void {
    requireClient(this, client);
    if (client === this.set) throw conflict(this, 'a workload is granted access to itself', 'Its members reach each other anyway.');
    if (ports.length === 0) {
      throw conflict(this, `${client.node.path} is granted access, but the containers declare no ports`, "Give the container 'ports' before granting.");
    }
    this.network.grant(client, ports, options);
  }

  private requireMember(index: number): number {
    return requireInteger(this, 'podName index', index, 0, this.members.count - 1);
  }

  private membersOf(props: StatefulWorkloadProps): Members {
    if (props.members !== undefined && props.replicas !== undefined) {
      throw conflict(this, "both 'members' and 'replicas' are given", "Give one: 'members' says what 'replicas' says and more.");
    }
    requireInteger(this, 'replicas', props.replicas ?? 1, 1);
    return props.members ?? Members.replicas(props.replicas ?? 1);
  }

  private createSet(props: StatefulWorkloadProps): RenderedStatefulSet {
    const selectorLabels = { [kplus.Pod.ADDRESS_LABEL]: this.name };
    const quorum = this.members.kind === MembersKind.QUORUM;
    return new RenderedStatefulSet(this, 'Resource', {
      name: this.name,
      labels: recommendedLabels(this.name),
      selectorLabels,
      spec: {
        serviceName: this.names.headlessService,
        replicas: this.members.count,
        ordinals: this.names.firstOrdinal === 0 ? undefined : { start: this.names.firstOrdinal },
        podManagementPolicy: props.podManagement ?? (quorum ? kplus.PodManagementPolicy.PARALLEL : kplus.PodManagementPolicy.ORDERED_READY),
        updateStrategy: (props.updateStrategy ?? kplus.StatefulSetUpdateStrategy.rollingUpdate())._toKube(),
        minReadySeconds: this.seconds('minReady', props.minReady ?? Duration.seconds(0), 0),
        revisionHistoryLimit: requireInteger(this, 'revisionHistoryLimit', props.revisionHistoryLimit ?? 10, 0),
        persistentVolumeClaimRetentionPolicy: {
          whenDeleted: props.retention?.whenDeleted ?? ClaimRetention.RETAIN,
          whenScaled: props.retention?.whenScaled ?? ClaimRetention.RETAIN,
        },
      },
      podSpec: {
        priorityClassName: props.priorityClassName,
        topologySpreadConstraints: (props.placement ?? Placement.spread())._spreadConstraints(selectorLabels),
      },
      podMetadata: { labels: { ...recommendedLabels(this.name), ...this.withoutOurs(props.podLabels) }, annotations: props.podAnnotations },
      security: props.security,
      limitedEgress: props.egress ?? false,
      serviceAccount: props.serviceAccount,
      automountServiceAccountToken: props.automountServiceAccountToken,
      dockerRegistryAuth: props.dockerRegistryAuth,
      dns: props.dns,
      terminationGracePeriod: Duration.seconds(this.seconds('terminationGrace', props.terminationGrace ?? Duration.seconds(60), 1)),
    });
  }

  private problems(): string[] {
    const { containers, claimTemplates } = this.set;
    if (containers.length === 0) return ['a set needs at least one container. Use addContainer().'];
    const volumes = volumesOf(this.set);
    return [
      ...claimTemplates.filter(claim => volumes.some(volume => volume.name === claim.name && volume !== claim.asVolume()))
        .map(({ name }) => `the claim '${name}' has the name of another volume of the Pods, which it would replace. Give the claim another name.`),
      ...twiceMounted(this.set),
    ];
  }

  private createBudget(policy: DisruptionPolicy): PodDisruptionBudget | undefined {
    const limit = policy._limitFor(this, this.members);
    return limit && new PodDisruptionBudget(this, 'DisruptionBudget', { name: this.name, workload: this.set, ...limit });
  }

  private withoutOurs(labels: { [key: string]: string } = {}): { [key: string]: string } {
    if (labels[kplus.Pod.ADDRESS_LABEL] !== undefined) {
      throw invalid(this, {
        property: 'podLabels',
        got: kplus.Pod.ADDRESS_LABEL,
        expected: 'labels other than the one that selects the Pods',
        hint: 'The selector of a StatefulSet is immutable.',
      });
    }
    return labels;
  }

  private seconds(property: string, duration: Duration, min: number): number {
    return requireInteger(this, `${property} in seconds`, duration.toSeconds({ integral: false }), min);
  }
}
