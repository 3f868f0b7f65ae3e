import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { deriveClusterId, requireClusterId } from './cluster-id';
import { heapMebibytes } from './heap';
import type { KafkaClusterProps } from './kafka-cluster-props';
import { KafkaMetadata } from './kafka-metadata';
import { KafkaMove } from './kafka-move';
import { KafkaVersion } from './kafka-version';
import { requireListedConfig } from './listed-config';
import { brokersToStayUp, type Replication, replicationOf } from './replication';
import { type KafkaRole, requireConfig, requireFreeConfig } from './server-properties';
import { KAFKA_SETTINGS, TOPIC_SETTINGS } from './setting-names';
import { CONTROLLER_ID_PREFIX, type KafkaTopology, requireTopology } from './topology';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { conflict, invalid } from '../base/errors';
import { MAX_SET_NAME, nameOf, namespaceOf } from '../base/names';
import { lineOf, type SettingList, settingsOf } from '../kit/listed-settings';
import { requireOwnData } from '../kit/product-storage';
import { requireVersion } from '../kit/version';
import type { StorageProps } from '../storage/storage-props';
import { MemberNames } from '../workload/member-names';
import { Members } from '../workload/members';

/** Kafka nodes with the same role: the members of one StatefulSet. */
export interface NodePool {
  readonly names: MemberNames;
  readonly role: KafkaRole;
  readonly members: Members;
  /** The prefix of the ordinal in a node id. */
  readonly idPrefix: string;
  readonly storage: StorageProps;
  /** The property that sets the storage. */
  readonly storageProperty: string;
  readonly resources: kplus.ContainerResources;
  readonly heapMebibytes: number;
  /** Whether the nodes use the variable ZONE as their rack. */
  readonly rackAwareness: boolean;
  /** The ensemble, if the nodes connect to it. */
  readonly zooKeeper?: ZooKeeperOfCluster;
  /** Whether the nodes are controllers or connect to them. */
  readonly knowsControllers: boolean;
}

/** A cluster as plain values, with all checks done and all defaults resolved. */
export interface KafkaModel {
  readonly name: string;
  /** Undefined if the first broker generates the id and stores it in ZooKeeper. */
  readonly clusterId?: string;
  readonly image: string;
  readonly kafkaMajor: number;
  readonly topology: KafkaTopology;
  readonly replication: Replication;
  /** The settings given by the user. */
  readonly config: { readonly [key: string]: string };
  /** The settings of topics, if those of the release are known here. */
  readonly topicSettings?: SettingList;
  readonly startupBudget: Duration;
  readonly terminationGrace: Duration;
  readonly brokers: NodePool;
  /** The pool of the controllers, which may be the broker pool; undefined if ZooKeeper is used instead. */
  readonly controllers?: NodePool;
  /** The ensemble that stores the metadata, or that the cluster is migrating from. */
  readonly zooKeeper?: ZooKeeperOfCluster;
}

/** The suffix that distinguishes the set of the dedicated controllers from that of the brokers. */
const CONTROLLER_SUFFIX = 'controller';

/** The model of a cluster. Throws if the numbers of members, the settings or the memory contradict each other. */
export function kafkaModel(where: Construct, props: KafkaClusterProps): KafkaModel {
  const name = nameOf(where, props.name, props.controllers === undefined ? undefined : MAX_SET_NAME - CONTROLLER_SUFFIX.length - 1);
  const zooKeeper = (props.metadata ?? KafkaMetadata.kraft())._zooKeeper;
  const version = versionOf(where, props.version, zooKeeper);
  const topology = requireTopology(where, props.brokers ?? 3, props.controllers, zooKeeper);
  const config = { ...props.config };
  requireConfig(where, 'config', config);
  requireFreeConfig(where, config, zooKeeper !== undefined);
  const line = lineOf(version.version, 2);
  requireListedConfig(where, 'config', config, { list: settingsOf(KAFKA_SETTINGS, 'Kafka', line), unlisted: props.unlistedSettings ?? [] });
  const replication = replicationOf(where, topology.brokers, version.major, config);
  const names = MemberNames._of(where, name, props);
  const brokers = brokerPool(where, props, names, topology, replication, zooKeeper);
  return {
    name,
    clusterId: clusterIdOf(where, props.clusterId, name, zooKeeper),
    image: props.image ?? version._image,
    kafkaMajor: version.major,
    topology,
    replication,
    config,
    topicSettings: settingsOf(TOPIC_SETTINGS, 'topics of Kafka', line),
    startupBudget: props.startupBudget ?? Duration.minutes(30),
    // Before it hands over its leaders, the preStop hook waits until the others can do without this member.
    terminationGrace: props.terminationGrace ?? Duration.minutes(4),
    brokers,
    controllers: controllersOf(where, props, names.group(CONTROLLER_SUFFIX), topology, brokers, zooKeeper),
    zooKeeper,
  };
}

