import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  BackupDestination, BackupMethod, BackupProps, DatabaseEngine, MariadbVersion, MysqlVersion, PersistentVolumeClaim, PostgresVersion,
  Provisioner, RedisDatabase, RedisTopology, RestoreSource, SnapshotDeletionPolicy, StatefulDatabase, StatefulDatabaseProps, StorageClass,
  VolumeDataSource, VolumeSnapshot, VolumeSnapshotClass,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const postgres = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V9_7 });
const mariadb = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });
const storage = { size: Size.gibibytes(20) };
const snapshots = BackupDestination.snapshots();
const schedule = Cron.daily();

function database(props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart('shop');
  const orders = new StatefulDatabase(chart, 'Orders', { engine: postgres, storage, ...props });
  const nightly = (more: Partial<BackupProps> = {}) => orders.addBackup('Nightly', { schedule, destination: snapshots, ...more });
  return { chart, orders, nightly };
}
const podOf = (cronJob: Json) => cronJob.spec.jobTemplate.spec.template.spec as Json;
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

describe('a backup of snapshots', () => {
  test.each([['postgres', postgres], ['mysql', mysql], ['mariadb', mariadb]])('of %s is of the volume of the primary, which must be ready', (_, engine) => {
    const { chart, nightly } = database({ engine });
    expect(nightly()).toMatchObject({ name: 'orders-nightly', method: BackupMethod.SNAPSHOT });
    const job = find(chart, 'CronJob', 'orders-nightly') as Json;
    expect(job.spec).toMatchObject({ concurrencyPolicy: 'Forbid', jobTemplate: { spec: { activeDeadlineSeconds: 21_720 } } });
    const env = envOf(podOf(job).containers[0]);
    expect(env).toMatchObject({ KEEP: '7', READY_SECONDS: '21600', READY_POD: 'orders-0' });
    expect(env).not.toHaveProperty('KEEP_SECONDS');
    expect((JSON.parse(env.MANIFEST) as Json).spec).toEqual({ source: { persistentVolumeClaimName: 'data-orders-0' } });
    expect(find(chart, 'Role', 'orders-nightly').rules).toEqual([
      { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshots'], verbs: ['create', 'get', 'list', 'delete'] },
      { apiGroups: [''], resources: ['pods'], resourceNames: ['orders-0'], verbs: ['get'] },
    ]);
  });

  test('is of the primary, never of a read replica, whose volume a primary refuses', () => {
    const { chart, nightly } = database({ readReplicas: 2 });
    nightly();
    expect(envOf(podOf(find(chart, 'CronJob', 'orders-nightly') as Json).containers[0])).toMatchObject({ READY_POD: 'orders-0' });
  });

  test('keeps by number and age, with its class, its deadline and its zone', () => {
    const { chart, orders } = database();
    const snapshotClass = new VolumeSnapshotClass(chart, 'Fast', { provisioner: Provisioner.awsEbs(), deletionPolicy: SnapshotDeletionPolicy.DELETE });
    orders.addBackup('Often', {
      schedule: Cron.hourly(),
      destination: BackupDestination.snapshots({ snapshotClass, image: 'registry.example/curl:8' }),
      keep: { count: 24, age: Duration.days(3) },
      deadline: Duration.minutes(30),
      timeZone: 'Asia/Tokyo',
      suspend: true,
    });
    const job = find(chart, 'CronJob', 'orders-often') as Json;
    expect(job.spec).toMatchObject({ timeZone: 'Asia/Tokyo', suspend: true, jobTemplate: { spec: { activeDeadlineSeconds: 1920 } } });
    const [container] = podOf(job).containers;
    expect(container.image).toBe('registry.example/curl:8');
    expect(envOf(container)).toMatchObject({ KEEP: '24', KEEP_SECONDS: `${3 * 86_400}`, READY_SECONDS: '1800' });
    expect((JSON.parse(envOf(container).MANIFEST) as Json).spec).toMatchObject({ volumeSnapshotClassName: 'fast' });
  });

  test('follows the names and ordinals of a set that was taken over', () => {
    const { chart, nightly } = database({ identity: { claimNames: { data: 'pgdata' } } });
    nightly();
    expect((JSON.parse(envOf(podOf(find(chart, 'CronJob', 'orders-nightly') as Json).containers[0]).MANIFEST) as Json).spec.source).toEqual({ persistentVolumeClaimName: 'pgdata-orders-0' });
  });

  test('of a single Redis server is possible', () => {
    const chart = newChart('shop');
    new RedisDatabase(chart, 'Cache', { storage }).addBackup('Nightly', { schedule, destination: snapshots });
    expect(envOf(podOf(find(chart, 'CronJob', 'cache-nightly') as Json).containers[0])).toMatchObject({ READY_POD: 'cache-0' });
  });
});

describe('a new database', () => {
  const restored = (props: Partial<StatefulDatabaseProps> = {}) => {
    const { chart, nightly } = database();
    const restoreFrom = nightly().named('orders-nightly-29401680');
    new StatefulDatabase(chart, 'Restored', { engine: postgres, storage, restoreFrom, ...props });
    const pod = (find(chart, 'StatefulSet', 'restored') as Json).spec.template.spec as Json;
    return { chart, pod };
  };

  test('begins with a claim that is made from the snapshot before the set, and kept when it leaves the manifests', () => {
    const { chart } = restored();
    const claim = find(chart, 'PersistentVolumeClaim', 'data-restored-0') as Json;
    const [template] = (find(chart, 'StatefulSet', 'restored') as Json).spec.volumeClaimTemplates;
    expect(claim.metadata.labels).toEqual(template.metadata.labels);
    expect(claim.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
    expect(claim.spec).toEqual({ ...template.spec, dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'orders-nightly-29401680' } });
    const names = synth(chart).map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    expect(names.indexOf('PersistentVolumeClaim data-restored-0')).toBeLessThan(names.indexOf('StatefulSet restored'));
  });

  test('of which only the first member does, and the others clone', () => {
    const { chart } = restored({ readReplicas: 2 });
    expect(ofKind(chart, 'PersistentVolumeClaim').map(({ metadata: { name } }) => name)).toEqual(['data-restored-0']);
    expect((find(chart, 'StatefulSet', 'restored') as Json).spec.volumeClaimTemplates[0].spec).not.toHaveProperty('dataSource');
  });

  test.each([
    ['postgres', postgres, { SNAPSHOT: 'orders-nightly-29401680', FILES: '/etc/cdk8s-stateful/files' }],
    ['mysql', mysql, { SNAPSHOT: 'orders-nightly-29401680', SERVER: 'mysqld', CLIENT: 'mysql', DATABASE_NAME: 'app' }],
    ['mariadb', mariadb, { SNAPSHOT: 'orders-nightly-29401680', SERVER: 'mariadbd', CLIENT: 'mariadb', DATABASE_NAME: 'app' }],
  ])('of %s refuses an empty volume before the step that would make a database', (_, engine, env) => {
    const { chart, pod } = restored({ engine });
    const [restore, prepare] = pod.initContainers;
    expect([restore.name, prepare.name]).toEqual(['restore', 'prepare']);
    expect(restore).toMatchObject({ command: ['bash', '/etc/cdk8s-stateful/backup/restore.sh'], args: prepare.args });
    expect(envOf(restore)).toMatchObject(env);
    expect(envOf(prepare)).not.toHaveProperty('SNAPSHOT');
    expect(ofFiles(pod, 'restore')).toEqual(['restore']);
    const files = (find(chart, 'ConfigMap', 'restored-restore') as Json).data as Json;
    for (const [, name] of (files['restore.sh'] as string).matchAll(/^\. "\$\{BASH_SOURCE\[0\]%\/\*\}\/(.*)"$/gm)) expect(files).toHaveProperty([name]);
  });

  test('of Redis does so too, with sentinels as well', () => {
    const chart = newChart('shop');
    const restoreFrom = RestoreSource.named(snapshots, 'cache', 'before-upgrade');
    new RedisDatabase(chart, 'Restored', { storage, topology: RedisTopology.sentinel({ replicas: 2 }), restoreFrom });
    const pod = (find(chart, 'StatefulSet', 'restored') as Json).spec.template.spec as Json;
    expect(envOf(pod.initContainers[0])).toMatchObject({ SNAPSHOT: 'before-upgrade', RESTORE: '/etc/cdk8s-stateful/backup/restore.sh' });
    expect(ofKind(chart, 'PersistentVolumeClaim').map(({ metadata: { name } }) => name)).toEqual(['data-restored-0']);
  });

  test('is the same at every synthesis, and without the restore as if there had been none', () => {
    const make = (restoreFrom?: RestoreSource) => {
      const chart = newChart('shop');
      new StatefulDatabase(chart, 'Restored', { engine: postgres, storage, restoreFrom });
      expect(yaml(chart)).toBe(yaml(chart));
      return synth(chart);
    };
    const [plain, from] = [make(), make(RestoreSource.named(snapshots, 'orders', 's'))];
    const templates = (manifests: Json[]) => (manifests.find(({ kind }) => kind === 'StatefulSet') as Json).spec.volumeClaimTemplates as Json;
    expect(templates(from)).toEqual(templates(plain)); // the API server refuses every change of them
  });

  function ofFiles(pod: Json, volume: string): string[] {
    return ([...pod.initContainers, ...pod.containers] as Json[])
      .filter(({ volumeMounts }) => (volumeMounts as { name: string }[]).some(({ name }) => name === volume)).map(({ name }) => name as string);
  }
});

const of = (act: (parts: ReturnType<typeof database>) => unknown) => () => { act(database()); };
const efs = (chart: Chart) => new StorageClass(chart, 'Local', { provisioner: Provisioner.localVolume() });
const restoring = (props: Partial<StatefulDatabaseProps>) => of(({ chart, nightly }) => new StatefulDatabase(chart, 'New', { engine: postgres, storage, restoreFrom: nightly().named('s'), ...props }));

test.each<[string, () => void, Refusal]>([
  ['the newest one, which is not known when a claim is made', of(({ nightly }) => nightly().latest()),
    'test/Orders/Nightly: the claim of a new database names its snapshot when it is made, and which one is the newest is not known then. '
    + "Name one: 'kubectl get volumesnapshots -l cdk8s-stateful/snapshot-schedule=orders-nightly --sort-by=.metadata.creationTimestamp' lists them."],
  ['the newest one from elsewhere', () => RestoreSource.latest(snapshots, 'orders'), 'RestoreSource.latest: the claim of a new database names its snapshot'],
  ['a point in time', of(({ nightly }) => nightly().pointInTime('2026-11-24T10:00:00Z')), 'test/Orders/Nightly: a snapshot is restored as it is: no log continues it.'],
  ['a point in time from elsewhere', () => RestoreSource.pointInTime(snapshots, 'orders', '2026-11-24T10:00:00Z'), 'RestoreSource.pointInTime: a snapshot is restored as it is'],
  ['a name that is none', of(({ nightly }) => nightly().named('Yesterday')), { where: 'RestoreSource.named', property: 'name', got: 'Yesterday' }],
  ['another method', of(({ nightly }) => nightly({ method: BackupMethod.PHYSICAL })), { where: 'test/Orders/Nightly', property: 'method', got: 'physical' }],
  ['another method of a restore', () => RestoreSource.named(snapshots, 'orders', 's', BackupMethod.DUMP), { where: 'RestoreSource.named', property: 'method', got: 'dump' }],
  ['the method without the destination', of(({ chart, nightly }) => nightly({ method: BackupMethod.SNAPSHOT, destination: BackupDestination.claim(new PersistentVolumeClaim(chart, 'B', storage)) })),
    "test/Orders: 'method' is 'snapshot', but the destination does not consist of snapshots. Use 'BackupDestination.snapshots', or omit 'method'."],
  ['a restore with the method without the destination', of(({ chart }) => RestoreSource.named(BackupDestination.claim(new PersistentVolumeClaim(chart, 'B', storage)), 'orders', '2026-11-24T10-00-00Z', BackupMethod.SNAPSHOT)),
    'RestoreSource: there are no snapshots at this destination.'],
  ['a verification', of(({ nightly }) => nightly({ verify: { schedule } })), "test/Orders/Nightly: 'verify' is not supported for snapshots"],
  ['the archive of a log', of(({ orders }) => orders.archiveLog('Log', { destination: snapshots })), 'test/Orders/Log: a log archive consists of files, which a destination of snapshots cannot hold.'],
  ['a class without snapshots', () => {
    const chart = newChart('shop');
    new StatefulDatabase(chart, 'Orders', { engine: postgres, storage: { ...storage, storageClass: efs(chart) } }).addBackup('Nightly', { schedule, destination: snapshots });
  }, "test/Orders/Nightly: the claim 'data-orders-0' has the storage class 'local', which does not support snapshots."],
  ['a snapshot class of another driver', of(({ nightly }) => nightly({ destination: BackupDestination.snapshots({ snapshotClass: { name: '' } }) })), { where: 'test/Orders/Nightly', property: 'snapshotClass', got: '' }],
  ['a number to keep, of a class that retains all', of(({ chart, nightly }) => {
    nightly({ keep: { age: Duration.days(1) }, destination: BackupDestination.snapshots({ snapshotClass: new VolumeSnapshotClass(chart, 'C', { provisioner: Provisioner.awsEbs() }) }) });
  }), "test/Orders/Nightly: 'keepAge' is set, but the snapshot class 'c' retains all snapshots in the storage system."],
  ['keeping nothing', of(({ nightly }) => nightly({ keep: { count: 0 } })), { where: 'test/Orders/Nightly', property: 'keep.count', got: 0 }],
  ['keeping more than a schedule can', of(({ nightly }) => nightly({ keep: { count: 5000 } })), { where: 'test/Orders/Nightly', property: 'keep.count', got: 5000 }],
  ['an age of no time', of(({ nightly }) => nightly({ keep: { age: Duration.millis(1) } })), { where: 'test/Orders/Nightly', property: 'keep.age' }],
  ['a deadline that no snapshot makes', of(({ nightly }) => nightly({ deadline: Duration.seconds(5) })), { where: 'test/Orders/Nightly', property: 'deadline in seconds', got: 5 }],
  ['MySQL that cannot repair half-written pages', () => {
    database({ engine: mysql, parameters: { innodb_doublewrite: 'OFF' } }).nightly();
  }, "test/Orders/Nightly: the parameter 'innodb_doublewrite' is 'OFF', so the server cannot repair pages that a snapshot has half-written."],
  ['the same in other words', () => {
    database({ engine: mariadb, parameters: { skip_innodb_doublewrite: '1' } }).nightly();
  }, "test/Orders/Nightly: the parameter 'skip_innodb_doublewrite' is '1'"],
  ['Redis with sentinels, whose master moves', () => {
    new RedisDatabase(newChart(), 'Cache', { storage, topology: RedisTopology.sentinel({ replicas: 2 }) }).addBackup('Nightly', { schedule, destination: snapshots });
  }, 'test/Cache: snapshots are not supported with sentinels'],
  ['two data sources', restoring({ storage: { ...storage, dataSource: VolumeDataSource.fromClaim({ name: 'old' }) } }), "test/New: both 'restoreFrom' a snapshot and 'storage.dataSource' are given."],
  ['init scripts beside it', restoring({ initScripts: { 'a.sql': 'select 1' } }), "test/New: both 'restoreFrom' and 'initScripts' are given."],
  ['a class of another driver', () => {
    const { chart } = database();
    const ebs = new VolumeSnapshotClass(chart, 'Ebs', { provisioner: Provisioner.awsEbs() });
    const storageClass = new StorageClass(chart, 'Pd', { provisioner: Provisioner.gcePersistentDisk() });
    const restoreFrom = RestoreSource.named(BackupDestination.snapshots({ snapshotClass: ebs }), 'orders', 's');
    new StatefulDatabase(chart, 'New', { engine: postgres, storage: { ...storage, storageClass }, restoreFrom });
  }, { where: 'test/New', property: 'restoreFrom' }],
  ['a snapshot of another namespace', () => {
    const app = new App();
    const orders = new StatefulDatabase(new Chart(app, 'a', { namespace: 'a' }), 'Orders', { engine: postgres, storage });
    const restoreFrom = orders.addBackup('Nightly', { schedule, destination: snapshots }).named('s');
    new StatefulDatabase(new Chart(app, 'b', { namespace: 'b' }), 'New', { engine: postgres, storage, restoreFrom });
  }, "b/New: its data source 's' is in namespace 'a'."],
  ['the workload of Pods that only call the API server', of(({ nightly }) => nightly().workload), 'test/Orders/Nightly: the Pods that take snapshots are not available as a workload.'],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(act, refusal);
});

test('a snapshot from another cluster comes by its content', () => {
  const chart = newChart('shop');
  const old = new VolumeSnapshot(chart, 'Old', { content: 'snapcontent-1' });
  new StatefulDatabase(chart, 'New', { engine: postgres, storage, restoreFrom: RestoreSource.named(snapshots, 'orders', old.name) });
  expect((find(chart, 'PersistentVolumeClaim', 'data-new-0') as Json).spec.dataSource.name).toBe('old');
});
