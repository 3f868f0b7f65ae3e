import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { KafkaClusterProps, KafkaGrantOptions } from './kafka-cluster-props';
import { kafkaDesign } from './kafka-design';
import { KafkaListener } from './kafka-listener';
import { type KafkaModel, kafkaModel } from './kafka-model';
import type { KafkaTopicProps } from './kafka-topic-props';
import { Listeners } from './listeners';
import { topicReplicationOf } from './replication';
import { requireConfig } from './server-properties';
import { requireTopicName } from './topic-name';
import { TopicsDeployment } from './topics-deployment';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { conflict, requireInteger } from '../base/errors';
import { takeForOne } from '../base/taken-names';
import { Assembly } from '../kit/assembly';
import { setVariables } from '../kit/client-variables';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StatefulWorkload } from '../workload/stateful-workload';

/** The user and group of the official image. */
const KAFKA_USER = 1000;

/** The variable that tells a client where the cluster is. */
const BOOTSTRAP_VARIABLE = 'KAFKA_BOOTSTRAP_SERVERS';

/**
 * A Kafka cluster, without ZooKeeper (KRaft) unless `metadata` says so.
 *
 * Brokers never share a node, and at most one is down for a drain, unless `placement` or `disruption` say otherwise. A
 * rolling update restarts the next only when the last is back among the in-sync replicas of all its partitions, and a member
 * stops only when the others keep the majority of the controllers and `min.insync.replicas`, or after half of the
 * `terminationGrace`, which is four minutes by default.
 *
 * A member whose volume was lost starts without a vote and without a claim to be up to date: see docs/kafka.md.
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
  /**
   * Where clients begin: a Service over the brokers that are ready, which tells them the addresses of all. Its one name
   * stays when brokers come, go and are added. Fully qualified if the chart names its namespace, else for clients of the
   * same namespace.
   */
  public readonly bootstrapServers: string;
  /** The cdk8s-plus view of the brokers: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;
  /** The cdk8s-plus view of the dedicated controllers; undefined if the brokers are their own, or ZooKeeper has their place. */
  public readonly controllerWorkload?: kplus.Workload;

  private readonly model: KafkaModel;
  private readonly assembly: Assembly;
  private listenerSet: Listeners;
  private topics?: TopicsDeployment;

  /**
   * Throws if numbers, listeners, settings or memory could not work together.
   */
  public constructor(scope: Construct, id: string, private readonly props: KafkaClusterProps) {
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

  /** The id that all members write to their volumes. Throws if the metadata is in ZooKeeper: the first broker makes it. */
  public get clusterId(): string {
    if (this.model.clusterId === undefined) {
      throw conflict(this, "its 'clusterId' is asked for, and the metadata is in ZooKeeper", 'The first broker makes it: it is in the node /cluster/id, and in meta.properties on each volume.');
    }
    return this.model.clusterId;
  }

  /** Where the brokers listen: the listener for the brokers among themselves, then those for clients. */
  public get listeners(): KafkaListener[] {
    return this.listenerSet.all;
  }

  /**
   * Adds a listener for clients to all brokers, in a rolling update.
   *
   * @param listener the listener; throws if its name or port is taken, or if it is an internal one: that is one of `listeners`
   */
  public addListener(listener: KafkaListener): void {
    const listeners = this.listenerSet.with(listener);
    this.assembly.redesign(kafkaDesign(this.model, listeners));
    this.listenerSet = listeners;
  }

  /**
   * Declares a topic. The Deployment `<name>-topics` creates it when it is missing, adds partitions and alters settings
   * where they differ, at once and then every hour, and is ready while all declared topics are as declared. What Kafka
   * cannot do is refused in its log, and keeps it from becoming ready. Topics that are not declared are left alone.
   *
   * @param name up to 249 letters, digits, `.`, `_` and `-`; throws if it is declared already
   * @param props throws if it asks for more copies than there are brokers, or if its `min.insync.replicas` is more than its copies
   */
  public addTopic(name: string, props: KafkaTopicProps): void {
    requireTopicName(this, name, this.topics?.declared ?? []);
    requireInteger(this, `topic '${name}' partitions`, props.partitions, 1);
    requireConfig(this, `topic '${name}' config`, props.config ?? {});
    const { factor, config } = topicReplicationOf(this, name, props, this.model.topology.brokers, this.model.replication);
    this.topics ??= this.createTopics();
    this.topics.declare({ name, partitions: props.partitions, replicationFactor: factor, config });
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

  private connectTo({ ensemble, members, chroot }: ZooKeeperOfCluster): void {
    const owner = takeForOne(this, `ZooKeeper ${members}${chroot}`);
    if (owner !== undefined) {
      throw conflict(this, `it keeps its metadata at the same place of the same ZooKeeper as ${owner.node.path}`,
        "Their brokers would have the same ids: give each cluster a 'chroot' of its own in KafkaMetadata.zookeeper.");
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
    const { topicsResources, dockerRegistryAuth, placement, isolate = true, egress = false } = this.props;
    const topics = new TopicsDeployment(this, 'Topics', {
      clusterName: this.name,
      image: this.model.image,
      bootstrapServers: this.bootstrapServers,
      resources: topicsResources,
      dockerRegistryAuth,
      placement,
      isolate,
      security: this.security,
    });
    this.brokers._grantPorts(topics, [this.listenerSet.forClient().port], { egress });
    return topics;
  }

  private get security(): PodSecurityProps {
    return this.props.security ?? { user: KAFKA_USER };
  }
}
