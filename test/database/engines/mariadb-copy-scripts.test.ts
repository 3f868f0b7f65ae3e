import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The scripts of physical backups of MariaDB run here as in a Pod, but for the tools of the image, which a test writes. */
const SRC = path.join(__dirname, '../../../src');
const FOLDERS = ['kit/founding', 'backup/scripts', 'database/engines/mysql', 'database/engines/mariadb'];

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mariadb-copy-scripts-'));
  for (const name of ['files', 'bin', 'tmp']) fs.mkdirSync(file(name));
  for (const from of FOLDERS) fs.cpSync(path.join(SRC, from), file('files'), { recursive: true });
  fs.copyFileSync(file('files/copy.sh'), file('files/dump.sh'));
  fs.writeFileSync(file('files/arguments'), '--max-connections=9\n--ignore-db-dir=.tmp\n');
  fs.writeFileSync(file('password'), "it's");
  fs.writeFileSync(file('username'), 'app');
  fs.mkdirSync(file('data'));
  fs.writeFileSync(file('data/.my-healthcheck.cnf'), 'health');
  fs.writeFileSync(file('answering'), '');
  for (const [name, script] of Object.entries(TOOLS)) tool(name, script);
  fs.writeFileSync(file('bin/sleep'), '#!/bin/bash\nexec /bin/sleep 0.05\n', { mode: 0o755 });
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

const file = (name: string) => path.join(folder, name);
const list = (name: string) => fs.existsSync(file(name)) ? fs.readdirSync(file(name)).filter(entry => entry !== '.lock').sort() : [];
const calls = () => fs.readFileSync(file('calls'), 'utf8').trim().split('\n');

/** A program of the image. It notes its call, and ends all processes of the container at the call of the number in `kill-at`. */
function tool(name: string, script: string): void {
  fs.writeFileSync(file(`bin/${name}`), `#!/bin/bash
top=${folder}
exec 8>>"$top/calling"
flock 8
args=$*
echo "${name} \${args//$'\\n'/ }" >>"$top/calls"
[ "$(wc -l <"$top/calls")" != "$(cat "$top/kill-at" 2>/dev/null)" ] || kill -KILL -- "-$(ps -o pgid= -p $$ | tr -d ' ')"
exec 8>&-
${script}
`, { mode: 0o755 });
}

/** A server that runs while the file `running` is there, and a database with a few files. */
const TOOLS = {
  'mariadb': `
    case $* in
      *--defaults-file=*) [ -e "$top/answering" ] || { echo "ERROR 2002 (HY000): no server" >&2; exit 1; } ;;
      *) [ -e "$top/running" ] || exit 1; [ -t 0 ] || case $* in *-e*) ;; *) cat >>"$top/statements" ;; esac ;;
    esac
    case $* in *"select version"*) echo 11.8.8-MariaDB-log ;; *utc_timestamp*) echo 2026-11-24T10:00:00.000000Z ;; *holds*) echo "holds: app" ;; esac`,
  'mariadb-backup': `
    for option; do case $option in --target-dir=*) copy=\${option#*=} ;; esac; done
    case $* in
      *--prepare*) touch "$copy/prepared" ;;
      *) mkdir -p "$copy/mysql" "$copy/app"; for name in ibdata1 aria_log_control mysql/user.frm app/data.ibd; do echo "$name" >"$copy/$name"; done ;;
    esac`,
  'mariadbd': `
    [ "$1" != --version ] || { echo "mariadbd  Ver 11.8.8-MariaDB for Linux"; exit; }
    for option; do case $option in --datadir=*) data=\${option#*=} ;; esac; done
    [ -e "$data/ibdata1" ] || { echo "no data" >&2; exit 1; }
    trap 'rm -f "$top/running"; exit 0' TERM
    touch "$top/running"
    while :; do sleep 0.05; done`,
  'zstd': 'case $1 in -dcq) cat "$2" ;; *) cat ;; esac',
  'sync': '',
  'mv': 'exec /bin/mv "$@"',
};

