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
import { BackupDestination, BackupMethod, DatabaseEngine, MariadbVersion, PersistentVolumeClaim, RestoreSource, StatefulDatabase } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = imageMissing(MariadbVersion.V11_8._image);
const test = itUnless(missing);

describe('a table of MariaDB that was dropped', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  function manifests(restoreFrom?: (destination: BackupDestination) => RestoreSource) {
    const chart = newChart(namespace.name);
    const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) }));
    const props = {
      engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } },
    };
    if (restoreFrom !== undefined) {
      new StatefulDatabase(chart, 'Restored', { ...props, restoreFrom: restoreFrom(destination) });
      return synth(chart);
    }
    const orders = new StatefulDatabase(chart, 'Orders', { ...props, parameters: { log_bin: 'binlog' } });
    orders.archiveLog('Log', { destination });
    orders.addBackup('Nightly', { schedule: Cron.daily(), destination });
    return synth(chart);
  }
  const sql = async (pod: string, statement: string) => (await kubectl.exec(pod, [
    'bash', '-c', 'MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password) mariadb -u app app -BNe "$1"', 'sh', statement,
  ], { container: 'mariadb' })).trim();
  const ready = (set: string) => kubectl.wait(`statefulset/${set}`, 'jsonpath={.status.readyReplicas}=1', 180);

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('binlog', cluster);
    kubectl = namespace.kubectl;
    for (const [set, password] of [['orders', "p:a\\s 's$(w)"], ['restored', 'another']]) {
      await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, '--from-literal=username=app', `--from-literal=password=${password}`]);
    }
    await kubectl.apply(manifests());
    await measure('MariaDB from apply to ready, with its archiver', async () => { await ready('orders'); await ready('orders-log'); });
  });
  afterAll(async () => { await namespace?.delete({ wait: false }); });

  test('is there in a new database, with all rows: the archiver was deleted and the server restarted meanwhile', async () => {
    await sql('orders-0', 'create table ack (id int primary key)');
    await kubectl.run(['create', 'job', '--from=cronjob/orders-nightly', 'first']);
    await measure('a dump', () => kubectl.wait('job/first', 'condition=complete', 120));
    const insert = (from: number) => sql('orders-0', Array.from({ length: 50 }, (_, i) => `insert into ack values (${from + i});`).join(' '));
    await insert(0);
    await kubectl.delete('pod', 'orders-log-0', '--grace-period=1');
    await insert(50);
    await kubectl.delete('pod', 'orders-0');
    await kubectl.wait('pod/orders-0', 'condition=Ready', 180);
    await ready('orders');
    await insert(100);
    await sleep(2);
    const time = await sql('orders-0', UTC_NOW);
    await sleep(2);
    await sql('orders-0', 'drop table ack');
    await ready('orders-log');
    await archiveReaches(kubectl, await sql('orders-0', UTC_NOW));

    await kubectl.delete('statefulset', 'orders', 'orders-log');
    await kubectl.delete('pvc', 'data-orders-0');
    await kubectl.apply(manifests(destination => RestoreSource.pointInTime(destination, 'orders', time, BackupMethod.DUMP)));
    await measure('restored to a point in time, from apply to ready', () => ready('restored')).catch(async error => {
      say(await kubectl.logs('restored-0', '--all-containers', '--tail=40'));
      throw error;
    });
    expect(await sql('restored-0', 'select count(*), min(id), max(id) from ack')).toBe('150\t0\t149');
  });
});
