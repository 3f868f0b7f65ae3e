import type { IConstruct } from 'constructs';

/** The set that a claim template belongs to. */
export interface ClaimOwner extends IConstruct {
  readonly name: string;
  readonly members: { readonly count: number };
  /** The name of a member's Pod. Throws if there is no such member. */
  podName(index: number): string;
}