function run(script: string, env: NodeJS.ProcessEnv, ...args: string[]): SpawnSyncReturns<string> {
  fs.writeFileSync(file('calls'), '');
  fs.rmSync(file('running'), { force: true });
  return spawnSync('setsid', ['--wait', 'bash', file(`files/${script}`), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      PATH: `${file('bin')}:${process.env.PATH}`,
      TMPDIR: file('tmp'),
      FILES: file('files'),
      SERVER: 'mariadbd',
      CLIENT: 'mariadb',
      DATABASE_NAME: 'app',
      PASSWORD_FILE: file('password'),
      USERNAME_FILE: file('username'),
      SOCKET: file('socket'),
      DATA_PATH: file('data'),
      HOSTNAME: 'orders-0',
      LOCK_PAUSE: '0.1',
      ...env,
    },
  });
}
const copy = (env: NodeJS.ProcessEnv = {}) => run('backup.sh', {
  BACKUPS: file('backups/physical'), DATABASE: 'orders', PRODUCT: 'mariadb', HOSTS: 'orders', PORT: '3306', KEEP_COUNT: '9', KEEP_SECONDS: '0', ...env,
});
const restore = (env: NodeJS.ProcessEnv = {}) => {
  fs.mkdirSync(file('volume'), { recursive: true });
  return run('restore-copy.sh', { BACKUPS: file('backups'), BACKUP: 'latest', UNTIL: '', PRODUCT: 'mariadb', DATA_PATH: file('volume'), ...env }, '--max-connections=9');
};

/** Acts with a kill at each call in turn, until one is enough for the whole. */
function killedAtEachCall(act: () => SpawnSyncReturns<string>, then: (call: number) => void): number {
  for (let call = 1; ; call++) {
    fs.writeFileSync(file('kill-at'), `${call}`);
    const { status } = act();
    fs.rmSync(file('kill-at'));
    if (status === 0) return call - 1;
    then(call);
  }
}

const COMPLETE = ['BACKUP', 'SHA256SUMS', 'data.tar.zst'];

