import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const SRC = path.join(__dirname, '../../../src');
const SCRIPTS = path.join(SRC, 'database/engines/postgres');

/** The scripts run here as in a Pod, but for the tools of the image, which a test writes. */
let folder: string;
let running: ChildProcess[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-scripts-'));
  running = [];
  for (const name of ['volume', 'bin', 'files', 'state']) fs.mkdirSync(file(name));
  for (const script of fs.readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'))) fs.copyFileSync(path.join(SCRIPTS, script), file(`files/${script}`));
  for (const name of ['founding.sh', 'lock.sh']) fs.copyFileSync(path.join(SRC, 'kit/founding', name), file(`files/${name}`));
  fs.writeFileSync(file('username'), 'app');
  fs.writeFileSync(file('password'), 'secret');
  fs.writeFileSync(file('members'), '1\n');
  tool('sleep', 'exec /bin/sleep 0.05');
  tool('sync', 'exit 0');
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true });
});

const file = (name: string) => path.join(folder, name);
const data = 'volume/pgdata';

function tool(name: string, script: string): void {
  fs.writeFileSync(file(`bin/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}

function pgdata(files: { [name: string]: string }): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(file(`${data}/${name}`)), { recursive: true });
    fs.writeFileSync(file(`${data}/${name}`), content);
  }
}

const environment = (hostname: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: `${file('bin')}:${process.env.PATH}`,
  HOSTNAME: hostname,
  PGDATA: file(data),
  PGPASSFILE: file('.pgpass'),
  PGSERVICEFILE: file('service'),
  STATE: file('state'),
  MEMBERS_FILE: file('members'),
  DECISION_FILE: file('decision'),
  FOUNDING_PORT: `${20000 + process.pid % 10000}`,
  POSTGRES_USER_FILE: file('username'),
  POSTGRES_PASSWORD_FILE: file('password'),
  POSTGRES_DB: 'app',
  PRIMARY_HOST: 'orders-0.invalid',
  MEMBERS_HOST: 'orders-headless.shop.svc.invalid',
  ...env,
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, hostname: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Ended {
  return spawnSync('timeout', ['30', 'bash', file(`files/${script}.sh`), ...args], { encoding: 'utf8', env: environment(hostname, env) });
}

/** Starts a script that waits; `said` returns what it wrote to stderr so far. */
function start(script: string, hostname: string): { readonly ended: Promise<number | null>; said(text: string): Promise<string> } {
  const child = spawn('bash', [file(`files/${script}.sh`)], { env: environment(hostname), stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(child);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  return {
    ended: new Promise(resolve => child.on('exit', resolve)),
    async said(text) {
      for (let i = 0; i < 600 && !stderr.includes(text); i++) await new Promise(resolve => setTimeout(resolve, 50));
      expect(stderr).toContain(text);
      return stderr;
    },
  };
}

const names = (where: string) => fs.readdirSync(file(where)).sort();

/** What pg_controldata prints of a copy that was made of database 7. */
const CONTROL = `cat <<'END'
Database system identifier:           7
Database cluster state:               \${STATE_OF_CLUSTER:-in archive recovery}
Latest checkpoint location:           0/1000028
Latest checkpoint's TimeLineID:       1
Minimum recovery ending location:     0/1000100
WAL block size:                       8192
Bytes per WAL segment:                16777216
max_connections setting:              100
max_worker_processes setting:         8
max_wal_senders setting:              20
max_prepared_xacts setting:           0
max_locks_per_xact setting:           64
END`.replace('<<\'END\'', '<<END');

const SEGMENT = '000000010000000000000001';

/** A standby with some log, whose last record begins at 0/1000200; the primary answers as `primary` says. */
function standby(primary: string): void {
  pgdata({ 'PG_VERSION': '17', 'standby.signal': '', [`pg_wal/${SEGMENT}`]: 'x'.repeat(4096) });
  tool('pg_controldata', CONTROL);
  tool('pg_waldump', 'echo "rmgr: Transaction len (rec/tot):     34/    34, tx:        752, lsn: 0/01000200, prev 0/010001C8, desc: COMMIT 2026"');
  tool('getent', 'echo "10.0.0.1      STREAM orders-0"');
  tool('psql', `statement=$(cat); echo "$*" >>${file('asked')}; case "$statement" in *system_identifier*pg_read_binary_file*) ${primary} ;; *) echo "$statement" >>${file('statements')} ;; esac`);
  tool('pg_isready', 'exit 0');
  tool('pg_basebackup', `echo clone >>${file('clones')}; echo 17 >"$PGDATA.tmp/PG_VERSION"`);
}

const primaryWith = (md5: string, lsn = '0/2000000', id = 7, timeline = 1) => `printf '%s\\n' 'server|${id}|${lsn}|${timeline}' 'part|1|${md5}|'`;
/** A primary that has recycled this part of the log, and left the timeline of the copy at `until`. */
const recycledOver = (until: string) => `${primaryWith('', '0/9000000', 7, 2)}; printf '%s\\n' 'left|1|${until}|'`;
const SAME = `$(head -c 536 ${'$PGDATA'}/pg_wal/${SEGMENT} | md5sum | cut -c1-32)`;
const same = primaryWith(SAME).replace(/'part[^']*'/, `"part|1|${SAME}|"`);

describe('a primary', () => {
  test('with data starts with it', () => {
    pgdata({ PG_VERSION: '17' });
    expect(run('prepare', 'orders-0')).toMatchObject({ status: 0, stderr: '' });
  });

  test('waits for no standby in its first init, and moves what it made into place', () => {
    tool('docker-ensure-initdb.sh', `echo "$@" >${file('call')}; mkdir "$PGDATA"; touch "$PGDATA/PG_VERSION"`);
    expect(run('prepare', 'orders-0', ['--synchronous_standby_names=*'])).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('call'), 'utf8')).toBe('postgres --synchronous_standby_names=* -c synchronous_standby_names=\n');
    expect(names(data)).toEqual(['PG_VERSION']);
  });

  test.each([
    ['answers nobody', 'exit 2', 'exit 2', 'orders-1: does not answer'],
    ['starts', 'exit 2', 'exit 1', 'orders-1: has data, but does not accept connections yet'],
    ['lets it not in', 'echo "psql: error: password authentication failed" >&2; exit 2', 'exit 0', 'orders-1: has data, but this member cannot log in: password authentication failed'],
    ['serves', 'cat >/dev/null; echo "a standby, timeline 1"', 'exit 0', 'orders-1: has data: a standby, timeline 1'],
  ])('that is empty waits beside a member that %s', async (_, psql, isReady, state) => {
    fs.writeFileSync(file('members'), '2\n');
    tool('psql', psql);
    tool('pg_isready', isReady);
    const primary = start('prepare', 'orders-0');
    expect(await primary.said('decide.sh found')).toContain(state);
    expect(names('volume')).toEqual(['pgdata.lock']);
  });

  test.each([
    ['another image', { 'data/PG_VERSION': '16' }, "'data' in"],
    ['somebody', { 'photo.jpg': '' }, "'photo.jpg' in"],
  ])('does not make a database beside data of %s, and names it', (_, files, named) => {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(file(`volume/${name}`)), { recursive: true });
      fs.writeFileSync(file(`volume/${name}`), content);
    }
    fs.mkdirSync(file('volume/lost+found'));
    const { status, stderr } = run('prepare', 'orders-0');
    expect(status).toBe(1);
    expect(stderr).toContain('its content was not written by this set');
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('lost+found');
    expect(names('volume')).not.toContain('pgdata');
  });

  test('takes the copy of a standby over when a person decides so, with all that the standby has replayed', async () => {
    fs.writeFileSync(file('members'), '2\n');
    tool('psql', `statement=$(cat); case "$statement" in *pg_last_wal_replay_lsn*) echo 0/1000200 ;; *) echo "$statement" >>${file('statements')} ;; esac`);
    tool('pg_isready', 'exit 0');
    tool('pg_basebackup', 'mkdir "$PGDATA.tmp"; touch "$PGDATA.tmp/PG_VERSION" "$PGDATA.tmp/standby.signal"');
    tool('pg_controldata', 'echo "Minimum recovery ending location:     0/1000200"');
    const primary = start('prepare', 'orders-0');
    await primary.said('decide.sh copy orders-1');
    expect(run('decide', 'orders-0', ['found'])).toMatchObject({ status: 1, stderr: expect.stringContaining('refused: orders-1 has data') });
    expect(run('decide', 'orders-0', ['copy', 'orders-2'])).toMatchObject({ status: 1, stderr: expect.stringContaining('orders-2 is not a standby of this set') });
    expect(run('decide', 'orders-0', ['copy', 'orders-1'])).toMatchObject({ status: 0, stderr: '' });
    expect(await primary.ended).toBe(0);
    expect(names(data)).toEqual(['PG_VERSION', 'recovery.signal']);
    expect(fs.readFileSync(file('statements'), 'utf8')).toContain('checkpoint; checkpoint;');
    expect(run('decide', 'orders-0', ['copy', 'orders-1'])).toMatchObject({ status: 1, stderr: 'refused: orders-0 is not waiting for a decision.\n' });
  });

  test('throws a copy away that misses what the standby has replayed', () => {
    fs.writeFileSync(file('members'), '2\n');
    fs.writeFileSync(file('decision'), 'copy orders-1');
    tool('psql', 'cat >/dev/null; echo 0/1000200');
    tool('pg_basebackup', 'mkdir "$PGDATA.tmp"; touch "$PGDATA.tmp/PG_VERSION"');
    tool('pg_controldata', 'echo "Minimum recovery ending location:     0/1000100"');
    expect(run('prepare', 'orders-0')).toMatchObject({ status: 1, stderr: expect.stringContaining('orders-1 has replayed the log up to 0/1000200') });
    expect(fs.existsSync(file(data))).toBe(false);
  });

  test('restored from a snapshot of a standby is refused, and its data left alone', () => {
    pgdata({ 'PG_VERSION': '17', 'standby.signal': '' });
    expect(run('prepare', 'orders-0')).toMatchObject({ status: 1, stderr: expect.stringContaining('this volume holds the data of a standby') });
    expect(names(data)).toEqual(['PG_VERSION', 'standby.signal']);
  });

  test('restored from a snapshot of another set drops the slots that nobody reads, and no others', () => {
    pgdata({ 'PG_VERSION': '17', 'cdk8s-stateful.set': 'shop', 'pg_replslot/shop_1/state': '', 'pg_replslot/shop_2/state': '', 'pg_replslot/theirs/state': '' });
    tool('postgres', 'exit 0');
    expect(run('serve', 'orders-0').stderr).toContain('dropping the replication slot shop_1');
    expect(names(`${data}/pg_replslot`)).toEqual(['theirs']);
    expect(run('serve', 'orders-0').stderr).toBe('');
  });

  test('that took a copy over lets clients in only when it has replayed all', () => {
    pgdata({ 'PG_VERSION': '17', 'recovery.signal': '' });
    tool('postgres', `echo "$@" >${file('call')}`);
    run('serve', 'orders-0');
    expect(fs.readFileSync(file('call'), 'utf8')).toBe('-c hot_standby=off -c restore_command=false\n');
  });

  // As the first process of its container it would take a probe that was cut off for a crash of its own.
  test('runs below a shell, which asks it for a fast shutdown whatever the signal, and ends as it ends', async () => {
    pgdata({ 'PG_VERSION': '17', 'postmaster.pid': 'of a server that is gone' });
    // Not bash, which cannot trap what it was started to ignore, as children in the background are; PostgreSQL can.
    tool('postgres', `exec perl -e '
      $SIG{INT} = sub { print STDERR "asked for a fast shutdown\\n"; exit 7 };
      print STDERR "child of ", getppid(), "\\n" unless -e "$ENV{PGDATA}/postmaster.pid";
      alarm 10; sleep 1 while 1'`);
    const server = start('serve', 'orders-0');
    await server.said(`child of ${running[0].pid}`);
    running[0].kill('SIGTERM');
    expect(await server.ended).toBe(7);
    expect(await server.said('')).toContain('asked for a fast shutdown');
  });

  test('without locks leaves the file by which PostgreSQL knows a server that runs', () => {
    pgdata({ 'PG_VERSION': '17', 'postmaster.pid': '' });
    tool('flock', 'exit 71');
    tool('postgres', '[ -e "$PGDATA/postmaster.pid" ] && exit 7');
    expect(run('serve', 'orders-0')).toMatchObject({ status: 7, stderr: expect.stringContaining('cannot lock the volume') as string });
  });

  test('waits while another server has the volume open', async () => {
    pgdata({ PG_VERSION: '17' });
    tool('postgres', 'exit 0');
    const other = spawn('flock', ['--no-fork', file('volume/pgdata.lock'), 'sh', '-c', 'echo locked; exec /bin/sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise(resolve => other.stdout.once('data', resolve));
    const server = start('serve', 'orders-0');
    await server.said('another Pod is still using this volume');
    other.kill();
    expect(await server.ended).toBe(0);
  });
});

