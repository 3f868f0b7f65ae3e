import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { synthApp } from '../../scripts/synth-examples';

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

/** The rows of the table that compares examples with the YAML they replace. */
const compared = [...read('README.md').matchAll(/^\| \[\w+\]\(examples\/(\w+)\.ts\).*? \| (\d+) \| (\d+) lines, (\d+) objects \|/gm)]
  .map(([, example, code, lines, objects]) => ({ example, code: Number(code), lines: Number(lines), objects: Number(objects) }));

describe('the README compares', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  afterAll(() => { rmSync(folder, { recursive: true }); });

  test('several examples', () => { expect(compared.length).toBeGreaterThan(3); });

  test.each(compared)('$example by its own figures', ({ example, ...figures }) => {
    const withoutComments = read(`examples/${example}.ts`).replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
    const documents = synthApp(`examples/${example}`, join(folder, example)).flatMap(file => readFileSync(file, 'utf8').split('---\n'));
    const withoutScripts = documents.filter(document => !/^kind: ConfigMap$/m.test(document));
    expect({
      code: withoutComments.split('\n').filter(line => line.trim() !== '').length,
      lines: withoutScripts.join('').split('\n').length - 1,
      objects: documents.length,
    }).toEqual(figures);
  });
});
