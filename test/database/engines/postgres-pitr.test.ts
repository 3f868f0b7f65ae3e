import * as fs from 'node:fs';
import * as path from 'node:path';
import { itUnless } from '../../support/needs';
import { forgetTemplate, postgresPrograms, RealPostgres } from '../../support/real-postgres';
import { Running, until } from '../../support/real-server';

/** Physical backups, the log archive and restores, with a real server of this machine: docs/states/backup.md names these cases. */
const programs = postgresPrograms();
const test = itUnless(programs === undefined ? 'needs the programs of PostgreSQL 15 or later in /usr/lib/postgresql' : undefined);
jest.setTimeout(300_000); // on a busy machine

let postgres: RealPostgres;
let archiver: Running;
let written: number;
beforeEach(async () => {
  if (programs === undefined) return;
  postgres = new RealPostgres(programs);
  written = 0;
  await postgres.found();
  postgres.sql('create table data (id int primary key)');
});
afterEach(() => postgres?.end());
afterAll(forgetTemplate);

const LOG = 'memory/store/orders/log';
const COUNT = 'select count(*) from data';
const runs = () => postgres.list(LOG);
const description = (run: string) => fs.readFileSync(postgres.file(`${LOG}/${run}/RUN`), 'utf8');
const segments = (run: string) => postgres.list(`${LOG}/${run}`).filter(name => /^[0-9A-F]{24}$/.test(name));

/** Each statement is acknowledged when it returns. */
function write(rows = 10): void {
  postgres.sql(`insert into data select generate_series(${written + 1}, ${written + rows})`);
  written += rows;
}
function writeSegments(count: number): void {
  for (let i = 0; i < count; i++) {
    write();
    postgres.sql('select pg_switch_wal()');
  }
}
async function startArchiver(): Promise<void> {
  archiver = postgres.archive();
  await archiver.said('receiving the log');
}
/** A time after everything that was written so far, and before anything that comes. */
async function moment(): Promise<string> {
  const time = postgres.now();
  await new Promise(resolve => setTimeout(resolve, 20));
  return time;
}
function backUp(): string {
  const { status, stderr } = postgres.backup();
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
}
const restored = async (env: NodeJS.ProcessEnv, ...statements: string[]) => {
  const { status, stderr } = postgres.restore(env);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return postgres.askRestored(...statements);
};
const refused = (env: NodeJS.ProcessEnv, reason: RegExp) => {
  const { status, stderr } = postgres.restore(env);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
  expect(postgres.list('memory/restored')).not.toContain('pgdata');
};

