import type { IConstruct } from 'constructs';
import { conflict, invalid, requireInteger } from '../../base/errors';

/** Throws unless `path` may name a file below the mount of a volume. */
export function requireFilePath(where: IConstruct | string, property: string, path: string): string {
  const parts = path.split('/');
  if (parts.includes('') || parts.includes('..') || parts[0].startsWith('..')) {
    throw invalid(where, { property, got: path, expected: "a path relative to the mount, without '..' and empty parts", hint: "For example 'tls/ca.crt'." });
  }
  return path;
}

/** Throws if two sources of one volume write the same file, or one a file where another has a folder. */
export function requireDistinctFiles(where: IConstruct, paths: string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    const clash = [...seen].find(other => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    if (clash !== undefined) throw conflict(where, `the files '${clash}' and '${path}' of the volume collide`, 'Give one of them another path.');
    seen.add(path);
  }
}

/** Throws unless `mode` holds file permissions, such as 0o440. */
export function requireFileMode(where: IConstruct, property: string, mode: number): number {
  return requireInteger(where, property, mode, 0, 0o777, 'Write it in octal: 0o440 lets the owner and the group read.');
}
