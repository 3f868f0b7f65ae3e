import { spawn, spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';

/** The scripts run here as in a Pod, but for the tools of the image, which a test writes. */
const SRC = path.join(__dirname, '../../../src');
const scriptOf = (engine: 'mysql' | 'mariadb', name: string) => path.join(folder, 'scripts', engine, name);

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mysql-scripts-'));
  fs.mkdirSync(volume());
  for (const engine of ['mysql', 'mariadb']) {
    fs.cpSync(path.join(SRC, 'database/engines', engine), file(`scripts/${engine}`), { recursive: true });
    fs.copyFileSync(path.join(SRC, 'kit/founding/lock.sh'), file(`scripts/${engine}/lock.sh`));
  }
  for (const server of ['mysqld', 'mariadbd']) tool(server, `echo "real $*" >>${file('calls')}; [ "$1" != --version ] || echo "Ver 11.8.8-MariaDB"`);
  tool('docker-entrypoint.sh', 'exec "$@"');
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

const file = (name: string) => path.join(folder, name);
const volume = (name = '') => path.join(folder, 'volume', name);
const contents = () => fs.readdirSync(volume()).filter(name => name !== '.lock').sort();
const calls = () => fs.existsSync(file('calls')) ? fs.readFileSync(file('calls'), 'utf8') : '';

function tool(name: string, script: string): void {
  fs.writeFileSync(file(name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}

/** What the image's entrypoint does: a server that makes the files, one without a network, then the one that serves. */
const MAKES = (files: string) => `"$@" --verbose --help\n"$@" --initialize-insecure\nmkdir -p ${volume('mysql')}\n`
  + `for name in ${files}; do touch "${volume()}/$name"; done\n"$@" --skip-networking\nexec "$@"`;

function data(...names: string[]): void {
  for (const name of names) {
    if (name.endsWith('/')) fs.mkdirSync(volume(name), { recursive: true });
    else fs.writeFileSync(volume(name), '');
  }
}

const environment = (env: NodeJS.ProcessEnv = {}) => ({
  PATH: `${folder}:${process.env.PATH}`, HOSTNAME: 'orders-0', DATA_PATH: volume(), SHIM_PATH: file('shim'), LOCK_PAUSE: '0.1', ...env,
});

function run(script: string, args: string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync('bash', ['--norc', script, ...args], { encoding: 'utf8', timeout: 20_000, env: environment(env) });
}

const prepare = (server = 'mysqld', ...args: string[]) => run(scriptOf('mysql', 'prepare.sh'), [server, ...args]);
const start = (server = 'mysqld', ...args: string[]) => run(scriptOf('mysql', 'start.sh'), [server, ...args]);

describe('a new volume', () => {
  test.each(['lost+found/', '.snapshot/'])('with %s is one', name => {
    data(name);
    tool('docker-entrypoint.sh', MAKES('mysql.ibd'));
    expect(prepare()).toMatchObject({ status: 0, stderr: 'orders-0: the first init is complete.\n' });
    expect(contents()).toEqual(['.tmp', name.replace('/', ''), 'mysql', 'mysql.ibd'].sort());
  });

  test.each([['mysqld', 'mysql.ibd'], ['mariadbd', 'aria_log_control']])('gets a database by %s, and no server that serves', (server, files) => {
    tool('docker-entrypoint.sh', MAKES(files));
    expect(prepare(server, '--max-connections=5', "--init-connect=it's $x")).toMatchObject({ status: 0 });
    expect(calls().split('\n').filter(Boolean).map(call => call.split(' ').pop())).toEqual(['--help', '--initialize-insecure', '--skip-networking']);
  });

  test('is marked before anything is in it, and until all of it is', () => {
    tool('docker-entrypoint.sh', `ls -A ${volume()} >${file('at-first')}\n${MAKES('mysql.ibd')}`);
    tool('sync', `echo "sync $*" >>${file('calls')}; [ "$1" != -f ] || ls -A ${volume()} >${file('at-last')}`);
    expect(prepare()).toMatchObject({ status: 0 });
    expect(fs.readFileSync(file('at-first'), 'utf8')).toBe('.first-start\n.lock\n.tmp\n');
    expect(fs.readFileSync(file('at-last'), 'utf8')).toContain('.first-start');
    const synced = calls().split('\n').filter(line => line.startsWith('sync'));
    expect(synced).toEqual([`sync ${volume('.first-start')} ${volume()}`, `sync -f ${volume()}`, `sync ${volume()}`]);
  });

  test.each([
    ['fails', 'exit 3', 'the first init failed: see above.'],
    ['ends early', 'exit 0', 'the first init ended early: does an init script call exit?'],
    ['makes nothing', 'exec "$@"', 'the first init created no database.'],
  ])('whose first init %s stays marked, and is never served', (_, entrypoint, message) => {
    tool('docker-entrypoint.sh', entrypoint);
    expect(prepare()).toMatchObject({ status: 1, stderr: expect.stringContaining(message) as string });
    expect(contents()).toContain('.first-start');
    const served = start();
    expect(served).toMatchObject({ status: 1, stderr: expect.stringContaining('the first init of this volume is not complete. Delete the Pod') as string });
    expect(calls()).toBe('');
  });

  test('is never served as it is', () => {
    expect(start()).toMatchObject({ status: 1, stderr: expect.stringContaining('this volume has no database.') as string });
    expect(calls()).toBe('');
  });

  test.each(['mysqld', 'mariadbd'])('is not written to by a %s that cannot', server => {
    const { status, stderr } = run(scriptOf('mysql', 'prepare.sh'), [server], { DATA_PATH: '/proc/1' }); // read-only for everybody
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('cannot write to /proc/1: is the volume read-only or full, or not owned by user') as string });
  });
});

describe('a half-made database', () => {
  test('is made anew, but for what is not ours', () => {
    data('.first-start', 'mysql/', 'ibdata1', 'app/', 'lost+found/', '.snapshot/', '.tmp/');
    tool('docker-entrypoint.sh', `ls -A ${volume()} >${file('at-first')}\n${MAKES('mysql.ibd')}`);
    const { status, stderr } = prepare();
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('was interrupted before any server was reachable: starting over.') as string });
    expect(fs.readFileSync(file('at-first'), 'utf8').split('\n')).toEqual(['.first-start', '.lock', '.snapshot', '.tmp', 'lost+found', '']);
    expect(contents()).not.toContain('.first-start');
  });

  test('is made anew after a kill in the middle, too', () => {
    tool('docker-entrypoint.sh', MAKES('mysql.ibd').replace('"$@" --skip-networking', 'kill -9 $PPID; sleep 1'));
    expect(prepare()).toMatchObject({ signal: 'SIGKILL' });
    expect(contents()).toEqual(['.first-start', '.tmp', 'mysql', 'mysql.ibd']);
    expect(start()).toMatchObject({ status: 1 });
    tool('docker-entrypoint.sh', MAKES('mysql.ibd'));
    expect(prepare()).toMatchObject({ status: 0 });
    expect(contents()).toEqual(['.tmp', 'mysql', 'mysql.ibd']);
  });
});

