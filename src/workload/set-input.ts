import type { IConstruct } from 'constructs';
import { Members } from './members';
import type { StatefulWorkloadProps } from './stateful-workload-props';
import { conflict, invalid, requireInteger } from '../base/errors';
import { requirePodInput } from '../pod/pod-input';
import { ClaimRetention } from '../storage/volume-retention';

/** Throws unless these properties of a set can hold together. */
export function requireSetInput(where: IConstruct, props: StatefulWorkloadProps): void {
  requirePodInput(where, props);
  requireOwnNames(where, props);
  if (props.hostNetwork) requireOpen(where, props);
  if (props.identity?.claimNames !== undefined) {
    throw invalid(where, { property: 'identity.claimNames', got: props.identity.claimNames, expected: 'none', hint: 'The claims of a StatefulWorkload have the names that addClaim() is given.' });
  }
  const { podManagement, identity: { podManagement: running } = {} } = props;
  if (podManagement !== undefined && running !== undefined && podManagement !== running) {
    throw conflict(where, `'podManagement' is ${podManagement}, but 'identity.podManagement' is ${running}`, 'Give what the running set has, once: it is immutable.');
  }
}

/** The members of a set. Throws if they are given twice, or if parking the set would delete its data. */
export function membersOf(where: IConstruct, { members, replicas, retention }: StatefulWorkloadProps): Members {
  if (members !== undefined && replicas !== undefined) {
    throw conflict(where, "both 'members' and 'replicas' are given", "Give one: 'members' says what 'replicas' says and more.");
  }
  const found = members ?? Members.replicas(requireInteger(where, 'replicas', replicas ?? 1, 0));
  if (found.count === 0 && retention?.whenScaled === ClaimRetention.DELETE) {
    throw conflict(where, "there are no replicas, and 'retention.whenScaled' deletes the claims of members that are scaled away",
      "A parked set would lose all its data: leave 'retention.whenScaled' out.");
  }
  return found;
}

/** The StatefulSet controller gives each Pod its own name for a hostname, and the governing Service for a subdomain. */
function requireOwnNames(where: IConstruct, { dns = {} }: StatefulWorkloadProps): void {
  for (const property of ['hostname', 'subdomain'] as const) {
    if (dns[property] === undefined) continue;
    throw invalid(where, {
      property: `dns.${property}`,
      got: dns[property],
      expected: 'none',
      hint: `Kubernetes overwrites it in the Pods of a StatefulSet: ${property === 'hostname' ? 'each is called by its own name' : "it is 'identity.serviceName'"}.`,
    });
  }
}

function requireOpen(where: IConstruct, { isolate, egress }: StatefulWorkloadProps): void {
  const todo = 'NetworkPolicies have no effect on the network of a node, which is open to whoever reaches the node';
  if (isolate !== false) throw conflict(where, "its Pods use the network of their node, and 'isolate' is not false", `${todo}: say so by 'isolate: false'.`);
  if (egress) throw conflict(where, "its Pods use the network of their node, and 'egress' is true", `${todo}: leave 'egress' out.`);
}
