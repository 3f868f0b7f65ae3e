import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** verify.sh runs here as in a Pod, but for check.sh of a product, which a test writes. */
const SRC = path.join(__dirname, '../../src/backup/scripts');

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'verify-scripts-'));
  for (const name of ['verify.sh', 'credentials.sh']) fs.copyFileSync(path.join(SRC, name), file(name));
  fs.writeFileSync(file('restored'), '2026-11-24T10-00-00Z 1.2G 40\n');
  checks({});
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

/** A product whose server answers, is whole, and returns a row, unless the test says otherwise. */
function checks({ serve = 'exec sleep 60', answers = 'true', check = 'true', ask = 'echo row' }: { serve?: string; answers?: string; check?: string; ask?: string }): void {
  fs.writeFileSync(file('check.sh'), `serve() { echo "$*" >${file('arguments')}; ${serve}; }\nanswers() { ${answers}; }\ncheck() { ${check}; }\nask() { cat "$1" >${file('asked')}; ${ask}; }\n`);
}
function verify(): SpawnSyncReturns<string> {
  const env = { PATH: process.env.PATH, DATABASE: 'orders', CRON_JOB: 'orders-nightly', RESTORED: file('restored') };
  return spawnSync('bash', [file('verify.sh'), '-c', 'a b'], { encoding: 'utf8', timeout: 20_000, env });
}

test('a backup that restores, is whole and has the rows is verified, in one line', () => {
  fs.writeFileSync(file('query'), 'select 1');
  checks({ ask: 'printf "1\\n2\\n"' });
  const { status, stderr } = verify();
  expect(status).toBe(0);
  expect(stderr.trim().split('\n').pop()).toMatch(/^orders: verified: the backup 2026-11-24T10-00-00Z \(1\.2G, \d+ (h|days) old\) restores in 40 s, and was read and checked in \d+ s, and the query returned 2 row\(s\)\.$/);
  expect(fs.readFileSync(file('asked'), 'utf8')).toBe('select 1');
  expect(fs.readFileSync(file('arguments'), 'utf8')).toBe('-c a b\n');
});

test('without a query, it is read and checked', () => {
  checks({ ask: 'false' });
  expect(verify()).toMatchObject({ status: 0, stderr: expect.stringMatching(/checked in \d+ s\.\n$/) as string });
});

test.each([
  ['has a server that does not start', { serve: 'exit 1', answers: 'false' }, 'the server does not start on it'],
  ['is damaged', { check: 'false' }, 'what it holds is damaged'],
  ['refuses the query', { ask: 'echo half; false' }, 'the query failed'],
  ['returns no row', { ask: 'true' }, 'the query returned no row'],
  ['returns an empty row', { ask: 'echo " "' }, 'the query returned no row'],
])('a backup that %s fails, and says what to do', (_, product, reason) => {
  fs.writeFileSync(file('query'), 'select 1');
  checks(product);
  const { status, stderr } = verify();
  expect(status).toBe(1);
  expect(stderr).toContain('orders: NOT VERIFIED: the backup 2026-11-24T10-00-00Z was restored, but');
  expect(stderr).toContain(reason);
  expect(stderr).toContain('kubectl create job --from=cronjob/orders-nightly orders-nightly-again');
});

test('credentials are the name of the user and a password of its own each time', () => {
  const make = (name: string, env: NodeJS.ProcessEnv) => {
    fs.mkdirSync(file(name));
    expect(spawnSync('bash', [file('credentials.sh'), file(name)], { env: { PATH: process.env.PATH, ...env } }).status).toBe(0);
    return fs.readFileSync(file(`${name}/password`), 'utf8');
  };
  fs.mkdirSync(file('names'));
  fs.writeFileSync(file('names/username'), 'app');
  const first = make('first', { NAMES: file('names') });
  expect(first).toMatch(/^[0-9a-f]{48}$/);
  expect(fs.readFileSync(file('first/username'), 'utf8')).toBe('app');
  expect(make('second', { NAMES: file('absent') })).not.toBe(first);
  expect(fs.readdirSync(file('second'))).toEqual(['password']);
});
