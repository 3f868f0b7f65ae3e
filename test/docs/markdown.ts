import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const root = join(__dirname, '../..');

/** A heading of a page, with the text below it up to the next heading of the same or a higher level. */
export interface Section {
  readonly heading: string;
  readonly text: string;
}

/** A page of the repository, by its path. */
export function readPage(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The README, CONTRIBUTING and all pages of docs/, the generated reference included. */
export function allPages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', ...docs.map(file => join('docs', file)).sort()];
}

/** The sections of a page, in their order; lines of code blocks are not headings. */
export function sectionsOf(page: string): Section[] {
  const lines = page.split('\n');
  const levels = levelsOf(lines);
  return lines.flatMap((line, at) => {
    const level = levels[at];
    if (level === 0) return [];
    const end = levels.findIndex((other, index) => index > at && other !== 0 && other <= level);
    return [{ heading: line.slice(level).trim(), text: lines.slice(at + 1, end === -1 ? undefined : end).join('\n') }];
  });
}

/** The anchor that GitHub gives to a heading. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[^\p{L}\p{N}_ -]/gu, '').replace(/ /g, '-');
}

/** For each line the level of the heading that it is, 0 for all others. */
function levelsOf(lines: string[]): number[] {
  let inCode = false;
  return lines.map(line => {
    if (/^\s*```/.test(line)) inCode = !inCode;
    return inCode ? 0 : /^(#+) /.exec(line)?.[1].length ?? 0;
  });
}