describe('a complete database', () => {
  test.each([['mysqld', 'mysql.ibd'], ['mariadbd', 'aria_log_control']])('of %s is left alone and served', (server, name) => {
    data('mysql/', name, 'app/');
    expect(prepare(server)).toMatchObject({ status: 0, stderr: '' });
    expect(calls().replace('real --version\n', '')).toBe('');
    expect(start(server, '--max-connections=5')).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toContain('real --max-connections=5\n');
    expect(contents()).toEqual(['.tmp', 'app', 'mysql', name].sort());
  });

  test.each([
    ['MySQL', 'mysqld', ['mysql/', 'aria_log_control'], 'this volume holds a MariaDB database (aria_log_control), which MySQL would damage.'],
    ['MariaDB', 'mariadbd', ['mysql/', 'mysql.ibd'], 'this volume holds a MySQL database (mysql.ibd), which MariaDB would damage.'],
  ])('of the other product is refused by %s', (_, server, names, message) => {
    data(...names);
    for (const { status, stderr } of [prepare(server), start(server)]) {
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) as string });
    }
    expect(calls()).toBe('');
  });

  test.each([['12.3.1', 1], ['11.8.9', 0], ['11.4.2', 0], ['10.11.5', 0]])('that MariaDB %s has upgraded: %i', (made, status) => {
    data('mysql/', 'aria_log_control');
    fs.writeFileSync(volume('mariadb_upgrade_info'), `${made}-MariaDB`);
    expect(start('mariadbd')).toMatchObject({ status });
    expect(prepare('mariadbd')).toMatchObject({ status, stderr: status === 0 ? '' : expect.stringContaining('was upgraded to MariaDB 12.3, but this is MariaDB 11.8') as string });
  });

  test('is served without the variables of another database, which a grant sets', () => {
    data('mysql/', 'mysql.ibd');
    tool('docker-entrypoint.sh', 'compgen -e MYSQL; echo "$@"');
    const env = { MYSQL_DATABASE: 'app', MYSQL_HOST: 'other', MYSQL_TCP_PORT: '1', MYSQL_USER: 'other', MYSQL_PWD: 'other' };
    expect(run(scriptOf('mysql', 'start.sh'), ['mysqld'], env)).toMatchObject({ status: 0, stdout: 'MYSQL_DATABASE\nmysqld\n' });
  });
});

