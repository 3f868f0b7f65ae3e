import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, yaml } from '../support/manifests';
import {
  BackupDestination, BackupMethod, BackupProps, DatabaseEngine, LogArchiveProps, MysqlVersion, PersistentVolumeClaim, PostgresVersion, RestoreSource,
  StatefulDatabase, StatefulDatabaseProps, StorageClass,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

function database(props: Partial<StatefulDatabaseProps> = {}, within: (chart: Chart) => Construct = chart => chart) {
  const chart = newChart('shop');
  const scope = within(chart);
  const claim = BackupDestination.claim(new PersistentVolumeClaim(scope, 'Backups', { size: Size.gibibytes(10) }));
  const orders = new StatefulDatabase(scope, 'Orders', {
    engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(20) }, ...props,
  });
  const store = BackupDestination.objectStore({ remote: 's3', path: 'backups/shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  const weekly = (more: Partial<BackupProps> = {}) => orders.addBackup('Weekly', { schedule: Cron.weekly(), destination: claim, method: BackupMethod.PHYSICAL, ...more });
  const log = (more: Partial<LogArchiveProps> = {}) => orders.archiveLog('Log', { destination: claim, ...more });
  return { chart, orders, claim, store, weekly, log };
}
const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V9_7 });
/** One that has neither physical backups nor a log. */
const other = DatabaseEngine.of({ name: 'other', design: request => ({ ...mysql.design(request), physical: undefined }) });
const TIME = '2026-11-24T10:00:00Z';

const podOf = (object: Json) => (object.spec.jobTemplate?.spec ?? object.spec).template.spec as Json;
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
const mountsOf = (pod: Json, path: string) => ([...pod.initContainers ?? [], ...pod.containers] as Json[])
  .flatMap(container => (container.volumeMounts as { mountPath: string; readOnly?: boolean }[]).filter(({ mountPath }) => mountPath === path)
    .map(({ readOnly }) => `${container.name}${readOnly ? ' reads' : ''}`));
const namesOf = (containers: Json[]) => containers.map(({ name }) => name as string);

test('a physical backup copies the primary into a folder beside the dumps, and clears the log archive', () => {
  const { chart, weekly } = database({ readReplicas: 2 });
  weekly();
  const [container] = podOf(find(chart, 'CronJob', 'orders-weekly') as Json).containers as Json[];
  expect(envOf(container)).toMatchObject({ BACKUPS: '/backups/orders/physical', LOGS: '/backups/orders/log', HOSTS: 'orders.shop.svc.cluster.local', DATABASE: 'orders' });
});

test('a physical backup for a store has room for itself and for what it is verified with', () => {
  const { chart, weekly, store } = database();
  weekly({ destination: store });
  const pod = podOf(find(chart, 'CronJob', 'orders-weekly') as Json);
  expect(envOf(pod.containers[0])).toMatchObject({ STAGING: '/backups/orders/physical', TARGET: 's3:backups/shop/orders/physical', LOGS: 's3:backups/shop/orders/log' });
  expect(pod.volumes).toContainEqual({ name: 'staging', emptyDir: { sizeLimit: '40960Mi' } });
});

describe('a log archive', () => {
  test('on a claim is a set of one member that writes there, is let in by the database and lets nobody in', () => {
    const { chart, log } = database();
    expect(log().name).toBe('orders-log');
    const set = find(chart, 'StatefulSet', 'orders-log') as Json;
    const pod = podOf(set);
    expect(set.spec.replicas).toBe(1);
    expect(set.spec.volumeClaimTemplates).toBeUndefined();
    expect(namesOf(pod.containers)).toEqual(['archive']);
    expect(pod.containers[0].image).toBe(podOf(find(chart, 'StatefulSet', 'orders') as Json).containers[0].image);
    expect(envOf(pod.containers[0])).toMatchObject({ LOGS: '/backups/orders/log', SET: 'orders', PRIMARY_HOST: 'orders-0.orders-headless.shop.svc.cluster.local' });
    expect(mountsOf(pod, '/backups')).toEqual(['archive']);
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 999 } });
    const policy = (name: string) => (find(chart, 'NetworkPolicy', name) as Json).spec.ingress as unknown[];
    expect(policy('orders')).toContainEqual({ from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'orders-log' } } }], ports: [{ port: 5432, protocol: 'TCP' }] });
    expect(policy('orders-log')).toEqual([{ from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'orders-log' } } }] }]);
  });

  test('in a store has a volume of its own, and a container with the credentials of the store but not of the database', () => {
    const { chart, log, store } = database();
    log({ destination: store, storage: { size: Size.gibibytes(30), storageClass: StorageClass.fromName(chart, 'Fast', 'fast') } });
    const set = find(chart, 'StatefulSet', 'orders-log') as Json;
    const pod = podOf(set);
    expect(namesOf(pod.containers)).toEqual(['archive', 'ship']);
    expect(envOf(pod.containers[1])).toMatchObject({ LOGS: '/backups/orders/log', TARGET: 's3:backups/shop/orders' });
    expect(mountsOf(pod, '/backups')).toEqual(['archive', 'ship']);
    expect(mountsOf(pod, '/etc/cdk8s-stateful/rclone')).toEqual(['ship reads']);
    expect(mountsOf(pod, '/etc/cdk8s-stateful/credentials')).toEqual(['archive reads']);
    expect(set.spec.volumeClaimTemplates).toEqual([expect.objectContaining({ spec: expect.objectContaining({ storageClassName: 'fast', resources: { requests: { storage: '30Gi' } } }) as Json })]);
  });

  test('reaches the database where egress is limited', () => {
    const { chart, log } = database({ egress: true });
    log();
    const policies = ofKind(chart, 'NetworkPolicy') as Json[];
    const egress = policies.filter(({ spec }) => (spec.policyTypes as string[]).includes('Egress') && spec.podSelector.matchLabels['cdk8s.io/metadata.addr'] === 'orders-log');
    expect(JSON.stringify(egress)).toContain('5432');
  });
});

