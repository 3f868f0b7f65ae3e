import * as kplus from 'cdk8s-plus-28';
import { conflict } from '../base/errors';
import { numberOf } from '../pod/ports';

/** Pods by their labels, and by labels of whatever value. */
export interface PodSelector {
  readonly matchLabels: { readonly [key: string]: string };
  readonly matchExpressions?: { readonly key: string; readonly operator: 'Exists' }[];
}

/** Pods or addresses in a rule of a NetworkPolicy, as the API has them. */
export interface PolicyPeer {
  readonly podSelector?: kplus.k8s.LabelSelector;
  readonly namespaceSelector?: kplus.k8s.LabelSelector;
  readonly ipBlock?: kplus.k8s.IpBlock;
}

export interface PolicyPort {
  readonly port: number;
  readonly protocol: kplus.Protocol;
}

/** Which peers may use which ports. */
export interface PolicyRule {
  readonly peers: PolicyPeer[];
  readonly ports: PolicyPort[];
}

/** One peer, or several that are granted as one. */
export interface Peers {
  /** What rules are sorted by. The same peers have the same. */
  readonly order: string;
  readonly peers: PolicyPeer[];
}

/** The rules of a policy, one for the same peers. They render the same, in whatever order they were added. */
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

/** TCP before UDP. */
function byNumber(a: PolicyPort, b: PolicyPort): number {
  return a.port - b.port || (a.protocol < b.protocol ? -1 : 1);
}

/** The Pods of a workload as the peer in a policy of a namespace. */
export function podsAsPeers(pods: kplus.AbstractPod, policyNamespace: string | undefined): Peers {
  const { namespace } = pods.metadata;
  const matchLabels = labelsOf(pods);
  const order = `${namespace ?? ''}/${matchLabels[kplus.Pod.ADDRESS_LABEL]}`;
  if (namespace === undefined || namespace === policyNamespace) return { order, peers: [{ podSelector: { matchLabels } }] };
  return { order, peers: [{ podSelector: { matchLabels }, namespaceSelector: { matchLabels: { [kplus.Namespace.NAME_LABEL]: namespace } } }] };
}

/** The label that cdk8s-plus gives to all Pods of a workload and to no other. */
export function labelsOf(pods: kplus.AbstractPod): { [key: string]: string } {
  const address = pods.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL);
  if (address === undefined) {
    throw conflict(pods, `its Pods lack the label '${kplus.Pod.ADDRESS_LABEL}'`, 'Do not remove it: NetworkPolicies select by it.');
  }
  return { [kplus.Pod.ADDRESS_LABEL]: address };
}
