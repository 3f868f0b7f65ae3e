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
 * What a workload was granted, and the one NetworkPolicy that limits it to that, once somebody has asked for it. Whoever grants it access,
 * before or after, has a rule there: or the client could not use the grant.
 */
export class ClientEgress {
  /** That of a client, whoever grants it access. */
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

  /** Throws if there could be no rule for `server` in the policy of this client, which there is or, with `limit`, will be. */
  public requireGrant(server: kplus.AbstractPod, limit: boolean): void {
    if (!this.limited && !limit) return;
    for (const pods of [...this.servers, server]) {
      requireKnownNamespaces(this.client, pods);
      if (pods.hostNetwork) {
        throw conflict(this.client, `it is let out to ${pods.node.path}, whose Pods use the network of their node, which no NetworkPolicy can name`, "Leave 'egress' out.");
      }
    }
    if (!this.limited) takeName(this.client, 'NetworkPolicy', this.policyName, this.client.metadata.namespace);
  }

  /** Lets the client out to its own members, whom a set has to reach, if it is limited. */
  public reachMembers(members: PodSelector): void {
    this.members = members;
  }

  /** Lets the client out to these ports of `server` if it is limited. */
  public grant(server: kplus.AbstractPod, ports: kplus.ContainerPort[]): void {
    this.servers.add(server);
    this.rules.add(podsAsPeers(server, this.client.metadata.namespace), ports);
  }

  /** Limits the client to what it is granted, and to DNS, without which it could not find it. Idempotent. */
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

/** Throws unless a policy of the one can select Pods of the other, which it does by the name of their namespace. */
export function requireKnownNamespaces(client: kplus.AbstractPod, server: kplus.AbstractPod): void {
  const [own, theirs] = [server.metadata.namespace, client.metadata.namespace];
  if ((own === undefined) === (theirs === undefined)) return;
  throw own === undefined
    ? conflict(client, `a workload of namespace '${theirs}' is granted access to '${server.name}', whose namespace is not known`,
      "NetworkPolicies need both: give the chart of the set a 'namespace'.")
    : conflict(client, `a workload without a namespace is granted access to '${server.name}' in namespace '${own}'`,
      "NetworkPolicies need both: give the client's chart a 'namespace'.");
}
