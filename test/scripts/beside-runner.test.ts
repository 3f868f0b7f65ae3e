import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const folder = join(__dirname, '..');
const filesOf = (suite: string) => readdirSync(join(folder, suite), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts')).map(file => join(folder, suite, file));
const files = ['api', 'cluster'].flatMap(filesOf).map(path => ({ file: relative(folder, path), text: readFileSync(path, 'utf8') }));
const that = (word: string) => files.filter(({ text }) => text.startsWith(`/** @${word} */\n`));
const [beside, inTurns] = [that('beside-others'), that('takes-turns')];

/** Test files run beside each other if they say that they can: see test/support/beside-runner.js. */
test('some test files run beside others', () => {
  expect(beside.map(({ file }) => file)).toEqual(expect.arrayContaining(['api/properties/storage.test.ts', 'cluster/backup.test.ts']));
  expect(inTurns.map(({ file }) => file)).toEqual(expect.arrayContaining(['cluster/redis.test.ts', 'cluster/storage.test.ts']));
});

test.each(beside)('$file changes nothing that others share: neither nodes nor kinds', ({ text }) => {
  expect(text).not.toMatch(/node-power|\.drain\(|cordon|keepPodsOff|snapshot-kinds|VolumeSnapshot/);
});

test.each(inTurns)('$file takes its turn to keep Pods off nodes, and powers none off', ({ text }) => {
  expect(text).not.toMatch(/node-power|cordon|snapshot-kinds|VolumeSnapshot/);
});

test.each(inTurns.filter(({ text }) => text.includes('.drain(')))('$file drains a node only in its turn', ({ text }) => {
  expect(text).toMatch(/keepPodsOff\([\s\S]*?\.drain\(/);
});
