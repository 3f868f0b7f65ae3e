import { deepStrictEqual } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { parseAllDocuments, stringify } from 'yaml';
import { seconds } from './measuring';
import { SAMPLE, stackObjects } from './stacks';
import type { Manifest } from '../support/manifest';

const LIB = join(__dirname, '../../lib');

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
  writeFileSync(file, JSON.stringify(stackObjects(SAMPLE)));
  const program = compiled(folder);
  const tool = (name: string, kind: string, ...args: string[]): StackTool => {
    const outdir = join(folder, `dist-${kind}-${args.length}`);
    return { name, render: () => run(process.execPath, program, kind, outdir, String(count), ...args) + readFileSync(join(outdir, 'stacks.k8s.yaml'), 'utf8') };
  };
  return [tool('StatefulApp', 'StatefulApp', file), tool('cdk8s', 'App', file), tool('cdk8s-plus-28', 'App')];
}

/** The program in JavaScript, so that starting it does not compile it. It lies beside the packages that it loads. */
function compiled(folder: string): string {
  for (const name of ['stack-command', 'stacks']) {
    const { outputText } = ts.transpileModule(readFileSync(join(__dirname, `${name}.ts`), 'utf8'), { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
    const absolute = outputText.replaceAll(/require\("(cdk8s[^"]*)"\)/g, (_, wanted: string) => `require(${JSON.stringify(wanted === 'cdk8s-stateful' ? LIB : require.resolve(wanted))})`);
    writeFileSync(join(folder, `${name}.js`), absolute);
  }
  return join(folder, 'stack-command.js');
}

function otherTools(folder: string, count: number): StackTool[] {
  const sample = stackObjects(SAMPLE);
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
