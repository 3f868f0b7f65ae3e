import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { renderFaults, RunReport, sectionsOf } from './fault-table';
import { Seen, SEEN_FILE } from '../test/support/seen';

const usage = `npm run test:faults [-- <product>...]

Runs the whole table of faults on the cluster of KUBECONFIG (all products, or those whose test files have the given names, such as
"kafka"), with NODE_POWER to switch nodes off and cut them. What was seen goes to docs/faults.md, in place of the
sections of the files that ran. About two hours for all.`;

const TABLE = path.join(__dirname, '../docs/faults.md');

function main(args: string[]): number {
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'));
  const [results, seen] = ['results.json', 'seen.jsonl'].map(file => path.join(folder, file));
  try {
    const jest = spawnSync('npx', ['jest', '--ci', '--config', 'jest.faults.config.json', '--json', `--outputFile=${results}`, ...args],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, [SEEN_FILE]: seen } });
    if (!fs.existsSync(results)) return jest.status ?? 1;
    const report = JSON.parse(fs.readFileSync(results, 'utf8')) as RunReport;
    const before = fs.existsSync(TABLE) ? fs.readFileSync(TABLE, 'utf8') : '';
    fs.writeFileSync(TABLE, renderFaults(sectionsOf(before), report, readSeen(seen), ranOn()));
    console.log(`${report.numPassedTests} passed, ${report.numFailedTests + report.numRuntimeErrorTestSuites} failed → ${path.relative('', TABLE)}`);
    return jest.status ?? 1;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function readSeen(file: string): Seen[] {
  if (!fs.existsSync(file)) return [];
  return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line) as Seen);
}

/** What the run is worth is said by where and on what it ran. */
function ranOn(): string {
  const kubectl = (...command: string[]) => execFileSync('kubectl', command, { encoding: 'utf8' });
  const { gitVersion } = JSON.parse(kubectl('get', '--raw', '/version')) as { gitVersion: string };
  const nodes = kubectl('get', 'nodes', '-o', 'name').trim().split('\n').length;
  const git = (...command: string[]) => execFileSync('git', command, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/faults.md') === '' ? '' : ' with changes';
  return `${new Date().toISOString().slice(0, 10)}, commit ${git('rev-parse', '--short', 'HEAD')}${changed}, Kubernetes ${gitVersion}, ${nodes} nodes on one machine of ${os.cpus().length} CPUs`;
}

process.exitCode = main(process.argv.slice(2));
