import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RCLONE } from '../support/rclone-stand-in';

/** What the scripts that know no product do with incremental backups, as in a Pod but for rclone, which is a stand-in. */
const SRC = path.join(__dirname, '../../src/backup/scripts');

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'incremental-scripts-'));
  fs.cpSync(SRC, file('scripts'), { recursive: true });
  fs.mkdirSync(file('bin'));
  tool('rclone', RCLONE);
  tool('hostname', 'echo restored-0');
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function tool(name: string, script: string): void {
  fs.writeFileSync(file(`bin/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}
const list = (name: string) => fs.existsSync(file(name)) ? fs.readdirSync(file(name)).sort() : [];
const nameOf = (day: number) => `2026-11-${String(day).padStart(2, '0')}T10-00-00Z`;
/** Makes a backup of a day, full or since another day. */
function backup(where: string, day: number, since?: number): void {
  const place = file(`${where}/physical/${nameOf(day)}`);
  fs.mkdirSync(place, { recursive: true });
  const time = `2026-11-${String(day).padStart(2, '0')}T10:00:00.000000Z`;
  fs.writeFileSync(`${place}/BACKUP`, `product: postgres\nsystem: 7\nends: ${time}\nlog-from: 001\nlog-to: 001\n${since === undefined ? '' : `since: ${nameOf(since)}\n`}`);
  fs.writeFileSync(`${place}/backup_manifest`, `manifest of ${day}`);
  fs.writeFileSync(`${place}/base.tar.gz`, `files of ${day}`);
  fs.writeFileSync(`${place}/SHA256SUMS`, 'checksums');
}
/** Full ones at 1, 4 and 7, each with two that build on each other. */
function week(where: string): void {
  for (const full of [1, 4, 7]) {
    backup(where, full);
    backup(where, full + 1, full);
    backup(where, full + 2, full + 1);
  }
}
const remove = (where: string, day: number) => fs.rmSync(file(`${where}/physical/${nameOf(day)}/BACKUP`));
const sh = (command: string, env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> => spawnSync('sh', ['-c', `set -eu; ${command}`], {
  encoding: 'utf8', timeout: 20_000, env: { PATH: `${file('bin')}:${process.env.PATH}`, LC_ALL: 'C', TMPDIR: folder, DATABASE: 'orders', ...env },
});
const ask = (command: string, env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = sh(`for script in choose retention; do . ${file('scripts')}/$script.sh; done; ${command}`, { CATALOG: file('there'), ...env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trim().split('\n');
};

describe('a backup can be restored', () => {
  beforeEach(() => week('there'));
  const days = (names: string[]) => names.map(name => Number(name.slice(8, 10)));

  test('while all that it builds on is there', () => {
    expect(days(ask('restorable'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(days(ask(`chain ${nameOf(6)}`))).toEqual([6, 5, 4]);
    remove('there', 5);
    remove('there', 1);
    expect(days(ask('restorable'))).toEqual([4, 7, 8, 9]);
  });

  test('whatever strange its description is', () => {
    const describe = (day: number, text: string) => fs.writeFileSync(file(`there/physical/${nameOf(day)}/BACKUP`), text);
    describe(2, `since: ${nameOf(2)}\n`); // itself
    describe(4, `since: ${nameOf(6)}\n`); // a later one, which builds on it
    describe(8, `since: ${nameOf(7)}\r\n`);
    expect(days(ask('restorable'))).toEqual([1, 7]);
    expect(ask('choose || echo "$reason"', { BACKUP: nameOf(2), UNTIL: '' })[0]).toContain(`as it builds on ${nameOf(2)}, which is not there`);
  });

  test('unless a description cannot be read: then nothing is chosen, and nothing is deleted', () => {
    fs.rmSync(file(`there/physical/${nameOf(5)}/BACKUP`));
    fs.mkdirSync(file(`there/physical/${nameOf(5)}/BACKUP`));
    const { stdout, stderr } = sh(`for script in choose retention; do . ${file('scripts')}/$script.sh; done; outdated || :; choose || echo "$reason"`, {
      CATALOG: file('there'), KEEP_COUNT: '1', KEEP_SECONDS: '0', BACKUP: 'latest', UNTIL: '',
    });
    expect(stdout).toContain('the description of a physical backup cannot be read: see above');
    expect(stderr).toContain(`${nameOf(5)}/BACKUP cannot be read`);
  });

  test('and else an earlier one is the newest', () => {
    remove('there', 7);
    expect(ask('choose; echo "$chosen"', { BACKUP: 'latest', UNTIL: '' })).toEqual([nameOf(6)]);
    expect(ask('choose || echo "$reason"', { BACKUP: nameOf(9), UNTIL: '' })[0])
      .toContain(`there is no complete physical backup '${nameOf(9)}', as it builds on ${nameOf(7)}, which is not there. There are: ${nameOf(1)} `);
    expect(ask('choose || echo "$reason"', { BACKUP: nameOf(30), UNTIL: '' })[0]).toContain(`there is no complete physical backup '${nameOf(30)}'. There are: `);
  });
});

test('the archiver counts only backups that can be restored as those of its run', () => {
  backup('there', 1);
  backup('there', 2, 1);
  fs.mkdirSync(file('there/log/now'), { recursive: true });
  fs.writeFileSync(file('there/log/now/RUN'), 'system: 7\nbegins: 2026-11-02T00:00:00.000000Z\n');
  const belongs = () => spawnSync('bash', ['-c', `. ${file('scripts/choose.sh')}; . ${file('scripts/runs.sh')}; run=now; backup_belongs_to_run`], {
    env: { PATH: process.env.PATH, LOGS: file('there/log') },
  }).status;
  expect(belongs()).toBe(0);
  remove('there', 1);
  expect(belongs()).toBe(1);
});

describe('what is deleted', () => {
  const outdated = (count: number, seconds = 0) => ask('outdated', { KEEP_COUNT: `${count}`, KEEP_SECONDS: `${seconds}` }).filter(name => name !== '').map(name => Number(name.slice(8, 10)));
  beforeEach(() => {
    week('there');
    tool('date', 'echo 2026-11-09T11-00-00Z');
  });

  test.each([
    [1, [6, 5, 4, 3, 2, 1]], // the ninth builds on the seventh and eighth
    [3, [6, 5, 4, 3, 2, 1]],
    [4, [3, 2, 1]],
    [6, [3, 2, 1]],
    [7, []],
    [9, []],
  ])('with the last %i kept is %p, newest first: what a kept one builds on stays', (count, days) => {
    expect(outdated(count)).toEqual(days);
  });
  test('is nothing that is young enough, nor what that builds on', () => {
    expect(outdated(1, 5 * 86_400)).toEqual([3, 2, 1]); // the fifth is kept, the sixth too
  });
  test('is what cannot be restored any more, once it is older than all that is kept', () => {
    remove('there', 4);
    expect(outdated(4)).toEqual([]); // the third is kept, which builds on the first
    expect(outdated(3)).toEqual([6, 5, 3, 2, 1]);
  });
  test('of hundreds in long chains is found at once', () => {
    const names = Array.from({ length: 600 }, (_, i) => new Date(Date.UTC(2025, 0, 1, i)).toISOString().slice(0, 19).replace(/:/g, '-') + 'Z');
    names.forEach((name, i) => {
      fs.mkdirSync(file(`many/physical/${name}`), { recursive: true });
      fs.writeFileSync(file(`many/physical/${name}/BACKUP`), i % 100 === 0 ? '' : `since: ${names[i - 1]}\n`);
    });
    expect(ask('outdated', { CATALOG: file('many'), KEEP_COUNT: '450', KEEP_SECONDS: '0' })).toEqual(names.slice(0, 100).reverse());
  });
  test('is nothing where nothing can be restored', () => {
    for (const day of [1, 4, 7]) remove('there', day);
    expect(outdated(1)).toEqual([]);
  });
  test('by a Job on a claim leaves what is kept restorable, wherever it is killed', () => {
    fs.writeFileSync(file('scripts/dump.sh'), 'echo rows >"$1/base.tar.gz"; echo 17.6\n');
    tool('date', 'echo 2026-11-10T10-00-00Z');
    tool('rm', `/bin/rm "$@"; case "$*" in *${nameOf(5)}*) kill -KILL $PPID ;; esac`);
    const { signal, stderr } = spawnSync('bash', [file('scripts/backup.sh')], {
      encoding: 'utf8',
      env: {
        PATH: `${file('bin')}:${process.env.PATH}`, DATABASE: 'orders', PRODUCT: 'postgres', KEEP_COUNT: '2', KEEP_SECONDS: '0', BACKUPS: file('there/physical'), LOGS: file('there/log'),
      },
    });
    expect(signal === 'SIGKILL' || stderr.includes('Killed')).toBe(true);
    expect(ask('restorable').map(name => Number(name.slice(8, 10)))).toEqual([1, 2, 3, 4, 7, 8, 9, 10]);
  });
});

describe('with an object store', () => {
  const earlier = (env: NodeJS.ProcessEnv = {}) => sh(`sh ${file('scripts/earlier.sh')}`, { CATALOG: file('earlier'), TARGET: 'store:orders', MANIFEST: 'backup_manifest', ...env });

  test('the manifest of the newest one that can be restored is brought, and all descriptions', () => {
    week('store/orders');
    remove('store/orders', 7);
    expect(earlier()).toMatchObject({ status: 0 });
    expect(list(`earlier/physical/${nameOf(6)}`)).toEqual(['BACKUP', 'SHA256SUMS', 'backup_manifest']);
    expect(list(`earlier/physical/${nameOf(9)}`)).toEqual(['BACKUP']);
    expect(list(`earlier/physical/${nameOf(1)}`)).toEqual(['BACKUP']);
  });
  test('nothing is brought where there is nothing yet', () => {
    expect(earlier()).toMatchObject({ status: 0, stderr: expect.stringContaining('store:orders is not there yet: this is its first backup.') as string });
    expect(list('earlier')).toEqual([]);
  });
  test.each([1, 2])('that does not answer at call %i, no backup is made', n => {
    week('store/orders');
    fs.writeFileSync(file('fail-at'), `${n}`);
    expect(earlier()).toMatchObject({ status: 1, stderr: expect.stringContaining('no backup is made') as string });
  });

  test('a fetch brings all that a backup builds on', () => {
    week('store/orders');
    expect(sh(`sh ${file('scripts/fetch-physical.sh')}`, { BACKUPS: file('fetched'), TARGET: 'store:orders', BACKUP: 'latest', UNTIL: '', DATA: file('data') })).toMatchObject({ status: 0 });
    expect(list('fetched/physical')).toEqual([7, 8, 9].map(nameOf));
    expect(list(`fetched/physical/${nameOf(8)}`)).toEqual(['BACKUP', 'SHA256SUMS', 'backup_manifest', 'base.tar.gz']);
  });

  describe('an upload', () => {
    const upload = (env: NodeJS.ProcessEnv = {}) => {
      backup('staging', 10, 9);
      return sh(`sh ${file('scripts/upload.sh')}`, {
        STAGING: file('staging/physical'), TARGET: 'store:orders/physical', LOGS: 'store:orders/log', KEEP_COUNT: '2', KEEP_SECONDS: '0', ...env,
      });
    };
    test('deletes what nothing that is kept builds on', () => {
      week('store/orders');
      expect(upload()).toMatchObject({ status: 0 });
      expect(list('store/orders/physical')).toEqual([7, 8, 9, 10].map(nameOf));
    });
    test('that cannot tell what to delete deletes nothing, and fails', () => {
      week('store/orders');
      tool('awk', 'case "$*" in *lineage*) exit 1 ;; *) exec /usr/bin/awk "$@" ;; esac');
      expect(upload()).toMatchObject({ status: 1, stderr: expect.stringContaining('the new backup is complete, but old ones could not be deleted') as string });
      expect(list('store/orders/physical')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(nameOf));
    });
    test('does not complete a backup that builds on one that was deleted meanwhile', () => {
      backup('store/orders', 8);
      expect(upload()).toMatchObject({ status: 1, stderr: expect.stringContaining(`it builds on the backup ${nameOf(9)}, which is no longer in store:orders/physical`) as string });
      expect(list(`store/orders/physical/${nameOf(10)}`)).not.toContain('BACKUP');
      expect(list(`store/orders/physical/${nameOf(8)}`)).toContain('BACKUP');
    });
  });
});
