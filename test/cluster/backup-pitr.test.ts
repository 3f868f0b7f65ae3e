/** @beside-others */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cron, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { damager } from '../support/damager';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, say, waitUntil } from '../support/progress';
import { paste as pasteInto, runbook } from '../support/runbook';
import { TestNamespace } from '../support/test-namespace';
import {
  BackupDestination, BackupMethod, DatabaseEngine, PersistentVolumeClaim, PodSecurity, PostgresVersion, RestoreSource, StatefulDatabase,
} from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = imageMissing(PostgresVersion.V17._image);
const test = itUnless(missing);
const resources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } };

const [firstBackup] = runbook('docs/backup-point-in-time.md', 'PostgreSQL', 1);
const [createSecret, untilRestored] = runbook('docs/restore.md', 'Restore into a new database', 2);
const [setAside] = runbook('docs/restore.md', 'If the newest physical backup is damaged', 1);
const [copyBack] = runbook('docs/restore.md', 'After a mistake', 1);
const [stop, release, untilReady, backUpAgain] = runbook('docs/restore.md', 'After the loss of a set', 4);
const [lookAtFailed] = runbook('docs/backup-verification.md', 'Know when it fails', 1);

/** Prints each number when the server has acknowledged it. A session that breaks ends, and the next one goes on. */
const WRITER = `
session=$(date +%s)
while :; do
  session=$((session + 1))
  seq -f "insert into customers values ($session * 1000000::bigint + %.0f) returning id;" 1 200 | psql -XAtq -d "dbname=$PGDATABASE connect_timeout=3 tcp_user_timeout=5000"
  sleep 0.2
done
`;