describe('a backup', () => {
  test('is prepared without the options of the account, read by a server with the arguments of the real one, and packed', () => {
    expect(copy()).toMatchObject({ status: 0 });
    const [name] = list('backups/physical');
    expect(list(`backups/physical/${name}`)).toEqual(COMPLETE);
    expect(fs.readFileSync(file(`backups/physical/${name}/BACKUP`), 'utf8')).toBe(
      'database: orders\nproduct: mariadb\nrelease: 11.8.8-MariaDB-log\nends: 2026-11-24T10:00:00.000000Z\nholds: app\n');
    const part = `${file('backups/physical')}/${name}.part`;
    expect(calls().filter(call => call.startsWith('mariadb-backup'))).toEqual([
      expect.stringMatching(/^mariadb-backup --defaults-file=\S+ --backup --skip-ssl --target-dir=/) as string, `mariadb-backup --prepare --target-dir=${part}/unpacked --tmpdir=${part}`,
    ]);
    expect(calls()).toContainEqual(expect.stringMatching(/^mariadbd --max-connections=9 --ignore-db-dir=\.tmp --datadir=\S+\/unpacked .*--skip-networking --skip-grant-tables/) as string);
    const { stdout } = spawnSync('tar', ['-tf', file(`backups/physical/${name}/data.tar.zst`)], { encoding: 'utf8' });
    expect(stdout.trim().split('\n').sort()).toEqual(expect.arrayContaining(['./.my-healthcheck.cnf', './app/data.ibd', './ibdata1', './mysql/user.frm', './prepared']) as string[]);
    expect(list('tmp')).toEqual([]); // no password stays
  });

  test('that is killed at any step is never taken for complete, and leaves the earlier ones alone', () => {
    expect(copy().status).toBe(0);
    const [first] = list('backups/physical');
    const steps = killedAtEachCall(copy, () => {
      const named = list('backups/physical').filter(name => !name.endsWith('.part'));
      expect(named[0]).toBe(first);
      for (const name of named) expect(list(`backups/physical/${name}`)).toEqual(COMPLETE);
    });
    expect(steps).toBeGreaterThan(12);
    expect(list('backups/physical').filter(name => name.endsWith('.part'))).toEqual([]);
  });

  test.each<[string, Partial<typeof TOOLS>, RegExp]>([
    ['the server does not answer', { mariadb: 'echo "ERROR 2002 (HY000)" >&2; exit 1' }, /ERROR 2002[^]*cannot log in to the server to copy it/],
    ['the password is wrong', { mariadb: 'echo "ERROR 1045 (28000): Access denied" >&2; exit 1' }, /ERROR 1045[^]*if the password was changed, restart the server/],
    ['the server is lost while it is copied', { 'mariadb-backup': 'mkdir "$(dirname "${!#}")/x" 2>/dev/null; echo "Lost connection to server" >&2; exit 1' }, /Lost connection[^]*could not be copied/],
    ['the copy cannot be prepared', { 'mariadb-backup': `case $* in *--prepare*) exit 1 ;; esac${TOOLS['mariadb-backup']}` }, /the copy is not consistent/],
    ['no server starts on the copy', { mariadbd: '[ "$1" != --version ] || { echo "Ver 11.8.8-MariaDB"; exit; }; exit 1' }, /a server does not start on the copy/],
    ['the server does not stop well', { mariadbd: TOOLS.mariadbd.replace('exit 0', 'exit 1') }, /did not shut down cleanly on the copy/],
    ['a table is damaged', { mariadb: `case $* in *"check table"*) echo "check table x;"; exit ;; *--socket*-N\\ -B) cat >/dev/null; printf 'app.x\\tcheck\\tError\\tbroken\\n'; exit ;; esac${TOOLS.mariadb}` },
      /app\.x\tcheck\tError\tbroken[^]*the copy is damaged/],
    ['the disk is full as it is packed', { zstd: 'cat >/dev/null; echo "No space left on device" >&2; exit 1' }, /No space left on device/],
    ['what was packed cannot be read', { zstd: 'case $1 in -dcq) exit 1 ;; *) cat ;; esac' }, /packing/],
  ])('fails if %s, and leaves nothing half-made', (_, tools, reason) => {
    expect(copy().status).toBe(0);
    const before = list('backups/physical');
    for (const [name, script] of Object.entries(tools)) tool(name, script);
    const { status, stderr } = copy();
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
    expect(list('backups/physical')).toEqual(before);
    expect(list('tmp')).toEqual([]);
  });
});

describe('a probe of the server', () => {
  const serving = (answer: string) => {
    tool('mariadb', answer);
    return run('serving.sh', { HOSTS: 'orders', PORT: '3306' }).status;
  };
  test.each([
    ['an answer', 'exit 0', 0],
    ['too many connections', 'echo "ERROR 1040 (08004): Too many connections" >&2; exit 1', 0],
    ['a wrong password', 'echo "ERROR 1045 (28000): Access denied" >&2; exit 1', 0],
    ['no connection', 'echo "ERROR 2002 (HY000): cannot connect" >&2; exit 1', 1],
    ['a lost connection', 'echo "ERROR 2013 (HY000): Lost connection" >&2; exit 1', 1],
  ])('takes %s for what it is', (_, answer, status) => {
    expect(serving(answer)).toBe(status);
  });
});

