import { App, Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  BackupDestination, BackupMethod, BackupProps, DatabaseEngine, MariadbVersion, PersistentVolumeClaim, Placement, Provisioner, RestoreSource,
  StatefulDatabase, StatefulDatabaseProps, StorageClass,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const engine = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });
const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD } = kplus.PersistentVolumeAccessMode;

function database(props: Partial<StatefulDatabaseProps> = {}, chart: Chart = newChart('shop')) {
  const claim = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) }));
  const store = BackupDestination.objectStore({ remote: 's3', path: 'backups/shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  const orders = new StatefulDatabase(chart, 'Orders', { engine, storage: { size: Size.gibibytes(20) }, ...props });
  const weekly = (more: Partial<BackupProps> = {}) => orders.addBackup('Weekly', { schedule: Cron.weekly(), destination: claim, method: BackupMethod.PHYSICAL, ...more });
  const job = () => podOf(find(chart, 'CronJob', 'orders-weekly') as Json);
  const files = (pod: Json, volume: string) => {
    const { configMap } = (pod.volumes as Json[]).find(({ name }) => name === volume) as Json;
    return (find(chart, 'ConfigMap', (configMap.name as string).replace(/-[0-9a-f]+$/, '')) as Json).data as { [name: string]: string };
  };
  const server = () => podOf(find(chart, 'StatefulSet', 'orders') as Json);
  return { chart, claim, store, orders, weekly, job, files, server };
}
const podOf = (object: Json) => (object.spec.jobTemplate?.spec ?? object.spec).template.spec as Json;
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

describe('the Job of a physical backup of MariaDB', () => {
  test('has the volume of the server read-only, on the node of the server', () => {
    const { weekly, job } = database();
    weekly();
    const pod = job();
    expect(pod.volumes).toContainEqual({ name: 'server-data', persistentVolumeClaim: { claimName: 'data-orders-0', readOnly: true } });
    expect(pod.containers[0].volumeMounts).toContainEqual({ name: 'server-data', mountPath: '/var/lib/mysql', readOnly: true });
    expect(pod.affinity.podAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'orders-0' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    });
  });

  test('may run where the server may', () => {
    const nodes = kplus.Node.tainted(kplus.NodeTaintQuery.is('for', 'databases', { effect: kplus.TaintEffect.NO_SCHEDULE }));
    const { weekly, job } = database({ placement: Placement.spread().tolerating(nodes) });
    weekly();
    expect(job().tolerations).toEqual([{ key: 'for', value: 'databases', operator: 'Equal', effect: 'NoSchedule' }]);
    expect(job().affinity.podAntiAffinity).toBeUndefined();
  });

  test('ends when the server is down, also while it uploads', () => {
    const { weekly, job, store, files } = database();
    weekly({ destination: store });
    const pod = job();
    const scripts = '/etc/cdk8s-stateful/backup';
    expect(pod.initContainers[0].command).toEqual(['bash', `${scripts}/while-serving.sh`, 'bash', `${scripts}/backup.sh`, 'bash', `${scripts}/serving.sh`]);
    expect(pod.containers[0].command).toEqual(
      ['sh', `${scripts}/while-serving.sh`, 'sh', `${scripts}/upload.sh`, 'timeout', '10', 'nc', '-w', '5', 'orders.shop.svc.cluster.local', '3306']);
    for (const container of [pod.initContainers[0], pod.containers[0]] as Json[]) expect(envOf(container)).toMatchObject({ EVERY: '10', PATIENCE: '30' });
    expect(Object.keys(files(pod, 'scripts'))).toEqual(expect.arrayContaining(['while-serving.sh', 'serving.sh']) as string[]);
    expect((pod.containers[0].volumeMounts as Json[]).map(({ name }) => name as string)).not.toContain('server-data');
  });

  test('knows the arguments of the server, a line each', () => {
    const { weekly, job, files, server } = database({ parameters: { init_connect: "set names 'utf8mb4'" } });
    weekly();
    expect(files(job(), 'scripts').arguments.split('\n')).toEqual([...server().containers[0].args as string[], '']);
  });

  test('leaves the log archive alone, which continues dumps', () => {
    const { weekly, job, orders, claim, files } = database({ parameters: { log_bin: 'binlog' } });
    orders.archiveLog('Log', { destination: claim });
    weekly();
    expect(envOf(job().containers[0] as Json)).not.toHaveProperty('LOGS');
    expect(files(job(), 'scripts')).not.toHaveProperty('choose.sh');
  });

  test('has the claim of a set that was taken over', () => {
    const { weekly, job } = database({ identity: { claimNames: { data: 'storage' } } });
    weekly();
    expect(job().volumes).toContainEqual(expect.objectContaining({ persistentVolumeClaim: { claimName: 'storage-orders-0', readOnly: true } }));
  });
});

