import * as fs from 'node:fs';
import { COPY_MISSING, CopiedMariadb, OTHER_PASSWORD, OTHER_USER } from '../../support/copied-mariadb';
import { itUnless } from '../../support/needs';
import { forgetTemplate, PASSWORD, programPath } from '../../support/real-sql';

/** Physical backups and restores, with a real server of this machine and mariadb-backup: docs/states/backup.md names these cases. */
const test = itUnless(COPY_MISSING);
jest.setTimeout(300_000); // on a busy machine

/** One server for all cases, whose table `data` stays as it is. */
let mariadb: CopiedMariadb;
let first: string;
beforeAll(async () => {
  if (COPY_MISSING !== undefined) return;
  mariadb = new CopiedMariadb();
  await mariadb.found();
  mariadb.sql('create table data (id int auto_increment primary key, text varchar(200)) engine = innodb');
  mariadb.sql("insert into data (text) select repeat('x', 100) from seq_1_to_1000");
  first = copied();
});
beforeEach(() => { if (COPY_MISSING === undefined) fs.rmSync(volume(), { recursive: true, force: true }); });
afterAll(async () => { await mariadb?.end(); forgetTemplate(); });

const COPIES = 'store/shop/physical';
const COUNT = 'select count(*), max(id) from data';
const volume = (name = '') => mariadb.file(`restored/${name}`);
const here = () => fs.readdirSync(volume()).sort();
const description = (name = first) => mariadb.file(`${COPIES}/${name}/BACKUP`);

