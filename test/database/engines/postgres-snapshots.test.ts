import * as fs from 'node:fs';
import { itUnless } from '../../support/needs';
import { forgetTemplate, postgresPrograms, RealPostgres } from '../../support/real-postgres';

/** What a snapshot brings becomes a database, with a real server of this machine: docs/states/backup.md names these cases. */
const programs = postgresPrograms();
const test = itUnless(programs === undefined ? 'needs the programs of PostgreSQL 15 or later in /usr/lib/postgresql' : undefined);
jest.setTimeout(300_000); // on a busy machine

let postgres: RealPostgres;
beforeEach(async () => {
  if (programs === undefined) return;
  postgres = new RealPostgres(programs);
  await postgres.found();
  postgres.sql('create table data (id int primary key)');
  postgres.sql('insert into data select generate_series(1, 1000)');
});
afterEach(() => postgres?.end());
afterAll(forgetTemplate);

const COUNT = 'select count(*) from data';
const volume = (name: string) => postgres.file(`memory/restored/${name}`);
function restored(env: NodeJS.ProcessEnv = {}): string {
  const { status, stderr } = postgres.restoreSnapshot(env);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}
function refused(reason: RegExp, env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = postgres.restoreSnapshot(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
}

describe('a snapshot of a server that ran', () => {
  test('has everything that was committed, and the password of the new Secret; the steps after it accept it', async () => {
    await postgres.snapshot();
    expect(restored()).toContain('the snapshot orders-nightly-1 is restored');
    expect(postgres.prepareRestored()).toMatchObject({ status: 0 });
    expect(await postgres.mayLogIn('app', 'another')).toBe(true);
    expect(await postgres.mayLogIn('app', fs.readFileSync(postgres.file('password'), 'utf8'))).toBe(false);
    expect(await postgres.askRestored(COUNT)).toEqual(['1000']);
  });

  test('gets a user of another name, whatever is in the password, and tells no log of it', async () => {
    fs.writeFileSync(postgres.file('username'), "o'dd \"one\"");
    const password = "p:a\\s 's$(w)\"$$";
    fs.writeFileSync(postgres.file('other-password'), password);
    postgres.sql("alter system set log_statement = 'all'");
    postgres.sql('alter database postgres set default_transaction_read_only = on');
    await postgres.snapshot();
    expect(restored()).not.toContain('p:a');
    expect(await postgres.mayLogIn("o'dd \"one\"", password)).toBe(true);
  });

  test('is taken over once: a password that was changed since stays', async () => {
    await postgres.snapshot();
    restored();
    fs.writeFileSync(postgres.file('other-password'), 'a third');
    expect(restored()).toBe('');
    expect(await postgres.mayLogIn('app', 'another')).toBe(true);
  });

  test('that was itself restored is taken over again in another set, and under another name of a snapshot', async () => {
    await postgres.snapshot();
    restored();
    fs.writeFileSync(postgres.file('other-password'), 'a third');
    expect(restored({ SNAPSHOT: 'orders-nightly-2' })).toContain('is restored');
    expect(restored({ HOSTNAME: 'again-0', SNAPSHOT: 'orders-nightly-2' })).toContain('is restored');
    expect(await postgres.mayLogIn('app', 'a third')).toBe(true);
  });

  test.each([
    ['loses the replication slots of another set, which would make the server keep its log', 'orders', '0'],
    ['keeps the replication slots of its own set: with existing data, a restore deletes nothing', 'restored', '1'],
  ])('%s', async (_, former, left) => {
    postgres.sql("select pg_create_physical_replication_slot('orders_log_0', true)");
    postgres.must('echo "$1" >memory/volume/pgdata/cdk8s-stateful.set', former); // as the server's script does
    await postgres.snapshot();
    restored();
    expect(await postgres.askRestored('select count(*) from pg_replication_slots')).toEqual([left]);
  });

  test('with another database name is refused, and its user is left alone', async () => {
    await postgres.snapshot();
    refused(/has no database "shop"[^]*'databaseName'/, { POSTGRES_DB: 'shop' });
    expect(fs.existsSync(volume('pgdata.restored'))).toBe(false);
    expect(restored()).toContain('is restored'); // it begins anew
  });
});

describe('no empty database takes the place of a restored one', () => {
  test('if the volume is empty', () => {
    postgres.must('mkdir -p memory/restored/lost+found');
    refused(/has no database, but this set is to be restored from the snapshot orders-nightly-1: not creating an empty database[^]*kubectl delete statefulset restored && kubectl delete pvc data-restored-0[^]*remove 'restoreFrom'/);
    expect(fs.readdirSync(volume('')).sort()).toEqual(['lost+found', 'pgdata.lock']);
  });

  test('if the snapshot was taken before the database was complete', async () => {
    await postgres.snapshot();
    fs.renameSync(volume('pgdata'), volume('pgdata.tmp'));
    refused(/was incomplete when the snapshot was taken/);
    expect(fs.existsSync(volume('pgdata.tmp/PG_VERSION'))).toBe(true);
  });

  test('if it holds foreign data', () => {
    postgres.must('mkdir -p memory/restored/mysql');
    refused(/its content was not written by this set: 'mysql'/);
  });
});

describe('what cannot be the database is refused, and not changed', () => {
  test('another major release', async () => {
    await postgres.snapshot();
    fs.writeFileSync(volume('pgdata/PG_VERSION'), '9\n');
    refused(/is from PostgreSQL 9: it can only be restored into the same major release/);
  });

  test('a database with tablespaces on other volumes', async () => {
    await postgres.snapshot();
    fs.symlinkSync('/elsewhere', volume('pgdata/pg_tblspc/16384'));
    refused(/is not the whole database/);
  });

  test('the data of a standby, by the step that follows', async () => {
    await postgres.snapshot();
    fs.writeFileSync(volume('pgdata/standby.signal'), '');
    expect(restored()).toBe('');
    expect(postgres.prepareRestored()).toMatchObject({ status: 1, stderr: expect.stringContaining('holds the data of a standby') as string });
  });
});

test('a member other than 0 clones, as always', () => {
  expect(restored({ HOSTNAME: 'restored-1' })).toBe('');
});
