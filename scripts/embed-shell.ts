import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * Writes, beside the shell scripts of each folder below src/, a module `shell.ts` that exports their texts: bundled apps
 * have no files to read, and jsii packs modules only. Run it after a change of a script; a test fails while it is stale.
 */
const SRC = path.join(__dirname, '../src');

/** What is said to shellcheck is of no use in a Pod. */
const SHELLCHECK = /^\s*# shellcheck /;

/** The text of `shell.ts` of each folder that has scripts, by its path. */
export function renderShellModules(): Map<string, string> {
  const scripts = fs.readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.sh')).sort();
  const modules = new Map<string, string>();
  for (const folder of new Set(scripts.map(file => path.dirname(file)))) {
    const constants = scripts.filter(file => path.dirname(file) === folder).map(file => constantOf(path.join(SRC, file)));
    modules.set(path.join(SRC, folder, 'shell.ts'), ['// Generated from the .sh files beside it by “npm run shell”. Do not edit.\n', ...constants].join('\n'));
  }
  return modules;
}

/** `prepare.sh` is exported as PREPARE_SH, a line of text a line of code, so that differences can be read. */
function constantOf(file: string): string {
  const name = path.basename(file).replace(/[-.]/g, '_').toUpperCase();
  const lines = fs.readFileSync(file, 'utf8').replace(/\n$/, '').split('\n').filter(line => !SHELLCHECK.test(line));
  return [`export const ${name} = [`, ...lines.map(line => `  ${quoted(line)},`), "].join('\\n') + '\\n';", ''].join('\n');
}

/** As the style check wants it: in single quotes, in double ones where that avoids escapes. */
function quoted(line: string): string {
  const escaped = line.replace(/\\/g, '\\\\').replace(/\t/g, '\\t');
  if (!line.includes("'")) return `'${escaped}'`;
  return line.includes('"') ? `'${escaped.replace(/'/g, "\\'")}'` : `"${escaped}"`;
}

if (require.main === module) {
  for (const [file, text] of renderShellModules()) fs.writeFileSync(file, text);
}
