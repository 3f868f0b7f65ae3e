import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind, synth } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  DatabaseEngine, GoverningService, KafkaCluster, Members, MysqlVersion, PostgresVersion, RedisDatabase, RedisTopology, SetIdentity, StatefulDatabase,
  StatefulDatabaseProps, StatefulWorkload, StatefulWorkloadProps, ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const container = { image: 'busybox:1.35', ports: [{ number: 7000, name: 'peer' }] };
const storage = { size: Size.gibibytes(20) };
const own = { 'cdk8s.io/metadata.addr': 'store' };
const app = { app: 'legacy' };

function workload(identity: SetIdentity, props: StatefulWorkloadProps = {}, chart = newChart('shop')): { chart: Chart; store: StatefulWorkload } {
  const claims = { data: { size: Size.gibibytes(1) }, ...props.claims };
  const store = new StatefulWorkload(chart, 'Store', { replicas: 2, containers: [container], identity, ...props, claims });
  for (const name of Object.keys(claims)) store.addVolume(store.claim(name));
  return { chart, store };
}

const refused = (identity: SetIdentity, props?: StatefulWorkloadProps) => () => workload(identity, props);

describe('what a running set has', () => {
  test('is in its immutable fields', () => {
    const { chart } = workload({ serviceName: 'legacy', selectorLabels: app, claimLabels: { tier: 'db' }, podManagement: kplus.PodManagementPolicy.PARALLEL });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
      spec: {
        serviceName: 'legacy',
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: app },
        volumeClaimTemplates: [{ metadata: { name: 'data', labels: { tier: 'db' } } }],
      },
    });
    expect(find(chart, 'StatefulSet', 'store')).toHaveProperty('spec.selector.matchLabels', app);
    expect(find(chart, 'StatefulSet', 'store')).toHaveProperty('spec.volumeClaimTemplates.0.metadata.labels', { tier: 'db' });
  });

  test('is as this library makes it, where nothing is said', () => {
    expect(synth(workload({}).chart)).toEqual(synth(workload(undefined as unknown as SetIdentity).chart));
    expect(find(workload({ serviceName: 'legacy' }).chart, 'StatefulSet', 'store')).toHaveProperty('spec.volumeClaimTemplates.0.metadata.labels', own);
  });

  test('has no labels of ours on claims, if others select its Pods', () => {
    expect(find(workload({ selectorLabels: app }).chart, 'StatefulSet', 'store')).not.toHaveProperty('spec.volumeClaimTemplates.0.metadata.labels.tier');
    expect(find(workload({ selectorLabels: app }).chart, 'StatefulSet', 'store')).not.toHaveProperty('spec.volumeClaimTemplates.0.metadata.labels.cdk8s\\.io/metadata\\.addr');
  });

  test('has its claims in their order', () => {
    const claims = { data: { size: Size.gibibytes(1) }, archive: { size: Size.gibibytes(1) } };
    const order = (identity: SetIdentity) => find(workload(identity, { claims }).chart, 'StatefulSet', 'store');
    expect(order({})).toMatchObject({ spec: { volumeClaimTemplates: [{ metadata: { name: 'archive' } }, { metadata: { name: 'data' } }] } });
    expect(order({ claimOrder: ['data', 'archive'] })).toMatchObject({ spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }, { metadata: { name: 'archive' } }] } });
    expect(() => order({ claimOrder: ['data'] })).toThrow("test/Store: the claim 'archive' is not in 'identity.claimOrder'. List all claims there, or omit it.");
    expect(() => order({ claimOrder: ['data', 'log', 'archive'] })).toThrow("test/Store: 'identity.claimOrder' contains the claim 'log', which does not exist. Add the claim.");
  });

  test('may be a set that cdk8s-plus made, whose label is ours with another value', () => {
    const selectorLabels = { 'cdk8s.io/metadata.addr': 'test-Store-c8f00ba4' };
    const { chart } = workload({ selectorLabels });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { selector: { matchLabels: selectorLabels }, template: { metadata: { labels: selectorLabels } } } });
    expect(find(chart, 'NetworkPolicy', 'store')).toMatchObject({ spec: { podSelector: { matchLabels: selectorLabels } } });
  });
});

describe('Pods that were not rolled yet', () => {
  const { chart, store } = workload({ serviceName: 'legacy', selectorLabels: app }, { egress: true });

  test('get the labels of the selector and ours', () => {
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { template: { metadata: { labels: { ...app, ...own } } } } });
  });

  test('stay behind the Service that governs them, and under the budget', () => {
    expect(find(chart, 'Service', 'legacy')).toHaveProperty('spec.selector', app);
    expect(find(chart, 'Service', 'legacy')).toMatchObject({ spec: { clusterIP: 'None' } });
    expect(find(chart, 'PodDisruptionBudget', 'store')).toHaveProperty('spec.selector.matchLabels', app);
    expect(store.podDnsName(1)).toBe('store-1.legacy.shop.svc.cluster.local');
  });

  test('reach members that were, which are closed to all others', () => {
    const member = { podSelector: { matchLabels: app, matchExpressions: [{ key: 'statefulset.kubernetes.io/pod-name', operator: 'Exists' }] } };
    expect(find(chart, 'NetworkPolicy', 'store')).toHaveProperty('spec', { podSelector: { matchLabels: own }, policyTypes: ['Ingress'], ingress: [{ from: [member] }] });
    expect(find(chart, 'NetworkPolicy', 'store-egress')).toMatchObject({ spec: { podSelector: { matchLabels: own }, egress: [{ to: [member] }, {}] } });
  });
});

