import { Lazy } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { labelsOf, podsAsPeers, type PodSelector, PolicyRules } from './policy-rules';
import { DNS_PORTS } from '../base/dns-ports';
import { conflict } from '../base/errors';
import { INSTANCE_LABEL } from '../base/labels';
import { ownObject } from '../base/own-object';
import { takeName } from '../base/taken-names';

const clients = new WeakMap<kplus.AbstractPod, ClientEgress>();

/**
 * The grants of a workload, and the NetworkPolicy that restricts its egress to them once a grant requests it. The
 * policy has a rule for every grant, made before or after, so that the client can use all of them.
 */
export class ClientEgress {
  /** The egress of a client, shared by all grants. */
  public static of(client: kplus.AbstractPod): ClientEgress {
    const egress = clients.get(client) ?? new ClientEgress(client);
    clients.set(client, egress);
    return egress;
  }

  private readonly rules = new PolicyRules();
  private readonly servers = new Set<kplus.AbstractPod>();
  private members?: PodSelector;
  private limited = false;

  private constructor(private readonly client: kplus.AbstractPod) {}

  /** Throws if the policy of this client, which exists or, with `limit`, will be created, cannot have a rule for `server`. */
  public requireGrant(server: kplus.AbstractPod, limit: boolean): void {
    if (!this.limited && !limit) return;
    for (const pods of [...this.servers, server]) {
      requireKnownNamespaces(this.client, pods);
      if (pods.hostNetwork) {
        throw conflict(this.client, `it is granted egress to ${pods.node.path}, whose Pods use the network of their node, which NetworkPolicies cannot select`, "Omit 'egress'.");
      }
    }
    if (!this.limited) takeName(this.client, 'NetworkPolicy', this.policyName, this.client.metadata.namespace);
  }

  /** Allows egress to the client's own members, which a set needs, if it is restricted. */
  public reachMembers(members: PodSelector): void {
    this.members = members;
  }

  /** Allows egress to these ports of `server` if the client is restricted. */
  public grant(server: kplus.AbstractPod, ports: kplus.ContainerPort[]): void {
    this.servers.add(server);
    this.rules.add(podsAsPeers(server, this.client.metadata.namespace), ports);
  }

  /** Restricts the egress of the client to its grants and to DNS, which it needs to resolve their names. Idempotent. */
  public limit(): void {
    if (this.limited) return;
    const { client } = this;
    const { namespace } = client.metadata;
    const instance = client.metadata.getLabel(INSTANCE_LABEL) ?? client.name;
    ownObject(client, 'EgressPolicy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: this.policyName, namespace, instance }, {
      spec: {
        podSelector: { matchLabels: labelsOf(client) },
        policyTypes: ['Egress'],
        egress: Lazy.any({ produce: () => this.egress() }),
      },
    });
    this.limited = true;
  }

  private get policyName(): string {
    return `${this.client.name}-egress`;
  }

  private egress(): object[] {
    return [
      ...this.members === undefined ? [] : [{ to: [{ podSelector: this.members }] }],
      ...this.rules.sorted.map(({ peers, ports }) => ({ to: peers, ports })),
      { ports: DNS_PORTS },
    ];
  }
}

/** Throws unless policies of each can select Pods of the other, for which they need the name of the namespace. */
export function requireKnownNamespaces(client: kplus.AbstractPod, server: kplus.AbstractPod): void {
  const [own, theirs] = [server.metadata.namespace, client.metadata.namespace];
  if ((own === undefined) === (theirs === undefined)) return;
  throw own === undefined
    ? conflict(client, `a workload of namespace '${theirs}' is granted access to '${server.name}', whose namespace is unknown`,
      "NetworkPolicies need both: give the chart of the set a 'namespace'.")
    : conflict(client, `a workload without a namespace is granted access to '${server.name}' in namespace '${own}'`,
      "NetworkPolicies need both: give the client's chart a 'namespace'.");
}
