import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict } from '../base/errors';
import { namespaceOf } from '../base/names';

/** Whose Secret a client is given. */
export interface ClientSecret {
  /** The name of the product. */
  readonly product: string;
  readonly secret: kplus.ISecret;
  /** Whether the grant names a Secret of the client's own. */
  readonly given: boolean;
  /** What to do, for the message. */
  readonly todo: string;
}

/** Throws unless the Pods of a client, which read Secrets of their own namespace only, can read the one with the password. */
export function requireReadableSecret(where: IConstruct, client: kplus.AbstractPod, { product, secret, given, todo }: ClientSecret): void {
  const [own, theirs] = [namespaceOf(where), client.metadata.namespace];
  if (own === theirs) return;
  if (own === undefined) {
    throw conflict(client, `a workload of namespace '${theirs}' is granted access to '${product}', whose namespace is not known`, "Give the chart of the database a 'namespace'.");
  }
  if (theirs !== undefined && !given) {
    throw conflict(client, `a workload of namespace '${theirs}' cannot read the Secret '${secret.name}' of namespace '${own}'`, `Copy the Secret to '${theirs}' and name the copy: ${todo}.`);
  }
}
