import * as fs from 'node:fs';
import { itUnless } from '../../support/needs';
import { MARIADB, MARIADB_MISSING } from '../../support/real-mariadb';
import { forgetTemplate, RealSql } from '../../support/real-sql';

/** What a snapshot brings becomes a database, with a real server of this machine: docs/states/backup.md names these cases. */
const test = itUnless(MARIADB_MISSING);
jest.setTimeout(300_000); // on a busy machine

let mariadb: RealSql;
beforeEach(async () => {
  if (MARIADB_MISSING !== undefined) return;
  mariadb = new RealSql(MARIADB);
  await mariadb.found();
  mariadb.sql('create table data (id int primary key) engine = innodb');
  mariadb.sql('insert into data values (1), (2), (3)');
});
afterEach(() => mariadb?.end());
afterAll(forgetTemplate);

const COUNT = 'select count(*) from data';
const OTHER = 'an\\o"the\'r';
const volume = (name: string) => mariadb.file(`restored/${name}`);
function restored(env: NodeJS.ProcessEnv = {}): string {
  const { status, stderr } = mariadb.restoreSnapshot(env);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}
function refused(reason: RegExp, env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = mariadb.restoreSnapshot(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
}

describe('a snapshot of a server that ran', () => {
  test('has everything that was committed, and both users have the password of the new Secret', async () => {
    await mariadb.snapshot();
    expect(restored()).toContain('the snapshot shop-nightly-1 is restored');
    expect(await mariadb.askRestored("o'ne", OTHER, COUNT)).toEqual(['3']);
    expect(await mariadb.askRestored('root', OTHER, COUNT, "select count(*) from mysql.user where user = 'app'")).toEqual(['3', '1']);
    expect(mariadb.sql("select count(*) from mysql.user where user = 'stateful_log'", { database: 'mysql' })).toBe('1'); // that of the old Secret
    expect(await mariadb.askRestored('root', OTHER, "select count(*) from mysql.user where user like 'stateful%'")).toEqual(['0']);
    const [answer] = await mariadb.askRestored('root', fs.readFileSync(mariadb.file('password'), 'utf8'), COUNT);
    expect(answer).toContain('Access denied');
  });

  test('is taken over once', async () => {
    await mariadb.snapshot();
    restored();
    expect(restored()).not.toContain('is restored');
    expect(restored({ SNAPSHOT: 'shop-nightly-2' })).toContain('is restored');
  });

  test('is refused without a password, and then nobody can log in', async () => {
    await mariadb.snapshot();
    fs.writeFileSync(mariadb.file('no-password'), '\n');
    refused(/there is no password in .*root and the user 'o'ne' would have none/, { PASSWORD_FILE: mariadb.file('no-password') });
    expect(fs.existsSync(volume('.restored'))).toBe(false);
  });

  test('with another database name is refused', async () => {
    await mariadb.snapshot();
    refused(/has no database 'ledger'/, { DATABASE_NAME: 'ledger' });
    expect(fs.existsSync(volume('.restored'))).toBe(false);
    expect(restored()).toContain('is restored');
  });

  test('from which the server does not recover is refused', async () => {
    await mariadb.snapshot();
    fs.writeFileSync(volume('ibdata1'), 'x'.repeat(5000));
    refused(/the server does not start on the snapshot shop-nightly-1/);
  });
});

describe('no empty database takes the place of a restored one', () => {
  test('if the volume is empty', () => {
    mariadb.emptyRestored();
    refused(/has no complete database, but this set is to be restored from the snapshot shop-nightly-1: not creating an empty database[^]*kubectl delete statefulset restored && kubectl delete pvc data-restored-0[^]*remove 'restoreFrom'/);
    expect(fs.readdirSync(volume(''))).toEqual(['.lock']);
  });

  test('if the snapshot was taken before the database was complete', async () => {
    await mariadb.snapshot();
    fs.writeFileSync(volume('.first-start'), '');
    refused(/was incomplete when the snapshot was taken/);
    expect(fs.existsSync(volume('app'))).toBe(true);
  });

  test('if it holds foreign data', () => {
    mariadb.emptyRestored();
    fs.mkdirSync(volume('pgdata'));
    refused(/has no complete database at its root/);
  });
});
