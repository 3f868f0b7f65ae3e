import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { deriveClusterId, requireClusterId } from './cluster-id';
import { heapMebibytes } from './heap';
import { KafkaClusterProps, KafkaGrantOptions } from './kafka-cluster-props';
import { CONTROLLER_PORT, KafkaListener } from './kafka-listener';
import { KafkaNode, KAFKA_USER } from './kafka-node';
import { KafkaTopicProps } from './kafka-topic-props';
import { KafkaVersion } from './kafka-version';
import { Listeners } from './listeners';
import { BROKER_READINESS, CONTROLLER_READINESS } from './readiness';
import { Replication, replicationOf, topicReplicationOf } from './replication';
import { renderServerProperties, requireConfig, requireFreeConfig, ServerSettings } from './server-properties';
import { requireTopicName } from './topic-name';
import { TopicsJob } from './topics-job';
import { CONTROLLER_ID_PREFIX, KafkaTopology, requireTopology } from './topology';
import { setVariables } from '../private/client-variables';
import { requireInteger } from '../private/errors';
import { MAX_SET_NAME, nameOf, namespaceOf } from '../private/names';
import { createService, serviceDnsName } from '../private/services';
import { requireOwnData, storageClaim } from '../private/storage-claim';
import { requireVersion } from '../private/version';
import { ClaimTemplateProps } from '../storage/claim-template';
import { StorageProps } from '../storage/storage-props';
import { VolumeRetention } from '../storage/volume-retention';
import { Members } from '../workload/members';
import { Placement } from '../workload/placement';
import { StatefulPodsProps } from '../workload/stateful-pods-props';
import { StatefulWorkload } from '../workload/stateful-workload';

/** The variable that tells a client where the cluster is. */
const BOOTSTRAP_VARIABLE = 'KAFKA_BOOTSTRAP_SERVERS';

/** What follows the name of the brokers' set in that of the dedicated controllers. */
const CONTROLLER_SUFFIX = '-controller';

/** What all controllers listen at. */
const CONTROLLER: kplus.ContainerPort = { name: 'controller', number: CONTROLLER_PORT };

/**
 * A Kafka cluster without ZooKeeper (KRaft).
 *
 * Brokers never share a node, and at most one is away for a drain, unless `placement` or `disruption` say otherwise. A
 * rolling update restarts the next only when the last is back among the in-sync replicas of all its partitions.
 *
 * @example
 * const kafka = new KafkaCluster(this, 'Events', { storage: { size: Size.gibibytes(100) } });
 * kafka.addTopic('orders', { partitions: 12 });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * kafka.grantConnect(api); // KAFKA_BOOTSTRAP_SERVERS, and NetworkPolicies both ways
 *
 * @see https://kafka.apache.org/documentation/#kraft
 */
export class KafkaCluster extends Construct {
  /** The name of the brokers' StatefulSet, and of the Service that clients begin with. */
  public readonly name: string;
  /** The id that all members write to their volumes. */
  public readonly clusterId: string;
  /**
   * Where clients begin: a Service over the brokers that are ready, which tells them the addresses of all. Its one name
   * stays when brokers come, go and are added. Fully qualified if the chart names its namespace, else for clients of the
   * same namespace.
   */
  public readonly bootstrapServers: string;
  /** The cdk8s-plus view of the brokers: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;
  /** The cdk8s-plus view of the dedicated controllers; undefined if the brokers are their own. */
  public readonly controllerWorkload?: kplus.Workload;

  private readonly config: { readonly [key: string]: string };
  private readonly topology: KafkaTopology;
  private readonly replication: Replication;
  private readonly version: KafkaVersion;
  private readonly listenerSet: Listeners;
  private readonly brokers: StatefulWorkload;
  private readonly controllers?: StatefulWorkload;
  private readonly brokerNode: KafkaNode;
  private topicsJob?: TopicsJob;

