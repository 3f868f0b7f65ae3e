import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Cron } from 'cdk8s';
import { reachableClusters } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { itUnless } from '../support/needs';
import { makeSnapshotKinds } from '../support/snapshot-kinds';
import { TestNamespace } from '../support/test-namespace';
import { PersistentVolumeClaim, SnapshotSchedule } from 'cdk8s-stateful';

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** No registry is needed: what the image of the schedule would run is run here, with the same account and the same rights. */
const it = itUnless(curlMissing());

describe.each(reachableClusters())('a snapshot schedule on $version', ({ kubectl: cluster }) => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let account: string;
  let removeKinds: () => Promise<void>;

  beforeAll(async () => {
    account = fs.mkdtempSync(path.join(os.tmpdir(), 'account-'));
    removeKinds = await makeSnapshotKinds(cluster);
    namespace = await TestNamespace.create('snapshots', cluster);
    kubectl = namespace.kubectl;
    await kubectl.apply(manifests());
    fs.writeFileSync(path.join(account, 'token'), await kubectl.run(['create', 'token', 'nightly']));
    fs.writeFileSync(path.join(account, 'ca.crt'), await authority(cluster));
  });
  afterAll(async () => {
    fs.rmSync(account, { recursive: true });
    await namespace?.delete();
    await removeKinds?.();
  });

  function manifests(): Manifest[] {
    const chart = newChart(namespace.name);
    new SnapshotSchedule(chart, 'Nightly', { claim: PersistentVolumeClaim.fromName(chart, 'Data', 'data-orders-0'), schedule: Cron.daily(), keep: 2 });
    return synth(chart);
  }

  /** Does what the Pod of the Job with this name would do. */
  async function run(job: string): Promise<string> {
    const { spec } = manifests().find(({ kind }) => kind === 'CronJob') as unknown as { spec: { jobTemplate: { spec: { template: { spec: { containers: Container[] } } } } } };
    const [{ command: [shell, ...args], env }] = spec.jobTemplate.spec.template.spec.containers;
    const given: { [name: string]: string } = { SNAPSHOT: job, NAMESPACE: namespace.name, ACCOUNT: account, API_SERVER: await serverOf(cluster) };
    for (const { name, value } of env) given[name] ??= (value ?? '').replace('$(SNAPSHOT)', job);
    const { stdout } = await promisify(execFile)(shell, args, { env: { ...process.env, ...given } });
    return stdout;
  }

  const names = async () => (await kubectl.list('volumesnapshot')).map(({ metadata }) => metadata.name).sort();
  const ready = (name: string) => kubectl.run(['patch', 'volumesnapshot', name, '--subresource=status', '--type=merge', '-p', '{"status":{"readyToUse":true}}']);

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
    for (const number of [1, 2, 3, 4]) await ready(`nightly-2900000${number}`);
    await kubectl.apply([{ apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', metadata: { name: 'nightly-1' }, spec: { source: { persistentVolumeClaimName: 'x' } } }]);
    expect(await run('nightly-29000005')).toBe('snapshot nightly-29000005\ndeleted nightly-29000002\ndeleted nightly-29000001\n');
    expect(await names()).toEqual(['nightly-1', 'nightly-29000003', 'nightly-29000004', 'nightly-29000005']);
  });

  it('fails, and says what the API server said, when it may not', async () => {
    await kubectl.delete('rolebinding', 'nightly');
    await expect(run('nightly-29000006')).rejects.toThrow(/volumesnapshots.* is forbidden/);
    await kubectl.apply(manifests());
  });

  it('may do nothing else', async () => {
    const who = `--as=system:serviceaccount:${namespace.name}:nightly`;
    const can = async (...what: string[]) => (await kubectl.run(['auth', 'can-i', ...what, who]).catch((error: Error) => error.message)).includes('yes');
    for (const verb of ['create', 'get', 'list', 'delete']) expect(await can(verb, 'volumesnapshots.snapshot.storage.k8s.io')).toBe(true);
    for (const verb of ['update', 'patch', 'deletecollection', 'watch']) expect(await can(verb, 'volumesnapshots.snapshot.storage.k8s.io')).toBe(false);
    for (const kind of ['secrets', 'pods', 'persistentvolumeclaims']) expect(await can('get', kind)).toBe(false);
    expect(await can('get', 'volumesnapshots.snapshot.storage.k8s.io', '--all-namespaces')).toBe(false);
  });
});

function curlMissing(): string | undefined {
  try {
    execFileSync('curl', ['--version']);
    return undefined;
  } catch {
    return 'needs curl';
  }
}

const ofCluster = (cluster: Kubectl, field: string) => cluster.run(['config', 'view', '--raw', '--minify', '-o', `jsonpath={.clusters[0].cluster.${field}}`]);

function serverOf(cluster: Kubectl): Promise<string> {
  return ofCluster(cluster, 'server');
}

async function authority(cluster: Kubectl): Promise<Buffer> {
  const data = await ofCluster(cluster, 'certificate-authority-data');
  return data ? Buffer.from(data, 'base64') : fs.readFileSync(await ofCluster(cluster, 'certificate-authority'));
}
