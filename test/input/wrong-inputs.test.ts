import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart } from '../support/manifests';
import { refusalOf } from '../support/refusals';
import {
  BackupDestination, DatabaseCredentials, DatabaseEngine, DisruptionPolicy, HeadlessService, KafkaCluster, KafkaListener, KafkaVersion, Members,
  PersistentVolume, PersistentVolumeClaim, Placement, PodDisruptionBudget, PostgresVersion, Provisioner, RedisDatabase, RedisTopology,
  ResourceQuota, SharedScratchPod, SnapshotSchedule, StatefulDatabase, StatefulWorkload, StorageClass, VolumeSnapshot, VolumeSource,
  ZooKeeperEnsemble,
} from 'cdk8s-stateful';

/** Wrong inputs as people make them from JavaScript, where no compiler looks at them. */
type WrongInput = [what: string, act: (chart: Chart) => unknown, property: string, hint?: string];

const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
const storage = { size: Size.gibibytes(20) };

/** A call past the types. */
const make = (made: new (...given: never[]) => object, ...given: unknown[]) => Reflect.construct(made, given) as object;
const call = (target: object, method: string, ...given: unknown[]) => Reflect.apply(Reflect.get(target, method) as () => void, target, given);
const database = (props: object) => (chart: Chart) => make(StatefulDatabase, chart, 'Orders', { engine, storage, ...props });
const kafka = (props: object) => (chart: Chart) => make(KafkaCluster, chart, 'Events', { storage, ...props });
const redis = (props: object) => (chart: Chart) => make(RedisDatabase, chart, 'Cache', { storage, ...props });
const zookeeper = (props: object) => (chart: Chart) => make(ZooKeeperEnsemble, chart, 'Zk', { storage, ...props });
const workload = (props: object) => (chart: Chart) => make(StatefulWorkload, chart, 'Store', props);
const scratch = (props: object) => (chart: Chart) => make(SharedScratchPod, chart, 'Reports', props);
const storageClass = (props: object) => (chart: Chart) => make(StorageClass, chart, 'Fast', { provisioner: Provisioner.awsEbs(), ...props });
const volume = (props: object) => (chart: Chart) => make(PersistentVolume, chart, 'Archive', { source: VolumeSource.nfs({ server: 's', path: '/p' }), capacity: Size.gibibytes(1), ...props });
const claim = (props: object) => (chart: Chart) => make(PersistentVolumeClaim, chart, 'Data', { ...storage, ...props });
const on = (method: string, ...given: unknown[]) => (chart: Chart) => call(new StatefulWorkload(chart, 'Store', { containers: [{ image: 'a:1', portNumber: 80 }] }), method, ...given);

