import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { renderApiReference } from '../../scripts/api-reference';
import { synthApp } from '../../scripts/synth-examples';
import { measured } from '../support/progress';

const root = path.join(__dirname, '../..');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'package-'));
const published = { tarball: '', files: [] as string[] };

beforeAll(() => {
  run(root, 'npm', 'run', '--silent', 'compile');
  const [packed] = JSON.parse(run(root, 'npm', 'pack', '--json', '--pack-destination', work)) as { filename: string; files: { path: string }[] }[];
  published.tarball = path.join(work, packed.filename);
  published.files = packed.files.map((file) => file.path);
});
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

test('the tarball holds what users need and nothing else', () => {
  const needed = ['.jsii', 'LICENSE', 'README.md', 'bin/cdk8s-stateful.js', 'lib/index.d.ts', 'lib/index.js', 'package.json', ...templateFiles()];
  expect(published.files).toEqual(expect.arrayContaining(needed));
  const compiled = /^lib\/.*\.(js|d\.ts)$/;
  expect(published.files.filter((file) => !needed.includes(file) && !compiled.test(file))).toEqual([]);
});

test('docs/api says what the API is: a change of it is one that somebody sees', async () => {
  const folder = path.join(root, 'docs/api');
  const committed = new Map(fs.readdirSync(folder).map(file => [file, fs.readFileSync(path.join(folder, file), 'utf8')]));
  const generated = await renderApiReference();
  const stale = [...new Set([...generated.keys(), ...committed.keys()])].filter(file => generated.get(file) !== committed.get(file));
  expect(stale.length === 0 ? 'up to date' : `out of date: ${stale.sort().join(', ')}; run npm run docgen, and commit docs/api`).toBe('up to date');
});

test('every class and enumeration can be imported, though modules are loaded when they are used', () => {
  const { types } = JSON.parse(fs.readFileSync(path.join(root, '.jsii'), 'utf8')) as { types: Record<string, { kind: string; name: string }> };
  const named = Object.values(types).filter(({ kind }) => kind !== 'interface').map(({ name }) => name);
  const loaded = 'console.log(Object.entries(lib).filter(([, value]) => value !== undefined).map(([name]) => name).join())';
  expect(run(root, 'node', '-e', `const lib = require('./lib'); ${loaded}`).trim().split(',')).toEqual(expect.arrayContaining(named));
  const esModule = `import { ${named.join(', ')} } from './lib/index.js'; console.log([${named.join(', ')}].includes(undefined))`;
  expect(run(root, 'node', '--input-type=module', '-e', esModule).trim()).toBe('false');
});

test('an app without products loads no cdk8s-plus, which takes longer to load than the rest', () => {
  const synth = "const { ApiObject, Chart, YamlOutputType } = require('cdk8s'); const { StatefulApp } = require('./lib'); const app = new StatefulApp({ yamlOutputType: YamlOutputType.FILE_PER_APP });"
    + "new ApiObject(new Chart(app, 'chart'), 'Object', { apiVersion: 'v1', kind: 'ConfigMap' }); app.synthYaml();";
  const isLoaded = "console.log(Object.keys(require.cache).some(file => file.includes('cdk8s-plus')))";
  expect(run(root, 'node', '-e', `${synth} ${isLoaded}`).trim()).toBe('false');
  expect(run(root, 'node', '-e', `${synth} require('./lib').KafkaCluster; ${isLoaded}`).trim()).toBe('true');
});

describe('the same app, the same bytes', () => {
  let expected: string;
  beforeAll(() => {
    const [file] = synthApp('test/package/apps/shop', path.join(work, 'sources'));
    expected = fs.readFileSync(file, 'utf8');
  });

  test('in TypeScript, type-checked', () => {
    const folder = emptyApp('shop.ts');
    run(folder, 'npm', 'install', ...quietly, published.tarball, 'typescript@5', '@types/node@20');
    run(folder, 'npx', 'tsc', '--strict', '--module', 'node16', '--target', 'es2022', 'shop.ts');
    run(folder, 'node', 'shop.js');
    expect(manifestsOf(folder)).toBe(expected);
  });

  test('in JavaScript', () => {
    const folder = emptyApp('shop.js');
    run(folder, 'npm', 'install', ...quietly, published.tarball);
    run(folder, 'node', 'shop.js');
    expect(manifestsOf(folder)).toBe(expected);
  });

  test('in Python, from its wheel', () => {
    const wheels = path.join(work, 'wheels');
    run(root, 'npx', 'jsii-pacmak', '--target', 'python', '--outdir', wheels, '--no-npmignore');
    const [wheel] = fs.readdirSync(path.join(wheels, 'python')).filter((file) => file.endsWith('.whl'));
    const folder = emptyApp('shop.py');
    run(folder, 'python3', '-m', 'venv', 'venv');
    run(folder, 'venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check', path.join(wheels, 'python', wheel));
    run(folder, 'venv/bin/python', 'shop.py');
    expect(manifestsOf(folder)).toBe(expected);
  });
});

