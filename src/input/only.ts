import { structOf } from './type-texts';

const NAMES = new Map<string, ReadonlySet<string>>();

/** Returns only the properties of a struct from an object with more properties, to pass them on to a part of a product. */
export function only<T extends object>(struct: string, props: T): Partial<T> {
  const names = NAMES.get(struct) ?? new Set(structOf(struct)?.members.map(({ name }) => name));
  NAMES.set(struct, names);
  const picked: { -readonly [K in keyof T]?: T[K] } = {};
  for (const name in props) {
    if (names.has(name)) picked[name] = props[name];
  }
  return picked;
}
