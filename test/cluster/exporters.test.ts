/** @beside-others */
import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { readPage } from '../docs/markdown';
import { clusterWithNodes } from '../support/clusters';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { patient } from '../support/patience';
import { measure, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import {
  DatabaseEngine, MariadbVersion, PodContainerProps, PodSecurity, PostgresVersion, RedisDatabase, RedisVersion, StatefulDatabase,
} from 'cdk8s-stateful';

const POSTGRES_EXPORTER = 'quay.io/prometheuscommunity/postgres-exporter:v0.17.1';
const MYSQLD_EXPORTER = 'docker.io/prom/mysqld-exporter:v0.17.2';
const REDIS_EXPORTER = 'docker.io/oliver006/redis_exporter:v1.69.0';

const { kubectl: cluster } = clusterWithNodes();
const missing = [POSTGRES_EXPORTER, MYSQLD_EXPORTER, REDIS_EXPORTER].map(imageMissing).find(reason => reason !== undefined);
const test = itUnless(missing);

/** The exporters of the guides, with their properties. */
describe('exporters as sidecars', () => {
  let shop: TestNamespace;
  let monitoring: TestNamespace;

  beforeAll(async () => {
    if (missing !== undefined) return;
    [shop, monitoring] = await Promise.all([TestNamespace.create('exporters', cluster), TestNamespace.create('monitoring', cluster)]);
    for (const name of ['orders', 'shop', 'sessions']) {
      await shop.kubectl.run(['create', 'secret', 'generic', `${name}-credentials`, '--from-literal=username=app', '--from-literal=password=secret']);
    }
    await shop.kubectl.run(['create', 'secret', 'generic', 'shop-exporter', '--from-literal=password=reads']);
    const chart = newChart(shop.name);
    const abroad = new Chart(chart.node.scope as Chart, 'monitoring', { namespace: monitoring.name });
    const prometheus = kplus.Pods.select(chart, 'Prometheus', {
      labels: { app: 'prometheus' },
      namespaces: kplus.Namespaces.select(chart, 'Monitoring', { names: [monitoring.name] }),
    });
    for (const product of products(chart)) product.grantScrape(prometheus);
    addScraper(abroad, 'prometheus');
    addScraper(abroad, 'stranger');
    await cluster.apply([...synth(chart), ...synth(abroad)]);
    await measure('three servers with exporters from apply to ready', async () => {
      for (const set of ['orders', 'shop', 'sessions']) await shop.kubectl.rolloutStatus(`statefulset/${set}`, 180);
    });
    await monitoring.kubectl.run(['wait', 'pod', '--all', '--for=condition=Ready', `--timeout=${patient(60)}s`], { seconds: 70 });
    await shop.kubectl.exec('shop-0', ['bash', '-c', `mariadb -u root -p"$(cat /etc/cdk8s-stateful/credentials/password)" -e "
      CREATE USER 'exporter'@'127.0.0.1' IDENTIFIED BY 'reads' WITH MAX_USER_CONNECTIONS 3;
      GRANT PROCESS, REPLICATION CLIENT, SELECT ON *.* TO 'exporter'@'127.0.0.1'"`], { container: 'mariadb' });
  });
  afterAll(async () => { await Promise.all([shop?.delete(), monitoring?.delete()]); });

  /** By the address of the Pod, as Prometheus does. The client stays: the exporter of MySQL ends the work for one that has gone. */
  const scrape = async (scraper: string, set: string, port: number) => {
    const { status } = await shop.kubectl.get<{ readonly status: { readonly podIP: string } }>('pod', `${set}-0`);
    return monitoring.kubectl.exec(scraper, ['sh', '-c', `(printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n'; sleep 10) | nc -w 12 ${status.podIP} ${port}`]);
  };

  test.each([
    ['orders', 9187, 'PostgreSQL', 'pg_up'],
    ['shop', 9104, 'MySQL, MariaDB', 'mysql_up'],
    ['sessions', 9121, 'Redis, Valkey', 'redis_up'],
  ])('Prometheus in another namespace scrapes %s, and finds what the guide alerts on', async (set, port, product, up) => {
    const alerts = alertsOf(product);
    expect(alerts.length).toBeGreaterThan(1);
    await waitUntil(`${up} 1, and the rest`, 60, async () => {
      const metrics = await scrape('prometheus', set, port).catch(String);
      if (!new RegExp(`^${up}(?:\\{.*\\})? 1$`, 'm').test(metrics)) return metrics.split('\n').find(line => line.startsWith(up)) ?? metrics.slice(0, 80);
      const names = new Set(metrics.split('\n').map(line => /^\w+/.exec(line)?.[0]));
      const absent = alerts.filter(name => !names.has(name) && !ELSEWHERE.has(name));
      return absent.length === 0 || `no ${absent.join(', ')}`;
    });
  });

  test('others do not get in', async () => {
    await expect(scrape('stranger', 'orders', 9187)).rejects.toThrow();
  });
});

/** Metrics that only a standby, or a member of a cluster, has. */
const ELSEWHERE = new Set(['pg_replication_lag_seconds', 'redis_cluster_state']);

/** The metrics in the rows of a product in the guide's table of alerts. */
function alertsOf(product: string): string[] {
  const rows = readPage('docs/monitoring.md').split('\n').filter(line => line.startsWith('| '));
  const first = rows.findIndex(row => row.startsWith(`| ${product} | the server`));
  const next = rows.findIndex((row, i) => i > first && !row.startsWith('| | '));
  return rows.slice(first, next).flatMap(row => row.match(/\b(?:pg|mysql|redis)_\w+/g) ?? []);
}

/** The three products, each with its exporter as the guides have it. */
function products(chart: Chart): (StatefulDatabase | RedisDatabase)[] {
  const storage = { size: Size.gibibytes(2) };
  const small = { cpu: { request: kplus.Cpu.millis(20) }, memory: { request: Size.mebibytes(32), limit: Size.mebibytes(64) } };
  const sidecar = (container: Omit<PodContainerProps, 'name' | 'resources'>): PodContainerProps => ({
    name: 'exporter', resources: small, imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT, ...container,
  });

  const orders = new StatefulDatabase(chart, 'Orders', { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage });
  const { secret, usernameKey, passwordKey } = orders.credentials;
  orders.statefulWorkload.addContainer(sidecar({
    image: POSTGRES_EXPORTER,
    ports: [{ name: 'metrics', number: 9187 }],
    envVariables: {
      DATA_SOURCE_URI: kplus.EnvValue.fromValue(`127.0.0.1:5432/${orders.databaseName}?sslmode=disable`),
      DATA_SOURCE_USER: secret.envValue(usernameKey),
      DATA_SOURCE_PASS: secret.envValue(passwordKey),
    },
    liveness: kplus.Probe.fromHttpGet('/', { port: 9187 }),
    securityContext: PodSecurity.restricted({ user: 65534 }),
  }));

  const shop = new StatefulDatabase(chart, 'Shop', {
    engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }), storage, resources: { memory: { limit: Size.mebibytes(512) } },
  });
  shop.statefulWorkload.addContainer(sidecar({
    image: MYSQLD_EXPORTER,
    args: ['--mysqld.address=127.0.0.1:3306', '--mysqld.username=exporter'],
    ports: [{ name: 'metrics', number: 9104 }],
    envVariables: { MYSQLD_EXPORTER_PASSWORD: kplus.Secret.fromSecretName(chart, 'Exporter', 'shop-exporter').envValue('password') },
    liveness: kplus.Probe.fromHttpGet('/', { port: 9104 }),
    securityContext: PodSecurity.restricted({ user: 65534 }),
  }));

  const sessions = new RedisDatabase(chart, 'Sessions', { storage, version: RedisVersion.REDIS_8_0 });
  for (const workload of sessions.workloads) {
    workload.addContainer(sidecar({
      image: REDIS_EXPORTER,
      ports: [{ name: 'metrics', number: 9121 }],
      envVariables: { REDIS_ADDR: kplus.EnvValue.fromValue('redis://127.0.0.1:6379'), REDIS_PASSWORD: sessions.credentials.password },
      liveness: kplus.Probe.fromHttpGet('/health', { port: 9121 }),
      securityContext: PodSecurity.restricted({ user: 59000 }),
    }));
  }
  return [orders, shop, sessions];
}

function addScraper(chart: Chart, name: string): void {
  new kplus.Pod(chart, name, {
    metadata: { name, labels: { app: name } },
    containers: [{
      image: 'busybox:1.35',
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      command: ['sleep', 'infinity'],
      securityContext: PodSecurity.restricted({ user: 1000 }),
      resources: { cpu: { request: kplus.Cpu.millis(10) }, memory: { request: Size.mebibytes(16), limit: Size.mebibytes(16) } },
    }],
  });
}