  /**
   * Throws if numbers, listeners, settings or memory could not work together.
   */
  public constructor(scope: Construct, id: string, private readonly props: KafkaClusterProps) {
    super(scope, id);
    this.name = nameOf(this, props.name, props.controllers === undefined ? undefined : MAX_SET_NAME - CONTROLLER_SUFFIX.length);
    this.clusterId = props.clusterId === undefined ? deriveClusterId(namespaceOf(this), this.name) : requireClusterId(this, props.clusterId);
    this.version = requireVersion(this, props.version ?? KafkaVersion.V4_1, KafkaVersion);
    this.topology = requireTopology(this, props.brokers ?? 3, props.controllers);
    this.config = { ...props.config };
    requireConfig(this, 'config', this.config);
    requireFreeConfig(this, this.config);
    this.replication = replicationOf(this, this.topology.brokers, this.version.major, this.config);
    this.listenerSet = new Listeners(this, props.listeners ?? [KafkaListener.plaintext()]);

    this.brokers = this.createBrokers(this.topology);
    this.controllers = this.createControllers(this.topology);
    this.workload = this.brokers.workload;
    this.controllerWorkload = this.controllers?.workload;
    this.brokerNode = this.runBrokers();
    this.runControllers();
    this.createBootstrapService();
    this.bootstrapServers = this.bootstrapServersOf(this.listenerSet.forClient());
  }

  /** Where the brokers listen. */
  public get listeners(): KafkaListener[] {
    return this.listenerSet.all;
  }

  /**
   * Adds a listener to all brokers.
   *
   * @param listener the listener; throws if its name or port is taken. An internal one cannot be added to a cluster that
   *   runs: see `KafkaListener.internal`.
   */
  public addListener(listener: KafkaListener): void {
    this.listenerSet.requireFree(listener);
    this.brokerNode.addPort(portOf(listener));
    this.listenerSet.add(listener);
  }

  /**
   * Declares a topic. A Job makes it when it is missing, adds partitions and alters settings where they differ, and
   * fails, saying why, if Kafka cannot do what is asked. Topics that are not declared are left alone. The Job runs on the
   * nodes that `placement` chooses, and tolerates the same taints as the brokers.
   *
   * Other topics make another Job, of another name. The old one stays, done, until a tool that prunes or you delete it.
   *
   * @param name up to 249 letters, digits, `.`, `_` and `-`; throws if it is declared already
   * @param props throws if it asks for more copies than there are brokers, or if its `min.insync.replicas` is more than its copies
   */
  public addTopic(name: string, props: KafkaTopicProps): void {
    requireTopicName(this, name, this.topicsJob?.declared ?? []);
    requireInteger(this, `topic '${name}' partitions`, props.partitions, 1);
    requireConfig(this, `topic '${name}' config`, props.config ?? {});
    const { factor, config } = topicReplicationOf(this, name, props, this.topology.brokers, this.replication);
    this.topicsJob ??= this.createTopicsJob();
    this.topicsJob.declare({ name, partitions: props.partitions, replicationFactor: factor, config });
  }