const typos: WrongInput[] = [
  ['readReplica', database({ readReplica: 1 }), 'readReplica', "Did you mean 'readReplicas'?"],
  ['read_replicas, as Python writes it', database({ read_replicas: 1 }), 'read_replicas', "Did you mean 'readReplicas'?"],
  ['storageclass', database({ storage: { ...storage, storageclass: 'gp3' } }), 'storage.storageclass', "Did you mean 'storageClass'?"],
  ['databasename', database({ databasename: 'shop' }), 'databasename', "Did you mean 'databaseName'?"],
  ['credential', database({ credential: 'x' }), 'credential', "Did you mean 'credentials'?"],
  ['parameter', database({ parameter: {} }), 'parameter', "Did you mean 'parameters'?"],
  ['resource', database({ resource: {} }), 'resource', "Did you mean 'resources'?"],
  ['a version beside the engine', database({ version: '17' }), 'version'],
  ['broker', kafka({ broker: 3 }), 'broker', "Did you mean 'brokers'?"],
  ['configs', kafka({ configs: {} }), 'configs', "Did you mean 'config'?"],
  ['listener', kafka({ listener: [] }), 'listener', "Did you mean 'listeners'?"],
  ['clusterID', kafka({ clusterID: 'x' }), 'clusterID', "Did you mean 'clusterId'?"],
  ['toplogy', redis({ toplogy: RedisTopology.standalone() }), 'toplogy', "Did you mean 'topology'?"],
  ['replicas of a Redis', redis({ replicas: 3 }), 'replicas'],
  ['replicas of a database', database({ replicas: 3 }), 'replicas', "Did you mean 'readReplicas'?"],
  ['the resources of a manifest', database({ resources: { requests: { memory: '1Gi' } } }), 'resources.requests'],
  ['member', zookeeper({ member: 3 }), 'member', "Did you mean 'members'?"],
  ['replica', workload({ replica: 3 }), 'replica', "Did you mean 'replicas'?"],
  ['initcontainers', workload({ initcontainers: [] }), 'initcontainers', "Did you mean 'initContainers'?"],
  ['serviceAccountName', workload({ serviceAccountName: 'sa' }), 'serviceAccountName', "Did you mean 'serviceAccount'?"],
  ['a container with an img', workload({ containers: [{ img: 'a:1' }] }), 'containers[0].img', "Did you mean 'image'?"],
  ['a container with envVariable', workload({ containers: [{ image: 'a:1', envVariable: {} }] }), 'containers[0].envVariable', "Did you mean 'envVariables'?"],
  ['a container with a readyness probe', workload({ containers: [{ image: 'a:1', readyness: 1 }] }), 'containers[0].readyness', "Did you mean 'readiness'?"],
  ['memory with a max', workload({ containers: [{ image: 'a:1', resources: { memory: { limits: Size.gibibytes(1) } } }] }), 'containers[0].resources.memory.limits', "Did you mean 'limit'?"],
  ['a claim with capacity', workload({ claims: { data: { capacity: Size.gibibytes(1) } } }), 'claims.data.capacity'],
  ['a claim with accessMode', claim({ accessMode: 'ReadWriteOnce' }), 'accessMode', "Did you mean 'accessModes'?"],
  ['size_limit', scratch({ size_limit: Size.gibibytes(1) }), 'size_limit', "Did you mean 'sizeLimit'?"],
  ['allowVolumeExpansion', storageClass({ allowVolumeExpansion: true }), 'allowVolumeExpansion'],
  ['mountoptions', storageClass({ mountoptions: [] }), 'mountoptions', "Did you mean 'mountOptions'?"],
  ['maxskew', () => call(Placement, 'spread', { maxskew: 1 }), 'maxskew', "Did you mean 'maxSkew'?"],
  ['host', () => call(Placement, 'spread', { host: 'required' }), 'host', "Did you mean 'hosts'?"],
  ['fstype', () => call(Provisioner, 'awsEbs', { fstype: 'ext4' }), 'fstype', "Did you mean 'fsType'?"],
  ['sentinel', () => call(RedisTopology, 'sentinel', { sentinel: 3 }), 'sentinel', "Did you mean 'sentinels'?"],
];

