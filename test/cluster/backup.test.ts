/** @beside-others */
import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { damager } from '../support/damager';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, say } from '../support/progress';
import { paste, runbook } from '../support/runbook';
import { TestNamespace } from '../support/test-namespace';
import {
  BackupDestination, BackupMethod, DatabaseEngine, IDatabaseEngine, MariadbVersion, MysqlVersion, PersistentVolumeClaim, PostgresVersion,
  RestoreSource, StatefulDatabase,
} from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const [runOneNow] = runbook('docs/backup.md', 'Run a backup now', 1);
const resources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(768) } };

/** A product, its image, and how a test asks its server something. */
interface Product {
  readonly name: string;
  readonly engine: IDatabaseEngine;
  readonly image: string;
  readonly size: Size;
  readonly ask: (statement: string, database?: string) => string[];
  /** What a dump must carry beside rows. */
  readonly odd: string[];
  readonly check: [statement: string, answer: string, database?: string][];
  /** Whether its files are copied in this test, too. */
  readonly copied?: boolean;
}

const MYSQL_ROOT = (client: string) => (statement: string) =>
  ['bash', '-c', `MYSQL_PWD=$(<"$0") ${client} --protocol=socket -u root -N -B app -e "$1"`, '/etc/cdk8s-stateful/credentials/password', statement];

const PRODUCTS: Product[] = [{
  name: 'postgres',
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  image: PostgresVersion.V17._image,
  size: Size.gibibytes(1),
  ask: (statement, database = 'app') => ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', database, '-c', statement],
  odd: ['create role "o\'dd ""role"" \\x" login', 'create database "o\'dd ""db"" \\x" owner "o\'dd ""role"" \\x"', 'grant select on data to "o\'dd ""role"" \\x"'],
  check: [
    ['select datname, rolname from pg_database d join pg_roles r on r.oid = d.datdba where datname like \'o\'\'dd%\'', 'o\'dd "db" \\x|o\'dd "role" \\x'],
    ['select grantee from information_schema.role_table_grants where table_name = \'data\' and grantee like \'o\'\'dd%\'', 'o\'dd "role" \\x'],
  ],
}, {
  name: 'mariadb',
  engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
  image: MariadbVersion.V11_8._image,
  size: Size.gibibytes(1),
  ask: MYSQL_ROOT('mariadb'),
  odd: ['create table `o dd` (b blob)', "insert into `o dd` values (x'00ff27')"],
  check: [['select hex(b) from `o dd`', '00FF27']],
  copied: true,
}, {
  name: 'mysql',
  engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }),
  image: MysqlVersion.V9_7._image,
  size: Size.gibibytes(2),
  ask: MYSQL_ROOT('mysql'),
  odd: ['create table `o dd` (b blob)', "insert into `o dd` values (x'00ff27')"],
  check: [['select hex(b) from `o dd`', '00FF27']],
  copied: true,
}];

