import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CONTROLLER_PORT, type KafkaListener } from './kafka-listener';
import type { KafkaModel, NodePool } from './kafka-model';
import type { Listeners } from './listeners';
import { BROKERS_PATH, CONTROLLERS_PATH, FILES_PATH, memberFiles } from './member-files';
import { DATA_PATH, renderServerProperties } from './server-properties';
import type { MemberGroup, ProductDesign, Reach } from '../kit/design';
import { FOUNDING_PORT } from '../kit/founding/founding-port';
import { MemberMount } from '../kit/member-mount';
import { within } from '../kit/probe-budget';

/** The label that contains the ordinal of a Pod, as of Kubernetes 1.28. */
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The port that all controllers listen on. */
const CONTROLLER: kplus.ContainerPort = { name: 'controller', number: CONTROLLER_PORT };

/** The parts of a cluster: a member group for each pool, and the bootstrap Service. */
export function kafkaDesign(model: KafkaModel, listeners: Listeners): ProductDesign {
  const { brokers, controllers } = model;
  return {
    groups: [...new Set([brokers, controllers ?? brokers])].map(pool => groupOf(model, pool, listeners)),
    endpoints: [{ name: brokers.names.serviceName(), group: brokers.names, ports: listeners.forClients.map(portOf) }],
  };
}

function groupOf(model: KafkaModel, pool: NodePool, listeners: Listeners): MemberGroup {
  const { names, role, members, storage, storageProperty } = pool;
  const probed = role.broker ? listeners.internal.port : CONTROLLER_PORT;
  return {
    names,
    members,
    terminationGrace: model.terminationGrace,
    neverTwoOnANode: true,
    reaches: reachesOf(model, pool, listeners),
    mounts: [
      MemberMount.claim('data', DATA_PATH, storage, { property: storageProperty }),
      MemberMount.files('config', FILES_PATH, { ...memberFiles(model, pool, listeners.internal.port), 'server.properties': serverProperties(model, pool, listeners) }),
      MemberMount.memberCount(),
      ...otherCounts(model, pool),
      // The root file system is read-only. The tools and class data sharing write little; heap dumps are off.
      MemberMount.folder('/tmp', { name: 'scratch', limit: Size.mebibytes(256) }),
    ],
    containers: [{
      name: 'kafka',
      image: model.image,
      command: ['bash', `${FILES_PATH}/start.sh`],
      ports: [...role.broker ? listeners.all.map(portOf) : [], ...role.controller ? [CONTROLLER] : []],
      resources: pool.resources,
      env: environmentOf(model, pool),
      startup: kplus.Probe.fromTcpSocket({ port: probed, ...within(model.startupBudget) }),
      liveness: kplus.Probe.fromTcpSocket({ port: probed, ...within(Duration.minutes(1), Duration.seconds(10)) }),
      readiness: kplus.Probe.fromCommand(['bash', `${FILES_PATH}/ready.sh`], within(Duration.seconds(15))),
      preStop: ['bash', `${FILES_PATH}/stop.sh`],
    }],
  };
}

/** Brokers and dedicated controllers ask each other whether their volumes are empty. During a migration from ZooKeeper, the controllers also call the brokers. */
function reachesOf({ brokers, controllers, zooKeeper }: KafkaModel, pool: NodePool, listeners: Listeners): Reach[] {
  if (controllers === undefined || brokers === controllers) return [];
  return pool === brokers
    ? [{ group: controllers.names, ports: [CONTROLLER_PORT, FOUNDING_PORT] }]
    : [{ group: brokers.names, ports: [FOUNDING_PORT, ...zooKeeper === undefined ? [] : [listeners.internal.port]] }];
}

function otherCounts({ brokers, controllers }: KafkaModel, pool: NodePool): MemberMount[] {
  if (controllers === undefined || brokers === controllers || !pool.knowsControllers) return [];
  return pool === brokers
    ? [MemberMount.memberCountOf('controllers', CONTROLLERS_PATH, controllers.names)]
    : [MemberMount.memberCountOf('brokers', BROKERS_PATH, brokers.names)];
}

function environmentOf({ clusterId }: KafkaModel, { heapMebibytes, rackAwareness, knowsControllers }: NodePool): { [name: string]: kplus.EnvValue } {
  const label = (key: string) => kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_LABEL, { key });
  return {
    POD_NAME: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME),
    POD_INDEX: label(POD_INDEX_LABEL),
    ...clusterId === undefined || !knowsControllers ? {} : { CLUSTER_ID: kplus.EnvValue.fromValue(clusterId) },
    KAFKA_HEAP_OPTS: kplus.EnvValue.fromValue(`-Xms${heapMebibytes}m -Xmx${heapMebibytes}m`),
    ...rackAwareness ? { ZONE: label(kplus.Topology.ZONE.key) } : {},
  };
}

function serverProperties(model: KafkaModel, { role, idPrefix, names, zooKeeper, knowsControllers }: NodePool, listeners: Listeners): string {
  return renderServerProperties({
    zooKeeper,
    knowsControllers,
    role,
    nodeId: `${idPrefix}\${env:POD_INDEX}`,
    registrationTimeout: model.startupBudget.toMilliseconds(),
    domain: names.domain,
    listeners: listeners.all,
    rackAwareness: model.brokers.rackAwareness,
    defaults: { ...model.replication, 'auto.create.topics.enable': 'false', 'unclean.leader.election.enable': 'false' },
    config: model.config,
  });
}

function portOf(listener: KafkaListener): kplus.ContainerPort {
  return { name: listener._portName, number: listener.port };
}
