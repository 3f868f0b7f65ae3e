import * as fs from 'node:fs';
import { IncrementalBackups, PHYSICAL, RECORDING } from '../../support/incremental-backups';
import { itUnless } from '../../support/needs';
import { forgetTemplate, postgresPrograms, RealPostgres } from '../../support/real-postgres';

/** Incremental backups, with a real server of this machine: docs/states/backup.md names these cases. */
const programs = postgresPrograms(17);
const test = itUnless(programs === undefined ? 'needs the programs of PostgreSQL 17 or later in /usr/lib/postgresql' : undefined);
jest.setTimeout(300_000); // on a busy machine

let postgres: RealPostgres;
let backups: IncrementalBackups;
beforeEach(async () => {
  if (programs === undefined) return;
  postgres = new RealPostgres(programs);
  backups = new IncrementalBackups(postgres);
  await postgres.found(RECORDING);
  postgres.sql('create table data (id int primary key, filler text)');
  write(5000);
});
afterEach(() => postgres?.end());
afterAll(forgetTemplate);

const write = (rows = 1) => postgres.sql(`insert into data select (select coalesce(max(id), 0) from data) + n, repeat(md5(n::text), 16) from generate_series(1, ${rows}) n`);
const COUNT = 'select count(*) from data';
/** The sum of all rows, which differs if one was lost, or is there twice. */
const ALL = 'select count(*), sum(id) from data';
const backUp = (env: NodeJS.ProcessEnv = {}) => backups.make(env);
const sizeOf = (name: string) => fs.statSync(postgres.file(`${PHYSICAL}/${name}/base.tar.gz`)).size;
const restored = (env: NodeJS.ProcessEnv, ...statements: string[]) => backups.restored(env, ...statements);
const refused = (env: NodeJS.ProcessEnv, reason: RegExp) => {
  expect(postgres.restore(env)).toMatchObject({ status: 1, stderr: expect.stringMatching(reason) as string });
  expect(postgres.list('memory/restored')).not.toContain('pgdata');
};
const asItWas = () => postgres.sql(ALL);