function versionOf(where: Construct, version: KafkaVersion | undefined, zooKeeper?: ZooKeeperOfCluster): KafkaVersion {
  const found = requireVersion(where, version ?? (zooKeeper === undefined ? KafkaVersion.V4_1 : KafkaVersion.V3_9), KafkaVersion);
  if (zooKeeper !== undefined && !found._knowsZooKeeper) {
    throw invalid(where, {
      property: 'version',
      got: found.version,
      expected: '3.9 or earlier, because the metadata is stored in ZooKeeper',
      hint: 'Kafka 4 does not support ZooKeeper: omit KafkaMetadata.zookeeper for a new cluster, and migrate an existing one on 3.9 first: see docs/kafka-zookeeper.md.',
    });
  }
  if ((zooKeeper === undefined || zooKeeper.move !== undefined) && !found._needsNoZooKeeper) {
    throw invalid(where, {
      property: 'version',
      got: found.version,
      expected: '3.9 or later',
      hint: "Dynamic controller quorums require 3.9. Run earlier releases with ZooKeeper: set 'metadata: KafkaMetadata.zookeeper(…)'.",
    });
  }
  return found;
}

function clusterIdOf(where: Construct, id: string | undefined, name: string, zooKeeper: ZooKeeperOfCluster | undefined): string | undefined {
  if (zooKeeper === undefined) return id === undefined ? deriveClusterId(namespaceOf(where), name) : requireClusterId(where, id);
  if (zooKeeper.move !== undefined) {
    if (id !== undefined) return requireClusterId(where, id);
    throw conflict(where, `the cluster is migrating to KRaft ('move' is '${zooKeeper.move}'), but 'clusterId' is not set`,
      "Set it to the id of the running cluster, and keep it: the id is in the file meta.properties on each broker's volume.");
  }
  if (id === undefined) return undefined;
  // The id on the volumes shows whether an ensemble has lost its data: a derived id, which never changes, would not.
  throw conflict(where, "'clusterId' is set, but the metadata is stored in ZooKeeper", "Omit 'clusterId': the first broker generates it and stores it in ZooKeeper.");
}

function controllersOf(where: Construct, props: KafkaClusterProps, names: MemberNames, { controllers }: KafkaTopology, brokers: NodePool,
  zooKeeper?: ZooKeeperOfCluster): NodePool | undefined {
  if (controllers === undefined) return brokers.role.controller ? brokers : undefined;
  return { ...controllerPool(where, props, names, controllers), zooKeeper };
}

/** The metadata store that brokers connect to, by the step of the migration. */
function metadataOfBrokers(zooKeeper?: ZooKeeperOfCluster): Pick<NodePool, 'zooKeeper' | 'knowsControllers'> {
  if (zooKeeper === undefined || zooKeeper.move === KafkaMove.BROKERS) return { knowsControllers: true };
  return { zooKeeper, knowsControllers: zooKeeper.move === KafkaMove.METADATA };
}

function brokerPool(where: Construct, props: KafkaClusterProps, names: MemberNames, { brokers: count, controllers }: KafkaTopology,
  replication: Replication, zooKeeper?: ZooKeeperOfCluster): NodePool {
  const controller = zooKeeper === undefined && controllers === undefined;
  const copies = count === 1 ? Members.replicas(1) : Members.replicated(count, { mustStayUp: brokersToStayUp(count, replication) });
  props.disruption?._limitFor(where, copies, 'A partition accepts writes only while at least min.insync.replicas of its replicas are in sync.');
  const resources = props.resources ?? memoryAndCpu(Size.gibibytes(2), kplus.Cpu.millis(500));
  return {
    names,
    role: { broker: true, controller },
    members: controller ? Members.quorum(count) : copies,
    idPrefix: '',
    ...ownStorage(where, 'storage', props.storage, count),
    resources,
    heapMebibytes: heapMebibytes(where, 'resources', resources, props.heap),
    rackAwareness: props.rackAwareness ?? false,
    ...metadataOfBrokers(zooKeeper),
  };
}

function controllerPool(where: Construct, props: KafkaClusterProps, names: MemberNames, count: number): NodePool {
  const { storage: { storageClass, retention } } = props;
  const resources = props.controllerResources ?? memoryAndCpu(Size.gibibytes(1), kplus.Cpu.millis(250));
  return {
    names,
    role: { broker: false, controller: true },
    members: Members.quorum(count),
    idPrefix: CONTROLLER_ID_PREFIX,
    ...ownStorage(where, 'controllerStorage', props.controllerStorage ?? { size: Size.gibibytes(10), storageClass, retention }, count),
    resources,
    heapMebibytes: heapMebibytes(where, 'controllerResources', resources),
    rackAwareness: false,
    knowsControllers: true,
  };
}

function ownStorage(where: Construct, property: string, storage: StorageProps, members: number): Pick<NodePool, 'storage' | 'storageProperty'> {
  requireOwnData(where, property, storage, members,
    'A volume belongs to the one node whose id it contains. Omit it, and copy the topics from a running cluster with MirrorMaker.');
  return { storage, storageProperty: property };
}

function memoryAndCpu(memory: Size, cpu: kplus.Cpu): kplus.ContainerResources {
  return { cpu: { request: cpu }, memory: { request: memory, limit: memory } };
}