describe('foreign data', () => {
  test.each([
    ['of another image', ['data/mysql/'], ['  data\n', "there is a database in the folder 'data', where other images put it."]],
    ['of PostgreSQL', ['pgdata/', 'PG_VERSION'], ['  PG_VERSION\n  pgdata\n', 'Move them away, or give this member the right volume. Nothing was changed.']],
    ['of a database without its dictionary', ['mysql/', 'ibdata1'], ['  ibdata1\n  mysql\n', 'has no complete database at its root']],
    ['in a hidden file', ['.my.cnf'], ['  .my.cnf\n']],
  ])('%s is refused and named', (_, names, messages) => {
    data(...names);
    for (const server of ['mysqld', 'mariadbd']) {
      for (const { status, stderr } of [prepare(server), start(server)]) {
        expect(status).toBe(1);
        for (const message of messages) expect(stderr).toContain(message);
      }
    }
    expect(calls()).toBe('');
  });
});

describe('two Pods with one volume', () => {
  test.each([['prepare.sh', ['.first-start', 'mysql/']], ['start.sh', ['mysql/', 'mysql.ibd']]])('%s waits for the other one, and the lock is with the server', async (name, names) => {
    data(...names);
    tool('docker-entrypoint.sh', name === 'start.sh' ? 'exec "$@"' : MAKES('mysql.ibd'));
    const held = spawn('bash', ['-c', `exec 5<>${volume('.lock')}; flock 5; echo held; sleep 3; echo free >${file('calls')}`]);
    await new Promise(resolve => held.stdout.once('data', resolve));
    const { status, stderr } = run(scriptOf('mysql', name), ['mysqld']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('another Pod is still using this volume') as string });
    expect(calls()).toMatch(/^free\n/); // nothing before
  });

  test('the server holds the lock for as long as it runs', () => {
    data('mysql/', 'mysql.ibd');
    tool('mysqld', `flock -n ${volume('.lock')} true; echo "$?"`);
    expect(start()).toMatchObject({ status: 0, stdout: '1\n' });
  });

  test.each([['prepare.sh'], ['start.sh']])('%s goes on where there are no locks, and says so', name => {
    data('mysql/', 'mysql.ibd');
    tool('flock', 'exit 71');
    expect(run(scriptOf('mysql', name), ['mysqld'])).toMatchObject({ status: 0, stderr: expect.stringContaining('cannot lock the volume') as string });
  });

});

describe('whether MySQL answers', () => {
  const answers = async (greeting?: Buffer) => {
    const server = net.createServer(socket => { socket.on('error', () => undefined); if (greeting) socket.end(greeting); });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const probe = spawn('bash', [scriptOf('mysql', 'answers.sh')], { env: { ...process.env, PORT: `${port}` } });
    const status = await new Promise(resolve => probe.once('exit', resolve));
    server.close();
    return status;
  };

  test('a greeting, and a refusal, are answers', async () => {
    expect(await answers(Buffer.from([0x4a, 0, 0, 0, 10]))).toBe(0);
    expect(await answers(Buffer.from([0, 0x17, 0, 0, 0xff, 0x10, 0x04]))).toBe(0);
  });

  test('silence is none, nor is a closed port', async () => {
    expect(await answers()).not.toBe(0);
    expect(run(scriptOf('mysql', 'answers.sh'), [], { PORT: '1' }).status).not.toBe(0);
  });
});

describe('whether MariaDB answers', () => {
  test.each([
    ['', 0, 0],
    ["ERROR 1045 (28000): Access denied for user 'healthcheck'@'127.0.0.1'", 1, 0],
    ['ERROR 1040 (08004): Too many connections', 1, 0],
    ['ERROR 4151 (HY000): Access denied, this account is locked', 1, 0],
    ["ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)", 1, 1],
    ['ERROR 2013 (HY000): Lost connection to server at handshake', 1, 1],
    ['', 124, 1],
  ])('%s (%i): %i', (message, fails, status) => {
    tool('mariadb', `echo "${message}" >&2; exit ${fails}`);
    expect(run(scriptOf('mariadb', 'answers.sh'), []).status).toBe(status);
  });

  test('it logs in where there is an account, and needs none', () => {
    tool('mariadb', `echo "$1" >>${file('calls')}`);
    run(scriptOf('mariadb', 'answers.sh'), [], { ACCOUNT: file('account') });
    fs.writeFileSync(file('account'), '');
    run(scriptOf('mariadb', 'answers.sh'), [], { ACCOUNT: file('account') });
    expect(calls()).toBe(`--no-defaults\n--defaults-file=${file('account')}\n`);
  });
});
