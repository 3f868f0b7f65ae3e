import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../../src/kit/founding/lock.sh');

let folder: string;
let other: ChildProcess | undefined;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'lock-')); });
afterEach(() => {
  other?.kill();
  other = undefined;
  rmSync(folder, { recursive: true });
});

/** Locks the volume and then runs `then`; a `flock` in the folder comes before that of the machine. */
function lock(then = 'echo locked', file = join(folder, '.lock'), seconds = 20, pause = '0.1') {
  const program = `say() { echo "orders-0: $*" >&2; }; refuse() { say "$*"; exit 1; }; set -eu; . ${SCRIPT}; trap 'exit 143' TERM; lock_volume ${file}; ${then}`;
  return spawnSync('timeout', ['--kill-after=10', `${seconds}`, 'bash', '-c', program], {
    encoding: 'utf8', env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, LOCK_PAUSE: pause },
  });
}

function flock(script: string): void {
  writeFileSync(join(folder, 'flock'), `#!/bin/bash\n${script}\n`);
  chmodSync(join(folder, 'flock'), 0o755);
}

/** Another process that has the lock for some seconds. */
async function held(seconds: number): Promise<void> {
  other = spawn('bash', ['-c', `exec 5<>${join(folder, '.lock')}; flock 5; echo held; exec sleep ${seconds}`]);
  await new Promise(resolve => other?.stdout?.once('data', resolve));
}

describe('the lock of a volume', () => {
  test('is that of one process, and of those that it starts', () => {
    expect(lock(`bash -c 'flock -n ${join(folder, '.lock')} true || echo "$?"'`)).toMatchObject({ status: 0, stdout: '1\n', stderr: '' });
  });

  test('is waited for', async () => {
    await held(3);
    expect(lock()).toMatchObject({ status: 0, stdout: 'locked\n', stderr: expect.stringContaining('orders-0: another Pod is still using this volume') as string });
  });

  test('is waited for as long as it takes, and a stop ends that at once', async () => {
    await held(20);
    expect(lock('echo locked', undefined, 1, '30')).toMatchObject({ status: 124, stdout: '' }); // 137 if it had to be killed
  });

  test.each([
    ['util-linux', 'echo "flock: 9: No locks available" >&2; exit 71'],
    ['BusyBox', 'echo "flock: No locks available" >&2; exit 1'],
  ])('is done without where the file system has none, as %s says it', (_, script) => {
    flock(script);
    expect(lock()).toMatchObject({ status: 0, stdout: 'locked\n', stderr: expect.stringMatching(/cannot lock the volume \(flock: .*No locks available\)/) as string });
  });

  test('is done without where the image has no such tool', () => {
    flock('exit 127');
    expect(lock()).toMatchObject({ status: 0, stdout: 'locked\n', stderr: expect.stringContaining('cannot lock the volume') as string });
  });

  test('is not done without where the volume cannot be written', () => {
    const { status, stdout, stderr } = lock('echo locked', join(folder, 'none/.lock'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('is the volume read-only or full');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
