import { Lazy } from 'cdk8s';

/** The result for a value that only cdk8s can render. */
export const NOT_PLAIN = Symbol('not plain');

/** A map, before it is rendered or after. */
export interface Fields {
  readonly [key: string]: unknown;
}

/** What plain data is a part of. */
export enum Part {
  /** The metadata of an object: maps and lists that are empty are omitted. */
  METADATA,
  /** The content of any object. */
  CONTENT,
  /**
   * The content of an object of the library. Its Lazies are ours, and have the same value in any order and as often as they are asked. Those of
   * users may count or collect something, so only cdk8s asks them.
   */
  OWN_CONTENT,
}

/**
 * What cdk8s renders of plain data: without undefined and null, with sorted keys. cdk8s does the same in two passes, and calls every resolver for
 * every value.
 */
export function plainJson(value: unknown, part: Part): unknown {
  if (value === null) return undefined;
  switch (typeof value) {
    case 'string': case 'number': case 'boolean': case 'undefined': return value;
    case 'object': return objectJson(value, part);
    default: return NOT_PLAIN;
  }
}

function objectJson(value: object, part: Part): unknown {
  if (Array.isArray(value)) return listJson(value, part);
  if (isPlainMap(value)) return mapJson(value, part);
  return part === Part.OWN_CONTENT && value instanceof Lazy ? plainJson(value.produce(), part) : NOT_PLAIN;
}

function listJson(values: readonly unknown[], part: Part): unknown {
  if (part === Part.METADATA && values.length === 0) return undefined;
  const list = values.map(value => plainJson(value, part));
  return list.includes(NOT_PLAIN) ? NOT_PLAIN : list;
}

function mapJson(value: Fields, part: Part): unknown {
  const map: { [key: string]: unknown } = {};
  let isEmpty = true;
  for (const key of sortedKeys(value)) {
    if (isLostKey(key)) return NOT_PLAIN;
    const json = plainJson(value[key], part);
    if (json === NOT_PLAIN) return NOT_PLAIN;
    if (json === undefined) continue;
    map[key] = json;
    isEmpty = false;
  }
  return isEmpty && part === Part.METADATA ? undefined : map;
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
