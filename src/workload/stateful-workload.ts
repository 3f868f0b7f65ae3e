import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { requireDeclaredPorts } from './declared-ports';
import { DisruptionPolicy } from './disruption-policy';
import type { WorkloadGrantOptions } from './grant-options';
import { HeadlessService } from './headless-service';
import { type Identity, identityOf, problemsOfOrder, problemsOfSelector, requireFreeLabels } from './identity';
import { MemberNames } from './member-names';
import type { Members } from './members';
import { NetworkAccess } from './network-access';
import { Placement } from './placement';
import { PodDisruptionBudget } from './pod-disruption-budget';
import type { ScrapeOptions } from './scrape-options';
import { grantScrape } from './scraping';
import { membersOf, requireSetInput } from './set-input';
import { createSet } from './stateful-set';
import type { StatefulWorkloadProps } from './stateful-workload-props';
import { conflict, requireInteger } from '../base/errors';
import { INSTANCE_LABEL } from '../base/labels';
import { nameOf } from '../base/names';
import { takeName } from '../base/taken-names';
import type { PodContainerProps } from '../pod/pod-container-props';
import { twiceMounted, volumesOf } from '../pod/pod-contents';
import type { RenderedStatefulSet } from '../pod/rendered-stateful-set';
import { ClaimTemplate, type ClaimTemplateProps } from '../storage/claim-template';
import { checked, requireNew } from '../input/check-input';

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
export class StatefulWorkload extends Construct implements kplus.IScalable {
  /** The name of the StatefulSet. */
  public readonly name: string;
  /** The members, as given or derived from `replicas`. */
  public readonly members: Members;
  /** The cdk8s-plus view of the set: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;
  /** Whether an autoscaler scales the set. Not for callers: a `kplus.HorizontalPodAutoscaler` marks it. */
  public hasAutoscaler = false;

  /**
   * Who reaches the members.
   *
   * @internal
   */
  public readonly _network: NetworkAccess;

  private readonly governingService?: HeadlessService;
  private disruptionBudget?: PodDisruptionBudget;
  /** Whether somebody was told the names of all members, which an autoscaler would change. */
  private toldPeers = false;
  private readonly identity: Identity;
  private readonly set: RenderedStatefulSet;
  private readonly names: MemberNames;

  /**
   * Throws if a name, a number or a combination of properties could not work.
   */
  public constructor(scope: Construct, id: string, private readonly props: StatefulWorkloadProps = {}) {
    requireNew('StatefulWorkload', scope, id, props);
    super(scope, id);
    this.name = nameOf(this, props.name);
    takeName(this, 'StatefulSet', this.name);
    requireSetInput(this, props);
    this.members = membersOf(this, props);
    this.identity = identityOf(this, this.name, props.identity);
    requireFreeLabels(this, props.podLabels, this.identity);
    const firstOrdinal = requireInteger(this, 'ordinalStart', props.ordinalStart ?? 0, 0);
    this.names = MemberNames._of(this, this.name, { clusterDomain: props.clusterDomain, firstOrdinal, identity: props.identity });

    this.set = createSet(this, props, {
      name: this.name,
      members: this.members,
      names: this.names,
      identity: this.identity,
      replicas: () => this.hasAutoscaler ? undefined : this.members.count,
    });
    this.workload = this.set;
    (props.placement ?? Placement.spread())._schedule(this.set.scheduling, this.members);
    for (const [name, claim] of Object.entries(props.claims ?? {})) this.addClaim(name, claim);
    for (const container of props.initContainers ?? []) this.addInitContainer(container);
    for (const container of props.containers ?? []) this.addContainer(container);

    if (this.identity.managesService) this.governingService = this.createHeadlessService(props);
    this.disruptionBudget = this.createBudget(props.disruption ?? DisruptionPolicy.derived(this.members));
    this._network = new NetworkAccess(this, {
      name: this.name,
      instance: this.name,
      pods: this.set,
      amongThemselves: true,
      isolate: props.isolate ?? true,
      limitEgress: props.egress ?? false,
      members: this.identity.members,
    });
    this.node.addValidation({ validate: () => this.problems().map(problem => `${this.node.path}: ${problem}`) });
  }

