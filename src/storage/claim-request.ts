import type { IConstruct } from 'constructs';

/** By whom a claim template was asked for, for errors: a product has other names for it than the set. */
export interface ClaimRequest {
  /** The construct whose properties the user wrote. */
  readonly by: IConstruct;
  /** What the user calls a property of the claim: `storage.size`. */
  readonly nameOf: (property: string) => string;
}