describe('a restore', () => {
  beforeEach(() => { expect(copy().status).toBe(0); });
  const whole = ['.my-healthcheck.cnf', '.tmp', 'app', 'aria_log_control', 'ibdata1', 'mysql', 'prepared'];

  test('sets the password, drops the accounts of the other Secret, and leaves no mark', () => {
    expect(restore()).toMatchObject({ status: 0 });
    expect(list('volume')).toEqual(whole);
    expect(fs.readFileSync(file('statements'), 'utf8')).toContain("drop user if exists 'stateful_clone'@'%', 'stateful_copy'@'%', 'stateful_log'@'%', 'stateful_dump'@'%';\ncreate user if not exists root@localhost identified by 'it\\'s';");
    expect(calls()).toContain(`mariadbd --max-connections=9 --skip-log-bin --datadir=${file('volume/.tmp/restored')} --skip-networking --skip-grant-tables --event-scheduler=OFF`);
  });

  test('that is killed at any step leaves a volume on which no server starts, and is made whole by the next try', () => {
    const steps = killedAtEachCall(() => {
      fs.rmSync(file('volume'), { recursive: true, force: true });
      return restore();
    }, call => {
      const left = list('volume');
      expect({ call, safe: left.includes('.first-start') || !left.includes('mysql') || left.includes('prepared') }).toEqual({ call, safe: true });
      expect(restore()).toMatchObject({ status: 0 });
      expect(list('volume')).toEqual(whole);
    });
    expect(steps).toBeGreaterThan(15);
  });

  test.each<[string, Partial<typeof TOOLS>, RegExp]>([
    ['the volume is full', { zstd: 'cat "$2"; exit 1' }, /cannot be unpacked: is the volume full\?/],
    ['the server does not start', { mariadbd: '[ "$1" != --version ] || { echo "Ver 11.8.8-MariaDB"; exit; }; exit 1' }, /the server does not start on the backup/],
    ['the server does not stop well', { mariadbd: TOOLS.mariadbd.replace('exit 0', 'exit 1') }, /did not shut down cleanly after the restore/],
    ['the password cannot be set', { mariadb: `${TOOLS.mariadb}\ncase $* in *-e*) ;; *) exit 1 ;; esac` }, /the password of the Secret could not be set/],
  ])('fails if %s, and begins anew', (_, tools, reason) => {
    for (const [name, script] of Object.entries(tools)) tool(name, script);
    const { status, stderr } = restore();
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
    expect(list('volume')).toContain('.first-start');
    expect(list('volume')).not.toContain('mysql');
    for (const [name, script] of Object.entries(TOOLS)) tool(name, script);
    expect(restore()).toMatchObject({ status: 0, stderr: expect.stringContaining('starting over') as string });
    expect(list('volume')).toEqual(whole);
  });
});

describe('the start of a server that is copied', () => {
  const start = (...args: string[]) => {
    fs.writeFileSync(file('files/start-server.sh'), 'echo "$*"\n');
    return run('start-for-copies.sh', { MARIADB_PASSWORD_FILE: file('password'), COPIES: file('copies.sql') }, 'mariadbd', ...args);
  };
  const GRANT = "GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO stateful_copy@'%';";

  test('makes the account, whose password no file has', () => {
    expect(start('--a=b')).toMatchObject({ status: 0, stdout: `mariadbd --a=b --init-file=${file('copies.sql')}\n` });
    expect(start()).toMatchObject({ status: 0 }); // again
    const text = fs.readFileSync(file('copies.sql'), 'utf8');
    // As "select password('it''s')" of a server says.
    expect(text).toBe("SET SESSION sql_log_bin = 0;\nCREATE OR REPLACE USER stateful_copy@'%' IDENTIFIED VIA mysql_native_password"
      + ` USING '*03433C6B3A6A40A98822153A1ABC5C0A8A21B8CB';\n${GRANT}\n`);
    expect(fs.statSync(file('copies.sql')).mode.toString(8)).toMatch(/600$/);
  });

  test('continues the init file of a log archive', () => {
    fs.writeFileSync(file('accounts.sql'), 'of the log;\n');
    expect(start(`--init-file=${file('accounts.sql')}`)).toMatchObject({ status: 0, stdout: `mariadbd --init-file=${file('accounts.sql')}\n` });
    expect(fs.readFileSync(file('accounts.sql'), 'utf8')).toMatch(/^of the log;\nSET SESSION/);
  });
});
