import { CONTROLLER_PORT } from './kafka-listener';
import type { KafkaModel, NodePool } from './kafka-model';
import { logConfig } from './log-config';
import * as scripts from './member/shell';
import { roleNames } from './server-properties';
import * as zooKeeperScripts from './zookeeper-member/shell';
import type { Files } from '../kit/files';
import { FOUNDING_SH } from '../kit/founding/shell';
import { MEMBERS_PATH } from '../kit/members-path';

/** The directory of the files in each member. */
export const FILES_PATH = '/etc/cdk8s-stateful/kafka';

/** The directory in brokers that contains the number of dedicated controllers. */
export const CONTROLLERS_PATH = '/etc/cdk8s-stateful/controllers';

/** The directory in dedicated controllers that contains the number of brokers. */
export const BROKERS_PATH = '/etc/cdk8s-stateful/brokers';

/** The scripts and settings of the members of a pool: see docs/states/kafka.md. */
export function memberFiles(model: KafkaModel, pool: NodePool, brokerPort: number): Files {
  return {
    'member.conf': conf(model, pool, brokerPort),
    'founding.sh': FOUNDING_SH,
    'member.sh': scripts.MEMBER_SH,
    'volume.sh': scripts.VOLUME_SH,
    ...pool.zooKeeper === undefined || !pool.role.broker ? { 'begin.sh': scripts.BEGIN_SH, 'start.sh': scripts.START_SH } : WITH_ZOOKEEPER,
    'settle.sh': scripts.SETTLE_SH,
    'ready.sh': scripts.READY_SH,
    'stop.sh': scripts.STOP_SH,
    'decide.sh': scripts.DECIDE_SH,
    ...logConfig(model.kafkaMajor),
  };
}

const WITH_ZOOKEEPER: Files = {
  'broker-volume.sh': zooKeeperScripts.BROKER_VOLUME_SH,
  'ask.sh': zooKeeperScripts.ASK_SH,
  'begin.sh': zooKeeperScripts.BEGIN_SH,
  'start.sh': zooKeeperScripts.START_SH,
  'settle-twice.sh': zooKeeperScripts.SETTLE_TWICE_SH,
};

function conf(model: KafkaModel, pool: NodePool, brokerPort: number): string {
  const { role, names, idPrefix } = pool;
  const variables = {
    ROLES: roleNames(role),
    SET: names.set,
    DOMAIN: names.domain,
    ID_PREFIX: idPrefix,
    ...othersOf(model, pool),
    BROKER_PORT: role.broker ? brokerPort : '',
    STOP_SECONDS: Math.floor(model.terminationGrace.toSeconds({ integral: false }) / 2), // the other half is for the shutdown itself
  };
  return Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join('');
}

/** The addresses of ZooKeeper or the controllers, and, for dedicated controllers, of the brokers. */
function othersOf({ brokers, controllers }: KafkaModel, pool: NodePool): { readonly [variable: string]: string | number } {
  const { role, zooKeeper, knowsControllers } = pool;
  return {
    ...zooKeeper === undefined || !role.broker ? {} : { ZOOKEEPER: zooKeeper.members, CHROOT: zooKeeper.chroot },
    ...controllers === undefined || !knowsControllers ? {} : {
      CONTROLLER_SET: controllers.names.set,
      CONTROLLER_DOMAIN: controllers.names.domain,
      CONTROLLER_PORT,
      CONTROLLERS_FILE: `${controllers === pool ? MEMBERS_PATH : CONTROLLERS_PATH}/members`,
    },
    ...role.broker ? {} : { BROKER_SET: brokers.names.set, BROKER_DOMAIN: brokers.names.domain, BROKERS_FILE: `${BROKERS_PATH}/members` },
  };
}