describe('an incremental backup', () => {
  test('has what changed since the one before, and is restored with those that it builds on', async () => {
    const full = backUp();
    expect(full).toMatchObject({ base: undefined, stderr: expect.stringContaining('making a full backup, because there is no earlier one.') as string });
    write();
    const first = backUp();
    const then = asItWas();
    postgres.sql('delete from data where id % 2 = 0');
    postgres.sql('vacuum data');
    write(10);
    const second = backUp();
    expect([first.base, second.base]).toEqual([full.name, first.name]);
    expect(sizeOf(first.name)).toBeLessThan(sizeOf(full.name) / 2);
    const now = asItWas();
    write();

    expect(await restored({}, ALL)).toEqual([now]);
    expect(await restored({ BACKUP: first.name }, ALL)).toEqual([then]);
    expect(await restored({ BACKUP: full.name }, COUNT)).toEqual(['5000']);
    expect(postgres.list('memory/restored')).toEqual([]);
  });

  test('is restored as the server was, whatever was done to it', async () => {
    const run = (...statements: string[]) => statements.forEach(statement => postgres.sql(statement));
    const table = (name: string, rows = 500) => `create table ${name} as select n as id, repeat(md5(n::text), 8) as filler from generate_series(1, ${rows}) n`;
    run(
      ...['dropped', 'truncated', 'shrunk', 'rewritten', 'clustered', 'emptied'].map(name => table(name)),
      'create index on clustered (filler)', 'create unlogged table forgotten (id int)', 'create unlogged table logged (id int)', 'create sequence counter',
      "create table long as select n as id, string_agg(md5((n * m)::text), '') as text from generate_series(1, 20) n, generate_series(1, 200) m group by n",
      'create database kept', 'create database gone',
    );
    backUp();
    run(
      'drop table dropped', 'truncate truncated', 'insert into truncated select 1, filler from shrunk limit 10', 'delete from shrunk where id > 100', 'vacuum shrunk',
      'delete from rewritten where id % 2 = 0', 'vacuum full rewritten', 'cluster clustered using clustered_filler_idx', 'reindex table data',
      'insert into forgotten select 1', 'insert into logged select generate_series(1, 500)', 'alter table logged set logged', "select nextval('counter') from generate_series(1, 100)",
      "update long set text = text || 'longer' where id % 5 = 0", "select lo_from_bytea(0, decode(repeat('ab', 100000), 'hex'))",
      'create database copied template kept strategy file_copy', 'create database written template kept strategy wal_log', 'drop database gone', table('added'),
      'begin; truncate data; rollback', 'create table gone_again (id int)',
    );
    backUp();
    run(
      'truncate emptied', 'insert into shrunk select id, filler from added', 'drop table gone_again', "select nextval('counter')", 'alter table added add column more int default 7',
      'drop database written', 'create database gone template copied strategy file_copy', "create table \"with 'quotes'\" as select 1 as one",
    );
    const { base } = backUp();
    expect(base).toBeDefined();
    const all = postgres.dump();
    expect(postgres.restore()).toMatchObject({ status: 0 });
    expect(await postgres.dumpRestored()).toBe(all);
  });

  test('is followed by a full one when there are as many as wanted, and old ones are deleted when nothing builds on them', () => {
    const names = [backUp(), backUp(), backUp()].map(({ name }) => name);
    const fourth = backUp({ KEEP_COUNT: '2' });
    expect(fourth).toMatchObject({ base: undefined, stderr: expect.stringContaining('because the last full one was 3 backups ago') as string });
    expect(postgres.list(PHYSICAL)).toEqual([...names, fourth.name]); // the third builds on both
    const fifth = backUp({ KEEP_COUNT: '2' });
    expect(fifth.base).toBe(fourth.name);
    expect(postgres.list(PHYSICAL)).toEqual([fourth.name, fifth.name]);
  });

  test('continues over a restart, a crash, and backups that were not completed', async () => {
    const { name } = backUp();
    await postgres.stop('SIGKILL');
    await postgres.start(RECORDING);
    write();
    const uncompleted = backUp();
    fs.rmSync(postgres.file(`${PHYSICAL}/${uncompleted.name}`), { recursive: true });
    write();
    await postgres.stop();
    await postgres.start(RECORDING);
    const after = backUp();
    expect(after.base).toBe(name);
    expect(await restored({}, ALL)).toEqual([asItWas()]);
  });

  test('replays the log archive up to a point in time', async () => {
    const archiver = postgres.archive();
    await archiver.said('receiving the log');
    backUp();
    write();
    const { base } = backUp();
    expect(base).toBeDefined();
    write();
    const then = asItWas();
    const time = postgres.now();
    await new Promise(resolve => setTimeout(resolve, 20));
    postgres.sql('drop table data');
    await postgres.archived();
    await archiver.kill('SIGTERM');
    expect(await restored({ UNTIL: time }, ALL)).toEqual([then]);
  });
});

