import { execFileSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import type { App } from 'cdk8s';
import { objectsOf, synthCharts, synthClusters, synthObjects } from './subjects';
import { StatefulApp } from 'cdk8s-stateful';

/**
 * Measures synthesis against the very same objects written as plain ApiObjects, the two alternating in one run, so
 * that the ratios hold on any machine. Prints; judges nothing: see docs/performance.md.
 */
const CLUSTERS = 1000;
const ROUNDS = 15;
/** In charts of their own App takes minutes, so this many are synthesized once only. */
const CHARTS = 4000;
const GROWTH = [100, 300, 1000, 5000];

interface Row {
  readonly measure: string;
  readonly value: string;
  readonly target: string;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of the fastest third: what else the machine does only ever makes a round slower. */
function undisturbed(times: number[]): number {
  return mean([...times].sort((a, b) => a - b).slice(0, Math.ceil(times.length / 3)));
}

function seconds(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** The seconds of two subjects, taken in turn, without the first round, which warms up. */
function alternate(subjects: readonly [() => number, () => number], rounds = ROUNDS): [number, number] {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    subjects.forEach((subject, i) => {
      const time = subject();
      if (round > 0) times[i].push(time);
    });
  }
  return [undisturbed(times[0]), undisturbed(times[1])];
}

/** How long the first takes, relative to the second. */
function relative(what: string, target: string, [first, second]: [number, number]): Row {
  return { measure: `${what} (${first.toFixed(2)} s : ${second.toFixed(2)} s)`, value: (first / second).toFixed(2), target };
}

function synthesis(): Row[] {
  const objects = objectsOf(CLUSTERS);
  const clusters = (app?: () => App) => () => seconds(() => synthClusters(CLUSTERS, app?.()));
  const plain = (app?: () => App) => () => seconds(() => synthObjects(objects, app?.()));
  const ours = () => new StatefulApp();
  return [
    relative(`${CLUSTERS} KafkaClusters, against plain ApiObjects`, '<= 1.30', alternate([clusters(), plain()])),
    relative(`${CLUSTERS} KafkaClusters with StatefulApp, against plain ApiObjects with App`, '<= 0.55', alternate([clusters(ours), plain()])),
    relative('plain ApiObjects, with StatefulApp against App, in one chart', '<= 0.33', alternate([plain(ours), plain()])),
    relative(`plain ApiObjects, with StatefulApp against App, in ${CHARTS} charts`, '<= 0.07', alternate([
      () => seconds(() => synthCharts(CHARTS, objects.slice(0, 3), ours())),
      () => seconds(() => synthCharts(CHARTS, objects.slice(0, 3))),
    ], 1)),
  ];
}

/** The slope of time over size, both logarithmic: 1 is linear. */
function growth(): Row[] {
  const points = GROWTH.map(size => {
    progress(`growth: ${size} clusters`);
    const time = undisturbed([1, 2, 3].map(() => seconds(() => synthClusters(size))));
    return { x: Math.log(size), y: Math.log(time) };
  });
  const [x, y] = [mean(points.map(point => point.x)), mean(points.map(point => point.y))];
  const slope = mean(points.map(point => (point.x - x) * (point.y - y))) / mean(points.map(point => (point.x - x) ** 2));
  return [{ measure: `growth from ${GROWTH[0]} to ${GROWTH[GROWTH.length - 1]} clusters (exponent)`, value: slope.toFixed(2), target: '<= 1.10' }];
}

function child(...args: string[]): number {
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());
}

function importing(): Row[] {
  const load = (expression: string) =>
    child('-e', `const t = process.hrtime.bigint(); ${expression}; console.log(Number(process.hrtime.bigint() - t) / 1e9)`);
  return [relative('import of KafkaCluster, against that of cdk8s-plus-28', '<= 1.30', alternate([
    () => load(`require(${JSON.stringify(join(__dirname, '../../lib'))}).KafkaCluster`),
    () => load(`require(${JSON.stringify(require.resolve('cdk8s-plus-28'))})`),
  ]))];
}

function memory(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const file = join(folder, 'objects.json');
    writeFileSync(file, JSON.stringify(objectsOf(CLUSTERS)));
    const peak = (subject: string) => child(...process.execArgv, join(__dirname, 'peak-memory.ts'), subject);
    const [kafka, plain] = [peak(String(CLUSTERS)), peak(file)];
    return [{ measure: `peak memory of ${CLUSTERS} clusters, against plain ApiObjects (${kafka} MiB : ${plain} MiB)`, value: (kafka / plain).toFixed(2), target: 'none' }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

const rows = [synthesis, growth, importing, memory].flatMap(measure => measure());
progress('');
console.table(rows);
