import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Physical backups of MySQL as in their Pods, but for the server and its client, which only look like them. mysql-physical.test.ts has real ones. */
const SRC = path.join(__dirname, '../../../src');
const PASSWORD = 'p:a\\s "\'$(w)';

let folder: string;
const file = (name: string) => path.join(folder, name);
const read = (name: string) => fs.readFileSync(file(name), 'utf8');
const list = (name: string) => fs.existsSync(file(name)) ? fs.readdirSync(file(name)).filter(entry => entry !== '.lock').sort() : [];
function tool(name: string, script: string): void {
  fs.writeFileSync(file(`tools/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}
/** What a tool finds where a case wants it to fail, or to answer something else. */
const given = (name: string, text = '') => { fs.writeFileSync(file(`given/${name}`), text); };

const SERVER = `
[ "$1" != --version ] || { echo "mysqld  Ver $(cat given/version) for Linux on x86_64"; exit; }
echo "$*" >>calls
for argument; do case $argument in --datadir=*) data=\${argument#*=} ;; esac; done
name=\${data##*/}
case " $* " in *' --initialize-insecure '*)
  [ ! -e given/fail-initialize ] || { echo 'No space left on device' >&2; exit 1; }
  mkdir -p "$data"
  exit ;;
esac
[ ! -e given/fail-start-$name ] || { echo 'cannot start' >&2; exit 1; }
echo $$ >serving
trap 'rm -f serving; [ ! -e given/fail-stop ] || exit 1; exit 0' TERM
while :; do sleep 0.05 & wait $!; done`;

const CLIENT = `
for statement; do :; done
case $1 in --defaults-file=*)
  [ ! -e given/refused ] || { cat given/refused >&2; exit 1; }
  cp "\${1#*=}" options
  case $statement in
    'select @@server_uuid') echo 0-1-2 ;;
    'select version()') cat given/donor ;;
    *count*clone*) cat given/plugin ;;
    *innodb-page-size*) printf '%s\\n' --innodb-page-size=8192 --collation-server=utf8mb4_bin ;;
    *plugin-load-add*) echo --plugin-load-add=clone=mysql_clone.so ;;
    *) cat given/donor; echo "system: $(cat given/system)"; echo 'ends: 2026-11-24T10:00:00.000000Z' ;;
  esac
  exit ;;
esac
kill -0 "$(cat serving)" 2>/dev/null || exit 1
case $statement in
  'do 0') [[ " $* " != *' ledger '* ]] ;;
  *'has the engine'*) cat given/others ;;
  *'check table'*) echo 'check table app.data;' ;;
  *) statements=$(cat)
    echo "$statements" >>statements
    case $statements in
      'check table'*) printf 'app.data\\tcheck\\tstatus\\t%s\\n' "$(cat given/check)" ;;
      *'clone instance'*)
        [ ! -e given/fail-clone ] || { echo 'ERROR 3862 (HY000): Clone Donor Error' >&2; exit 1; }
        copy=backups/$(ls -A backups | grep part)/copy
        mkdir -p "$copy"/{app,nothing,'#innodb_redo','#clone'}
        printf 'a\\0b' >"$copy/ibdata1"; echo rows >"$copy/app/o dd.ibd"; : >"$copy/mysql.ibd"; mkdir "$copy/mysql"; echo x >"$copy/auto.cnf"
        ;;
    esac ;;
