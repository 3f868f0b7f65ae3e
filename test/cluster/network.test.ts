/** @beside-others */
import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { itUnless } from '../support/needs';
import { networkPoliciesMissing } from '../support/network-policy';
import { patient } from '../support/patience';
import { waitUntil } from '../support/progress';
import { standInsFor } from '../support/stand-in-pods';
import { TestNamespace } from '../support/test-namespace';
import {
  DatabaseEngine, KafkaCluster, MysqlVersion, PostgresVersion, RedisDatabase, RedisTopology, SharedScratchPod, StatefulDatabase, StatefulWorkload,
  ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const image = 'busybox:1.35';
const resources: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(10) },
  memory: { request: Size.mebibytes(16), limit: Size.mebibytes(16) },
};
const small = { security: { user: 1000 }, terminationGrace: Duration.seconds(1) };
const storage = { size: Size.gibibytes(4) };

describe('NetworkPolicies', () => {
  const { kubectl: cluster } = clusterWithNodes();
  const missing = networkPoliciesMissing(cluster);
  const test = itUnless(missing);
  let here: TestNamespace;
  let there: TestNamespace;

  beforeAll(async () => {
    if (missing !== undefined) return;
    here = await TestNamespace.create('network', cluster);
    there = await TestNamespace.create('network-other', cluster);
    const chart = newChart(here.name);
    const abroad = new Chart(chart.node.scope as Chart, 'there', { namespace: there.name });
    makeSets(chart, abroad);
    makeProducts(chart);
    const [own, others] = [synth(chart), synth(abroad)];
    const rendered = [...own.filter(({ kind, metadata }) => ['NetworkPolicy', 'Pod'].includes(kind) || metadata.labels?.['app.kubernetes.io/instance'] === 'store'), ...others];
    await cluster.apply([...secrets(here.name), ...rendered, ...standInsFor(own.filter(({ metadata }) => metadata.name !== 'store'), { image, command: listen })]);
    await here.kubectl.rolloutStatus('statefulset/store', 120);
    for (const { kubectl } of [here, there]) await kubectl.run(['wait', 'pod', '--all', '--for=condition=Ready', `--timeout=${patient(90)}s`], { seconds: 100 });
  });
  afterAll(async () => {
    await Promise.all([here?.delete(), there?.delete()]);
  });

  /** A set with a port for clients, one for members and one for metrics, and clients of all kinds. */
  function makeSets(chart: Chart, abroad: Chart): void {
    const store = new StatefulWorkload(chart, 'Store', { replicas: 2, ...small });
    store.addContainer({
      name: 'main',
      image,
      resources,
      ports: [{ name: 'client', number: 8080 }, { name: 'peer', number: 8081 }, { name: 'metrics', number: 9090 }],
      command: listen([8080, 8081, 9090]),
      readiness: kplus.Probe.fromTcpSocket({ port: 8080, periodSeconds: Duration.seconds(1) }),
    });
    listener(chart, 'Open', { isolate: false }); // which nobody was granted
    const archive = listener(chart, 'Archive');

    store.grantConnect(client(chart, 'Friend').pod, { ports: [8080] });
    store.grantConnect(client(abroad, 'Abroad').pod, { ports: [8080] });
    const limited = client(chart, 'Limited');
    archive.grantConnect(limited.pod); // before it is limited
    store.grantConnect(limited.pod, { ports: [8080], egress: true });
    client(chart, 'Stranger');
    client(abroad, 'Foreigner');
    client(abroad, 'Prometheus', { app: 'prometheus' });
    store.grantScrape(kplus.Pods.select(abroad, 'Scrapers', {
      labels: { app: 'prometheus' }, namespaces: kplus.Namespaces.select(abroad, 'Monitoring', { names: [there.name] }),
    }));
  }

  /** Of products, only the policies are applied, with Pods that have the labels and the ports of the servers. */
  function makeProducts(chart: Chart): void {
    const friend = client(chart, 'Customer').pod;
    const products = [
      new StatefulDatabase(chart, 'Postgres', { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage }),
      new StatefulDatabase(chart, 'Mysql', { engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), storage }),
      new KafkaCluster(chart, 'Kafka', { storage }),
      new ZooKeeperEnsemble(chart, 'Zookeeper', { storage }),
      new RedisDatabase(chart, 'Redis', { storage, topology: RedisTopology.sentinel() }),
    ];
    for (const product of products) product.grantConnect(friend);
  }

  function listener(chart: Chart, id: string, props: { readonly isolate?: boolean } = {}): SharedScratchPod {
    const pod = new SharedScratchPod(chart, id, { ...small, ...props });
    pod.addWriter({ name: 'main', image, mountPath: '/scratch', resources, ports: [{ number: 8080 }], command: listen([8080]) });
    return pod;
  }

  function client(chart: Chart, id: string, podLabels: { [label: string]: string } = {}): SharedScratchPod {
    const pod = new SharedScratchPod(chart, id, { ...small, podLabels, isolate: false });
    pod.addWriter({ name: 'main', image, mountPath: '/scratch', resources, command: ['sleep', '3600'] });
    return pod;
  }

  const STORE = () => `store-0.store-headless.${here.name}.svc.cluster.local`;

  /** Tries as often as that: policies learn some moments later that there is a new Pod. */
  function reaches(its: Kubectl, pod: string, host: string, port: number, tries: number): Promise<boolean> {
    const script = 'for i in $(seq "$3"); do nc -w 3 "$1" "$2" </dev/null && exit 0; sleep 1; done; exit 9';
    return its.exec(pod, ['sh', '-c', script, 'sh', host, `${port}`, `${tries}`], { container: 'main' }).then(() => true, (error: unknown) => {
      if (String(error).includes('exit code 9')) return false;
      throw error;
    });
  }

  async function address(pod: string): Promise<string> {
    const { status } = await here.kubectl.get<Manifest & { readonly status: { readonly podIP: string } }>('pod', pod);
    return status.podIP;
  }

  /** Tries all at once: what is denied takes as long as its timeout. */
  async function expectReached(tries: readonly Try[]): Promise<void> {
    const wanted = tries.map(([, pod, host, port, reached]) => `${pod} → ${host}:${port}: ${reached}`);
    await waitUntil('the policies to be in force', 60, async () => {
      const seen = await Promise.all(tries.map(async ([its, pod, host, port, reached]) => `${pod} → ${host}:${port}: ${await reaches(its, pod, host, port, reached ? 5 : 1)}`));
      const others = seen.filter((line, i) => line !== wanted[i]);
      return others.length === 0 || others.join('; ');
    });
  }

  test('let in who was granted, at the port that was granted', async () => {
    await expectReached([
      [here.kubectl, 'friend', STORE(), 8080, true],
      [here.kubectl, 'friend', STORE(), 8081, false],
      [here.kubectl, 'friend', STORE(), 9090, false],
      [there.kubectl, 'abroad', STORE(), 8080, true],
    ]);
  });

  test('let the members reach each other', async () => {
    await expectReached([[here.kubectl, 'store-1', STORE(), 8081, true]]);
  });

  test('keep everybody else out', async () => {
    await expectReached([[here.kubectl, 'stranger', STORE(), 8080, false], [there.kubectl, 'foreigner', STORE(), 8080, false]]);
  });

  test('leave the other traffic of a client alone, unless a grant asks to limit it', async () => {
    const [open, archive] = [await address('open'), await address('archive')];
    await expectReached([
      [here.kubectl, 'friend', open, 8080, true],
      [here.kubectl, 'limited', open, 8080, false],
      [here.kubectl, 'limited', STORE(), 8080, true], // by its name, which it may ask for
      [here.kubectl, 'limited', archive, 8080, true],
    ]);
  });

  test('let a scraper of another namespace in to the metrics alone, and leave its other traffic alone', async () => {
    await expectReached([
      [there.kubectl, 'prometheus', STORE(), 9090, true],
      [there.kubectl, 'prometheus', STORE(), 8080, false],
      [there.kubectl, 'prometheus', await address('open'), 8080, true],
      [there.kubectl, 'foreigner', STORE(), 9090, false],
    ]);
  });

  test.each<[string, string, number, number[]]>([
    ['PostgreSQL', 'postgres', 5432, []],
    ['MySQL', 'mysql', 3306, []],
    ['Kafka', 'kafka', 9092, [9091, 9093]],
    ['ZooKeeper', 'zookeeper', 2181, [2888, 3888]],
    ['the data link of Redis', 'redis-link', 6379, []],
  ])('of %s let in a client that was granted, at the port for clients, and no stranger', async (_, pod, port, closed) => {
    const host = await address(pod);
    await expectReached([
      [here.kubectl, 'customer', host, port, true],
      ...closed.map(other => [here.kubectl, 'customer', host, other, false] as const),
      [here.kubectl, 'stranger', host, port, false],
    ]);
  });

  test('of Redis keep clients of the data link away from servers and sentinels', async () => {
    const [server, sentinel] = [await address('redis'), await address('redis-sentinel')];
    await expectReached([
      [here.kubectl, 'customer', server, 6379, false],
      [here.kubectl, 'customer', sentinel, 26379, false],
      [here.kubectl, 'redis-link', server, 6379, true],
    ]);
  });
});

/** Who tries to reach which port of whom, and whether that should succeed. */
type Try = readonly [its: Kubectl, pod: string, host: string, port: number, reached: boolean];

/** What the variables of a client refer to. */
function secrets(namespace: string): Manifest[] {
  return ['postgres', 'mysql', 'redis'].map(name => ({
    apiVersion: 'v1', kind: 'Secret', metadata: { name: `${name}-credentials`, namespace }, stringData: { username: 'shop', password: 'secret' },
  }));
}

function listen(ports: readonly number[]): string[] {
  return ['sh', '-c', `${ports.map(port => `httpd -p ${port} -h /etc`).join('; ')}; sleep 3600`];
}
