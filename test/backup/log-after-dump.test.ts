import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import {
  BackupDestination, BackupMethod, DatabaseEngine, MariadbVersion, MysqlVersion, PersistentVolumeClaim, RestoreSource, StatefulDatabase,
  StatefulDatabaseProps,
} from 'cdk8s-stateful';

/** Archives of a binary log, which continue dumps. */
type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const mariadb = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });
const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V8_4 });
const LOGGED_MYSQL = { engine: mysql, parameters: { log_bin: 'binlog', gtid_mode: 'ON' } };
const TOOLS = 'docker.io/percona/percona-server:8.4.11-11.1';
const storage = { size: Size.gibibytes(20) };
const TIME = '2026-11-24T10:00:00Z';

function shop(props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart('shop');
  const claim = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) }));
  const store = BackupDestination.objectStore({ remote: 's3', path: 'backups', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  const database = new StatefulDatabase(chart, 'Shop', { engine: mariadb, storage, parameters: { log_bin: 'binlog' }, ...props });
  return { chart, claim, store, database, nightly: (destination = claim) => database.addBackup('Nightly', { schedule: Cron.daily(), destination }) };
}
const podOf = (chart: Chart, kind: string, name: string) => {
  const { spec } = find(chart, kind, name) as Json;
  return (spec.jobTemplate?.spec ?? spec).template.spec as Json;
};
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

test('a server with a binary log makes the account of the archiver, writes rows, and syncs each commit', () => {
  const { chart } = shop();
  const [server] = podOf(chart, 'StatefulSet', 'shop').containers as Json[];
  expect(Object.keys((find(chart, 'ConfigMap', 'shop-files') as Json).data as Json)).toEqual(expect.arrayContaining(['start-with-log.sh', 'password.sh']));
  expect(server.command).toEqual(['bash', '/etc/cdk8s-stateful/files/start-with-log.sh', 'mariadbd']);
  expect(server.args).toEqual(expect.arrayContaining(['--log-bin=binlog', '--binlog-format=ROW', '--sync-binlog=1']));
  expect(envOf(server)).toMatchObject({ LOG_ACCOUNT: 'stateful_log' });
});

test('a MySQL server with transaction identifiers makes the accounts of the archiver and of the dumps', () => {
  const { chart, claim, database, nightly } = shop(LOGGED_MYSQL);
  database.archiveLog('Log', { destination: claim, image: TOOLS });
  nightly();
  const [server] = podOf(chart, 'StatefulSet', 'shop').containers as Json[];
  expect(server.command).toEqual(['bash', '/etc/cdk8s-stateful/files/start-with-log.sh', 'mysqld']);
  expect(server.args).toEqual(expect.arrayContaining(['--log-bin=binlog', '--gtid-mode=ON', '--enforce-gtid-consistency=ON']));
  expect(envOf(server)).toMatchObject({ LOG_ACCOUNT: 'stateful_log', DUMP_ACCOUNT: 'stateful_dump', ACCOUNTS: '/run/cdk8s-stateful/accounts.sql' });
  expect(podOf(chart, 'StatefulSet', 'shop').volumes).toContainEqual({ name: 'accounts', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
  const [archiver] = podOf(chart, 'StatefulSet', 'shop-log').containers as Json[];
  expect(archiver.image).toBe(TOOLS);
  expect(envOf(podOf(chart, 'CronJob', 'shop-nightly').containers[0]))
    .toMatchObject({ BINARY_LOG: 'on', LOG_OPTIONS: '--source-data=2 --set-gtid-purged=COMMENTED', IDENTITY: '@@server_uuid', DUMP_ACCOUNT: 'stateful_dump' });
});

test('an image of the database is that of its archiver, too', () => {
  const { chart, claim, database } = shop({ ...LOGGED_MYSQL, image: TOOLS });
  database.archiveLog('Log', { destination: claim });
  expect((podOf(chart, 'StatefulSet', 'shop-log').containers as Json[])[0].image).toBe(TOOLS);
});

test.each([
  ['a binary log alone', { log_bin: 'binlog' }],
  ['another mode', { log_bin: 'binlog', gtid_mode: 'ON_PERMISSIVE' }],
  ['statements', { log_bin: 'binlog', gtid_mode: 'ON', enforce_gtid_consistency: 'ON', binlog_format: 'MIXED' }],
])('a MySQL server with %s is the same as before', (_, parameters) => {
  const { chart, nightly } = shop({ engine: mysql, parameters });
  nightly();
  const pod = podOf(chart, 'StatefulSet', 'shop');
  expect(pod.containers[0].command).toEqual(['bash', '/etc/cdk8s-stateful/files/start.sh', 'mysqld']);
  expect(envOf(pod.containers[0])).not.toHaveProperty('LOG_ACCOUNT');
  expect(envOf(podOf(chart, 'CronJob', 'shop-nightly').containers[0])).not.toHaveProperty('BINARY_LOG');
  expect(pod.containers[0].args).toHaveLength(pod.initContainers[0].args.length);
});

test('without a binary log nothing of it is there', () => {
  const { chart, nightly } = shop({ parameters: {} });
  nightly();
  const pod = podOf(chart, 'StatefulSet', 'shop');
  expect(pod.containers[0].command).toEqual(['bash', '/etc/cdk8s-stateful/files/start.sh', 'mariadbd']);
  expect(envOf(pod.containers[0])).not.toHaveProperty('LOG_ACCOUNT');
  expect(envOf(podOf(chart, 'CronJob', 'shop-nightly').containers[0])).not.toHaveProperty('BINARY_LOG');
});

test('the archiver reads from the Service, and the dump has its position and clears the archive', () => {
  const { chart, claim, database, nightly } = shop();
  database.archiveLog('Log', { destination: claim });
  nightly();
  const [archiver] = podOf(chart, 'StatefulSet', 'shop-log').containers as Json[];
  expect(envOf(archiver)).toMatchObject({ METHOD: 'dump', LOGS: '/backups/shop/log', HOST: 'shop.shop.svc.cluster.local', PORT: '3306', LOG_ACCOUNT: 'stateful_log' });
  expect(JSON.stringify((find(chart, 'NetworkPolicy', 'shop') as Json).spec.ingress)).toContain('shop-log');
  expect(envOf(podOf(chart, 'CronJob', 'shop-nightly').containers[0])).toMatchObject({ METHOD: 'dump', BINARY_LOG: 'on', BACKUPS: '/backups/shop', LOGS: '/backups/shop/log' });
});

test('in a store the container that sends the log knows that it continues dumps', () => {
  const { chart, store, database, nightly } = shop();
  database.archiveLog('Log', { destination: store });
  nightly(store);
  expect(envOf(podOf(chart, 'StatefulSet', 'shop-log').containers[1])).toMatchObject({ METHOD: 'dump', TARGET: 's3:backups/shop' });
  expect(envOf(podOf(chart, 'CronJob', 'shop-nightly').containers[0])).toMatchObject({ METHOD: 'dump', TARGET: 's3:backups/shop', LOGS: 's3:backups/shop/log' });
});

test.each([
  ['a point in time', ({ nightly }: ReturnType<typeof shop>) => nightly().pointInTime('2026-11-24T11:00:00+01:00'), { BACKUP: 'latest', UNTIL: '2026-11-24T10:00:00.000000Z' }],
  ['the latest', ({ nightly }: ReturnType<typeof shop>) => nightly().latest(), { BACKUP: 'latest', UNTIL: '' }],
  ['a named one', ({ nightly }: ReturnType<typeof shop>) => nightly().named('2026-11-24T10-00-00Z'), { BACKUP: '2026-11-24T10-00-00Z', UNTIL: '' }],
  ['another cluster', ({ store }: ReturnType<typeof shop>) => RestoreSource.pointInTime(store, 'shop', TIME, BackupMethod.DUMP), { UNTIL: '2026-11-24T10:00:00.000000Z' }],
])('a new database, without a binary log of its own, is restored from %s', (_, source, env) => {
  const parts = shop();
  parts.database.archiveLog('Log', { destination: parts.claim });
  new StatefulDatabase(parts.chart, 'Restored', { engine: mariadb, storage, restoreFrom: source(parts) });
  const prepare = (podOf(parts.chart, 'StatefulSet', 'restored').initContainers as Json[]).at(-1) as Json;
  expect(envOf(prepare)).toMatchObject({ METHOD: 'dump', BACKUPS: '/backups/shop', ...env });
});

test('a new MySQL database is restored to a point in time by the official image', () => {
  const { chart, claim, database, nightly } = shop(LOGGED_MYSQL);
  database.archiveLog('Log', { destination: claim, image: TOOLS });
  new StatefulDatabase(chart, 'Restored', { engine: mysql, storage, restoreFrom: nightly().pointInTime(TIME) });
  const prepare = (podOf(chart, 'StatefulSet', 'restored').initContainers as Json[]).at(-1) as Json;
  expect(prepare.image).toContain('docker.io/library/mysql:');
  expect(envOf(prepare)).toMatchObject({ METHOD: 'dump', UNTIL: '2026-11-24T10:00:00.000000Z' });
});

test.each([
  ['an archive without a binary log', () => { const { database, claim } = shop({ parameters: {} }); database.archiveLog('Log', { destination: claim }); }, /the server has no binary log, which the parameter 'log_bin' enables/],
  ['an archive of statements', () => { const { database, claim } = shop({ parameters: { log_bin: 'binlog', binlog_format: 'MIXED' } }); database.archiveLog('Log', { destination: claim }); }, /the parameter 'binlog_format' is 'MIXED'/],
  ['an archive with an init file', () => { const { database, claim } = shop({ parameters: { log_bin: 'binlog', init_file: '/var/lib/mysql/init.sql' } }); database.archiveLog('Log', { destination: claim }); }, /the parameter 'init_file' is/],
  ['an archive of MySQL without a binary log', () => { const { database, claim } = shop({ engine: mysql, parameters: {} }); database.archiveLog('Log', { destination: claim, image: TOOLS }); }, /the server has no binary log, which the parameter 'log_bin' enables/],
  ['an archive of MySQL without identifiers', () => { const { database, claim } = shop({ engine: mysql }); database.archiveLog('Log', { destination: claim, image: TOOLS }); }, /the transactions in the binary log have no identifiers, which the parameter 'gtid_mode' enables with the value 'ON'/],
  ['an archive of MySQL without tools', () => { const { database, claim } = shop(LOGGED_MYSQL); database.archiveLog('Log', { destination: claim }); }, /the official image of MySQL does not have 'mysqlbinlog', with which the log is archived\n? ?.*Give 'archiveLog' an 'image' that has it/s],
  ['a point in time of MySQL without an archive', () => shop({ engine: mysql }).nightly().pointInTime(TIME), /needs the log archive of the database at the destination/],
  ['an archive that leaves out a database', () => { const { database, claim } = shop({ parameters: { log_bin: 'binlog', binlog_ignore_db: 'app' } }); database.archiveLog('Log', { destination: claim }); }, /the parameter 'binlog_ignore_db' is 'app', with which changes are missing/],
  ['an archive of some databases', () => { const { database, claim } = shop({ ...LOGGED_MYSQL, parameters: { ...LOGGED_MYSQL.parameters, binlog_do_db: 'x' } }); database.archiveLog('Log', { destination: claim, image: TOOLS }); }, /the parameter 'binlog_do_db' is 'x'/],
  ['a fraction of a second', () => RestoreSource.pointInTime(shop().store, 'shop', '2026-11-24T10:00:00.5Z', BackupMethod.DUMP), /a time in whole seconds/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});
