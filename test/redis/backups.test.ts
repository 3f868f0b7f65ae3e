import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, synth, yaml } from '../support/manifests';
import {
  BackupDestination, BackupMethod, PersistentVolumeClaim, RedisCredentials, RedisDatabase, RedisDatabaseProps, RedisTopology, RedisVersion,
  RestoreSource,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

function backedUp(props: Partial<RedisDatabaseProps> = {}) {
  const chart = newChart('shop');
  const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) }));
  const cache = new RedisDatabase(chart, 'Cache', { storage: { size: Size.gibibytes(4) }, ...props });
  const backup = cache.addBackup('Nightly', { schedule: Cron.daily(), destination, verify: { schedule: Cron.weekly(), query: 'exists settings' } });
  return { chart, cache, backup, destination };
}
const podOf = (chart: ReturnType<typeof newChart>, name: string) => (find(chart, 'CronJob', name) as Json).spec.jobTemplate.spec.template.spec as Json;
const setPod = (chart: ReturnType<typeof newChart>, name: string) => (find(chart, 'StatefulSet', name) as Json).spec.template.spec as Json;
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

test.each([
  ['redis', {}, 'cache-0'],
  ['valkey', { version: RedisVersion.VALKEY_8_1, topology: RedisTopology.sentinel({ replicas: 2 }) }, 'cache-2 cache-1 cache-0'],
])('%s is dumped by its own image, from its servers, let in at their port', (product, props, servers) => {
  const { chart } = backedUp(props);
  const [container] = podOf(chart, 'cache-nightly').containers as Json[];
  expect(container.image).toBe(setPod(chart, 'cache').containers[0].image);
  const { HOSTS, ...rest } = envOf(container);
  expect(HOSTS.split(' ').map(host => host.split('.')[0]).join(' ')).toBe(servers);
  expect(rest).toMatchObject({ PRODUCT: product, PORT: '6379', FROM: servers === 'cache-0' ? 'server' : 'replica', BACKUPS: '/backups/cache' });
  expect((find(chart, 'NetworkPolicy', 'cache') as Json).spec.ingress).toContainEqual({
    from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'cache-nightly.backup' } } }], ports: [{ port: 6379, protocol: 'TCP' }],
  });
});

test.each([
  ['a single server', RedisTopology.standalone()],
  ['a database with sentinels', RedisTopology.sentinel({ replicas: 1 })],
])('%s restores before its server starts, in a container of its own', (_, topology) => {
  const { chart, backup } = backedUp();
  new RedisDatabase(chart, 'Restored', { storage: { size: Size.gibibytes(4) }, topology, restoreFrom: backup.latest() });
  const pod = setPod(chart, 'restored');
  expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['prepare']);
  expect(envOf(pod.initContainers[0])).toMatchObject({ BACKUPS: '/backups/cache', BACKUP: 'latest', PRODUCT: 'redis', RESTORE: '/etc/cdk8s-stateful/backup/restore.sh' });
  expect((pod.initContainers[0].volumeMounts as Json[]).find(({ mountPath }) => mountPath === '/backups')).toMatchObject({ readOnly: true });
  expect((pod.containers[0].volumeMounts as Json[]).map(({ mountPath }) => mountPath as string)).not.toContain('/backups');
});

test('a database without it is as it was, and has no init container', () => {
  const { chart } = backedUp();
  expect(setPod(chart, 'cache').initContainers).toBeUndefined();
});

test('the Pod that verifies sees no password, of no user', () => {
  const users = { api: { rules: ['+@read'], credentials: RedisCredentials.fromSecret(kplus.Secret.fromSecretName(newChart(), 'Api', 'api')) } };
  const { chart } = backedUp({ users, topology: RedisTopology.sentinel({ replicas: 1 }) });
  const pod = podOf(chart, 'cache-nightly-verify');
  expect((pod.volumes as Json[]).filter(({ secret }) => secret !== undefined)).toEqual([]);
  expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['credentials', 'prepare']);
  expect(Object.keys(envOf(pod.initContainers[1]))).not.toContain('SENTINEL_SET');
  expect(pod.containers[0].command).toEqual(['bash', '/etc/cdk8s-stateful/verify/verify.sh']);
});

test('physical backups are refused, also as what to start with', () => {
  const { cache, chart, destination } = backedUp();
  expect(() => cache.addBackup('Files', { schedule: Cron.daily(), destination, method: BackupMethod.PHYSICAL })).toThrow(/there are no physical backups of redis/);
  const restoreFrom = RestoreSource.latest(destination, 'cache', BackupMethod.PHYSICAL);
  expect(() => new RedisDatabase(chart, 'Other', { storage: { size: Size.gibibytes(4) }, restoreFrom })).toThrow(/there are no physical backups of redis/);
});

