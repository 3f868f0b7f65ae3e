import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import {
  BackupDestination, BackupMethod, BackupProps, DatabaseEngine, MariadbVersion, PersistentVolumeClaim, PostgresVersion, RedisDatabase,
  StatefulDatabase, StatefulDatabaseProps,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const RECORDING = { summarize_wal: 'on' };
function database(props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart('shop');
  const claim = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) }));
  const store = BackupDestination.objectStore({ remote: 's3', path: 'backups/shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  const orders = new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(20) }, parameters: RECORDING, ...props,
  });
  const nightly = (more: Partial<BackupProps> = {}) =>
    orders.addBackup('Nightly', { schedule: Cron.daily(), destination: claim, method: BackupMethod.PHYSICAL, fullEvery: 7, ...more });
  const pod = (name: string) => (find(chart, 'CronJob', name) as Json).spec.jobTemplate.spec.template.spec as Json;
  return { chart, orders, store, claim, nightly, pod };
}
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
const mountsOf = (container: Json) => Object.fromEntries(
  (container.volumeMounts as { mountPath: string; readOnly?: boolean }[]).map(({ mountPath, readOnly }) => [mountPath, readOnly === true]),
);

test('an incremental backup on a claim looks at what is there', () => {
  const { nightly, pod } = database();
  nightly();
  const { initContainers, containers: [backup] } = pod('orders-nightly');
  expect(initContainers).toBeUndefined();
  expect(envOf(backup)).toMatchObject({ FULL_EVERY: '7', CATALOG: '/backups/orders', BACKUPS: '/backups/orders/physical' });
});

test('an incremental backup for a store is told first what is there, by a container that does not see the database', () => {
  const { nightly, store, pod } = database();
  nightly({ destination: store });
  const { initContainers: [earlier, backup], containers: [upload] } = pod('orders-nightly');
  expect([earlier.name, backup.name, upload.name]).toEqual(['earlier', 'backup', 'upload']);
  expect(envOf(earlier)).toMatchObject({ CATALOG: '/backups/orders/earlier', TARGET: 's3:backups/shop/orders', MANIFEST: 'backup_manifest' });
  expect(envOf(backup)).toMatchObject({ CATALOG: '/backups/orders/earlier', FULL_EVERY: '7', BACKUPS: '/backups/orders/physical' });
  expect(mountsOf(earlier)).toEqual({ '/backups': false, '/etc/cdk8s-stateful/backup': true, '/etc/cdk8s-stateful/rclone': true, '/tmp': false });
  expect(Object.keys(mountsOf(backup))).not.toContain('/etc/cdk8s-stateful/rclone');
  expect(mountsOf(upload)['/backups']).toBe(true);
});

test.each([undefined, 1])('with fullEvery %p all are full, and nothing is asked for', fullEvery => {
  const { nightly, store, pod } = database({ parameters: {} });
  nightly({ fullEvery, destination: store });
  const { initContainers: [backup] } = pod('orders-nightly');
  expect(envOf(backup)).not.toHaveProperty('FULL_EVERY');
  expect(backup.name).toBe('backup');
});

test.each([
  ['that of the volume for full ones', 1, undefined, '20480Mi'],
  ['twice that for incremental ones, which are combined beside themselves', 7, undefined, '40960Mi'],
  ['what is given', 7, Size.gibibytes(30), '30720Mi'],
])('the room to verify is %s', (_, fullEvery, scratchSize, limit) => {
  const { nightly, pod } = database();
  nightly({ fullEvery, verify: { schedule: Cron.weekly(), scratchSize } });
  expect(pod('orders-nightly-verify').volumes).toContainEqual({ name: 'scratch', emptyDir: { sizeLimit: limit } });
});

test('PostgreSQL 18 makes data checksums, and needs no hints in the log', () => {
  const engine = DatabaseEngine.postgres({ version: PostgresVersion.V18 });
  expect(() => database({ engine, parameters: { summarize_wal: 'on' } }).nightly()).not.toThrow();
});

const mariadb = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });
test.each<[string, () => unknown, RegExp]>([
  ['none', () => database().nightly({ fullEvery: 0 }), /invalid 'fullEvery': got 0, expected a whole number from 1 to 100/],
  ['too many', () => database().nightly({ fullEvery: 101 }), /invalid 'fullEvery': got 101/],
  ['a part', () => database().nightly({ fullEvery: 1.5 }), /invalid 'fullEvery': got 1.5/],
  ['of dumps', () => database().nightly({ method: BackupMethod.DUMP }), /'fullEvery' is 7, but only physical backups of PostgreSQL can be incremental/],
  ['of snapshots', () => database().nightly({ method: undefined, destination: BackupDestination.snapshots() }), /only physical backups of PostgreSQL can be incremental/],
  ['of another engine', () => database({ engine: mariadb, parameters: {}, storage: { size: Size.gibibytes(20), accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE } }).nightly(), /only physical backups of PostgreSQL can be incremental/],
  ['of PostgreSQL 16', () => database({ engine: DatabaseEngine.postgres({ version: PostgresVersion.V16 }), parameters: {} }).nightly(), /PostgreSQL 16 has no incremental backups/],
  ['where the server does not record what changes', () => database({ parameters: {} }).nightly(), /the parameter 'summarize_wal' is 'off', and only with 'on' does the server record what changes/],
  ['where it is told not to', () => database({ parameters: { summarize_wal: 'off' } }).nightly(), /the parameter 'summarize_wal' is 'off'/],
  ['of Redis', () => {
    const { chart, claim } = database();
    return new RedisDatabase(chart, 'Cache', { storage: { size: Size.gibibytes(10) } }).addBackup('Nightly', { schedule: Cron.daily(), destination: claim, fullEvery: 2 });
  }, /only physical backups of PostgreSQL can be incremental/],
])('increments are refused: %s', (_, make, message) => {
  expect(make).toThrow(message);
});
