import { readFileSync } from 'fs';
import { join } from 'path';

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');

/** The blocks of the README that show an example, each after a comment that names its file. */
const shown = [...read('README.md').matchAll(/<!-- (examples\/\S+) -->\n```ts\n([\s\S]*?)```/g)].map(([, file, code]) => [file, code]);

test('the README shows at least one example', () => {
  expect(shown.length).toBeGreaterThan(0);
});

test.each(shown)('the README shows %s as it is', (file, code) => {
  const withoutHeader = read(file).replace(/^\/\*[\s\S]*?\*\/\n/, '');
  expect(code).toBe(withoutHeader);
});
