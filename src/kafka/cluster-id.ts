import { createHash } from 'crypto';
import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/** The stable id of the cluster with this name in this namespace: 16 bytes in base64url, the format that Kafka uses. */
export function deriveClusterId(namespace: string | undefined, name: string): string {
  const bytes = createHash('sha256').update(`${namespace ?? ''}/${name}`).digest().subarray(0, 16);
  bytes[0] %= 0x80; // so that the id starts with a letter: Kafka's tools would parse a leading '-' as an option
  return bytes.toString('base64url');
}

/** Throws unless Kafka accepts this as a cluster id. */
export function requireClusterId(where: IConstruct, id: string): string {
  if (!/^[A-Za-z0-9_][-A-Za-z0-9_]{21}$/.test(id)) {
    throw invalid(where, {
      property: 'clusterId',
      got: id,
      expected: "22 characters of base64url (letters, digits, '-', '_'), not starting with '-'",
      hint: "The id of an existing cluster is in the file meta.properties on a broker's volume.",
    });
  }
  return id;
}
