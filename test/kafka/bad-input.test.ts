import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  DisruptionPolicy, IZooKeeper, KafkaCluster, KafkaClusterProps, KafkaListener, KafkaMetadata, KafkaTopicProps, KafkaVersion, VolumeDataSource,
  ZooKeeperVersion,
} from 'cdk8s-stateful';

type BadInput = [what: string, act: (chart: Chart) => void, refusal: Refusal];


const storage = { size: Size.gibibytes(10) };
const dataSource = VolumeDataSource.fromSnapshot({ name: 'before' });
const withProps = (props: Partial<KafkaClusterProps>) => (chart: Chart) => { new KafkaCluster(chart, 'Events', { storage, ...props }); };
const ensemble = (connectString: string): IZooKeeper => ({ connectString, grantConnect: () => undefined, grantNetwork: () => undefined });
const withZooKeeper = (props: Partial<KafkaClusterProps>, id = 'Events') => (chart: Chart) => {
  new KafkaCluster(chart, id, { storage, metadata: KafkaMetadata.zookeeper(ensemble('zk-0:2181,zk-1:2181')), ...props });
};
type OnCluster = (kafka: KafkaCluster, chart: Chart) => void;
const withCluster = (act: OnCluster) => (chart: Chart) => act(new KafkaCluster(chart, 'Events', { storage }), chart);
const withTopic = (name: string, props: Partial<KafkaTopicProps> = {}) =>
  withCluster(kafka => { kafka.addTopic(name, { partitions: 1, ...props }); });
const memory = (mebibytes: number) => ({ memory: { request: Size.mebibytes(mebibytes), limit: Size.mebibytes(mebibytes) } });

const combined = "expected 1, 3 or 5 combined brokers and controllers. A majority of them must be up, so an even number tolerates no more failures than the next lower odd number. Set 'controllers: 3' to use any number of brokers.";
const listenerName = "expected at most 15 upper-case letters (at least one) and digits, separated by single '_'.";
const topicName = "expected 1 to 249 letters, digits, '.', '_' and '-', not starting with '-'.";
const copies = 'No producer with acks=all could write. Set the minimum to one less than the replication factor to continue writes while a broker restarts.';

