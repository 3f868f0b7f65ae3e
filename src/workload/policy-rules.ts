import * as kplus from 'cdk8s-plus-28';
import { conflict } from '../base/errors';
import { numberOf } from '../pod/ports';

/** Selects Pods by labels, and by labels with any value. */
export interface PodSelector {
  readonly matchLabels: { readonly [key: string]: string };
  readonly matchExpressions?: { readonly key: string; readonly operator: 'Exists' }[];
}

/** Pods or addresses in a rule of a NetworkPolicy, in the format of the API. */
export interface PolicyPeer {
  readonly podSelector?: kplus.k8s.LabelSelector;
  readonly namespaceSelector?: kplus.k8s.LabelSelector;
  readonly ipBlock?: kplus.k8s.IpBlock;
}

export interface PolicyPort {
  readonly port: number;
  readonly protocol: kplus.Protocol;
}

/** Peers and the ports that they may use. */
export interface PolicyRule {
  readonly peers: PolicyPeer[];
  readonly ports: PolicyPort[];
}

/** One or more peers that are granted access together. */
export interface Peers {
  /** The sort key of rules, which is the same for the same peers. */
  readonly order: string;
  readonly peers: PolicyPeer[];
}

/** The rules of a policy, one per set of peers. The rendered order does not depend on the order in which they were added. */
export class PolicyRules {
  private readonly rules = new Map<string, { readonly peers: PolicyPeer[]; readonly ports: Map<string, PolicyPort> }>();

  public add({ order, peers }: Peers, ports: kplus.ContainerPort[]): void {
    const rule = this.rules.get(order) ?? { peers, ports: new Map() };
    this.rules.set(order, rule);
    for (const port of ports) rule.ports.set(numberOf(port), { port: port.number, protocol: port.protocol ?? kplus.Protocol.TCP });
  }

  public get sorted(): PolicyRule[] {
    return [...this.rules]
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, { peers, ports }]) => ({ peers, ports: [...ports.values()].sort(byNumber) }));
  }
}

/** Sorts TCP before UDP. */
function byNumber(a: PolicyPort, b: PolicyPort): number {
  return a.port - b.port || (a.protocol < b.protocol ? -1 : 1);
}

/** The Pods of a workload as a peer in a policy of a namespace. */
export function podsAsPeers(pods: kplus.AbstractPod, policyNamespace: string | undefined): Peers {
  const { namespace } = pods.metadata;
  const matchLabels = labelsOf(pods);
  const order = `${namespace ?? ''}/${matchLabels[kplus.Pod.ADDRESS_LABEL]}`;
  if (namespace === undefined || namespace === policyNamespace) return { order, peers: [{ podSelector: { matchLabels } }] };
  return { order, peers: [{ podSelector: { matchLabels }, namespaceSelector: { matchLabels: { [kplus.Namespace.NAME_LABEL]: namespace } } }] };
}

/** The label that cdk8s-plus sets on the Pods of a workload only. */
export function labelsOf(pods: kplus.AbstractPod): { [key: string]: string } {
  const address = pods.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL);
  if (address === undefined) {
    throw conflict(pods, `its Pods lack the label '${kplus.Pod.ADDRESS_LABEL}'`, 'Do not remove it: NetworkPolicies select by it.');
  }
  return { [kplus.Pod.ADDRESS_LABEL]: address };
}
