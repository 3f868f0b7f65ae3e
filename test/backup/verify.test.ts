import { Cron, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind, yaml } from '../support/manifests';
import {
  BackupDestination, BackupMethod, BackupProps, BackupVerification, DatabaseEngine, MariadbVersion, MysqlVersion, PersistentVolumeClaim,
  PostgresVersion, Provisioner, StatefulDatabase, StatefulDatabaseProps, StorageClass,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

function verified(verify: Partial<BackupVerification> = {}, props: Partial<StatefulDatabaseProps> = {}, more: Partial<BackupProps> = {}) {
  const chart = newChart('shop');
  const claim = new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) });
  const orders = new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(20) }, ...props,
  });
  const backup = orders.addBackup('Nightly', {
    schedule: Cron.daily(), destination: BackupDestination.claim(claim), verify: { schedule: Cron.weekly(), query: 'select 1 from orders', ...verify }, ...more,
  });
  return { chart, backup };
}
const cronJob = ({ chart }: ReturnType<typeof verified>, name = 'orders-nightly-verify') => find(chart, 'CronJob', name) as Json;
const podOf = (job: Json) => job.spec.jobTemplate.spec.template.spec as Json;
const envOf = (container: Json) => Object.fromEntries((container.env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
const mountOf = (container: Json, mountPath: string) => (container.volumeMounts as Json[]).find(mount => mount.mountPath === mountPath);
const volumeOf = (pod: Json, container: Json, path: string) => (pod.volumes as Json[]).find(({ name }) => name === mountOf(container, path)?.name);
const DNS = [53, 5353].flatMap(port => ['UDP', 'TCP'].map(protocol => ({ port, protocol })));
const store = () => BackupDestination.objectStore({ remote: 's3', path: 'backups', config: kplus.Secret.fromSecretName(newChart(), 'Rclone', 'rclone') });

test.each([
  ['postgres', DatabaseEngine.postgres({ version: PostgresVersion.V17 }), '/var/lib/postgresql/data'],
  ['mysql', DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), '/var/lib/mysql'],
  ['mariadb', DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }), '/var/lib/mysql'],
])('%s is restored by the container that makes its data, into a volume that is thrown away', (_, engine, data) => {
  const parts = verified({}, { engine });
  const pod = podOf(cronJob(parts));
  const { spec: { template: { spec: member } } } = find(parts.chart, 'StatefulSet', 'orders') as Json;
  const [credentials, prepare] = pod.initContainers as Json[];
  const [verify] = pod.containers as Json[];
  expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['credentials', 'prepare']);
  const [original] = member.initContainers as Json[];
  expect(prepare).toMatchObject({ image: original.image, command: original.command, resources: { limits: original.resources.limits as Json } });
  expect(prepare.resources.requests['ephemeral-storage']).toMatch(/^20\d\d\dMi$/); // a node that has the room
  expect((prepare.args as string[]).slice(0, original.args.length)).toEqual(original.args);
  expect(verify.args).toEqual(prepare.args);
  expect(envOf(prepare)).toMatchObject({ BACKUPS: '/backups/orders', BACKUP: 'latest', RESTORED: '/run/verify/restored' });
  expect(envOf(verify)).toMatchObject({ DATABASE: 'orders', CRON_JOB: 'orders-nightly', RESTORED: '/run/verify/restored' });
  for (const container of [prepare, verify]) {
    expect(volumeOf(pod, container, data)).toEqual({ name: 'scratch', emptyDir: { sizeLimit: '20480Mi' } });
    expect(volumeOf(pod, container, '/etc/cdk8s-stateful/credentials')).toEqual({ name: 'credentials', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } });
  }
  expect(mountOf(prepare, '/backups')).toMatchObject({ readOnly: true });
  expect(mountOf(verify, '/backups')).toBeUndefined();
  expect(mountOf(credentials, data)).toBeUndefined();
});

test('no container sees the password of the database', () => {
  const pod = podOf(cronJob(verified()));
  const secrets = (pod.volumes as Json[]).filter(({ secret }) => secret !== undefined);
  expect(secrets).toEqual([{ name: 'names', secret: expect.objectContaining({ items: [{ key: 'username', path: 'username' }] }) as Json }]);
});

test('its Pod is restricted, alone, and nobody reaches it, nor it anybody', () => {
  const parts = verified();
  const job = cronJob(parts);
  expect(job.spec).toMatchObject({
    schedule: '0 0 * * 0', concurrencyPolicy: 'Forbid', failedJobsHistoryLimit: 3, jobTemplate: { spec: { backoffLimit: 1, activeDeadlineSeconds: 21_600 } },
  });
  expect(podOf(job)).toMatchObject({
    hostname: 'scratch-0', restartPolicy: 'Never', automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999 },
  });
  for (const container of [...podOf(job).initContainers, ...podOf(job).containers] as Json[]) {
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect(container.ports).toBeUndefined();
  }
  const selected = { matchLabels: { 'cdk8s.io/metadata.addr': 'orders-nightly-verify.verify' } };
  const policies = ofKind(parts.chart, 'NetworkPolicy').map(({ spec }) => spec as Json).filter(spec => spec.podSelector.matchLabels['cdk8s.io/metadata.addr'] === 'orders-nightly-verify.verify');
  expect(policies).toContainEqual({ podSelector: selected, policyTypes: ['Ingress'] });
  expect(policies.filter(({ policyTypes }) => (policyTypes as string[]).includes('Egress'))).toEqual([{
    podSelector: selected, policyTypes: ['Egress'], egress: [{ ports: DNS }],
  }]);
  expect(JSON.stringify(find(parts.chart, 'NetworkPolicy', 'orders'))).not.toContain('verify');
});

