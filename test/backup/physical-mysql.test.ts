import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, yaml } from '../support/manifests';
import {
  BackupDestination, BackupMethod, BackupProps, DatabaseEngine, MysqlVersion, PersistentVolumeClaim, RestoreSource, StatefulDatabase,
  StatefulDatabaseProps,
} from 'cdk8s-stateful';

/** Physical backups of MySQL, by its clone plugin. */
type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const engine = DatabaseEngine.mysql({ version: MysqlVersion.V8_4 });
const storage = { size: Size.gibibytes(20) };
const LOGGED = { parameters: { log_bin: 'binlog', gtid_mode: 'ON' } };
const TOOLS = 'docker.io/percona/percona-server:8.4.11-11.1';
const TIME = '2026-11-24T10:00:00Z';

function shop(props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart('shop');
  const claim = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) }));
  const store = BackupDestination.objectStore({ remote: 's3', path: 'backups', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  const database = new StatefulDatabase(chart, 'Shop', { engine, storage, ...props });
  const weekly = (more: Partial<BackupProps> = {}) => database.addBackup('Weekly', { schedule: Cron.weekly(), destination: claim, method: BackupMethod.PHYSICAL, ...more });
  const restored = (restoreFrom: RestoreSource, more: Partial<StatefulDatabaseProps> = {}) => new StatefulDatabase(chart, 'Restored', { engine, storage, restoreFrom, ...more });
  return { chart, claim, store, database, weekly, restored };
}
const podOf = (chart: Chart, kind: string, name: string) => {
  const { spec } = find(chart, kind, name) as Json;
  return (spec.jobTemplate?.spec ?? spec).template.spec as Json;
};
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
const namesOf = (containers: Json[]) => containers.map(({ name }) => name as string);
const filesOf = (chart: Chart, name: string) => (find(chart, 'ConfigMap', name) as Json).data as Record<string, string>;

describe('the server', () => {
  test('has the plugin and the account only while there is such a backup, and nothing else changes', () => {
    const { chart, weekly } = shop();
    const before = { files: filesOf(chart, 'shop-files'), pod: podOf(chart, 'StatefulSet', 'shop') };
    expect(JSON.stringify(before)).not.toContain('clone');
    weekly();
    const files = filesOf(chart, 'shop-files');
    expect(files['serve.sh']).toBe(before.files['start.sh']);
    expect(files['start.sh']).toContain('--plugin-load-add=mysql_clone.so');
    expect(Object.keys(files).sort()).toEqual([...Object.keys(before.files), 'password.sh', 'serve.sh'].sort());
    const unnamed = (pod: Json) => JSON.stringify(pod).replace(/shop-files-[0-9a-f]{10}/g, 'shop-files');
    expect(unnamed(podOf(chart, 'StatefulSet', 'shop'))).toBe(unnamed(before.pod));
  });

  test('keeps the script that a log archive starts it by', () => {
    const { chart, weekly } = shop(LOGGED);
    weekly();
    expect(podOf(chart, 'StatefulSet', 'shop').containers[0].command).toEqual(['bash', '/etc/cdk8s-stateful/files/start-with-log.sh', 'mysqld']);
    expect(Object.keys(filesOf(chart, 'shop-files'))).toEqual(expect.arrayContaining(['start-with-log.sh', 'start.sh', 'serve.sh']));
  });

  test('has it for two such backups as for one', () => {
    const { chart, weekly, database, store } = shop();
    weekly();
    const files = filesOf(chart, 'shop-files');
    database.addBackup('Away', { schedule: Cron.daily(), destination: store, method: BackupMethod.PHYSICAL });
    expect(filesOf(chart, 'shop-files')).toEqual(files);
  });
});

describe('the Job', () => {
  test('copies the server, which lets it in, into a folder beside the dumps', () => {
    const { chart, weekly } = shop();
    weekly();
    const [container] = podOf(chart, 'CronJob', 'shop-weekly').containers as Json[];
    expect(envOf(container)).toMatchObject({ BACKUPS: '/backups/shop/physical', HOSTS: 'shop.shop.svc.cluster.local', PORT: '3306', SERVER: 'mysqld', CLIENT: 'mysql', DATABASE_NAME: 'app', PRODUCT: 'mysql' });
    expect(container.image).toBe(MysqlVersion.V8_4._image);
    expect(Object.keys(filesOf(chart, 'shop-weekly-scripts'))).toEqual(expect.arrayContaining(['backup.sh', 'dump.sh', 'check.sh']));
    const { spec: { ingress } } = find(chart, 'NetworkPolicy', 'shop') as Json;
    expect(ingress).toContainEqual({ from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'shop-weekly.backup' } } }], ports: [{ port: 3306, protocol: 'TCP' }] });
  });

  test('leaves a log archive alone, which continues dumps', () => {
    const { chart, weekly, database, claim } = shop(LOGGED);
    database.archiveLog('Log', { destination: claim, image: TOOLS });
    weekly();
    database.addBackup('Nightly', { schedule: Cron.daily(), destination: claim });
    expect(envOf(podOf(chart, 'CronJob', 'shop-weekly').containers[0])).not.toHaveProperty('LOGS');
    expect(envOf(podOf(chart, 'CronJob', 'shop-nightly').containers[0])).toMatchObject({ LOGS: '/backups/shop/log', METHOD: 'dump' });
  });

  test('for a store has room for the copy beside what is packed', () => {
    const { chart, weekly, store } = shop();
    weekly({ destination: store });
    expect(podOf(chart, 'CronJob', 'shop-weekly').volumes).toContainEqual({ name: 'staging', emptyDir: { sizeLimit: '40960Mi' } });
  });
});