describe('a standby', () => {
  const prepare = () => run('prepare', 'orders-1');

  test('whose primary has all that it has starts', () => {
    standby(same);
    expect(prepare()).toMatchObject({ status: 0, stderr: '' });
    expect(fs.existsSync(file('clones'))).toBe(false);
  });

  test.each([
    ['has other bytes at the same place', primaryWith('0'.repeat(32)), 'orders-0 does not have all that this copy has'],
    ['has not come as far', primaryWith('', '0/1000180'), 'orders-0 does not have all that this copy has'],
    ['is another database', primaryWith('0'.repeat(32), '0/2000000', 8), 'orders-0 is another database than the one that this copy was made from'],
  ])('whose primary %s is neither served nor deleted, until a person decides', async (_, primary, says) => {
    standby(primary);
    const member = start('prepare', 'orders-1');
    const log = await member.said('kubectl delete -n shop pvc data-orders-1 --wait=false && kubectl delete -n shop pod orders-1');
    expect(log).toContain(says);
    expect(log).toContain('kubectl exec -n shop orders-1 -c prepare -- bash');
    expect(names('volume')).toEqual(['pgdata', 'pgdata.diverged', 'pgdata.lock']);
    expect(run('decide', 'orders-1', ['copy', 'orders-2'])).toMatchObject({ status: 1 });
    expect(run('decide', 'orders-1', ['serve'])).toMatchObject({ status: 0 });
    expect(await member.ended).toBe(0);
    expect(run('is-ready', 'orders-1')).toMatchObject({ status: 1, stdout: 'This copy can only be read to save it: it follows no primary.\n' });
    expect(fs.existsSync(file('clones'))).toBe(false);
  });

  test('that was refused once does not serve while the primary does not answer', async () => {
    standby('echo "psql: error: no answer" >&2; exit 2');
    fs.writeFileSync(file(`${data}.diverged`), '');
    await start('prepare', 'orders-1').said('orders-0 did not have all that this copy has, and now it does not answer (no answer)');
  });

  test('whose primary does not answer starts with what it has', () => {
    standby('echo "psql: error: no answer" >&2; exit 2');
    expect(prepare()).toMatchObject({ status: 0, stderr: expect.stringContaining('does not answer (no answer): starting with the data in this volume.') });
  });

  test('whose primary went on and does not keep the log that comes next is cloned anew', () => {
    standby(primaryWith('', '0/9000000'));
    expect(prepare()).toMatchObject({ status: 0 });
    expect(names(data)).toEqual(['PG_VERSION', 'standby.signal']);
    expect(fs.readFileSync(file('clones'), 'utf8')).toBe('clone\n');
  });

  test('whose primary went on over a later timeline, which began after all that it has, is cloned anew', () => {
    standby(recycledOver('0/1000300'));
    expect(prepare()).toMatchObject({ status: 0 });
    expect(fs.readFileSync(file('clones'), 'utf8')).toBe('clone\n');
  });

  test.each([
    ['went on over a later timeline, which began before the end of what it has', recycledOver('0/1000180'), false],
    ['does not know its timeline', primaryWith('', '0/9000000', 7, 2), false],
    ['had other log before', primaryWith('', '0/9000000'), true],
  ])('whose primary %s is not cloned anew once the log is recycled', async (_, primary, refused) => {
    standby(primary);
    if (refused) fs.writeFileSync(file(`${data}.diverged`), '');
    await start('prepare', 'orders-1').said('orders-0 does not have all that this copy has');
    expect(names('volume')).toEqual(['pgdata', 'pgdata.diverged', 'pgdata.lock']);
    expect(fs.existsSync(file('clones'))).toBe(false);
  });

  test.each(['standby.signal', 'PG_VERSION'])('clones also if the deletion of its data was interrupted after %s', first => {
    standby(primaryWith('', '0/9000000'));
    tool('rm', `if [ -e "\${@: -1}/${first}" ]; then /bin/rm "\${@: -1}/${first}"; exit 137; fi; /bin/rm "$@"`);
    expect(prepare().status).not.toBe(0);
    expect(names('volume')).toEqual(['pgdata.lock', 'pgdata.tmp']);
    tool('rm', '/bin/rm "$@"');
    expect(prepare()).toMatchObject({ status: 0 });
    expect(names(data)).toEqual(['PG_VERSION', 'standby.signal']);
  });

  test('whose clone fails keeps nothing that looks complete', () => {
    standby(primaryWith('', '0/9000000'));
    tool('pg_basebackup', 'echo 17 >"$PGDATA.tmp/PG_VERSION"; exit 1');
    expect(prepare().status).toBe(1);
    expect(names('volume')).toEqual(['pgdata.lock', 'pgdata.tmp']);
  });

  test('whose clone was interrupted does not say that it knows nothing', async () => {
    fs.mkdirSync(file(`${data}.tmp`));
    tool('pg_isready', 'exit 2');
    tool('perl', `echo answers >${file('answers')}`);
    await start('prepare', 'orders-1').said('this volume is empty: waiting for orders-0.invalid');
    expect(fs.existsSync(file('answers'))).toBe(false);
  });

  test('that is empty says so while it waits', async () => {
    tool('pg_isready', 'exit 2');
    tool('perl', `echo answers >${file('answers')}`);
    await start('prepare', 'orders-1').said('this volume is empty: waiting for orders-0.invalid');
    for (let i = 0; i < 600 && !fs.existsSync(file('answers')); i++) await new Promise(resolve => setTimeout(resolve, 50));
    expect(fs.existsSync(file('answers'))).toBe(true);
  });

  test('that was promoted manually is not started as a second primary', async () => {
    pgdata({ PG_VERSION: '17' });
    expect(await start('prepare', 'orders-1').said('decide.sh serve')).toContain('was promoted manually');
  });

  test('is alive while it clones, and not when it was promoted', () => {
    standby(same);
    expect(run('is-alive', 'orders-1')).toMatchObject({ status: 0 });
    expect(run('is-alive', 'orders-1', [], { STATE_OF_CLUSTER: 'in production' })).toMatchObject({ status: 1 });
    expect(run('is-ready', 'orders-1', [], { STATE_OF_CLUSTER: 'in production' })).toMatchObject({ status: 1 });
    tool('pg_isready', 'exit 2');
    expect(run('is-alive', 'orders-1')).toMatchObject({ status: 1 });
    fs.writeFileSync(file('state/cloning'), '');
    expect(run('is-alive', 'orders-1')).toMatchObject({ status: 0 });
    expect(run('is-ready', 'orders-1')).toMatchObject({ status: 1 });
  });

  describe('is ready', () => {
    const primaryIs = (code: number) => tool('pg_isready', `case "$*" in *127.0.0.1*) exit 0 ;; *) exit ${code} ;; esac`);
    const streams = (row: string) => tool('psql', `echo '${row}'`);
    beforeEach(() => { standby(same); });

    test('when it streams', () => {
      primaryIs(0);
      streams('t|t');
      expect(run('is-ready', 'orders-1')).toMatchObject({ status: 0 });
    });

    test.each([0, 1])('not when it does not stream and the primary answers (%d)', code => {
      primaryIs(code);
      streams('');
      expect(run('is-ready', 'orders-1')).toMatchObject({ status: 1, stdout: expect.stringContaining('does not follow it') });
    });

    test('for half a minute after it has streamed', () => {
      primaryIs(0);
      streams('');
      fs.writeFileSync(file('state/followed'), '');
      expect(run('is-ready', 'orders-1')).toMatchObject({ status: 0 });
      fs.utimesSync(file('state/followed'), 0, Date.now() / 1000 - 40);
      expect(run('is-ready', 'orders-1')).toMatchObject({ status: 1 });
    });

    test('when the primary does not answer, within maxStaleness', () => {
      primaryIs(2);
      streams('');
      expect(run('is-ready', 'orders-1')).toMatchObject({ status: 0 });
      expect(run('is-ready', 'orders-1', [], { MAX_STALENESS: '60' })).toMatchObject({ status: 1, stdout: expect.stringContaining('is unknown') });
      fs.writeFileSync(file(`${data}.current`), '');
      expect(run('is-ready', 'orders-1', [], { MAX_STALENESS: '60' })).toMatchObject({ status: 0 });
      fs.utimesSync(file(`${data}.current`), 0, Date.now() / 1000 - 90);
      expect(run('is-ready', 'orders-1', [], { MAX_STALENESS: '60' })).toMatchObject({ status: 1, stdout: expect.stringContaining('longer than maxStaleness') });
    });
  });
});

