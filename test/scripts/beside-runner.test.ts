import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const folder = join(__dirname, '..');
const filesOf = (suite: string) => readdirSync(join(folder, suite), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts')).map(file => join(folder, suite, file));
const beside = ['api', 'cluster'].flatMap(filesOf).map(path => ({ file: relative(folder, path), text: readFileSync(path, 'utf8') }))
  .filter(({ text }) => text.startsWith('/** @beside-others */\n'));

/** Test files run beside each other if they say that they can: see test/support/beside-runner.js. */
test('some test files run beside others', () => {
  expect(beside.map(({ file }) => file)).toEqual(expect.arrayContaining(['api/properties/storage.test.ts', 'cluster/backup.test.ts']));
});

test.each(beside)('$file changes nothing that others share: neither nodes nor kinds', ({ text }) => {
  expect(text).not.toMatch(/node-power|\.drain\(|cordon|snapshot-kinds|VolumeSnapshot/);
});