describe('a new database', () => {
  test('makes its data of the backup before the container that else would, and no log continues it', () => {
    const { chart, weekly, restored } = shop();
    restored(weekly().latest());
    const pod = podOf(chart, 'StatefulSet', 'restored');
    expect(namesOf(pod.initContainers)).toEqual(['restore', 'prepare']);
    expect(envOf(pod.initContainers[0])).toMatchObject({ BACKUPS: '/backups/shop', BACKUP: 'latest', UNTIL: '', PRODUCT: 'mysql', FILES: '/etc/cdk8s-stateful/files', SERVER: 'mysqld' });
    expect(pod.initContainers[0].args).toEqual(pod.containers[0].args);
    expect(filesOf(chart, 'restored-restore')['choose.sh']).toContain('the log archive goes on to');
    expect(filesOf(chart, 'restored-files')).not.toHaveProperty('serve.sh'); // nobody copies it yet
  });

  test('fetches it from a store', () => {
    const { chart, store, restored } = shop();
    restored(RestoreSource.named(store, 'shop', '2026-11-24T10-00-00Z', BackupMethod.PHYSICAL));
    const pod = podOf(chart, 'StatefulSet', 'restored');
    expect(namesOf(pod.initContainers)).toEqual(['fetch', 'restore', 'prepare']);
    expect(envOf(pod.initContainers[0])).toMatchObject({ TARGET: 's3:backups/shop', BACKUP: '2026-11-24T10-00-00Z', DATA: '/var/lib/mysql/mysql' });
  });

  test('is what a verification makes, too', () => {
    const { chart, weekly } = shop();
    expect(weekly({ verify: { schedule: Cron.weekly() } }).verificationWorkload).toBeDefined();
    const pod = podOf(chart, 'CronJob', 'shop-weekly-verify');
    expect(namesOf(pod.initContainers)).toEqual(['credentials', 'restore', 'prepare']);
    expect(envOf(pod.initContainers[1])).toMatchObject({ RESTORED: '/run/verify/restored', BACKUP: 'latest' });
    expect(pod.initContainers[1].args).toContain('--event-scheduler=OFF');
    expect(envOf(pod.containers[0])).toMatchObject({ SERVER: 'mysqld', CLIENT: 'mysql', DATABASE_NAME: 'app', PASSWORD_FILE: '/etc/cdk8s-stateful/credentials/password' });
  });
});

test.each<[string, () => unknown, RegExp]>([
  ['a point in time', () => { const { weekly, database, claim } = shop(LOGGED); database.archiveLog('Log', { destination: claim, image: TOOLS }); return weekly().pointInTime(TIME); },
    /a physical backup of this database cannot be restored to a point in time: its log continues dumps\. Add a backup without 'method'/],
  ['the latest beside a log archive', () => { const { weekly, database, claim } = shop(LOGGED); database.archiveLog('Log', { destination: claim, image: TOOLS }); return weekly().latest(); },
    /the log archive at the destination has newer data than the newest physical backup, and continues dumps only\. For the newest data, use 'latest\(\)' of a backup without 'method'/],
  ['a point in time of a destination', () => { const { restored, claim } = shop(); return restored(RestoreSource.pointInTime(claim, 'shop', TIME)); },
    /mysql does not support 'restoreFrom' a physical backup to a point in time\. Restore one by its name, or 'latest'; its log continues dumps: 'BackupMethod.DUMP'/],
  ['a backup of a server with an init file', () => shop({ parameters: { init_file: 'a.sql' } }).weekly(), /'init_file' is 'a.sql', where the server makes the account that copies it/],
  ['a backup of a server with encrypted tables', () => shop({ parameters: { default_table_encryption: 'ON' } }).weekly(), /'default_table_encryption' is 'ON', and a copy does not have the keys/],
  ['a backup of a server with files elsewhere', () => shop({ parameters: { innodb_undo_directory: '/var/lib/mysql/undo' } }).weekly(), /'innodb_undo_directory' is '\/var\/lib\/mysql\/undo', but a physical backup has all files in one folder/],
  ['a restore into a server with files elsewhere', () => { const { weekly, restored } = shop(); return restored(weekly().latest(), { parameters: { innodb_log_group_home_dir: 'logs' } }); }, /'innodb_log_group_home_dir' is 'logs'/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});

test('without encryption, and in spite of an init file of the new server, a backup is restored', () => {
  const { weekly, restored } = shop({ parameters: { default_table_encryption: 'OFF' } });
  expect(() => restored(weekly().latest(), { parameters: { init_file: 'a.sql' } })).not.toThrow();
});

test('beside a log archive, the newest backup is verified, one of a name is restored, and with the archive elsewhere the latest', () => {
  const { chart, weekly, restored, database, claim, store } = shop(LOGGED);
  database.archiveLog('Log', { destination: claim, image: TOOLS });
  restored(weekly({ verify: { schedule: Cron.weekly() } }).named('2026-11-24T10-00-00Z'));
  expect(envOf(podOf(chart, 'CronJob', 'shop-weekly-verify').initContainers[1])).toMatchObject({ BACKUP: 'latest' });
  const away = database.addBackup('Away', { schedule: Cron.weekly(), destination: store, method: BackupMethod.PHYSICAL, verify: { schedule: Cron.weekly() } });
  expect(() => away.latest()).not.toThrow();
  // Both choose the backup, and know by this that it is verified.
  for (const container of podOf(chart, 'CronJob', 'shop-away-verify').initContainers.slice(1, 3) as Json[]) expect(envOf(container)).toMatchObject({ RESTORED: '/run/verify/restored' });
});

test('the same app gives the same bytes', () => {
  const make = () => {
    const { chart, weekly, restored, store } = shop(LOGGED);
    restored(weekly({ destination: store }).latest());
    return yaml(chart);
  };
  expect(make()).toBe(make());
});
