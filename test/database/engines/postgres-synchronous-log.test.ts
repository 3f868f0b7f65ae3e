import * as fs from 'node:fs';
import { itUnless } from '../../support/needs';
import { forgetTemplate, postgresPrograms, RealPostgres } from '../../support/real-postgres';
import { Running, until } from '../../support/real-server';

/** A log archive that commits wait for, with a real server of this machine: docs/states/backup.md names these cases. */
const programs = postgresPrograms();
const test = itUnless(programs === undefined ? 'needs the programs of PostgreSQL 15 or later in /usr/lib/postgresql' : undefined);
jest.setTimeout(300_000); // on a busy machine

/** What serve-with-archive.sh starts the server with. */
const SYNCHRONOUS = { synchronous_standby_names: '"orders-log-0"' };
const LOG = 'memory/store/orders/log';

let postgres: RealPostgres;
let archiver: Running;
beforeEach(async () => {
  if (programs === undefined) return;
  postgres = new RealPostgres(programs);
  await postgres.found();
  postgres.sql('create table data (id int primary key)');
  await postgres.stop();
  await postgres.start(SYNCHRONOUS);
});
afterEach(() => postgres?.end());
afterAll(forgetTemplate);

async function startArchiver(): Promise<void> {
  archiver = postgres.archive({ SYNCHRONOUS: 'on' });
  await archiver.said('receiving the log');
}
const runs = () => postgres.list(LOG);
const because = (run: string) => fs.readFileSync(postgres.file(`${LOG}/${run}/RUN`), 'utf8');
function backUp(): void {
  const { status, stderr } = postgres.backup();
  expect({ status, stderr }).toMatchObject({ status: 0 });
}
async function restoredRows(): Promise<Set<string>> {
  const { status, stderr } = postgres.restore();
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return new Set((await postgres.askRestored('select id from data'))[0].split('\n'));
}
async function expectAll(acknowledged: string[]): Promise<void> {
  const rows = await restoredRows();
  expect(acknowledged.filter(id => !rows.has(id))).toEqual([]);
}
type Writer = ReturnType<RealPostgres['writing']>;
const more = (writer: Writer, rows = 50) => {
  const before = writer.acknowledged().length;
  return until(`${rows} more rows`, () => writer.acknowledged().length >= before + rows || `${writer.acknowledged().length - before}, and ${archiver.lastSaid()}`);
};
/** Nothing is acknowledged any more, though the server runs. */
async function stuck(writer: Writer): Promise<void> {
  await until('a commit that waits', () => postgres.waiting() === 1 || `${postgres.waiting()}`);
  await new Promise(resolve => setTimeout(resolve, 1000)); // what was acknowledged before is on its way to the writer
  const { length } = writer.acknowledged();
  await new Promise(resolve => setTimeout(resolve, 1000));
  expect({ acknowledged: writer.acknowledged().length, waiting: postgres.waiting() }).toEqual({ acknowledged: length, waiting: 1 });
}

test('has everything that was acknowledged, whenever the primary is killed, with the archiver or without it', async () => {
  await startArchiver();
  backUp();
  let acknowledged: string[] = [];
  for (let round = 0; round < 6; round++) {
    const writer = postgres.writing();
    await more(writer, 40 + 37 * round);
    if (round % 2 === 0) {
      await Promise.all([postgres.stop('SIGKILL'), archiver.kill()]);
    } else {
      await postgres.stop('SIGKILL');
      await archiver.kill('SIGTERM');
    }
    acknowledged = [...acknowledged, ...await writer.end()];
    await postgres.left('memory/volume/pgdata');
    await expectAll(acknowledged); // as if the volume of the primary were lost
    await postgres.start(SYNCHRONOUS);
    await startArchiver();
  }
  expect(acknowledged.length).toBeGreaterThan(700);
  expect(runs()).toHaveLength(1);
});

test('makes commits wait while its archiver is down, and lets them go on when it is back; a backup and a restart of the primary need nobody', async () => {
  await startArchiver();
  backUp();
  await postgres.ready();
  expect(postgres.sql("select sync_state from pg_stat_replication where application_name = 'orders-log-0'")).toBe('sync');
  let writer = postgres.writing();
  await more(writer);
  await archiver.kill();
  await stuck(writer);
  await new Promise(resolve => setTimeout(resolve, 1000)); // names of backups are seconds
  backUp();
  await startArchiver();
  await more(writer);

  await archiver.kill();
  await stuck(writer);
  await postgres.stop(); // what waits is not acknowledged
  const acknowledged = await writer.end();
  await postgres.start(SYNCHRONOUS);
  await startArchiver();
  writer = postgres.writing();
  await more(writer);
  await postgres.stop('SIGKILL');
  await archiver.kill();
  await expectAll([...acknowledged, ...await writer.end()]);
  expect(runs()).toHaveLength(1);
});