describe('the gate of a standby', () => {
  const gate = (name = SEGMENT) => run('gate', 'orders-1', [name]);
  beforeEach(() => { fs.writeFileSync(file('service'), 'of before'); });
  const open = () => fs.existsSync(file('service'));

  test('opens to the very address that was verified', () => {
    standby(same);
    expect(gate()).toMatchObject({ status: 1 });
    expect(fs.readFileSync(file('service'), 'utf8')).toBe('[verified_primary]\nhost=orders-0.invalid\nhostaddr=10.0.0.1\n');
    expect(fs.readFileSync(file('statements'), 'utf8')).toContain('pg_create_physical_replication_slot');
  });

  test('uses the password that the Secret has now', () => {
    standby(same);
    fs.writeFileSync(file('password'), 'a:b\\c');
    gate();
    expect(fs.readFileSync(file('.pgpass'), 'utf8')).toBe('*:*:*:*:a\\:b\\\\c\n');
  });

  test('stops the server whose primary does not have what it has', () => {
    standby(primaryWith('0'.repeat(32)));
    expect(gate()).toMatchObject({ status: 255, stderr: expect.stringContaining('does not have all that this copy has') });
    expect(open()).toBe(false);
    expect(names('volume')).toContain('pgdata.diverged');
    expect(run('is-alive', 'orders-1')).toMatchObject({ status: 1, stdout: 'This server is stopping: see its log.\n' });
  });

  test('stops the server that has to be cloned anew', () => {
    standby(primaryWith('', '0/9000000'));
    expect(gate()).toMatchObject({ status: 255 });
    expect(names('volume')).not.toContain('pgdata.diverged');
  });

  test('stops the server that has log which its primary left out, also when that is recycled', () => {
    standby(recycledOver('0/1000180'));
    expect(gate()).toMatchObject({ status: 255, stderr: expect.stringContaining('does not have all that this copy has') });
    expect(names('volume')).toContain('pgdata.diverged');
  });

  test('stays shut when the primary does not answer, and says why', () => {
    standby('echo "psql: error: password authentication failed" >&2; exit 2');
    expect(gate()).toMatchObject({ status: 1, stderr: 'orders-1: not following orders-0: password authentication failed\n' });
    expect(open()).toBe(false);
  });

  test('stays shut for a copy that serves to be saved', () => {
    standby(same);
    fs.writeFileSync(file('state/saving'), '');
    expect(gate()).toMatchObject({ status: 1 });
    expect(open()).toBe(false);
  });

  test('does not hold up the replay of what is here', () => {
    standby(same);
    fs.writeFileSync(file('state/gate'), `000000010000000000000000 ${Math.floor(Date.now() / 1000) + 60}`);
    expect(gate()).toMatchObject({ status: 1 });
    expect(open()).toBe(false);
    expect(fs.existsSync(file('asked'))).toBe(false);
  });

  test('is not asked for the history of timelines', () => {
    standby(same);
    expect(gate('00000002.history')).toMatchObject({ status: 1 });
    expect(open()).toBe(false);
  });
});