describe('a new database', () => {
  const restored = (source: (parts: ReturnType<typeof database>) => RestoreSource, props: Partial<StatefulDatabaseProps> = {}) => {
    const parts = database();
    new StatefulDatabase(parts.chart, 'Restored', {
      engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(20) }, restoreFrom: source(parts), ...props,
    });
    return podOf(find(parts.chart, 'StatefulSet', 'restored') as Json);
  };

  test('at a point in time makes its data before the container that else would, which gets nothing of the backup', () => {
    const pod = restored(({ weekly, log }) => { log(); return weekly().pointInTime('2026-11-24T11:30:00.25+01:30'); });
    expect(namesOf(pod.initContainers)).toEqual(['restore', 'prepare']);
    expect(envOf(pod.initContainers[0])).toMatchObject({ BACKUPS: '/backups/orders', BACKUP: 'latest', UNTIL: '2026-11-24T10:00:00.250000Z' });
    expect(pod.initContainers[0].args).toEqual(pod.containers[0].args);
    expect(mountsOf(pod, '/backups')).toEqual(['restore reads']);
    expect(mountsOf(pod, '/docker-entrypoint-initdb.d')).toEqual([]);
  });

  test.each([
    ['the latest', (parts: ReturnType<typeof database>) => parts.weekly().latest(), 'latest'],
    ['a named one', (parts: ReturnType<typeof database>) => parts.weekly().named('2026-11-24T10-00-00Z'), '2026-11-24T10-00-00Z'],
    ['the latest of a destination', (parts: ReturnType<typeof database>) => RestoreSource.latest(parts.claim, 'orders', BackupMethod.PHYSICAL), 'latest'],
  ])('begins with %s', (_, source, name) => {
    expect(envOf(restored(source).initContainers[0])).toMatchObject({ BACKUP: name, UNTIL: '' });
  });

  test('begins with what was fetched from a store, whose credentials only the container that fetches sees', () => {
    const pod = restored(({ store }) => RestoreSource.pointInTime(store, 'orders', TIME));
    expect(namesOf(pod.initContainers)).toEqual(['fetch', 'restore', 'prepare']);
    expect(envOf(pod.initContainers[0])).toMatchObject({ TARGET: 's3:backups/shop/orders', UNTIL: '2026-11-24T10:00:00.000000Z', DATA: '/var/lib/postgresql/data/pgdata' });
    expect(mountsOf(pod, '/etc/cdk8s-stateful/rclone')).toEqual(['fetch reads']);
    expect(mountsOf(pod, '/backups')).toEqual(['fetch', 'restore']);
  });

  test('has no init scripts beside it', () => {
    expect(() => restored(({ weekly }) => weekly().latest(), { initScripts: { 'a.sql': 'select 1' } })).toThrow(/both 'restoreFrom' and 'initScripts' are given/);
  });
  test('of another product cannot begin with it', () => {
    expect(() => restored(({ weekly }) => weekly().latest(), { engine: other })).toThrow(/the engine other does not support 'restoreFrom' a physical backup/);
  });
});

const pointInTime = (time: string) => () => RestoreSource.pointInTime(database().store, 'orders', time);
test.each([
  ['a time without an offset', pointInTime('2026-11-24T10:00:00'), /'time': got '2026-11-24T10:00:00'/],
  ['a day that there is not', pointInTime('2026-02-30T10:00:00Z'), /'time'/],
  ['an hour that there is not', pointInTime('2026-02-20T25:00:00Z'), /'time'/],
  ['an offset that there is not', pointInTime('2026-02-20T05:00:00+99:00'), /'time'/],
  ['a word', pointInTime('yesterday'), /'time'/],
  ['a point in time of a dump', () => { const { weekly, log } = database(); log(); return weekly({ method: BackupMethod.DUMP }).pointInTime(TIME); }, /a dump cannot be restored to a point in time/],
  ['a point in time without a log archive', () => database().weekly().pointInTime(TIME), /and there is none\. Call 'archiveLog' with the same destination first/],
  ['a point in time with a log archive elsewhere', () => { const { weekly, log, store } = database(); log({ destination: store }); return weekly().pointInTime(TIME); }, /and there is none/],
  ['two log archives', () => { const { log, orders, claim } = database(); log(); return orders.archiveLog('Second', { destination: claim }); }, /its log is archived already, by .*Orders\/Log/],
  ['a volume of its own beside a claim', () => database().log({ storage: { size: Size.gibibytes(1) } }), /'storage' is given/],
  ['a physical backup of an engine without them', () => database({ engine: other }).weekly(), /the engine other does not support physical backups/],
  ['a log archive of MySQL', () => database({ engine: mysql }).log(), /the server has no binary log/],
  ['a long name', () => database().log({ name: 'x'.repeat(53) }), /'name'/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});

test('the same app gives the same bytes, with no secret, wherever it stands', () => {
  const make = (within?: (chart: Chart) => Construct) => {
    const { chart, weekly, log, store } = database({}, within);
    log({ destination: store });
    weekly({ destination: store });
    return { text: yaml(chart), secrets: ofKind(chart, 'Secret') };
  };
  const { text, secrets } = make();
  expect(make().text).toBe(text);
  expect(make(chart => new Construct(new Construct(chart, 'Deeper'), 'Inside')).text).toBe(text);
  expect(secrets).toEqual([]);
});
