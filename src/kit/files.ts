import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/** Contents by file name. */
export interface Files {
  readonly [name: string]: string;
}

/** The maximum size of a ConfigMap. */
const MAX_CONFIG_MAP = 2 ** 20;

/** Throws unless the files fit in one ConfigMap. */
export function requireFiles(where: IConstruct, property: string, files: Files): void {
  for (const file of Object.keys(files)) {
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(file) || file.startsWith('..') || file === '.') {
      throw invalid(where, { property, got: file, expected: "a file name of letters, digits, '-', '_' and '.'" });
    }
  }
  const contents = Object.values(files);
  // A character takes at most three bytes, so counting is for large files only.
  if (3 * sum(contents.map(({ length }) => length)) <= MAX_CONFIG_MAP) return;
  const size = sum(contents.map(content => Buffer.byteLength(content)));
  if (size > MAX_CONFIG_MAP) {
    throw invalid(where, { property, got: `${size} bytes`, expected: 'at most 1 MiB in total', hint: 'Load larger data with a client.' });
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