  /** The Service that gives each member its DNS name. Throws if `identity` leaves it to somebody else. */
  public get headlessService(): HeadlessService {
    if (this.governingService !== undefined) return this.governingService;
    throw conflict(this, `its governing Service '${this.names.headlessService}' is made by somebody else`, 'Its name is what you gave as identity.serviceName.');
  }

  /** The disruption budget; undefined where there is none, as for a single member. */
  public get budget(): PodDisruptionBudget | undefined {
    return this.disruptionBudget;
  }

  /** The DNS names of all members, lowest ordinal first. Throws if an autoscaler changes their number, or if they have none: see `identity`. */
  public get peerDnsNames(): string[] {
    if (this.hasAutoscaler) throw conflict(this, 'the names of all its members are asked for, and an autoscaler changes their number', 'Let clients ask the DNS for the headless Service instead.');
    this.toldPeers = true;
    return Array.from({ length: this.members.count }, (_, i) => this.podDnsName(i));
  }

  /**
   * The name of a member's Pod.
   *
   * @param index which member, from 0; throws beyond the last, unless the set is parked or an autoscaler decides which is the last
   */
  @checked
  public podName(index: number): string {
    return this.names.podName(this.requireMember(index));
  }

  /**
   * The DNS name of a member: fully qualified if the chart names its namespace, else relative to it. Throws if members have none: see `identity`.
   *
   * @param index which member, from 0; throws beyond the last, as `podName` does
   */
  @checked
  public podDnsName(index: number): string {
    return this.names.podDnsName(this.requireMember(index));
  }

  /**
   * Adds a container to each member, restricted unless you say otherwise. Images of fixed tags are pulled only once, and
   * with `portNumber` it may take ten minutes to start, where cdk8s-plus gives it 30 seconds.
   *
   * @param props the container; its ports are named in the headless Service
   */
  @checked
  public addContainer(props: PodContainerProps): kplus.Container {
    return this.set.addContainer(props);
  }

  /**
   * Adds a container that runs before the others, or, with `restartPolicy: ALWAYS`, a sidecar beside them.
   *
   * Kubernetes 1.28 has sidecars behind the feature gate `SidecarContainers`. Without it, the API server refuses a sidecar with probes, and the
   * Pod waits for one without probes to end.
   *
   * @param props the container
   */
  @checked
  public addInitContainer(props: PodContainerProps): kplus.Container {
    return this.set.addInitContainer(props);
  }

  /**
   * Adds a claim template: each member gets a volume of its own. Mount it in containers of this workload.
   *
   * @param name the name of the template; throws if it is taken, or makes claims of the same names as another set's
   * @param props the claim
   */
  @checked
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
  @checked
  public addVolume(storage: kplus.IStorage): void {
    this.set.addVolume(storage.asVolume());
  }

  /**
   * Rolls the members when the content of a ConfigMap changes. ConfigMaps of the same chart that the containers mount
   * or read are found without this, unless `rollOnConfigChange` is false.
   *
   * @param configMap the ConfigMap
   */
  @checked
  public rollOnChange(configMap: kplus.ConfigMap): void {
    this.set.rollOnChange(configMap);
  }

  /**
   * Leaves the number of members to an autoscaler: called by `kplus.HorizontalPodAutoscaler`. The manifest then says no `replicas`: before you
   * apply it over a set that had them, see docs/workloads.md. Throws if the number is known, by `replicas` or `members`, as that of
   * every quorum and of every product is.
   *
   * @example
   * const workers = new StatefulWorkload(this, 'Workers', {
   *   containers: [{ image: 'worker:1', resources: { cpu: { request: kplus.Cpu.millis(250) } } }],
   * });
   * new kplus.HorizontalPodAutoscaler(this, 'Autoscaler', { target: workers, minReplicas: 2, maxReplicas: 10 });
   */
  public markHasAutoscaler(): void {
    if (this.props.members !== undefined || this.props.replicas !== undefined) {
      throw conflict(this, `it is to be scaled by an autoscaler, but has a fixed number of members, ${this.members.count}`,
        "Leave 'replicas' out. A quorum, and any product, is configured with the number of its members, so that only you can change it.");
    }
    if (this.toldPeers) {
      throw conflict(this, "it is to be scaled by an autoscaler, but somebody was told the names of all members, by 'peerDnsNames'",
        'Let clients ask the DNS for the headless Service instead.');
    }
    this.hasAutoscaler = true;
    this.disruptionBudget ??= this.createBudget(this.props.disruption ?? DisruptionPolicy.maxUnavailable(1));
  }

