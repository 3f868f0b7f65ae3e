import { readFileSync } from 'fs';
import { join } from 'path';

/** Access modes as the table of drivers in docs/storage.md writes them, in the order in which it does. */
const MODES: { [mode: string]: string } = { ReadWriteOnce: 'RWO', ReadWriteOncePod: 'RWOP', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX' };

/** Access modes of the API as the table writes them. */
export function shortModes(modes: string[]): string {
  return inOrder(modes.map(mode => MODES[mode]));
}

function inOrder(modes: string[]): string {
  return Object.values(MODES).filter(mode => modes.includes(mode)).join(' ');
}

/** The table of drivers in docs/storage.md: its cells, without notes and marks, by the name of the row. */
function documentation(): Map<string, string[]> {
  const text = readFileSync(join(__dirname, '../../docs/storage.md'), 'utf8');
  const table = /\| `Provisioner\.`[^\n]*\n[^\n]*\n((?:\|[^\n]*\n)+)/.exec(text)?.[1] ?? '';
  return new Map(table.trim().split('\n').map(line => {
    const [row, ...cells] = line.replace(/ \[\w+\]|[`\\]/g, '').split('|').map(cell => cell.trim()).slice(1, -1);
    return [row, cells];
  }));
}

/** `RWO; a, b also RWX; c not RWO` is what a cell says, and what changes under which of the conditions. After a comma or colon follow remarks. */
function parsed(cell: string) {
  const [always, ...rest] = cell.split('; ');
  const changes = rest.map(change => {
    const [, when, how, what] = /^(.+?)(?: (also|not) |: )(.+)$/.exec(change) ?? [];
    return { when: when.split(', '), how, what };
  });
  return { always: always.replace(/[,:].*/, ''), changes };
}

/** What the row says where these of its conditions hold, cell by cell. */
export function documentedCells(row: string, conditions: string[]): string {
  const cells: string[] = [];
  for (const cell of documentation().get(row) ?? []) cells.push(resolved(cell, conditions, cells[2]));
  return cells.join(' | ');
}

function resolved(cell: string, conditions: string[], same: string): string {
  const { always, changes } = parsed(cell);
  const start = always === 'the same' ? same : always === 'all' ? Object.values(MODES).join(' ') : always;
  return changes.filter(({ when }) => when.some(condition => conditions.includes(condition))).reduce((value, { how, what }) => {
    const modes = value.split(' ');
    if (how === undefined) return what;
    return inOrder(how === 'also' ? [...modes, ...what.split(' ')] : modes.filter(mode => !what.split(' ').includes(mode)));
  }, start);
}

/** The rows of the table, and under which conditions (`row: condition`) they say something else. */
export function documentedConditions(): string[] {
  return [...documentation()].flatMap(([row, cells]) => {
    const conditions = cells.flatMap(cell => parsed(cell).changes).flatMap(({ when }) => when);
    return [row, ...conditions.map(condition => `${row}: ${condition}`)];
  });
}
