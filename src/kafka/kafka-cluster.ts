import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { KafkaClusterProps, KafkaGrantOptions } from './kafka-cluster-props';
import { kafkaDesign } from './kafka-design';
import { KafkaListener } from './kafka-listener';
import { type KafkaModel, kafkaModel } from './kafka-model';
import type { KafkaTopicProps } from './kafka-topic-props';
import { requireListedConfig } from './listed-config';
import { Listeners } from './listeners';
import { topicReplicationOf } from './replication';
import { requireConfig } from './server-properties';
import { requireTopicName } from './topic-name';
import { TopicsDeployment } from './topics-deployment';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { conflict, requireInteger } from '../base/errors';
import { takeForOne } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';
import { Assembly } from '../kit/assembly';
import { grantClient } from '../kit/client-grant';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { ScrapeOptions } from '../workload/scrape-options';
import { grantScrape } from '../workload/scraping';
import type { StatefulWorkload } from '../workload/stateful-workload';

/** The user and group of the official image. */
const KAFKA_USER = 1000;

/** The environment variable that passes the bootstrap servers to clients. */
const BOOTSTRAP_VARIABLE = 'KAFKA_BOOTSTRAP_SERVERS';

/**
 * A Kafka cluster, in KRaft mode unless `metadata` selects ZooKeeper.
 *
 * By default, brokers never share a node and a drain takes down at most one of them; `placement` and `disruption` change
 * that. A rolling update restarts the next member only when the previous one is back in the in-sync replicas of all its
 * partitions. A member stops only when the others retain a majority of the controllers and `min.insync.replicas`, or after
 * half of `terminationGrace`, which is four minutes by default.
 *
 * A member that lost its volume starts without a vote and out of sync: see docs/kafka.md.
 *
 * @example
 * const kafka = new KafkaCluster(this, 'Events', { storage: { size: Size.gibibytes(100) } });
 * kafka.addTopic('orders', { partitions: 12 });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * kafka.grantConnect(api); // KAFKA_BOOTSTRAP_SERVERS, and a NetworkPolicy that allows it to connect
 *
 * @see https://kafka.apache.org/documentation/#kraft
 */
export class KafkaCluster extends Construct {
  /** The name of the brokers' StatefulSet and of the bootstrap Service. */
  public readonly name: string;
  /**
   * The bootstrap address for clients: a Service that selects the ready brokers. It does not change when brokers are added or
   * removed. The host name is fully qualified if the chart sets a namespace; otherwise it resolves only within the same
   * namespace.
   */
  public readonly bootstrapServers: string;
  /** The brokers as a cdk8s-plus workload: scheduling, connections, selectors, and additional containers, which get the restricted defaults too. */
  public readonly workload: kplus.Workload;
  /** The dedicated controllers as a cdk8s-plus workload; undefined if there are none. */
  public readonly controllerWorkload?: kplus.Workload;

  private readonly model: KafkaModel;
  private readonly assembly: Assembly;
  private listenerSet: Listeners;
  private topics?: TopicsDeployment;

  /**
   * Throws if the numbers of members, the listeners, the settings or the memory contradict each other.
   */
  public constructor(scope: Construct, id: string, private readonly props: KafkaClusterProps) {
    requireNew('KafkaCluster', scope, id, props);
    super(scope, id);
    this.model = kafkaModel(this, props);
    this.name = this.model.name;
    this.listenerSet = new Listeners(this, props.listeners ?? [KafkaListener.plaintext()]);
    const { brokers, controllers, zooKeeper, terminationGrace } = this.model;
    this.assembly = new Assembly(this, kafkaDesign(this.model, this.listenerSet), { ...props, terminationGrace, security: this.security });
    this.workload = this.brokers.workload;
    this.controllerWorkload = controllers === undefined || controllers === brokers ? undefined : this.assembly.setOf(controllers.names).workload;
    if (zooKeeper !== undefined) this.connectTo(zooKeeper);
    this.bootstrapServers = this.bootstrapServersOf(this.listenerSet.forClient());
  }

  /** The cluster id, which all members store on their volumes. Throws if the metadata is stored in ZooKeeper, where the first broker generates the id. */
  public get clusterId(): string {
    if (this.model.clusterId === undefined) {
      throw conflict(this, "'clusterId' is not known at synthesis, because the metadata is stored in ZooKeeper", 'The first broker generates it: read it from the znode /cluster/id or from meta.properties on any volume.');
    }
    return this.model.clusterId;
  }

  /** The listeners of the brokers: the internal listener first, then the client listeners. */
  public get listeners(): KafkaListener[] {
    return this.listenerSet.all;
  }

