import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { MemberGroup } from './design';
import { conflict, invalid } from '../base/errors';
import type { SetIdentity } from '../workload/set-identity';
import type { StatefulWorkloadProps } from '../workload/stateful-workload-props';

const { ORDERED_READY, PARALLEL } = kplus.PodManagementPolicy;

/**
 * The immutable fields of the set of a group, from its product and from the identity of the set to take over. Throws if
 * they contradict each other.
 */
export function identityIn(where: IConstruct, group: MemberGroup, given?: SetIdentity): Pick<StatefulWorkloadProps, 'identity' | 'podManagement'> {
  const podManagement = group.podManagement ?? PARALLEL;
  if (given === undefined) return { identity: undefined, podManagement };
  if (group.sharedLabels !== undefined) {
    throw conflict(where, "'identity' describes one set, but this product consists of several of the same kind", 'Omit it: such a product cannot take over running sets.');
  }
  const { claimNames, podManagement: running = podManagement, ...identity } = given;
  requireClaimNames(where, group, claimNames);
  if (running === ORDERED_READY && podManagement !== ORDERED_READY && group.members.count > 1) {
    throw invalid(where, {
      property: 'identity.podManagement',
      got: running,
      expected: `${podManagement}: its ${group.members.count} members must start together`,
      hint: 'Delete the set without its Pods, and let this construct create it again: see docs/taking-over-a-set.md.',
    });
  }
  return { identity, podManagement: running };
}

function requireClaimNames(where: IConstruct, { mounts }: MemberGroup, names: { [name: string]: string } = {}): void {
  const claims = mounts.filter(({ _source: source }) => source.kind === 'claim').map(({ name }) => name);
  const [unknown] = Object.keys(names).filter(name => !claims.includes(name));
  if (unknown !== undefined) throw invalid(where, { property: 'identity.claimNames', got: unknown, expected: `one of ${claims.join(', ')}, the claims of this product` });
}