describe('the template of an app', () => {
  const folders: { [template: string]: string } = {};

  test.each(['typescript', 'javascript'])('for %s is made by one command, type-checked and synthesized', template => {
    const folder = fs.mkdtempSync(path.join(work, `${template}-`));
    run(folder, 'npx', '--yes', `--package=${published.tarball}`, 'cdk8s-stateful', 'init', template);
    expect(fs.readdirSync(folder)).toContain('.gitignore');
    expect(refused(folder, 'npx', '--yes', `--package=${published.tarball}`, 'cdk8s-stateful', 'init')).toContain('the current folder is not empty');
    run(folder, 'npm', 'pkg', 'set', `dependencies.cdk8s-stateful=${published.tarball}`);
    run(folder, 'npm', 'install', ...quietly);
    run(folder, 'npm', 'run', 'build');
    expect(manifestsOf(folder)).toContain('kind: StatefulSet');
    folders[template] = folder;
  });

  test('is the same app in both languages', () => {
    const [first, second] = Object.values(folders).map(manifestsOf);
    expect(second).toBe(first);
  });

  test('does not check types at each synthesis, which takes at most 0.3 of the time of the default template of cdk8s', () => {
    const folder = folders.typescript;
    run(folder, 'npm', 'install', ...quietly, 'ts-node@10');
    const seconds = (command: string, ...args: string[]) => {
      const start = performance.now();
      run(folder, command, ...args);
      return (performance.now() - start) / 1000;
    };
    const times = Array.from({ length: 7 }, () => [seconds('npx', 'ts-node', 'main.ts'), seconds('node', 'synth.js')]);
    const [theirs, ours] = [0, 1].map(i => Math.min(...times.map(pair => pair[i])));
    measured(`node synth.js, of ${theirs.toFixed(2)} s of ts-node main.ts`, ours);
    expect(ours / theirs).toBeLessThan(0.3);
    fs.appendFileSync(path.join(folder, 'main.ts'), 'const wrong: number = "text";\n');
    run(folder, 'node', 'synth.js');
    expect(refused(folder, 'npm', 'run', 'check')).toContain("Type 'string' is not assignable to type 'number'");
  });
});

test('the templates ask for the versions that the library does', () => {
  const versions = (file: string, field: string) => (JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as Record<string, object>)[field];
  for (const template of fs.readdirSync(path.join(root, 'templates'))) {
    expect(versions(`templates/${template}/package.json`, 'dependencies')).toMatchObject(versions('package.json', 'peerDependencies'));
  }
});

function templateFiles(): string[] {
  return fs.readdirSync(path.join(root, 'templates'), { recursive: true, encoding: 'utf8' }).map(file => `templates/${file}`).filter(file => fs.statSync(path.join(root, file)).isFile());
}

const quietly = ['--no-audit', '--no-fund', '--no-update-notifier'];

/** A folder far from this repository, so that nothing of it can be found from there. */
function emptyApp(program: string): string {
  const folder = fs.mkdtempSync(path.join(work, 'app-'));
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  fs.copyFileSync(path.join(__dirname, 'apps', program), path.join(folder, program));
  return folder;
}

function manifestsOf(app: string): string {
  return fs.readFileSync(path.join(app, 'dist/shop.k8s.yaml'), 'utf8');
}

/** Runs a command that must fail, and returns what it says. */
function refused(cwd: string, command: string, ...args: readonly string[]): string {
  try {
    run(cwd, command, ...args);
  } catch (error) {
    return String(error);
  }
  throw new Error(`${[command, ...args].join(' ')} succeeded`);
}

/** Runs a command and returns its stdout. */
function run(cwd: string, command: string, ...args: readonly string[]): string {
  const line = [command, ...args].join(' ');
  const start = performance.now();
  const { CDK8S_OUTDIR: _, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (status !== 0) throw new Error(`${line}: ${error?.message ?? `exit code ${status}`}\n${stdout}\n${stderr}`);
  measured(line.replaceAll(`${work}/`, ''), (performance.now() - start) / 1000);
  return stdout;
}
