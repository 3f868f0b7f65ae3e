import type { IConstruct } from 'constructs';
import { CONTROLLER_LISTENER, CONTROLLER_PORT, type KafkaListener } from './kafka-listener';
import type { ZooKeeperOfCluster } from './zookeeper-of-cluster';
import { invalid } from '../base/errors';
import { sortedEntries } from '../base/sorted-entries';

/** Where the volume is mounted. Kafka refuses a log directory with a `lost+found`, so it gets one below. */
export const DATA_PATH = '/var/lib/kafka/data';

/** What a member does. */
export interface KafkaRole {
  readonly broker: boolean;
  readonly controller: boolean;
}

/** A role as Kafka writes it. */
export function roleNames({ broker, controller }: KafkaRole): string {
  return [...broker ? ['broker'] : [], ...controller ? ['controller'] : []].join(',');
}

/** What the configuration of brokers or controllers is made of. */
export interface ServerSettings {
  /** The ensemble, if the member speaks to it. */
  readonly zooKeeper?: ZooKeeperOfCluster;
  /** Whether the member is a controller, or knows the controllers. */
  readonly knowsControllers: boolean;
  readonly role: KafkaRole;
  /** The node id; may refer to the environment. */
  readonly nodeId: string;
  /** How long a member may wait for the controllers to take it, in milliseconds: then Kafka ends the process. */
  readonly registrationTimeout: number;
  /** The domain below which the Pods of this set are found by their names. */
  readonly domain: string;
  readonly listeners: KafkaListener[];
  /** Whether the brokers take the variable ZONE for their rack. */
  readonly rackAwareness: boolean;
  readonly defaults: { readonly [key: string]: string };
  /** What the user has set, over the defaults. */
  readonly config: { readonly [key: string]: string };
}

/**
 * The file `server.properties`, the same for all members of a set. What differs between them comes from their
 * environment when Kafka reads it; the addresses of the controllers, which can become more, are added at each start.
 */
export function renderServerProperties(settings: ServerSettings): string {
  const others = Object.entries({ ...settings.defaults, ...Object.fromEntries(sortedEntries(settings.config)) });
  return [...commonSettings(settings), ...others.map(([key, value]): Property => [key, value.replace(/\\/g, '\\\\')])]
    .map(([key, value]) => `${key}=${value}\n`).join('');
}

/** Throws for settings that Kafka would not read as meant, or that follow from the other properties. */
export function requireConfig(where: IConstruct, property: string, config: { readonly [key: string]: string }): void {
  for (const [key, value] of Object.entries(config)) {
    if (!/^[A-Za-z0-9][-._A-Za-z0-9]*$/.test(key)) {
      throw invalid(where, { property, got: key, expected: "names of settings: letters, digits, '.', '-' and '_'" });
    }
    if (typeof value !== 'string' || /[\r\n]/.test(value) || value !== value.trim()) {
      throw invalid(where, { property: `${property}['${key}']`, got: value, expected: 'one line of text that does not begin or end with space' });
    }
  }
}

/** Throws for settings of brokers that follow from the other properties. */
export function requireFreeConfig(where: IConstruct, config: { readonly [key: string]: string }, zooKeeper: boolean): void {
  const owned = [...OWNED, ...zooKeeper ? OWNED_WITH_ZOOKEEPER : OWNED_WITHOUT_ZOOKEEPER];
  for (const [key, value] of Object.entries(config)) {
    const owner = owned.find(({ pattern }) => pattern.test(key));
    if (owner !== undefined) {
      throw invalid(where, { property: 'config', got: `${key}=${value}`, expected: 'settings that do not follow from other properties', hint: owner.instead });
    }
  }
}

/** Settings that follow from another property. */
interface Owned {
  readonly pattern: RegExp;
  readonly instead: string;
}

const OWNED: Owned[] = [
  { pattern: /^(node|broker)\.id$/, instead: "The ordinal of the member decides: see 'brokers' and 'controllers'." },
  { pattern: /^(process\.roles|controller\.quorum\.(voters|bootstrap\.servers)|controller\.listener\.names|controller\.quorum\.auto\.join\.enable)$/, instead: "Give 'brokers' and 'controllers'." },
  { pattern: /^initial\.broker\.registration\.timeout\.ms$/, instead: "Give 'startupBudget'." },
  { pattern: /^(listeners|advertised\.listeners|listener\.security\.protocol\.map|inter\.broker\.listener\.name|security\.inter\.broker\.protocol)$/, instead: "Give 'listeners'." },
  { pattern: /^(log\.dirs?|metadata\.log\.dir)$/, instead: `All lies on the volume of 'storage', at ${DATA_PATH}.` },
  { pattern: /^(broker\.rack|replica\.selector\.class)$/, instead: "Give 'rackAwareness'." },
  { pattern: /^config\.providers/, instead: 'Kafka reads what differs between members from the environment by it.' },
];

const OWNED_WITHOUT_ZOOKEEPER: Owned[] = [{ pattern: /^zookeeper\./, instead: 'The cluster has no ZooKeeper.' }];

const OWNED_WITH_ZOOKEEPER: Owned[] = [
  { pattern: /^zookeeper\.connect$/, instead: "Give 'metadata'." },
  { pattern: /^zookeeper\.metadata\.migration\.enable$/, instead: "Give 'move' to KafkaMetadata.zookeeper: see docs/kafka-zookeeper.md." },
  { pattern: /^zookeeper\.(ssl\.|clientCnxnSocket$|set\.acl$)/, instead: 'Brokers ask ZooKeeper in the clear, and as nobody, before they start.' },
];

type Property = [key: string, value: string];

/** Who the member is, where it listens, and where its data lies. */
function commonSettings(settings: ServerSettings): Property[] {
  const { role, domain, listeners, rackAwareness, zooKeeper, knowsControllers } = settings;
  const own = role.broker ? listeners : [];
  const bound = [...own.map(({ name, port }) => `${name}://:${port}`), ...role.controller ? [`${CONTROLLER_LISTENER}://:${CONTROLLER_PORT}`] : []];
  const named = zooKeeper === undefined ? own : listeners; // controllers that lead brokers of ZooKeeper's speak to them
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

/** Who knows both ZooKeeper and controllers takes part in the move from the one to the others. */
function inZooKeeper({ members, chroot }: ZooKeeperOfCluster, knowsControllers: boolean): Property[] {
  const connect: Property = ['zookeeper.connect', `${members}${chroot}`];
  return knowsControllers ? [connect, ['zookeeper.metadata.migration.enable', 'true']] : [connect];
}

function betweenBrokers({ role, listeners, registrationTimeout, zooKeeper }: ServerSettings): Property[] {
  const internal: Property = ['inter.broker.listener.name', listeners.filter(({ forClients }) => !forClients)[0].name];
  if (zooKeeper !== undefined) return [internal];
  return role.broker ? [internal, ['initial.broker.registration.timeout.ms', `${registrationTimeout}`]] : [];
}