describe('in a cluster', () => {
  const topology = RedisTopology.cluster({ shards: 3, replicas: 1 });
  const store = (chart: ReturnType<typeof newChart>) =>
    BackupDestination.objectStore({ remote: 's3', path: 'backups', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  function clustered(destinationOf = store) {
    const chart = newChart('shop');
    const destination = destinationOf(chart);
    const cache = new RedisDatabase(chart, 'Cache', { storage: { size: Size.gibibytes(4) }, topology });
    return { chart, cache, destination, backup: cache.addBackup('Nightly', { schedule: Cron.daily(), destination }) };
  }
  const configMaps = (chart: ReturnType<typeof newChart>, name: RegExp) =>
    synth(chart).filter(({ kind, metadata }) => kind === 'ConfigMap' && name.test(metadata.name)).map(map => (map as Json).data as { [file: string]: string });

  test('the members of all shards are asked, and let the Job in; there is room for all of them', () => {
    const { chart } = clustered();
    const pod = podOf(chart, 'cache-nightly');
    const { HOSTS, PRODUCT, BACKUPS } = envOf(pod.initContainers[0]);
    expect(HOSTS.split(' ').map(host => host.split('.')[0])).toEqual([0, 1, 2].flatMap(shard => [1, 0].map(ordinal => `cache-shard-${shard}-${ordinal}`)));
    expect({ PRODUCT, BACKUPS }).toEqual({ PRODUCT: 'redis-cluster', BACKUPS: '/backups/cache' });
    expect((pod.volumes as Json[]).find(({ name }) => name === 'staging')).toMatchObject({ emptyDir: { sizeLimit: '12288Mi' } });
    for (const shard of [0, 1, 2]) {
      expect((find(chart, 'NetworkPolicy', `cache-shard-${shard}`) as Json).spec.ingress).toContainEqual({
        from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'cache-nightly.backup' } } }], ports: [{ port: 6379, protocol: 'TCP' }],
      });
    }
  });
  test('each shard restores its own part before its server starts', () => {
    const { chart, backup } = clustered();
    new RedisDatabase(chart, 'Restored', { storage: { size: Size.gibibytes(4) }, topology, restoreFrom: backup.latest() });
    for (const shard of ['0', '1', '2']) {
      const [fetch, prepare] = setPod(chart, `restored-shard-${shard}`).initContainers as Json[];
      expect(envOf(fetch)).toMatchObject({ SHARD: shard, TARGET: 's3:backups/cache', DATA: '/data/appendonlydir', UNFINISHED: '/data/.restoring' });
      expect(envOf(prepare)).toMatchObject({ SHARD: shard, CLUSTER: 'restored', PRODUCT: 'redis-cluster', BACKUP: 'latest', RESTORING: '/data/.restoring' });
    }
    const [scripts] = configMaps(chart, /^restored-shard-0-restore-/);
    expect(scripts['fetch.sh']).toMatch(/^rclone\(\) \{[^]*fetching the backup/m);
    expect(scripts['restore.sh']).toMatch(/^sha256sum\(\) \{[^]*restoring the backup/m);
    for (const files of configMaps(chart, /^restored-shard-\d-files-/)) expect(files['cluster-join.sh']).toContain('bring_together');
  });
  test('a cluster that begins empty has none of this', () => {
    const { chart } = clustered();
    expect(setPod(chart, 'cache-shard-0').initContainers).toBeUndefined();
    for (const files of configMaps(chart, /^cache-shard-\d-files-/)) expect(files['cluster-join.sh']).not.toContain('bring_together');
  });
  test('snapshots are refused, which are of one volume', () => {
    const { cache, chart } = clustered();
    expect(() => cache.addBackup('Hourly', { schedule: Cron.hourly(), destination: BackupDestination.snapshots() })).toThrow(/snapshots are not supported in a cluster/);
    const restoreFrom = RestoreSource.named(BackupDestination.snapshots(), 'cache', 'cache-hourly-1');
    expect(() => new RedisDatabase(chart, 'Other', { storage: { size: Size.gibibytes(4) }, topology, restoreFrom })).toThrow(/a cluster cannot be restored from a snapshot/);
  });
  test('a verification is refused, which has one server', () => {
    expect(() => backedUp({ topology })).toThrow(/'verify' is not supported in a cluster, .* restore it into a second cluster/s);
  });
  test.each([
    ['a volume that one node mounts', [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE], 1, /access mode ReadWriteOnce, .* are on 2 nodes.*'replicas: 0'/s],
    ['one that one node mounts, where each shard has one member', [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE], 0, undefined],
    ['one that all nodes mount', [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY], 1, undefined],
  ])('a restore from %s', (_, accessModes, replicas, error) => {
    const { chart, backup } = clustered(of => BackupDestination.claim(new PersistentVolumeClaim(of, 'Backups', { size: Size.gibibytes(10), accessModes })));
    const restore = () => new RedisDatabase(chart, 'Other', {
      storage: { size: Size.gibibytes(4) }, topology: RedisTopology.cluster({ shards: 3, replicas }), restoreFrom: backup.latest(),
    });
    if (error === undefined) expect(restore).not.toThrow();
    else expect(restore).toThrow(error);
  });
});

test('the same app gives the same bytes', () => {
  expect(yaml(backedUp().chart)).toBe(yaml(backedUp().chart));
});
