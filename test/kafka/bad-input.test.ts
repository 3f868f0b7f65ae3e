import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart } from '../support/manifests';
import {
  DisruptionPolicy, IZooKeeper, KafkaCluster, KafkaClusterProps, KafkaListener, KafkaMetadata, KafkaTopicProps, KafkaVersion, VolumeDataSource,
  ZooKeeperVersion,
} from 'cdk8s-stateful';

type BadInput = [what: string, act: (chart: Chart) => void, message: string];


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

const combined = "expected 1, 3 or 5 brokers that are their own controllers. A majority of them must be up: an even number survives no more losses than the odd one below. Give 'controllers: 3' to have any number of brokers.";
const listenerName = "expected at most 15 upper-case letters (at least one) and digits, with single '_' between them.";
const topicName = "expected 1 to 249 letters, digits, '.', '_' and '-', not beginning with '-'.";
const copies = 'No producer that waits for all copies could write. Lower the one or raise the other; one below the replication factor lets writes go on while a broker restarts.';

const refused: BadInput[] = [
  ['two combined brokers', withProps({ brokers: 2 }), `test/Events: invalid 'brokers': got 2, ${combined}`],
  ['four combined brokers', withProps({ brokers: 4 }), `test/Events: invalid 'brokers': got 4, ${combined}`],
  ['seven combined brokers', withProps({ brokers: 7 }), `test/Events: invalid 'brokers': got 7, ${combined}`],
  ['no brokers', withProps({ brokers: 0, controllers: 3 }), "test/Events: invalid 'brokers': got 0, expected a whole number from 1 to 1000."],
  ['two controllers', withProps({ controllers: 2 }), "test/Events: invalid 'controllers': got 2, expected an odd number. 2 controllers survive the loss of no more than 1 do."],
  ['no controllers', withProps({ controllers: 0 }), "test/Events: invalid 'controllers': got 0, expected a whole number from 1 to 9."],
  ['a name too long for the controllers', withProps({ name: 'a'.repeat(42), controllers: 3 }),
    `test/Events: invalid 'name': got '${'a'.repeat(42)}', expected at most 41 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.`],
  ['a name too long', withProps({ name: 'a'.repeat(53) }),
    `test/Events: invalid 'name': got '${'a'.repeat(53)}', expected at most 52 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.`],
  ['two clusters of one name', chart => { withProps({})(chart); new KafkaCluster(chart, 'Other', { storage, name: 'events' }); },
    "the StatefulSet name 'events' is already taken"],
  ['a cluster id that is none', withProps({ clusterId: 'events' }),
    "test/Events: invalid 'clusterId': got 'events', expected 22 characters of base64url (letters, digits, '-', '_'), not beginning with '-'. The file meta.properties on a broker's volume has that of an existing cluster."],
  ['a cluster id like an option', withProps({ clusterId: '-L6g3nShT-eMCtK--X86sw' }), "invalid 'clusterId': got '-L6g3nShT-eMCtK--X86sw'"],
  ['a volume of no size', withProps({ storage: { size: Size.gibibytes(0) } }), "test/Events: invalid 'storage.size': got '0Ki', expected a size above zero in whole kibibytes. For example Size.gibibytes(20)."],
  ['a volume of no size for the controllers', withProps({ controllers: 3, controllerStorage: { size: Size.gibibytes(0) } }), "test/Events: invalid 'controllerStorage.size': got '0Ki'"],
  ['brokers that all begin with one snapshot', withProps({ storage: { ...storage, dataSource } }),
    "test/Events: each of 3 members would begin with the same 'storage.dataSource'. A volume belongs to the one node whose id it holds. "
    + 'Leave it out, and copy the topics from a cluster that runs, with MirrorMaker.'],
  ['controllers that all begin with one snapshot', withProps({ controllers: 3, controllerStorage: { ...storage, dataSource } }),
    "test/Events: each of 3 members would begin with the same 'controllerStorage.dataSource'."],

  ['a moving tag', () => { KafkaVersion.of('latest'); }, "KafkaVersion.of: invalid 'version': got 'latest', expected an image tag that begins with a release of at least 3.7."],
  ['a release without an official image', () => { KafkaVersion.of('3.6.2'); },
    "KafkaVersion.of: invalid 'version': got '3.6.2', expected an image tag that begins with a release of at least 3.7. There is no official image of an earlier one."],
  ['a release that needs ZooKeeper', withProps({ version: KafkaVersion.of('3.8.1') }),
    "test/Events: invalid 'version': got '3.8.1', expected 3.9 or later. Controllers that can change their voters came with 3.9. Earlier releases run with ZooKeeper: give 'metadata: KafkaMetadata.zookeeper(…)'."],
  // @ts-expect-error the types tell them apart
  ['a release of another product', withProps({ version: ZooKeeperVersion.V3_9 }), "test/Events: invalid 'version': got {"],
  ['a release as a text, from JavaScript', withProps(JSON.parse('{ "version": "4.1.2" }')), "test/Events: invalid 'version': got '4.1.2', expected a KafkaVersion."],
  ['a release without patch', () => { KafkaVersion.of('4.1'); }, "KafkaVersion.of: invalid 'version': got '4.1', expected all three numbers of a release. For example 4.1.2: the official image has no shorter tags."],

  ...([
    ['a release that knows no ZooKeeper', { version: KafkaVersion.V4_0 },
      "test/Events: invalid 'version': got '4.0.1', expected 3.9 or earlier, as the metadata is in ZooKeeper. Kafka 4 knows no ZooKeeper: a new cluster leaves out KafkaMetadata.zookeeper. "
      + 'One that has data moves first, on 3.9: see docs/kafka-zookeeper.md.'],
    ['controllers beside ZooKeeper', { controllers: 3 },
      "test/Events: there are 'controllers', and the metadata is in ZooKeeper. Leave out 'controllers', or KafkaMetadata.zookeeper: one of them keeps the metadata. "
      + 'From the one to the other it moves in steps: see docs/kafka-zookeeper.md.'],
    ['no brokers with ZooKeeper', { brokers: 0 }, "test/Events: invalid 'brokers': got 0, expected a whole number from 1 to 1000."],
    ['a cluster id with ZooKeeper', { clusterId: '5L6g3nShT-eMCtK--X86sw' },
      "test/Events: there is a 'clusterId', and the metadata is in ZooKeeper. Leave out 'clusterId': the first broker makes one, and ZooKeeper keeps it."],
    ['two brokers with ZooKeeper that do not say what is to become of one', { brokers: 2 }, "config['min.insync.replicas'] is not given"],
    ['another ensemble as a setting', { config: { 'zookeeper.connect': 'zk:2181' } }, "got 'zookeeper.connect=zk:2181', expected settings that do not follow from other properties. Give 'metadata'."],
    ['the bridge as a setting', { config: { 'zookeeper.metadata.migration.enable': 'true' } }, "Give 'move' to KafkaMetadata.zookeeper: see docs/kafka-zookeeper.md."],
    ['TLS to ZooKeeper', { config: { 'zookeeper.ssl.client.enable': 'true' } }, 'Brokers ask ZooKeeper in the clear, and as nobody, before they start.'],
    ['rights in ZooKeeper', { config: { 'zookeeper.set.acl': 'true' } }, 'Brokers ask ZooKeeper in the clear, and as nobody, before they start.'],
    ['a node id with ZooKeeper', { config: { 'broker.id': '7' } }, 'The ordinal of the member decides'],
  ] satisfies [string, Partial<KafkaClusterProps>, string][]).map(([what, props, message]): BadInput => [what, withZooKeeper(props), message]),
  ['two clusters at one place of an ensemble', chart => { withZooKeeper({})(chart); withZooKeeper({ name: 'logs' }, 'Logs')(chart); },
    'test/Logs: it keeps its metadata at the same place of the same ZooKeeper as test/Events. '
    + "Their brokers would have the same ids: give each cluster a 'chroot' of its own in KafkaMetadata.zookeeper."],
  ...['events', '/', '/events/', '//events', '/my events', '/a/../b', '/./a', '/zookeeper', '/zookeeper/a', ''].map((chroot): BadInput => [`the chroot '${chroot}'`,
    () => { KafkaMetadata.zookeeper(ensemble('zk:2181'), { chroot }); }, `KafkaMetadata.zookeeper: invalid 'chroot': got '${chroot}', expected a path such as '/events': `]),
  ...['', 'zk', 'zk:2181/events', 'zk:2181, zk:2182', 'zk:2181,'].map((connectString): BadInput => [`the ensemble '${connectString}'`, () => { KafkaMetadata.zookeeper(ensemble(connectString)); },
    `KafkaMetadata.zookeeper: invalid 'connectString': got '${connectString}', expected members as host:port, with commas between them. The path in ZooKeeper is 'chroot'.`]),

  ['too little memory', withProps({ resources: memory(767) }), "test/Events: invalid 'resources.memory': got '767Mi', expected at least 768Mi."],
  ['too little memory for controllers', withProps({ controllers: 3, controllerResources: memory(512) }), "test/Events: invalid 'controllerResources.memory': got '512Mi', expected at least 768Mi."],
  ['no memory', withProps({ resources: { cpu: { request: kplus.Cpu.units(1) } } }),
    "test/Events: 'resources' has no memory limit, from which the heap follows. Give memory: { request, limit } of one size, for example Size.gibibytes(2)."],
  ['a heap as large as the limit', withProps({ resources: memory(2048), heap: Size.gibibytes(2) }),
    "test/Events: invalid 'heap': got '2048Mi', expected 256Mi to 1664Mi with a memory limit of 2048Mi. Java itself and the page cache need at least 384Mi beside the heap."],
  ['a heap that is no number', withProps({ heap: Size.mebibytes(NaN) }), "invalid 'heap'"],
  ['copies as Kafka does not read them', withProps({ config: { 'default.replication.factor': '2.0' } }), "got '2.0', expected a whole number from 1 to 3, the number of brokers."],
  ['a listener at the port of a sidecar', withCluster(kafka => {
    kafka.workload.addContainer({ name: 'exporter', image: 'exporter:1', ports: [{ number: 9404 }] });
    kafka.addListener(KafkaListener.plaintext({ name: 'OTHER', port: 9404 }));
  }), "the port 9404/TCP is already taken in this Pod by the container 'exporter'"],
  ['a tiny heap', withProps({ heap: Size.mebibytes(64) }), "invalid 'heap': got '64Mi', expected 256Mi to 1664Mi"],

  ...([
    ['node.id', '1', "The ordinal of the member decides: see 'brokers' and 'controllers'."],
    ['broker.id', '1', "The ordinal of the member decides: see 'brokers' and 'controllers'."],
    ['process.roles', 'broker', "Give 'brokers' and 'controllers'."],
    ['controller.quorum.voters', '1@a:1', "Give 'brokers' and 'controllers'."],
    ['controller.quorum.bootstrap.servers', 'a:1', "Give 'brokers' and 'controllers'."],
    ['listeners', 'A://:1', "Give 'listeners'."],
    ['advertised.listeners', 'A://a:1', "Give 'listeners'."],
    ['inter.broker.listener.name', 'A', "Give 'listeners'."],
    ['log.dirs', '/a', "All lies on the volume of 'storage', at /var/lib/kafka/data."],
    ['metadata.log.dir', '/a', "All lies on the volume of 'storage', at /var/lib/kafka/data."],
    ['broker.rack', 'a', "Give 'rackAwareness'."],
    ['config.providers', 'file', 'Kafka reads what differs between members from the environment by it.'],
    ['zookeeper.connect', 'zk:2181', 'The cluster has no ZooKeeper.'],
  ].map(([key, value, instead]): BadInput => [`${key} as a setting`, withProps({ config: { [key]: value } }),
    `test/Events: invalid 'config': got '${key}=${value}', expected settings that do not follow from other properties. ${instead}`])),
  ['a setting of two lines', withProps({ config: { 'log.retention.hours': '1\nnode.id=7' } }), "test/Events: invalid 'config['log.retention.hours']'"],
  ['a name of a setting that hides another', withProps({ config: { 'a=b\nnode.id': '7' } }), "expected names of settings: letters, digits, '.', '-' and '_'."],
  ['a number for a setting, from JavaScript', withProps({ config: JSON.parse('{ "log.retention.hours": 1 }') }),
    "test/Events: invalid 'config['log.retention.hours']': got 1, expected one line of text that does not begin or end with space."],
  ['more copies than brokers', withProps({ config: { 'default.replication.factor': '4' } }),
    "test/Events: invalid 'config['default.replication.factor']': got '4', expected a whole number from 1 to 3, the number of brokers."],
  ['more in-sync copies than copies', withProps({ config: { 'default.replication.factor': '2', 'min.insync.replicas': '3' } }),
    `test/Events: config['min.insync.replicas'] is 3, but there are only 2 copies (config['default.replication.factor']). ${copies}`],
  ['more in-sync copies than a single broker', withProps({ brokers: 1, config: { 'min.insync.replicas': '2' } }),
    `test/Events: config['min.insync.replicas'] is 2, but there are only 1 copies (config['default.replication.factor']). ${copies}`],
  ['in-sync copies that are no number', withProps({ config: { 'transaction.state.log.min.isr': 'all' } }),
    "test/Events: invalid 'config['transaction.state.log.min.isr']': got 'all', expected a whole number from 1 to 3, the replication factor."],

  ['two brokers that do not say what is to become of one', withProps({ brokers: 2, controllers: 3 }),
    "test/Events: there are two copies of each partition, and config['min.insync.replicas'] is not given. Give '1', and writes go on while a broker restarts, but one that is acknowledged may be on one broker only; "
    + "or '2', and every write that is acknowledged is on both, but none is while one of them restarts. There is no default, as that of three copies, 2, would stop the writes to topics of two when a third broker comes."],
  ['two copies of everything on more brokers', withProps({ config: { 'default.replication.factor': '2' } }), 'test/Events: there are two copies of each partition'],
  ['a budget that lets more brokers go than copies may be down', withProps({ controllers: 3, disruption: DisruptionPolicy.maxUnavailable(2) }),
    "test/Events: invalid 'disruption.maxUnavailable': got 2, expected a budget that keeps 2 of 3 members up. A partition takes writes only while as many of its copies as min.insync.replicas says are in sync. At most 1 may be unavailable."],
  ['the same of five that are their own controllers, of which a quorum bears two', withProps({ brokers: 5, disruption: DisruptionPolicy.minAvailable(3) }),
    "test/Events: invalid 'disruption.minAvailable': got 3, expected a budget that keeps 4 of 5 members up."],
  ['the same of many brokers: any two of them have partitions in common', withProps({ brokers: 9, controllers: 3, disruption: DisruptionPolicy.maxUnavailable(2) }), 'expected a budget that keeps 8 of 9 members up.'],

  ['a listener in lower case', () => { KafkaListener.plaintext({ name: 'reports' }); }, `KafkaListener: invalid 'name': got 'reports', ${listenerName}`],
  ['a listener name too long', () => { KafkaListener.plaintext({ name: 'A'.repeat(16) }); }, `KafkaListener: invalid 'name': got '${'A'.repeat(16)}', ${listenerName}`],
  ["the controllers' listener", () => { KafkaListener.plaintext({ name: 'CONTROLLER' }); }, "KafkaListener: invalid 'name': got 'CONTROLLER', expected another name. The controllers listen under this one."],
  ["the controllers' port", () => { KafkaListener.internal({ port: 9093 }); }, "KafkaListener: invalid 'port': got 9093, expected another port. The controllers listen there."],
  ['a port of root', () => { KafkaListener.plaintext({ port: 80 }); }, "KafkaListener: invalid 'port': got 80, expected a whole number from 1024 to 65535."],
  ['no listeners', withProps({ listeners: [] }), "test/Events: invalid 'listeners': got [], expected at least one listener for clients. Add KafkaListener.plaintext()."],
  ['no listener for clients', withProps({ listeners: [KafkaListener.internal()] }), "test/Events: invalid 'listeners': got ['INTERNAL'], expected at least one listener for clients. Add KafkaListener.plaintext()."],
  ['two listeners of one name', withCluster(kafka => { kafka.addListener(KafkaListener.plaintext({ port: 9094 })); }), "test/Events: two listeners have the name 'PLAINTEXT'. Give one of them another 'name'."],
  ['two listeners of one port', withCluster(kafka => { kafka.addListener(KafkaListener.plaintext({ name: 'OTHER' })); }),
    "test/Events: the listeners 'PLAINTEXT' and 'OTHER' have the same port 9092. Give one of them another 'port'."],
  ['two internal listeners', withProps({ listeners: [KafkaListener.plaintext(), KafkaListener.internal(), KafkaListener.internal({ name: 'INNER', port: 9090 })] }),
    "test/Events: there are two listeners for the brokers among themselves, the second is 'INNER'. Remove one: they use one only."],
  ['an internal listener, later', withCluster(kafka => { kafka.addListener(KafkaListener.internal({ name: 'INNER', port: 9090 })); }),
    "test/Events: the listener 'INNER' for the brokers among themselves is added to those that have one, 'INTERNAL'. Give it in 'listeners' instead: it takes the place of the default one."],
  ['a listener for clients of the name that the brokers use', withProps({ listeners: [KafkaListener.plaintext({ name: 'INTERNAL' })] }),
    "test/Events: two listeners have the name 'INTERNAL'. The brokers use it among themselves: give the one for clients another 'name', or, in a new cluster, add KafkaListener.internal({ name: … }) to 'listeners'."],
  ['a listener for clients at the port that the brokers use', withProps({ listeners: [KafkaListener.plaintext({ port: 9091 })] }),
    "test/Events: the listeners 'INTERNAL' and 'PLAINTEXT' have the same port 9091. The brokers use it among themselves: give the one for clients another 'port', or, in a new cluster, add KafkaListener.internal({ port: … }) to 'listeners'."],
  ['an unknown listener', withCluster((kafka, chart) => { kafka.grantConnect(new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] }), { listener: 'TLS' }); }),
    "test/Events: invalid 'listener': got 'TLS', expected a listener for clients: PLAINTEXT."],
  ['a client without containers', withCluster((kafka, chart) => { kafka.grantConnect(new kplus.Deployment(chart, 'Api')); }),
    'test/Api: it is granted access before it has containers to tell how to connect. Add its containers first.'],
  ['a client of two clusters', withCluster((kafka, chart) => {
    const api = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
    kafka.grantConnect(api);
    new KafkaCluster(chart, 'Logs', { storage }).grantConnect(api);
  }), "test/Api: its container 'main' has another value for the variable 'KAFKA_BOOTSTRAP_SERVERS' already. Remove it, or let a workload of its own speak to each cluster or listener."],

  ['a topic with a space', withTopic('my orders'), `test/Events: invalid 'topic name': got 'my orders', ${topicName}`],
  ['a topic of dots', withTopic('..'), `test/Events: invalid 'topic name': got '..', ${topicName}`],
  ['a topic like an option', withTopic('--delete'), `test/Events: invalid 'topic name': got '--delete', ${topicName}`],
  ['a topic name too long', withTopic('a'.repeat(250)), `test/Events: invalid 'topic name': got '${'a'.repeat(250)}', ${topicName}`],
  ["Kafka's own topic", withTopic('__consumer_offsets'), "test/Events: invalid 'topic name': got '__consumer_offsets', expected a name that does not begin with '__'. Kafka's own topics do."],
  ['a topic twice', withCluster(kafka => { kafka.addTopic('a', { partitions: 1 }); kafka.addTopic('a', { partitions: 2 }); }),
    "test/Events: the topic 'a' is declared twice. Declare it once, with all its properties."],
  ['two topics that Kafka confuses', withCluster(kafka => { kafka.addTopic('a.b', { partitions: 1 }); kafka.addTopic('a_b', { partitions: 1 }); }),
    "test/Events: the topics 'a.b' and 'a_b' differ only in '.' and '_'. Kafka refuses the second, as its metrics would have the first one's names: give one of them another name."],
  ['no partitions', withTopic('a', { partitions: 0 }), "test/Events: invalid 'topic 'a' partitions': got 0, expected a whole number of at least 1."],
  ['more copies of a topic than brokers', withTopic('a', { replicationFactor: 4 }),
    "test/Events: invalid 'topic 'a' replicationFactor': got '4', expected a whole number from 1 to 3, the number of brokers."],
  ['more in-sync copies of a topic than copies', withTopic('a', { replicationFactor: 2, config: { 'min.insync.replicas': '3' } }),
    `test/Events: topic 'a' config['min.insync.replicas'] is 3, but there are only 2 copies (topic 'a' replicationFactor). ${copies}`],
  ['a setting of a topic with a line break', withTopic('a', { config: { 'retention.ms': '1\n' } }), "test/Events: invalid 'topic 'a' config['retention.ms']'"],
];

test.each(refused)('%s', (_, act, message) => {
  expect(() => act(newChart('shop'))).toThrow(message);
});
