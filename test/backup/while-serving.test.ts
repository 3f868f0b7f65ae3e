import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The script that ends a Job which has the volume of a server that is down: docs/states/backup.md names these cases. */
const SCRIPT = path.join(__dirname, '../../src/backup/scripts/while-serving.sh');

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'while-serving-')); });
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

interface Ended { readonly code: number | null; readonly said: string }

/** Runs a script as long as the file `up` is there. */
function start(shell: string, script: string): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  fs.writeFileSync(file('up'), '');
  fs.writeFileSync(file('script.sh'), script);
  const child = spawn(shell, [SCRIPT, shell, file('script.sh'), 'test', '-e', file('up')], {
    env: { PATH: process.env.PATH, DATABASE: 'shop', EVERY: '0.2', PATIENCE: '2' }, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  return { child, ended: new Promise(resolve => child.on('close', code => { resolve({ code, said }); })) };
}
const run = (shell: string, script: string) => start(shell, script).ended;
const stamp = () => fs.statSync(file('alive')).mtimeMs;
const pause = (seconds: number) => new Promise(resolve => setTimeout(resolve, seconds * 1000));

/** What has a child that works on, and notes that it was told to end. */
const WORKS = 'trap "echo told >told; exit 3" TERM\n(while :; do touch alive; sleep 0.1; done) &\nwait';

describe.each(['bash', 'sh'])('in %s', shell => {
  test.each([0, 1, 7])('a script that ends with %d does so', async status => {
    expect(await run(shell, `sleep 0.5; exit ${status}`)).toEqual({ code: status, said: '' });
  });

  test('a script ends as a whole once the server is down for longer than its restart takes', async () => {
    const { code, said } = await run(shell, `rm up\n${WORKS}`);
    expect({ code, said }).toEqual({ code: 3, said: expect.stringContaining('shop: the server does not answer: giving up') as string });
    expect(fs.existsSync(file('told'))).toBe(true);
    const last = stamp();
    await pause(0.5);
    expect(stamp()).toBe(last);
  });

  test('a script that does not listen ends all the same', async () => {
    const { code } = await run(shell, 'trap "" TERM\nrm up\nwhile :; do touch alive; sleep 0.1; done');
    expect(code).toBe(137);
  });

  test('a restart does not end a script', async () => {
    expect(await run(shell, 'rm up; sleep 0.2; touch up; sleep 3; exit 0')).toEqual({ code: 0, said: '' });
  });

  test('is told to end, and so is its script', async () => {
    const { child, ended } = start(shell, WORKS);
    while (!fs.existsSync(file('alive'))) await pause(0.1);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(fs.existsSync(file('told'))).toBe(true);
  });
});
