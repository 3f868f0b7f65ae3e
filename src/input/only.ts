import { structOf } from './type-texts';

const NAMES = new Map<string, ReadonlySet<string>>();

/** The properties that a struct has, of an object that may have more: what a product passes on to one of its parts. */
export function only<T extends object>(struct: string, props: T): Partial<T> {
  const names = NAMES.get(struct) ?? new Set(structOf(struct)?.members.map(({ name }) => name));
  NAMES.set(struct, names);
  const picked: { -readonly [K in keyof T]?: T[K] } = {};
  for (const name in props) {
    if (names.has(name)) picked[name] = props[name];
  }
  return picked;
}
