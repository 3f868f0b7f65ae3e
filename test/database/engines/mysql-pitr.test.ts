import * as fs from 'node:fs';
import { itUnless } from '../../support/needs';
import { MYSQL, MYSQL_MISSING } from '../../support/real-mysql';
import { Running } from '../../support/real-server';
import { forgetTemplate, programPath, RealSql } from '../../support/real-sql';

/** Dumps, the archive of the binary log and restores, with a real server of this machine: docs/states/backup.md names these cases. */
const test = itUnless(MYSQL_MISSING);
jest.setTimeout(300_000); // on a busy machine

let mysql: RealSql;
let archiver: Running;
let written: number;
beforeEach(async () => {
  if (MYSQL_MISSING !== undefined) return;
  mysql = new RealSql(MYSQL);
  written = 0;
  await mysql.found();
  mysql.sql('create table data (id int primary key)');
});
afterEach(() => mysql?.end());
afterAll(forgetTemplate);

const LOG = 'store/shop/log';
const COUNT = 'select count(*), max(id) from data';
const runs = () => mysql.list(LOG);
const files = (run: string) => mysql.list(`${LOG}/${run}`).filter(name => name.startsWith('binlog.'));
const all = () => `${written}\t${written}`;

/** Each statement is acknowledged when it returns. */
function write(rows = 5): void {
  for (let i = 0; i < rows; i++) mysql.sql(`insert into data values (${++written})`);
}
async function startArchiver(): Promise<void> {
  archiver = mysql.archive();
  await archiver.said('receiving the binary log');
}
/** The beginning of a second, after everything that was written so far, and before anything that comes. */
async function moment(): Promise<string> {
  await new Promise(resolve => setTimeout(resolve, 1000 - Date.now() % 1000 + 20));
  return `${new Date().toISOString().slice(0, 19)}.000000Z`;
}
function backUp(): string {
  const { status, stderr } = mysql.backup();
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
}
async function restored(env: NodeJS.ProcessEnv, statements: string[], options?: string[]): Promise<string[]> {
  const { status, stderr, answers } = await mysql.restore(env, statements, options);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return answers;
}
async function refused(env: NodeJS.ProcessEnv, reason: RegExp): Promise<void> {
  const { status, stderr } = await mysql.restore(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
}

describe('a restore', () => {
  test('to a point in time has everything acknowledged by then, and nothing later; the archiver killed and the server killed leave no gap', async () => {
    await startArchiver();
    write();
    const dump = backUp();
    mysql.sql('create table later (id int primary key); insert into later values (7)');
    write();
    await archiver.kill();
    write();
    mysql.sql('flush binary logs');
    write();
    mysql.sql('flush binary logs');
    await startArchiver();
    write();
    await mysql.stop('SIGKILL');
    await mysql.start();
    write();
    const time = await moment();
    mysql.sql('drop table data');
    await mysql.archived(runs()[0]);
    expect(runs()).toHaveLength(1);
    expect(files(runs()[0])).toEqual(['binlog.000001', 'binlog.000002', 'binlog.000003', 'binlog.000004.partial']);
    expect(await restored({ UNTIL: time }, [COUNT, 'select id from later'])).toEqual([all(), '7']);
    expect(await restored({}, ["select count(*) from information_schema.tables where table_schema = 'app' and table_name = 'data'"])).toEqual(['0']);
    expect(await restored({ BACKUP: dump }, [COUNT])).toEqual(['5\t5']);
  });

  test('has what was committed by then, not what began by then', async () => {
    await startArchiver();
    backUp();
    const time = await moment();
    mysql.sql('set timestamp = 1; insert into data values (1)'); // whose events claim to be of 1970
    await mysql.archived(runs()[0]);
    expect(await restored({ UNTIL: time }, [COUNT])).toEqual(['0\tNULL']);
    expect(await restored({}, [COUNT])).toEqual(['1\t1']);
  });

  test('to a time at which nobody wrote, and none beyond the archive or before the first dump', async () => {
    const early = await moment();
    await startArchiver();
    backUp();
    write();
    await mysql.archived(runs()[0]);
    await moment();
    const quiet = await moment();
    await moment();
    await mysql.archived(runs()[0]);
    expect(await restored({ UNTIL: quiet }, [COUNT])).toEqual([all()]);
    await refused({ UNTIL: '2099-01-01T00:00:00.000000Z' }, /the archive ends before 2099-01-01T00:00:00.000000Z: its last event is of 20\d\d-.*, and it has everything up to 20/);
    await refused({ UNTIL: early }, /no dump ended before/);
  });

  test('has all that is of the database, however its connection was, and nothing else; accounts are those of the new database', async () => {
    await startArchiver();
    mysql.sql('create event old on schedule every 1 second do delete from data');
    backUp();
    mysql.sql("create database other; create table other.t (id int); insert into other.t values (1); grant select on app.* to app@'%'; create user reader; alter user app identified by 'x'");
    mysql.sql('drop event app.old; insert into app.data values (1); alter table app.data add more int; create procedure app.two() select 2; create event app.e on schedule every 1 day do select 1;'
      + ' create procedure one() select 1; create event e on schedule every 1 day do select 1; create view v as select 1; create trigger t before insert on t for each row set new.id = 1', { database: 'other' });
    mysql.sql('create procedure other.three() select 3; drop procedure other.one; drop event if exists other.e; create view seen as select id from data; drop database other; create database other; create procedure other.one() select 1');
    await mysql.archived(runs()[0]);
    const questions = ['select more, count(*) from data group by 1', 'select count(*) from seen', 'select routine_name from information_schema.routines where routine_schema = "app"',
      "select event_name, status from information_schema.events where event_schema = 'app'", "select count(*) from information_schema.schemata where schema_name = 'other'",
      "select user from mysql.user where user = 'reader'", "select count(*) from mysql.user where user = 'app'", 'select @@global.gtid_executed', 'show replica status'];
    const expected = ['NULL\t1', '1', 'two', 'e\tENABLED', '0', '', '1', '', ''];
    expect(await restored({}, questions)).toEqual(expected);
    expect(await restored({}, questions, ['--skip-log-bin', '--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'])).toEqual(expected);
  });

  test('is refused where a statement cannot be applied', async () => {
    mysql.sql('create database other; create table other.t (id int)', { database: '' });
    await startArchiver();
    backUp();
    const time = await moment();
    mysql.sql('create view seen as select * from other.t');
    await mysql.archived(runs()[0]);
    await refused({}, /the binary log could not be replayed: [^]*(Table 'other.t' doesn't exist|Unknown database 'other')/);
    expect(await restored({ UNTIL: time }, [COUNT])).toEqual(['0\tNULL']);
  });

  test('is refused where the archive has a gap, is damaged, or is of another history', async () => {
    await startArchiver();
    backUp();
    for (let i = 0; i < 3; i++) {
      write();
      mysql.sql('flush binary logs');
    }
    write();
    await mysql.archived(runs()[0]);
    await archiver.kill();
    const folder = mysql.file(`${LOG}/${runs()[0]}`);
    const second = fs.readFileSync(`${folder}/binlog.000002`);
    const change = (bytes: Buffer) => fs.writeFileSync(`${folder}/binlog.000002`, bytes);
    fs.rmSync(`${folder}/binlog.000002`);
    await refused({}, /the archive has a gap in .* before binlog.000003/);
    change(Buffer.concat([second.subarray(0, second.length - 100), Buffer.alloc(100)]));
    await refused({}, /binlog.000002: no event at position \d+.\n.*the archive is damaged: binlog.000002 cannot be read/);
    change(second.subarray(0, second.length - 200));
    await refused({}, /the archive has a gap: binlog.000003 begins after the transactions/);
    const flipped = Buffer.from(second);
    flipped[flipped.length - 100] = 255 - flipped[flipped.length - 100]; // in the rows of the last transaction
    change(flipped);
    await refused({}, /the binary log could not be replayed: .*(checksum|crc|read failure)/i);
    fs.copyFileSync(`${folder}/binlog.000001`, `${folder}/binlog.000002`);
    await refused({}, /the archive has a gap: binlog.000002 begins after the transactions/);
    change(second);
    expect(await restored({}, [COUNT])).toEqual([all()]);
    const dump = mysql.file(`store/shop/${mysql.list('store/shop').filter(name => name !== 'log')[0]}/BACKUP`);
    const facts = fs.readFileSync(dump, 'utf8');
    fs.writeFileSync(dump, facts.replace(/log-gtid: .*/, 'log-gtid: 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9'));
    await refused({}, /the log of another history than the dump/);
    fs.writeFileSync(dump, facts.replace(/log-position: \d+/, 'log-position: 200'));
    await refused({}, /another history than the dump .*: no event begins at position 200/);
    fs.writeFileSync(dump, facts);
    fs.rmSync(`${folder}/binlog.000001`);
    await refused({}, /does not have the log of the dump .*: binlog.000001 is missing/);
  });

  test('of an archive that ends within a transaction has those before it', async () => {
    await startArchiver();
    backUp();
    write();
    await mysql.archived(runs()[0]);
    await archiver.kill();
    const file = mysql.file(`${LOG}/${runs()[0]}/binlog.000001.partial`);
    fs.truncateSync(file, fs.statSync(file).size - 20);
    expect(await restored({}, [COUNT])).toEqual(['4\t4']);
  });
});

describe('a dump', () => {
  test('has its exact position while others write', async () => {
    await startArchiver();
    mysql.sql('create table many (id int auto_increment primary key, x int)');
    const writers = [1, 2, 3].map(() => mysql.inBackground('insert into many (x) values (1); '.repeat(3000)));
    await new Promise(resolve => setTimeout(resolve, 500));
    backUp();
    await Promise.all(writers);
    await mysql.archived(runs()[0]);
    const [count, dumped] = [mysql.sql('select count(*) from many'), (await restored({ BACKUP: mysql.list('store/shop')[0] }, ['select count(*) from many']))[0]];
    expect(Number(dumped)).toBeLessThan(9000);
    expect(count).toBe('9000');
    expect(await restored({}, ['select count(*) from many'])).toEqual([count]);
  });

  test('fails behind a statement that runs for long, and does not hold up writes for as long', async () => {
    mysql.tool('mysqldump', `sed -i 's/timeout = 60/timeout = 2/' "\${1#--defaults-extra-file=}"; exec ${programPath('mysqldump')} "$@"`);
    write();
    const slow = mysql.inBackground('select sleep(2) from data');
    await new Promise(resolve => setTimeout(resolve, 1000));
    expect(mysql.backup()).toMatchObject({ status: 1, stderr: expect.stringContaining('Lock wait timeout exceeded') as string });
    await slow;
    backUp();
  });
});

describe('the archiver', () => {
  test('begins a run where the server does not keep what follows, and is ready again once a dump belongs to it', async () => {
    await startArchiver();
    backUp();
    write();
    await mysql.archived(runs()[0]);
    expect(mysql.notReady()).toBe('');
    await archiver.kill();
    write();
    mysql.sql('flush binary logs');
    // The server keeps the file while it does not know yet that the connection is gone.
    do mysql.sql("flush binary logs; purge binary logs to 'binlog.000003'"); while (mysql.sql('show binary logs').includes('binlog.000001'));
    write();
    archiver = mysql.archive();
    await archiver.said('does not have the file binlog.000001 any more');
    await archiver.said('receiving the binary log');
    expect(runs()).toHaveLength(2);
    await mysql.archived(runs()[1]);
    expect(mysql.notReady()).toMatch(/^No dump was made since a gap in the archive/);
    await refused({}, /the archive has a gap after the newest dump/);
    backUp();
    write();
    await mysql.archived(runs()[1]);
    await mysql.ready();
    expect(await restored({}, [COUNT])).toEqual([all()]);
  });

  test('begins a run where the server is another one', async () => {
    await startArchiver();
    const dump = backUp();
    write();
    await mysql.archived(runs()[0]);
    await mysql.stop('SIGKILL');
    await mysql.found(); // another port too, so that the archiver is started anew
    mysql.sql('create table data (id int primary key)');
    await archiver.kill();
    written = 0;
    write(9);
    archiver = mysql.archive();
    await archiver.said('the server has the server_uuid');
    expect(runs()).toHaveLength(2);
    await refused({}, /the archive has a gap after the newest dump/);
    expect(await restored({ BACKUP: dump }, [COUNT])).toEqual(['0\tNULL']);
    backUp();
    await mysql.archived(runs()[1]);
    expect(await restored({}, [COUNT])).toEqual([all()]);
  });

  test('begins a run where the volume was restored, even if the same number of equal transactions followed', async () => {
    await mysql.stop();
    fs.cpSync(mysql.file('data'), mysql.file('copy'), { recursive: true });
    await mysql.start();
    await startArchiver();
    backUp();
    write();
    await mysql.archived(runs()[0]);
    await archiver.kill();
    await mysql.stop();
    fs.rmSync(mysql.file('data'), { recursive: true });
    fs.renameSync(mysql.file('copy'), mysql.file('data'));
    await mysql.start();
    written = 100;
    write();
    archiver = mysql.archive();
    await archiver.said('it is another server, or was restored from an older state');
    expect(runs()).toHaveLength(2);
    await refused({}, /the archive has a gap after the newest dump/);
  });

  test('waits while the server rejects its password, and goes on when it has it', async () => {
    mysql.setPassword('another');
    archiver = mysql.archive();
    await archiver.said('does not answer: ERROR 1045');
    expect(runs()).toEqual([]);
    expect(mysql.notReady()).toBe('The binary log of the server is not received.');
    await mysql.stop();
    await mysql.start();
    await archiver.said('receiving the binary log');
    backUp();
  });

  test('connects anew where a connection is stalled', async () => {
    mysql.tool('mysqlbinlog', `[ -e "$STATE/stalled" ] || { touch "$STATE/stalled"; exec sleep 1000; }; exec ${programPath('mysqlbinlog')} "$@"`);
    archiver = mysql.archive({ PATIENCE: '2' });
    await archiver.said('nothing was received for 2 s: connecting anew');
    backUp();
    write();
    await mysql.archived(runs()[0]);
    expect(await restored({}, [COUNT])).toEqual([all()]);
  });

  test('on a full volume says so, is not ready, and goes on when there is room', async () => {
    mysql.tool('mysqlbinlog', `[ ! -e "$STATE/full" ] || { echo "Could not write into log file" >&2; exit 1; }; exec ${programPath('mysqlbinlog')} "$@"`);
    fs.writeFileSync(mysql.file('state/full'), '');
    archiver = mysql.archive();
    await archiver.said('Could not write into log file');
    await archiver.said('not receiving any more: see above for the reason. Free:');
    expect(mysql.notReady()).toBe('The binary log of the server is not received.');
    fs.rmSync(mysql.file('state/full'));
    backUp();
    write();
    await mysql.archived(runs()[0]);
    expect(await restored({}, [COUNT])).toEqual([all()]);
  });

  test('says that its image has no tool for it', async () => {
    fs.appendFileSync(mysql.file('files/log-client.sh'), 'PROGRAMS+=(no-such-program)\n');
    archiver = mysql.archive();
    await archiver.said('the image of this container does not have the program no-such-program');
  });
});