describe('the governing Service', () => {
  test('may be left to whoever made it', () => {
    const { chart, store } = workload({ serviceName: 'legacy', governingService: GoverningService.EXISTING_HEADLESS });
    expect(ofKind(chart, 'Service')).toEqual([]);
    expect(store.podDnsName(1)).toBe('store-1.legacy.shop.svc.cluster.local');
    expectInvalid(() => store.headlessService, "its governing Service 'legacy' is managed elsewhere");
    new kplus.Service(chart, 'Legacy', { metadata: { name: 'legacy' }, selector: store.workload, ports: [{ port: 7000 }] }); // in the same app, too
    expect(find(chart, 'Service', 'legacy')).toBeDefined();
  });

  test('gives no names, where it is not headless', () => {
    const { chart, store } = workload({ serviceName: 'legacy', governingService: GoverningService.NOT_HEADLESS });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { serviceName: 'legacy' } });
    expect(ofKind(chart, 'Service')).toEqual([]);
    const refusal = "test/Store: the DNS names of its members are needed, but they have none, since 'identity.governingService' is not headless";
    expectInvalid(() => store.podDnsName(0), refusal);
    expectInvalid(() => store.peerDnsNames, refusal);
    expect(store.podName(0)).toBe('store-0');
  });

  test('may not be there at all', () => {
    expect(find(workload({ serviceName: '', governingService: GoverningService.NOT_HEADLESS }).chart, 'StatefulSet', 'store')).toMatchObject({ spec: { serviceName: '' } });
    expectInvalid(refused({ serviceName: '' }), { property: 'identity.serviceName', hint: 'A set without a Service also needs GoverningService.NOT_HEADLESS.' });
  });

  test('has a name that nobody else has', () => {
    const { chart } = workload({ serviceName: 'legacy' });
    expectInvalid(() => new StatefulWorkload(chart, 'Other', { identity: { serviceName: 'legacy' } }), "the Service name 'legacy' is already taken");
  });
});

describe('what is refused', () => {
  test('names and labels that Kubernetes does not take', () => {
    expectInvalid(refused({ serviceName: '2nd' }), { property: 'identity.serviceName', got: '2nd' });
    expectInvalid(refused({ selectorLabels: {} }), { property: 'identity.selectorLabels' });
    expectInvalid(refused({ selectorLabels: { app: 'a b' } }), { property: 'identity.selectorLabels.app' });
    expectInvalid(refused({ claimLabels: { 'a b': '' } }), { property: 'identity.claimLabels' });
    expectInvalid(refused({ claimOrder: ['Data'] }), { property: 'identity.claimOrder' });
    expectInvalid(refused({ governingService: 'theirs' as GoverningService }), { property: 'identity.governingService' });
  });

  test('Pods that the set would not select', () => {
    expect(refused({ selectorLabels: app }, { podLabels: app })).not.toThrow();
    expectInvalid(refused({ selectorLabels: app }, { podLabels: { app: 'store' } }), "'podLabels.app' is 'store', but the set selects its Pods by 'legacy'");
    expectInvalid(refused({ selectorLabels: app }, { podLabels: own }), { property: 'podLabels', got: 'cdk8s.io/metadata.addr' });
  });

  test('a selector that matches Pods of somebody else', () => {
    const { chart } = workload({ selectorLabels: app });
    new kplus.Deployment(chart, 'Web', { containers: [{ image: 'web:1' }], podMetadata: { labels: { ...app, tier: 'web' } } });
    new kplus.Deployment(new Chart(chart.node.root as Chart, 'elsewhere', { namespace: 'web' }), 'Web', { containers: [{ image: 'web:1' }], podMetadata: { labels: app } });
    expect(() => synth(chart)).toThrow('test/Store: its selector also matches the Pods of test/Web, so Services would route to them. Change the labels of those Pods.');
    expect(() => synth(chart)).not.toThrow('elsewhere');
  });

  test('two answers to one question', () => {
    expectInvalid(refused({ podManagement: kplus.PodManagementPolicy.PARALLEL }, { podManagement: kplus.PodManagementPolicy.ORDERED_READY }),
      "'podManagement' is OrderedReady, but 'identity.podManagement' is Parallel");
    expectInvalid(refused({ claimNames: { data: 'pgdata' } }), { property: 'identity.claimNames' });
  });
});