  /** What an autoscaler has to know of the set. */
  public toScalingTarget(): kplus.ScalingTarget {
    return { apiVersion: 'apps/v1', kind: 'StatefulSet', name: this.name, containers: this.set.containers };
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
   * Lets the Pods of another workload connect: the NetworkPolicy of the set lets them in at `ports`. A grant that is refused changes nothing.
   *
   * @example
   * const queue = new StatefulWorkload(this, 'Queue', {
   *   containers: [{ image: 'queue:1', ports: [{ name: 'amqp', number: 5672 }, { name: 'peer', number: 25672 }] }],
   * });
   * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
   * queue.grantConnect(api, { ports: [5672] });
   *
   * @param client the workload to let in. Throws if it is this one, or if only one of both has a known namespace.
   * @param options which ports: those that the containers declare by now, unless you name some
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: WorkloadGrantOptions = {}): void {
    this._network.requireGrant(client, options);
    this._network.grant(client, requireDeclaredPorts(this, this.set, client, options.ports), options);
  }

  /**
   * Lets a scraper of metrics, such as Prometheus, connect to one port and to nothing else: a rule in the NetworkPolicy of the set. Nothing
   * of the scraper changes, wherever it runs.
   *
   * @example
   * const cache = new StatefulWorkload(this, 'Cache', {
   *   containers: [{ image: 'memcached:1.6', ports: [{ number: 11211 }] }, { name: 'exporter', image: 'exporter:1', ports: [{ name: 'metrics', number: 9150 }] }],
   * });
   * cache.grantScrape(kplus.Pods.select(this, 'Prometheus', {
   *   labels: { 'app.kubernetes.io/name': 'prometheus' },
   *   namespaces: kplus.Namespaces.select(this, 'Monitoring', { names: ['monitoring'] }),
   * }));
   *
   * @param scraper a workload, Pods, Namespaces or an IP block of cdk8s-plus. Pods without namespaces are those of the set's own namespace.
   * @param options which port; throws if no container declares it
   */
  @checked
  public grantScrape(scraper: kplus.INetworkPolicyPeer, options: ScrapeOptions = {}): void {
    grantScrape(this, [this._network], scraper, options);
  }

  private requireMember(index: number): number {
    const unknown = this.hasAutoscaler || this.members.count === 0; // a parked set has its claims still
    return requireInteger(this, 'podName index', index, 0, unknown ? undefined : this.members.count - 1);
  }

  private problems(): string[] {
    const { containers, claimTemplates } = this.set;
    if (containers.length === 0) return ['a set needs at least one container. Use addContainer().'];
    const volumes = volumesOf(this.set);
    return [
      ...claimTemplates.filter(claim => volumes.some(volume => volume.name === claim.name && volume !== claim.asVolume()))
        .map(({ name }) => `the claim '${name}' has the name of another volume of the Pods, which it would replace. Leave the volume out: containers mount the claim.`),
      ...twiceMounted(this.set),
      ...problemsOfOrder(claimTemplates, this.identity.claimOrder),
      ...problemsOfSelector(this.set, this.identity),
    ];
  }

  private createBudget(policy: DisruptionPolicy): PodDisruptionBudget | undefined {
    const limit = policy._limitFor(this, this.members);
    return limit && new PodDisruptionBudget(this, 'DisruptionBudget', { name: this.name, workload: this.set, ...limit });
  }

  private createHeadlessService({ clusterDomain, publishNotReadyAddresses }: StatefulWorkloadProps): HeadlessService {
    const name = this.names.headlessService;
    const service = new HeadlessService(this, 'HeadlessService', { name, workload: this.set, clusterDomain, publishNotReadyAddresses });
    service.metadata.addLabel(INSTANCE_LABEL, this.name);
    return service;
  }
}
