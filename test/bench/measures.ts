import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { compare, type Comparison, growthExponent, progress, seconds } from './measuring';
import { stackTools } from './stack-tools';
import { objectsOf, synthCharts, synthClusters } from './subjects';
import { StatefulApp } from 'cdk8s-stateful';

const CLUSTERS = 1000;
const ROUNDS = 15;
/** Each is seven syntheses in a process of its own. */
const PROCESS_ROUNDS = 4;
/** In charts of their own App takes a minute, so these are synthesized few times. */
const CHARTS = 4000;
const CHART_ROUNDS = 2;
const STACKS = 1000;
/** A command that takes more seconds is run once: kustomize takes half a minute. */
const SLOW = 5;

/** What was measured: a ratio, or another number, of which less is better. */
export interface Result extends Partial<Omit<Comparison, 'ratio'>> {
  readonly what: string;
  readonly value: number;
  readonly unit?: 's' | 'MiB';
  /** What the value should not exceed. */
  readonly target?: number;
}

/** A group of measures that can be chosen by its name. */
export interface Measure {
  readonly name: string;
  readonly run: () => Result[];
}

export const MEASURES: readonly Measure[] = [
  { name: 'synthesis', run: synthesis },
  { name: 'charts', run: charts },
  { name: 'growth', run: growth },
  { name: 'import', run: importing },
  { name: 'memory', run: memory },
  { name: 'tools', run: tools },
];

function result(what: string, { ratio, ...rest }: Comparison, target?: number, unit: Result['unit'] = 's'): Result {
  return { what, value: ratio, target, unit, ...rest };
}

function ours(): App {
  return new StatefulApp();
}

function synthesis(): Result[] {
  return withObjects(file => {
    const clusters = (app: typeof App) => () => script('synthesis-time.ts', String(CLUSTERS), app.name);
    const plain = (app: typeof App) => () => script('synthesis-time.ts', file, app.name);
    return [
      result(`${CLUSTERS} KafkaClusters / plain ApiObjects`, compare([clusters(App), plain(App)], PROCESS_ROUNDS), 1.2),
      result(`${CLUSTERS} KafkaClusters with StatefulApp / plain ApiObjects with App`, compare([clusters(StatefulApp), plain(App)], PROCESS_ROUNDS), 0.55),
      result('plain ApiObjects in one chart, StatefulApp / App', compare([plain(StatefulApp), plain(App)], PROCESS_ROUNDS), 0.33),
    ];
  });
}

function charts(): Result[] {
  const objects = objectsOf(1).slice(0, 3);
  return [result(`plain ApiObjects in ${CHARTS} charts, StatefulApp / App`, compare([
    () => seconds(() => synthCharts(CHARTS, objects, ours())),
    () => seconds(() => synthCharts(CHARTS, objects)),
  ], CHART_ROUNDS), 0.07)];
}

function growth(): Result[] {
  const objects = objectsOf(1).slice(0, 3);
  return [
    { what: 'growth from 100 to 5,000 KafkaClusters, as an exponent', value: growthExponent([100, 300, 1000, 5000], size => synthClusters(size)), target: 1.1 },
    {
      what: 'growth from 100 to 10,000 charts with StatefulApp, as an exponent',
      value: growthExponent([100, 1000, 10000], size => synthCharts(size, objects, ours())),
      target: 1.1,
    },
  ];
}

function importing(): Result[] {
  const load = (expression: string) =>
    child('-e', `const t = process.hrtime.bigint(); ${expression}; console.log(Number(process.hrtime.bigint() - t) / 1e9)`);
  return [result('import of KafkaCluster / cdk8s-plus-28', compare([
    () => load(`require(${JSON.stringify(join(__dirname, '../../lib'))}).KafkaCluster`),
    () => load(`require(${JSON.stringify(require.resolve('cdk8s-plus-28'))})`),
  ], ROUNDS), 1.2)];
}

function memory(): Result[] {
  return withObjects(file => {
    const peak = (subject: string) => () => script('peak-memory.ts', subject);
    return [result(`peak memory of ${CLUSTERS} KafkaClusters / plain ApiObjects`, compare([peak(String(CLUSTERS)), peak(file)], 2), undefined, 'MiB')];
  });
}

/** Whole commands, from their start to the YAML. */
function tools(): Result[] {
  return inFolder(folder => {
    const { tools: [own, ...others], missing } = stackTools(folder, STACKS);
    for (const name of missing) console.error(`${name} is not installed, so it is not compared.`);
    return others.map(({ name, render, time }) => {
      const target = name === 'helm' ? 0.6 : undefined;
      const rounds = time > SLOW ? 1 : 5;
      return result(`${STACKS} small stacks as a command, StatefulApp / ${name}`, compare([() => seconds(own.render), () => seconds(render)], rounds), target);
    });
  });
}

/** Runs a script of this folder, which prints a number. */
function script(name: string, ...args: string[]): number {
  return child(...process.execArgv, join(__dirname, name), ...args);
}

function child(...args: string[]): number {
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());
}

/** Calls `work` with the name of a file that has the objects of the clusters. */
function withObjects<T>(work: (file: string) => T): T {
  return inFolder(folder => {
    const file = join(folder, 'objects.json');
    writeFileSync(file, JSON.stringify(objectsOf(CLUSTERS)));
    return work(file);
  });
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  progress('preparing');
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
