import { execFileSync, spawn, spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { itUnless } from '../support/needs';
import { freePort } from '../support/real-server';

/** The scripts that back up and restore run here as in a Pod, but for the tools of the image, which a test writes, and for what other members answer. */
const SRC = path.join(__dirname, '../../src');
const PASSWORD = 'se"cret\\ $HOME';

let folder: string;
const file = (name: string) => path.join(folder, name);
const put = (name: string, text: string) => {
  fs.mkdirSync(path.dirname(file(name)), { recursive: true });
  fs.writeFileSync(file(name), text, { mode: 0o755 });
};
const read = (name: string) => fs.existsSync(file(name)) ? fs.readFileSync(file(name), 'utf8') : '';

/** What a server answers lies in a file named by its host; a snapshot is what lies in `snapshot`. */
const CLI = `#!/bin/bash
[ "$REDISCLI_AUTH" = "$(cat "$T/password")" ] || exit 1
host=$2; shift 4
if [ "$1" = --rdb ]; then echo "$host" >>"$T/copied"; cp "$T/snapshot" "$2"; exit; fi
IFS=-
cat "$T/replies/$host/$*" 2>/dev/null
`;
const CHECK = '#!/bin/bash\nif grep -q whole "$1"; then echo "RDB looks OK"; else echo "Unexpected EOF"; exit 1; fi\n';
/** As in the tests of the other scripts: what a member with an empty volume answers lies in a file, and a script waits for some rounds only. */
const STANDINS = `
ask() { cat "$T/founding/\${1%%.*}" 2>/dev/null || :; }
pause() { rounds=$((\${rounds:-0} + 1)); [ "$rounds" -le 2 ] || exit 124; }
`;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'redis-backup-'));
  for (const source of ['redis/scripts', 'kit/founding']) fs.cpSync(path.join(SRC, source), file('files'), { recursive: true });
  fs.appendFileSync(file('files/member.sh'), STANDINS);
  for (const name of ['data', 'run', 'dump']) fs.mkdirSync(file(name));
  put('password', PASSWORD);
  put('snapshot', 'whole\n');
  put('bin/redis-cli', CLI);
  put('bin/redis-check-rdb', CHECK);
  put('bin/redis-server', '#!/bin/bash\necho "Redis server v=8.0.5 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64"\n');
  put('restore.sh', `echo restored >>${'$T'}/restored\n`);
  for (const count of ['servers', 'sentinels']) put(count, '3\n');
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

const env = (more: NodeJS.ProcessEnv = {}) => ({
  PATH: `${file('bin')}:${process.env.PATH}`, T: folder, PRODUCT: 'redis', PASSWORD_FILE: file('password'), FILES: file('files'), DATA: file('data'), RUN: file('run'), ...more,
});
const run = (script: string, args: string[], more: NodeJS.ProcessEnv): SpawnSyncReturns<string> =>
  spawnSync('bash', [file(`files/${script}`), ...args], { encoding: 'utf8', timeout: 20_000, env: env(more) });

describe('a dump', () => {
  const answers = (host: string, state: string) => {
    put(`replies/${host}/info-replication`, `${state.split(' ').join('\r\n')}\r\n`);
    put(`replies/${host}/info-server`, 'redis_version:8.0.5\r\n');
  };
  const dump = (from: string, hosts = 'cache-2 cache-1 cache-0') => run('dump.sh', [file('dump')], { HOSTS: hosts, PORT: '6379', FROM: from });

  test('is of a replica that follows the master, and tells the release', () => {
    answers('cache-2', 'role:slave master_link_status:down');
    answers('cache-1', 'role:slave master_link_status:up');
    answers('cache-0', 'role:master');
    expect(dump('replica')).toMatchObject({ status: 0, stdout: '8.0.5\n', stderr: expect.stringContaining('cache-2 is a replica that does not follow its master') as string });
    expect(read('copied')).toBe('cache-1\n');
    expect(read('dump/dump.rdb')).toBe('whole\n');
  });
  test('is of the only server, where there are no sentinels', () => {
    answers('cache-0', 'role:master');
    expect(dump('server', 'cache-0')).toMatchObject({ status: 0, stdout: '8.0.5\n' });
    expect(read('copied')).toBe('cache-0\n');
  });
  test('is never of a master that sentinels watch: they would take the dump for a replica', () => {
    answers('cache-0', 'role:master');
    expect(dump('replica')).toMatchObject({ status: 1, stderr: expect.stringContaining('no replica can be read: cache-2 cache-1 cache-0.') as string });
    expect(read('copied')).toBe('');
  });
  test('of a server that refuses the password fails', () => {
    answers('cache-0', 'role:master');
    put('password', 'old');
    put('bin/redis-cli', CLI.replace('"$(cat "$T/password")"', 'new'));
    expect(dump('server')).toMatchObject({ status: 1, stderr: expect.stringContaining('refuses the password') as string });
  });
  test('that ends before its end fails', () => {
    answers('cache-0', 'role:master');
    put('snapshot', 'half');
    expect(dump('server', 'cache-0')).toMatchObject({ status: 1, stderr: expect.stringContaining('Unexpected EOF') as string });
  });
});

