import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { FLOORS } from '../../scripts/rooms';

const root = join(__dirname, '../..');

test('every folder of src/ is a room', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name);
  expect(folders.sort()).toEqual(FLOORS.flat().sort());
});

test('the picture in CONTRIBUTING.md shows the rooms, floor by floor', () => {
  const picture = /^```text\n(base\/[\s\S]*?)^```$/m.exec(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'))?.[1] ?? '';
  const floors = picture.trimEnd().split('\n').map(line => [...line.matchAll(/\b([a-z]+)\//g)].map(([, room]) => room));
  expect(floors).toEqual(FLOORS);
});

/** What each file of src/ imports from src/, types too. */
function imports(): Map<string, string[]> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  return new Map(files.map(file => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, 'src', file), 'utf8'));
    const own = importedFiles.map(({ fileName }) => fileName).filter(name => name.startsWith('.')).map(name => join(dirname(file), name));
    return [file, own.map(name => files.includes(`${name}.ts`) ? `${name}.ts` : join(name, 'index.ts'))];
  }));
}

test('no imports go in circles, those of types, which import/no-cycle leaves out, included', () => {
  const all = imports();
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of all.get(file) ?? []) follow(next, [...path, file]);
    done.add(file);
  };
  for (const file of all.keys()) follow(file, []);
  expect(circles).toEqual([]);
});
