import { existsSync } from 'fs';
import { dirname, join, normalize } from 'path';
import { allPages, anchorOf, readPage, sectionsOf } from './markdown';

/** Links between pages, and from pages to files of the repository. */
const links = allPages().flatMap(page => [...readPage(page).replace(/^```[\s\S]*?^```/gm, '').matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g)]
  .map(([, path, anchor]) => ({ page, target: path === '' ? page : normalize(join(dirname(page), path)), anchor })));

test('pages link to each other', () => {
  expect(links.length).toBeGreaterThan(100);
});

test('every link leads to a file of the repository', () => {
  expect(links.filter(({ target }) => !existsSync(join(__dirname, '../..', target)))).toEqual([]);
});

test('every anchor is a heading of its page', () => {
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (page: string) => {
    if (!anchors.has(page)) anchors.set(page, new Set(sectionsOf(readPage(page)).map(({ heading }) => anchorOf(heading))));
    return anchors.get(page)!;
  };
  expect(links.filter(({ target, anchor }) => anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor))).toEqual([]);
});
