import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, yaml } from '../support/manifests';
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
  test('backups are refused', () => {
    expect(() => backedUp({ topology })).toThrow(/'addBackup' is not supported in a cluster/);
  });
  test('a restore is refused', () => {
    const { chart, destination } = backedUp();
    expect(() => new RedisDatabase(chart, 'Other', { storage: { size: Size.gibibytes(4) }, topology, restoreFrom: RestoreSource.latest(destination, 'cache') }))
      .toThrow(/'restoreFrom' is not supported in a cluster/);
  });
});

test('the same app gives the same bytes', () => {
  expect(yaml(backedUp().chart)).toBe(yaml(backedUp().chart));
});
