import type { IConstruct } from 'constructs';
import { Members } from './members';
import type { StatefulWorkloadProps } from './stateful-workload-props';
import { conflict, invalid, requireInteger } from '../base/errors';
import { requirePodInput } from '../pod/pod-input';
import { ClaimRetention } from '../storage/volume-retention';

/** Throws if the properties of a set contradict each other. */
export function requireSetInput(where: IConstruct, props: StatefulWorkloadProps): void {
  requirePodInput(where, props);
  requireOwnNames(where, props);
  if (props.hostNetwork) requireOpen(where, props);
  if (props.identity?.claimNames !== undefined) {
    throw invalid(where, { property: 'identity.claimNames', got: props.identity.claimNames, expected: 'none', hint: 'The claims of a StatefulWorkload have the names that you pass to addClaim().' });
  }
  const { podManagement, identity: { podManagement: running } = {} } = props;
  if (podManagement !== undefined && running !== undefined && podManagement !== running) {
    throw conflict(where, `'podManagement' is ${podManagement}, but 'identity.podManagement' is ${running}`, 'It is immutable: set the value of the running set once.');
  }
}

/** The members of a set. Throws if both properties are set, or if parking the set would delete its data. */
export function membersOf(where: IConstruct, { members, replicas, retention }: StatefulWorkloadProps): Members {
  if (members !== undefined && replicas !== undefined) {
    throw conflict(where, "both 'members' and 'replicas' are set", "Set only one of them: 'members' includes the number.");
  }
  const found = members ?? Members.replicas(requireInteger(where, 'replicas', replicas ?? 1, 0));
  if (found.count === 0 && retention?.whenScaled === ClaimRetention.DELETE) {
    throw conflict(where, "there are no replicas, and 'retention.whenScaled' deletes the claims of removed members",
      "Parking the set would delete all of its data: omit 'retention.whenScaled'.");
  }
  return found;
}

/** The StatefulSet controller sets the hostname of each Pod to its name, and the subdomain to the governing Service. */
function requireOwnNames(where: IConstruct, { dns = {} }: StatefulWorkloadProps): void {
  for (const property of ['hostname', 'subdomain'] as const) {
    if (dns[property] === undefined) continue;
    throw invalid(where, {
      property: `dns.${property}`,
      got: dns[property],
      expected: 'none',
      hint: `Kubernetes overwrites it in the Pods of a StatefulSet: ${property === 'hostname' ? 'it is the name of the Pod' : "it is 'identity.serviceName'"}.`,
    });
  }
}

function requireOpen(where: IConstruct, { isolate, egress }: StatefulWorkloadProps): void {
  const todo = 'NetworkPolicies have no effect on the network of a node';
  if (isolate !== false) throw conflict(where, "its Pods use the network of their node, and 'isolate' is not false", `${todo}: set 'isolate: false' to confirm this.`);
  if (egress) throw conflict(where, "its Pods use the network of their node, and 'egress' is true", `${todo}: omit 'egress'.`);
}
