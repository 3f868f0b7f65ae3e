import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict } from '../base/errors';
import { namespaceOf } from '../base/names';

/** The Secret that a client needs. */
export interface ClientSecret {
  /** The name of the product. */
  readonly product: string;
  readonly secret: kplus.ISecret;
  /** Whether the grant specifies a Secret in the client's namespace. */
  readonly given: boolean;
  /** What to do, for the error message. */
  readonly todo: string;
}

/** Throws unless the Pods of a client can read the Secret with the password. Pods can only read Secrets of their own namespace. */
export function requireReadableSecret(where: IConstruct, client: kplus.AbstractPod, { product, secret, given, todo }: ClientSecret): void {
  const [own, theirs] = [namespaceOf(where), client.metadata.namespace];
  if (own === theirs) return;
  if (own === undefined) {
    throw conflict(client, `a workload of namespace '${theirs}' is granted access to '${product}', whose namespace is unknown`, "Set 'namespace' on the chart of the database.");
  }
  if (theirs !== undefined && !given) {
    throw conflict(client, `a workload of namespace '${theirs}' cannot read the Secret '${secret.name}' of namespace '${own}'`, `Copy the Secret to '${theirs}', and specify the copy: ${todo}.`);
  }
}
