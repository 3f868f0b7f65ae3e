import type { IConstruct } from 'constructs';
import { conflict, invalid, requireInteger } from '../../base/errors';

/** Throws unless `path` is a valid path of a file in a volume. */
export function requireFilePath(where: IConstruct | string, property: string, path: string): string {
  const parts = path.split('/');
  if (parts.includes('') || parts.includes('..') || parts[0].startsWith('..')) {
    throw invalid(where, { property, got: path, expected: "a path relative to the mount, without '..' or empty segments", hint: "For example 'tls/ca.crt'." });
  }
  return path;
}

/** Throws if two paths are the same, or if one is a directory of the other. */
export function requireDistinctFiles(where: IConstruct, paths: string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    const clash = [...seen].find(other => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    if (clash !== undefined) throw conflict(where, `the files '${clash}' and '${path}' of the volume collide`, 'Change the path of one of them.');
    seen.add(path);
  }
}

/** Throws unless `mode` is a set of file permissions, such as 0o440. */
export function requireFileMode(where: IConstruct | string, property: string, mode: number): number {
  return requireInteger(where, property, mode, 0, 0o777, 'Write it in octal: 0o440 makes files readable for owner and group.');
}
