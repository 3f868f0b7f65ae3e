import { ApiObject } from 'cdk8s';
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
import { conflict, invalid, requireInteger } from '../base/errors';
import { INSTANCE_LABEL } from '../base/labels';
import { nameOf } from '../base/names';
import { takeName } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';
import type { PodContainerProps } from '../pod/pod-container-props';
import { twiceMounted, volumesOf } from '../pod/pod-contents';
import type { RenderedStatefulSet } from '../pod/rendered-stateful-set';
import type { ClaimRequest } from '../storage/claim-request';
import { ClaimTemplate, type ClaimTemplateProps } from '../storage/claim-template';

/**
 * A StatefulSet with claim templates, a headless Service, a disruption budget, placement rules and a NetworkPolicy.
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
  /** The set as a cdk8s-plus workload, for scheduling, connections and selectors. Containers that are added to it are restricted too. */
  public readonly workload: kplus.Workload;
  /** Whether an autoscaler scales the set. Set by `kplus.HorizontalPodAutoscaler`; do not set it yourself. */
  public hasAutoscaler = false;

  /** * Network access to the members. * * @internal
   */
  public readonly _network: NetworkAccess;

  private readonly governingService?: HeadlessService;
  private disruptionBudget?: PodDisruptionBudget;
  /** Whether the names of all members have been used, which an autoscaler would change. */
  private toldPeers = false;
  private readonly identity: Identity;
  private readonly set: RenderedStatefulSet;
  private readonly claims = new Map<string, ClaimTemplate>();
  private readonly names: MemberNames;

  /**
   * Throws if a name, a number or a combination of properties is invalid.
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

  /** The Service that gives each member its DNS name. Throws if, according to `identity`, it is managed elsewhere. */
  public get headlessService(): HeadlessService {
    if (this.governingService !== undefined) return this.governingService;
    throw conflict(this, `its governing Service '${this.names.headlessService}' is managed elsewhere`, "Use its name, 'identity.serviceName'.");
  }

  /** The disruption budget; undefined if there is none, as for a single member. */
  public get budget(): PodDisruptionBudget | undefined {
    return this.disruptionBudget;
  }

  /**
   * The DNS names of all members, lowest ordinal first. Throws if an autoscaler changes the number of members, or if
   * they have no DNS names: see `identity`.
   */
  public get peerDnsNames(): string[] {
    if (this.hasAutoscaler) throw conflict(this, 'the names of all members are needed, but an autoscaler changes their number', 'Let clients look up the headless Service in DNS instead.');
    this.toldPeers = true;
    return Array.from({ length: this.members.count }, (_, i) => this.podDnsName(i));
  }

  /**
   * The name of a member's Pod.
   *
   * @param index the index of the member, from 0; throws if there is no such member, unless the set is parked or scaled by an autoscaler
   */
  @checked
  public podName(index: number): string {
    return this.names.podName(this.requireMember(index));
  }

  /**
   * The DNS name of a member: fully qualified if the chart has a namespace, otherwise relative to the namespace. Throws
   * if members have none: see `identity`.
   *
   * @param index the index of the member, from 0; throws if there is no such member, like `podName`
   */
  @checked
  public podDnsName(index: number): string {
    return this.names.podDnsName(this.requireMember(index));
  }

  /**
   * Adds a container to each member, with the restricted defaults unless set otherwise. Images with a fixed tag are
   * pulled if not present. With `portNumber`, the startup probe allows ten minutes, instead of the 30 seconds of
   * cdk8s-plus.
   *
   * @param props the container; its ports are added to the headless Service
   */
  @checked
  public addContainer(props: PodContainerProps): kplus.Container {
    return this.set.addContainer(props);
  }

  /**
   * Adds an init container, or, with `restartPolicy: ALWAYS`, a sidecar.
   *
   * In Kubernetes 1.28, sidecars require the feature gate `SidecarContainers`. Without it, the API server refuses
   * sidecars with probes, and Pods wait for sidecars without probes to complete.
   *
   * @param props the container
   */
  @checked
  public addInitContainer(props: PodContainerProps): kplus.Container {
    return this.set.addInitContainer(props);
  }

  /**
   * Adds a claim template, which gives each member its own volume. Mount it in containers of this workload.
   *
   * @param name the name of the template; throws if it is taken, or if the names of its claims would equal those of another set
   * @param props the claim
   */
  @checked
  public addClaim(name: string, props: ClaimTemplateProps): ClaimTemplate {
    return this._addClaim(name, props);
  }

  /**
   * The same for a product, whose errors name the properties that its user wrote.
   *
   * @internal
   */
  public _addClaim(name: string, props: ClaimTemplateProps, asked?: ClaimRequest): ClaimTemplate {
    if (this.claims.has(name)) {
      throw conflict(this, `the claim name '${name}' is already taken in this workload`, 'Choose another name for the second claim.');
    }
    const claim = ClaimTemplate._create(this, name, props, asked);
    this.set.addClaim(claim);
    this.claims.set(name, claim);
    return claim;
  }

  /**
   * Creates the claim of the first member itself, with initial content that the claims of the others do not have.
   *
   * @internal
   */
  public _beginWith(template: ClaimTemplate, props: ClaimTemplateProps, asked: ClaimRequest): void {
    ApiObject.of(this.set).addDependency(template._createFirst(props, asked, this.identity.claimLabels));
  }

  /**
   * A claim template of this workload, for its containers to mount.
   *
   * @param name the name of the template; throws if there is none
   */
  @checked
  public claim(name: string): ClaimTemplate {
    const claim = this.claims.get(name);
    if (claim !== undefined) return claim;
    const names = [...this.claims.keys()].join(', ');
    throw invalid(this, { property: 'claim', got: name, expected: names === '' ? 'none: there are no claim templates' : `one of ${names}`, hint: 'Add it with addClaim().' });
  }

  /**
   * Adds a volume to the Pods without mounting it.
   *
   * @param storage a volume of cdk8s-plus or of this library
   */
  @checked
  public addVolume(storage: kplus.IStorage): void {
    this.set.addVolume(storage.asVolume());
  }

  /**
   * Rolls the members when the content of a ConfigMap changes. Not needed for ConfigMaps of the same chart that the
   * containers mount or read, unless `rollOnConfigChange` is false.
   *
   * @param configMap the ConfigMap
   */
  @checked
  public rollOnChange(configMap: kplus.ConfigMap): void {
    this.set.rollOnChange(configMap);
  }

  /**
   * Lets an autoscaler determine the number of members. Called by `kplus.HorizontalPodAutoscaler`. The manifest then
   * has no `replicas`: before you apply it over a set that had them, see docs/workloads.md. Throws if the number is set
   * with `replicas` or `members`, as it is for every quorum and every product.
   *
   * @example
   * const workers = new StatefulWorkload(this, 'Workers', {
   *   containers: [{ image: 'worker:1', resources: { cpu: { request: kplus.Cpu.millis(250) } } }],
   * });
   * new kplus.HorizontalPodAutoscaler(this, 'Autoscaler', { target: workers, minReplicas: 2, maxReplicas: 10 });
   */
  public markHasAutoscaler(): void {
    if (this.props.members !== undefined || this.props.replicas !== undefined) {
      throw conflict(this, `an autoscaler targets it, but it has a fixed number of members, ${this.members.count}`,
        "Omit 'replicas'. A quorum, and any product, is configured with the number of its members, so it cannot be scaled automatically.");
    }
    if (this.toldPeers) {
      throw conflict(this, "an autoscaler targets it, but 'peerDnsNames' with the names of all members has been used", 'Let clients look up the headless Service in DNS instead.');
    }
    this.hasAutoscaler = true;
    this.disruptionBudget ??= this.createBudget(this.props.disruption ?? DisruptionPolicy.maxUnavailable(1));
  }

  /** The scaling target for an autoscaler. */
  public toScalingTarget(): kplus.ScalingTarget {
    return { apiVersion: 'apps/v1', kind: 'StatefulSet', name: this.name, containers: this.set.containers };
  }

  /**
   * Registers a ConfigMap of the library that the Pods mount.
   *
   * @internal
   */
  public _addOwnConfigMap(name: () => string): void {
    this.set.addOwnConfigMap(name);
  }

  /**
   * Grants a workload access to the members: the NetworkPolicy of the set admits its Pods on `ports`. If the grant
   * throws, nothing is changed.
   *
   * @example
   * const queue = new StatefulWorkload(this, 'Queue', {
   *   containers: [{ image: 'queue:1', ports: [{ name: 'amqp', number: 5672 }, { name: 'peer', number: 25672 }] }],
   * });
   * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
   * queue.grantConnect(api, { ports: [5672] });
   *
   * @param client the workload to grant access to; throws if it is this one, or if the namespace of only one of them is known
   * @param options the ports; by default, all that the containers have declared so far
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: WorkloadGrantOptions = {}): void {
    this._network.requireGrant(client, options);
    this._network.grant(client, requireDeclaredPorts(this, this.set, client, options.ports), options);
  }

  /**
   * Grants a metrics scraper, such as Prometheus, access to the metrics port only, with a rule in the NetworkPolicy of
   * the set. The scraper itself is not changed.
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
   * @param scraper a workload, Pods, Namespaces or an IP block of cdk8s-plus. Pods without namespaces are selected in the set's own namespace.
   * @param options the port; throws if no container declares it
   */
  @checked
  public grantScrape(scraper: kplus.INetworkPolicyPeer, options: ScrapeOptions = {}): void {
    grantScrape(this, [this._network], scraper, options);
  }

  private requireMember(index: number): number {
    const unknown = this.hasAutoscaler || this.members.count === 0; // a parked set still has its claims
    return requireInteger(this, 'podName index', index, 0, unknown ? undefined : this.members.count - 1);
  }

  private problems(): string[] {
    const { containers, claimTemplates } = this.set;
    if (containers.length === 0) return ['a set needs at least one container. Use addContainer().'];
    const volumes = volumesOf(this.set);
    return [
      ...claimTemplates.filter(claim => volumes.some(volume => volume.name === claim.name && volume !== claim.asVolume()))
        .map(({ name }) => `the claim '${name}' has the name of another volume of the Pods, which it would replace. Remove the volume: containers mount the claim.`),
      ...claimTemplates.filter(claim => !volumes.includes(claim.asVolume()))
        .map(({ name }) => `no container mounts the claim '${name}'. Mount it in a container; to create volumes that no container mounts, pass the claim to addVolume().`),
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