describe('a load', () => {
  test('without a folder tells the release that runs here', () => {
    expect(run('load.sh', [], {})).toMatchObject({ status: 0, stdout: '8.0.5\n' });
  });
  test('puts the snapshot into the volume under its name when it is all there', () => {
    put('dump/dump.rdb', 'whole');
    expect(run('load.sh', [file('dump')], {})).toMatchObject({ status: 0 });
    expect(fs.readdirSync(file('data'))).toEqual(['dump.rdb']);
  });
  test('of a damaged snapshot leaves the volume alone', () => {
    put('dump/dump.rdb', 'half');
    expect(run('load.sh', [file('dump')], {})).toMatchObject({ status: 1, stderr: 'Unexpected EOF\n' });
    expect(fs.readdirSync(file('data'))).toEqual([]);
  });
});

describe('the member of ordinal 0', () => {
  const SENTINELS = { SET: 'cache', DOMAIN: 'headless', SENTINEL_SET: 'cache-sentinel', SENTINEL_DOMAIN: 'sentinels' };
  const prepare = (pod: string, more: NodeJS.ProcessEnv = {}) => run('prepare.sh', [], {
    HOSTNAME: pod, MEMBERS_FILE: file('servers'), SENTINELS_FILE: file('sentinels'), RESTORE: file('restore.sh'), ...more,
  });
  const allNew = () => {
    for (const pod of ['cache-1', 'cache-2', 'cache-sentinel-0', 'cache-sentinel-1', 'cache-sentinel-2']) put(`founding/${pod}`, `empty ${pod}\n`);
  };

  test('restores where it is the only one', () => {
    expect(prepare('cache-0')).toMatchObject({ status: 0 });
    expect(read('restored')).toBe('restored\n');
  });
  test.each([
    ['an append-only file', 'appendonlydir/appendonly.aof.manifest'],
    ['a snapshot', 'dump.rdb'],
    ['the trace of an append-only file that is lost', '.used'],
  ])('restores nothing where there is %s', (_, name) => {
    put(`data/${name}`, 'data');
    expect(prepare('cache-0')).toMatchObject({ status: 0 });
    expect(read('restored')).toBe('');
  });
  test('restores when every sentinel and every other server is new', () => {
    allNew();
    expect(prepare('cache-0', SENTINELS)).toMatchObject({ status: 0 });
    expect(read('restored')).toBe('restored\n');
  });
  test.each(['cache-2', 'cache-sentinel-1'])('waits while %s is silent, which may have the data or know who has', silent => {
    allNew();
    fs.rmSync(file(`founding/${silent}`));
    expect(prepare('cache-0', SENTINELS)).toMatchObject({ status: 124, stderr: expect.stringContaining("remove 'restoreFrom'") as string });
    expect(read('restored')).toBe('');
  });
  test('restores nothing where a server runs as the master, whose data it has lost', () => {
    allNew();
    put('replies/cache-1.headless/info-replication', 'role:master\r\n');
    expect(prepare('cache-0', SENTINELS)).toMatchObject({ status: 0, stderr: expect.stringContaining('has a master already: nothing is restored') as string });
    expect(read('restored')).toBe('');
  });
  test('restores nothing where a sentinel knows a master', () => {
    allNew();
    put('replies/cache-sentinel-2.sentinels/sentinel-master-mymaster', 'ip\r\ncache-1.headless\r\nflags\r\nmaster\r\nconfig-epoch\r\n3\r\n');
    expect(prepare('cache-0', SENTINELS)).toMatchObject({ status: 0 });
    expect(read('restored')).toBe('');
  });
  test('makes no empty database where it is to begin with a snapshot of a volume, and its own has no data', () => {
    const snapshot = { RESTORE: file('files/restore-snapshot.sh'), SNAPSHOT: 'cache-nightly-1' };
    allNew();
    expect(prepare('cache-0', { ...SENTINELS, ...snapshot })).toMatchObject({
      status: 1, stderr: expect.stringMatching(/be restored from the snapshot cache-nightly-1: not creating an empty database[^]*kubectl delete statefulset cache && kubectl delete pvc data-cache-0/) as string,
    });
    expect(fs.readdirSync(file('data'))).toEqual(['.lock']);
    put('data/appendonlydir/appendonly.aof.manifest', 'data');
    expect(prepare('cache-0', { ...SENTINELS, ...snapshot })).toMatchObject({ status: 0, stderr: '' });
  });
  test('is the only one that restores', () => {
    allNew();
    expect(prepare('cache-1', SENTINELS)).toMatchObject({ status: 0, stderr: '' });
    expect(read('restored')).toBe('');
  });
});

