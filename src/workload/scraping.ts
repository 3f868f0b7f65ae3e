import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { metricsPorts, numbersOf } from './declared-ports';
import type { NetworkAccess } from './network-access';
import { type Peers, podsAsPeers, type PolicyPeer } from './policy-rules';
import type { ScrapeOptions } from './scrape-options';
import { conflict, invalid } from '../base/errors';
import { portsOf } from '../pod/ports';

/** Admits `scraper` to the metrics ports of all workloads of a construct, or throws and changes nothing. Idempotent. */
export function grantScrape(where: IConstruct, workloads: NetworkAccess[], scraper: kplus.INetworkPolicyPeer, { port }: ScrapeOptions): void {
  const granted = workloads.flatMap(access => {
    const peers = peersOf(where, scraper, access.pods);
    const ports = metricsPorts(access.pods, port);
    return ports.length === 0 ? [] : [{ access, peers, ports }];
  });
  if (granted.length === 0) throw noMetrics(where, workloads, port);
  for (const { access, peers, ports } of granted) access.admit(peers, ports);
}

function noMetrics(where: IConstruct, workloads: NetworkAccess[], port: number | undefined): Error {
  const declared = workloads.flatMap(({ pods }) => portsOf(pods));
  if (declared.length === 0) return conflict(where, 'its metrics are to be scraped, but the containers declare no ports', "Set 'ports' of a container before you grant access.");
  return invalid(where, {
    property: 'port',
    got: port,
    expected: `a declared TCP port, one of ${numbersOf(declared)}`,
    hint: port === undefined ? "Only ports named 'metrics' are found automatically." : undefined,
  });
}

/** A peer of cdk8s-plus in a policy of the namespace of `pods`. Throws if it cannot be determined what it selects. */
function peersOf(where: IConstruct, peer: kplus.INetworkPolicyPeer, { metadata: { namespace } }: kplus.AbstractPod): Peers {
  if (typeof peer?.toNetworkPolicyPeerConfig !== 'function') {
    throw invalid(where, {
      property: 'scraper',
      got: peer?.node?.path ?? peer,
      expected: 'a workload, Pods, Namespaces or an IP block of cdk8s-plus',
      hint: "Constructs of this library have it as their 'workload' or 'pod'.",
    });
  }
  if (peer instanceof kplus.AbstractPod) {
    if (namespace !== undefined && peer.metadata.namespace === undefined) {
      throw conflict(peer, `a workload without a namespace is to scrape Pods of namespace '${namespace}'`, "Set 'namespace' on its chart.");
    }
    if (peer.hostNetwork) {
      throw conflict(peer, 'it is to scrape metrics, but its Pods use the network of their node, which NetworkPolicies cannot select', 'Grant access to the addresses of the nodes instead: kplus.NetworkPolicyIpBlock.');
    }
    return podsAsPeers(peer, namespace);
  }
  const peers = rendered(peer.toNetworkPolicyPeerConfig());
  if (peers.length === 0) { // an empty list would let everybody in
    throw invalid(where, { property: 'scraper', got: peer.node.path, expected: 'a peer that selects Pods or addresses' });
  }
  return { order: `~${JSON.stringify(peers)}`, peers }; // behind those of workloads
}

function rendered({ ipBlock, podSelector }: kplus.NetworkPolicyPeerConfig): PolicyPeer[] {
  if (ipBlock !== undefined) return [{ ipBlock: { cidr: ipBlock.cidr, except: ipBlock.except } }];
  if (podSelector === undefined) return [];
  const { labelSelector, namespaces } = podSelector;
  const pods = labelSelector._toKube();
  const inNamespaces = namespaces?.labelSelector?._toKube();
  if (namespaces?.names === undefined) return [{ podSelector: pods, namespaceSelector: inNamespaces }];
  return namespaces.names.map(name => ({
    podSelector: pods,
    namespaceSelector: { ...inNamespaces, matchLabels: { ...inNamespaces?.matchLabels, [kplus.Namespace.NAME_LABEL]: name } },
  }));
}
