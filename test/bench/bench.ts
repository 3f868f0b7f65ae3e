import { execFileSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { objectsOf, Subject, synthClusters, synthObjects } from './subjects';

/**
 * Measures synthesis against the very same objects written as plain ApiObjects, the two alternating in one run, so
 * that the ratios hold on any machine. Prints; judges nothing: see docs/performance.md.
 */
const CLUSTERS = 1000;
const ROUNDS = 15;
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

/** The seconds of each subject, taken in turn, without the first round, which warms up. */
function alternate(subjects: Record<Subject, () => number>): Record<Subject, number> {
  const times: Record<Subject, number[]> = { kafka: [], plain: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    progress(`round ${round} of ${ROUNDS}`);
    for (const subject of ['kafka', 'plain'] as const) {
      const time = subjects[subject]();
      if (round > 0) times[subject].push(time);
    }
  }
  return { kafka: undisturbed(times.kafka), plain: undisturbed(times.plain) };
}

function synthesis(): Row[] {
  const objects = objectsOf(CLUSTERS);
  const { kafka, plain } = alternate({
    kafka: () => seconds(() => synthClusters(CLUSTERS)),
    plain: () => seconds(() => synthObjects(objects)),
  });
  return [{ measure: `${CLUSTERS} KafkaClusters, against plain ApiObjects (${kafka.toFixed(2)} s : ${plain.toFixed(2)} s)`, value: (kafka / plain).toFixed(2), target: '<= 1.30' }];
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
  const { kafka, plain } = alternate({
    kafka: () => load(`require(${JSON.stringify(join(__dirname, '../../lib'))}).KafkaCluster`),
    plain: () => load(`require(${JSON.stringify(require.resolve('cdk8s-plus-28'))})`),
  });
  const measure = `import of KafkaCluster, against that of cdk8s-plus-28 (${kafka.toFixed(3)} s : ${plain.toFixed(3)} s)`;
  return [{ measure, value: (kafka / plain).toFixed(2), target: '<= 1.30' }];
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
