import { Cron, Duration, Size } from 'cdk8s';
import { reachableClusters } from '../support/clusters';
import { curlMissing, JobRuns } from '../support/job-runs';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { itUnless } from '../support/needs';
import { waitUntil } from '../support/progress';
import { makeSnapshotKinds } from '../support/snapshot-kinds';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, DatabaseEngine, PersistentVolumeClaim, PostgresVersion, SnapshotSchedule, StatefulDatabase } from 'cdk8s-stateful';

const it = itUnless(curlMissing());

/** What a driver would say is said here. */
describe.each(reachableClusters())('snapshots on $version', ({ kubectl: cluster }) => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let runs: JobRuns;
  let removeKinds: () => Promise<void>;

  beforeAll(async () => {
    removeKinds = await makeSnapshotKinds(cluster);
    namespace = await TestNamespace.create('snapshots', cluster);
    kubectl = namespace.kubectl;
    runs = await JobRuns.create(cluster, namespace);
    await kubectl.apply(manifests());
  });
  afterAll(async () => {
    runs?.end();
    await namespace?.delete();
    await removeKinds?.();
  });

  function manifests(): Manifest[] {
    const chart = newChart(namespace.name);
    new SnapshotSchedule(chart, 'Nightly', { claim: PersistentVolumeClaim.fromName(chart, 'Data', 'data-orders-0'), schedule: Cron.daily(), keep: 2 });
    const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
    const storage = { size: Size.gibibytes(20) };
    const orders = new StatefulDatabase(chart, 'Orders', { engine, storage });
    const nightly = orders.addBackup('Nightly', { schedule: Cron.daily(), destination: BackupDestination.snapshots(), keep: { count: 2, age: Duration.seconds(1) } });
    new StatefulDatabase(chart, 'Restored', { engine, storage, restoreFrom: nightly.named('orders-nightly-29000001') });
    return synth(chart);
  }

  const namesOf = async (schedule: string) =>
    (await kubectl.list('volumesnapshot')).map(({ metadata }) => metadata.name).filter(name => name.startsWith(`${schedule}-`)).sort();
  const status = (kind: string, name: string, value: object) => kubectl.run(['patch', kind, name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: value })]);
  const allowed = (account: string) => async (...what: string[]) =>
    (await kubectl.run(['auth', 'can-i', ...what, `--as=system:serviceaccount:${namespace.name}:${account}`]).catch((error: Error) => error.message)).includes('yes');

  describe('a schedule', () => {
    const run = (job: string) => runs.run(manifests(), 'nightly', job);
    const names = () => namesOf('nightly');

    it('takes one snapshot for each Job, also when its Pod is tried again', async () => {
      await run('nightly-29000001');
      await run('nightly-29000001');
      expect(await names()).toEqual(['nightly-29000001']);
      expect(await kubectl.get<Manifest>('volumesnapshot', 'nightly-29000001')).toMatchObject({
        metadata: { labels: { 'cdk8s-stateful/snapshot-schedule': 'nightly' } }, spec: { source: { persistentVolumeClaimName: 'data-orders-0' } },
      });
    });

    it('deletes none as long as newer ones are not ready', async () => {
      for (const number of [2, 3, 4]) await run(`nightly-2900000${number}`);
      expect(await names()).toEqual(['nightly-29000001', 'nightly-29000002', 'nightly-29000003', 'nightly-29000004']);
    });

    it('keeps the last two that are ready, and what others made', async () => {
      for (const number of [1, 2, 3, 4]) await status('volumesnapshot', `nightly-2900000${number}`, { readyToUse: true });
      await kubectl.apply([{ apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', metadata: { name: 'nightly-1' }, spec: { source: { persistentVolumeClaimName: 'x' } } }]);
      expect(await run('nightly-29000005')).toBe('snapshot nightly-29000005\ndeleted nightly-29000002\ndeleted nightly-29000001\n');
      expect(await names()).toEqual(['nightly-1', 'nightly-29000003', 'nightly-29000004', 'nightly-29000005']);
    });

    it('fails, and says what the API server said, when it may not', async () => {
      const create = () => allowed('nightly')('create', 'volumesnapshots.snapshot.storage.k8s.io');
      await kubectl.delete('rolebinding', 'nightly');
      await waitUntil('the API server to know that', 30, async () => !(await create()) || 'not yet');
      await expect(run('nightly-29000006')).rejects.toThrow(/volumesnapshots.* is forbidden/);
      await kubectl.apply(manifests());
      await waitUntil('the API server to know that', 30, async () => await create() || 'not yet');
    });

    it('may do nothing else', async () => {
      const can = allowed('nightly');
      for (const verb of ['create', 'get', 'list', 'delete']) expect(await can(verb, 'volumesnapshots.snapshot.storage.k8s.io')).toBe(true);
      for (const verb of ['update', 'patch', 'deletecollection', 'watch']) expect(await can(verb, 'volumesnapshots.snapshot.storage.k8s.io')).toBe(false);
      for (const kind of ['secrets', 'pods', 'persistentvolumeclaims']) expect(await can('get', kind)).toBe(false);
      expect(await can('get', 'volumesnapshots.snapshot.storage.k8s.io', '--all-namespaces')).toBe(false);
    });
  });

  describe('a backup', () => {
    const run = (job: string, env: NodeJS.ProcessEnv = {}) => runs.run(manifests(), 'orders-nightly', job, env);
    const names = () => namesOf('orders-nightly');
    /** Runs a Job, and has its snapshot become ready meanwhile, as a driver would. */
    async function ready(job: string): Promise<string> {
      const running = run(job, { PAUSE: '0.2' });
      const failed = running.then(() => undefined, (error: Error) => error);
      for (let tries = 0; tries < 100; tries++) {
        if (await Promise.race([failed, new Promise(resolve => setTimeout(resolve, 100))]) !== undefined) break;
        if ((await names()).includes(job)) break;
      }
      await status('volumesnapshot', job, { readyToUse: true, restoreSize: '20Gi' });
      return running;
    }

    it('takes none while the server is not ready, or not there', async () => {
      await kubectl.delete('statefulset', 'orders', '--cascade=foreground'); // nothing but this test makes its Pods
      await expect(run('orders-nightly-29000000')).rejects.toThrow('the Pod orders-0 is not ready, so it is not known what its volume holds');
      await kubectl.apply([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'orders-0' }, spec: podSpec() }]);
      await expect(run('orders-nightly-29000000')).rejects.toThrow('the Pod orders-0 is not ready, so it is not known what its volume holds');
      expect(await names()).toEqual([]);
    });

    it('waits until it is ready, and says how large it is', async () => {
      await status('pod', 'orders-0', { conditions: [{ type: 'ContainersReady', status: 'True' }, { type: 'Ready', status: 'True' }] });
      expect(await ready('orders-nightly-29000001')).toMatch(/the snapshot orders-nightly-29000001 is ready after \d+ s\. A restore needs a volume of at least 20Gi\./);
    });

    it('fails with the error of the driver if it does not become ready in time, and deletes none', async () => {
      const attempt = () => run('orders-nightly-29000002', { PAUSE: '0.2', READY_SECONDS: '5' });
      await expect(attempt()).rejects.toThrow('No error is reported');
      await status('volumesnapshot', 'orders-nightly-29000002', { readyToUse: false, error: { message: 'no such class', time: '2026-11-24T10:00:00Z' } });
      await expect(attempt()).rejects.toThrow('it does not count, and no other is deleted. no such class');
    });

    it('keeps the last two that are ready', async () => {
      await ready('orders-nightly-29000003');
      expect(await ready('orders-nightly-29000004')).toContain('deleted orders-nightly-29000002\ndeleted orders-nightly-29000001\n');
      expect(await names()).toEqual(['orders-nightly-29000003', 'orders-nightly-29000004']);
    });

    it('may read the Pod of the primary, and no other', async () => {
      const can = allowed('orders-nightly');
      expect(await can('get', 'pods/orders-0')).toBe(true);
      for (const what of [['get', 'pods/orders-1'], ['list', 'pods'], ['delete', 'pods/orders-0'], ['get', 'secrets'], ['get', 'persistentvolumeclaims']]) expect(await can(...what)).toBe(false);
    });

    it('is restored by a claim that the controller of the set takes over, and that keeps its data source', async () => {
      expect(await kubectl.get<Manifest>('pvc', 'data-restored-0')).toMatchObject({
        spec: { dataSource: { kind: 'VolumeSnapshot', name: 'orders-nightly-29000001' } },
        metadata: { labels: { 'cdk8s.io/metadata.addr': 'restored' } },
      });
      await kubectl.apply(manifests()); // once more: nothing in it is refused
      await expect(kubectl.run(['patch', 'pvc', 'data-restored-0', '--type=merge', '-p', '{"spec":{"dataSource":{"name":"another"}}}'])).rejects.toThrow(/immutable/);
    });
  });
});

/** A Pod that no scheduler finds a node for. */
function podSpec(): object {
  return {
    nodeSelector: { nowhere: 'x' },
    securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'server', image: 'none:1', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
  };
}
