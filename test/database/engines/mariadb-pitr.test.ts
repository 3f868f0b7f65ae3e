import * as fs from 'node:fs';
import { itUnless } from '../../support/needs';
import { MARIADB, MARIADB_MISSING } from '../../support/real-mariadb';
import { Running } from '../../support/real-server';
import { forgetTemplate, PASSWORD, programPath, RealSql } from '../../support/real-sql';

/** Dumps, the archive of the binary log and restores, with a real server of this machine: docs/states/backup.md names these cases. */
const test = itUnless(MARIADB_MISSING);
jest.setTimeout(300_000); // on a busy machine

let mariadb: RealSql;
let archiver: Running;
let written: number;
beforeEach(async () => {
  if (MARIADB_MISSING !== undefined) return;
  mariadb = new RealSql(MARIADB);
  written = 0;
  await mariadb.found();
  mariadb.sql('create table data (id int primary key)');
});
afterEach(() => mariadb?.end());
afterAll(forgetTemplate);

const LOG = 'store/shop/log';
const COUNT = 'select count(*), max(id) from data';
const runs = () => mariadb.list(LOG);
const files = (run: string) => mariadb.list(`${LOG}/${run}`).filter(name => name.startsWith('binlog.'));
const all = () => `${written}\t${written}`;

/** Each statement is acknowledged when it returns. */
function write(rows = 5): void {
  for (let i = 0; i < rows; i++) mariadb.sql(`insert into data values (${++written})`);
}
async function startArchiver(): Promise<void> {
  archiver = mariadb.archive();
  await archiver.said('receiving the binary log');
}
/** The beginning of a second, after everything that was written so far, and before anything that comes. */
async function moment(): Promise<string> {
  await new Promise(resolve => setTimeout(resolve, 1000 - Date.now() % 1000 + 20));
  return `${new Date().toISOString().slice(0, 19)}.000000Z`;
}
function backUp(): string {
  const { status, stderr } = mariadb.backup();
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
}
async function restored(env: NodeJS.ProcessEnv, ...statements: string[]): Promise<string[]> {
  const { status, stderr, answers } = await mariadb.restore(env, statements);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return answers;
}
async function refused(env: NodeJS.ProcessEnv, reason: RegExp): Promise<void> {
  const { status, stderr } = await mariadb.restore(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
}

describe('a restore', () => {
  test('to a point in time has everything acknowledged by then, and nothing later; the archiver killed and the server killed leave no gap', async () => {
    await startArchiver();
    write();
    const dump = backUp();
    mariadb.sql('create table later (id int primary key); insert into later values (7)');
    write();
    await archiver.kill();
    write();
    mariadb.sql('flush binary logs');
    write();
    mariadb.sql('flush binary logs');
    await startArchiver();
    write();
    await mariadb.stop('SIGKILL');
    await mariadb.start();
    write();
    const time = await moment();
    mariadb.sql('drop table data');
    await mariadb.archived(runs()[0]);
    expect(runs()).toHaveLength(1);
    expect(files(runs()[0])).toEqual(['binlog.000001', 'binlog.000002', 'binlog.000003', 'binlog.000004.partial']);
    expect(await restored({ UNTIL: time }, COUNT, 'select id from later')).toEqual([all(), '7']);
    expect(await restored({}, "select count(*) from information_schema.tables where table_schema = 'app' and table_name = 'data'")).toEqual(['0']);
    expect(await restored({ BACKUP: dump }, COUNT)).toEqual(['5\t5']);
  });

  test('to a time at which nobody wrote, and none beyond the archive or before the first dump', async () => {
    const early = await moment();
    await startArchiver();
    backUp();
    write();
    await mariadb.archived(runs()[0]);
    await moment();
    const quiet = await moment();
    await moment();
    await mariadb.archived(runs()[0]);
    expect(await restored({ UNTIL: quiet }, COUNT)).toEqual([all()]);
    await refused({ UNTIL: '2099-01-01T00:00:00.000000Z' }, /the archive ends before 2099-01-01T00:00:00.000000Z: its last event is of 20\d\d-.*, and it has everything up to 20/);
    await refused({ UNTIL: early }, /no dump ended before/);
  });

  test('has only what is of the database, and is refused where a statement on it would be left out', async () => {
    await startArchiver();
    backUp();
    mariadb.sql("create database other; create table other.t (id int); insert into other.t values (1); grant select on app.* to 'reader'@'%' identified by 'x'", { database: '' });
    mariadb.sql('insert into app.data values (1)', { database: 'other' });
    mariadb.sql('create view seen as select id from data; create trigger t before insert on data for each row set new.id = new.id');
    mariadb.sql("create user own; /* by its user */ alter user app\nidentified by 'x'; rename user own to other_own; drop user other_own; flush privileges; create view last as select 1");
    await mariadb.archived(runs()[0]);
    expect(await restored({}, 'select count(*) from seen', 'select * from last', "select count(*) from information_schema.schemata where schema_name = 'other'",
      `select authentication_string = password('${PASSWORD.replace(/[\\']/g, '\\$&')}') from mysql.user where user = 'app'`)).toEqual(['1', '1', '0', '1']);
    const time = await moment();
    mariadb.sql('/* by hand */ alter table `app` .data add more int', { database: '' });
    await mariadb.archived(runs()[0]);
    await refused({}, /a statement in binlog.000001\S* changes the database 'app' from a connection that had chosen another database, or none, and cannot be replayed: at position \d+ of .*alter table `app` .data/);
    expect(await restored({ UNTIL: time }, COUNT)).toEqual(['1\t1']);
  });

  test('is refused where the archive has a gap, is damaged, or is of another history', async () => {
    await startArchiver();
    backUp();
    for (let i = 0; i < 3; i++) {
      write();
      mariadb.sql('flush binary logs');
    }
    write();
    await mariadb.archived(runs()[0]);
    await archiver.kill();
    const folder = mariadb.file(`${LOG}/${runs()[0]}`);
    const second = fs.readFileSync(`${folder}/binlog.000002`);
    fs.rmSync(`${folder}/binlog.000002`);
    await refused({}, /the archive has a gap in .* before binlog.000003/);
    fs.writeFileSync(`${folder}/binlog.000002`, Buffer.concat([second.subarray(0, second.length - 100), Buffer.alloc(100)]));
    await refused({}, /the archive is damaged: binlog.000002 cannot be read/);
    fs.copyFileSync(`${folder}/binlog.000001`, `${folder}/binlog.000002`);
    await refused({}, /the archive has a gap: binlog.000002 does not begin after the transaction/);
    fs.writeFileSync(`${folder}/binlog.000002`, second);
    expect(await restored({}, COUNT)).toEqual([all()]);
    const dump = mariadb.file(`store/shop/${mariadb.list('store/shop').filter(name => name !== 'log')[0]}/BACKUP`);
    fs.writeFileSync(dump, fs.readFileSync(dump, 'utf8').replace(/log-gtid: .*/, 'log-gtid: 0-1-99'));
    await refused({}, /the log of another history than the dump/);
    fs.rmSync(`${folder}/binlog.000001`);
    await refused({}, /does not have the log of the dump .*: binlog.000001 is missing/);
  });
});

describe('the archiver', () => {
  test('begins a run where the server does not keep what follows, and is ready again once a dump belongs to it', async () => {
    await startArchiver();
    backUp();
    write();
    await mariadb.archived(runs()[0]);
    expect(mariadb.notReady()).toBe('');
    await archiver.kill();
    write();
    mariadb.sql('flush binary logs');
    // The server keeps the file while it does not know yet that the connection is gone.
    do mariadb.sql("flush binary logs; purge binary logs to 'binlog.000003'"); while (mariadb.sql('show binary logs').includes('binlog.000001'));
    write();
    archiver = mariadb.archive();
    await archiver.said('does not have the file binlog.000001 any more');
    await archiver.said('receiving the binary log');
    expect(runs()).toHaveLength(2);
    await mariadb.archived(runs()[1]);
    expect(mariadb.notReady()).toMatch(/^No dump was made since a gap in the archive/);
    await refused({}, /the archive has a gap after the newest dump/);
    backUp();
    write();
    await mariadb.archived(runs()[1]);
    await mariadb.ready();
    expect(await restored({}, COUNT)).toEqual([all()]);
  });

  test('begins a run where the server is another one, and never mixes both', async () => {
    await startArchiver();
    const dump = backUp();
    write();
    await mariadb.archived(runs()[0]);
    await mariadb.stop('SIGKILL');
    await mariadb.found(); // another port too, so that the archiver is started anew
    mariadb.sql('create table data (id int primary key)');
    await archiver.kill();
    written = 0;
    write(9);
    archiver = mariadb.archive();
    await archiver.said('it is another server, or was restored from an older state');
    expect(runs()).toHaveLength(2);
    await refused({}, /the archive has a gap after the newest dump/);
    expect(await restored({ BACKUP: dump }, COUNT)).toEqual(['0\tNULL']);
    backUp();
    await mariadb.archived(runs()[1]);
    expect(await restored({}, COUNT)).toEqual([all()]);
  });

  test('begins a run where the server has another server_id', async () => {
    await startArchiver();
    backUp();
    await mariadb.archived(runs()[0]);
    await mariadb.stop();
    await mariadb.start(['--server-id=7']);
    await archiver.said('the server has the server_id 7, and that of the run');
    await mariadb.archived(runs()[1]);
    expect(runs()).toHaveLength(2);
  });

  test('waits while the server rejects its password, and goes on when it has it', async () => {
    mariadb.setPassword('another');
    archiver = mariadb.archive();
    await archiver.said('does not answer: ERROR 1045');
    expect(runs()).toEqual([]);
    expect(mariadb.notReady()).toBe('The binary log of the server is not received.');
    await mariadb.stop();
    await mariadb.start();
    await archiver.said('receiving the binary log');
  });

  test('connects anew where a connection is stalled', async () => {
    mariadb.tool('mariadb-binlog', `[ -e "$STATE/stalled" ] || { touch "$STATE/stalled"; exec sleep 1000; }; exec ${programPath('mariadb-binlog')} "$@"`);
    archiver = mariadb.archive({ PATIENCE: '2' });
    await archiver.said('nothing was received for 2 s: connecting anew');
    backUp();
    write();
    await mariadb.archived(runs()[0]);
    expect(await restored({}, COUNT)).toEqual([all()]);
  });

  test('on a full volume says so, is not ready, and goes on when there is room', async () => {
    mariadb.tool('mariadb-binlog', `[ ! -e "$STATE/full" ] || { echo "No space left on device" >&2; exit 1; }; exec ${programPath('mariadb-binlog')} "$@"`);
    fs.writeFileSync(mariadb.file('state/full'), '');
    archiver = mariadb.archive();
    await archiver.said('No space left on device');
    await archiver.said('not receiving any more: see above for the reason. Free:');
    expect(mariadb.notReady()).toBe('The binary log of the server is not received.');
    fs.rmSync(mariadb.file('state/full'));
    backUp();
    write();
    await mariadb.archived(runs()[0]);
    expect(await restored({}, COUNT)).toEqual([all()]);
  });
});
