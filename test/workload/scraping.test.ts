import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { find, newChart, ofKind, synth } from '../support/manifests';
import {
  DatabaseEngine, KafkaCluster, PostgresVersion, RedisDatabase, RedisTopology, ScrapeOptions, StatefulDatabase, StatefulWorkload, ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(4) };
const exporter = { name: 'exporter', image: 'exporter:1', ports: [{ name: 'metrics', number: 9187 }] };
const METRICS = [{ port: 9187, protocol: 'TCP' }];

function store(chart: Chart, ...more: kplus.ContainerProps[]): StatefulWorkload {
  return new StatefulWorkload(chart, 'Store', { containers: [{ image: 'store:1', ports: [{ name: 'client', number: 7000 }] }, ...more] });
}

/** The last rules of a policy: those beside the one for members. */
const scrapers = (chart: Chart, policy = 'store') => (find(chart, 'NetworkPolicy', policy).spec as { ingress: object[] }).ingress.slice(1);

function prometheus(scope: Construct, namespaces?: kplus.Namespaces): kplus.Pods {
  return kplus.Pods.select(scope, 'Prometheus', { labels: { app: 'prometheus' }, namespaces });
}

describe('a scraper', () => {
  const named = (...names: string[]) => ({ matchLabels: { 'kubernetes.io/metadata.name': names[0] } });

  test.each<[string, (chart: Chart) => kplus.INetworkPolicyPeer, object[]]>([
    ['Pods of the same namespace', chart => prometheus(chart), [{ podSelector: { matchLabels: { app: 'prometheus' } } }]],
    ['Pods of another namespace', chart => prometheus(chart, kplus.Namespaces.select(chart, 'Monitoring', { names: ['monitoring'] })),
      [{ podSelector: { matchLabels: { app: 'prometheus' } }, namespaceSelector: named('monitoring') }]],
    ['Pods of two namespaces', chart => prometheus(chart, kplus.Namespaces.select(chart, 'Monitoring', { names: ['a', 'b'], labels: { team: 'ops' } })),
      ['a', 'b'].map(name => ({ podSelector: { matchLabels: { app: 'prometheus' } }, namespaceSelector: { matchLabels: { team: 'ops', ...named(name).matchLabels } } }))],
    ['Pods by expression, in namespaces by expression', chart => kplus.Pods.select(chart, 'Agents', {
      expressions: [kplus.LabelExpression.in('app', ['agent', 'prometheus'])],
      namespaces: kplus.Namespaces.select(chart, 'Monitoring', { expressions: [kplus.LabelExpression.exists('monitoring')] }),
    }), [{
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['agent', 'prometheus'] }] },
      namespaceSelector: { matchExpressions: [{ key: 'monitoring', operator: 'Exists' }] },
    }]],
    ['all Pods of a namespace', chart => kplus.Namespaces.select(chart, 'Monitoring', { names: ['monitoring'] }), [{ podSelector: {}, namespaceSelector: named('monitoring') }]],
    ['all Pods of all namespaces', chart => kplus.Namespaces.all(chart, 'All'), [{ podSelector: {}, namespaceSelector: {} }]],
    ['addresses', chart => kplus.NetworkPolicyIpBlock.ipv4(chart, 'Vm', '10.1.0.0/16', ['10.1.2.0/24']), [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.2.0/24'] } }]],
    ['a set of this library', chart => new StatefulWorkload(chart, 'Prometheus', { containers: [{ image: 'prometheus:1' }] }).workload,
      [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'prometheus' } } }]],
  ])('may be %s', (_, peer, from) => {
    const chart = newChart('shop');
    store(chart, exporter).grantScrape(peer(chart));
    expect(scrapers(chart)).toEqual([{ from, ports: METRICS }]);
  });

  test('may be a workload of another namespace, of which nothing changes', () => {
    const app = new App();
    const [shop, monitoring] = ['shop', 'monitoring'].map(namespace => new Chart(app, namespace, { namespace }));
    const scraper = new kplus.Deployment(monitoring, 'Prometheus', { containers: [{ image: 'prometheus:1' }] });
    const before = synth(monitoring);
    store(shop, exporter).grantScrape(scraper);
    expect(scrapers(shop)).toEqual([{
      from: [{
        podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': scraper.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL) } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
      }],
      ports: METRICS,
    }]);
    expect(synth(monitoring)).toEqual(before);
  });

  test('that is granted access as a client too has one rule', () => {
    const chart = newChart('shop');
    const set = store(chart, exporter);
    const client = new kplus.Deployment(chart, 'Client', { containers: [{ image: 'client:1' }] });
    set.grantScrape(client);
    set.grantConnect(client, { ports: [7000] });
    expect(scrapers(chart)).toEqual([{ from: [expect.anything()], ports: [{ port: 7000, protocol: 'TCP' }, ...METRICS] }]);
  });

  test('is granted twice what it is granted once, and several in whatever order', () => {
    const rendered = (...order: number[]) => {
      const chart = newChart('shop');
      const set = store(chart, exporter);
      const peers = [prometheus(chart), kplus.NetworkPolicyIpBlock.anyIpv4(chart, 'Any'), new kplus.Pod(chart, 'Agent', { containers: [{ image: 'agent:1' }] })];
      for (const i of order) set.grantScrape(peers[i]);
      return scrapers(chart);
    };
    expect(rendered(0, 1, 2)).toHaveLength(3);
    expect(rendered(2, 0, 1, 0, 2)).toEqual(rendered(0, 1, 2));
  });

  test('of Pods that keep nobody out needs no rule', () => {
    const chart = newChart('shop');
    const set = new StatefulWorkload(chart, 'Open', { isolate: false, containers: [exporter] });
    set.grantScrape(prometheus(chart));
    expect(ofKind(chart, 'NetworkPolicy')).toEqual([]);
  });
});

