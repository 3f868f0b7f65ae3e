import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import {
  BackupDestination, BackupMethod, DatabaseEngine, PersistentVolumeClaim, PodSecurity, PostgresVersion, RestoreSource, StatefulDatabase,
} from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = imageMissing(PostgresVersion.V17._image);
const test = itUnless(missing);
const resources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } };

/** Prints each number when the server has acknowledged it. A session that breaks ends, and the next one goes on. */
const WRITER = `
session=$(date +%s)
while :; do
  session=$((session + 1))
  seq -f "insert into ack values ($session * 1000000::bigint + %.0f) returning id;" 1 200 | psql -XAtq -d "dbname=$PGDATABASE connect_timeout=3 tcp_user_timeout=5000"
  sleep 0.2
done
`;

describe('a table that was dropped', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  function manifests(writers: number, restoreFrom?: (destination: BackupDestination) => RestoreSource) {
    const chart = newChart(namespace.name);
    const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) }));
    const props = { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size: Size.gibibytes(1) }, resources };
    if (restoreFrom !== undefined) {
      new StatefulDatabase(chart, 'Restored', { ...props, restoreFrom: restoreFrom(destination), readReplicas: 1 });
      return synth(chart);
    }
    const orders = new StatefulDatabase(chart, 'Orders', props);
    orders.archiveLog('Log', { destination });
    orders.addBackup('Weekly', { schedule: Cron.weekly(), destination, method: BackupMethod.PHYSICAL });
    const writer = new kplus.Deployment(chart, 'Writer', {
      metadata: { name: 'writer' },
      replicas: writers,
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
  const sql = async (pod: string, statement: string) =>
    (await kubectl.exec(pod, ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement], { container: 'postgres' })).trim();
  const ready = (set: string, count = 1) => kubectl.wait(`statefulset/${set}`, `jsonpath={.status.readyReplicas}=${count}`, 180);
  const acknowledged = async () => (await kubectl.logs('deployment/writer', '--tail=-1')).split('\n').filter(line => /^\d+$/.test(line));
  const atLeast = (rows: number) => waitUntil(`${rows} acknowledged rows`, 90, async () => {
    const { length } = await acknowledged();
    return length >= rows || `${length}`;
  });

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('backup-pitr', cluster);
    kubectl = namespace.kubectl;
    for (const [set, password] of [['orders', "p:a\\s 's$(w)"], ['restored', 'another']]) {
      await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, '--from-literal=username=app', `--from-literal=password=${password}`]);
    }
    await kubectl.apply(manifests(0));
    await measure('from apply to a database with a log archive', async () => { await ready('orders'); await ready('orders-log'); });
    await sql('orders-0', 'create table ack (id bigint primary key)');
  });
  afterAll(async () => { await namespace?.delete({ wait: false }); });

  test('is there in a new database, with all that was acknowledged before: the archiver was deleted and the primary restarted meanwhile', async () => {
    await kubectl.run(['create', 'job', '--from=cronjob/orders-weekly', 'first']);
    await measure('a physical backup', () => kubectl.wait('job/first', 'condition=complete', 120));
    await kubectl.run(['scale', 'deployment/writer', '--replicas=1']);
    await atLeast(200);
    await kubectl.delete('pod', 'orders-log-0', '--grace-period=1');
    await atLeast((await acknowledged()).length + 200);
    await kubectl.delete('pod', 'orders-0');
    await ready('orders');
    await atLeast((await acknowledged()).length + 200);
    await ready('orders-log');

    const acks = await acknowledged();
    await kubectl.run(['scale', 'deployment/writer', '--replicas=0']);
    await waitUntil('the end of the writer', 60, async () => !(await kubectl.run(['get', 'pods', '-o', 'name'])).includes('writer') || 'still there');
    const time = await sql('orders-0', "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    await sql('orders-0', 'drop table ack');
    await waitUntil('the drop in the archive', 30, async () =>
      await sql('orders-0', "select count(*) from pg_stat_replication where application_name = 'orders-log-0' and flush_lsn >= pg_current_wal_flush_lsn()") === '1' || 'not yet');

    await kubectl.delete('statefulset', 'orders', 'orders-log');
    await kubectl.delete('pvc', 'data-orders-0');
    await kubectl.apply(manifests(0, destination => RestoreSource.pointInTime(destination, 'orders', time)));
    await measure('restored to a point in time, from apply to a primary and a standby that are ready', () => ready('restored', 2)).catch(async error => {
      say(await kubectl.logs('restored-0', '-c', 'restore'));
      throw error;
    });
    const rows = new Set((await sql('restored-0', 'select id from ack')).split('\n'));
    const lost = acks.filter(id => !rows.has(id));
    found(`${acks.length} acknowledged, ${lost.length} of them missing`);
    expect(acks.length).toBeGreaterThan(400);
    expect(lost).toEqual([]);
    expect(Number(await sql('restored-1', 'select count(*) from ack'))).toBe(rows.size);
    expect((await kubectl.logs('restored-0', '-c', 'restore')).match(/starting backup recovery/g)).toHaveLength(1);
  });
});