const wrongKinds: WrongInput[] = [
  ["storageClass: 'gp3'", database({ storage: { ...storage, storageClass: 'gp3' } }), 'storage.storageClass', 'Use StorageClass.fromName(…), StorageClass.none(), new StorageClass(…).'],
  ["retention: 'Delete'", database({ storage: { ...storage, retention: 'Delete' } }), 'storage.retention', 'Write { whenDeleted: … }.'],
  ["serviceAccount: 'sa'", workload({ serviceAccount: 'sa' }), 'serviceAccount', 'Use kplus.ServiceAccount.fromServiceAccountName(…), new kplus.ServiceAccount(…).'],
  ["memory: '16Gi'", database({ resources: { memory: '16Gi' } }), 'resources.memory', 'Write { limit: … }.'],
  ["memory: { limit: '16Gi' }", database({ resources: { memory: { limit: '16Gi' } } }), 'resources.memory.limit', 'For example Size.gibibytes(20).'],
  ["cpu: { request: '500m' }", database({ resources: { cpu: { request: '500m' } } }), 'resources.cpu.request', 'For example kplus.Cpu.millis(500).'],
  ['cpu: 2', kafka({ resources: { cpu: 2 } }), 'resources.cpu'],
  ["engine: 'postgres'", database({ engine: 'postgres' }), 'engine', 'Use DatabaseEngine.mariadb(…), DatabaseEngine.mysql(…), DatabaseEngine.of(…), DatabaseEngine.postgres(…).'],
  ['engine: DatabaseEngine.postgres, not called', database({ engine: DatabaseEngine.postgres }), 'engine'],
  ["dockerRegistryAuth: 'x'", workload({ dockerRegistryAuth: 'x' }), 'dockerRegistryAuth'],
  ["isolate: 'false'", workload({ isolate: 'false' }), 'isolate', 'Write it without quotes: false.'],
  ["storage: '20Gi'", database({ storage: '20Gi' }), 'storage', 'Write { size: … }.'],
  ['storage: a Size', database({ storage: Size.gibibytes(20) }), 'storage', 'Write { size: … }.'],
  ["size: '20Gi'", database({ storage: { size: '20Gi' } }), 'storage.size', 'For example Size.gibibytes(20).'],
  ['size: 20', kafka({ storage: { size: 20 } }), 'storage.size'],
  ["readReplicas: '1'", database({ readReplicas: '1' }), 'readReplicas', 'Write numbers without quotes or units.'],
  ['readReplicas: true', database({ readReplicas: true }), 'readReplicas'],
  ['credentials: a Secret', chart => database({ credentials: kplus.Secret.fromSecretName(chart, 'S', 's') })(chart), 'credentials', 'Use DatabaseCredentials.fromSecret(…).'],
  ["credentials: 'orders'", database({ credentials: 'orders' }), 'credentials'],
  ['credentials of a name', () => call(DatabaseCredentials, 'fromSecret', 'orders'), 'secret'],
  ['parameters: a list', database({ parameters: ['work_mem=1MB'] }), 'parameters', 'Write { name: … }.'],
  ['a parameter of a number', database({ parameters: { max_connections: 100 } }), 'parameters.max_connections', "Quote it: '100'."],
  ['a parameter of a boolean', database({ parameters: { jit: false } }), 'parameters.jit', "Quote it: 'false'."],
  ['initScripts: a text', database({ initScripts: 'create table t' }), 'initScripts'],
  ["version: '4.1'", kafka({ version: '4.1' }), 'version', 'Use KafkaVersion.V4_1, KafkaVersion.of(…).'],
  ['version: 4.1', kafka({ version: 4.1 }), 'version'],
  ['a listener of a port', kafka({ listeners: [9092] }), 'listeners[0]', 'Use KafkaListener.internal(…), KafkaListener.plaintext(…).'],
  ['one listener without brackets', kafka({ listeners: KafkaListener.plaintext() }), 'listeners', 'Write […], even for a single value.'],
  ["metadata: 'kraft'", kafka({ metadata: 'kraft' }), 'metadata'],
  ['a setting of a number', kafka({ config: { 'log.retention.hours': 72 } }), "config['log.retention.hours']", "Quote it: '72'."],
  ["topology: 'cluster'", redis({ topology: 'cluster' }), 'topology'],
  ["flavor: 'Valkey'", redis({ flavor: 'Valkey' }), 'flavor', "Did you mean 'valkey'?"],
  ["eviction: 'allkeys_lru'", redis({ eviction: 'allkeys_lru' }), 'eviction', "Did you mean 'allkeys-lru'?"],
  ['members: 3', workload({ members: 3 }), 'members', 'Use Members.quorum(…), Members.replicas(…), Members.replicated(…).'],
  ["placement: 'spread'", workload({ placement: 'spread' }), 'placement'],
  ['disruption: 1', workload({ disruption: 1 }), 'disruption'],
  ['disruption: { maxUnavailable: 1 }', workload({ disruption: { maxUnavailable: 1 } }), 'disruption'],
  ['terminationGrace: 60', workload({ terminationGrace: 60 }), 'terminationGrace', 'For example Duration.seconds(30).'],
  ["podManagement: 'parallel'", workload({ podManagement: 'parallel' }), 'podManagement', "Did you mean 'Parallel'?"],
  ['podLabels: a number', workload({ podLabels: { version: 3 } }), 'podLabels.version', "Quote it: '3'."],
  ['containers: one', workload({ containers: { image: 'a:1' } }), 'containers'],
  ['containers: a text', workload({ containers: ['nginx'] }), 'containers[0]', 'Write { image: … }.'],
  ['a variable of a text', workload({ containers: [{ image: 'a:1', envVariables: { MODE: 'fast' } }] }), 'containers[0].envVariables.MODE'],
  ['a command of a text', workload({ containers: [{ image: 'a:1', command: 'sleep 1' }] }), 'containers[0].command'],
  ['a port of a text', workload({ containers: [{ image: 'a:1', portNumber: '80' }] }), 'containers[0].portNumber'],
  ['a mount of a path', workload({ containers: [{ image: 'a:1', volumeMounts: ['/data'] }] }), 'containers[0].volumeMounts[0]'],
  ["provisioner: 'ebs.csi.aws.com'", storageClass({ provisioner: 'ebs.csi.aws.com' }), 'provisioner'],
  ["bindingMode: 'waitForFirstConsumer'", storageClass({ bindingMode: 'waitForFirstConsumer' }), 'bindingMode', "Did you mean 'WaitForFirstConsumer'?"],
  ["type: 'gp4'", () => call(Provisioner, 'awsEbs', { type: 'gp4' }), 'type'],
  ['accessModes: one', claim({ accessModes: 'ReadWriteOnce' }), 'accessModes', 'Write […], even for a single value.'],
  ["accessModes: ['RWO']", claim({ accessModes: ['RWO'] }), 'accessModes[0]'],
  ['nodeAffinity: a label', volume({ nodeAffinity: { zone: 'a' } }), 'nodeAffinity'],
  ["sizeLimit: '1Gi'", scratch({ sizeLimit: '1Gi' }), 'sizeLimit'],
  ["schedule: '0 3 * * *'", chart => make(SnapshotSchedule, chart, 'S', { claim: { name: 'data' }, schedule: '0 3 * * *' }), 'schedule', "For example Cron.daily(), or Cron.schedule({ minute: '0', hour: '3' })."],
  ['a claim of cdk8s-plus as the destination of a backup', chart => call(BackupDestination, 'claim', new kplus.PersistentVolumeClaim(chart, 'Backups')), 'claim',
    'For example a PersistentVolumeClaim of this library, or kplus.Volume.fromPersistentVolumeClaim(…) of a claim of cdk8s-plus.'],
  ["claim: 'data'", chart => make(VolumeSnapshot, chart, 'S', { claim: 'data' }), 'claim'],
  ['a budget of a construct of ours', chart => make(PodDisruptionBudget, chart, 'B', { workload: new StatefulWorkload(chart, 'Store'), maxUnavailable: 1 }), 'workload', "Pass its 'workload'."],
  ['a Service of a text', chart => make(HeadlessService, chart, 'S', { workload: 'store' }), 'workload'],
  ['a client of a name', on('grantConnect', 'api'), 'client'],
  ['a release of another product', kafka({ version: PostgresVersion.V17 }), 'version'],
];