describe('a real server', () => {
  const missing = ['redis-server', 'redis-cli', 'redis-check-rdb'].some(tool => spawnSync('which', [tool]).status !== 0) ? 'needs redis-server on this machine' : undefined;
  const test = itUnless(missing);
  const real = { PATH: process.env.PATH };

  test('gives all its keys to a dump, which is verified, and which another server starts with', async () => {
    fs.mkdirSync(file('source'));
    const port = `${await freePort()}`;
    const cli = (...args: string[]) => execFileSync('redis-cli', ['-p', port, ...args], { encoding: 'utf8', env: { ...real, REDISCLI_AUTH: PASSWORD } }).trim();
    const server = spawn('redis-server', ['--port', port, '--requirepass', PASSWORD, '--dir', file('source'), '--save', '', '--appendonly', 'yes'], { stdio: 'ignore' });
    try {
      await until(() => spawnSync('redis-cli', ['-p', port, 'ping'], { encoding: 'utf8', env: { ...real, REDISCLI_AUTH: PASSWORD } }).stdout === 'PONG\n');
      for (let i = 0; i < 20; i++) cli('set', `key:${i}`, `value "${i}"`);
      expect(run('dump.sh', [file('dump')], { ...real, HOSTS: '127.0.0.1', PORT: port, FROM: 'server' })).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
    } finally {
      server.kill();
    }
    expect(run('load.sh', [file('dump')], real)).toMatchObject({ status: 0 });

    fs.copyFileSync(file('files/check.sh'), file('check.sh'));
    fs.copyFileSync(path.join(SRC, 'backup/scripts/verify.sh'), file('verify.sh'));
    put('files/redis.conf', `dir ${file('data')}\nsave ""\n`);
    put('restored', '2026-11-24T10-00-00Z 1M 1\n');
    const verify = (query: string) => {
      put('query', query);
      return spawnSync('bash', [file('verify.sh')], {
        encoding: 'utf8', timeout: 20_000, env: env({ ...real, DATABASE: 'cache', CRON_JOB: 'cache-nightly', RESTORED: file('restored') }),
      });
    };
    expect(verify('get key:7\nexists key:0')).toMatchObject({ status: 0, stderr: expect.stringMatching(/has read 20 keys[^]*returned 2 row/) as string });
    expect(verify('exists nothing')).toMatchObject({ status: 1, stderr: expect.stringContaining('the query returned no row') as string });
    expect(verify('no such command')).toMatchObject({ status: 1, stderr: expect.stringContaining('the query failed') as string });
  });
});

async function until(met: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !met(); i++) await new Promise(resolve => setTimeout(resolve, 100));
  expect(met()).toBe(true);
}