describe('a full backup is made', () => {
  test('after the volume was restored from a snapshot: the log at the place of the backup is another one', async () => {
    await postgres.keepVolume();
    postgres.sql("update data set filler = 'abandoned' where id <= 100");
    postgres.sql('vacuum data');
    const before = backUp();
    await postgres.bringBackVolume(RECORDING);
    write(20000); // past the place where the backup was made, in another history
    postgres.sql('checkpoint');
    const { base, stderr, name } = backUp();
    expect({ base, stderr }).toEqual({ base: undefined, stderr: expect.stringContaining(`because the server does not know the newest one, ${before.name}`) as string });
    expect(await restored({ BACKUP: name }, COUNT, "select count(*) from data where filler = 'abandoned'")).toEqual(['25000', '0']);
  });

  test('where the server is another one, does not record what changes, or has forgotten it', async () => {
    backUp();
    await postgres.stop();
    await postgres.start();
    expect(backUp()).toMatchObject({ base: undefined, stderr: expect.stringContaining('summarize_wal=off') as string });
    await postgres.stop();
    await postgres.start(RECORDING);
    backUp();
    await postgres.stop();
    await postgres.start();
    for (let i = 0; i < 2; i++) {
      write(20_000); // more than the log keeps
      postgres.sql('checkpoint');
    }
    await postgres.stop();
    await postgres.start(RECORDING);
    const forgotten = backUp();
    expect(forgotten).toMatchObject({ base: undefined, stderr: expect.stringMatching(/WAL summaries[\s\S]*because the incremental one failed: see above/) as string });
    expect(await restored({}, ALL)).toEqual([asItWas()]);
  });

  test('after backups without increments, which leave no mark', () => {
    const { status } = postgres.backup();
    expect(status).toBe(0);
    expect(backUp()).toMatchObject({ base: undefined, stderr: expect.stringContaining("made without 'fullEvery'") as string });
  });

  test('where the newest one has lost its manifest', () => {
    const { name } = backUp();
    fs.rmSync(postgres.file(`${PHYSICAL}/${name}/backup_manifest`));
    expect(backUp()).toMatchObject({ base: undefined, stderr: expect.stringContaining('has no manifest') as string });
  });

  test('of a database that was restored from it: increments are of one server', async () => {
    backUp();
    write();
    const { name } = backUp();
    expect(postgres.restore()).toMatchObject({ status: 0 });
    await postgres.becomeRestored(RECORDING);
    write();
    const next = backUp({ PASSWORD_FILE: postgres.file('other-password') });
    expect(next).toMatchObject({ base: undefined });
    expect(next.stderr).toContain(`does not know the newest one, ${name}`);
  });
});

test('a server that does not answer gets no backup, rather than a full one', async () => {
  const { name } = backUp();
  await postgres.stop();
  const { status, stderr } = postgres.backup({ FULL_EVERY: '3', CATALOG: postgres.file('memory/store/orders') });
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.not.stringContaining('making a full backup') as string });
  expect(postgres.list(PHYSICAL)).toEqual([name]);
});

describe('a restore', () => {
  const mark = (name: string) => fs.renameSync(postgres.file(`${PHYSICAL}/${name}/BACKUP`), postgres.file(`${PHYSICAL}/${name}/BACKUP.damaged`));

  test('is refused where a backup in between is damaged, and names those that do not build on it', () => {
    const [full, second, third] = [backUp(), backUp(), backUp()].map(({ name }) => name);
    const file = postgres.file(`${PHYSICAL}/${second}/base.tar.gz`);
    fs.writeFileSync(file, fs.readFileSync(file).fill(1, 100, 200));
    refused({}, new RegExp(`the backup ${second} is damaged: its checksums differ\\. Name an earlier one: ${full} $`, 'm'));
    mark(second);
    refused({ BACKUP: third }, new RegExp(`there is no complete physical backup '${third}', as it builds on ${second}, which is not there\\. There are: ${full} `));
    expect(postgres.restore()).toMatchObject({ status: 0, stderr: expect.stringContaining(`the backup ${full} is restored`) as string });
  });

  test('that is interrupted while it combines begins anew', async () => {
    backUp();
    write();
    backUp();
    postgres.tool('pg_combinebackup', 'case $1 in --help) ;; *) echo combining >&2; exec /bin/sleep 60 ;; esac');
    const restoring = postgres.restoring();
    await restoring.said('combining 2 backups');
    await restoring.kill();
    expect(postgres.list('memory/restored')).toContain('pgdata.pieces');
    fs.rmSync(postgres.file('bin/pg_combinebackup'));
    expect(await restored({}, ALL)).toEqual([asItWas()]);
  });
});
