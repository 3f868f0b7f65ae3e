import type { IConstruct } from 'constructs';
import { CONTROLLER_LISTENER, CONTROLLER_PORT, type KafkaListener } from './kafka-listener';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { invalid, mustNotBeSet } from '../base/errors';
import { sortedEntries } from '../base/sorted-entries';
import { requireNoSecret } from '../kit/secret-settings';

/** The mount path of the volume. Kafka rejects a log directory that contains `lost+found`, so the logs are in a subdirectory. */
export const DATA_PATH = '/var/lib/kafka/data';

/** The roles of a member. */
export interface KafkaRole {
  readonly broker: boolean;
  readonly controller: boolean;
}

/** The value of `process.roles`. */
export function roleNames({ broker, controller }: KafkaRole): string {
  return [...broker ? ['broker'] : [], ...controller ? ['controller'] : []].join(',');
}

/** The input of the configuration of brokers or controllers. */
export interface ServerSettings {
  /** The ensemble, if the member connects to it. */
  readonly zooKeeper?: ZooKeeperOfCluster;
  /** Whether the member is a controller or connects to the controllers. */
  readonly knowsControllers: boolean;
  readonly role: KafkaRole;
  /** The node id, which may contain references to environment variables. */
  readonly nodeId: string;
  /** How long a broker waits to be registered by the controllers before Kafka exits, in milliseconds. */
  readonly registrationTimeout: number;
  /** The DNS domain of the Pods of this set. */
  readonly domain: string;
  readonly listeners: KafkaListener[];
  /** Whether the brokers use the variable ZONE as their rack. */
  readonly rackAwareness: boolean;
  readonly defaults: { readonly [key: string]: string };
  /** The settings given by the user, which override the defaults. */
  readonly config: { readonly [key: string]: string };
}

/**
 * The file `server.properties`, identical for all members of a set. Values that differ between members are read from their
 * environment; the addresses of the controllers, whose number can change, are added at each start.
 */
export function renderServerProperties(settings: ServerSettings): string {
  const others = Object.entries({ ...settings.defaults, ...Object.fromEntries(sortedEntries(settings.config)) });
  return [...commonSettings(settings), ...others.map(([key, value]): Property => [key, value.replace(/\\/g, '\\\\')])]
    .map(([key, value]) => `${key}=${value}\n`).join('');
}

/** Throws if a name or value cannot be written to a properties file unchanged. */
export function requireConfig(where: IConstruct | string, property: string, config: { readonly [key: string]: string }): void {
  for (const [key, value] of Object.entries(config)) {
    if (!/^[A-Za-z0-9][-._A-Za-z0-9]*$/.test(key)) {
      throw invalid(where, { property, got: key, expected: "setting names of letters, digits, '.', '-' and '_'" });
    }
    if (typeof value !== 'string' || /[\r\n]/.test(value) || value !== value.trim()) {
      throw invalid(where, { property: `${property}['${key}']`, got: value, expected: 'a single line without leading or trailing white space' });
    }
    requireNoSecret(where, `${property}['${key}']`, key, value);
  }
}

/** Throws if a setting is derived from other properties. */
export function requireFreeConfig(where: IConstruct, config: { readonly [key: string]: string }, zooKeeper: boolean): void {
  const owned = [...OWNED, ...zooKeeper ? OWNED_WITH_ZOOKEEPER : OWNED_WITHOUT_ZOOKEEPER];
  for (const [key, value] of Object.entries(config)) {
    const owner = owned.find(({ pattern }) => pattern.test(key));
    if (owner !== undefined) {
      throw mustNotBeSet(where, { property: `config['${key}']`, got: value, reason: owner.reason });
    }
  }
}

/** Settings that are derived from another property. */
interface Owned {
  readonly pattern: RegExp;
  readonly reason: string;
}

const OWNED: Owned[] = [
  { pattern: /^(node|broker)\.id$/, reason: 'it is derived from the ordinal of the member' },
  { pattern: /^(process\.roles|controller\.quorum\.(voters|bootstrap\.servers)|controller\.listener\.names|controller\.quorum\.auto\.join\.enable)$/, reason: "it is derived from 'brokers' and 'controllers'" },
  { pattern: /^initial\.broker\.registration\.timeout\.ms$/, reason: "it is derived from 'startupBudget'" },
  { pattern: /^(listeners|advertised\.listeners|listener\.security\.protocol\.map|inter\.broker\.listener\.name|security\.inter\.broker\.protocol)$/, reason: "it is derived from 'listeners'" },
  { pattern: /^(log\.dirs?|metadata\.log\.dir)$/, reason: `all data is on the volume of 'storage', at ${DATA_PATH}` },
  { pattern: /^(broker\.rack|replica\.selector\.class)$/, reason: "it is derived from 'rackAwareness'" },
  { pattern: /^config\.providers/, reason: 'the settings of each member are read from its environment by a provider' },
];

