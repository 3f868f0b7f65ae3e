import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { lineOf, type SettingTable, settingsOf } from '../src/kit/listed-settings';

/**
 * Writes the names of the settings of a release into the table of its product:
 *
 *     npm run setting-names -- <product> <release> <file>
 *
 * The file has what the release itself says of its settings; the products are below, each with where that comes from.
 * Without arguments, the tables are written again with the names that they have.
 */
const ROOT = path.join(__dirname, '..');

/** The tables of a product. */
interface Product {
  readonly name: string;
  /** The generated module. */
  readonly module: string;
  /** How many numbers of a release make its line. */
  readonly numbers: 1 | 2;
  /** Reads the names from the text, by the name of their table. */
  readonly read: (text: string) => { readonly [table: string]: string[] };
}

export const PRODUCTS: { readonly [product: string]: Product } = {
  // psql --no-align --tuples-only --command "select name from pg_settings where context <> 'internal'"
  postgres: { name: 'PostgreSQL', module: 'src/database/engines/postgres/setting-names.ts', numbers: 1, read: text => ({ POSTGRES_SETTINGS: postgresNames(text) }) },
  // mysqld --no-defaults --verbose --help
  mysql: { name: 'MySQL', module: 'src/database/engines/mysql/setting-names.ts', numbers: 2, read: text => ({ MYSQL_SETTINGS: optionNames(text) }) },
  // mariadbd --no-defaults --verbose --help
  mariadb: { name: 'MariaDB', module: 'src/database/engines/mariadb/setting-names.ts', numbers: 2, read: text => ({ MARIADB_SETTINGS: optionNames(text) }) },
  // java -cp 'libs/*' scripts/setting-names/KafkaSettings.java, with the libraries of the release
  kafka: { name: 'Kafka', module: 'src/kafka/setting-names.ts', numbers: 2, read: kafkaNames },
  // redis-cli config get '*', or src/config.c of the release
  redis: { name: 'Redis', module: 'src/redis/redis-setting-names.ts', numbers: 2, read: text => ({ REDIS_SETTINGS: directiveNames(text) }) },
  // valkey-cli config get '*', or src/config.c of the release
  valkey: { name: 'Valkey', module: 'src/redis/valkey-setting-names.ts', numbers: 2, read: text => ({ VALKEY_SETTINGS: directiveNames(text) }) },
  // of the sources of the release: zookeeperAdmin.md, zookeeperMonitor.md, QuorumPeerConfig.java, and the lines with "zookeeper.…" of all of zookeeper-server/src/main/java
  zookeeper: { name: 'ZooKeeper', module: 'src/zookeeper/setting-names.ts', numbers: 2, read: text => ({ ZOOKEEPER_SETTINGS: zooKeeperNames(text) }) },
};

/** Former names that PostgreSQL accepts without listing them: `map_old_guc_names` in guc.c. */
const FORMER = ['sort_mem', 'vacuum_mem'];
const FORMER_NAMES: { readonly [name: string]: string } = { ssl_groups: 'ssl_ecdh_curve' };

function postgresNames(text: string): string[] {
  const names = text.trim().toLowerCase().split(/\s+/);
  return [...names, ...FORMER, ...names.flatMap(name => FORMER_NAMES[name] ?? [])];
}

/** The options, and the variables in the table after them, with `_` instead of `-`. */
function optionNames(text: string): string[] {
  const [options, variables] = text.split(/^Variables \(--variable-name=value\)$/m);
  const [table] = variables.split(/^-+ -+$/m)[1].split('\n\n');
  return [...options.matchAll(/^ {2}(?:-., )?--([A-Za-z][\w-]*)/gm), ...table.matchAll(/^([A-Za-z][\w-]*) /gm)]
    .map(([, name]) => name.toLowerCase().replace(/-/g, '_'));
}

/** Lines such as `broker log.retention.hours` and `topic retention.ms`. */
function kafkaNames(text: string): { readonly [table: string]: string[] } {
  const of = (kind: string) => [...text.matchAll(new RegExp(`^${kind} (\\S+)$`, 'gm'))].map(([, name]) => name);
  return { KAFKA_SETTINGS: of('broker'), TOPIC_SETTINGS: of('topic') };
}

/** The names and alternative names in the source, or every other line of the answer, which are names and values. */
function directiveNames(text: string): string[] {
  const source = [...text.matchAll(/\bcreate\w+Config\("([^"]+)",\s*(?:NULL|"([^"]+)")/g)];
  return source.length > 0 ? source.flatMap(([, name, alias]) => [name, ...alias === undefined ? [] : [alias]])
    : text.split('\n').filter((line, i) => i % 2 === 0 && line !== '');
}

