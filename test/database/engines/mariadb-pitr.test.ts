import * as fs from 'node:fs';
import { ArchivedSql, LOG, moment } from '../../support/archived-sql';
import { binaryLogCases } from '../../support/binary-log-cases';
import { itUnless } from '../../support/needs';
import { MARIADB, MARIADB_MISSING } from '../../support/real-mariadb';
import { forgetTemplate, PASSWORD } from '../../support/real-sql';

/** Dumps, the archive of the binary log and restores, with a real server of this machine: docs/states/backup.md names these cases. */
const test = itUnless(MARIADB_MISSING);
jest.setTimeout(300_000); // on a busy machine

let mariadb: ArchivedSql;
beforeEach(async () => {
  if (MARIADB_MISSING === undefined) mariadb = await ArchivedSql.create(MARIADB);
});
afterEach(() => mariadb?.end());
afterAll(forgetTemplate);

binaryLogCases({ test, server: () => mariadb, receiver: 'mariadb-binlog', another: 'it is another server, or was restored from an older state' });

describe('a restore', () => {
  test('has only what is of the database, and is refused where a statement on it would be left out', async () => {
    await mariadb.startArchiver();
    mariadb.dump();
    mariadb.sql("create database other; create table other.t (id int); insert into other.t values (1); grant select on app.* to 'reader'@'%' identified by 'x'", { database: '' });
    mariadb.sql('insert into app.data values (1)', { database: 'other' });
    mariadb.sql('create view seen as select id from data; create trigger t before insert on data for each row set new.id = new.id');
    mariadb.sql("create user own; /* by its user */ alter user app\nidentified by 'x'; rename user own to other_own; drop user other_own; flush privileges; create view last as select 1");
    await mariadb.archived(mariadb.runs[0]);
    expect(await mariadb.restored({}, ['select count(*) from seen', 'select * from last', "select count(*) from information_schema.schemata where schema_name = 'other'",
      `select authentication_string = password('${PASSWORD.replace(/[\\']/g, '\\$&')}') from mysql.user where user = 'app'`])).toEqual(['1', '1', '0', '1']);
    const time = await moment();
    mariadb.sql('/* by hand */ alter table `app` .data add more int', { database: '' });
    await mariadb.archived(mariadb.runs[0]);
    await mariadb.refused({}, /a statement in binlog.000001\S* changes the database 'app' from a connection that had selected another database, or none, and cannot be replayed: at position \d+ of .*alter table `app` .data/);
    expect(await mariadb.restored({ UNTIL: time })).toEqual(['1\t1']);
  });

  test('is refused where the archive has a gap, is damaged, or is of another history', async () => {
    const archiver = await mariadb.startArchiver();
    mariadb.dump();
    for (let i = 0; i < 3; i++) {
      mariadb.write();
      mariadb.sql('flush binary logs');
    }
    mariadb.write();
    await mariadb.archived(mariadb.runs[0]);
    await archiver.kill();
    const folder = mariadb.file(`${LOG}/${mariadb.runs[0]}`);
    const second = fs.readFileSync(`${folder}/binlog.000002`);
    fs.rmSync(`${folder}/binlog.000002`);
    await mariadb.refused({}, /the archive has a gap in .* before binlog.000003/);
    fs.writeFileSync(`${folder}/binlog.000002`, Buffer.concat([second.subarray(0, second.length - 100), Buffer.alloc(100)]));
    await mariadb.refused({}, /the archive is damaged: binlog.000002 cannot be read/);
    fs.copyFileSync(`${folder}/binlog.000001`, `${folder}/binlog.000002`);
    await mariadb.refused({}, /the archive has a gap: binlog.000002 does not begin after the transaction/);
    fs.writeFileSync(`${folder}/binlog.000002`, second);
    expect(await mariadb.restored({})).toEqual([mariadb.all]);
    const dump = mariadb.file(`store/shop/${mariadb.list('store/shop').filter(name => name !== 'log')[0]}/BACKUP`);
    fs.writeFileSync(dump, fs.readFileSync(dump, 'utf8').replace(/log-gtid: .*/, 'log-gtid: 0-1-99'));
    await mariadb.refused({}, /the log of another history than the dump/);
    fs.rmSync(`${folder}/binlog.000001`);
    await mariadb.refused({}, /does not have the log of the dump .*: binlog.000001 is missing/);
  });
});

describe('the archiver', () => {
  test('begins a run where the server has another server_id', async () => {
    const archiver = await mariadb.startArchiver();
    mariadb.dump();
    await mariadb.archived(mariadb.runs[0]);
    await mariadb.stop();
    await mariadb.start(['--server-id=7']);
    await archiver.said('the server has the server_id 7, but that of the run');
    await mariadb.archived(mariadb.runs[1]);
    expect(mariadb.runs).toHaveLength(2);
  });
});