const numbers: WrongInput[] = [
  ...[Number.NaN, Infinity, -1, 0.5, '3', null].map((replicas): WrongInput => [`${String(replicas)} replicas`, workload({ replicas }), 'replicas']),
  ...[Number.NaN, -1, 0.5].map((readReplicas): WrongInput => [`${readReplicas} read replicas`, database({ readReplicas }), 'readReplicas']),
  ...[Number.NaN, 0, 2, -3].map((brokers): WrongInput => [`${brokers} brokers`, kafka({ brokers }), 'brokers']),
  ['a quorum of NaN', () => Members.quorum(Number.NaN), 'count'],
  ['a quorum of a text', () => call(Members, 'quorum', '3'), 'count'],
  ['a budget of a text', () => call(DisruptionPolicy, 'maxUnavailable', '50%'), 'count'],
  ['partitions of a text', chart => call(new KafkaCluster(chart, 'Events', { storage }), 'addTopic', 'orders', { partitions: '12' }), 'partitions'],
  ['a quota of NaN', chart => make(ResourceQuota, chart, 'Q', { claims: Number.NaN }), 'claims'],
];

const missing: WrongInput[] = [
  ['no properties of a database', chart => make(StatefulDatabase, chart, 'Orders'), 'props', 'Write { engine: …, storage: … }.'],
  ['no properties of a cluster', chart => make(KafkaCluster, chart, 'Events'), 'props'],
  ['null for properties', chart => make(RedisDatabase, chart, 'Cache', null), 'props', 'Omit properties that are not set: null is not allowed.'],
  ['no engine', chart => make(StatefulDatabase, chart, 'Orders', { storage }), 'engine'],
  ['no storage', chart => make(KafkaCluster, chart, 'Events', {}), 'storage'],
  ['no size', kafka({ storage: {} }), 'storage.size', 'For example Size.gibibytes(20).'],
  ['no image', on('addContainer', {}), 'image'],
  ['no container', on('addContainer'), 'props'],
  ['no claim', on('addClaim', 'data'), 'props'],
  ['no name of a claim', on('addClaim'), 'name'],
  ['no client', on('grantConnect'), 'client'],
  ['no version', () => call(DatabaseEngine, 'postgres', {}), 'version', 'Use PostgresVersion.V18, PostgresVersion.of(…).'],
  ['no options of NFS', () => call(Provisioner, 'nfs'), 'options', 'Write { server: …, share: … }.'],
  ['no topic', chart => call(new KafkaCluster(chart, 'Events', { storage }), 'addTopic'), 'name'],
  ['null for a placement', workload({ placement: null }), 'placement', 'Omit properties that are not set: null is not allowed.'],
  ['null for a setting', kafka({ config: { 'log.retention.hours': null } }), "config['log.retention.hours']"],
  ['undefined for a label', workload({ podLabels: { tier: undefined } }), 'podLabels.tier'],
  ['a gap in a list', workload({ containers: [undefined] }), 'containers[0]'],
];