esac`;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mysql-clone-'));
  for (const name of ['tools', 'given', 'job', 'restore', 'files', 'backups/2026-11-01T10-00-00Z', 'state', 'volume']) fs.mkdirSync(file(name), { recursive: true });
  fs.writeFileSync(file('backups/2026-11-01T10-00-00Z/BACKUP'), 'database: orders\n');
  const copy = (from: string, to: string) => { fs.copyFileSync(path.join(SRC, from), file(to)); };
  for (const name of ['backup.sh', 'retention.sh']) copy(`backup/scripts/${name}`, `job/${name}`);
  copy('database/engines/mysql/check.sh', 'job/check.sh');
  copy('database/engines/mysql/clone.sh', 'job/dump.sh');
  copy('database/engines/mysql/restore-clone.sh', 'restore/restore.sh');
  for (const name of ['physical-backup.sh', 'adopt.sh']) copy(`database/engines/mysql/${name}`, `restore/${name}`);
  fs.writeFileSync(file('restore/choose.sh'), ['choose.sh', 'choose-alone.sh'].map(name => fs.readFileSync(path.join(SRC, 'backup/scripts', name), 'utf8')).join(''));
  copy('database/engines/mysql/volume.sh', 'files/volume.sh');
  copy('kit/founding/lock.sh', 'files/lock.sh');
  copy('database/engines/mysql/start-with-clone.sh', 'files/start.sh');
  copy('database/engines/mysql/password.sh', 'files/password.sh');
  tool('mysqld', SERVER);
  tool('mysql', CLIENT);
  tool('sync', '');
  for (const [name, text] of Object.entries({ version: '9.7.2', donor: '9.7.2\n', plugin: '1\n', system: '0-1-2', others: '', check: 'OK' })) given(name, text);
  fs.writeFileSync(file('password'), PASSWORD);
  fs.writeFileSync(file('username'), "o'ne");
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function run(command: string, env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync('bash', ['--norc', '-c', command], {
    encoding: 'utf8',
    timeout: 50_000,
    cwd: folder,
    env: {
      PATH: `${file('tools')}:${process.env.PATH}`,
      HOSTNAME: 'orders-0',
      SERVER: 'mysqld',
      CLIENT: 'mysql',
      DATABASE_NAME: 'app',
      PRODUCT: 'mysql',
      STATE: file('state'),
      USERNAME_FILE: file('username'),
      PASSWORD_FILE: file('password'),
      MYSQL_PASSWORD_FILE: file('password'),
      HOSTS: 'orders.shop',
      PORT: '3306',
      ...env,
    },
  });
}
const backUp = (env: NodeJS.ProcessEnv = {}) => run('bash job/backup.sh', { BACKUPS: file('backups'), DATABASE: 'orders', KEEP_COUNT: '9', KEEP_SECONDS: '0', ...env });
const restore = (env: NodeJS.ProcessEnv = {}) => run('bash restore/restore.sh --log-bin=binlog', {
  FILES: file('files'), DATA_PATH: file('volume'), BACKUPS: file('there'), BACKUP: 'latest', UNTIL: '', LOCK_PAUSE: '0.1', ...env,
});
const runs = () => fs.existsSync(file('serving')) && spawnSync('kill', ['-0', read('serving').trim()]).status === 0;

/** A backup, where a restore looks for it. */
function backedUp(): string {
  const { status, stderr } = backUp();
  if (status !== 0) throw new Error(stderr);
  const name = list('backups').slice(-1)[0];
  fs.mkdirSync(file('there'));
  fs.renameSync(file('backups'), file('there/physical'));
  fs.rmSync(file('there/physical/2026-11-01T10-00-00Z'), { recursive: true });
  return name;
}

describe('the Job', () => {
  test('lets a server receive the copy that has the settings and plugins of the other one, and no network', () => {
    const { status, stderr } = backUp();
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const [initialized, receives, proves, ...others] = read('calls').trim().split('\n');
    expect(others).toEqual([]);
    expect(initialized).toMatch(/^--no-defaults .* --datadir=\S+\.part\/own --innodb-page-size=8192 --collation-server=utf8mb4_bin --initialize-insecure$/);
    for (const call of [receives, proves]) expect(call).toMatch(/ --skip-networking .* --innodb-page-size=8192 --collation-server=utf8mb4_bin --plugin-load-add=clone=mysql_clone.so/);
    expect(proves).toMatch(/ --loose-auto-generate-certs=OFF .*\/copy .* --skip-grant-tables /);
    expect(read('statements')).toContain('set global clone_valid_donor_list = \'orders.shop:3306\';\nclone instance from \'stateful_clone\'@\'orders.shop\':3306 identified by \'p:a\\\\s "\\\'$(w)\' data directory = ');
    expect(read('options')).toBe('[client]\nhost=orders.shop\nport=3306\nuser=stateful_clone\npassword="p:a\\\\s \\"\'$(w)"\n');
    expect(runs()).toBe(false);
    expect(list('state')).toEqual([]);
  });

  test('keeps the files, their sizes and their folders, and facts for a restore', () => {
    const name = backedUp();
    const backup = `there/physical/${name}`;
    expect(list(backup)).toEqual(['BACKUP', 'SHA256SUMS', expect.stringMatching(/^data\.(zst|gz)$/) as string, 'files']);
    expect(read(`${backup}/files`)).toBe('- #innodb_redo\n- app\n5 app/o dd.ibd\n3 ibdata1\n- mysql\n0 mysql.ibd\n- nothing\n');
    expect(read(`${backup}/BACKUP`)).toBe('database: orders\nproduct: mysql\nrelease: 9.7.2\nsystem: 0-1-2\nends: 2026-11-24T10:00:00.000000Z\n');
  });

  test('uses gzip where the image has nothing better', () => {
    const backup = read('job/dump.sh').replace('command -v zstd', 'command -v no-such-program');
    fs.writeFileSync(file('job/dump.sh'), backup);
    const name = backedUp();
    expect(list(`there/physical/${name}`)).toContain('data.gz');
    expect(restore()).toMatchObject({ status: 0 });
    expect(read('volume/app/o dd.ibd')).toBe('rows\n');
  });

  test.each<[string, () => void, RegExp, NodeJS.ProcessEnv?]>([
    ['the password is wrong, or the server does not answer', () => given('refused', 'ERROR 1045 (28000): Access denied\n'), /1045.*\norders.shop does not accept the account stateful_clone, or does not answer/],
    ['the plugin is missing', () => given('plugin', '0\n'), /orders.shop has no clone plugin: its log says why/],
    ['the server is of another release line', () => given('donor', '8.4.11\n'), /orders.shop runs MySQL 8.4.11, but this Job runs 9.7.2/],
    ['the disk is full at the beginning', () => given('fail-initialize'), /No space left on device\nthe server that receives the copy could not be initialized/],
    ['the server that receives does not start', () => given('fail-start-own'), /the server that receives the copy does not start/],
    ['the copying fails', () => given('fail-clone'), /ERROR 3862[^]*the copy of orders.shop failed: see above/],
    ['the server became another one', () => given('system', '9-9-9'), /orders.shop was replaced by another database during the copy/],
    ['no server starts on the copy', () => given('fail-start-copy'), /no server starts on the copy/],
    ['tables are not in a clone', () => given('others', 'app.a has the engine MyISAM\napp.b is encrypted\n'), /cannot contain all data of this server: app.a has the engine MyISAM; app.b is encrypted\. Use/],
    ['the database is missing', () => undefined, /the server has no database 'ledger'/, { DATABASE_NAME: 'ledger' }],
    ['a table is damaged', () => given('check', 'Corrupt'), /Corrupt\nthe copy is damaged/],
    ['the server does not stop well on the copy', () => given('fail-stop'), /did not shut down cleanly on the copy/],
    ['the disk is full while packing', () => { for (const name of ['zstd', 'gzip']) tool(name, 'echo "No space left on device" >&2; exit 1'); }, /No space left on device/],
    ['the packed copy is damaged', () => { for (const name of ['zstd', 'gzip']) tool(name, 'cat >/dev/null; echo other'); }, /the packed data differs from the copy/],
  ])('fails where %s: earlier backups stay, and nothing half-made', (_, happens, reason, env = {}) => {
    happens();
    const { status, stderr } = backUp(env);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
    expect(stderr).toContain('orders: the backup failed, and earlier ones were left alone.');
    expect(list('backups')).toEqual(['2026-11-01T10-00-00Z']);
    expect(runs()).toBe(false);
    expect(list('state').filter(name => name.endsWith('.cnf'))).toEqual([]);
  });

  test.each(['--initialize-insecure', '/own ', '/copy '])('that is killed while its server runs with %s is cleared away by the next one', step => {
    const killing = SERVER.replace('echo "$*" >>calls', `case " $* " in *'${step}'*) kill -KILL "$(cat job.pid)" $PPID; exit 1 ;; esac`);
    tool('mysqld', killing);
    expect(run('echo $$ >job.pid; exec bash job/backup.sh', { BACKUPS: file('backups'), DATABASE: 'orders', KEEP_COUNT: '9', KEEP_SECONDS: '0' }).signal).toBe('SIGKILL');
    expect(list('backups')).toEqual(['2026-11-01T10-00-00Z', expect.stringMatching(/\.part$/) as string]);
    tool('mysqld', SERVER);
    expect(backUp()).toMatchObject({ status: 0 });
    expect(list('backups').filter(name => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a restore', () => {
  test('writes the same files, and sets the password of the Secret before anything is at its place', () => {
    const name = backedUp();
    const { status, stderr } = restore({ RESTORED: file('restored') });
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining(`the backup ${name} is restored`) as string });
    expect(list('volume')).toEqual(['#innodb_redo', '.tmp', 'app', 'ibdata1', 'mysql', 'mysql.ibd', 'nothing']);
    expect([read('volume/ibdata1'), read('volume/app/o dd.ibd'), read('volume/mysql.ibd')]).toEqual(['a\0b', 'rows\n', '']);
    expect(read('calls').trim().split('\n').slice(-1)[0]).toBe(`--log-bin=binlog --skip-log-bin --datadir=${file('volume/restoring')} --skip-networking --skip-grant-tables --event-scheduler=OFF`);
    expect(read('statements')).toContain("drop user if exists 'stateful_clone'@'%', 'stateful_copy'@'%', 'stateful_log'@'%', 'stateful_dump'@'%';");
    expect(read('statements')).toContain("alter user 'o\\'ne'@'%' identified by 'p:a\\\\s \"\\'$(w)';\ngrant all on `app`.* to 'o\\'ne'@'%';");
    expect(read('restored')).toMatch(new RegExp(`^${name} \\S+ \\d+\n$`));
    expect(runs()).toBe(false);
  });

  test.each<[string, () => void, RegExp]>([
    ['the volume is full', () => tool('head', '/usr/bin/head -c 1'), /cannot be unpacked: is the volume full\? /],
    ['the server does not start', () => given('fail-start-restoring'), /the server does not start on the backup/],
    ['it does not stop well', () => given('fail-stop'), /did not shut down cleanly after the restore/],
  ])('begins anew where %s', (_, happens, reason) => {
    backedUp();
    happens();
    const { status, stderr } = restore();
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
    expect(list('volume')).toEqual(['.first-start', '.tmp', 'restoring']);
    fs.rmSync(file('tools/head'), { force: true });
    for (const name of ['fail-start-restoring', 'fail-stop']) fs.rmSync(file(`given/${name}`), { force: true });
    expect(restore()).toMatchObject({ status: 0 });
    expect(list('volume')).not.toContain('restoring');
  });

  test('is refused where a log archive, which continues dumps, goes on after the newest backup; one of a name is restored', () => {
    const name = backedUp();
    fs.mkdirSync(file('there/log/2026-11-24T00-00-00Z'), { recursive: true });
    fs.writeFileSync(file('there/log/2026-11-24T00-00-00Z/RUN'), 'system: 0-1-2\nbegins: 2026-11-24T00:00:00.000000Z\n');
    fs.writeFileSync(file('there/log/2026-11-24T00-00-00Z/0-reached.partial'), 'time: 2026-11-30T00:00:00.000000Z\nfile: binlog.000001\nposition: 4\n');
    expect(restore()).toMatchObject({ status: 1, stderr: expect.stringContaining(`backup, ${name}, ended at 2026-11-24T10:00:00.000000Z, and the log archive goes on to 2026-11-30T00:00:00.000000Z`) as string });
    expect(list('volume')).toEqual([]);
    expect(restore({ BACKUP: name })).toMatchObject({ status: 0, stderr: expect.stringContaining(`unpacking the backup ${name} of orders: what was written after it is not restored`) as string });
  });

  test.each([
    ['a part is at its place', ['.first-start', 'ibdata1', '.restored-data/mysql/', '.restored-data/mysql.ibd']],
    ['all is at its place', ['ibdata1', 'mysql/', 'mysql.ibd', '.restored-data/']],
  ])('goes on when it was killed and %s', (_, there) => {
    for (const name of there) {
      fs.mkdirSync(path.dirname(file(`volume/${name}x`)), { recursive: true });
      if (!name.endsWith('/')) fs.writeFileSync(file(`volume/${name}`), '');
    }
    expect(restore()).toMatchObject({ status: 0 });
    expect(list('volume')).toEqual(['ibdata1', 'mysql', 'mysql.ibd']);
    expect(restore()).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('the server', () => {
  const start = (args: string) => {
    fs.writeFileSync(file('files/serve.sh'), 'echo "$*"; cat /dev/fd/8');
    return run(`bash files/start.sh ${args}`);
  };

  test('makes the account as it starts, with the plugin', () => {
    const { status, stdout } = start('mysqld --max-connections=5');
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'mysqld --max-connections=5 --plugin-load-add=mysql_clone.so --init-file=/dev/fd/8',
      'SET SESSION sql_log_bin = 0;', "SET SESSION sql_mode = '';", "DROP USER IF EXISTS 'stateful_clone'@'%';",
      "CREATE USER 'stateful_clone'@'%' IDENTIFIED BY 'p:a\\\\s \"''$(w)';", "GRANT BACKUP_ADMIN ON *.* TO 'stateful_clone'@'%';", '',
    ]);
  });

  test('makes the accounts of a log archive, too', () => {
    fs.writeFileSync(file('accounts.sql'), 'CREATE USER log;\n');
    const { stdout } = start(`mysqld --init-file=${file('accounts.sql')}`);
    expect(stdout.split('\n').slice(1, 3)).toEqual(['CREATE USER log;', 'SET SESSION sql_log_bin = 0;']);
    expect(stdout).toMatch(/^mysqld --init-file=\S+accounts.sql --plugin-load-add=mysql_clone.so --init-file=\/dev\/fd\/8\n/);
  });
});
