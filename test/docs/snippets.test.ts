import { mkdtempSync, readdirSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App } from 'cdk8s';
import * as ts from 'typescript';
import { allSnippets } from './snippets';

/** What people are shown must compile and run: every example of the docstrings, the README and docs/. */
const snippets = allSnippets();
const fileOf = (index: number) => join(__dirname, `snippet-${index}.ts`);

const compileErrors = new Map<string, string[]>();

beforeAll(() => {
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(__dirname, '../../tsconfig.dev.json'), file => ts.sys.readFile(file)).config, ts.sys, join(__dirname, '../..')).options,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const virtual = new Map(snippets.map((snippet, index) => [fileOf(index), snippet.module]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = file => virtual.get(file) ?? readFile(file);
  host.fileExists = file => virtual.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = virtual.get(file);
    return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  for (const file of virtual.keys()) {
    const source = program.getSourceFile(file);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    compileErrors.set(file, diagnostics.map(diagnostic => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')));
  }
}, 120_000);

test('there are snippets in the README and in docstrings', () => {
  expect(snippets.map(snippet => snippet.where.split(':')[0])).toEqual(expect.arrayContaining(['README.md', 'src/workload/stateful-workload.ts']));
});

test.each(snippets.map((snippet, index) => [snippet.where, index] as const))('%s compiles and synthesizes', (_, index) => {
  expect(compileErrors.get(fileOf(index))).toEqual([]);
  const outdir = mkdtempSync(join(tmpdir(), 'snippet-'));
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = outdir; // where a whole program that calls app.synth() writes
  try {
    const { app } = run(snippets[index].module);
    if (app !== undefined) app.synthYaml();
    else expect(readdirSync(outdir)).not.toEqual([]);
  } finally {
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
    rmSync(outdir, { recursive: true });
  }
});

function run(module: string): { app?: App } {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(module, { compilerOptions });
  const exported: { app?: App } = {};
  new Function('exports', 'require', outputText)(exported, (name: string) => jest.requireActual(name));
  return exported;
}