const scopes: WrongInput[] = [
  ['no scope', () => make(StatefulWorkload), 'scope'],
  ['a name for a scope', () => make(StatefulWorkload, 'Store'), 'scope'],
  ['an app for a scope', () => make(StatefulWorkload, new App(), 'Store'), 'scope', "Make a Chart in the App first: new Chart(app, 'shop')."],
  ['no id', chart => make(StatefulDatabase, chart, { engine, storage }), 'id', "Write new StatefulDatabase(chart, 'Id', …)."],
  ['a namespace with capitals', chart => make(StatefulWorkload, new Chart(chart, 'Web', { namespace: 'Web' }), 'Store'), 'namespace'],
  ['an empty namespace', chart => make(StatefulWorkload, new Chart(chart, 'Web', { namespace: '' }), 'Store'), 'namespace', 'Omit it to have kubectl choose the namespace.'],
  ['an empty id', chart => make(StatefulWorkload, chart, ''), 'id'],
  ['a scope that is none, for a class', () => call(StorageClass, 'fromName', undefined, 'Fast', 'gp3'), 'scope'],
  ['no name for a class', chart => call(StorageClass, 'fromName', chart, 'Fast'), 'name'],
];

test('there are more than ninety of them', () => {
  expect([typos, wrongKinds, numbers, missing, scopes].flat().length).toBeGreaterThan(94);
});

