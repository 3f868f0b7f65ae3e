import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { deriveClusterId, requireClusterId } from './cluster-id';
import { heapMebibytes } from './heap';
import type { KafkaClusterProps } from './kafka-cluster-props';
import { KafkaVersion } from './kafka-version';
import { brokersToStayUp, type Replication, replicationOf } from './replication';
import { type KafkaRole, requireConfig, requireFreeConfig } from './server-properties';
import { CONTROLLER_ID_PREFIX, type KafkaTopology, requireTopology } from './topology';
import { MAX_SET_NAME, nameOf, namespaceOf } from '../base/names';
import { requireOwnData } from '../kit/product-storage';
import { requireVersion } from '../kit/version';
import type { StorageProps } from '../storage/storage-props';
import { MemberNames } from '../workload/member-names';
import { Members } from '../workload/members';

/** Nodes that run Kafka in one and the same way: the members of one set. */
export interface NodePool {
  readonly names: MemberNames;
  readonly role: KafkaRole;
  readonly members: Members;
  /** What precedes the ordinal in a node id. */
  readonly idPrefix: string;
  readonly storage: StorageProps;
  /** What the user calls the storage. */
  readonly storageProperty: string;
  readonly resources: kplus.ContainerResources;
  readonly heapMebibytes: number;
  /** Whether the nodes take the variable ZONE for their rack. */
  readonly rackAwareness: boolean;
}

/** A cluster as values: all defaults resolved, all checks done. */
export interface KafkaModel {
  readonly name: string;
  readonly clusterId: string;
  readonly image: string;
  readonly kafkaMajor: number;
  readonly topology: KafkaTopology;
  readonly replication: Replication;
  /** What the user has set. */
  readonly config: { readonly [key: string]: string };
  readonly startupBudget: Duration;
  readonly terminationGrace: Duration;
  /** The pool of the brokers, and that of the controllers, which may be the same. */
  readonly brokers: NodePool;
  readonly controllers: NodePool;
}

/** What follows the name of the brokers' set in that of the dedicated controllers. */
const CONTROLLER_SUFFIX = 'controller';

/** The model of a cluster. Throws if numbers, settings or memory could not work together. */
export function kafkaModel(where: Construct, props: KafkaClusterProps): KafkaModel {
  const name = nameOf(where, props.name, props.controllers === undefined ? undefined : MAX_SET_NAME - CONTROLLER_SUFFIX.length - 1);
  const clusterId = props.clusterId === undefined ? deriveClusterId(namespaceOf(where), name) : requireClusterId(where, props.clusterId);
  const version = requireVersion(where, props.version ?? KafkaVersion.V4_1, KafkaVersion);
  const topology = requireTopology(where, props.brokers ?? 3, props.controllers);
  const config = { ...props.config };
  requireConfig(where, 'config', config);
  requireFreeConfig(where, config);
  const replication = replicationOf(where, topology.brokers, version.major, config);
  const names = MemberNames._of(where, name, { clusterDomain: props.clusterDomain });
  const brokers = brokerPool(where, props, names, topology, replication);
  return {
    name,
    clusterId,
    image: props.image ?? version._image,
    kafkaMajor: version.major,
    topology,
    replication,
    config,
    startupBudget: props.startupBudget ?? Duration.minutes(30),
    // Leaders are handed over first, and before that the stop waits until the others can do without this member.
    terminationGrace: props.terminationGrace ?? Duration.minutes(4),
    brokers,
    controllers: topology.controllers === undefined ? brokers : controllerPool(where, props, names.group(CONTROLLER_SUFFIX), topology.controllers),
  };
}

function brokerPool(where: Construct, props: KafkaClusterProps, names: MemberNames, topology: KafkaTopology, replication: Replication): NodePool {
  const { brokers: count, controllers } = topology;
  const copies = count === 1 ? Members.replicas(1) : Members.replicated(count, { mustStayUp: brokersToStayUp(count, replication) });
  props.disruption?._limitFor(where, copies, 'A partition takes writes only while as many of its copies as min.insync.replicas says are in sync.');
  const resources = props.resources ?? memoryAndCpu(Size.gibibytes(2), kplus.Cpu.millis(500));
  return {
    names,
    role: { broker: true, controller: controllers === undefined },
    members: controllers === undefined ? Members.quorum(count) : copies,
    idPrefix: '',
    ...ownStorage(where, 'storage', props.storage, count),
    resources,
    heapMebibytes: heapMebibytes(where, 'resources', resources, props.heap),
    rackAwareness: props.rackAwareness ?? false,
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
  };
}

function ownStorage(where: Construct, property: string, storage: StorageProps, members: number): Pick<NodePool, 'storage' | 'storageProperty'> {
  requireOwnData(where, property, storage, members,
    'A volume belongs to the one node whose id it holds. Leave it out, and copy the topics from a cluster that runs, with MirrorMaker.');
  return { storage, storageProperty: property };
}

function memoryAndCpu(memory: Size, cpu: kplus.Cpu): kplus.ContainerResources {
  return { cpu: { request: cpu }, memory: { request: memory, limit: memory } };
}
