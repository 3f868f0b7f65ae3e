import * as fs from 'node:fs';
import { ArchivedSql, LOG, moment } from '../../support/archived-sql';
import { binaryLogCases } from '../../support/binary-log-cases';
import { itUnless } from '../../support/needs';
import { MYSQL, MYSQL_MISSING } from '../../support/real-mysql';
import { forgetTemplate, programPath } from '../../support/real-sql';

/** Dumps, the archive of the binary log and restores, with a real server of this machine: docs/states/backup.md names these cases. */
const test = itUnless(MYSQL_MISSING);
jest.setTimeout(300_000); // on a busy machine

let mysql: ArchivedSql;
beforeEach(async () => {
  if (MYSQL_MISSING === undefined) mysql = await ArchivedSql.create(MYSQL);
});
afterEach(() => mysql?.end());
afterAll(forgetTemplate);

binaryLogCases({ test, server: () => mysql, receiver: 'mysqlbinlog', another: 'the server has the server_uuid' });

describe('a restore', () => {
  test('has what was committed by then, not what began by then', async () => {
    await mysql.startArchiver();
    mysql.dump();
    const time = await moment();
    mysql.sql('set timestamp = 1; insert into data values (1)'); // whose events claim to be of 1970
    await mysql.archived(mysql.runs[0]);
    expect(await mysql.restored({ UNTIL: time })).toEqual(['0\tNULL']);
    expect(await mysql.restored({})).toEqual(['1\t1']);
  });

  test('has all that is of the database, however its connection was, and nothing else; accounts are those of the new database', async () => {
    await mysql.startArchiver();
    mysql.sql('create event old on schedule every 1 second do delete from data');
    mysql.dump();
    mysql.sql("create database other; create table other.t (id int); insert into other.t values (1); grant select on app.* to app@'%'; create user reader; alter user app identified by 'x'");
    mysql.sql('drop event app.old; insert into app.data values (1); alter table app.data add more int; create procedure app.two() select 2; create event app.e on schedule every 1 day do select 1;'
      + ' create procedure one() select 1; create event e on schedule every 1 day do select 1; create view v as select 1; create trigger t before insert on t for each row set new.id = 1', { database: 'other' });
    mysql.sql('create procedure other.three() select 3; drop procedure other.one; drop event if exists other.e; create view seen as select id from data; drop database other; create database other; create procedure other.one() select 1');
    await mysql.archived(mysql.runs[0]);
    const questions = ['select more, count(*) from data group by 1', 'select count(*) from seen', 'select routine_name from information_schema.routines where routine_schema = "app"',
      "select event_name, status from information_schema.events where event_schema = 'app'", "select count(*) from information_schema.schemata where schema_name = 'other'",
      "select user from mysql.user where user = 'reader'", "select count(*) from mysql.user where user = 'app'", 'select @@global.gtid_executed', 'show replica status'];
    const expected = ['NULL\t1', '1', 'two', 'e\tENABLED', '0', '', '1', '', ''];
    expect(await mysql.restored({}, questions)).toEqual(expected);
    expect(await mysql.restored({}, questions, ['--skip-log-bin', '--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'])).toEqual(expected);
  });

  test('is refused where a statement cannot be applied', async () => {
    mysql.sql('create database other; create table other.t (id int)', { database: '' });
    await mysql.startArchiver();
    mysql.dump();
    const time = await moment();
    mysql.sql('create view seen as select * from other.t');
    await mysql.archived(mysql.runs[0]);
    await mysql.refused({}, /the binary log could not be replayed: [^]*(Table 'other.t' doesn't exist|Unknown database 'other')/);
    expect(await mysql.restored({ UNTIL: time })).toEqual(['0\tNULL']);
  });

  test('is refused where the archive has a gap, is damaged, or is of another history', async () => {
    const archiver = await mysql.startArchiver();
    mysql.dump();
    for (let i = 0; i < 3; i++) {
      mysql.write();
      mysql.sql('flush binary logs');
    }
    mysql.write();
    await mysql.archived(mysql.runs[0]);
    await archiver.kill();
    const folder = mysql.file(`${LOG}/${mysql.runs[0]}`);
    const second = fs.readFileSync(`${folder}/binlog.000002`);
    const change = (bytes: Buffer) => fs.writeFileSync(`${folder}/binlog.000002`, bytes);
    fs.rmSync(`${folder}/binlog.000002`);
    await mysql.refused({}, /the archive has a gap in .* before binlog.000003/);
    change(Buffer.concat([second.subarray(0, second.length - 100), Buffer.alloc(100)]));
    await mysql.refused({}, /binlog.000002: no event at position \d+.\n.*the archive is damaged: binlog.000002 cannot be read/);
    change(second.subarray(0, second.length - 200));
    await mysql.refused({}, /the archive has a gap: binlog.000003 begins after the transactions/);
    const flipped = Buffer.from(second);
    flipped[flipped.length - 100] = 255 - flipped[flipped.length - 100]; // in the rows of the last transaction
    change(flipped);
    await mysql.refused({}, /the binary log could not be replayed: .*(checksum|crc|read failure)/i);
    fs.copyFileSync(`${folder}/binlog.000001`, `${folder}/binlog.000002`);
    await mysql.refused({}, /the archive has a gap: binlog.000002 begins after the transactions/);
    change(second);
    expect(await mysql.restored({})).toEqual([mysql.all]);
    const dump = mysql.file(`store/shop/${mysql.list('store/shop').filter(name => name !== 'log')[0]}/BACKUP`);
    const facts = fs.readFileSync(dump, 'utf8');
    fs.writeFileSync(dump, facts.replace(/log-gtid: .*/, 'log-gtid: 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9'));
    await mysql.refused({}, /the log of another history than the dump/);
    fs.writeFileSync(dump, facts.replace(/log-position: \d+/, 'log-position: 200'));
    await mysql.refused({}, /another history than the dump .*: no event begins at position 200/);
    fs.writeFileSync(dump, facts);
    fs.rmSync(`${folder}/binlog.000001`);
    await mysql.refused({}, /does not have the log of the dump .*: binlog.000001 is missing/);
  });

  test('of an archive that ends within a transaction has those before it', async () => {
    const archiver = await mysql.startArchiver();
    mysql.dump();
    mysql.write();
    await mysql.archived(mysql.runs[0]);
    await archiver.kill();
    const file = mysql.file(`${LOG}/${mysql.runs[0]}/binlog.000001.partial`);
    fs.truncateSync(file, fs.statSync(file).size - 20);
    expect(await mysql.restored({})).toEqual(['4\t4']);
  });
});

describe('a dump', () => {
  test('has its exact position while others write', async () => {
    await mysql.startArchiver();
    mysql.sql('create table many (id int auto_increment primary key, x int)');
    const writers = [1, 2, 3].map(() => mysql.inBackground('insert into many (x) values (1); '.repeat(3000)));
    await new Promise(resolve => setTimeout(resolve, 500));
    mysql.dump();
    await Promise.all(writers);
    await mysql.archived(mysql.runs[0]);
    const [count, dumped] = [mysql.sql('select count(*) from many'), (await mysql.restored({ BACKUP: mysql.list('store/shop')[0] }, ['select count(*) from many']))[0]];
    expect(Number(dumped)).toBeLessThan(9000);
    expect(count).toBe('9000');
    expect(await mysql.restored({}, ['select count(*) from many'])).toEqual([count]);
  });

  test('fails behind a statement that runs for long, and does not hold up writes for as long', async () => {
    mysql.tool('mysqldump', `sed -i 's/timeout = 60/timeout = 2/' "\${1#--defaults-extra-file=}"; exec ${programPath('mysqldump')} "$@"`);
    mysql.write();
    const slow = mysql.inBackground('select sleep(2) from data');
    await new Promise(resolve => setTimeout(resolve, 1000));
    expect(mysql.backup()).toMatchObject({ status: 1, stderr: expect.stringContaining('Lock wait timeout exceeded') as string });
    await slow;
    mysql.dump();
  });

  test('is made with the password of the Secret, which its account has as of the next start', async () => {
    mysql.setPassword('another');
    expect(mysql.backup()).toMatchObject({ status: 1, stderr: expect.stringContaining('Access denied') as string });
    await mysql.stop();
    await mysql.start();
    mysql.dump();
  });
});

describe('the archiver', () => {
  test('begins a run where the volume was restored, even if the same number of equal transactions followed', async () => {
    await mysql.stop();
    fs.cpSync(mysql.file('data'), mysql.file('copy'), { recursive: true });
    await mysql.start();
    let archiver = await mysql.startArchiver();
    mysql.dump();
    mysql.write();
    await mysql.archived(mysql.runs[0]);
    await archiver.kill();
    await mysql.stop();
    fs.rmSync(mysql.file('data'), { recursive: true });
    fs.renameSync(mysql.file('copy'), mysql.file('data'));
    await mysql.start();
    mysql.written = 100;
    mysql.write();
    archiver = mysql.archive();
    await archiver.said('it is another server, or was restored from an older state');
    expect(mysql.runs).toHaveLength(2);
    await mysql.refused({}, /the archive has a gap after the newest dump/);
  });

  test('says that its image has no tool for it', async () => {
    fs.appendFileSync(mysql.file('files/log-client.sh'), 'PROGRAMS+=(no-such-program)\n');
    const archiver = mysql.archive();
    await archiver.said('the image of this container does not have the program no-such-program');
  });
});