const OWNED_WITHOUT_ZOOKEEPER: Owned[] = [{ pattern: /^zookeeper\./, reason: 'the cluster does not use ZooKeeper' }];

const OWNED_WITH_ZOOKEEPER: Owned[] = [
  { pattern: /^zookeeper\.connect$/, reason: "it is derived from 'metadata'" },
  { pattern: /^zookeeper\.metadata\.migration\.enable$/, reason: "it is derived from 'move' of KafkaMetadata.zookeeper: see docs/kafka-zookeeper.md" },
  { pattern: /^zookeeper\.(ssl\.|clientCnxnSocket$|set\.acl$)/, reason: 'brokers connect to ZooKeeper without encryption and authentication before they start' },
];

type Property = [key: string, value: string];

/** The identity, the listeners and the data directory of a member. */
function commonSettings(settings: ServerSettings): Property[] {
  const { role, domain, listeners, rackAwareness, zooKeeper, knowsControllers } = settings;
  const own = role.broker ? listeners : [];
  const bound = [...own.map(({ name, port }) => `${name}://:${port}`), ...role.controller ? [`${CONTROLLER_LISTENER}://:${CONTROLLER_PORT}`] : []];
  const named = zooKeeper === undefined ? own : listeners; // during a migration, controllers connect to brokers that use ZooKeeper
  const protocols = [...named.map(({ name, securityProtocol }) => `${name}:${securityProtocol}`), ...knowsControllers ? [`${CONTROLLER_LISTENER}:PLAINTEXT`] : []];
  const address = (name: string, port: number) => `${name}://\${env:POD_NAME}.${domain}:${port}`;
  const advertised = [...own.map(({ name, port }) => address(name, port)), ...role.controller ? [address(CONTROLLER_LISTENER, CONTROLLER_PORT)] : []];
  const rack: Property[] = [
    ['broker.rack', '${env:ZONE}'],
    ['replica.selector.class', 'org.apache.kafka.common.replica.RackAwareReplicaSelector'],
  ];
  return [
    ['config.providers', 'env'],
    ['config.providers.env.class', 'org.apache.kafka.common.config.provider.EnvVarConfigProvider'],
    ['config.providers.env.param.allowlist.pattern', 'POD_NAME|POD_INDEX|ZONE'],
    ...identity(settings),
    ...zooKeeper === undefined ? [] : inZooKeeper(zooKeeper, knowsControllers),
    ['listeners', bound.join(',')],
    ['listener.security.protocol.map', protocols.join(',')],
    ['advertised.listeners', advertised.join(',')],
    ...betweenBrokers(settings),
    ...role.broker && rackAwareness ? rack : [],
    ['log.dirs', `${DATA_PATH}/logs`],
  ];
}

function identity({ role, nodeId, zooKeeper, knowsControllers }: ServerSettings): Property[] {
  const ids: Property[] = zooKeeper !== undefined && role.broker ? [['broker.id', nodeId]] : [['process.roles', roleNames(role)], ['node.id', nodeId]];
  return knowsControllers ? [...ids, ['controller.listener.names', CONTROLLER_LISTENER]] : ids;
}

/** Members that know both ZooKeeper and the controllers take part in the migration. */
function inZooKeeper({ members, chroot }: ZooKeeperOfCluster, knowsControllers: boolean): Property[] {
  const connect: Property = ['zookeeper.connect', `${members}${chroot}`];
  return knowsControllers ? [connect, ['zookeeper.metadata.migration.enable', 'true']] : [connect];
}

function betweenBrokers({ role, listeners, registrationTimeout, zooKeeper }: ServerSettings): Property[] {
  const internal: Property = ['inter.broker.listener.name', listeners.filter(({ forClients }) => !forClients)[0].name];
  if (zooKeeper !== undefined) return [internal];
  return role.broker ? [internal, ['initial.broker.registration.timeout.ms', `${registrationTimeout}`]] : [];
}
