import * as fs from 'node:fs';
import { IncrementalBackups, RECORDING } from '../../support/incremental-backups';
import { itUnless } from '../../support/needs';
import { forgetTemplate, postgresPrograms, RealPostgres } from '../../support/real-postgres';

/** Incremental backups of real servers that do not simply go on: docs/states/backup.md names these cases. */
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
/** All rows, in one number. */
const ALL = 'select count(*), sum(id), sum(hashtext(filler)) from data';
const UNKNOWN = (name: string) => expect.stringContaining(`because the server does not know the newest one, ${name}`) as string;
const asItWas = () => postgres.sql(ALL);

describe('a standby that was promoted', () => {
  test('is continued with an increment if it has the mark', async () => {
    const stop = await postgres.follow(RECORDING);
    const { name } = backups.make();
    write(100);
    await postgres.followed();
    await stop();
    await postgres.promoteStandby(RECORDING);
    write(100);
    const { base } = backups.make();
    expect(base).toBe(name);
    expect(await backups.restored({}, ALL)).toEqual([asItWas()]);
  });

  test('gets a full backup if it had not received it', async () => {
    const stop = await postgres.follow(RECORDING);
    await postgres.followed();
    await stop();
    postgres.sql("update data set filler = 'abandoned' where id <= 100");
    const { name } = backups.make();
    await postgres.promoteStandby(RECORDING);
    write(20_000);
    expect(backups.make()).toMatchObject({ base: undefined, stderr: UNKNOWN(name) });
    expect(await backups.restored({}, ALL)).toEqual([asItWas()]);
  });
});

describe('a server that was restored in its place', () => {
  /** Restores all of the archive, or up to a time, and lets the server go on with it. */
  const restoreInPlace = async (env: NodeJS.ProcessEnv = {}) => {
    const { status, stderr } = postgres.restore({ POSTGRES_PASSWORD_FILE: postgres.file('password'), ...env });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    await postgres.becomeRestored(RECORDING);
  };

  test('to a time after the newest backup has its mark, but no records from before: it gets a full one', async () => {
    const archiver = postgres.archive();
    await archiver.said('receiving the log');
    backups.make();
    write(100);
    backups.make();
    write(100);
    const then = asItWas();
    const time = postgres.now();
    await new Promise(resolve => setTimeout(resolve, 20));
    postgres.sql('truncate data');
    await postgres.archived();
    await archiver.kill('SIGTERM');
    await restoreInPlace({ UNTIL: time });
    expect(asItWas()).toBe(then);
    write(100);
    const next = backups.make();
    expect(next).toMatchObject({ base: undefined, stderr: expect.stringMatching(/WAL summaries[\s\S]*because the incremental one failed: see above/) as string });
    expect(await backups.restored({ BACKUP: next.name }, ALL)).toEqual([asItWas()]);
  });

  test('to a time before the newest backup gets a full one', async () => {
    const archiver = postgres.archive();
    await archiver.said('receiving the log');
    backups.make();
    write(100);
    const time = postgres.now();
    await new Promise(resolve => setTimeout(resolve, 20));
    postgres.sql("update data set filler = 'abandoned' where id <= 100");
    const { name, base } = backups.make();
    expect(base).toBeDefined();
    await postgres.archived();
    await archiver.kill('SIGTERM');
    await restoreInPlace({ UNTIL: time });
    write(20_000);
    const next = backups.make();
    expect(next).toMatchObject({ base: undefined, stderr: UNKNOWN(name) });
    expect(await backups.restored({ BACKUP: next.name }, ALL)).toEqual([asItWas()]);
  });
});

test('a server whose volume was restored from a snapshot after it was copied gets no mark', async () => {
  await postgres.keepVolume();
  await postgres.stop();
  await postgres.start(RECORDING);
  postgres.sql("update data set filler = 'abandoned' where id <= 100");
  postgres.sql('vacuum data');
  const goOn = postgres.file('state/go-on');
  // The Job asks whoever is the server by now.
  postgres.tool('psql', `exec ${programs}/psql -p "$(sed -n 4p "$PGDATA/postmaster.pid")" "$@"`);
  postgres.tool('pg_basebackup', `${programs}/pg_basebackup "$@" && echo copied >&2; until [ -e ${goOn} ]; do /bin/sleep 0.1; done`);
  const job = postgres.backingUp(backups.env());
  await job.said('copied');
  await postgres.bringBackVolume(RECORDING);
  write(20_000);
  postgres.sql('checkpoint');
  fs.writeFileSync(goOn, '');
  await job.said('is complete');
  expect(job.lastSaid()).toContain('this backup could not be recorded in the server: the next one will be a full backup.');
  await job.kill();
  expect(backups.make()).toMatchObject({ base: undefined, stderr: expect.stringContaining('does not know the newest one') as string });
  expect(await backups.restored({}, ALL)).toEqual([asItWas()]);
});

test('a server without data checksums is copied in full, unless hints are in its log: else it does not record all that VACUUM changes', async () => {
  await postgres.stop();
  postgres.must('pg_checksums --disable -D "$PGDATA"');
  await postgres.start(RECORDING);
  backups.make();
  expect(backups.make()).toMatchObject({ base: undefined, stderr: expect.stringContaining('does not record all that VACUUM changes') as string });
  await postgres.stop();
  await postgres.start({ ...RECORDING, wal_log_hints: 'on' });
  const first = backups.make(); // what was changed before has no hints in the log
  expect([first.base, backups.make().base]).toEqual([undefined, first.name]);
});

test('a server that has got data checksums since gets a full backup: they are not in the log', async () => {
  await postgres.stop();
  postgres.must('pg_checksums --disable -D "$PGDATA"');
  await postgres.start(RECORDING);
  write(5000);
  const { name } = backups.make();
  await postgres.stop();
  postgres.must('pg_checksums --enable -D "$PGDATA"');
  await postgres.start(RECORDING);
  write();
  expect(backups.make()).toMatchObject({ base: undefined, stderr: expect.stringContaining(`the newest one, ${name}, was made with other settings than data_checksums=on`) as string });
  expect(await backups.restored({}, ALL)).toEqual([asItWas()]);
});
