import { readdirSync, readFileSync } from 'fs';
import { join, relative } from 'path';
import * as ts from 'typescript';

/** A piece of TypeScript that people are shown. */
export interface Snippet {
  /** Where it stands, such as `README.md:41`. */
  readonly where: string;
  /** It, as a module that can be compiled and run. */
  readonly module: string;
}

const root = join(__dirname, '../..');

/** What a snippet without imports of its own finds in scope: everything that we and our peers export, and a chart. */
const preamble = [
  "import * as kplus from 'cdk8s-plus-28';",
  "import { ApiObject, App, Chart, Cron, Duration, Include, JsonPatch, Size } from 'cdk8s';",
  "import * as stateful from 'cdk8s-stateful';",
].join('\n');

/** Every example of the docstrings in src/, which docs/api repeats, and every `ts` block of README.md and the rest of docs/. */
export function allSnippets(): Snippet[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.md') && !file.startsWith('api/')).map(file => join('docs', file)).sort();
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts')).map(file => join('src', file)).sort();
  return [...['README.md', 'CONTRIBUTING.md', ...docs].flatMap(inMarkdown), ...sources.flatMap(inDocstrings)];
}

function inMarkdown(file: string): Snippet[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^( *)```ts\n([\s\S]*?)^\1```$/gm)]
    .map(match => snippet(file, text.slice(0, match.index).split('\n').length, match[2]));
}

function inDocstrings(file: string): Snippet[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Snippet[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      const code = tag.tagName.text === 'example' && tag.parent.parent === node && ts.getTextOfJSDocComment(tag.comment);
      if (code) found.push(snippet(relative(root, join(root, file)), source.getLineAndCharacterOfPosition(tag.pos).line + 1, code));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function snippet(file: string, line: number, code: string): Snippet {
  const where = `${file}:${line}`;
  if (/^import /m.test(code)) return { where, module: code };
  // A function in which `this` and `chart` are a chart, as in the constructor of somebody's own.
  const names = exportedNames().filter(name => new RegExp(`\\b${name}\\b`).test(code));
  const destructured = names.length === 0 ? '' : `const { ${names.join(', ')} } = stateful;`;
  const module = `${preamble}\nvoid [ApiObject, App, Chart, Cron, Duration, Include, JsonPatch, Size, kplus, stateful];\n${destructured}\n` +
    `export const app = new App();\nfunction show(this: Chart, chart: Chart): void {\n${code}\n}\n` +
    "const chart = new Chart(app, 'docs', { namespace: 'docs' });\nshow.call(chart, chart);\n";
  return { where, module };
}

function exportedNames(): string[] {
  return Object.keys(jest.requireActual<object>('cdk8s-stateful'));
}
