import * as fs from 'node:fs';
import { ClonedMysql } from '../../support/cloned-mysql';
import { itUnless } from '../../support/needs';
import { MYSQL_MISSING } from '../../support/real-mysql';
import { until } from '../../support/real-server';
import { forgetTemplate, PASSWORD, programPath } from '../../support/real-sql';

/** Physical backups by the clone plugin, with a real server of this machine: docs/states/backup.md names these cases. */
const test = itUnless(MYSQL_MISSING);
jest.setTimeout(400_000); // on a busy machine

let mysql: ClonedMysql;
beforeEach(async () => {
  if (MYSQL_MISSING !== undefined) return;
  mysql = new ClonedMysql();
  await mysql.found();
  mysql.sql('create table data (id int primary key); insert into data values (1), (2), (3)');
});
afterEach(() => mysql?.end());
afterAll(forgetTemplate);

const COUNT = 'select count(*), max(id) from data';
const OTHER = 'an\\o"the\'r';
const PHYSICAL = 'store/shop/physical';
const volume = (name: string) => mysql.file(`restored/${name}`);
const backups = () => mysql.list(PHYSICAL);

function backUp(): string {
  const { status, stderr } = mysql.backUpFiles();
  if (status !== 0) throw new Error(stderr);
  return /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
}
function noBackup(reason: RegExp, env: NodeJS.ProcessEnv = {}): void {
  const before = backups();
  const { status, stderr } = mysql.backUpFiles(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
  expect(backups()).toEqual(before);
}
function restored(env: NodeJS.ProcessEnv = {}): string {
  const { status, stderr } = mysql.restoreFiles(env);
  if (status !== 0) throw new Error(stderr);
  return stderr;
}
function refused(reason: RegExp, env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = mysql.restoreFiles(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
}

describe('a physical backup', () => {
  test('has everything that was committed, other databases and accounts too; both users have the password of the new Secret', async () => {
    mysql.sql("create database other; create database nothing; create table other.`o dd` (b blob); insert into other.`o dd` values (x'00ff27'); create user reader identified by 'mine'; grant select on other.* to reader");
    mysql.sql("create tablespace more add datafile 'mo re.ibd'; create table elsewhere (id int) tablespace more; create procedure two() select 2; create event e on schedule every 1 day do select 1");
    mysql.sql("alter user stateful_clone require ssl; set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"); // TLS is the default
    const name = backUp();
    mysql.sql('insert into data values (4)');
    expect(mysql.list(`${PHYSICAL}/${name}`)).toEqual(['BACKUP', 'SHA256SUMS', 'data.zst', 'files']);
    expect(fs.readFileSync(mysql.file(`${PHYSICAL}/${name}/BACKUP`), 'utf8')).toMatch(/^database: shop\nproduct: mysql\nrelease: 9\S+\nsystem: [-0-9a-f]{36}\nends: 20\S+Z\n$/);
    expect(restored()).toContain(`the backup ${name} is restored`);
    expect(fs.readdirSync(volume('')).filter(entry => entry.startsWith('.'))).toEqual(['.lock', '.tmp']);
    const [count, odd, schemas, procedures, events, accounts, users] = await mysql.askRestored('root', OTHER, COUNT, 'select hex(b) from other.`o dd`',
      "select count(*) from information_schema.schemata where schema_name in ('other', 'nothing')", "select routine_name from information_schema.routines where routine_schema = 'app'",
      'select event_name, status from information_schema.events', "select count(*) from mysql.user where user like 'stateful%'", "select count(*) from mysql.user where user in ('app', 'reader')");
    expect([count, odd, schemas, procedures, events, accounts, users]).toEqual(['3\t3', '00FF27', '2', 'two', 'e\tENABLED', '0', '2']);
    expect(await mysql.askRestored("o'ne", OTHER, COUNT)).toEqual(['3\t3']);
    const [asBefore] = await mysql.askRestored('root', PASSWORD, COUNT);
    expect(asBefore).toContain('Access denied');
  });

  test('of a server that is written to has what was committed when it ended, without a gap', async () => {
    const backup = mysql.startBackup();
    await backup.said('backing up to');
    let written = 3;
    const insert = async () => {
      mysql.sql(`insert into data values (${++written})`);
      await new Promise(resolve => setTimeout(resolve, 20));
    };
    for (let copied = false; !copied;) {
      await insert();
      copied = await Promise.race([backup.said('starting a server on the copy').then(() => true), insert().then(() => false)]);
    }
    await backup.said('is complete');
    restored();
    const [answer] = await mysql.askRestored('root', OTHER, COUNT);
    const [rows, last] = answer.split('\t');
    expect(rows).toBe(last);
    expect(Number(rows)).toBeGreaterThan(3);
  });

  test('is refused where it would lack data, and where the server does not let it', async () => {
    const name = backUp();
    noBackup(/does not accept the account stateful_clone, or does not answer/, { PASSWORD_FILE: mysql.file('other-password') });
    noBackup(/has no database 'ledger'/, { DATABASE_NAME: 'ledger' });
    mysql.tool('older', `[ "$1" != --version ] || { echo 'mysqld  Ver 8.4.11 for Linux'; exit; }; exec ${programPath('mysqld')} "$@"`);
    noBackup(/127.0.0.1 runs MySQL 9\S+, but this Job runs 8.4.11: a copy needs the same release line/, { SERVER: 'older' });
    mysql.sql('create table old (id int) engine = myisam; insert into old values (1)');
    noBackup(/a physical backup cannot contain all data of this server: app.old has the engine MyISAM/);
    mysql.sql('drop table old');
    mysql.sql('uninstall plugin clone', { database: '' });
    noBackup(/has no clone plugin: its log says why/);
    expect(backups()).toEqual([name]);
  });

  test('that is killed at any step is cleared away by the next one; the server killed meanwhile fails it', async () => {
    for (const step of ['backing up to', 'copying', 'starting a server on the copy', 'packing']) {
      const backup = mysql.startBackup();
      await backup.said(step);
      await backup.kill();
      await until('the end of its server', () => mysql.isFree(`${PHYSICAL}/.lock`) || 'another one has the lock');
      expect(backups()).toHaveLength(1);
      expect(backups()[0]).toMatch(/\.part$/);
    }
    const client = programPath('mysql');
    mysql.tool('slow', `case "$*" in *' -e '*) exec ${client} "$@" ;; *) { echo 'set global clone_max_data_bandwidth = 1;'; cat; } | ${client} "$@" ;; esac`);
    const backup = mysql.startBackup({ CLIENT: 'slow' });
    await backup.said('copying');
    await until('a part of the copy', () => mysql.list(PHYSICAL).some(name => fs.existsSync(mysql.file(`${PHYSICAL}/${name}/copy/ibdata1`))) || 'nothing');
    await mysql.stop('SIGKILL');
    await mysql.start(); // for which a clone waits, for five minutes
    await backup.said('failed: see above');
    await until('the end of the Job', () => mysql.isFree(`${PHYSICAL}/.lock`) || 'it has the lock');
    expect(backups()).toEqual([]);
    const name = backUp();
    expect(backups()).toEqual([name]);
  });

  test('and the log archive, which continues dumps, leave each other alone', async () => {
    const archiver = mysql.archive();
    await mysql.ready();
    const { status, stderr } = mysql.backup();
    if (status !== 0) throw new Error(stderr);
    mysql.sql('flush binary logs; insert into data values (4)');
    const name = backUp();
    const [run] = mysql.list('store/shop/log');
    await mysql.archived(run);
    expect(mysql.list(`store/shop/log/${run}`)).toContain('binlog.000001');
    await archiver.kill();
    expect(await mysql.restore({}, [COUNT])).toMatchObject({ status: 0, answers: ['4\t4'] });
    mysql.emptyRestored();
    refused(/the log archive goes on to .* restore the newest dump/);
    restored({ BACKUP: name });
    expect(await mysql.askRestored('root', OTHER, COUNT)).toEqual(['4\t4']);
  });
});

describe('a restore', () => {
  test('is refused of what is damaged, of another product, a newer release, or without the database; then the volume is as empty as before', () => {
    const name = backUp();
    const description = mysql.file(`${PHYSICAL}/${name}/BACKUP`);
    const facts = fs.readFileSync(description, 'utf8');
    const as = (change: (facts: string) => string) => { fs.writeFileSync(description, change(facts)); };
    as(text => text.replace('product: mysql', 'product: mariadb'));
    refused(/is a backup of mariadb, not of mysql/);
    as(text => text.replace(/release: .*/, 'release: 10.1.2'));
    refused(/is from mysql 10.1.2: this is mysql 9\S+, which is older and cannot read it/);
    as(text => text);
    refused(/there is no complete physical backup '2026-01-01T00-00-00Z'\. There are: 2/, { BACKUP: '2026-01-01T00-00-00Z' });
    fs.appendFileSync(mysql.file(`${PHYSICAL}/${name}/files`), '- more\n');
    refused(/is damaged: its checksums differ/);
    expect(fs.readdirSync(volume(''))).toEqual(['.lock']);
    fs.writeFileSync(volume('notes.txt'), 'mine');
    refused(/is not empty, but has no complete database/);
    expect(fs.readdirSync(volume('')).sort()).toEqual(['.lock', 'notes.txt']);
    fs.rmSync(volume('notes.txt'));
    const list = fs.readFileSync(mysql.file(`${PHYSICAL}/${name}/files`), 'utf8');
    fs.writeFileSync(mysql.file(`${PHYSICAL}/${name}/files`), list.replace('- more\n', ''));
    refused(/has no database 'ledger'/, { DATABASE_NAME: 'ledger' });
    expect(restored()).toContain('is restored'); // as what was half-made is cleared
  });

  test('that is interrupted at any step begins anew, or goes on where only moving was left; what is done is never repeated', async () => {
    backUp();
    for (const step of ['data.zst: OK', 'unpacking the backup', 'ready for connections']) {
      const restore = mysql.startRestore();
      await restore.said(step);
      await restore.kill();
      expect(fs.existsSync(volume('mysql.ibd'))).toBe(false);
    }
    mysql.tool('mv', `[ "\${2##*/}" != mysql.ibd ] || kill -KILL $PPID; exec ${programPath('mv')} "$@"`);
    expect(mysql.restoreFiles().signal ?? 'SIGKILL').toBe('SIGKILL');
    expect([fs.existsSync(volume('.first-start')), fs.existsSync(volume('mysql'))]).toEqual([true, false]);
    fs.rmSync(mysql.file('tools/mv'));
    expect(restored({ BACKUPS: mysql.file('nowhere') })).toContain('the data was complete: continuing');
    expect(await mysql.askRestored('root', OTHER, COUNT, 'delete from data')).toEqual(['3\t3', '']);
    expect(restored()).toBe('');
    expect(await mysql.askRestored('root', OTHER, COUNT)).toEqual(['0\tNULL']);
  });
});
