import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RCLONE } from '../support/rclone-stand-in';

/** The scripts run here as in a Pod, but for the tools of the images, which a test writes. */
const SRC = path.join(__dirname, '../../src/backup/scripts');

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backup-scripts-'));
  fs.cpSync(SRC, file('scripts'), { recursive: true });
  fs.mkdirSync(file('bin'));
  dumps('echo rows >"$1/database.sql"; echo 17.6');
  tool('rclone', RCLONE);
  tool('date', `[ ! -e ${file('now')} ] && exec /bin/date "$@"; cat ${file('now')}`);
  tool('hostname', 'echo orders-0');
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

const file = (name: string) => path.join(folder, name);
const at = (time: string) => fs.writeFileSync(file('now'), `${time}\n`);
const list = (name: string) => fs.existsSync(file(name)) ? fs.readdirSync(file(name)).filter(entry => entry !== '.lock').sort() : [];
const complete = (name: string) => list(name).filter(entry => !entry.endsWith('.part') && fs.existsSync(file(`${name}/${entry}/BACKUP`)));

function tool(name: string, script: string): void {
  fs.writeFileSync(file(`bin/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}
function dumps(script: string): void {
  fs.writeFileSync(file('scripts/dump.sh'), `set -euo pipefail\n${script}\n`);
}
function loads(script: string, release = '17.6'): void {
  fs.writeFileSync(file('scripts/load.sh'), `set -euo pipefail\n[ $# != 0 ] || { echo ${release}; exit; }\n${script}\n`);
}

function run(shell: 'bash' | 'sh', script: string, env: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
  const { PATH } = process.env;
  return spawnSync(shell, [file(`scripts/${script}`)], {
    encoding: 'utf8', timeout: 20_000, env: { PATH: `${file('bin')}:${PATH}`, HOSTNAME: 'orders-0', DATABASE: 'orders', PRODUCT: 'postgres', ...env },
  });
}
const backup = (env: NodeJS.ProcessEnv = {}) => run('bash', 'backup.sh', { BACKUPS: file('backups'), KEEP_COUNT: '2', KEEP_SECONDS: '0', ...env });
const upload = (env: NodeJS.ProcessEnv = {}) =>
  run('sh', 'upload.sh', { STAGING: file('backups'), TARGET: 'store:orders', KEEP_COUNT: '2', KEEP_SECONDS: '0', ...env });
const fetch = (env: NodeJS.ProcessEnv = {}) =>
  run('sh', 'fetch.sh', { BACKUPS: file('fetched'), TARGET: 'store:orders', BACKUP: 'latest', DATA: file('data'), ...env });
const restore = (env: NodeJS.ProcessEnv = {}) => run('bash', 'restore.sh', { BACKUPS: file('backups'), BACKUP: 'latest', ...env });

describe('a backup', () => {
  test('has its name when it is complete, with checksums and a description', () => {
    at('2026-11-24T10-00-00Z');
    expect(backup()).toMatchObject({ status: 0, stderr: expect.stringContaining('backup 2026-11-24T10-00-00Z is complete') as string });
    expect(list('backups')).toEqual(['2026-11-24T10-00-00Z']);
    expect(list('backups/2026-11-24T10-00-00Z')).toEqual(['BACKUP', 'SHA256SUMS', 'database.sql']);
    expect(fs.readFileSync(file('backups/2026-11-24T10-00-00Z/BACKUP'), 'utf8')).toBe('database: orders\nproduct: postgres\nrelease: 17.6\n');
  });

  test.each([
    ['the dump fails in the middle', 'echo half >"$1/database.sql"; false; echo 17.6'],
    ['the disk is full', 'echo half >"$1/database.sql"; echo "No space left on device" >&2; exit 1'],
    ['the dump is killed', 'echo half >"$1/database.sql"; kill -KILL $$'],
  ])('that fails, as %s, leaves the earlier ones alone and nothing half-made', (_, script) => {
    for (const day of ['22', '23']) {
      at(`2026-11-${day}T10-00-00Z`);
      expect(backup().status).toBe(0);
    }
    at('2026-11-24T10-00-00Z');
    dumps(script);
    expect(backup()).toMatchObject({ status: 1, stderr: expect.stringContaining('the backup failed, and earlier ones were left alone.') as string });
    expect(list('backups')).toEqual(['2026-11-22T10-00-00Z', '2026-11-23T10-00-00Z']);
  });

  test('that is killed as a whole is cleared away by the next one, and is never taken for complete', () => {
    dumps(`echo half >"$1/database.sql"; cp -r "$1" ${file('seen.part')}; kill -KILL $PPID`);
    expect(backup().signal).toBe('SIGKILL');
    expect(list('backups')).toHaveLength(1);
    expect(complete('backups')).toEqual([]);
    dumps('echo rows >"$1/database.sql"; echo 17.6');
    at('2026-11-24T10-00-00Z');
    expect(backup().status).toBe(0);
    expect(list('backups')).toEqual(['2026-11-24T10-00-00Z']);
  });

  test('is refused while another one runs', () => {
    fs.mkdirSync(file('backups'));
    dumps(`bash ${file('scripts/backup.sh')} 2>${file('second')} || echo "second: $?" >>${file('second')}; echo rows >"$1/x"; echo 17.6`);
    expect(backup().status).toBe(0);
    expect(fs.readFileSync(file('second'), 'utf8')).toBe('orders: another backup of this database is running: not starting a second one.\nsecond: 1\n');
    expect(complete('backups')).toHaveLength(1);
  });

  test('sorts after the newest one, even if the clock went back', () => {
    for (const time of ['2026-11-24T10-00-00Z', '2026-11-23T10-00-00Z', '2026-11-24T10-00-00Z']) {
      at(time);
      expect(backup({ KEEP_COUNT: '9' }).status).toBe(0);
    }
    expect(list('backups')).toEqual(['2026-11-24T10-00-00Z', '2026-11-24T10-00-00Z.1', '2026-11-24T10-00-00Z.1.1']);
  });
});

describe('what is kept', () => {
  const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `2026-11-${String(from + i).padStart(2, '0')}T10-00-00Z`);
  const keeping = (names: string[], env: NodeJS.ProcessEnv) => {
    at('2026-11-30T11-00-00Z');
    const { stdout } = spawnSync('bash', ['-c', `. ${file('scripts/retention.sh')}; superfluous`], {
      encoding: 'utf8', input: names.map(name => `${name}\n`).join(''), env: { PATH: `${file('bin')}:${process.env.PATH}`, ...env },
    });
    return names.filter(name => !stdout.split('\n').includes(name));
  };

  test('are the last ones', () => {
    expect(keeping(days(1, 30), { KEEP_COUNT: '3', KEEP_SECONDS: '0' })).toEqual(days(28, 30));
  });
  test('are those that are young enough too', () => {
    expect(keeping(days(1, 30), { KEEP_COUNT: '3', KEEP_SECONDS: `${5 * 86_400}` })).toEqual(days(26, 30));
    expect(keeping(['2025-11-30T12-00-00Z', '2025-11-30T10-00-00Z', '2026-02-28T00-00-00Z'].sort(), { KEEP_COUNT: '1', KEEP_SECONDS: `${365 * 86_400}` }))
      .toEqual(['2025-11-30T12-00-00Z', '2026-02-28T00-00-00Z']);
  });
  test('is the last one at least, however old', () => {
    expect(keeping(['2001-01-01T00-00-00Z'], { KEEP_COUNT: '1', KEEP_SECONDS: '1' })).toEqual(['2001-01-01T00-00-00Z']);
  });
  test('of this database: others at the same destination are left alone', () => {
    at('2026-11-24T10-00-00Z');
    backup();
    for (const day of ['25', '26', '27']) {
      at(`2026-11-${day}T10-00-00Z`);
      backup({ BACKUPS: file('others') });
    }
    expect(list('backups')).toEqual(['2026-11-24T10-00-00Z']);
    expect(list('others')).toEqual(['2026-11-26T10-00-00Z', '2026-11-27T10-00-00Z']);
  });
});

describe('an upload', () => {
  const made = (time: string) => {
    fs.rmSync(file('backups'), { recursive: true, force: true });
    at(time);
    expect(backup().status).toBe(0);
  };

  test('is complete when it has its description, which comes last; old ones are deleted after it', () => {
    for (const day of ['21', '22', '23']) {
      made(`2026-11-${day}T10-00-00Z`);
      expect(upload()).toMatchObject({ status: 0 });
    }
    expect(complete('store/orders')).toEqual(['2026-11-22T10-00-00Z', '2026-11-23T10-00-00Z']);
    expect(list('store/orders')).toEqual(complete('store/orders'));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('that fails at call %i of rclone keeps the last good backups', n => {
    for (const day of ['21', '22']) {
      made(`2026-11-${day}T10-00-00Z`);
      upload();
    }
    made('2026-11-23T10-00-00Z');
    fs.rmSync(file('rclone-calls'));
    fs.writeFileSync(file('fail-at'), `${n}`);
    const { status, stderr } = upload();
    expect(status).not.toBe(0);
    expect(stderr).toContain('the store does not answer');
    expect(complete('store/orders')).toEqual(expect.arrayContaining(['2026-11-22T10-00-00Z']));
    if (n <= 5) expect(complete('store/orders')).toEqual(['2026-11-21T10-00-00Z', '2026-11-22T10-00-00Z']);
    for (const name of complete('store/orders')) expect(list(`store/orders/${name}`)).toEqual(['BACKUP', 'SHA256SUMS', 'database.sql']);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('that is killed at call %i of rclone leaves nothing that looks complete and is not', n => {
    for (const day of ['21', '22']) {
      made(`2026-11-${day}T10-00-00Z`);
      upload();
    }
    made('2026-11-23T10-00-00Z');
    fs.rmSync(file('rclone-calls'));
    fs.writeFileSync(file('kill-at'), `${n}`);
    upload();
    expect(complete('store/orders')).toContain('2026-11-22T10-00-00Z');
    for (const name of complete('store/orders')) expect(list(`store/orders/${name}`)).toEqual(['BACKUP', 'SHA256SUMS', 'database.sql']);
  });

  test('that arrives damaged is no backup', () => {
    made('2026-11-23T10-00-00Z');
    tool('rclone', RCLONE.replace('check)', 'check) exit 1;;\n  otherwise)'));
    expect(upload()).toMatchObject({ status: 1, stderr: expect.stringContaining('what arrived differs from what was sent') as string });
    expect(complete('store/orders')).toEqual([]);
  });

  const calls = () => fs.readFileSync(file('rclone-calls'), 'utf8').split('\n');

  test('to a remote that encrypts is compared by what it is encrypted to', () => {
    fs.writeFileSync(file('encrypting'), 'other:\nstore:\n');
    tool('rclone', RCLONE.replace('check)', 'cryptcheck)'));
    made('2026-11-23T10-00-00Z');
    expect(upload()).toMatchObject({ status: 0 });
    expect(calls()[3]).toMatch(/^cryptcheck /);
  });

  test('to a store without checksums is read back, and refused when that differs', () => {
    fs.writeFileSync(file('unchecked'), '2 hashes could not be checked\n');
    made('2026-11-23T10-00-00Z');
    expect(upload()).toMatchObject({ status: 0, stderr: expect.stringContaining('reading the backup back') as string });
    made('2026-11-24T10-00-00Z');
    tool('rclone', RCLONE.replace('mkdir -p "$2"', 'mkdir -p "$2"; trap \'echo x >>"$2/database.sql"\' EXIT'));
    expect(upload()).toMatchObject({ status: 1, stderr: expect.stringContaining('what arrived differs from what was sent') as string });
    expect(complete('store/orders')).toEqual(['2026-11-23T10-00-00Z']);
  });

  test('deletes what failed ones left behind, a week later, and nothing else', () => {
    for (const name of ['2026-11-10T10-00-00Z', '2026-11-20T10-00-00Z', 'notes']) fs.mkdirSync(file(`store/orders/${name}`), { recursive: true });
    for (const day of ['01', '23']) {
      made(`2026-11-${day}T10-00-00Z`);
      expect(upload()).toMatchObject({ status: 0 });
    }
    expect(list('store/orders')).toEqual(['2026-11-01T10-00-00Z', '2026-11-20T10-00-00Z', '2026-11-23T10-00-00Z', 'notes']);
  });
});

describe('a fetch', () => {
  beforeEach(() => {
    for (const day of ['21', '22']) {
      fs.rmSync(file('backups'), { recursive: true, force: true });
      at(`2026-11-${day}T10-00-00Z`);
      backup();
      upload();
    }
  });

  test.each([['latest', '2026-11-22T10-00-00Z'], ['2026-11-21T10-00-00Z', '2026-11-21T10-00-00Z']])('of %s brings it', (name, brought) => {
    expect(fetch({ BACKUP: name })).toMatchObject({ status: 0 });
    expect(complete('fetched')).toEqual([brought]);
  });
  test('brings it again where the data is half-made', () => {
    fs.mkdirSync(file('data'));
    fs.writeFileSync(file('unfinished'), '');
    expect(fetch({ UNFINISHED: file('unfinished') })).toMatchObject({ status: 0 });
    expect(complete('fetched')).toEqual(['2026-11-22T10-00-00Z']);
  });
  test('does nothing where there is data', () => {
    fs.mkdirSync(file('data'));
    expect(fetch()).toMatchObject({ status: 0, stderr: '' });
    expect(list('fetched')).toEqual([]);
  });
  test('does nothing on members that copy the primary', () => {
    tool('hostname', 'echo orders-1');
    expect(fetch()).toMatchObject({ status: 0, stderr: '' });
    expect(list('fetched')).toEqual([]);
  });
  test('of none, or of a name that is not there, fails and names what there is', () => {
    expect(fetch({ TARGET: 'store:empty' }).status).toBe(1);
    expect(fetch({ BACKUP: '2026-01-01T00-00-00Z' })).toMatchObject({ status: 1, stderr: expect.stringContaining('There are: 2026-11-21T10-00-00Z 2026-11-22T10-00-00Z') as string });
  });
  test('from a store that does not answer fails: no answer is not the answer “there is none”', () => {
    fs.writeFileSync(file('fail-at'), '1');
    fs.rmSync(file('rclone-calls'));
    expect(fetch()).toMatchObject({ status: 1, stderr: expect.stringContaining('no empty database is created') as string });
  });
});

describe('a restore', () => {
  beforeEach(() => {
    for (const day of ['21', '22']) {
      at(`2026-11-${day}T10-00-00Z`);
      dumps(`echo rows of ${day} >"$1/database.sql"; echo 17.6`);
      backup();
    }
    loads(`cat "$1/database.sql" >${file('loaded')}`);
  });
  const loaded = () => fs.existsSync(file('loaded')) ? fs.readFileSync(file('loaded'), 'utf8') : '';

  test.each([['latest', '22'], ['2026-11-21T10-00-00Z', '21']])('loads %s, and says what it does not restore', (name, day) => {
    expect(restore({ BACKUP: name })).toMatchObject({ status: 0, stderr: expect.stringContaining(`2026-11-${day}T10-00-00Z of orders: what was written after it is not restored.`) as string });
    expect(loaded()).toBe(`rows of ${day}\n`);
  });
  test('never loads one that is not complete', () => {
    fs.mkdirSync(file('backups/2026-11-23T10-00-00Z'));
    fs.cpSync(file('backups/2026-11-22T10-00-00Z'), file('backups/2026-11-24T10-00-00Z.part'), { recursive: true });
    expect(restore()).toMatchObject({ status: 0 });
    expect(loaded()).toBe('rows of 22\n');
  });
  test.each([
    ['damaged', () => fs.appendFileSync(file('backups/2026-11-22T10-00-00Z/database.sql'), 'x'), {}, 'is damaged: its checksums differ. Name an earlier one: 2026-11-21T10-00-00Z \n'],
    ['of another product', () => undefined, { PRODUCT: 'mysql' }, 'is a backup of postgres: it cannot be restored into mysql'],
    ['of a newer release', () => loads('true', '16.4'), {}, 'this is postgres 16.4, which is older'],
    ['not there', () => undefined, { BACKUP: '2026-01-01T00-00-00Z' }, 'There are: 2026-11-21T10-00-00Z 2026-11-22T10-00-00Z'],
    ['nowhere', () => undefined, { BACKUPS: path.join(os.tmpdir(), 'no-such-folder') }, 'no database is created'],
  ])('of a backup that is %s fails', (_, arrange, env, reason) => {
    arrange();
    expect(restore(env)).toMatchObject({ status: 1, stderr: expect.stringContaining(reason) as string });
    expect(loaded()).toBe('');
  });
  test.each(['17.2', '18.0'])('into release %s works', release => {
    loads('true', release);
    expect(restore()).toMatchObject({ status: 0 });
  });
  test('that fails says so, and does not end well', () => {
    loads('false');
    expect(restore()).toMatchObject({ status: 1, stderr: expect.stringContaining('It starts over at the next attempt.') as string });
  });
});
