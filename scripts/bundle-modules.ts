import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { withSharedShapes } from './shared-shapes';

/**
 * Puts the modules that the compiler wrote into a few files, and makes lib/index.js load them when something of them is first used: in lib/bundled/, core.js has what
 * StatefulApp and all products need, common.js what most products need, and a file per room the rest. Node reads three files for a Kafka cluster instead of 115, without the
 * databases and every storage driver.
 *
 * It leaves out the source maps, which the compiler writes into the modules: two thirds of what Node would read of them. Each file has the helpers of the compiler once.
 */
const lib = join(__dirname, '../lib');
const bundled = join(lib, 'bundled');
const load = createRequire(__filename);

/** What most of these need is common. */
const PRODUCTS = ['KafkaCluster', 'RedisDatabase', 'StatefulDatabase', 'ZooKeeperEnsemble'];
const MOST = 3;
/** Most of these rooms is common. Reading a file for the rest would take longer than compiling it. */
const COMMON_ROOMS = ['base', 'kit', 'workload'];

/** A helper of the compiler, which it writes into each module that needs it: `var __importStar = (this && this.__importStar) || …`. */
const HELPER = /^var (__\w+) = \(this && this\.\1\) .*?^\}[^\n]*;\n/gms;

type Exports = Record<string, unknown>;

/** A compiled module, by its name: `kafka/kafka-cluster`. */
interface Module {
  /** Its text, which loads other modules of the library by name. */
  readonly text: string;
  readonly loads: readonly string[];
}

const index = load(join(lib, 'index.js')) as Exports;
rmSync(bundled, { recursive: true, force: true });
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(file => file.includes(sep) && file.endsWith('.js')).sort();
const names = new Set(files.map(nameOf));
const modules = new Map([...names].map(name => [name, read(name)]));
const definitions = Object.entries(load.cache)
  .filter(([file]) => file.startsWith(lib + sep) && !file.endsWith('index.js'))
  .map(([file, module]) => ({ name: nameOf(relative(lib, file)), exports: (module?.exports ?? {}) as Exports }));
const neededByApps = neededBy(definitionOf('StatefulApp'));
const needs = PRODUCTS.map(product => neededBy(definitionOf(product)));

function nameOf(file: string): string {
  return file.replace(/\.js$/, '').split(sep).join('/');
}

function read(name: string): Module {
  const loads: string[] = [];
  const text = withSharedShapes(loadedOnUse(readFileSync(join(lib, `${name}.js`), 'utf8')))
    .replace(/^\/\/# sourceMappingURL=data:.*\n?/m, '')
    .replace(/\brequire\("(\.[^"]*)"\)/g, (_, path: string) => {
      const target = posix.join(posix.dirname(name), path);
      const found = [target, `${target}/index`].find(candidate => names.has(candidate));
      if (found === undefined) throw new Error(`${name} loads ${path}, which is not below lib/`);
      loads.push(found);
      return `load(${JSON.stringify(found)})`;
    });
  return { text, loads };
}

/** A package that a module exports as a whole is loaded when the export is first used. */
function loadedOnUse(text: string): string {
  return text.replace(/^exports\.(\w+) = (__importStar\(require\("[^."][^"]*"\)\));$/gm, 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => $2 });');
}

/** The module that defines what the library exports as `name`. */
function definitionOf(name: string): string {
  const definition = definitions.find(({ exports }) => name in exports && exports[name] === index[name]);
  if (definition === undefined) throw new Error(`no module below lib/ defines ${name}`);
  return definition.name;
}

/** A module, and all that it loads. */
function neededBy(name: string, needed = new Set<string>()): Set<string> {
  if (needed.has(name)) return needed;
  needed.add(name);
  for (const loaded of modules.get(name)?.loads ?? []) neededBy(loaded, needed);
  return needed;
}

/** The file that a module is put into. */
function bundleOf(name: string): string {
  const room = name.slice(0, name.indexOf('/'));
  if (neededByApps.has(name)) return room === 'app' ? 'app' : 'core';
  return COMMON_ROOMS.includes(room) || needs.filter(needed => needed.has(name)).length >= MOST ? 'common' : room;
}

const bundles = new Map<string, string[]>();
for (const [name, { text }] of modules) {
  // With parentheses, V8 compiles a function at once, rather than looking at it first and compiling it when it is called.
  bundles.set(bundleOf(name), [...bundles.get(bundleOf(name)) ?? [], `${JSON.stringify(name)}: (function (exports, load) {\n${text}}),`]);
}
const exported = Object.keys(index).sort().map(name => ({ name, module: definitionOf(name) }));
const entry = [
  '"use strict";',
  'Object.defineProperty(exports, "__esModule", { value: true });',
  // Node looks for such assignments to learn what an ES module may import by name.
  ...exported.map(({ name }) => `exports.${name} = void 0;`),
  // Written out, so that bundlers of users find the files.
  'const bundles = {',
  ...[...bundles.keys()].map(bundle => `  ${bundle}: () => require("./bundled/${bundle}.js"),`),
  '};',
  `const bundleOf = ${JSON.stringify(Object.fromEntries([...names].map(name => [name, bundleOf(name)])), undefined, 2)};`,
  'const loaded = new Map();',
  'function load(name) {',
  '  const known = loaded.get(name);',
  '  if (known !== undefined) return known;',
  '  const exported = {};',
  '  loaded.set(name, exported);', // before it runs, as Node does, for modules that load each other
  '  bundles[bundleOf[name]]()[name](exported, load);',
  '  return exported;',
  '}',
  'const lazily = (name, module) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => load(module)[name] });',
  ...exported.map(({ name, module }) => `lazily(${JSON.stringify(name)}, ${JSON.stringify(module)});`),
  '',
].join('\n');

for (const file of files) rmSync(join(lib, file));
mkdirSync(bundled);
for (const [bundle, texts] of bundles) {
  const helpers = new Set(texts.flatMap(text => text.match(HELPER) ?? []));
  writeFileSync(join(bundled, `${bundle}.js`), ['"use strict";', ...helpers, 'module.exports = {', ...texts.map(text => text.replace(HELPER, '')), '};', ''].join('\n'));
}
writeFileSync(join(lib, 'index.js'), entry);