describe('products', () => {
  const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
  const running: SetIdentity = { serviceName: 'pg', selectorLabels: app, claimNames: { data: 'pgdata' }, podManagement: kplus.PodManagementPolicy.ORDERED_READY };
  const database = (props: Partial<StatefulDatabaseProps>) => {
    const chart = newChart('shop');
    return { chart, pg: new StatefulDatabase(chart, 'Pg', { engine, storage, ...props }) };
  };

  test('take over a set, with its names for claims', () => {
    const { chart, pg } = database({ identity: running });
    const set = find(chart, 'StatefulSet', 'pg');
    expect(set).toMatchObject({
      spec: { serviceName: 'pg', podManagementPolicy: 'OrderedReady', selector: { matchLabels: app }, volumeClaimTemplates: [{ metadata: { name: 'pgdata' } }] },
    });
    expect(set).toMatchObject({ spec: { template: { spec: { containers: [{ volumeMounts: expect.arrayContaining([{ name: 'pgdata', mountPath: '/var/lib/postgresql/data' }]) }] } } } });
    expect(find(chart, 'Service', 'pg')).toMatchObject({ spec: { clusterIP: 'None' } });
    expect(pg.host).toBe('pg-client.shop.svc.cluster.local');
    expect(find(chart, 'Service', 'pg-client')).toHaveProperty('spec.selector', { ...app, 'statefulset.kubernetes.io/pod-name': 'pg-0' });
  });

  test('whose one member needs no names may have any Service', () => {
    const { chart, pg } = database({ identity: { ...running, governingService: GoverningService.NOT_HEADLESS } });
    expect(pg.host).toBe('pg.shop.svc.cluster.local');
    expect(ofKind(chart, 'Service').map(({ metadata }) => metadata.name)).toEqual(['pg']);
    expect(find(chart, 'Service', 'pg')).not.toHaveProperty('spec.clusterIP');
    const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V8_4 });
    expect(() => database({ engine: mysql, identity: { governingService: GoverningService.NOT_HEADLESS } })).not.toThrow();
  });

  test('whose members call each other by name need a headless one', () => {
    const identity = { serviceName: 'pg', governingService: GoverningService.NOT_HEADLESS };
    const refusal = "the DNS names of its members are needed, but they have none, since 'identity.governingService' is not headless";
    expectInvalid(() => database({ identity, readReplicas: 1 }), `test/Pg: ${refusal}`);
    expectInvalid(() => new KafkaCluster(newChart('shop'), 'Events', { storage, identity }), `test/Events: ${refusal}`);
    expectInvalid(() => new ZooKeeperEnsemble(newChart('shop'), 'Zk', { storage, identity }), `test/Zk: ${refusal}`);
  });

  test('whose members start only together are refused as an ordered set', () => {
    const { podManagement } = running;
    expectInvalid(() => new KafkaCluster(newChart('shop'), 'Events', { storage, identity: { podManagement } }),
      { property: 'identity.podManagement', allowed: 'Parallel: its 3 members must start together' });
    expect(() => new KafkaCluster(newChart('shop'), 'Events', { brokers: 1, storage, identity: { podManagement } })).not.toThrow();
  });

  test('have claims of certain names', () => {
    expectInvalid(() => database({ identity: { claimNames: { dta: 'x' } } }), { property: 'identity.claimNames', got: 'dta', allowed: 'one of data, the claims of this product' });
    const zk = newChart('shop');
    new ZooKeeperEnsemble(zk, 'Zk', { storage, logStorage: storage, identity: { claimNames: { data: 'datadir', log: 'datalogdir' }, claimOrder: ['datalogdir', 'datadir'] } });
    expect(find(zk, 'StatefulSet', 'zk')).toMatchObject({ spec: { volumeClaimTemplates: [{ metadata: { name: 'datalogdir' } }, { metadata: { name: 'datadir' } }] } });
  });

  test('of several sets: it is that of the brokers or servers', () => {
    const kafka = newChart('shop');
    new KafkaCluster(kafka, 'Events', { storage, controllers: 3, identity: { serviceName: 'kafka-hs', selectorLabels: app } });
    expect(find(kafka, 'StatefulSet', 'events')).toMatchObject({ spec: { serviceName: 'kafka-hs', selector: { matchLabels: app } } });
    expect(find(kafka, 'StatefulSet', 'events-controller')).toMatchObject({ spec: { serviceName: 'events-controller-headless', selector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events-controller' } } } });
    const redis = newChart('shop');
    const cache = new RedisDatabase(redis, 'Cache', { storage, topology: RedisTopology.sentinel(), identity: { serviceName: 'cache' } });
    expect(cache.host).toBe('cache-client.shop.svc.cluster.local');
    expect(find(redis, 'Service', 'cache-client')).toMatchObject({ spec: { ports: [{ port: 6379 }] } });
  });

  test('of several sets of one kind cannot take over any', () => {
    expectInvalid(() => new RedisDatabase(newChart('shop'), 'Cache', { storage, topology: RedisTopology.cluster(), identity: {} }),
      "test/Cache: 'identity' describes one set, but this product consists of several of the same kind");
  });
});

test('a quorum starts together, whatever it is called', () => {
  expect(find(workload({ serviceName: 'legacy' }, { replicas: undefined, members: Members.quorum(3) }).chart, 'StatefulSet', 'store')).toMatchObject({ spec: { podManagementPolicy: 'Parallel' } });
});