test('makes commits wait while its volume is full, and lets them go on when there is room', async () => {
  await startArchiver();
  backUp();
  await archiver.kill();
  const folder = postgres.file(`${LOG}/${runs()[0]}`);
  for (const name of fs.readdirSync(folder).filter(partial => partial.endsWith('.partial'))) fs.rmSync(`${folder}/${name}`); // the primary has all of it
  // As on a full volume, a file of the log is made in part only.
  postgres.tool('pg_receivewal', '[ -e "$HOME/room" ] || ulimit -f 512; trap "" XFSZ; exec "$(PATH=${PATH#*:} command -v pg_receivewal)" "$@"');
  archiver = postgres.archive({ SYNCHRONOUS: 'on' });
  const writer = postgres.writing();
  await archiver.said('no longer receiving the log: see above for the reason. Free:');
  await stuck(writer);
  fs.writeFileSync(postgres.file('room'), '');
  await more(writer);
  await postgres.stop('SIGKILL');
  await archiver.kill();
  await expectAll(await writer.end());
  expect(runs()).toHaveLength(1);
});

test('with a gap makes commits wait until there is a backup: what they would acknowledge could not be restored', async () => {
  await startArchiver();
  backUp();
  await archiver.kill();
  await postgres.stop();
  await postgres.start({ ...SYNCHRONOUS, max_slot_wal_keep_size: '2MB', max_wal_size: '2MB', wal_keep_size: '0' });
  for (let i = 0; i < 8; i++) postgres.sql(`set synchronous_commit = local; insert into data values (${-i - 1}); select pg_switch_wal()`);
  postgres.sql('checkpoint');
  expect(postgres.sql('select wal_status from pg_replication_slots')).toBe('lost');

  const writer = postgres.writing();
  await startArchiver();
  expect(because(runs()[1])).toMatch(/because: the primary no longer has the log/);
  await archiver.said('until there is one commits wait, and nothing that is written can be restored');
  await stuck(writer);
  expect(postgres.notReady()).toMatch(/No physical backup has been made since a gap/);
  backUp();
  await archiver.said('reconnecting, so that commits continue');
  await more(writer);
  await postgres.ready();
  await postgres.stop('SIGKILL');
  await archiver.kill();
  await expectAll(await writer.end());
});

test('on a new volume, beside the slot of an earlier one, asks for a backup', async () => {
  await startArchiver();
  backUp();
  await archiver.kill();
  fs.rmSync(postgres.file('memory/store'), { recursive: true });
  const writer = postgres.writing();
  await startArchiver();
  expect(because(runs()[0])).toMatch(/because: the volume of the archiver is new, and an earlier archive was elsewhere/);
  await stuck(writer);
  backUp();
  await more(writer);
  await postgres.stop('SIGKILL');
  await archiver.kill();
  await expectAll(await writer.end());
});

test('whose store turns out to have an earlier archive makes commits wait until there is a backup', async () => {
  await startArchiver();
  const writer = postgres.writing();
  await more(writer);
  const gap = postgres.file(`${LOG}/${runs()[0]}/.gap`);
  fs.writeFileSync(gap, 'the volume of the archiver is new'); // as the container that sends the log does
  await archiver.said('reconnecting, so that commits wait for a backup');
  await stuck(writer);
  backUp();
  await archiver.said('reconnecting, so that commits continue');
  await more(writer);
  expect(fs.existsSync(gap)).toBe(false);
  await postgres.stop('SIGKILL');
  await archiver.kill();
  await expectAll(await writer.end());
});

test('lets commits go on without it if a person decides so, and is not ready until that is undone', async () => {
  await startArchiver();
  backUp();
  await archiver.kill();
  const writer = postgres.writing();
  await stuck(writer);
  for (const statement of ['alter system set synchronous_commit = local', 'select pg_reload_conf()']) postgres.sql(statement);
  await stuck(writer); // what waits already is to be canceled
  postgres.sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
  await more(writer);
  await startArchiver();
  await archiver.said("synchronous_commit is 'local'");
  for (const statement of ['alter system reset synchronous_commit', 'select pg_reload_conf()']) postgres.sql(statement);
  await postgres.ready();
  await archiver.kill();
  await stuck(writer);
});

test.each([
  ['names nobody', {}, "synchronous_standby_names is '', synchronous_commit is 'on'"],
  ['does not wait', { ...SYNCHRONOUS, synchronous_commit: 'local' }, 'synchronous_standby_names is \'"orders-log-0"\', synchronous_commit is \'local\''],
])('is not ready, and says why, while the server %s', async (_, parameters, reason) => {
  await postgres.stop();
  await postgres.start(parameters);
  await startArchiver();
  await archiver.said(`commits do not wait for this archiver as they should: ${reason}`);
  expect(postgres.notReady()).toBe('Commits do not wait for the archive.');
  await postgres.stop();
  await postgres.start(SYNCHRONOUS);
  await archiver.kill(); // the primary has another port now
  await startArchiver();
  await postgres.ready();
});
