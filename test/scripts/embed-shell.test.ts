import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { renderShellModules } from '../../scripts/embed-shell';

const modules = [...renderShellModules()].map(([file, text]) => ({ file: relative(process.cwd(), file), text }));

test.each(modules)('$file has the scripts as they are: else run “npm run shell”', ({ file, text }) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test.each(modules)('$file has scripts in ASCII: their messages are readable in any locale, and V8 keeps manifests in half of the memory', ({ text }) => {
  const [, ...scripts] = text.split('\n'); // the first line is for readers of the module
  expect(scripts.filter(line => /[^\x00-\x7f]/.test(line))).toEqual([]);
});