function copied(): string {
  const { status, stderr } = mariadb.copy();
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
}
function notCopied(reason: RegExp, env: NodeJS.ProcessEnv = {}): void {
  const before = mariadb.list(COPIES);
  const { status, stderr } = mariadb.copy(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
  expect(stderr).toContain('the backup failed, and earlier ones were left alone.');
  expect(mariadb.list(COPIES)).toEqual(before);
}
function restored(env: NodeJS.ProcessEnv = {}): string {
  const { status, stderr } = mariadb.restoreCopy({ BACKUP: first, ...env });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}
function refused(reason: RegExp, env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = mariadb.restoreCopy({ BACKUP: first, ...env });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
}
/** With another program of this name. */
function having(name: string, body: string, act: () => void): void {
  mariadb.tool(name, body);
  try { act(); } finally { fs.rmSync(mariadb.file(`tools/${name}`)); }
}
/** With another text in a file. */
function edited(file: string, change: (text: string) => string, act: () => void): void {
  const before = fs.readFileSync(file);
  fs.writeFileSync(file, change(before.toString('latin1')), 'latin1');
  try { act(); } finally { fs.writeFileSync(file, before); }
}
const asks = (...statements: string[]) => mariadb.askRestored(OTHER_USER, OTHER_PASSWORD, ...statements);
const asksRoot = (...statements: string[]) => mariadb.askRestored('root', OTHER_PASSWORD, ...statements);

describe('a backup', () => {
  test('has everything of the server: all databases, engines, routines, views and accounts; both users have the password of the new Secret', async () => {
    mariadb.sql('create table old (id int) engine = myisam; insert into old values (1), (2); create table safe (id int) engine = aria; insert into safe values (3)');
    mariadb.sql("create view seen as select id from data; create procedure p() select 5; create user reader identified by 'r'; grant select on app.* to reader");
    mariadb.sql('create database other; create table other.t (id int); insert into other.t values (7)');
    mariadb.sql('create table gone (id int); create view broken as select * from gone; drop table gone'); // as they may be, and no damage
    fs.writeFileSync(mariadb.file('data/mariadb_upgrade_info'), '10.11.1-MariaDB');
    const name = copied();
    expect(fs.readFileSync(description(name), 'utf8')).toMatch(/^database: shop\nproduct: mariadb\nrelease: \d+\.\d+\.\d+-MariaDB.*\nends: 20\d\d-.*Z\nholds: app\nholds: other\n$/);
    expect(restored({ BACKUP: 'latest' })).toContain(`the backup ${name} is restored`);
    expect(fs.readFileSync(volume('mariadb_upgrade_info'), 'utf8')).toBe('10.11.1-MariaDB');
    expect(await asks(COUNT, 'select count(*) from old', 'select * from safe', 'select count(*) from seen', 'call p()')).toEqual(['1000\t1000', '2', '3', '1000', '5']);
    expect(await asksRoot('select * from other.t', "select user from mysql.user where user in ('reader', 'app', 'stateful_copy', 'stateful_log') order by 1"))
      .toEqual(['7', 'app\nreader']);
    expect(await mariadb.askRestored('root', PASSWORD, 'do 1')).toEqual([expect.stringContaining('Access denied') as string]);
  });

  test('is of one moment, while the database is written to', async () => {
    mariadb.sql('create table pairs (id int primary key, other int)');
    const writer = mariadb.inBackground('delimiter //\nbegin not atomic for i in 1..10000000 do'
      + ' start transaction; insert into pairs values (i, 0); update pairs set other = i where id = i; commit; end for; end//');
    while (Number(mariadb.sql('select count(*) from pairs')) < 100) await new Promise(resolve => setTimeout(resolve, 50));
    const before = Number(mariadb.sql('select count(*) from pairs'));
    const name = copied();
    const after = Number(mariadb.sql('select count(*) from pairs'));
    mariadb.sql(`kill ${mariadb.sql("select id from information_schema.processlist where user = 'root' and id <> connection_id()")}`);
    await writer;
    restored({ BACKUP: name });
    const [answer] = await asks('select count(*), max(id), sum(id <> other) from pairs');
    const [rows, last, torn] = answer.split('\t').map(Number);
    expect({ rows, torn }).toEqual({ rows: last, torn: 0 });
    expect(rows).toBeGreaterThanOrEqual(before);
    expect(rows).toBeLessThanOrEqual(after);
  });

  test('fails if the server rejects the password', () => {
    mariadb.setPassword('another');
    notCopied(/ERROR 1045[^]*cannot log in to the server to copy it: .* if the password was changed, restart the server/);
    mariadb.setPassword(PASSWORD);
  });

  test('fails without its database, whose earlier backups it would take the place of', () => {
    notCopied(/the server has no database 'ledger'/, { DATABASE_NAME: 'ledger' });
  });

  test('fails if the Job has the tools of another release', () => {
    having('mariadbd', '[ "$1" = --version ] && echo "mariadbd  Ver 11.99.1-MariaDB for Linux"', () => {
      notCopied(/the server is MariaDB \d+\.\d+\.\d+, but this Job has the tools of 11\.99\.1: is a rollout still in progress\?/);
    });
  });

  test.each([
    ['mariadb-backup', 'has no room', 'echo "No space left on device" >&2; exit 1', /No space left on device[^]*the server could not be copied/],
    ['mariadb-backup', 'is killed', 'kill -KILL $$', /the server could not be copied/],
    ['zstd', 'has no room', 'cat >/dev/null; echo "No space left on device" >&2; exit 1', /packing[^]*No space left on device/],
    ['tar', 'does not end well', 'exit 1', /packing/],
  ])('fails if %s %s', (program, _, body, reason) => {
    having(program, body, () => notCopied(reason));
  });

  test.each([
    ['a damaged table', 'app/data.ibd', /the copy is damaged|a server does not start on the copy/],
    ['a damaged system tablespace', 'ibdata1', /the copy is not consistent|the copy is damaged|a server does not start on the copy/],
  ])('fails if the copy has %s', (_, name, reason) => {
    having('mariadb-backup', `${programPath('mariadb-backup')} "$@" || exit
      case $* in *--prepare*) for option; do case $option in --target-dir=*) dir=\${option#*=} ;; esac; done
        dd if=/dev/urandom of="$dir/${name}" bs=16384 seek=4 count=2 conv=notrunc 2>/dev/null ;; esac`, () => notCopied(reason));
  });

  test('ends if the server is lost while it is copied, and leaves nothing half-made', async () => {
    const before = mariadb.list(COPIES);
    mariadb.tool('mariadb-backup', 'exec sleep 1000');
    const job = mariadb.copying();
    await job.said('copying 127.0.0.1');
    await mariadb.stop('SIGKILL');
    await job.said('the server does not answer: giving up');
    await job.kill('SIGTERM');
    fs.rmSync(mariadb.file('tools/mariadb-backup'));
    expect(mariadb.list(COPIES)).toEqual(before);
    await mariadb.start();
  });

  test('is made beside a log archive, which it leaves as it is; what that has in addition is not left out silently', async () => {
    expect(mariadb.sql("select user from mysql.user where user like 'stateful%' order by 1")).toBe('stateful_copy\nstateful_log');
    const archiver = mariadb.archive();
    await archiver.said('receiving the binary log');
    const [run] = mariadb.list('store/shop/log');
    mariadb.sql('create table later (id int)');
    mariadb.sql('flush binary logs');
    await mariadb.archived(run);
    const complete = mariadb.list(`store/shop/log/${run}`).filter(name => !name.endsWith('.partial'));
    const name = copied();
    mariadb.sql('insert into later values (1)');
    await mariadb.archived(run);
    await archiver.kill();
    refused(/the log archive goes on to .* restore the newest dump/, { BACKUP: 'latest' });
    restored({ BACKUP: name });
    expect(await asks('select count(*) from later')).toEqual(['0']);
    expect(mariadb.list(`store/shop/log/${run}`)).toEqual(expect.arrayContaining(complete) as string[]);
    expect(complete.length).toBeGreaterThan(1);
  });
});

describe('a restore', () => {
  test('is done once, and never over existing data', async () => {
    restored();
    expect(await asksRoot('insert into data (text) values (1)', COUNT)).toEqual(['', '1001\t1001']);
    expect(restored()).toBe('');
    expect(await asks(COUNT)).toEqual(['1001\t1001']);
  });

  test('leaves foreign data alone', () => {
    fs.mkdirSync(volume('photos'), { recursive: true });
    refused(/this volume is not empty, but has no complete database/);
    expect(here()).toEqual(['.lock', 'photos']);
  });

  test('is refused without a backup, and of one that is not complete', () => {
    refused(/there is no complete physical backup\. No database is created/, { BACKUPS: mariadb.file('store/nothing') });
    fs.renameSync(mariadb.file(`${COPIES}/${first}`), mariadb.file(`${COPIES}/${first}.part`));
    refused(new RegExp(`there is no complete physical backup '${first}'`));
    fs.renameSync(mariadb.file(`${COPIES}/${first}.part`), mariadb.file(`${COPIES}/${first}`));
    expect(here()).toEqual(['.lock']);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['of another product', text => text.replace('product: mariadb', 'product: mysql'), /is a backup of mysql, not of mariadb/],
    ['of a later release line', text => text.replace(/release: .*/, 'release: 99.1.2-MariaDB'), /is from mariadb 99\.1\.2-MariaDB: this is mariadb \d+\.\d+\.\d+, which is older and cannot read it/],
    ['without the database', text => text.replace('holds: app', 'holds: ledger'), /has no database 'app'\. Give the new database the 'databaseName' of the original\. It has: ledger/],
  ])('is refused of one %s', (_, change, reason) => {
    edited(description(), change, () => refused(reason));
    expect(here()).toEqual(['.lock']);
  });

  test('is refused of a damaged one, and names the others', () => {
    edited(mariadb.file(`${COPIES}/${first}/data.tar.zst`), text => `${text}x`, () => {
      refused(new RegExp(`the backup ${first} is damaged: its checksums differ\\. Name an earlier one: `));
    });
    expect(here()).toEqual(['.lock']);
  });

  test.each([
    ['an older release line', 'release: 10.6.9-MariaDB'],
    ['a later patch release', 'release: $1.99-MariaDB'],
  ])('takes one of %s', (_, release) => {
    edited(description(), text => text.replace(/release: (\d+\.\d+).*/, release), () => restored());
  });

  test.each([
    ['unpacks', 'tar', 1],
    ['lets a server start', 'mariadbd', 2],
    ['begins to move what is complete', 'mv', 1],
    ['moves what is complete', 'mv', 4],
    ['removes what marks it', 'rm', 2],
  ])('that is interrupted as it %s begins anew, or goes on', async (_, name, call) => {
    fs.writeFileSync(mariadb.file('calls'), '');
    having(name, `echo >>${mariadb.file('calls')}; [ "$(wc -l <${mariadb.file('calls')})" != ${call} ] || { kill -KILL $PPID; exit; }; exec ${programPath(name)} "$@"`, () => {
      mariadb.restoreCopy({ BACKUP: first });
    });
    expect(here()).toContain('.first-start');
    restored();
    expect(here()).not.toContain('.first-start');
    expect(await asks(COUNT)).toEqual(['1000\t1000']);
  });

  test('that is interrupted never leaves what a server would start on', () => {
    having('mv', `case $* in */mysql) kill -KILL $PPID; exit ;; esac; exec ${programPath('mv')} "$@"`, () => {
      mariadb.restoreCopy({ BACKUP: first });
    });
    expect(here()).toContain('.first-start');
    expect(here()).not.toContain('mysql');
  });

  test('takes the place of a first init that was interrupted', async () => {
    fs.mkdirSync(volume('mysql'), { recursive: true });
    for (const name of ['.first-start', 'aria_log_control']) fs.writeFileSync(volume(name), '');
    expect(restored()).toContain('the creation of the data in this volume was interrupted before any server was reachable: starting over');
    expect(await asks(COUNT)).toEqual(['1000\t1000']);
  });
});
