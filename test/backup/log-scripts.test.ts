import { spawn, spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { RCLONE } from '../support/rclone-stand-in';

/** The scripts of physical backups and log archives that know no product, as in a Pod but for rclone, which is a stand-in. */
const SRC = path.join(__dirname, '../../src/backup/scripts');

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'log-scripts-'));
  fs.cpSync(SRC, file('scripts'), { recursive: true });
  fs.mkdirSync(file('bin'));
  tool('rclone', RCLONE);
  tool('hostname', 'echo restored-0');
});
afterEach(() => { fs.rmSync(folder, { recursive: true, maxRetries: 3 }); });

function tool(name: string, script: string): void {
  fs.writeFileSync(file(`bin/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}
function put(name: string, content: string): void {
  fs.mkdirSync(path.dirname(file(name)), { recursive: true });
  fs.writeFileSync(file(name), content);
}
const list = (name: string) => fs.existsSync(file(name)) ? fs.readdirSync(file(name)).filter(entry => !entry.startsWith('.')).sort() : [];
const read = (name: string) => gunzipSync(fs.readFileSync(file(name))).toString();

interface Backup { readonly ends: string; readonly from?: string; readonly to?: string; readonly system?: string }
function backup(where: string, name: string, { ends, from = '001', to = '001', system = '7' }: Backup): void {
  put(`${where}/physical/${name}/BACKUP`, `database: orders\nproduct: postgres\nrelease: 17.6\nsystem: ${system}\nends: ${ends}\nlog-from: ${from}\nlog-to: ${to}\n`);
  put(`${where}/physical/${name}/base.tar.gz`, 'files');
}
function run(where: string, name: string, begins: string, files: string[] = [], system = '7'): void {
  put(`${where}/log/${name}/RUN`, `system: ${system}\nbegins: ${begins}\nbecause: it is the first one\n`);
  for (const each of files) put(`${where}/log/${name}/${each}`, `log ${each}`);
}
const sh = (command: string, env: NodeJS.ProcessEnv, input = ''): SpawnSyncReturns<string> =>
  spawnSync('sh', ['-c', command], { encoding: 'utf8', input, timeout: 20_000, env: { PATH: `${file('bin')}:${process.env.PATH}`, TMPDIR: folder, DATABASE: 'orders', ...env } });

describe('what a restore begins with', () => {
  const choose = (env: NodeJS.ProcessEnv) => {
    const { stdout } = sh('. scripts/choose.sh; if choose; then echo "$chosen $run"; else echo "$reason"; fi'.replace('scripts', file('scripts')), { CATALOG: file('there'), BACKUP: 'latest', UNTIL: '', ...env });
    return stdout.trim();
  };
  const day = (n: number, hour = '10') => `2026-11-${String(n).padStart(2, '0')}T${hour}:00:00.000000Z`;

  test('is nothing where there is no backup', () => {
    expect(choose({})).toBe('there is no complete physical backup');
    fs.mkdirSync(file('there/physical/b1'), { recursive: true });
    expect(choose({})).toBe('there is no complete physical backup');
  });

  test('is the newest backup alone where there is no archive', () => {
    backup('there', 'b1', { ends: day(1) });
    backup('there', 'b2', { ends: day(2) });
    fs.cpSync(file('there/physical/b2'), file('there/physical/b3.part'), { recursive: true });
    expect(choose({})).toBe('b2');
    expect(choose({ UNTIL: day(3) })).toMatch(/the archive does not have the log that follows it/);
  });

  describe('with an archive of two runs', () => {
    beforeEach(() => {
      backup('there', 'b1', { ends: day(1) });
      run('there', 'r1', day(2));
      backup('there', 'b2', { ends: day(3) });
      backup('there', 'b3', { ends: day(4) });
      run('there', 'r2', day(5));
    });

    test.each([
      [day(3, '11'), 'b2 r1'],
      [day(4), 'b3 r1'],
      [day(4, '09'), 'b2 r1'],
      [day(9), 'b3 r1'],
      [day(1), 'the newest physical backup that ended before 2026-11-01T10:00:00.000000Z is b1, and the archive does not have the log that follows it. To restore this backup alone, use its name'],
      ['2026-10-01T00:00:00.000000Z', 'no physical backup ended before 2026-10-01T00:00:00.000000Z: the oldest one, b1, ended at 2026-11-01T10:00:00.000000Z'],
    ])('up to %s is %s', (until, chosen) => {
      expect(choose({ UNTIL: until })).toBe(chosen);
    });

    test('up to the end is refused while the newest backup is of another run than the end', () => {
      expect(choose({})).toMatch(/the archive has a gap after the newest physical backup, b3: what was written from 2026-11-05T10:00:00.000000Z on/);
      backup('there', 'b4', { ends: day(6) });
      expect(choose({})).toBe('b4 r2');
    });

    test('is the backup of a name alone, or none', () => {
      expect(choose({ BACKUP: 'b2' })).toBe('b2');
      expect(choose({ BACKUP: 'b9' })).toMatch(/There are: b1 b2 b3/);
    });
  });

  test('is refused where the archive begins after the newest backup', () => {
    backup('there', 'b1', { ends: day(1) });
    run('there', 'r1', day(2));
    expect(choose({})).toMatch(/the archive begins after the newest physical backup, b1/);
  });

  test('is never log of another database', () => {
    backup('there', 'b1', { ends: day(2), system: '8' });
    run('there', 'r1', day(1), [], '7');
    expect(choose({ UNTIL: day(3) })).toMatch(/the archive does not have the log/);
  });

  test('leaves as superfluous what no backup needs', () => {
    run('there', 'r1', day(1));
    run('there', 'r2', day(3));
    const files = ['r1/RUN', 'r1/001', 'r1/00000002.history', 'r2/RUN', 'r2/001.gz', 'r2/002.gz', 'r2/003.gz', 'r2/003.partial.gz', 'r2/00000002.history'];
    const superfluous = () => sh(`. ${file('scripts/choose.sh')}; superfluous_log`, { CATALOG: file('there') }, files.map(name => `${name}\n`).join('')).stdout.trim().split('\n').join(' ');
    expect(superfluous()).toBe('');
    backup('there', 'b2', { ends: day(4), from: '002' });
    expect(superfluous()).toBe('r1/00000002.history r1/001 r1/RUN r2/001.gz');
    backup('there', 'b1', { ends: day(2), from: '001' });
    expect(superfluous()).toBe('');
  });
});

describe('an archive that is sent to a store', () => {
  const LOG = 'spool/orders/log';
  const STORE = 'store/orders/log/r1';
  const ship = (env: NodeJS.ProcessEnv = {}): Promise<string> => new Promise(resolve => {
    const child = spawn('sh', [file('scripts/ship.sh')], {
      env: { PATH: `${file('bin')}:${process.env.PATH}`, LOGS: file(LOG), TARGET: 'store:orders', DATABASE: 'orders', EVERY: '0', SHIPPED: file('shipped'), TMPDIR: folder, ...env },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    child.on('exit', () => resolve(said));
  });
  // One round: the pause after it ends the script.
  beforeEach(() => tool('sleep', 'kill -TERM $PPID; exec /bin/sleep 0.05'));

  test('gets each complete file once, compressed, and the last one again and again; what is sent goes, but for two', async () => {
    run('spool/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001', '002', '003', '004.partial']);
    await ship();
    expect(list(STORE)).toEqual(['001.gz', '002.gz', '003.gz', '004.partial.gz', 'RUN']);
    expect(read(`${STORE}/002.gz`)).toBe('log 002');
    expect(list(`${LOG}/r1`)).toEqual(['002', '003', '004.partial', 'RUN']);

    const calls = fs.readFileSync(file('rclone-calls'), 'utf8');
    await ship();
    expect(fs.readFileSync(file('rclone-calls'), 'utf8')).toBe(calls);

    put(`${LOG}/r1/004.partial`, 'more');
    await ship();
    expect(read(`${STORE}/004.partial.gz`)).toBe('more');
    fs.renameSync(file(`${LOG}/r1/004.partial`), file(`${LOG}/r1/004`));
    await ship();
    expect(list(STORE)).toEqual(['001.gz', '002.gz', '003.gz', '004.gz', 'RUN']);
  });

  test('is packed beside its volume, which may be full, and makes room there before it writes to it', async () => {
    run('spool/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001', '002', '003', '004.partial']);
    tool('sha256sum', `ls "${file(LOG)}/r1" >"${file('left')}"; exec /usr/bin/sha256sum "$@"`); // of what is sent after the complete files
    await ship();
    const calls = fs.readFileSync(file('rclone-calls'), 'utf8').split('\n').filter(call => call.startsWith('copy '));
    expect(calls).toHaveLength(5);
    for (const call of calls) expect(call).toContain(`copy ${file('send')} `);
    expect(fs.readFileSync(file('left'), 'utf8').trim().split('\n')).toEqual(['002', '003', '004.partial', 'RUN']);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])('that fails at call %i of rclone loses nothing, and is complete after the next round', async n => {
    run('spool/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001', '002', '003', '004.partial']);
    put('fail-at', `${n}`);
    expect(await ship()).toContain('not all of the log could be sent');
    expect(fs.existsSync(file('shipped'))).toBe(false);
    const kept = list(`${LOG}/r1`);
    for (const name of ['001', '002', '003']) {
      if (!kept.includes(name)) expect(read(`${STORE}/${name}.gz`)).toBe(`log ${name}`);
    }
    await ship();
    expect(list(STORE)).toEqual(['001.gz', '002.gz', '003.gz', '004.partial.gz', 'RUN']);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])('that is killed at call %i of rclone loses nothing, and is complete after the next start', async n => {
    run('spool/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001', '002', '003', '004.partial']);
    put('kill-at', `${n}`);
    await ship();
    const kept = list(`${LOG}/r1`);
    for (const name of ['001', '002', '003']) {
      if (!kept.includes(name)) expect(read(`${STORE}/${name}.gz`)).toBe(`log ${name}`);
    }
    await ship();
    expect(list(STORE)).toEqual(['001.gz', '002.gz', '003.gz', '004.partial.gz', 'RUN']);
  });

  test('that arrives damaged stays here', async () => {
    run('spool/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001', '002', '003']);
    tool('rclone', RCLONE.replace('check)', 'check) exit 1;;\n  otherwise)'));
    expect(await ship()).toContain('not all of the log could be sent');
    expect(list(`${LOG}/r1`)).toEqual(['001', '002', '003', 'RUN']);
  });

  describe('by an archiver whose volume is new', () => {
    beforeEach(() => {
      fs.mkdirSync(file('store/orders'), { recursive: true });
      run('spool/orders', 'r2', '2026-11-03T10:00:00.000000Z', ['009.partial']);
    });
    const gap = () => fs.existsSync(file(`${LOG}/r2/.gap`)) ? fs.readFileSync(file(`${LOG}/r2/.gap`), 'utf8') : 'none';

    test('has a gap if the store has an earlier archive, until a backup belongs to the new run', async () => {
      run('store/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001.gz']);
      backup('store/orders', 'b1', { ends: '2026-11-02T10:00:00.000000Z' });
      await ship();
      expect(gap()).toBe('the volume of the archiver is new, and an earlier archive is in the store\n');
      expect(list('store/orders/log')).toEqual(['r1', 'r2']);
      backup('store/orders', 'b2', { ends: '2026-11-04T10:00:00.000000Z' });
      await ship();
      expect(gap()).toBe('none');
      await ship(); // what is sent is not new any more
      expect(gap()).toBe('none');
    });

    test('has none if the store has no other one, even if it was killed after it had sent the first file', async () => {
      await ship();
      fs.rmSync(file(`${LOG}/r2/.shipped/RUN`));
      await ship();
      expect(gap()).toBe('none');
    });

    test('is not sent while the store does not say what it has', async () => {
      put('fail-at', '1');
      expect(await ship()).toContain('not all of the log could be sent');
      expect(list('store/orders/log')).toEqual([]);
    });
  });

  test('loses an older run here when it is sent, and its gap when a backup belongs to the newest', async () => {
    run('spool/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['001', '002.partial']);
    run('spool/orders', 'r2', '2026-11-03T10:00:00.000000Z', ['009.partial']);
    put(`${LOG}/r2/.gap`, 'the slot was lost');
    backup('store/orders', 'b1', { ends: '2026-11-02T10:00:00.000000Z' });
    await ship();
    expect(list(STORE)).toEqual(['001.gz', '002.partial.gz', 'RUN']);
    expect(list(LOG)).toEqual(['r2']);
    expect(fs.existsSync(file(`${LOG}/r2/.gap`))).toBe(true);
    backup('store/orders', 'b2', { ends: '2026-11-04T10:00:00.000000Z' });
    await ship();
    expect(fs.existsSync(file(`${LOG}/r2/.gap`))).toBe(false);
  });
});

describe('a fetch of a physical backup', () => {
  const fetch = (env: NodeJS.ProcessEnv = {}) =>
    sh(`sh ${file('scripts/fetch-physical.sh')}`, { BACKUPS: file('fetched'), TARGET: 'store:orders', BACKUP: 'latest', UNTIL: '', DATA: file('data'), ...env });
  beforeEach(() => {
    backup('store/orders', 'b1', { ends: '2026-11-02T10:00:00.000000Z', from: '002', to: '003' });
    run('store/orders', 'r1', '2026-11-01T10:00:00.000000Z', []);
    for (const name of ['00000002.history', '002', '003', '004', '005.partial']) {
      put(`plain/${name}`, `log ${name}`);
      spawnSync('sh', ['-c', `gzip -c ${file(`plain/${name}`)} >${file(`store/orders/log/r1/${name}.gz`)}`]);
    }
  });

  test('brings it with the log from its own last file on, unpacked, and all descriptions', () => {
    expect(fetch()).toMatchObject({ status: 0 });
    expect(list('fetched/physical/b1')).toEqual(['BACKUP', 'base.tar.gz']);
    expect(list('fetched/log/r1')).toEqual(['00000002.history', '003', '004', '005.partial', 'RUN']);
    expect(fs.readFileSync(file('fetched/log/r1/004'), 'utf8')).toBe('log 004');
    expect(list('fetched/catalog')).toEqual(['files', 'log', 'physical']);
  });
  test('of a name brings no log', () => {
    expect(fetch({ BACKUP: 'b1' })).toMatchObject({ status: 0 });
    expect(list('fetched')).toEqual(['catalog', 'physical']);
  });
  describe('that no log continues, as the archive continues dumps,', () => {
    beforeEach(() => { fs.appendFileSync(file('scripts/choose.sh'), fs.readFileSync(file('scripts/choose-alone.sh'), 'utf8')); }); // as in the ConfigMap
    const reached = (time: string) => {
      put('store/orders/log/r1/0-reached.partial', `time: ${time}\nfile: 005\nposition: 4\n`);
      spawnSync('gzip', [file('store/orders/log/r1/0-reached.partial')]);
    };
    const REFUSED = {
      status: 1,
      stderr: expect.stringMatching(/b1, ended at 2026-11-02T10:00:00.000000Z, and the log archive goes on to 2026-11-0[23].*restore the newest dump.*restore this backup alone, use its name\. Nothing is restored/) as string,
    };

    test('brings none where the archive ended before the backup', () => {
      reached('2026-11-02T09:59:59.000000Z');
      expect(fetch()).toMatchObject({ status: 0 });
      expect(list('fetched')).toEqual(['catalog', 'physical']);
    });
    test('is refused where the archive goes on after the newest backup, unless it has a name, or is verified', () => {
      reached('2026-11-02T10:00:01.000000Z');
      expect(fetch()).toMatchObject(REFUSED);
      expect(list('fetched')).toEqual(['catalog']);
      expect(fetch({ BACKUP: 'b1' })).toMatchObject({ status: 0 });
      expect(fetch({ RESTORED: file('restored') })).toMatchObject({ status: 0 });
      expect(list('fetched')).toEqual(['catalog', 'physical']);
    });
    test('is refused where a later run has begun, of which no more is known', () => {
      reached('2026-11-02T09:59:59.000000Z');
      run('store/orders', 'r2', '2026-11-03T10:00:00.000000Z', ['009.gz']);
      expect(fetch()).toMatchObject(REFUSED);
    });
  });
  test('brings it again where the data is half-made', () => {
    fs.mkdirSync(file('data'));
    fs.writeFileSync(file('unfinished'), '');
    expect(fetch({ UNFINISHED: file('unfinished') })).toMatchObject({ status: 0 });
    expect(list('fetched')).toContain('physical');
  });
  test('does nothing where there is data, and on members that copy the primary', () => {
    fs.mkdirSync(file('data'));
    expect(fetch()).toMatchObject({ status: 0, stderr: '' });
    fs.rmdirSync(file('data'));
    tool('hostname', 'echo restored-1');
    expect(fetch()).toMatchObject({ status: 0, stderr: '' });
    expect(list('fetched')).toEqual([]);
  });
  test('says why nothing can be restored', () => {
    expect(fetch({ UNTIL: '2026-11-01T00:00:00.000000Z' })).toMatchObject({ status: 1, stderr: expect.stringContaining('no physical backup ended before') as string });
  });
  test.each([1, 2, 3, 4])('that fails at call %i of rclone fails', n => {
    put('fail-at', `${n}`);
    expect(fetch()).toMatchObject({ status: 1, stderr: expect.stringContaining('the store does not answer') as string });
  });
});

describe('an upload of a physical backup', () => {
  const upload = () => {
    put('staging/orders/physical/2026-11-05T10-00-00Z/BACKUP', 'system: 7\nends: 2026-11-05T10:00:00.000000Z\nlog-from: 005\nlog-to: 005\n');
    return sh(`sh ${file('scripts/upload.sh')}`, {
      STAGING: file('staging/orders/physical'), TARGET: 'store:orders/physical', LOGS: 'store:orders/log', KEEP_COUNT: '2', KEEP_SECONDS: '0',
    });
  };
  test('deletes what no backup needs any more of the log', () => {
    for (const day of ['02', '04']) backup('store/orders', `2026-11-${day}T10-00-00Z`, { ends: `2026-11-${day}T10:00:00.000000Z`, from: `0${day}` });
    run('store/orders', 'r1', '2026-11-01T10:00:00.000000Z', ['002.gz', '003.gz']);
    run('store/orders', 'r2', '2026-11-03T10:00:00.000000Z', ['003.gz', '004.gz', '005.partial.gz']);
    expect(upload()).toMatchObject({ status: 0, stderr: expect.stringContaining('files of the log archive') as string });
    expect(list('store/orders/physical')).toEqual(['2026-11-04T10-00-00Z', '2026-11-05T10-00-00Z']);
    expect(list('store/orders/log/r1')).toEqual([]);
    expect(list('store/orders/log/r2')).toEqual(['004.gz', '005.partial.gz', 'RUN']);
  });
  test('needs no log archive', () => {
    expect(upload()).toMatchObject({ status: 0 });
  });
});

describe('where the log continues dumps', () => {
  const dumps = { METHOD: 'dump', BACKUP: 'latest', UNTIL: '' };
  const dump = (where: string, name: string, ends: string, position: string) =>
    put(`${where}/${name}/BACKUP`, `database: orders\nproduct: mariadb\nrelease: 11.8.9\nsystem: 1\nends: ${ends}\nlog-from: ${position}\nlog-to: ${position}\n`);
  const logs = ['bi.000001', 'bi.000002', 'bi.000003.partial', '0-reached.partial'];

  test('a dump and its run are chosen', () => {
    dump('there', 'd1', '2026-11-01T10:00:00.000000Z', 'bi.000002');
    run('there', 'r1', '2026-11-01T00:00:00.000000Z', logs, '1');
    const choose = (env: NodeJS.ProcessEnv = {}) =>
      sh(`. ${file('scripts/choose.sh')}; if choose; then echo "$chosen $run"; else echo "$reason"; fi`, { CATALOG: file('there'), ...dumps, ...env }).stdout.trim();
    expect(choose()).toBe('d1 r1');
    expect(choose({ UNTIL: '2026-10-01T00:00:00.000000Z' })).toMatch(/^no dump ended before/);
    expect(choose({ METHOD: '' })).toBe('there is no complete physical backup');
  });

  test('what is no log is never superfluous while its run is needed, even if its name is as long', () => {
    dump('there', 'd1', '2026-11-01T10:00:00.000000Z', 'bi.000002');
    run('there', 'r1', '2026-11-01T00:00:00.000000Z', logs, '1');
    const { stdout } = sh(`. ${file('scripts/choose.sh')}; superfluous_log`, { CATALOG: file('there'), ...dumps }, ['r1/RUN', ...logs.map(name => `r1/${name}.gz`)].join('\n'));
    expect(stdout).toBe('r1/bi.000001.gz\n');
  });

  test('a dump is fetched with its log and what belongs to the run', () => {
    dump('store/orders', 'd1', '2026-11-01T10:00:00.000000Z', 'bi.000002');
    run('store/orders', 'r1', '2026-11-01T00:00:00.000000Z', [], '1');
    for (const name of logs) {
      put(`store/orders/log/r1/${name}`, `log ${name}`);
      spawnSync('gzip', [file(`store/orders/log/r1/${name}`)]);
    }
    expect(sh(`sh ${file('scripts/fetch-physical.sh')}`, { BACKUPS: file('fetched'), TARGET: 'store:orders', DATA: file('data'), ...dumps })).toMatchObject({ status: 0 });
    expect(list('fetched/d1')).toEqual(['BACKUP']);
    expect(list('fetched/log/r1')).toEqual(['0-reached.partial', 'RUN', 'bi.000002', 'bi.000003.partial']);
  });
});
