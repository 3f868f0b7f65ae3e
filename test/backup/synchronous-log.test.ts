import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Chart, Cron, Size } from 'cdk8s';
import { find, newChart, synth, yaml } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import {
  BackupDestination, BackupMethod, DatabaseEngine, LogArchiveProps, MariadbVersion, MysqlVersion, PersistentVolumeClaim, PostgresVersion,
  StatefulDatabase, StatefulDatabaseProps,
} from 'cdk8s-stateful';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const postgres = DatabaseEngine.postgres({ version: PostgresVersion.V17 });

function database(props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart('shop');
  const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(10) }));
  const orders = new StatefulDatabase(chart, 'Orders', { engine: postgres, storage: { size: Size.gibibytes(20) }, readReplicas: 1, ...props });
  return { chart, orders, destination, log: (more: Partial<LogArchiveProps> = {}) => orders.archiveLog('Log', { destination, synchronous: true, ...more }) };
}
const podOf = (chart: Chart, kind: string, name: string) => {
  const { spec } = find(chart, kind, name) as Json;
  return (spec.jobTemplate?.spec ?? spec).template.spec as Json;
};
const filesOf = (chart: Chart, set: string) => {
  const name = mountedConfig(chart, set, 'files');
  return synth(chart).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.data as Record<string, string>;
};
const variablesOf = (chart: Chart) => podOf(chart, 'StatefulSet', 'orders-log').containers[0].env as Json[];

test('commits of the members wait for the Pod that archives, which knows it', () => {
  const { chart, log } = database();
  log();
  expect(filesOf(chart, 'orders').archiver).toBe('orders-log-0');
  expect(variablesOf(chart)).toContainEqual({ name: 'SYNCHRONOUS', value: 'on' });
});

test('the Pod that archives is known by the name that it was given', () => {
  const { chart, log } = database();
  log({ name: 'journal' });
  expect(filesOf(chart, 'orders').archiver).toBe('journal-0');
});

test('without it, an archive changes nothing in the database, and with it only the files', () => {
  const rendered = (archive: (parts: ReturnType<typeof database>) => unknown) => {
    const parts = database();
    archive(parts);
    return { set: find(parts.chart, 'StatefulSet', 'orders') as Json, files: filesOf(parts.chart, 'orders'), variables: variablesOf(parts.chart) };
  };
  const asynchronous = rendered(({ log }) => log({ synchronous: false }));
  expect(asynchronous.files).toEqual(rendered(({ orders, destination }) => orders.archiveLog('Log', { destination })).files);
  expect(Object.keys(asynchronous.files)).not.toContain('archiver');
  expect(asynchronous.variables.map(({ name }) => name as string)).not.toContain('SYNCHRONOUS');
  const { set } = rendered(({ log }) => log());
  const server = ({ spec }: Json) => spec.template.spec.containers as Json[];
  expect(server(set)).toEqual(server(asynchronous.set));
});

test('nothing waits that is made from the backups: a restored database, and the server of a verification', () => {
  const { chart, orders, log, destination } = database();
  log();
  const weekly = orders.addBackup('Weekly', { schedule: Cron.weekly(), destination, method: BackupMethod.PHYSICAL, verify: { schedule: Cron.weekly() } });
  new StatefulDatabase(chart, 'Restored', { engine: postgres, storage: { size: Size.gibibytes(20) }, restoreFrom: weekly.latest() });
  expect(Object.keys(filesOf(chart, 'restored'))).not.toContain('archiver');
  const verification = podOf(chart, 'CronJob', 'orders-weekly-verify');
  const configs = (verification.volumes as Json[]).flatMap(({ configMap }) => configMap === undefined ? [] : [configMap.name as string]);
  expect(configs).not.toContain(mountedConfig(chart, 'orders', 'files'));
});

test('the same app gives the same bytes', () => {
  const make = () => {
    const { chart, log } = database();
    log();
    return yaml(chart);
  };
  expect(make()).toBe(make());
});