const refused: BadInput[] = [
  ['two combined brokers', withProps({ brokers: 2 }), `test/Events: invalid 'brokers': got 2, ${combined}`],
  ['four combined brokers', withProps({ brokers: 4 }), `test/Events: invalid 'brokers': got 4, ${combined}`],
  ['seven combined brokers', withProps({ brokers: 7 }), `test/Events: invalid 'brokers': got 7, ${combined}`],
  ['no brokers', withProps({ brokers: 0, controllers: 3 }), "test/Events: invalid 'brokers': got 0, expected a whole number from 1 to 1000."],
  ['two controllers', withProps({ controllers: 2 }), "test/Events: invalid 'controllers': got 2, expected an odd number. 2 controllers tolerate no more failures than 1."],
  ['no controllers', withProps({ controllers: 0 }), "test/Events: invalid 'controllers': got 0, expected a whole number from 1 to 9."],
  ['a name too long for the controllers', withProps({ name: 'a'.repeat(42), controllers: 3 }),
    `test/Events: invalid 'name': got '${'a'.repeat(42)}', expected at most 41 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.`],
  ['a name too long', withProps({ name: 'a'.repeat(53) }),
    `test/Events: invalid 'name': got '${'a'.repeat(53)}', expected at most 52 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.`],
  ['two clusters of one name', chart => { withProps({})(chart); new KafkaCluster(chart, 'Other', { storage, name: 'events' }); },
    "the StatefulSet name 'events' is already taken"],
  ['a cluster id that is none', withProps({ clusterId: 'events' }),
    "test/Events: invalid 'clusterId': got 'events', expected 22 characters of base64url (letters, digits, '-', '_'), not starting with '-'. The id of an existing cluster is in the file meta.properties on a broker's volume."],
  ['a cluster id like an option', withProps({ clusterId: '-L6g3nShT-eMCtK--X86sw' }), "invalid 'clusterId': got '-L6g3nShT-eMCtK--X86sw'"],
  ['a volume of no size', withProps({ storage: { size: Size.gibibytes(0) } }), "test/Events: invalid 'storage.size': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
  ['a volume of no size for the controllers', withProps({ controllers: 3, controllerStorage: { size: Size.gibibytes(0) } }), "test/Events: invalid 'controllerStorage.size': got '0 bytes'"],
  ['brokers that all begin with one snapshot', withProps({ storage: { ...storage, dataSource } }),
    "test/Events: all 3 members would start from the same 'storage.dataSource'. A volume belongs to the one node whose id it contains. "
    + 'Omit it, and copy the topics from a running cluster with MirrorMaker.'],
  ['controllers that all begin with one snapshot', withProps({ controllers: 3, controllerStorage: { ...storage, dataSource } }),
    "test/Events: all 3 members would start from the same 'controllerStorage.dataSource'."],

  ['a moving tag', () => { KafkaVersion.of('latest'); }, "KafkaVersion.of: invalid 'version': got 'latest', expected an image tag that begins with a release of at least 3.7."],
  ['a release without an official image', () => { KafkaVersion.of('3.6.2'); },
    "KafkaVersion.of: invalid 'version': got '3.6.2', expected an image tag that begins with a release of at least 3.7. There is no official image of earlier releases."],
  ['a release that needs ZooKeeper', withProps({ version: KafkaVersion.of('3.8.1') }),
    "test/Events: invalid 'version': got '3.8.1', expected 3.9 or later. Dynamic controller quorums require 3.9. Run earlier releases with ZooKeeper: set 'metadata: KafkaMetadata.zookeeper(…)'."],
  // @ts-expect-error the types tell them apart
  ['a release of another product', withProps({ version: ZooKeeperVersion.V3_9 }), "test/Events: invalid 'version': got a ZooKeeperVersion, expected a KafkaVersion. Use KafkaVersion.V4_1, KafkaVersion.of(…)."],
  ['a release as a text, from JavaScript', withProps(JSON.parse('{ "version": "4.1.2" }')), "test/Events: invalid 'version': got '4.1.2', expected a KafkaVersion."],
  ['a release without patch', () => { KafkaVersion.of('4.1'); }, "KafkaVersion.of: invalid 'version': got '4.1', expected a release with all three numbers. For example 4.1.2: the official image has no shorter tags."],

  ...([
    ['a release that knows no ZooKeeper', { version: KafkaVersion.V4_0 },
      "test/Events: invalid 'version': got '4.0.1', expected 3.9 or earlier, because the metadata is stored in ZooKeeper. Kafka 4 does not support ZooKeeper: omit KafkaMetadata.zookeeper for a new cluster, "
      + 'and migrate an existing one on 3.9 first: see docs/kafka-zookeeper.md.'],
    ['controllers beside ZooKeeper', { controllers: 3 },
      "test/Events: 'controllers' is set, but the metadata is stored in ZooKeeper. Omit either 'controllers' or KafkaMetadata.zookeeper. "
      + 'To migrate a cluster from ZooKeeper to controllers, see docs/kafka-zookeeper.md.'],
    ['no brokers with ZooKeeper', { brokers: 0 }, "test/Events: invalid 'brokers': got 0, expected a whole number from 1 to 1000."],
    ['a cluster id with ZooKeeper', { clusterId: '5L6g3nShT-eMCtK--X86sw' },
      "test/Events: 'clusterId' is set, but the metadata is stored in ZooKeeper. Omit 'clusterId': the first broker generates it and stores it in ZooKeeper."],
    ['two brokers with ZooKeeper that do not say what is to become of one', { brokers: 2 }, "config['min.insync.replicas'] is not set"],
    ['another ensemble as a setting', { config: { 'zookeeper.connect': 'zk:2181' } }, "'config['zookeeper.connect']' must not be set: it is derived from 'metadata'."],
    ['the bridge as a setting', { config: { 'zookeeper.metadata.migration.enable': 'true' } }, "it is derived from 'move' of KafkaMetadata.zookeeper: see docs/kafka-zookeeper.md"],
    ['TLS to ZooKeeper', { config: { 'zookeeper.ssl.client.enable': 'true' } }, 'brokers connect to ZooKeeper without encryption and authentication before they start'],
    ['rights in ZooKeeper', { config: { 'zookeeper.set.acl': 'true' } }, 'brokers connect to ZooKeeper without encryption and authentication before they start'],
    ['a node id with ZooKeeper', { config: { 'broker.id': '7' } }, 'it is derived from the ordinal of the member'],
  ] satisfies [string, Partial<KafkaClusterProps>, string][]).map(([what, props, message]): BadInput => [what, withZooKeeper(props), message]),
  ['two clusters at one place of an ensemble', chart => { withZooKeeper({})(chart); withZooKeeper({ name: 'logs' }, 'Logs')(chart); },
    'test/Logs: it stores its metadata in the same ZooKeeper path as test/Events. '
    + "Broker ids would collide: give each cluster its own 'chroot' in KafkaMetadata.zookeeper."],
  ...['events', '/', '/events/', '//events', '/my events', '/a/../b', '/./a', '/zookeeper', '/zookeeper/a', ''].map((chroot): BadInput => [`the chroot '${chroot}'`,
    () => { KafkaMetadata.zookeeper(ensemble('zk:2181'), { chroot }); }, `KafkaMetadata.zookeeper: invalid 'chroot': got '${chroot}', expected a path such as '/events': `]),
  ...['', 'zk', 'zk:2181/events', 'zk:2181, zk:2182', 'zk:2181,'].map((connectString): BadInput => [`the ensemble '${connectString}'`, () => { KafkaMetadata.zookeeper(ensemble(connectString)); },
    `KafkaMetadata.zookeeper: invalid 'connectString': got '${connectString}', expected a comma-separated list of host:port. Give the path in ZooKeeper as 'chroot'.`]),

  ['too little memory', withProps({ resources: memory(767) }), "test/Events: invalid 'resources.memory': got '767Mi', expected at least 768Mi."],
  ['too little memory for controllers', withProps({ controllers: 3, controllerResources: memory(512) }), "test/Events: invalid 'controllerResources.memory': got '512Mi', expected at least 768Mi."],
  ['no memory', withProps({ resources: { cpu: { request: kplus.Cpu.units(1) } } }),
    "test/Events: 'resources' has no memory limit, so the heap size cannot be derived. Set the memory request and limit to the same size, for example Size.gibibytes(2)."],
  ['a heap as large as the limit', withProps({ resources: memory(2048), heap: Size.gibibytes(2) }),
    "test/Events: invalid 'heap': got '2048Mi', expected 256Mi to 1664Mi with a memory limit of 2048Mi. The JVM and the page cache need at least 384Mi in addition to the heap."],
  ['a heap that is no number', withProps({ heap: Size.mebibytes(NaN) }), "invalid 'heap'"],
  ['copies as Kafka does not read them', withProps({ config: { 'default.replication.factor': '2.0' } }), "got '2.0', expected a whole number from 1 to 3, the number of brokers."],
  ['a listener at the port of a sidecar', withCluster(kafka => {
    kafka.workload.addContainer({ name: 'exporter', image: 'exporter:1', ports: [{ number: 9404 }] });
    kafka.addListener(KafkaListener.plaintext({ name: 'OTHER', port: 9404 }));
  }), "the port 9404/TCP is already taken in this Pod by the container 'exporter'"],
  ['a tiny heap', withProps({ heap: Size.mebibytes(64) }), "invalid 'heap': got '64Mi', expected 256Mi to 1664Mi"],

  ...([
    ['node.id', '1', 'it is derived from the ordinal of the member'],
    ['broker.id', '1', 'it is derived from the ordinal of the member'],
    ['process.roles', 'broker', "it is derived from 'brokers' and 'controllers'"],
    ['controller.quorum.voters', '1@a:1', "it is derived from 'brokers' and 'controllers'"],
    ['controller.quorum.bootstrap.servers', 'a:1', "it is derived from 'brokers' and 'controllers'"],
    ['listeners', 'A://:1', "it is derived from 'listeners'"],
    ['advertised.listeners', 'A://a:1', "it is derived from 'listeners'"],
    ['inter.broker.listener.name', 'A', "it is derived from 'listeners'"],
    ['log.dirs', '/a', "all data is on the volume of 'storage', at /var/lib/kafka/data"],
    ['metadata.log.dir', '/a', "all data is on the volume of 'storage', at /var/lib/kafka/data"],
    ['broker.rack', 'a', "it is derived from 'rackAwareness'"],
    ['config.providers', 'file', 'the settings of each member are read from its environment by a provider'],
    ['zookeeper.connect', 'zk:2181', 'the cluster does not use ZooKeeper'],
  ].map(([key, value, reason]): BadInput => [`${key} as a setting`, withProps({ config: { [key]: value } }),
    `test/Events: 'config['${key}']' must not be set: ${reason}.`])),
  ['a setting of two lines', withProps({ config: { 'log.retention.hours': '1\nnode.id=7' } }), "test/Events: invalid 'config['log.retention.hours']'"],
  ['a name of a setting that hides another', withProps({ config: { 'a=b\nnode.id': '7' } }), "expected setting names of letters, digits, '.', '-' and '_'."],
  ['a number for a setting, from JavaScript', withProps({ config: JSON.parse('{ "log.retention.hours": 1 }') }),
    { property: "config['log.retention.hours']", got: 1, hint: "Quote it: '1'." }],
  ['more copies than brokers', withProps({ config: { 'default.replication.factor': '4' } }),
    "test/Events: invalid 'config['default.replication.factor']': got '4', expected a whole number from 1 to 3, the number of brokers."],
  ['more in-sync copies than copies', withProps({ config: { 'default.replication.factor': '2', 'min.insync.replicas': '3' } }),
    `test/Events: config['min.insync.replicas'] is 3, but config['default.replication.factor'] is only 2. ${copies}`],
  ['more in-sync copies than a single broker', withProps({ brokers: 1, config: { 'min.insync.replicas': '2' } }),
    `test/Events: config['min.insync.replicas'] is 2, but config['default.replication.factor'] is only 1. ${copies}`],
  ['in-sync copies that are no number', withProps({ config: { 'transaction.state.log.min.isr': 'all' } }),
    "test/Events: invalid 'config['transaction.state.log.min.isr']': got 'all', expected a whole number from 1 to 3, the replication factor."],

  ['two brokers that do not say what is to become of one', withProps({ brokers: 2, controllers: 3 }),
    "test/Events: the replication factor is 2, but config['min.insync.replicas'] is not set. Set it to '1' to continue writes while a broker restarts, although an acknowledged write may be on one broker only; "
    + "or to '2' to have every acknowledged write on both brokers, although writes stop while one of them restarts. There is no default, because a third broker would change it to 2, which stops writes to topics with two replicas whenever a broker restarts."],
  ['two copies of everything on more brokers', withProps({ config: { 'default.replication.factor': '2' } }), 'test/Events: the replication factor is 2'],
  ['a budget that lets more brokers go than copies may be down', withProps({ controllers: 3, disruption: DisruptionPolicy.maxUnavailable(2) }),
    "test/Events: invalid 'disruption.maxUnavailable': got 2, expected a budget that keeps 2 of 3 members available. A partition accepts writes only while at least min.insync.replicas of its replicas are in sync. At most 1 may be unavailable."],
  ['the same of five that are their own controllers, of which a quorum bears two', withProps({ brokers: 5, disruption: DisruptionPolicy.minAvailable(3) }),
    "test/Events: invalid 'disruption.minAvailable': got 3, expected a budget that keeps 4 of 5 members available."],
  ['the same of many brokers: any two of them have partitions in common', withProps({ brokers: 9, controllers: 3, disruption: DisruptionPolicy.maxUnavailable(2) }), 'expected a budget that keeps 8 of 9 members available.'],

  ['a listener in lower case', () => { KafkaListener.plaintext({ name: 'reports' }); }, `KafkaListener: invalid 'name': got 'reports', ${listenerName}`],
  ['a listener name too long', () => { KafkaListener.plaintext({ name: 'A'.repeat(16) }); }, `KafkaListener: invalid 'name': got '${'A'.repeat(16)}', ${listenerName}`],
  ["the controllers' listener", () => { KafkaListener.plaintext({ name: 'CONTROLLER' }); }, "KafkaListener: invalid 'name': got 'CONTROLLER', expected another name. This name is reserved for the controllers."],
  ["the controllers' port", () => { KafkaListener.internal({ port: 9093 }); }, "KafkaListener: invalid 'port': got 9093, expected another port. This port is reserved for the controllers."],
  ['a port of root', () => { KafkaListener.plaintext({ port: 80 }); }, "KafkaListener: invalid 'port': got 80, expected a whole number from 1024 to 65535."],
  ['no listeners', withProps({ listeners: [] }), "test/Events: invalid 'listeners': got [], expected at least one client listener. Add KafkaListener.plaintext()."],
  ['no listener for clients', withProps({ listeners: [KafkaListener.internal()] }), "test/Events: invalid 'listeners': got ['INTERNAL'], expected at least one client listener. Add KafkaListener.plaintext()."],
  ['two listeners of one name', withCluster(kafka => { kafka.addListener(KafkaListener.plaintext({ port: 9094 })); }), "test/Events: two listeners are named 'PLAINTEXT'. Give one of them another 'name'."],
  ['two listeners of one port', withCluster(kafka => { kafka.addListener(KafkaListener.plaintext({ name: 'OTHER' })); }),
    "test/Events: the listeners 'PLAINTEXT' and 'OTHER' have the same port 9092. Give one of them another 'port'."],
  ['two internal listeners', withProps({ listeners: [KafkaListener.plaintext(), KafkaListener.internal(), KafkaListener.internal({ name: 'INNER', port: 9090 })] }),
    "test/Events: there is a second internal listener, 'INNER'. Remove one: the brokers use exactly one."],
  ['an internal listener, later', withCluster(kafka => { kafka.addListener(KafkaListener.internal({ name: 'INNER', port: 9090 })); }),
    "test/Events: the internal listener 'INNER' cannot be added: there is one already, 'INTERNAL'. Set it in 'listeners' instead, where it replaces the default one."],
  ['a listener for clients of the name that the brokers use', withProps({ listeners: [KafkaListener.plaintext({ name: 'INTERNAL' })] }),
    "test/Events: two listeners are named 'INTERNAL'. It is the internal listener of the brokers: give the client listener another 'name', or, in a new cluster, add KafkaListener.internal({ name: … }) to 'listeners'."],
  ['a listener for clients at the port that the brokers use', withProps({ listeners: [KafkaListener.plaintext({ port: 9091 })] }),
    "test/Events: the listeners 'INTERNAL' and 'PLAINTEXT' have the same port 9091. It is the internal listener of the brokers: give the client listener another 'port', or, in a new cluster, add KafkaListener.internal({ port: … }) to 'listeners'."],
  ['an unknown listener', withCluster((kafka, chart) => { kafka.grantConnect(new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] }), { listener: 'TLS' }); }),
    "test/Events: invalid 'listener': got 'TLS', expected a client listener: PLAINTEXT."],
  ['a client without containers', withCluster((kafka, chart) => { kafka.grantConnect(new kplus.Deployment(chart, 'Api')); }),
    'test/Api: it is granted access before it has containers that can get the connection details. Add its containers first.'],
  ['a client of two clusters', withCluster((kafka, chart) => {
    const api = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
    kafka.grantConnect(api);
    new KafkaCluster(chart, 'Logs', { storage }).grantConnect(api);
  }), "test/Api: its container 'main' has another value for the variable 'KAFKA_BOOTSTRAP_SERVERS' already. Remove it, or use a separate workload for each cluster or listener."],

  ['a topic with a space', withTopic('my orders'), `test/Events: invalid 'topic name': got 'my orders', ${topicName}`],
  ['a topic of dots', withTopic('..'), `test/Events: invalid 'topic name': got '..', ${topicName}`],
  ['a topic like an option', withTopic('--delete'), `test/Events: invalid 'topic name': got '--delete', ${topicName}`],
  ['a topic name too long', withTopic('a'.repeat(250)), `test/Events: invalid 'topic name': got '${'a'.repeat(250)}', ${topicName}`],
  ["Kafka's own topic", withTopic('__consumer_offsets'), "test/Events: invalid 'topic name': got '__consumer_offsets', expected a name that does not start with '__'. This prefix is reserved for Kafka's internal topics."],
  ['a topic twice', withCluster(kafka => { kafka.addTopic('a', { partitions: 1 }); kafka.addTopic('a', { partitions: 2 }); }),
    "test/Events: the topic 'a' is declared twice. Declare it once, with all its properties."],
  ['two topics that Kafka confuses', withCluster(kafka => { kafka.addTopic('a.b', { partitions: 1 }); kafka.addTopic('a_b', { partitions: 1 }); }),
    "test/Events: the topics 'a.b' and 'a_b' differ only in '.' and '_'. Kafka rejects the second, because their metric names would collide: rename one of them."],
  ['no partitions', withTopic('a', { partitions: 0 }), "test/Events.addTopic('a'): invalid 'partitions': got 0, expected a whole number of at least 1."],
  ['more copies of a topic than brokers', withTopic('a', { replicationFactor: 4 }),
    "test/Events.addTopic('a'): invalid 'replicationFactor': got 4, expected a whole number from 1 to 3, the number of brokers."],
  ['more in-sync copies of a topic than copies', withTopic('a', { replicationFactor: 2, config: { 'min.insync.replicas': '3' } }),
    `test/Events.addTopic('a'): config['min.insync.replicas'] is 3, but replicationFactor is only 2. ${copies}`],
  ['a setting of a topic with a line break', withTopic('a', { config: { 'retention.ms': '1\n' } }), "test/Events.addTopic('a'): invalid 'config['retention.ms']'"],
];

test.each(refused)('%s', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});
