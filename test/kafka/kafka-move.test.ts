import { Size } from 'cdk8s';
import { find, newChart, ofKind } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import { KafkaCluster, KafkaClusterProps, KafkaMetadata, KafkaMove, KafkaVersion, ZooKeeperEnsemble } from 'cdk8s-stateful';

/** The move from ZooKeeper to controllers: docs/kafka-zookeeper.md. */
const storage = { size: Size.gibibytes(10) };
const ID = 'TRm4KZ8lTe6mGi_xhiWdPQ';
const CONNECT = [0, 1, 2].map(i => `zk-${i}.zk-headless.shop.svc.cluster.local:2181`).join(',');

/** How the cluster stands: in ZooKeeper, on its way, or without it. */
type Stand = 'zookeeper' | KafkaMove | 'kraft';

function at(stand: Stand, more: Partial<KafkaClusterProps> = {}) {
  const chart = newChart('shop');
  const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', { storage });
  const move = stand === 'zookeeper' || stand === 'kraft' ? undefined : stand;
  const kafka = new KafkaCluster(chart, 'Events', {
    storage,
    version: KafkaVersion.V3_9,
    metadata: stand === 'kraft' ? KafkaMetadata.kraft() : KafkaMetadata.zookeeper(zookeeper, { chroot: '/events', move }),
    ...stand === 'zookeeper' ? {} : { controllers: 3, clusterId: ID },
    ...more,
  });
  const files = (set: string) => find(chart, 'ConfigMap', `${set}-config`).data as { [file: string]: string };
  const pairs = (set: string, file: string): { [key: string]: string } => Object.fromEntries(files(set)[file].trimEnd().split('\n').map(line => line.split(/=(.*)/s).slice(0, 2)));
  const template = (set: string) => JSON.stringify((find(chart, 'StatefulSet', set).spec as { template: object }).template);
  return { chart, kafka, files, template, properties: (set = 'events') => pairs(set, 'server.properties'), conf: (set = 'events') => pairs(set, 'member.conf') };
}

const BRIDGE = { 'zookeeper.connect': `${CONNECT}/events`, 'zookeeper.metadata.migration.enable': 'true' };

test('in the first step the controllers start, and no broker restarts', () => {
  const { template, properties, conf, chart } = at(KafkaMove.CONTROLLERS);
  expect(template('events')).toBe(at('zookeeper').template('events'));
  expect(properties('events-controller')).toMatchObject({
    ...BRIDGE,
    'process.roles': 'controller',
    'node.id': '300${env:POD_INDEX}',
    'controller.listener.names': 'CONTROLLER',
    'listeners': 'CONTROLLER://:9093',
    'inter.broker.listener.name': 'INTERNAL', // by which they tell brokers who leads
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  });
  expect(conf('events-controller')).toMatchObject({ ROLES: 'controller', BROKER_SET: 'events' });
  expect(template('events-controller')).toContain(ID);
  expect(ofKind(chart, 'StatefulSet').map(({ metadata }) => metadata.name).sort()).toEqual(['events', 'events-controller', 'zk']);
});

test('in the second step the brokers connect to both', () => {
  const { template, properties, conf, files, chart } = at(KafkaMove.METADATA);
  expect(properties()).toMatchObject({
    ...BRIDGE,
    'broker.id': '${env:POD_INDEX}',
    'controller.listener.names': 'CONTROLLER',
    'listeners': 'INTERNAL://:9091,PLAINTEXT://:9092',
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  });
  expect(properties()).not.toHaveProperty(['process.roles']);
  expect(conf()).toMatchObject({ ZOOKEEPER: CONNECT, CHROOT: '/events', CONTROLLER_SET: 'events-controller', CONTROLLERS_FILE: '/etc/cdk8s-stateful/controllers/members' });
  expect(mountedConfig(chart, 'events', 'controllers')).toBe('events-controller-members');
  expect(files('events')['settle-twice.sh']).toBeDefined();
  expect(template('events-controller')).toBe(at(KafkaMove.CONTROLLERS).template('events-controller'));
});

test('in the third step the brokers connect to the controllers only, as after the migration', () => {
  const { template, properties } = at(KafkaMove.BROKERS);
  expect(template('events')).toBe(at('kraft').template('events'));
  expect(properties()).toMatchObject({ 'process.roles': 'broker', 'node.id': '${env:POD_INDEX}' });
  expect(Object.keys(properties()).filter(key => key.startsWith('zookeeper'))).toEqual([]);
  expect(template('events-controller')).toBe(at(KafkaMove.CONTROLLERS).template('events-controller'));
});

test('after the last step the controllers have no settings of ZooKeeper', () => {
  const { properties } = at('kraft');
  expect(Object.keys(properties('events-controller')).filter(key => key.startsWith('zookeeper'))).toEqual([]);
});

test.each(Object.values(KafkaMove))('%s: brokers and controllers can reach the ensemble and each other, because members of the previous step still run', move => {
  const { chart } = at(move);
  const from = (name: string) => [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': name } } }];
  expect(find(chart, 'NetworkPolicy', 'zk')).toMatchObject({
    spec: { ingress: [{}, { from: from('events'), ports: [{ port: 2181 }] }, { from: from('events-controller'), ports: [{ port: 2181 }] }] },
  });
  expect(find(chart, 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { from: from('events-controller'), ports: [{ port: 7700 }, { port: 9091 }] }] } });
  expect(find(chart, 'NetworkPolicy', 'events-controller')).toMatchObject({ spec: { ingress: [{}, { from: from('events'), ports: [{ port: 7700 }, { port: 9093 }] }] } });
});

test('the cluster id is that of the running cluster', () => {
  for (const move of Object.values(KafkaMove)) expect(at(move).kafka.clusterId).toBe(ID);
});

test.each<[string, Partial<KafkaClusterProps>, string]>([
  ['without controllers', { controllers: undefined }, "test/Events: the cluster is migrating to KRaft ('move' is 'metadata'), but 'controllers' is not set. Set 'controllers: 3'."],
  ['with two controllers', { controllers: 2 }, "test/Events: invalid 'controllers': got 2, expected an odd number."],
  ['without the id of the cluster', { clusterId: undefined },
    "test/Events: the cluster is migrating to KRaft ('move' is 'metadata'), but 'clusterId' is not set. "
    + "Set it to the id of the running cluster, and keep it: the id is in the file meta.properties on each broker's volume."],
  ['with an id that is none', { clusterId: 'events' }, "test/Events: invalid 'clusterId': got 'events'"],
  ['with a release that knows no such controllers', { version: KafkaVersion.of('3.8.1') }, "test/Events: invalid 'version': got '3.8.1', expected 3.9 or later."],
  ['with a release that knows no ZooKeeper', { version: KafkaVersion.V4_1 }, "test/Events: invalid 'version': got '4.1.2', expected 3.9 or earlier, because the metadata is stored in ZooKeeper."],
])('no migration %s', (_, props, message) => {
  expect(() => at(KafkaMove.METADATA, props)).toThrow(message);
});

test('no unknown step, from JavaScript', () => {
  const options = JSON.parse('{ "move": "done" }') as { move: KafkaMove };
  expect(() => KafkaMetadata.zookeeper({ connectString: 'zk:2181', grantConnect: () => undefined, grantNetwork: () => undefined }, options))
    .toThrow("KafkaMetadata.zookeeper: invalid 'move': got 'done', expected one of controllers, metadata, brokers.");
});