describe('a restore', () => {
  test('to a point in time has everything acknowledged by then, and nothing later; the archiver killed and the primary restarted leave no gap', async () => {
    await startArchiver();
    write();
    const backup = backUp();
    write();
    await archiver.kill();
    write();
    await startArchiver();
    writeSegments(2);
    await postgres.stop('SIGKILL');
    await postgres.start();
    await archiver.kill(); // the primary has another port now
    await startArchiver();
    write();
    const acknowledged = written;
    const time = await moment();
    postgres.sql('drop table data');
    await postgres.archived();
    await archiver.kill('SIGTERM');
    expect(runs()).toHaveLength(1);

    expect(await restored({ UNTIL: time }, COUNT, 'select timeline_id from pg_control_checkpoint()')).toEqual([`${acknowledged}`, '2']);
    expect(await restored({}, "select to_regclass('data') is null")).toEqual(['t']);
    expect(await restored({ BACKUP: backup }, COUNT)).toEqual(['10']);
  });

  test('is refused to a time before the first backup, and beyond the archive', async () => {
    await startArchiver();
    const before = postgres.now();
    backUp();
    write();
    await postgres.archived();
    await archiver.kill();
    refused({ UNTIL: before }, /no physical backup ended before .*: the oldest one, .*, ended at/);
    refused({ UNTIL: '2999-01-01T00:00:00.000000Z' }, /recovery ended before configured recovery target was reached[\s\S]*use a time before the last completed transaction/);
  });

  test('to a time at which nobody wrote works: the archiver commits now and then', async () => {
    await startArchiver();
    write();
    backUp();
    const time = await moment();
    const next = () => Number(postgres.sql('select pg_snapshot_xmax(pg_current_snapshot())'));
    const before = next();
    await until('a commit of the archiver', () => next() >= before + 2 || `the next transaction is ${next()}`);
    await postgres.archived();
    await archiver.kill();
    expect(await restored({ UNTIL: time }, COUNT)).toEqual(['10']);
  });

  test('is refused if the archive has a gap, or a file of another size, or is damaged, or of another history', async () => {
    await startArchiver();
    backUp();
    writeSegments(4);
    await postgres.archived();
    await archiver.kill();
    const [run] = runs();
    const [first] = segments(run);
    const complete = segments(run).slice(-3);
    const file = (name: string) => postgres.file(`${LOG}/${run}/${name}`);

    const kept = fs.readFileSync(file(complete[0]));
    fs.writeFileSync(file(complete[0]), Buffer.from(kept).fill(1, 100, 5000));
    refused({}, /the archive is damaged: the log could only be replayed up to \S+, but the run has/);
    fs.writeFileSync(file(complete[0]), kept.subarray(0, 5000));
    refused({}, /does not have 1048576 bytes/);
    fs.rmSync(file(complete[0]));
    refused({}, new RegExp(`the archive has a gap in \\S+ before ${complete[1]}`));
    fs.writeFileSync(file(complete[0]), kept);
    const beginning = fs.readFileSync(file(first));
    fs.writeFileSync(file(first), Buffer.from(beginning).fill(1, 100, 200));
    refused({}, /the archive has the log of another history than the backup/);
    fs.writeFileSync(file(first), beginning);
    expect(await restored({}, COUNT)).toEqual(['40']);
  });

  test('is refused of a damaged backup, of another major release, and without the database', async () => {
    await startArchiver();
    const backup = `memory/store/orders/physical/${backUp()}`;
    await archiver.kill();
    const edit = (name: string, change: (text: string) => string) => {
      const file = postgres.file(`${backup}/${name}`);
      const before = fs.readFileSync(file, 'latin1');
      fs.writeFileSync(file, change(before), 'latin1');
      return () => fs.writeFileSync(file, before, 'latin1');
    };
    let undo = edit('base.tar.gz', text => `${text}x`);
    refused({}, /is damaged: its checksums differ\. Name an earlier one: $/m);
    undo();
    undo = edit('BACKUP', text => text.replace(/release: \d+/, 'release: 9'));
    refused({}, /only be restored into the same major release/);
    undo();
    refused({ POSTGRES_DB: 'nothing' }, /the backup has no database 'nothing'/);
  });

  test('that is interrupted begins anew, and one that is done is never repeated', async () => {
    await startArchiver();
    backUp();
    write();
    await postgres.archived();
    await archiver.kill();
    postgres.tool('psql', '[ ! -e "$HOME/interrupt" ] || kill -KILL $PPID; exec $(PATH=${PATH#*:} command -v psql) "$@"');
    fs.writeFileSync(postgres.file('interrupt'), '');
    const restoring = postgres.restoring();
    await restoring.said('archive recovery complete');
    await restoring.kill();
    fs.rmSync(postgres.file('interrupt'));
    expect(postgres.list('memory/restored')).toContain('pgdata.tmp');
    await postgres.left('memory/restored');

    const { status, stderr } = postgres.restore();
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const inode = fs.statSync(postgres.file('memory/restored/pgdata')).ino;
    expect(postgres.restore()).toMatchObject({ status: 0, stderr: '' });
    expect(fs.statSync(postgres.file('memory/restored/pgdata')).ino).toBe(inode);
    expect(await postgres.askRestored(COUNT)).toEqual(['10']);
  });

  test('leaves foreign data alone', () => {
    postgres.must('mkdir -p memory/restored/photos');
    refused({}, /this volume is not empty/);
    expect(postgres.list('memory/restored')).toContain('photos');
  });

  test('gives the user of the Secret its password, though the backup has another one, or no such user', async () => {
    await startArchiver();
    backUp();
    await archiver.kill();
    fs.writeFileSync(postgres.file('other-user'), 'o\'dd "one"');
    const valid = 'select rolname, rolsuper, rolpassword like \'SCRAM-SHA-256%\' from pg_authid where rolname in (\'app\', \'o\'\'dd \\"one\\"\') order by 1'.replace(/\\"/g, '"');
    expect(await restored({ POSTGRES_USER_FILE: postgres.file('other-user') }, valid)).toEqual(['app|t|t\no\'dd "one"|t|t']);
  });
});

describe('a log archive', () => {
  test('whose slot was lost has a gap: it says so, is not ready, and restores refuse to pass over it until there is a backup', async () => {
    await startArchiver();
    write();
    backUp();
    writeSegments(2);
    const time = await moment();
    write();
    await postgres.archived();
    await archiver.kill();
    await postgres.stop();
    await postgres.start({ max_slot_wal_keep_size: '2MB', max_wal_size: '2MB', wal_keep_size: '0' });
    writeSegments(8);
    postgres.sql('checkpoint');
    expect(postgres.sql('select wal_status from pg_replication_slots')).toBe('lost');

    await startArchiver();
    expect(runs()).toHaveLength(2);
    expect(description(runs()[1])).toMatch(/because: the primary no longer has the log/);
    await postgres.archived();
    expect(postgres.notReady()).toMatch(/No physical backup has been made since a gap/);
    refused({}, /the archive has a gap after the newest physical backup/);
    expect(await restored({ UNTIL: time }, COUNT)).toEqual(['30']);

    backUp();
    write();
    await postgres.archived();
    await postgres.ready();
    await archiver.kill();
    expect(await restored({}, COUNT)).toEqual([`${written}`]);
  });

  test('of a primary that was restored in place keeps both histories apart, even if the new one has come further', async () => {
    await startArchiver();
    write();
    backUp();
    writeSegments(2);
    await postgres.archived();
    await postgres.stop();
    await archiver.kill();
    postgres.must('cp -r memory/volume/pgdata memory/volume/older');
    await postgres.start();
    await startArchiver();
    writeSegments(3);
    const acknowledged = written;
    const time = await moment();
    postgres.sql('insert into data values (-1)');
    await postgres.archived();
    await postgres.stop();
    await archiver.kill();
    postgres.must('rm -r memory/volume/pgdata && mv memory/volume/older memory/volume/pgdata');
    await postgres.start();
    written = 30;
    writeSegments(6);
    await startArchiver();
    expect(runs()).toHaveLength(2);
    expect(description(runs()[1])).toMatch(/because: the primary does not have what the run \S+ ends with/);
    expect(await restored({ UNTIL: time }, COUNT)).toEqual([`${acknowledged}`]);
    backUp();
    write();
    await postgres.archived();
    await archiver.kill();
    expect(await restored({}, COUNT)).toEqual([`${written}`]);
  });

  test('of another database begins a run of its own', async () => {
    await startArchiver();
    write();
    backUp();
    const time = await moment();
    write();
    await postgres.archived();
    await postgres.stop();
    await archiver.kill();
    fs.rmSync(postgres.file('memory/volume/pgdata'), { recursive: true });
    await postgres.found({}, { another: true });
    await startArchiver();
    expect(description(runs()[1])).toMatch(/because: the primary is another database/);
    await archiver.kill();
    expect(await restored({ UNTIL: time }, COUNT)).toEqual(['10']);
    refused({}, /the archive has a gap after the newest physical backup/);
  });

  test('goes on over a new timeline of the same history', async () => {
    await startArchiver();
    write();
    backUp();
    writeSegments(2);
    write();
    await postgres.archived();
    await postgres.stop();
    await archiver.kill();
    postgres.must('touch "$PGDATA/recovery.signal"');
    await postgres.start({ restore_command: 'false', hot_standby: 'off' });
    expect(postgres.sql('select timeline_id from pg_control_checkpoint()')).toBe('2');
    await startArchiver();
    writeSegments(2);
    await postgres.archived();
    await archiver.kill();
    expect(runs()).toHaveLength(1);
    expect(await restored({}, COUNT)).toEqual([`${written}`]);
  });

  test('goes on after a restore of everything under the same name, and begins a run after one to a point in time', async () => {
    await startArchiver();
    backUp();
    write();
    const time = await moment();
    writeSegments(2);
    await postgres.archived();
    await postgres.stop();
    await archiver.kill();
    const restoreInPlace = async (env: NodeJS.ProcessEnv) => {
      const { status, stderr } = postgres.restore({ POSTGRES_PASSWORD_FILE: postgres.file('password'), ...env });
      expect({ status, stderr }).toMatchObject({ status: 0 });
      postgres.must('rm -r memory/volume/pgdata && mv memory/restored/pgdata memory/volume/');
      await postgres.start();
      await startArchiver();
    };
    await restoreInPlace({});
    expect(runs()).toHaveLength(1);
    write();
    await postgres.archived();
    await postgres.stop();
    await archiver.kill();
    expect(await restored({}, COUNT)).toEqual(['40']);

    await restoreInPlace({ UNTIL: time });
    expect(description(runs()[1])).toMatch(/because: the primary does not have what the run/);
    expect(postgres.sql(COUNT)).toBe('10');
    backUp();
    await postgres.archived();
    await archiver.kill();
    expect(await restored({}, COUNT)).toEqual(['10']);
  });

  test('whose volume is new goes on where its slot is, and has no gap after it', async () => {
    await startArchiver();
    write();
    await archiver.kill();
    fs.rmSync(postgres.file(LOG), { recursive: true });
    writeSegments(2);
    await startArchiver();
    backUp();
    write();
    await postgres.archived();
    await archiver.kill();
    expect(runs()).toHaveLength(1);
    expect(await restored({}, COUNT)).toEqual([`${written}`]);
  });

  test('has one archiver: a second one on the same volume waits', async () => {
    await startArchiver();
    const second = postgres.archive();
    await second.said('another Pod is still using this volume');
    await archiver.kill();
    await second.said('receiving the log');
    await second.kill();
  });

  test('on a full volume says so, is not ready, and goes on when there is room', async () => {
    await startArchiver();
    backUp();
    await archiver.kill();
    const folder = postgres.file(`${LOG}/${runs()[0]}`);
    for (const name of postgres.list(`${LOG}/${runs()[0]}`).filter(partial => partial.endsWith('.partial'))) fs.rmSync(`${folder}/${name}`); // the primary has all of it
    // As on a full volume, a file of the log is made in part only.
    postgres.tool('pg_receivewal', `
      real=$(PATH=\${PATH#*:} command -v pg_receivewal)
      [ -e "$HOME/full" ] || exec "$real" "$@"
      trap '' XFSZ
      ulimit -f 512
      "$real" "$@"
      find "$HOME/${LOG}/" -name '*.partial' -size 512k >"$HOME/short"
    `);
    fs.writeFileSync(postgres.file('full'), '');
    archiver = postgres.archive();
    writeSegments(2);
    await archiver.said('no longer receiving the log: see above for the reason. Free:');
    fs.rmSync(postgres.file('state/receives'), { force: true }); // what was received just before it was full counts for a minute
    expect(postgres.notReady()).toBe('The log of the primary is not being received.');
    expect(fs.readFileSync(postgres.file('short'), 'utf8')).toMatch(/partial$/m);
    // The primary keeps what the archive does not have, and no file that it has.
    writeSegments(12);
    postgres.sql('checkpoint');
    const last = segments(runs()[0]).slice(-1)[0];
    expect(postgres.sql(`select size is null from pg_stat_file('pg_wal/${last}', true)`)).toBe('t');
    fs.rmSync(postgres.file('full'));
    write();
    await postgres.archived();
    await postgres.ready();
    await archiver.kill();
    expect(runs()).toHaveLength(1);
    expect(await restored({}, COUNT)).toEqual([`${written}`]);
  });

  test('of which another container notes what it has sent is continued', async () => {
    await startArchiver();
    backUp();
    writeSegments(2);
    await postgres.archived();
    await archiver.kill();
    const folder = postgres.file(`${LOG}/${runs()[0]}`);
    fs.mkdirSync(`${folder}/.shipped`);
    for (const name of postgres.list(`${LOG}/${runs()[0]}`)) fs.writeFileSync(`${folder}/.shipped/${name}`, '');
    write();
    await startArchiver();
    await postgres.archived();
    await archiver.kill();
    expect(runs()).toHaveLength(1);
  });

  test('that ends with a file that no log was written to is restored, and continued', async () => {
    await startArchiver();
    backUp();
    write();
    await postgres.archived();
    await archiver.kill();
    const folder = postgres.file(`${LOG}/${runs()[0]}`);
    const [last] = postgres.list(`${LOG}/${runs()[0]}`).filter(name => name.endsWith('.partial')).slice(-1);
    const next = `${last.slice(0, 16)}${(parseInt(last.slice(16, 24), 16) + 1).toString(16).toUpperCase().padStart(8, '0')}.partial`;
    for (const size of [4096, 2 ** 20]) {
      fs.writeFileSync(`${folder}/${next}`, Buffer.alloc(size));
      fs.chmodSync(`${folder}/${next}`, 0o666);
      expect(await restored({}, COUNT)).toEqual([`${written}`]);
    }
    await startArchiver();
    await postgres.archived();
    await archiver.kill();
    expect(runs()).toHaveLength(1);
  });

  test('loses old files with the backups that need them, and never those of one that is kept', async () => {
    await startArchiver();
    backUp();
    writeSegments(3);
    await new Promise(resolve => setTimeout(resolve, 1100)); // names of backups are seconds
    const kept = backUp();
    const facts = fs.readFileSync(postgres.file(`memory/store/orders/physical/${kept}/BACKUP`), 'utf8');
    const from = /log-from: (\S+)/.exec(facts)?.[1] ?? '';
    const time = await moment();
    writeSegments(3);
    await new Promise(resolve => setTimeout(resolve, 1100));
    await postgres.archived();
    expect(segments(runs()[0])[0] < from).toBe(true);
    expect(postgres.backup({ KEEP_COUNT: '2' })).toMatchObject({ status: 0 });
    expect(segments(runs()[0])[0]).toBe(from);
    await postgres.archived();
    await archiver.kill();
    expect(await restored({ UNTIL: time }, COUNT)).toEqual(['30']);
  });
});

test('a copy that is not whole is no backup, and earlier ones stay', () => {
  const first = backUp();
  postgres.tool('pg_verifybackup', 'echo "checksum mismatch" >&2; exit 1');
  expect(postgres.backup()).toMatchObject({ status: 1, stderr: expect.stringContaining('earlier ones were left alone') as string });
  expect(postgres.list(path.join('memory/store/orders/physical'))).toEqual([first]);
});
