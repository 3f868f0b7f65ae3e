import { createHash } from 'crypto';
import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/**
 * The id of the cluster of this name in this namespace: 16 bytes in base64url, as Kafka's own ids, and it never changes.
 */
export function deriveClusterId(namespace: string | undefined, name: string): string {
  const bytes = createHash('sha256').update(`${namespace ?? ''}/${name}`).digest().subarray(0, 16);
  bytes[0] %= 0x80; // so that it begins with a letter: Kafka's tools would take '-' for an option
  return bytes.toString('base64url');
}

/** Throws unless Kafka takes this for a cluster id. */
export function requireClusterId(where: IConstruct, id: string): string {
  if (!/^[A-Za-z0-9_][-A-Za-z0-9_]{21}$/.test(id)) {
    throw invalid(where, {
      property: 'clusterId',
      got: id,
      expected: "22 characters of base64url (letters, digits, '-', '_'), not beginning with '-'",
      hint: "The file meta.properties on a broker's volume has that of an existing cluster.",
    });
  }
  return id;
}
