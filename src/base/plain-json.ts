import { Lazy } from 'cdk8s';

/** The result for a value that only cdk8s can render. */
export const NOT_PLAIN = Symbol('not plain');

/** A map, before it is rendered or after. */
export interface Fields {
  readonly [key: string]: unknown;
}

/** Whether maps and lists that are empty are rendered. */
export enum Empty { KEPT, OMITTED }

/**
 * What cdk8s renders of plain data: without undefined and null, with sorted keys and the values of Lazies. cdk8s does the same in two passes, and
 * calls every resolver for every value.
 */
export function plainJson(value: unknown, empty = Empty.KEPT): unknown {
  if (value === null) return undefined;
  switch (typeof value) {
    case 'string': case 'number': case 'boolean': case 'undefined': return value;
    case 'object': return objectJson(value, empty);
    default: return NOT_PLAIN;
  }
}

function objectJson(value: object, empty: Empty): unknown {
  if (Array.isArray(value)) return listJson(value, empty);
  if (value instanceof Lazy) return plainJson(value.produce(), empty);
  return isPlainMap(value) ? mapJson(value, empty) : NOT_PLAIN;
}

function listJson(values: readonly unknown[], empty: Empty): unknown {
  if (empty === Empty.OMITTED && values.length === 0) return undefined;
  const list = values.map(value => plainJson(value, empty));
  return list.includes(NOT_PLAIN) ? NOT_PLAIN : list;
}

function mapJson(value: Fields, empty: Empty): unknown {
  const map: { [key: string]: unknown } = {};
  let isEmpty = true;
  for (const key of sortedKeys(value)) {
    if (isLostKey(key)) return NOT_PLAIN;
    const json = plainJson(value[key], empty);
    if (json === NOT_PLAIN) return NOT_PLAIN;
    if (json === undefined) continue;
    map[key] = json;
    isEmpty = false;
  }
  return isEmpty && empty === Empty.OMITTED ? undefined : map;
}

export function isPlainMap(value: object): value is Fields {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether cdk8s loses such a key, or takes an object with it for something else. */
export function isLostKey(key: string): boolean {
  return key === 'constructor' || key === '__proto__';
}

/** The keys of most objects are in order: sorting, which allocates, is for the others. */
export function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  for (let i = 1; i < keys.length; i++) if (keys[i - 1] > keys[i]) return keys.sort();
  return keys;
}