  /**
   * Adds a client listener to all brokers. Applied to a running cluster, this is a rolling update.
   *
   * @param listener the listener. Throws if its name or port is taken, or if it is an internal listener, which belongs in `listeners`.
   */
  @checked
  public addListener(listener: KafkaListener): void {
    const listeners = this.listenerSet.with(listener);
    this.assembly.redesign(kafkaDesign(this.model, listeners));
    this.listenerSet = listeners;
  }

  /**
   * Declares a topic. The Deployment `<name>-topics` creates missing topics, adds partitions and corrects settings, at startup
   * and every hour, and is ready while all declared topics match. If Kafka cannot make a change, the Deployment logs the
   * reason and does not become ready. Topics that are not declared are not touched.
   *
   * @param name up to 249 letters, digits, `.`, `_` and `-`. Throws if the topic is already declared.
   * @param props the properties of the topic. Throws if the replication factor exceeds the number of brokers, or `min.insync.replicas` exceeds the replication factor.
   */
  @checked
  public addTopic(name: string, props: KafkaTopicProps): void {
    requireTopicName(this, name, this.topics?.declared ?? []);
    const where = `${this.node.path}.addTopic('${name}')`;
    requireInteger(where, 'partitions', props.partitions, 1);
    requireConfig(where, 'config', props.config ?? {});
    requireListedConfig(where, 'config', props.config ?? {}, { list: this.model.topicSettings, unlisted: props.unlistedSettings ?? [] });
    const { factor, config } = topicReplicationOf(where, props, this.model.topology.brokers, this.model.replication);
    this.topics ??= this.createTopics();
    this.topics.declare({ name, partitions: props.partitions, replicationFactor: factor, config });
  }

  /**
   * Grants a workload access: the NetworkPolicy of the brokers allows it to connect to the port of the listener, and each of its current
   * containers gets the variable `KAFKA_BOOTSTRAP_SERVERS`. If the grant throws, nothing is changed.
   *
   * @param client the workload. Throws if it has no containers yet, or if a container has a different value for the variable.
   * @param options options of the grant
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: KafkaGrantOptions = {}): void {
    const listener = this.listenerSet.forClient(options.listener);
    grantClient(this, client, {
      targets: [{ network: this.brokers._network, ports: [{ number: listener.port }] }],
      own: [...this.assembly.workloads, ...this.topics === undefined ? [] : [this.topics]],
      options,
      variables: { [BOOTSTRAP_VARIABLE]: kplus.EnvValue.fromValue(this.bootstrapServersOf(listener)) },
      todo: 'Remove it, or use a separate workload for each cluster or listener.',
    });
  }

  /**
   * Grants a metrics scraper, such as Prometheus, access to a single port of the brokers and controllers. The scraper's own traffic is not restricted.
   * Add the exporter as a sidecar with `workload.addContainer`.
   *
   * @param scraper a workload, Pods, Namespaces or an IP block of cdk8s-plus. Pods without namespaces are those in the namespace of the cluster.
   * @param options the port. Throws if no container declares it.
   */
  @checked
  public grantScrape(scraper: kplus.INetworkPolicyPeer, options: ScrapeOptions = {}): void {
    grantScrape(this, this.assembly.networks, scraper, options);
  }

  private connectTo({ ensemble, members, chroot }: ZooKeeperOfCluster): void {
    const owner = takeForOne(this, `ZooKeeper ${members}${chroot}`);
    if (owner !== undefined) {
      throw conflict(this, `it stores its metadata in the same ZooKeeper path as ${owner.node.path}`,
        "Broker ids would collide: give each cluster its own 'chroot' in KafkaMetadata.zookeeper.");
    }
    ensemble.grantNetwork(this.workload);
    if (this.controllerWorkload !== undefined) ensemble.grantNetwork(this.controllerWorkload);
  }

  private get brokers(): StatefulWorkload {
    return this.assembly.setOf(this.model.brokers.names);
  }

  private bootstrapServersOf(listener: KafkaListener): string {
    return `${this.model.brokers.names.serviceDnsName()}:${listener.port}`;
  }

  private createTopics(): TopicsDeployment {
    const topics = new TopicsDeployment(this, 'Topics', {
      clusterName: this.name,
      image: this.model.image,
      bootstrapServers: this.bootstrapServers,
      resources: this.props.topicsResources,
      pods: { ...this.props, security: this.security },
    });
    this.brokers._network.grant(topics, [{ number: this.listenerSet.forClient().port }]);
    return topics;
  }

  private get security(): PodSecurityProps {
    return this.props.security ?? { user: KAFKA_USER };
  }
}