describe.each([
  ['a name with a typo', typos], ['a value of the wrong kind', wrongKinds], ['a number', numbers], ['something missing', missing], ['a scope or id', scopes],
])('%s is refused', (_, inputs) => {
  test.each(inputs.map(([what, act, property, hint]) => ({ what, act, property, hint })))('$what', ({ act, property, hint }) => {
    const error = refusalOf(() => act(newChart('shop')));
    expect(error).toMatchObject({ property, ...hint === undefined ? {} : { hint } });
    // A range says by itself what to do.
    if (error.allowed?.startsWith('a whole number') !== true) expect(error.hint).toMatch(/^[A-Z].*[.?]$/);
    expect(error.message).not.toContain('[object');
  });
});

test('a refused construct is not in the tree', () => {
  const chart = newChart('shop');
  expect(() => database({ readReplica: 1 })(chart)).toThrow();
  expect(chart.node.children).toEqual([]);
});

describe('what looks wrong and is right', () => {
  test.each<[string, (chart: Chart) => unknown]>([
    ['the wire value of an enumeration', workload({ podManagement: 'Parallel' })],
    ['undefined for what is left out', database({ readReplicas: undefined, nothing: undefined })],
    ['an object of a subclass', chart => on('addVolume', new (class extends kplus.Secret {})(chart, 'S'))],
    ['an object with the members of an interface', claim({ storageClass: { name: 'gp3' } })],
    ['a new property of cdk8s-plus', workload({ containers: [{ image: 'a:1', somethingOfNextYear: 1 }] })],
    ['properties in an object of a class', chart => {
      class Props { readonly storage = storage; get brokers() { return 5; } }
      expect(new KafkaCluster(chart, 'Events', new Props()).workload).toBeDefined();
    }],
  ])('%s', (_, act) => {
    expect(() => act(newChart('shop'))).not.toThrow();
  });
});

/** An object of a class that another copy or line of a package has, as jsii marks it. */
function foreign(fqn: string): object {
  class Renamed {}
  Object.defineProperty(Renamed, Symbol.for('jsii.rtti'), { value: { fqn, version: '2.0.0' } });
  return new Renamed();
}

test('a workload of another line of cdk8s-plus is named', () => {
  const error = refusalOf(() => on('grantConnect', foreign('cdk8s-plus-33.Deployment'))(newChart('shop')));
  expect(error.hint).toBe('This Deployment is from cdk8s-plus-33; this library works with cdk8s-plus-28.');
});

test('a class is known by its name in jsii, whichever copy of the package it is from', () => {
  const props = { storage: { size: foreign('cdk8s.Size') } };
  expect(refusalOf(() => kafka({ ...props, nothing: 1 })(newChart('shop')))).toMatchObject({ property: 'nothing' });
});

test('the texts of a few', () => {
  const text = (act: (chart: Chart) => unknown) => refusalOf(() => act(newChart('shop'))).message;
  expect(text(database({ readReplica: 1 }))).toBe("test/Orders: invalid 'readReplica': got 'readReplica', expected a property of StatefulDatabaseProps. Did you mean 'readReplicas'?");
  expect(text(database({ storage: { ...storage, storageClass: 'gp3' } }))).toBe(
    "test/Orders: invalid 'storage.storageClass': got 'gp3', expected an IStorageClass. Use StorageClass.fromName(…), StorageClass.none(), new StorageClass(…).");
  expect(text(kafka({ version: KafkaVersion }))).toBe("test/Events: invalid 'version': got the function KafkaVersion, expected a KafkaVersion. Use KafkaVersion.V4_1, KafkaVersion.of(…).");
  expect(text(chart => make(StatefulDatabase, chart, { engine, storage }))).toBe(
    "test: invalid 'id': got { engine: …, storage: … }, expected a non-empty string. Write new StatefulDatabase(chart, 'Id', …).");
});