test('with an object store it fetches first, and may use the network', () => {
  const parts = verified({}, {}, { destination: store() });
  const pod = podOf(cronJob(parts));
  expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['credentials', 'fetch', 'prepare']);
  expect(ofKind(parts.chart, 'NetworkPolicy').filter(({ spec }) => (spec as Json).policyTypes.includes('Egress'))).toEqual([]);
});

test('a physical backup is restored as into a new database, with the log that is there', () => {
  const pod = podOf(cronJob(verified({}, {}, { method: BackupMethod.PHYSICAL })));
  const [, restore, prepare] = pod.initContainers as Json[];
  expect((pod.initContainers as Json[]).map(({ name }) => name as string)).toEqual(['credentials', 'restore', 'prepare']);
  expect(envOf(restore)).toMatchObject({ BACKUP: 'latest', RESTORED: '/run/verify/restored' });
  expect(mountOf(restore, '/backups')).toMatchObject({ readOnly: true });
  expect(mountOf(prepare, '/backups')).toBeUndefined();
  expect((restore.args as string[]).slice(-4)).toEqual(['-c', 'archive_mode=off', '-c', 'synchronous_standby_names=']);
});

test('what its server must not do is told after what the user says', () => {
  const parameters = { archive_mode: 'on', synchronous_standby_names: 'FIRST 1 ("orders-1")' };
  const pod = podOf(cronJob(verified({}, { readReplicas: 1, parameters })));
  expect((pod.containers[0].args as string[]).slice(-4)).toEqual(['-c', 'archive_mode=off', '-c', 'synchronous_standby_names=']);
});

test('the query is a file, as environment variables would be expanded', () => {
  const query = "select '$(HOME)' from orders";
  const parts = verified({ query });
  const pod = podOf(cronJob(parts));
  expect(volumeOf(pod, pod.containers[0] as Json, '/etc/cdk8s-stateful/verify')).toMatchObject({ configMap: {} });
  const filesOf = ({ chart }: ReturnType<typeof verified>) => (find(chart, 'ConfigMap', 'orders-nightly-verify-verify') as Json).data as Json;
  expect(filesOf(parts)).toMatchObject({ query });
  expect(Object.keys(filesOf(verified({ query: undefined })))).not.toContain('query');
});

test('a class, sizes, resources and names are those that the user says', () => {
  const chart = newChart('classes');
  const scratchClass = new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs(), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE });
  const resources = { cpu: { request: kplus.Cpu.millis(10) }, memory: { limit: Size.mebibytes(700) } };
  const parts = verified({ scratchClass, scratchSize: Size.gibibytes(5), resources, name: 'proof', deadline: Duration.minutes(20) }, {}, { timeZone: 'Asia/Tokyo', suspend: true });
  const job = cronJob(parts, 'proof');
  expect(job.spec).toMatchObject({ timeZone: 'Asia/Tokyo', suspend: true, jobTemplate: { spec: { activeDeadlineSeconds: 1200 } } });
  expect(podOf(job).volumes).toContainEqual({ name: 'scratch', ephemeral: { volumeClaimTemplate: expect.objectContaining({ spec: expect.objectContaining({ storageClassName: 'fast' }) as Json }) as Json } });
  expect(podOf(job).containers[0].resources).toMatchObject({ limits: { memory: '700Mi' } });
});

test('the Pods that verify can be scheduled', () => {
  const { backup } = verified();
  expect(backup.verificationWorkload?.name).toBe('orders-nightly-verify');
  expect(backup.workload.name).toBe('orders-nightly');
});

test.each([
  ['a long name', () => verified({ name: 'x'.repeat(53) }), /'verify.name'/],
  ['a deadline that nothing meets', () => verified({ deadline: Duration.seconds(5) }), /'verify.deadline in seconds': got 5/],
  ['a query that asks nothing', () => verified({ query: ' ' }), /'verify.query': got ' ', expected a query/],
  ['an unknown property', () => verified({ querry: 'x' } as Partial<BackupVerification>), /'verify.querry'/],
  ['too little room for a server', () => verified({ scratchSize: Size.mebibytes(10) }), /'storage.size'/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});

test('the same app gives the same bytes', () => {
  expect(yaml(verified().chart)).toBe(yaml(verified().chart));
});