describe('before a standby stops', () => {
  const answers = (...missing: number[]) => tool('psql', `cat >/dev/null; read -r n <${file('count')}; echo $((n + 1)) >${file('count')}; set -- ${missing.join(' ')}; echo "\${@:n+1:1}"`);
  beforeEach(() => { fs.writeFileSync(file('count'), '0'); });

  test('it waits until the primary has enough others', () => {
    answers(1, 1, 0);
    expect(run('before-stop', 'orders-1', ['60'])).toMatchObject({ status: 0 });
    expect(fs.readFileSync(file('count'), 'utf8').trim()).toBe('3');
  });

  test('it waits no longer than it may', () => {
    tool('psql', 'cat >/dev/null; echo 1');
    expect(run('before-stop', 'orders-1', ['1'])).toMatchObject({ status: 0 });
  });

  test.each([['no standbys are waited for', 'cat >/dev/null'], ['the primary does not answer', 'exit 2']])('it waits for nobody if %s', (_, psql) => {
    tool('psql', psql);
    expect(run('before-stop', 'orders-1', ['60'])).toMatchObject({ status: 0 });
  });
});

describe('a member that is granted another database', () => {
  const other = { PGHOST: 'other', PGPORT: '1', PGDATABASE: 'other', PGUSER: 'other', PGPASSWORD: 'other' };

  test.each([
    ['prepares', 'prepare', 'docker-ensure-initdb.sh'],
    ['serves', 'serve', 'postgres'],
    ['is asked', 'is-started', 'pg_isready'],
  ])('%s without its variables', (_, script, name) => {
    tool(name, `compgen -e PG >${file('variables')}; mkdir -p "$PGDATA"`);
    if (script === 'serve') pgdata({ PG_VERSION: '17' });
    expect(run(script, 'orders-0', [], other)).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('variables'), 'utf8').trimEnd().split('\n').filter(variable => variable in other)).toEqual([]);
  });
});

test('the scripts are what shellcheck finds no fault with', () => {
  const scripts = fs.readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'));
  if (spawnSync('shellcheck', ['--version']).error !== undefined) return; // not everywhere
  expect(spawnSync('shellcheck', ['-x', ...scripts], { cwd: SCRIPTS, encoding: 'utf8' }).stdout).toBe('');
});
