/** @beside-others */
import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { archiveReaches, UTC_NOW } from '../support/binary-log-archive';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, say, sleep } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, BackupMethod, DatabaseEngine, MysqlVersion, PersistentVolumeClaim, RestoreSource, StatefulDatabase } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const version = MysqlVersion.V9_7;
/** One with `mysqlbinlog`, which the official image does not have; the one of these tests, which stands for it, has it. */
const tools = process.env.MYSQL_TOOLS_IMAGE ?? version._image;
const missing = imageMissing(version._image) ?? imageMissing(tools);
const test = itUnless(missing);

describe('a table of MySQL that was dropped', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  function manifests(restored: { [id: string]: (destination: BackupDestination) => RestoreSource } = {}) {
    const chart = newChart(namespace.name);
    const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) }));
    const props = {
      engine: DatabaseEngine.mysql({ version }),
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(768) } },
    };
    for (const [id, restoreFrom] of Object.entries(restored)) new StatefulDatabase(chart, id, { ...props, restoreFrom: restoreFrom(destination) });
    if (Object.keys(restored).length > 0) return synth(chart);
    const orders = new StatefulDatabase(chart, 'Orders', { ...props, parameters: { log_bin: 'binlog', gtid_mode: 'ON' } });
    orders.archiveLog('Log', { destination, image: tools });
    orders.addBackup('Nightly', { schedule: Cron.daily(), destination });
    return synth(chart);
  }
  const sql = async (pod: string, statement: string) => (await kubectl.exec(pod, [
    'bash', '-c', 'MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password) mysql -u app app -BNe "$1"', 'sh', statement,
  ], { container: 'mysql' })).trim();
  const ready = (set: string) => kubectl.wait(`statefulset/${set}`, 'jsonpath={.status.readyReplicas}=1', 240);

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('mysqllog', cluster);
    kubectl = namespace.kubectl;
    for (const [set, password] of [['orders', "p:a\\s 's$(w)"], ['restored', 'another'], ['newest', 'a third']]) {
      await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, '--from-literal=username=app', `--from-literal=password=${password}`]);
    }
    await kubectl.apply(manifests());
    await measure('MySQL from apply to ready, with its archiver', async () => { await ready('orders'); await ready('orders-log'); });
  });
  afterAll(async () => { await namespace?.delete({ wait: false }); });

  test('is there in a new database, with all rows: the archiver was deleted and the server restarted meanwhile', async () => {
    await sql('orders-0', 'create table ack (id int primary key)');
    await kubectl.run(['create', 'job', '--from=cronjob/orders-nightly', 'first']);
    await measure('a dump', () => kubectl.wait('job/first', 'condition=complete', 120));
    /** Those that were acknowledged, one statement each, until the server goes away. */
    const acknowledged: number[] = [];
    const insert = async (from: number) => {
      for (const line of (await sql('orders-0', Array.from({ length: 50 }, (_, i) => `insert into ack values (${from + i}); select ${from + i};`).join(' '))).split('\n')) {
        acknowledged.push(Number(line));
      }
    };
    await insert(0);
    await kubectl.delete('pod', 'orders-log-0', '--grace-period=1');
    await insert(50);
    await kubectl.delete('pod', 'orders-0');
    await kubectl.wait('pod/orders-0', 'condition=Ready', 240);
    await ready('orders');
    await insert(100);
    await sleep(2);
    const time = await sql('orders-0', UTC_NOW);
    await sleep(2);
    await sql('orders-0', 'drop table ack; create table after_it (id int primary key); insert into after_it values (1)');
    await ready('orders-log');
    await archiveReaches(kubectl, await sql('orders-0', UTC_NOW));
    expect(await kubectl.logs('orders-log-0', '--container=archive')).not.toContain('beginning the run'); // the archiver was deleted: its new Pod continued the run

    await kubectl.delete('statefulset', 'orders', 'orders-log');
    await kubectl.delete('pvc', 'data-orders-0');
    await kubectl.apply(manifests({
      Restored: destination => RestoreSource.pointInTime(destination, 'orders', time, BackupMethod.DUMP),
      Newest: destination => RestoreSource.latest(destination, 'orders'),
    }));
    await measure('restored to a point in time, from apply to ready', () => ready('restored')).catch(async error => {
      say(await kubectl.logs('restored-0', '--all-containers', '--tail=40'));
      throw error;
    });
    await ready('newest');
    expect(acknowledged).toHaveLength(150);
    expect((await sql('restored-0', 'select id from ack order by id')).split('\n').map(Number)).toEqual(acknowledged);
    expect(await sql('restored-0', 'show tables')).toBe('ack');
    expect(await sql('newest-0', 'show tables')).toBe('after_it');
  });
});