describe.each(PRODUCTS)('a backup of $name', ({ name, engine, image, size, ask, odd, check, copied = false }) => {
  const missing = imageMissing(image);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  const sql = async (pod: string, statement: string, database?: string) =>
    (await kubectl.exec(pod, ask(statement, database), { container: name })).trim();

  function manifests(restoreFrom?: RestoreSource, id = 'Restored') {
    const chart = newChart(namespace.name);
    const claim = new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) });
    const props = { engine, storage: { size }, resources, databaseName: 'app' };
    const orders = new StatefulDatabase(chart, 'Orders', props);
    const verify = { schedule: Cron.weekly(), query: 'select id from data where id < 3', scratchSize: size };
    const backup = orders.addBackup('Nightly', { schedule: Cron.daily(), destination: BackupDestination.claim(claim), keep: { count: 2 }, verify });
    const copies = copied ? orders.addBackup('Weekly', { schedule: Cron.weekly(), destination: copiesIn(chart), method: BackupMethod.PHYSICAL, verify }) : undefined;
    if (restoreFrom !== undefined) new StatefulDatabase(chart, id, { ...props, restoreFrom });
    return { manifests: synth(chart), backup, copies };
  }
  /** A claim of its own, which is made on the node where the first Job runs: that of the server. */
  const copiesIn = (chart: Chart) => BackupDestination.claim(new PersistentVolumeClaim(chart, 'Copies', { size: Size.gibibytes(1) }));
  const ready = (set: string) => kubectl.wait(`statefulset/${set}`, 'jsonpath={.status.readyReplicas}=1', 180);
  async function backUp(job: string, cronJob = 'orders-nightly'): Promise<string> {
    await kubectl.run(['create', 'job', `--from=cronjob/${cronJob}`, job]);
    await kubectl.wait(`job/${job}`, 'condition=complete', 180);
    return /backup (\S+) is complete/.exec(await kubectl.logsOfJob(job))?.[1] ?? '';
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create(`backup-${name}`, cluster);
    kubectl = namespace.kubectl;
    for (const [set, password] of [['orders', "p:a\\s 's$(w)"], ['restored', 'another'], ['copied', 'a third']]) {
      await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, '--from-literal=username=app', `--from-literal=password=${password}`]);
    }
    await kubectl.apply(manifests().manifests);
    await measure(`${name} from apply to ready`, () => ready('orders'));
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('is restored into a new database with its rows as they were, and odd names; a later backup too', async () => {
    await sql('orders-0', 'create table data (id int primary key)');
    await sql('orders-0', 'insert into data values (1), (2), (3)');
    for (const statement of odd) await sql('orders-0', statement);
    const first = await backUp('first');
    await sql('orders-0', 'insert into data values (4)');
    await paste(runOneNow, { kubeconfig: cluster.kubeconfig, namespace: namespace.name });
    const [, second = ''] = /backup (\S+) is complete/.exec(await kubectl.logsOfJob('orders-before-upgrade')) ?? [];
    await sql('orders-0', 'delete from data');
    expect(first < second).toBe(true);

    await kubectl.apply(manifests(manifests().backup.named(first)).manifests);
    await measure(`${name} restored from a volume, from apply to ready`, () => ready('restored')).catch(async error => {
      say(await kubectl.logs('restored-0', '-c', 'prepare', '--previous'));
      throw error;
    });
    expect((await sql('restored-0', 'select id from data order by id')).split('\n')).toEqual(['1', '2', '3']);
    for (const [statement, answer, database] of check) expect(await sql('restored-0', statement, database)).toBe(answer);

    // What it has now is its own: another start does not restore again.
    await sql('restored-0', 'insert into data values (5)');
    await kubectl.delete('pod', 'restored-0');
    await kubectl.wait('pod/restored-0', 'condition=Ready', 180);
    await ready('restored');
    expect((await sql('restored-0', 'select id from data order by id')).split('\n')).toEqual(['1', '2', '3', '5']);
  });

  test('is verified when it is whole, and found when it is damaged', async () => {
    await sql('orders-0', 'insert into data values (1)');
    await backUp('third');
    await kubectl.run(['create', 'job', '--from=cronjob/orders-nightly-verify', 'whole']);
    await measure(`a backup of ${name} verified`, () => kubectl.wait('job/whole', 'condition=complete', 180));
    expect(await kubectl.logsOfJob('whole')).toMatch(/orders: verified: the backup \S+ \(\S+, 0 h old\) restores in \d+ s, .*the query returned 1 row\(s\)\.$/m);
    if (name !== 'postgres') return; // the same scripts

    await kubectl.apply([damager(image, 'orders', '*.dump')]);
    await kubectl.wait('pod/damager', 'jsonpath={.status.phase}=Succeeded', 60);
    await kubectl.run(['create', 'job', '--from=cronjob/orders-nightly-verify', 'damaged']);
    await kubectl.wait('job/damaged', 'condition=failed', 120);
    expect(await kubectl.logs('job/damaged', '-c', 'prepare')).toContain('is damaged: its checksums differ. Name an earlier one:');
  });

  if (!copied) return;
  test('of its files is restored into a new database with the password of that, and verified', async () => {
    await kubectl.delete('statefulset', 'restored'); // for the memory
    await sql('orders-0', 'create table copied (id int primary key)');
    await sql('orders-0', 'insert into copied values (1), (2)');
    await measure(`a physical backup of ${name}`, () => backUp('copy', 'orders-weekly')).catch(async error => {
      say(await kubectl.logs('job/copy', '--tail=40'));
      throw error;
    });
    await sql('orders-0', 'delete from copied');
    await kubectl.run(['create', 'job', '--from=cronjob/orders-weekly-verify', 'copy-verified']);
    await kubectl.apply(manifests(manifests().copies?.latest(), 'Copied').manifests);
    await measure(`${name} restored from its files, from apply to ready`, () => ready('copied')).catch(async error => {
      say(await kubectl.logs('copied-0', '-c', 'restore', '--tail=40'));
      throw error;
    });
    expect((await sql('copied-0', 'select id from copied order by id')).split('\n')).toEqual(['1', '2']);
    expect(await sql('copied-0', "select count(*) from mysql.user where user like 'stateful%'")).toBe('0');
    await kubectl.wait('job/copy-verified', 'condition=complete', 180).catch(async error => {
      await namespace.report();
      say(await kubectl.logs('job/copy-verified', '--all-containers', '--tail=20').catch(String));
      throw error;
    });
    expect(await kubectl.logsOfJob('copy-verified')).toMatch(/orders: verified: the backup \S+ /);
  });
});