  /**
   * Lets the Pods of a workload connect, by NetworkPolicies on both sides, and gives its containers the variable
   * `KAFKA_BOOTSTRAP_SERVERS`. Throws if it has no containers yet, or one has the variable with another value.
   *
   * @param client the workload to let in; add its containers first
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: KafkaGrantOptions = {}): void {
    const listener = this.listenerSet.forClient(options.listener);
    this.brokers._grantPorts(client, [listener.port], { egress: options.egress });
    setVariables(client, { [BOOTSTRAP_VARIABLE]: kplus.EnvValue.fromValue(this.bootstrapServersOf(listener)) },
      'Remove it, or let a workload of its own speak to each cluster or listener.');
  }

  private get controllerStorage(): StorageProps {
    const { controllerStorage, storage: { storageClass, retention } } = this.props;
    return controllerStorage ?? { size: Size.gibibytes(10), storageClass, retention };
  }

  private get image(): string {
    return this.props.image ?? this.version._image;
  }

  private createBrokers({ brokers, controllers }: KafkaTopology): StatefulWorkload {
    const members = controllers === undefined ? Members.quorum(brokers) : Members.replicas(brokers);
    return this.createSet('Resource', this.name, members, { ...this.props, retention: this.props.storage.retention });
  }

  private createControllers({ controllers }: KafkaTopology): StatefulWorkload | undefined {
    if (controllers === undefined) return undefined;
    const set = this.createSet('Controllers', this.name + CONTROLLER_SUFFIX, Members.quorum(controllers), {
      ...this.props,
      disruption: undefined, // it is about brokers; what a quorum can bear follows from its size
      retention: this.controllerStorage.retention,
    });
    set._grantPorts(this.brokers.workload, [CONTROLLER_PORT], { egress: false });
    return set;
  }

  private createSet(id: string, name: string, members: Members, props: StatefulPodsProps & { retention?: VolumeRetention }): StatefulWorkload {
    return new StatefulWorkload(this, id, {
      ...props,
      name,
      members,
      podManagement: kplus.PodManagementPolicy.PARALLEL, // a broker starts only when a majority of the controllers is there
      placement: (props.placement ?? Placement.spread())._neverTwoOnANode(),
      terminationGrace: props.terminationGrace ?? Duration.seconds(120), // leaders are handed over first
      security: { user: KAFKA_USER },
    });
  }

  private runBrokers(): KafkaNode {
    const { props } = this;
    const listeners = this.listenerSet.all;
    const resources = props.resources ?? memoryAndCpu(Size.gibibytes(2), kplus.Cpu.millis(500));
    return new KafkaNode(this.brokers, {
      image: this.image,
      clusterId: this.clusterId,
      resources,
      heapMebibytes: heapMebibytes(this, 'resources', resources, props.heap),
      claim: this.claimOf('storage', props.storage, this.topology.brokers),
      ports: [...listeners.map(portOf), ...this.controllers === undefined ? [CONTROLLER] : []],
      probedPort: listeners[0].port,
      readiness: this.topology.brokers === 1 ? undefined : BROKER_READINESS, // one is in sync with itself
      startupBudget: this.startupBudget,
      properties: () => this.properties({ role: { broker: true, controller: this.controllers === undefined }, nodeId: '${env:POD_INDEX}' }),
      rackAwareness: props.rackAwareness ?? false,
    });
  }

  private runControllers(): void {
    if (this.controllers === undefined) return;
    const { props } = this;
    const resources = props.controllerResources ?? memoryAndCpu(Size.gibibytes(1), kplus.Cpu.millis(250));
    new KafkaNode(this.controllers, {
      image: this.image,
      clusterId: this.clusterId,
      resources,
      heapMebibytes: heapMebibytes(this, 'controllerResources', resources),
      claim: this.claimOf('controllerStorage', this.controllerStorage, this.controllers.members.count),
      ports: [CONTROLLER],
      probedPort: CONTROLLER_PORT,
      readiness: this.topology.controllers === 1 ? undefined : CONTROLLER_READINESS,
      startupBudget: this.startupBudget,
      properties: () => this.properties({ role: { broker: false, controller: true }, nodeId: `${CONTROLLER_ID_PREFIX}\${env:POD_INDEX}` }),
      rackAwareness: false,
    });
  }

  private claimOf(property: string, storage: StorageProps, members: number): ClaimTemplateProps {
    requireOwnData(this, property, storage, members,
      'A volume belongs to the one node whose id it holds. Leave it out, and copy the topics from a cluster that runs, with MirrorMaker.');
    return storageClaim(this, property, storage);
  }

  private properties(member: Pick<ServerSettings, 'role' | 'nodeId'>): string {
    const [voters, prefix] = this.controllers === undefined ? [this.brokers, ''] : [this.controllers, CONTROLLER_ID_PREFIX];
    return renderServerProperties({
      ...member,
      voters: voters.peerDnsNames.map((host, i) => `${prefix}${i}@${host}:${CONTROLLER_PORT}`),
      domain: this.brokers.headlessService.dnsName,
      listeners: this.listenerSet.all,
      rackAwareness: this.props.rackAwareness ?? false,
      defaults: { ...this.replication, 'unclean.leader.election.enable': 'false' },
      config: this.config,
    });
  }

  private createBootstrapService(): void {
    createService(this, 'Bootstrap', {
      name: this.name,
      selector: this.brokers.workload.matchLabels,
      ports: () => this.listenerSet.forClients.map(portOf),
    });
  }

  private bootstrapServersOf(listener: KafkaListener): string {
    return `${serviceDnsName(this, this.name, this.props.clusterDomain)}:${listener.port}`;
  }

  private createTopicsJob(): TopicsJob {
    const job = new TopicsJob(this, 'Topics', {
      clusterName: this.name,
      image: this.image,
      bootstrapServers: this.bootstrapServers,
      dockerRegistryAuth: this.props.dockerRegistryAuth,
      placement: this.props.placement,
    });
    this.brokers._grantPorts(job, [this.listenerSet.forClient().port], { egress: false });
    return job;
  }

  private get startupBudget(): Duration {
    return this.props.startupBudget ?? Duration.minutes(30);
  }
}

function portOf(listener: KafkaListener): kplus.ContainerPort {
  return { name: listener._portName, number: listener.port };
}

function memoryAndCpu(memory: Size, cpu: kplus.Cpu): kplus.ContainerResources {
  return { cpu: { request: cpu }, memory: { request: memory, limit: memory } };
}