/** The database of the docs, with a physical backup and a log archive on a claim: the commands are those of the docs. */
describe('a physical backup and a log archive', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  const folder = mkdtempSync(join(tmpdir(), 'runbook-'));

  function manifests(restore: { readonly here?: boolean; readonly beside?: string } = {}) {
    const chart = newChart(namespace.name);
    const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) }));
    const props = { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(1) }, resources };
    const orders = new StatefulDatabase(chart, 'Orders', {
      ...props,
      parameters: { summarize_wal: 'on' },
      ...restore.here === true && { restoreFrom: RestoreSource.latest(destination, 'orders', BackupMethod.PHYSICAL) },
    });
    orders.archiveLog('Log', { destination });
    const weekly = orders.addBackup('Weekly', {
      schedule: Cron.weekly(),
      destination,
      method: BackupMethod.PHYSICAL,
      fullEvery: 4,
      suspend: restore.here,
      verify: { schedule: Cron.weekly(), resources },
    });
    if (restore.beside !== undefined) new StatefulDatabase(chart, 'OrdersRestored', { ...props, restoreFrom: weekly.pointInTime(restore.beside), readReplicas: 1 });
    const writer = new kplus.Deployment(chart, 'Writer', {
      metadata: { name: 'writer' },
      replicas: 0,
      terminationGracePeriod: Duration.seconds(1), // a shell that is the first process does not end by itself
      containers: [{
        image: PostgresVersion.V17._image,
        command: ['bash', '-c', WRITER],
        resources: {},
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        securityContext: PodSecurity.restricted({ user: 999 }),
      }],
    });
    orders.grantConnect(writer);
    return synth(chart);
  }
  const paste = (commands: string) => pasteInto(commands, { kubeconfig: cluster.kubeconfig, namespace: namespace.name, folder });
  const sql = async (pod: string, statement: string) =>
    (await kubectl.exec(pod, ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'orders', '-d', 'app', '-c', statement], { container: 'postgres' })).trim();
  const ready = (set: string) => kubectl.wait(`statefulset/${set}`, 'jsonpath={.status.readyReplicas}=1', 180);
  const acknowledged = async () => (await kubectl.logs('deployment/writer', '--tail=-1')).split('\n').filter(line => /^\d+$/.test(line));
  async function write(rows: number): Promise<void> {
    await kubectl.run(['scale', 'deployment/writer', '--replicas=1']);
    const before = (await acknowledged().catch(() => [])).length;
    await waitUntil(`${rows} more acknowledged rows`, 90, async () => {
      const { length } = await acknowledged();
      return length >= before + rows || `${length - before}`;
    });
  }
  async function stopWriting(): Promise<string[]> {
    const acks = await acknowledged();
    await kubectl.run(['scale', 'deployment/writer', '--replicas=0']);
    await waitUntil('the end of the writer', 60, async () => !(await kubectl.run(['get', 'pods', '-o', 'name'])).includes('writer') || 'still there');
    return acks;
  }
  async function hasAll(pod: string, acks: string[]): Promise<void> {
    const rows = new Set((await sql(pod, 'select id from customers')).split('\n'));
    const lost = acks.filter(id => !rows.has(id));
    found(`${acks.length} acknowledged, ${lost.length} of them missing in ${pod}`);
    expect(lost).toEqual([]);
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('backup-pitr', cluster);
    kubectl = namespace.kubectl;
    await kubectl.run(['create', 'secret', 'generic', 'orders-credentials', '--from-literal=username=orders', "--from-literal=password=p:a\\s 's$(w)"]);
    await kubectl.apply(manifests());
    await ready('orders');
    await sql('orders-0', 'create table customers (id bigint primary key)');
    await measure('a log archive that is ready, and a first physical backup', () => paste(firstBackup));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await namespace?.delete({ wait: false });
  });

  test('bring a dropped table back, with all that was acknowledged before: the archiver was deleted and the primary restarted meanwhile', async () => {
    await write(200);
    await kubectl.delete('pod', 'orders-log-0', '--grace-period=1');
    await write(200);
    await kubectl.delete('pod', 'orders-0');
    await ready('orders');
    await write(200);
    await ready('orders-log');
    const acks = await stopWriting();
    const time = await sql('orders-0', "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    await sql('orders-0', 'drop table customers');
    await waitUntil('the drop in the archive', 30, async () =>
      await sql('orders-0', "select count(*) from pg_stat_replication where application_name = 'orders-log-0' and flush_lsn >= pg_current_wal_flush_lsn()") === '1' || 'not yet');

    await paste(createSecret);
    await kubectl.apply(manifests({ beside: time }));
    await measure('restored to a point in time, from apply to a primary and a standby that are ready', () => paste(untilRestored)).catch(async error => {
      say(await kubectl.logs('orders-restored-0', '--all-containers', '--ignore-errors'));
      throw error;
    });
    expect(acks.length).toBeGreaterThan(400);
    await hasAll('orders-restored-0', acks);
    await hasAll('orders-restored-1', acks);
    expect((await kubectl.logs('orders-restored-0', '-c', 'restore')).match(/starting backup recovery/g)).toHaveLength(1);

    await paste(copyBack);
    await hasAll('orders-0', acks);
    await sql('orders-0', 'insert into customers values (-1)');
    await expect(paste(copyBack)).rejects.toThrow('already exists');
    expect(await sql('orders-0', 'select id from customers where id < 0')).toBe('-1');
    await kubectl.delete('statefulset', 'orders-restored');
  });

  test('are verified, and what was damaged is found, and set aside for the restore that comes next', async () => {
    await kubectl.run(['create', 'job', '--from=cronjob/orders-weekly-verify', 'whole']);
    await measure('a physical backup verified, with its log', () => kubectl.wait('job/whole', 'condition=complete', 180));
    expect(await kubectl.logsOfJob('whole')).toMatch(/orders: verified: the backup \S+ \(\S+, 0 h old\) restores in \d+ s, .*was read and checked in \d+ s\.$/m);

    await kubectl.run(['create', 'job', '--from=cronjob/orders-weekly', 'second']);
    await kubectl.wait('job/second', 'condition=complete', 120);
    const made = await kubectl.logsOfJob('second');
    expect(made).toContain('copying what has changed on');
    const [, second = ''] = /backup (\S+) is complete/.exec(made) ?? [];
    await kubectl.run(['create', 'job', '--from=cronjob/orders-weekly-verify', 'combined']);
    await measure('an incremental physical backup verified, with the one that it builds on and the log', () => kubectl.wait('job/combined', 'condition=complete', 180));
    await kubectl.apply([damager(PostgresVersion.V17._image, 'orders/physical', 'base.tar.gz')]);
    await kubectl.wait('pod/damager', 'jsonpath={.status.phase}=Succeeded', 60);
    await kubectl.run(['create', 'job', '--from=cronjob/orders-weekly-verify', 'orders-weekly-verify-damaged']);
    await kubectl.wait('job/orders-weekly-verify-damaged', 'condition=failed', 120);
    const shown = await paste(lookAtFailed.replace(/orders-nightly-verify-\d+/, 'orders-weekly-verify-damaged'));
    expect(shown).toMatch(/orders-weekly-verify-damaged +Failed/);
    expect(shown).toContain(`the backup ${second} is damaged: its checksums differ. Name an earlier one:`);
    await paste(setAside.replace(/2026-[-\dT]+Z/, second));
  });

  test('bring the set back under the same name, with all that was acknowledged, from the backup before the damaged one', async () => {
    await write(200);
    const claim = async () => kubectl.get<{ metadata: { deletionTimestamp?: string }; spec: { volumeName: string } }>('pvc', 'data-orders-0');
    const { spec: { volumeName } } = await claim();
    // The wrong order: the volume of a server that runs is left alone.
    await expect(paste(release.replace('--timeout=5m', '--timeout=5s'))).rejects.toThrow('timed out');
    expect((await claim()).metadata.deletionTimestamp).toBeUndefined();

    const acks = await acknowledged();
    await paste(stop);
    await stopWriting();
    await paste(release);
    await kubectl.apply(manifests({ here: true }));
    await measure('restored under the same name, from apply to ready', () => paste(untilReady.replace('=1h', '=9m'))).catch(async error => {
      say(await kubectl.logs('orders-0', '--all-containers', '--ignore-errors'));
      throw error;
    });
    await hasAll('orders-0', acks);
    await paste(backUpAgain);
    await ready('orders-log');
    expect(await kubectl.logs('orders-0', '-c', 'restore')).not.toContain('damaged');
    expect(await kubectl.logs('orders-log-0')).not.toContain('beginning the run');
    expect(await cluster.run(['get', 'pv', volumeName, '-o', 'jsonpath={.spec.persistentVolumeReclaimPolicy} {.status.phase}'])).toBe('Retain Released');
    await cluster.delete('pv', volumeName);
  });
});