describe('the server', () => {
  test('gets the account of the Job only with such a backup', () => {
    const without = database();
    without.weekly({ method: BackupMethod.DUMP });
    const before = without.files(without.server(), 'files');
    const { weekly, server, files, chart } = database();
    weekly();
    const after = files(server(), 'files');
    expect(before).not.toHaveProperty('start-server.sh');
    expect(after).toEqual({ ...before, 'start.sh': expect.stringContaining('stateful_copy') as string, 'start-server.sh': before['start.sh'], 'password.sh': expect.any(String) as string });
    expect(server().containers[0]).toEqual(without.server().containers[0]);
    expect(find(chart, 'NetworkPolicy', 'orders')).toMatchObject({
      spec: { ingress: expect.arrayContaining([{ from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'orders-weekly.backup' } } }], ports: [{ port: 3306, protocol: 'TCP' }] }]) as Json[] },
    });
  });

  test('begins with a physical backup before it would be empty, and needs no account for that', () => {
    const parts = database();
    new StatefulDatabase(parts.chart, 'Restored', { engine, storage: { size: Size.gibibytes(20) }, restoreFrom: parts.weekly().latest() });
    const pod = podOf(find(parts.chart, 'StatefulSet', 'restored') as Json);
    expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['restore', 'prepare']);
    expect(envOf(pod.initContainers[0] as Json)).toMatchObject({ BACKUPS: '/backups/orders', BACKUP: 'latest', SERVER: 'mariadbd', CLIENT: 'mariadb', DATABASE_NAME: 'app' });
    expect(parts.files(pod, 'files')).not.toHaveProperty('start-server.sh');
  });

  test('of a verification is asked as that of a dump', () => {
    const { weekly, chart, files } = database();
    weekly({ verify: { schedule: Cron.daily(), query: 'select 1' } });
    const pod = podOf(find(chart, 'CronJob', 'orders-weekly-verify') as Json);
    expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['credentials', 'restore', 'prepare']);
    expect(envOf(pod.containers[0] as Json)).toMatchObject({ CLIENT: 'mariadb', SERVER: 'mariadbd', DATABASE_NAME: 'app', PASSWORD_FILE: '/etc/cdk8s-stateful/credentials/password' });
    expect(files(pod, 'verify')['check.sh']).toMatch(/CHECK TABLE[^]*table_type <> 'VIEW'/);
  });
});

const classOf = (chart: Chart, provisioner: Provisioner, id = 'Disk') => new StorageClass(chart, id, { provisioner });
const TIME = '2026-11-24T10:00:00Z';

test.each<[string, (chart: Chart) => void, string]>([
  ['a volume of one Pod', chart => database({ storage: { size: Size.gibibytes(20), accessMode: READ_WRITE_ONCE_POD } }, chart).weekly(),
    "test/Orders: the access mode of 'storage' is ReadWriteOncePod, with which the Job of a physical backup cannot read the volume beside the server. "
    + "Set 'storage.accessMode' to READ_WRITE_ONCE before the database is created, as claims cannot be changed, or use dumps or snapshots."],
  ['a volume of one Pod, as the class has it', chart => database({ storage: { size: Size.gibibytes(20), storageClass: classOf(chart, Provisioner.awsEbs()) } }, chart).weekly(),
    "test/Orders: the access mode of 'storage' is ReadWriteOncePod, with which"],
  ['a destination that stays where the server may leave', chart => {
    const local = new PersistentVolumeClaim(chart, 'Beside', { size: Size.gibibytes(10), storageClass: classOf(chart, Provisioner.localVolume(), 'Local') });
    const storage = { size: Size.gibibytes(20), storageClass: classOf(chart, Provisioner.awsEbs()), accessMode: READ_WRITE_ONCE };
    database({ storage }, chart).weekly({ destination: BackupDestination.claim(local) });
  }, "test/Orders: the Job of a physical backup runs on the node of the server, which can change, but a volume of the class 'local' stays on one node. "
    + 'Use a destination of file storage, or an object store.'],
  ['a server with an init file', chart => database({ parameters: { init_file: '/x.sql' } }, chart).weekly(),
    "test/Orders: the parameter 'init_file' is '/x.sql', where the server makes the account that copies it. Change the parameter, or omit 'method', for dumps."],
  ['a server with files in another folder', chart => database({ parameters: { aria_log_dir_path: 'aria' } }, chart).weekly(),
    "test/Orders: the parameter 'aria_log_dir_path' is 'aria', but a physical backup has all files in one folder."],
  ['a restore into a server with files in another folder', chart => {
    database({ parameters: { innodb_undo_directory: 'undo' }, restoreFrom: RestoreSource.latest(database({ name: 'old' }).claim, 'old', BackupMethod.PHYSICAL) }, chart);
  }, "test/Orders: the parameter 'innodb_undo_directory' is 'undo', but a physical backup has all files in one folder. Change the parameter, or restore a dump."],
  ['a point in time', chart => {
    const { orders, claim, weekly } = database({ parameters: { log_bin: 'binlog' } }, chart);
    orders.archiveLog('Log', { destination: claim });
    weekly().pointInTime(TIME);
  }, "test/Orders/Weekly: a physical backup of this database cannot be restored to a point in time: its log continues dumps. Add a backup without 'method', for dumps, and a log archive."],
  ['a point in time of a destination', chart => database({ restoreFrom: RestoreSource.pointInTime(database({ name: 'old' }).claim, 'old', TIME) }, chart),
    "test/Orders: the engine mariadb does not support 'restoreFrom' a physical backup to a point in time."],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(new Chart(new App(), 'test', { namespace: 'shop' })), refusal);
});

test.each<[string, (chart: Chart) => Provisioner | undefined, (chart: Chart) => Provisioner | undefined]>([
  ['both stay on one node', () => Provisioner.localVolume(), () => Provisioner.localVolume()],
  ['the destination moves', () => Provisioner.awsEbs(), () => Provisioner.awsEbs()],
  ['where the data is, is not known', () => undefined, () => Provisioner.localVolume()],
])('a destination is accepted if %s', (_, data, there) => {
  const chart = newChart('shop');
  const classFor = (id: string, provisioner?: Provisioner) => provisioner && classOf(chart, provisioner, id);
  const backups = new PersistentVolumeClaim(chart, 'There', { size: Size.gibibytes(10), storageClass: classFor('Other', there(chart)) });
  const storage = { size: Size.gibibytes(20), storageClass: classFor('Data', data(chart)), accessMode: READ_WRITE_ONCE };
  expect(database({ storage }, chart).weekly({ destination: BackupDestination.claim(backups) }).name).toBe('orders-weekly');
});
