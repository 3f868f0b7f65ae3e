/** @beside-others */
import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure } from '../support/progress';
import { paste, runbook } from '../support/runbook';
import { RCLONE, s3Remote, s3Server } from '../support/s3-server';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, BackupMethod, DatabaseEngine, PostgresVersion, RestoreSource, StatefulDatabase, StatefulDatabaseProps } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = imageMissing(PostgresVersion.V17._image) ?? imageMissing(RCLONE);
const test = itUnless(missing);
const [untilSent] = runbook('docs/backup-point-in-time.md', 'What can be lost', 1);
const props: StatefulDatabaseProps = {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  storage: { size: Size.mebibytes(512) },
  resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } },
  parameters: { summarize_wal: 'on' },
};
const { resources } = props;

const storeOf = (chart: Chart) =>
  BackupDestination.objectStore({ remote: 'store', path: 'shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });

/** A database whose Pods reach nothing but what they are allowed to, with its backups and its log in an S3 server, encrypted. */
describe('backups in an object store', () => {
  let namespace: TestNamespace;
  let elsewhere: TestNamespace;
  let kubectl: Kubectl;

  function manifests(restored = false): Manifest[] {
    const chart = newChart(namespace.name);
    const server = s3Server(chart);
    // The grants below would keep out everybody else, such as another namespace.
    const everybody = kplus.Pods.all(chart, 'Everybody', { namespaces: kplus.Namespaces.all(chart, 'Everywhere') });
    server.connections.allowFrom(everybody, { isolation: kplus.PodConnectionsIsolation.POD, ports: [kplus.NetworkPolicyPort.tcp(9000)] });
    const destination = storeOf(chart);
    if (restored) {
      const database = new StatefulDatabase(chart, 'Restored', { ...props, egress: true, restoreFrom: RestoreSource.latest(destination, 'orders') });
      database.workload.connections.allowTo(server);
      return synth(chart);
    }
    const orders = new StatefulDatabase(chart, 'Orders', { ...props, egress: true });
    const log = orders.archiveLog('Log', { destination, storage: { size: Size.mebibytes(512) }, resources });
    const copies = orders.addBackup('Weekly', { schedule: Cron.annually(), destination, method: BackupMethod.PHYSICAL, fullEvery: 2 });
    const verify = { schedule: Cron.annually(), query: 'select 1 from data where id = 3', resources };
    const dumps = orders.addBackup('Nightly', { schedule: Cron.annually(), destination, keep: { count: 2 }, verify });
    for (const workload of [log.workload, copies.workload, dumps.workload, dumps.verificationWorkload]) workload?.connections.allowTo(server);
    return synth(chart);
  }
  const ready = (set: string) => kubectl.wait(`statefulset/${set}`, 'jsonpath={.status.readyReplicas}=1', 180);
  const sql = async (pod: string, statement: string, pods = kubectl) =>
    (await pods.exec(pod, ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement], { container: 'postgres' })).trim();
  const inStore = async (script: string) => (await kubectl.exec('deployment/s3', ['sh', '-c', script])).trim();
  async function runJob(cronJob: string, job: string): Promise<string> {
    await kubectl.run(['create', 'job', `--from=cronjob/${cronJob}`, job]);
    await kubectl.wait(`job/${job}`, 'condition=complete', 180);
    return kubectl.logsOfJob(job);
  }
  const createSecret = (pods: Kubectl, name: string, ...values: string[]) =>
    pods.run(['create', 'secret', 'generic', name, ...values.map(value => `--from-literal=${value}`)]);

  beforeAll(async () => {
    if (missing !== undefined) return;
    [namespace, elsewhere] = [await TestNamespace.create('backup-store', cluster), await TestNamespace.create('elsewhere', cluster)];
    kubectl = namespace.kubectl;
    await kubectl.apply(manifests().filter(({ metadata }) => metadata.name === 's3'));
    await kubectl.rolloutStatus('deployment/s3', 120);
    const [password, salt] = [await inStore('rclone obscure first'), await inStore('rclone obscure second')];
    const encrypted = `\n[store]\ntype = crypt\nremote = plain:backups/encrypted\npassword = ${password}\npassword2 = ${salt}\n`;
    for (const [pods, set] of [[kubectl, 'orders'], [kubectl, 'restored'], [elsewhere.kubectl, 'restored']] as const) {
      await createSecret(pods, `${set}-credentials`, 'username=app', `password=of ${set}`);
    }
    for (const pods of [kubectl, elsewhere.kubectl]) await createSecret(pods, 'rclone', `rclone.conf=${s3Remote('plain', namespace.name)}${encrypted}`);
    await kubectl.apply(manifests());
    await measure('postgres with a log archive, from apply to ready', async () => { await ready('orders'); await ready('orders-log'); });
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
    await elsewhere?.delete({ wait: false });
  });

  test('are encrypted, verified, and restored to a point in time elsewhere, and when the database and its volume are gone', async () => {
    expect(await runJob('orders-weekly', 'full')).toMatch(/backup \S+ is complete/);
    await sql('orders-0', 'create table data (id int primary key); insert into data values (1), (2)');
    await runJob('orders-weekly', 'changes');
    expect(await kubectl.logsOfJob('changes', '-c', 'backup')).toContain('copying what has changed on');
    await sql('orders-0', 'insert into data values (3)');
    const time = await sql('orders-0', "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");

    expect(await runJob('orders-nightly', 'first')).toMatch(/backup \S+ is complete/);
    await sql('orders-0', 'insert into data values (4)'); // after `time`: a restore ends at the first commit that is later
    const sent = measure('all of the log in the object store', () => paste(untilSent, { kubeconfig: cluster.kubeconfig, namespace: namespace.name }));
    expect(await runJob('orders-nightly', 'second')).toMatch(/backup \S+ is complete/);
    expect(await inStore('find /data/backups/encrypted -type f || true')).not.toBe('');
    expect(await inStore('find /data -type f | grep -E "orders|BACKUP|RUN|dump" || true')).toBe('');
    let log = '';
    await measure('a backup of postgres verified from an object store', async () => { log = await runJob('orders-nightly-verify', 'verified'); });
    expect(log).toMatch(/verified: the backup \S+ \(\S+, 0 h old\) restores in \d+ s, .* and the query returned 1 row/);
    await sent;

    const chart = newChart(elsewhere.name);
    new StatefulDatabase(chart, 'Restored', { ...props, restoreFrom: RestoreSource.pointInTime(storeOf(chart), 'orders', time) });
    await elsewhere.kubectl.apply(synth(chart));
    await kubectl.delete('statefulset', 'orders');
    await kubectl.delete('pvc', 'data-orders-0');
    await kubectl.apply(manifests(true));
    await measure('postgres restored from an object store, in two namespaces, from apply to ready', async () => {
      await ready('restored');
      await elsewhere.kubectl.wait('statefulset/restored', 'jsonpath={.status.readyReplicas}=1', 180);
    });
    expect((await sql('restored-0', 'select id from data order by id')).split('\n')).toEqual(['1', '2', '3', '4']);
    expect((await sql('restored-0', 'select id from data order by id', elsewhere.kubectl)).split('\n')).toEqual(['1', '2', '3']);
    expect(await elsewhere.kubectl.logs('restored-0', '-c', 'restore')).toContain('combining 2 backups');
  });
});
