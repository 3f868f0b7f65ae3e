import type { IConstruct } from 'constructs';

/** The set that a claim template belongs to, as far as storage has to know it. */
export interface ClaimOwner extends IConstruct {
  readonly name: string;
  readonly members: { readonly count: number };
  /** The name of a member's Pod; throws beyond the last. */
  podName(index: number): string;
}