describe('the port', () => {
  test('is the one named metrics, or the one that is given', () => {
    const chart = newChart('shop');
    const set = store(chart, exporter, { name: 'admin', image: 'admin:1', ports: [{ number: 8081 }] });
    set.grantScrape(prometheus(chart));
    set.grantScrape(kplus.NetworkPolicyIpBlock.anyIpv4(chart, 'Any'), { port: 8081 });
    expect(scrapers(chart)).toMatchObject(expect.arrayContaining([
      { from: [{ podSelector: { matchLabels: { app: 'prometheus' } } }], ports: METRICS },
      { from: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 8081, protocol: 'TCP' }] },
    ]));
  });

  test('of two exporters is open in both, as each names its own metrics', () => {
    const chart = newChart('shop');
    store(chart, exporter, { name: 'backups', image: 'exporter:1', ports: [{ name: 'metrics', number: 9188 }] }).grantScrape(prometheus(chart));
    expect(scrapers(chart)).toMatchObject([{ ports: [...METRICS, { port: 9188, protocol: 'TCP' }] }]);
  });

  const expected = 'expected a declared TCP port, one of 7000.';
  test.each<[string, ScrapeOptions, string]>([
    ['that is not named', {}, `test/Store: invalid 'port': got undefined, ${expected} Only ports named 'metrics' are found automatically.`],
    ['that no container declares', { port: 9187 }, `test/Store: invalid 'port': got 9187, ${expected}`],
  ])('%s is refused, and changes nothing', (_, options, message) => {
    const chart = newChart('shop');
    const set = store(chart);
    const before = synth(chart);
    expect(() => set.grantScrape(prometheus(chart), options)).toThrow(message);
    expect(synth(chart)).toEqual(before);
  });

  test('of a set without ports is refused', () => {
    const chart = newChart('shop');
    expect(() => new StatefulWorkload(chart, 'Store', { containers: [{ image: 'a:1' }] }).grantScrape(prometheus(chart))).toThrow(
      "test/Store: its metrics are to be scraped, but the containers declare no ports. Set 'ports' of a container before you grant access.");
  });
});