/**
 * The keys of `zoo.cfg` that are not Java properties, and the properties without the prefix `zookeeper.`, which they do not need there. The
 * guide also lists commands, whose names are lower case.
 */
function zooKeeperNames(text: string): string[] {
  return [/\bkey\.equals\("([\w.]+)"\)/g, /\*\*zookeeper\.([\w.]*\w)\*\*/g, /"zookeeper\.([\w.]*\w)"/g, /^\* \*(?:zookeeper\.)?(\w*[A-Z.][\w.]*\w)\*/gm]
    .flatMap(pattern => [...text.matchAll(pattern)].map(([, name]) => name));
}

/**
 * The table with the names of a release, which replace those of its line. A setting that an older and a newer line have is also in the lines
 * between: their names can be from an earlier patch release, or from a build without it.
 */
export function withRelease(table: SettingTable, release: string, numbers: 1 | 2, names: readonly string[]): SettingTable {
  const line = lineOf(release, numbers);
  const releases = [...table.releases.filter(known => lineOf(known, numbers) !== line), release].sort(byNumber);
  const ordered = releases.map(known => lineOf(known, numbers));
  const lines = new Map(ordered.map(known => [known, known === line ? new Set(names) : settingsOf(table, '', known)?.names]));
  const groups = new Map<string, string[]>();
  for (const name of [...new Set([...lines.values()].flatMap(set => [...set ?? []]))].sort()) {
    const found = ordered.filter(known => lines.get(known)?.has(name));
    const having = ordered.slice(ordered.indexOf(found[0]), ordered.indexOf(found[found.length - 1]) + 1).join(' ');
    groups.set(having, [...groups.get(having) ?? [], name]);
  }
  const widest = [...groups].sort(([a], [b]) => b.split(' ').length - a.split(' ').length || byNumber(a, b));
  return { releases, names: widest.map(([having, group]) => [having, group.join(' ')]) };
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

type Tables = { readonly [name: string]: SettingTable };

/** The text of a module of tables. */
export function renderTables({ name, module }: Product, tables: Tables): string {
  const [first] = Object.values(tables);
  const kit = path.posix.relative(path.posix.dirname(module), 'src/kit/listed-settings');
  return [
    `// Generated from ${name} ${first.releases.join(', ')} by “npm run setting-names”. Do not edit.`,
    `import type { SettingTable } from '${kit}';`,
    ...Object.entries(tables).flatMap(([constant, { releases, names }]) => [
      '',
      `export const ${constant}: SettingTable = {`,
      `  releases: [${releases.map(release => `'${release}'`).join(', ')}],`,
      '  names: [',
      ...names.flatMap(([lines, text]) => [`    ['${lines}', \``, ...wrapped(text.trim().split(/\s+/)).map(line => `      ${line}`), '    `],']),
      '  ],',
      '};',
    ]),
    '',
  ].join('\n');
}

function wrapped(words: readonly string[]): string[] {
  return words.reduce<string[]>((lines, word) => {
    const [last] = lines.slice(-1);
    return last === undefined || last.length + word.length > 140 ? [...lines, word] : [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

/** The tables as they are; a product that is new has none. */
export function tablesOf({ module }: Product): Tables {
  const file = path.join(ROOT, module);
  return fs.existsSync(file) ? { ...createRequire(__filename)(file) as Tables } : {};
}

if (require.main === module) {
  const [product, release, file] = process.argv.slice(2);
  if (product === undefined) {
    for (const known of Object.values(PRODUCTS)) fs.writeFileSync(path.join(ROOT, known.module), renderTables(known, tablesOf(known)));
  } else {
    const known = PRODUCTS[product];
    if (known === undefined || release === undefined || file === undefined) {
      throw new Error(`usage: npm run setting-names -- ${Object.keys(PRODUCTS).join('|')} <release> <file>`);
    }
    const tables = tablesOf(known);
    const read = Object.entries(known.read(fs.readFileSync(file, 'utf8')));
    const changed = read.map(([constant, names]): [string, SettingTable] =>
      [constant, withRelease(tables[constant] ?? { releases: [], names: [] }, release, known.numbers, names)]);
    fs.writeFileSync(path.join(ROOT, known.module), renderTables(known, Object.fromEntries(changed)));
  }
}