const binaryLog = { readReplicas: 0, parameters: { log_bin: 'binlog', gtid_mode: 'ON' } };
const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V9_7 });
const mariadb = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });
const cannotWait = /'synchronous' is true, but no transaction of MySQL and MariaDB can wait for the archiver/;
const other = DatabaseEngine.of({
  name: 'other',
  design: request => {
    const { physical, ...design } = postgres.design(request);
    return { ...design, physical: physical && { ...physical, log: physical.log && { ...physical.log, synchronousFiles: undefined } } };
  },
});
test.each<[string, Partial<StatefulDatabaseProps>, Partial<LogArchiveProps>, RegExp]>([
  ['beside standbys that commits wait for', { parameters: { synchronous_standby_names: '"orders-1"' } }, {},
    /test\/Orders.*'synchronous_standby_names' is '"orders-1"': the server has one list for standbys and the archiver, in which a standby could stand in for the archiver.*Omit/s],
  ['of a server that waits for nobody', { parameters: { synchronous_commit: 'OFF' } }, {}, /'synchronous_commit' is 'OFF', with which commits would not wait until/],
  ['of a server that waits for a write only', { parameters: { synchronous_commit: 'remote_write' } }, {}, /'remote_write', with which commits would not wait until the archive has them on disk/],
  ['of a server that waits until the log is applied', { parameters: { synchronous_commit: 'remote_apply' } }, {}, /would wait without end, as an archiver does not apply the log/],
  ['of MySQL', { engine: mysql, ...binaryLog }, { image: 'percona/percona-server:1' }, cannotWait],
  ['of MariaDB', { engine: mariadb, readReplicas: 0, parameters: { log_bin: 'binlog' } }, {}, cannotWait],
  ['of an engine without it', { engine: other }, {}, /the engine other does not support 'synchronous' log archives/],
])('an archive that commits wait for, %s, is refused, and nothing of it is made', (_, props, archive, message) => {
  const { orders, log } = database(props);
  const before = orders.node.findAll().length;
  expect(() => log(archive)).toThrow(message);
  expect(orders.node.findAll()).toHaveLength(before);
});
test.each(['on', 'TRUE', 'yes', '1'])("a server whose synchronous_commit is '%s' waits", value => {
  expect(database({ parameters: { synchronous_commit: value, synchronous_standby_names: ' ' } }).log().name).toBe('orders-log');
});

describe('the scripts of a member', () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synchronous-log-'));
    for (const name of ['files', 'bin', 'state', 'volume', 'volume/pgdata']) fs.mkdirSync(file(name));
    const { chart, log } = database();
    log();
    for (const [name, text] of Object.entries(filesOf(chart, 'orders'))) fs.writeFileSync(file(`files/${name}`), text);
    for (const name of ['username', 'password']) fs.writeFileSync(file(name), 'app');
    fs.writeFileSync(file('members'), '2\n');
    fs.writeFileSync(file('volume/pgdata/PG_VERSION'), '17');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const tool = (name: string, script: string) => fs.writeFileSync(file(`bin/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  const run = (script: string, hostname: string, ...args: string[]) => spawnSync('timeout', ['30', 'bash', file(`files/${script}`), ...args], {
    encoding: 'utf8',
    env: {
      PATH: `${file('bin')}:${process.env.PATH}`,
      HOSTNAME: hostname,
      STATE: file('state'),
      PGDATA: file('volume/pgdata'),
      PGPASSFILE: file('pass'),
      PGSERVICEFILE: file('service'),
      MEMBERS_FILE: file('members'),
      DECISION_FILE: file('decision'),
      POSTGRES_USER_FILE: file('username'),
      POSTGRES_PASSWORD_FILE: file('password'),
      POSTGRES_DB: 'app',
      PRIMARY_HOST: 'orders-0.invalid',
      MEMBERS_HOST: 'invalid',
    },
  });

  test('start a primary that waits for the archiver, with what else it is started with', () => {
    tool('postgres', `printf '%s\\n' "$@" >${file('arguments')}`);
    expect(run('serve.sh', 'orders-0', '--work_mem=1MB')).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('arguments'), 'utf8')).toBe('--work_mem=1MB\n-c\nsynchronous_standby_names="orders-log-0"\n');
  });

  test('start a standby as ever, which is not waited for when it stops', () => {
    fs.writeFileSync(file('state/saving'), ''); // it asks nobody
    tool('pg_controldata', 'for name in connections worker_processes wal_senders; do echo "max_$name setting: 1"; done; echo "max_prepared_xacts setting: 1"; echo "max_locks_per_xact setting: 1"');
    tool('postgres', `[ "$1" != -C ] || { echo 1; exit; }; printf '%s\\n' "$@" >${file('arguments')}`);
    expect(run('serve.sh', 'orders-1', '--work_mem=1MB')).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('arguments'), 'utf8')).not.toContain('synchronous_standby_names');
    tool('psql', 'exit 2');
    expect(run('before-stop.sh', 'orders-1', '60')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('take over the copy of a standby, which may lack acknowledged rows, only if the archive is put aside in words', () => {
    fs.rmSync(file('volume/pgdata'), { recursive: true });
    fs.writeFileSync(file('state/waiting'), '');
    tool('psql', 'cat >/dev/null; echo 0/3000000');
    tool('getent', 'echo 127.0.0.1');
    expect(run('decide.sh', 'orders-0', 'copy', 'orders-1')).toMatchObject({
      status: 1, stderr: expect.stringMatching(/^refused: commits waited for the log archive of orders-log-0, not for orders-1, which may lack the most recent ones/) as string,
    });
    expect(run('decide.sh', 'orders-0', 'copy', 'orders-1', 'anyway')).toMatchObject({ status: 1 });
    expect(fs.existsSync(file('decision'))).toBe(false);
    expect(run('decide.sh', 'orders-0', 'copy', 'orders-1', 'without-archive')).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('decision'), 'utf8')).toBe('copy orders-1\n');
    expect(run('decide.sh', 'orders-0', 'serve')).toMatchObject({ status: 1, stderr: expect.stringContaining("'serve' is not a decision for orders-0") as string });
  });
});
