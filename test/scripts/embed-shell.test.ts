import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { renderShellModules } from '../../scripts/embed-shell';

test.each([...renderShellModules()].map(([file, text]) => ({ file: relative(process.cwd(), file), text })))('$file has the scripts as they are: else run “npm run shell”', ({ file, text }) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});
