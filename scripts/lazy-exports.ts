import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';

/**
 * Rewrites lib/index.js so that a module is loaded when something of it is first used: an app that makes one Kafka
 * cluster need not load the databases and every storage driver. Run after the compiler, which can only load all.
 *
 * It also cuts the source maps off, which the compiler writes into the modules: two thirds of what Node would read of them.
 */
const lib = join(__dirname, '../lib');
const load = createRequire(__filename);

type Exports = Record<string, unknown>;

const index = load(join(lib, 'index.js')) as Exports;
const definitions = Object.entries(load.cache)
  .filter(([file]) => file.startsWith(lib + sep) && !file.endsWith('index.js'))
  .map(([file, module]) => ({ path: `./${relative(lib, file).replace(/\.js$/, '')}`, exports: (module?.exports ?? {}) as Exports }));

/** The module that defines what the library exports as `name`. */
function definitionOf(name: string): string {
  const definition = definitions.find(({ exports }) => name in exports && exports[name] === index[name]);
  if (definition === undefined) throw new Error(`no module below lib/ defines ${name}`);
  return definition.path;
}

const names = Object.keys(index).sort();
writeFileSync(join(lib, 'index.js'), [
  '"use strict";',
  'Object.defineProperty(exports, "__esModule", { value: true });',
  // Node looks for such assignments to learn what an ES module may import by name.
  ...names.map(name => `exports.${name} = void 0;`),
  'const lazily = (name, load) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => load()[name] });',
  ...names.map(name => `lazily(${JSON.stringify(name)}, () => require(${JSON.stringify(definitionOf(name))}));`),
  '',
].join('\n'));

for (const file of readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))) {
  const text = readFileSync(join(lib, file), 'utf8');
  writeFileSync(join(lib, file), text.replace(/^\/\/# sourceMappingURL=data:.*\n?/m, ''));
}
