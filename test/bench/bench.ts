import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chartOf } from './chart';
import { MEASURES, type Result } from './measures';
import { progress } from './measuring';
import { profile } from './profile';

const BASELINE = join(__dirname, 'baseline.json');
const CHART = join(__dirname, '../../docs/performance.svg');
const PAGE = join(__dirname, '../../docs/performance.md');
/** How much a ratio may exceed the baseline. */
const TOLERANCE = 1.15;

const HELP = `Measures synthesis, as ratios between subjects that alternate in one run.

Usage: npm run bench -- [OPTION]... [MEASURE]...

  MEASURE            one of ${MEASURES.map(({ name }) => name).join(', ')}; all by default
  --compare          fail if a ratio exceeds the committed baseline by more than 15 %
  --update           write the baseline, and the table and the chart of docs/performance.md
  --json FILE        write the results as JSON
  --profile FILE     write a CPU profile of 1,000 KafkaClusters, for Chrome or VS Code, and measure nothing
  --help             show this text`;

interface Named {
  readonly [what: string]: Result;
}

const OPTIONS = {
  compare: { type: 'boolean' },
  update: { type: 'boolean' },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean' },
} as const;

function main(): void {
  const { values: options, positionals: names } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const unknown = names.find(name => !MEASURES.some(measure => measure.name === name));
  if (unknown !== undefined) return fail(`There is no measure '${unknown}'.\n\n${HELP}`);
  if (options.help) return console.log(HELP);
  if (options.profile !== undefined) return profile(options.profile);

  const results = MEASURES.filter(({ name }) => names.length === 0 || names.includes(name)).flatMap(({ run }) => run());
  progress('');
  console.table(Object.fromEntries(results.map(result => [result.what, row(result)])));
  if (options.json !== undefined) write(options.json, byName(results));
  if (options.update) {
    write(BASELINE, { ...baseline(), ...byName(results) });
    writeFileSync(CHART, chartOf(Object.values(baseline())));
    writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(/(?<=<!-- bench -->\n).*(?=<!-- \/bench -->)/s, tableOf(Object.values(baseline()))));
  }
  if (options.compare) requireNoWorse(results);
}

function row({ value, unit, quartiles, medians, target }: Result): Record<string, string> {
  return {
    'value': value.toFixed(2),
    'half of the rounds': quartiles === undefined ? '' : quartiles.map(quartile => quartile.toFixed(2)).join(' to '),
    'medians': medians === undefined ? '' : medians.map(median => `${median.toFixed(unit === 's' ? 2 : 0)} ${unit ?? ''}`).join(' : '),
    'target': target === undefined ? '' : `at most ${target.toFixed(2)}`,
  };
}

/** The results as a table in Markdown. */
function tableOf(results: readonly Result[]): string {
  const rows = results.map(result => ({ measure: result.what, ...row(result) }));
  const lines = [Object.keys(rows[0]), Object.keys(rows[0]).map(() => '---'), ...rows.map(cells => Object.values(cells))];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

function requireNoWorse(results: readonly Result[]): void {
  const before = baseline();
  const worse = results.filter(({ what, value }) => before[what] !== undefined && value > before[what].value * TOLERANCE);
  for (const { what, value } of worse) console.error(`Worse: ${what}: ${value.toFixed(2)}, was ${before[what].value.toFixed(2)}`);
  for (const result of results.filter(({ what }) => before[what] === undefined)) console.error(`Not in the baseline: ${result.what}`);
  process.exitCode = worse.length === 0 ? 0 : 1;
}

function baseline(): Named {
  return JSON.parse(readFileSync(BASELINE, 'utf8')) as Named;
}

function byName(results: readonly Result[]): Named {
  return Object.fromEntries(results.map(result => [result.what, result]));
}

function write(file: string, content: unknown): void {
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}

try {
  main();
} catch (error) {
  fail(error instanceof TypeError && 'code' in error ? `${error.message}\n\n${HELP}` : String(error instanceof Error ? error.stack : error));
}
