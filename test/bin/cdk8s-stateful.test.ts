import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const root = path.join(__dirname, '../..');
let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'an app-')); });
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

/** Runs the command of a package in the folder. */
function run(args: readonly string[], packageFolder = root): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [path.join(packageFolder, 'bin/cdk8s-stateful.js'), ...args], { cwd: folder, encoding: 'utf8' });
}

describe('init', () => {
  test.each([[['init']], [['init', 'typescript']], [['init', 'javascript']]])('starts an app: %s', args => {
    expect(run(args)).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readdirSync(folder)).toEqual(expect.arrayContaining(['.gitignore', 'cdk8s.yaml', 'package.json', 'synth.js', 'tsconfig.json']));
    expect(JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))).toMatchObject({ name: expect.stringMatching(/^an-app-/) as unknown });
  });

  test('keeps what belongs to no template, such as that of Git', () => {
    fs.mkdirSync(path.join(folder, '.git'));
    expect(run(['init']).status).toBe(0);
    expect(fs.readdirSync(folder)).toContain('.git');
  });

  test.each(['.gitignore', 'README.md', 'package.json'])('changes nothing in a folder that has a file %s', name => {
    fs.writeFileSync(path.join(folder, name), 'mine');
    expect(run(['init'])).toMatchObject({ status: 1, stderr: `cdk8s-stateful: the current folder is not empty: it has '${name}'. Run this in a new folder.\n` });
    expect(fs.readdirSync(folder)).toEqual([name]);
    expect(fs.readFileSync(path.join(folder, name), 'utf8')).toBe('mine');
  });

  test('makes files that can be changed, though those of the package cannot', () => {
    const stored = fs.mkdtempSync(path.join(os.tmpdir(), 'package-'));
    for (const name of ['bin', 'templates', 'package.json']) fs.cpSync(path.join(root, name), path.join(stored, name), { recursive: true });
    const template = path.join(stored, 'templates/typescript');
    for (const name of fs.readdirSync(template)) fs.chmodSync(path.join(template, name), 0o444);
    expect(run(['init'], stored)).toMatchObject({ status: 0, stderr: '' });
    for (const name of fs.readdirSync(folder)) expect(fs.statSync(path.join(folder, name)).mode.toString(8)).toMatch(/[67]..$/);
    fs.rmSync(stored, { recursive: true });
  });

  test('names the templates', () => {
    expect(run(['init', 'python'])).toMatchObject({ status: 1, stderr: "cdk8s-stateful: there is no template 'python', only javascript and typescript.\n" });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

test.each([[['--help']], [['-h']], [['init', '--help']]])('shows how it is used: %s', args => {
  expect(run(args)).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: cdk8s-stateful init') as unknown });
});

test.each([[[]], [['start']], [['init', 'typescript', 'x']]])('says on stderr how it is used: %s', args => {
  expect(run(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage: cdk8s-stateful init') as unknown });
});

test('shows its version', () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  expect(run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
});
