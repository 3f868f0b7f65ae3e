import { deepStrictEqual } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import * as ts from 'typescript';
import { parseAllDocuments, stringify } from 'yaml';
import { seconds } from './measuring';
import { SAMPLE } from './programs/plain-stacks';
import { addStack } from './programs/plus-stacks';
import type { Manifest } from '../support/manifest';

const LIB = join(__dirname, '../../lib');
/** Programs of users, each of which imports what it needs. */
const PROGRAMS = join(__dirname, 'programs');

/** A program that renders the stacks. */
export interface StackTool {
  readonly name: string;
  /** Runs it as a user would, and returns the manifests. */
  readonly render: () => string;
}

/** A program that renders the expected objects. */
export interface CheckedTool extends StackTool {
  /** How long it took. */
  readonly time: number;
}

/** The programs that are installed, and the names of those that are not. Each renders the same objects, which is checked. */
export function stackTools(folder: string, count: number): { readonly tools: readonly CheckedTool[]; readonly missing: readonly string[] } {
  const node = nodeTools(folder, count);
  const others = otherTools(folder, count);
  const missing = others.filter(({ name }) => !isInstalled(name)).map(({ name }) => name);
  const expected = objectsOf(node[0].render());
  const tools = [...node, ...others.filter(({ name }) => !missing.includes(name))].map((tool): CheckedTool => {
    let text = '';
    const time = seconds(() => { text = tool.render(); });
    deepStrictEqual(objectsOf(text), expected, `${tool.name} renders other objects`);
    return { ...tool, time };
  });
  return { tools, missing };
}

function nodeTools(folder: string, count: number): StackTool[] {
  const file = join(folder, 'sample.json');
  writeFileSync(file, JSON.stringify(sampleObjects()));
  compilePrograms(folder);
  const tool = (name: string, program: string, ...args: string[]): StackTool => {
    const outdir = join(folder, `dist-${program}`);
    const render = () => run(process.execPath, join(folder, `${program}.js`), outdir, String(count), ...args) + readFileSync(join(outdir, 'stacks.k8s.yaml'), 'utf8');
    return { name, render };
  };
  return [tool('StatefulApp', 'stateful-app', file), tool('cdk8s', 'app', file), tool('cdk8s-plus-28', 'cdk8s-plus')];
}

/** The programs in JavaScript, so that starting them does not compile them. They name the files of the packages that they load. */
function compilePrograms(folder: string): void {
  for (const name of readdirSync(PROGRAMS)) {
    const { outputText } = ts.transpileModule(readFileSync(join(PROGRAMS, name), 'utf8'), { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
    const absolute = outputText.replaceAll(/require\("(cdk8s[^"]*)"\)/g, (_, wanted: string) => `require(${JSON.stringify(wanted === 'cdk8s-stateful' ? LIB : require.resolve(wanted))})`);
    writeFileSync(join(folder, name.replace(/\.ts$/, '.js')), absolute);
  }
}

function otherTools(folder: string, count: number): StackTool[] {
  const sample = sampleObjects();
  const chart = join(folder, 'helm');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'stacks', version: '1.0.0' }));
  writeFileSync(join(chart, 'values.yaml'), stringify({ count }));
  const template = sample.map(object => `---\n${stringify(object)}`).join('').replaceAll(SAMPLE, 'stack-{{ $i }}');
  writeFileSync(join(chart, 'templates/stacks.yaml'), `{{- range $i, $_ := until (int .Values.count) }}\n${template}{{- end }}\n`);

  const jsonnet = join(folder, 'stacks.jsonnet');
  const objects = JSON.stringify(sample).replaceAll(JSON.stringify(SAMPLE), 'name');
  writeFileSync(jsonnet, `std.flattenArrays([local name = 'stack-' + i; ${objects} for i in std.range(0, ${count - 1})])`);

  const base = join(folder, 'kustomize');
  mkdirSync(base);
  const all = Array.from({ length: count }, (_, i) => JSON.stringify(sample).replaceAll(SAMPLE, `stack-${i}`)).flatMap(text => JSON.parse(text) as Manifest[]);
  writeFileSync(join(base, 'kustomization.yaml'), stringify({ resources: ['stacks.yaml'], namespace: 'bench' }));
  writeFileSync(join(base, 'stacks.yaml'), all.map(object => stringify(object)).join('---\n'));
  return [
    { name: 'helm', render: () => run('helm', 'template', chart) },
    { name: 'jsonnet', render: () => run('jsonnet', '--yaml-stream', jsonnet) },
    { name: 'kustomize', render: () => run('kustomize', 'build', base) },
  ];
}

/** The objects of one stack, as cdk8s-plus renders them. */
function sampleObjects(): Manifest[] {
  const chart = Testing.chart();
  addStack(chart, SAMPLE);
  return Testing.synth(chart) as Manifest[];
}

function isInstalled(name: string): boolean {
  return spawnSync('which', [name]).status === 0;
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** The objects in a text, in an order of their own. */
function objectsOf(text: string): Manifest[] {
  const objects = parseAllDocuments(text).map(document => document.toJS() as Manifest | null).filter(object => object !== null);
  const key = ({ kind, metadata: { name } }: Manifest) => `${kind} ${name}`;
  return objects.sort((a, b) => key(a) < key(b) ? -1 : 1);
}
