import { invalid } from '../base/errors';

/** Throws unless `key` is a valid key of a Secret. */
export function requireSecretKey(where: string, property: string, key: string): string {
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
    throw invalid(where, { property, got: key, expected: "the key of a Secret: letters, digits, '-', '_' and '.'" });
  }
  return key;
}
