import { Lazy } from 'cdk8s';

/** The result for a value that only cdk8s can render. */
export const NOT_PLAIN = Symbol('not plain');

/**
 * What cdk8s renders of plain data: without undefined and null, with sorted keys and the values of Lazies. cdk8s does the same in two passes, and
 * calls every resolver for every value.
 */
export function plainJson(value: unknown): unknown {
  if (value === null) return undefined;
  switch (typeof value) {
    case 'string': case 'number': case 'boolean': case 'undefined': return value;
    case 'object': return objectJson(value);
    default: return NOT_PLAIN;
  }
}

function objectJson(value: object): unknown {
  if (Array.isArray(value)) return listJson(value);
  if (value instanceof Lazy) return plainJson(value.produce());
  return isPlainMap(value) ? mapJson(value) : NOT_PLAIN;
}

function listJson(values: readonly unknown[]): unknown {
  const list = values.map(plainJson);
  return list.includes(NOT_PLAIN) ? NOT_PLAIN : list;
}

function mapJson(value: { readonly [key: string]: unknown }): unknown {
  const map: { [key: string]: unknown } = {};
  for (const key of sortedKeys(value)) {
    // cdk8s takes an object with such a key for something else, or loses it.
    if (key === 'constructor' || key === '__proto__') return NOT_PLAIN;
    const json = plainJson(value[key]);
    if (json === NOT_PLAIN) return NOT_PLAIN;
    if (json !== undefined) map[key] = json;
  }
  return map;
}

export function isPlainMap(value: object): value is { readonly [key: string]: unknown } {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** The keys of most objects are in order: sorting, which allocates, is for the others. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  return keys.every((key, i) => i === 0 || keys[i - 1] < key) ? keys : keys.sort();
}
