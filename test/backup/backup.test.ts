import { Cron, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind, yaml } from '../support/manifests';
import {
  BackupDestination, BackupProps, DatabaseEngine, MariadbVersion, MysqlVersion, PersistentVolumeClaim, PostgresVersion, RestoreSource,
  StatefulDatabase, StatefulDatabaseProps,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

function database(props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart('shop');
  const claim = new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) });
  const orders = new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(20) }, ...props,
  });
  const store = BackupDestination.objectStore({ remote: 's3', path: 'backups/shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  const nightly = (more: Partial<BackupProps> = {}) => orders.addBackup('Nightly', { schedule: Cron.daily(), destination: BackupDestination.claim(claim), ...more });
  return { chart, orders, claim, store, nightly };
}
const podOf = (cronJob: Json) => cronJob.spec.jobTemplate.spec.template.spec as Json;
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

test.each([
  ['postgres', DatabaseEngine.postgres({ version: PostgresVersion.V17 }), 5432],
  ['mysql', DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), 3306],
  ['mariadb', DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }), 3306],
])('%s is dumped by its own image, one Job at a time, let in at its port', (product, engine, port) => {
  const { chart, nightly } = database({ engine });
  expect(nightly().name).toBe('orders-nightly');
  const job = find(chart, 'CronJob', 'orders-nightly') as Json;
  expect(job.spec).toMatchObject({ schedule: '0 0 * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 2, activeDeadlineSeconds: 21_600 } } });
  const [container] = podOf(job).containers;
  const set = find(chart, 'StatefulSet', 'orders') as Json;
  expect(container.image).toBe(set.spec.template.spec.containers[0].image);
  expect(envOf(container)).toMatchObject({ DATABASE: 'orders', PRODUCT: product, PORT: `${port}`, BACKUPS: '/backups/orders', KEEP_COUNT: '7', KEEP_SECONDS: '0' });
  const policy = find(chart, 'NetworkPolicy', 'orders') as Json;
  expect(policy.spec.ingress).toContainEqual({
    from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'orders-nightly.backup' } } }], ports: [{ port, protocol: 'TCP' }],
  });
  expect(podOf(job)).toMatchObject({ restartPolicy: 'Never', automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 999 } });
});

test('a read replica is read before the primary', () => {
  const { chart, nightly } = database({ readReplicas: 2 });
  nightly();
  const { HOSTS } = envOf(podOf(find(chart, 'CronJob', 'orders-nightly') as Json).containers[0]);
  expect(HOSTS.split(' ').map(host => host.split('.')[0])).toEqual(['orders-2', 'orders-1', 'orders']);
});

test('an object store gets what a first container dumped, from one that has its credentials', () => {
  const { chart, nightly, store } = database();
  nightly({ destination: store, keep: { count: 3, age: Duration.days(30) } });
  const { initContainers: [dump], containers: [upload], volumes } = podOf(find(chart, 'CronJob', 'orders-nightly') as Json);
  expect(envOf(dump)).toMatchObject({ KEEP_COUNT: '1' });
  expect(envOf(upload)).toMatchObject({ TARGET: 's3:backups/shop/orders', KEEP_COUNT: '3', KEEP_SECONDS: `${30 * 86_400}` });
  const mounts = (container: Json) => (container.volumeMounts as { name: string }[]).map(({ name }) => name).sort();
  expect(mounts(dump)).not.toContain('rclone');
  expect(mounts(upload)).not.toContain('credentials');
  expect(volumes).toContainEqual({ name: 'staging', emptyDir: { sizeLimit: '20480Mi' } });
});

describe('a new database', () => {
  const restored = (source: (parts: ReturnType<typeof database>) => RestoreSource, props: Partial<StatefulDatabaseProps> = {}) => {
    const parts = database();
    const restoredDatabase = new StatefulDatabase(parts.chart, 'Restored', {
      engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(20) }, restoreFrom: source(parts), ...props,
    });
    expect(restoredDatabase.name).toBe('restored');
    return (find(parts.chart, 'StatefulSet', 'restored') as Json).spec.template.spec as Json;
  };
  const mountsOf = (pod: Json, name: string) => ([...pod.initContainers, ...pod.containers] as Json[])
    .filter(container => (container.volumeMounts as { mountPath: string }[]).some(({ mountPath }) => mountPath === name))
    .map(container => container.name as string);

  test('begins with a backup of a volume, which only the container that makes the data sees', () => {
    const pod = restored(({ nightly }) => nightly().latest());
    expect(envOf(pod.initContainers[0])).toMatchObject({ BACKUPS: '/backups/orders', BACKUP: 'latest', PRODUCT: 'postgres' });
    expect(mountsOf(pod, '/backups')).toEqual(['prepare']);
    expect(pod.volumes).toContainEqual(expect.objectContaining({ persistentVolumeClaim: expect.objectContaining({ claimName: 'backups' }) as Json }));
  });

  test('begins with a backup of an object store, whose credentials only the container that fetches sees', () => {
    const pod = restored(({ store }) => RestoreSource.named(store, 'elsewhere', '2026-11-24T10-00-00Z'));
    expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['fetch', 'prepare']);
    expect(envOf(pod.initContainers[0])).toMatchObject({ TARGET: 's3:backups/shop/elsewhere', BACKUP: '2026-11-24T10-00-00Z', DATA: '/var/lib/postgresql/data/pgdata' });
    expect(mountsOf(pod, '/etc/cdk8s-stateful/rclone')).toEqual(['fetch']);
    expect(mountsOf(pod, '/backups')).toEqual(['fetch', 'prepare']);
  });

  test('has no init scripts beside it', () => {
    expect(() => restored(({ nightly }) => nightly().latest(), { initScripts: { 'a.sql': 'select 1' } })).toThrow(/both 'restoreFrom' and 'initScripts' are given/);
  });
});

test.each([
  ['a name that is none', () => RestoreSource.named(database().store, 'orders', 'yesterday'), /'name': got 'yesterday'/],
  ['a remote with a colon', () => BackupDestination.objectStore({ remote: 's3:', path: 'x', config: kplus.Secret.fromSecretName(newChart(), 'S', 's') }), /'remote'/],
  ['an absolute path', () => BackupDestination.objectStore({ remote: 's3', path: '/x', config: kplus.Secret.fromSecretName(newChart(), 'S', 's') }), /'path'/],
  ['keeping nothing', () => database().nightly({ keep: { count: 0 } }), /'keep.count': got 0/],
  ['an age of no time', () => database().nightly({ keep: { age: Duration.millis(0) } }), /'keep.age'/],
  ['a deadline that no backup makes', () => database().nightly({ deadline: Duration.seconds(5) }), /'deadline in seconds': got 5/],
  ['a long name', () => database().nightly({ name: 'x'.repeat(53) }), /'name'/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});

test('the same app gives the same bytes, and no secret', () => {
  const make = () => { const { chart, nightly, store } = database(); nightly({ destination: store }); return yaml(chart); };
  expect(make()).toBe(make());
  expect(ofKind(database().chart, 'Secret')).toEqual([]);
});
