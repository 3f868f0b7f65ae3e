/** A problem with a value, and its path in the input: `storage.size`, `containers[1].image`. */
export interface Problem {
  readonly path: string;
  readonly got: unknown;
  readonly expected: string;
  readonly hint?: string;
}

/** The same problem, with the path prefixed by the property `name`. */
export function within(name: string, problem: Problem): Problem {
  const { path } = problem;
  const key = /^[\w$-]*$/.test(name) ? name : `['${name}']`;
  return { ...problem, path: path === '' || path.startsWith('[') ? `${key}${path}` : `${key}.${path}` };
}

/** The same problem, with the path prefixed by a list index. */
export function withinList(index: number, problem: Problem): Problem {
  const { path } = problem;
  return { ...problem, path: path === '' || path.startsWith('[') ? `[${index}]${path}` : `[${index}].${path}` };
}
