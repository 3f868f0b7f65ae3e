/** What is wrong with a value, and where in what was given: `storage.size`, `containers[1].image`. */
export interface Problem {
  readonly path: string;
  readonly got: unknown;
  readonly expected: string;
  readonly hint?: string;
}

/** The same problem, seen from the value that has the wrong one as its property `name`. */
export function within(name: string, problem: Problem): Problem {
  const { path } = problem;
  const key = /^[\w$-]*$/.test(name) ? name : `['${name}']`;
  return { ...problem, path: path === '' || path.startsWith('[') ? `${key}${path}` : `${key}.${path}` };
}

/** The same, seen from the list that has the wrong value at an index. */
export function withinList(index: number, problem: Problem): Problem {
  const { path } = problem;
  return { ...problem, path: path === '' || path.startsWith('[') ? `[${index}]${path}` : `[${index}].${path}` };
}