describe('a scraper is refused', () => {
  const refused = (peer: (chart: Chart) => unknown, message: string) => {
    const chart = newChart('shop');
    const set = store(chart, exporter);
    const before = synth(chart);
    expect(() => { Reflect.apply(set.grantScrape, set, [peer(chart)]); }).toThrow(message);
    expect(synth(chart)).toEqual(before);
  };

  /** To Kubernetes, a rule from an empty list of peers is a rule from everywhere. */
  test('that selects nobody', () => {
    refused(chart => prometheus(chart, kplus.Namespaces.select(chart, 'None', { names: [] })),
      "test/Store: invalid 'scraper': got 'test/Prometheus', expected a peer that selects Pods or addresses.");
    refused(chart => Object.assign(new Construct(chart, 'Nobody'), { toNetworkPolicyPeerConfig: () => ({}), toPodSelector: () => undefined }),
      "test/Store: invalid 'scraper': got 'test/Nobody', expected a peer that selects Pods or addresses.");
  });

  test('that is none, from JavaScript', () => {
    for (const given of [(chart: Chart) => new Construct(chart, 'Other'), () => 'prometheus', () => undefined]) {
      refused(given, "test/Store.grantScrape: invalid 'scraper'");
    }
  });

  test('that has no namespace, where the set has one', () => {
    refused(chart => new kplus.Pod(new Chart(chart.node.root as App, 'nowhere'), 'Prometheus', { containers: [{ image: 'a:1' }] }),
      "nowhere/Prometheus: a workload without a namespace is to scrape Pods of namespace 'shop'. Set 'namespace' on its chart.");
  });
});

interface Scrapable extends IConstruct {
  grantScrape(scraper: kplus.INetworkPolicyPeer, options?: ScrapeOptions): void;
}

describe('the metrics of', () => {
  const rule = { from: [{ podSelector: { matchLabels: { app: 'prometheus' } } }], ports: METRICS };

  /** Each with the workloads that get an exporter, and the policies of those. */
  test.each<[string, (chart: Chart) => [Scrapable, (kplus.Workload | undefined)[]], string[]]>([
    ['a database', chart => {
      const database = new StatefulDatabase(chart, 'Orders', { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage });
      return [database, [database.workload]];
    }, ['orders']],
    ['brokers and controllers', chart => {
      const kafka = new KafkaCluster(chart, 'Events', { storage, controllers: 3 });
      return [kafka, [kafka.workload, kafka.controllerWorkload]];
    }, ['events', 'events-controller']],
    ['an ensemble', chart => {
      const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', { storage });
      return [zookeeper, [zookeeper.workload]];
    }, ['zk']],
    ['servers, sentinels and the data link', chart => {
      const redis = new RedisDatabase(chart, 'Cache', { storage, topology: RedisTopology.sentinel() });
      return [redis, [redis.workload, redis.sentinelWorkload, redis.dataLinkWorkload]];
    }, ['cache', 'cache-sentinel', 'cache.link']],
    ['servers alone, if the others have none', chart => {
      const redis = new RedisDatabase(chart, 'Cache', { storage, topology: RedisTopology.sentinel() });
      return [redis, [redis.workload]];
    }, ['cache']],
    ['the shards of a cluster', chart => {
      const redis = new RedisDatabase(chart, 'Cache', { storage, topology: RedisTopology.cluster({ shards: 3 }) });
      return [redis, redis.workloads];
    }, ['cache-shard-0', 'cache-shard-1', 'cache-shard-2']],
  ])('%s', (_, make, policies) => {
    const chart = newChart('shop');
    const [product, workloads] = make(chart);
    for (const workload of workloads) workload?.addContainer(exporter);
    product.grantScrape(prometheus(chart));
    const opened = ofKind(chart, 'NetworkPolicy').filter(({ spec }) => (spec as { ingress?: object[] }).ingress?.some(({ ports }: { ports?: object[] }) => JSON.stringify(ports) === JSON.stringify(METRICS)));
    expect(opened.map(({ metadata }) => metadata.name).sort()).toEqual(policies);
    for (const { spec } of opened) expect(spec).toMatchObject({ ingress: expect.arrayContaining([rule]) });
    expect(() => product.grantScrape(prometheus(new Construct(chart, 'Scope')), { port: 1 })).toThrow(`${product.node.path}: invalid 'port': got 1, expected a declared TCP port, one of `);
  });
});
