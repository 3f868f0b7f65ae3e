import { Lazy } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { ClientEgress, requireKnownNamespaces } from './client-egress';
import { requireClient } from './client-input';
import type { GrantOptions } from './grant-options';
import { labelsOf, type Peers, podsAsPeers, type PodSelector, PolicyRules } from './policy-rules';
import { conflict } from '../base/errors';
import { ownObject } from '../base/own-object';

/** Properties of network access. */
export interface NetworkAccessProps {
  /** The name of the policy. */
  readonly name: string;
  /** The product or set that the policy belongs to. */
  readonly instance: string;
  readonly pods: kplus.AbstractPod;
  /** Whether the Pods can connect to each other, as members of a set must. */
  readonly amongThemselves: boolean;
  /**
   * Selects all members, including those of a set that is being taken over, which only have the label of this library
   * once they are rolled.
   *
   * @default - the label of this library
   */
  readonly members?: PodSelector;
  /** Whether to deny all other ingress. */
  readonly isolate: boolean;
  /** Whether to restrict the egress of the Pods to each other, to DNS and to what they are granted. */
  readonly limitEgress: boolean;
}

/**
 * Network access to the Pods of a workload. A NetworkPolicy admits the members of the set and the clients that were
 * granted access, on the granted ports. For the egress of clients, see ClientEgress.
 */
export class NetworkAccess {
  public readonly pods: kplus.AbstractPod;
  private readonly rules = new PolicyRules();

  public constructor(private readonly scope: Construct, private readonly props: NetworkAccessProps) {
    this.pods = props.pods;
    if (props.isolate) this.keepOut();
    const egress = ClientEgress.of(this.pods);
    if (props.amongThemselves) egress.reachMembers(this.members);
    if (props.limitEgress) egress.limit();
  }

  /** Throws if the grant is not possible. Changes nothing. */
  public requireGrant(client: kplus.AbstractPod, options: GrantOptions): void {
    requireClient(this.scope, client);
    if (client === this.pods) throw conflict(this.scope, 'a workload is granted access to itself', 'Its members can connect to each other without a grant.');
    if (this.props.isolate) this.requireSelectable(client);
    ClientEgress.of(client).requireGrant(this.pods, options.egress ?? false);
  }

  /** Allows `client` to connect to these ports, or throws and changes nothing. Idempotent. */
  public grant(client: kplus.AbstractPod, ports: kplus.ContainerPort[], options: GrantOptions = {}): void {
    this.requireGrant(client, options);
    this.admit(podsAsPeers(client, this.pods.metadata.namespace), ports);
    const egress = ClientEgress.of(client);
    egress.grant(this.pods, ports);
    if (options.egress) egress.limit();
  }

  /** Admits `peers` on these ports, without changing anything of the peers. Idempotent. */
  public admit(peers: Peers, ports: kplus.ContainerPort[]): void {
    this.rules.add(peers, ports);
  }

  /** Policies select Pods of other namespaces by the name of the namespace, and cannot select Pods on the network of their node. */
  private requireSelectable(client: kplus.AbstractPod): void {
    requireKnownNamespaces(client, this.pods);
    if (!client.hostNetwork) return;
    throw conflict(this.scope, `${client.node.path} is granted access, but its Pods use the network of their node, which NetworkPolicies cannot select`,
      "Take it off the node's network, or let everybody in with 'isolate: false'.");
  }

  private get members(): PodSelector {
    return this.props.members ?? { matchLabels: labelsOf(this.pods) };
  }

  private keepOut(): void {
    const { name, instance } = this.props;
    ownObject(this.scope, 'NetworkPolicy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name, instance, namespace: this.pods.metadata.namespace }, {
      spec: {
        podSelector: { matchLabels: labelsOf(this.pods) },
        policyTypes: ['Ingress'],
        ingress: Lazy.any({ produce: () => this.ingress() }),
      },
    });
  }

  /** The rules; undefined if there are none, since the API server drops an empty list and every comparison with the cluster would show a change. */
  private ingress(): object[] | undefined {
    const rules = [
      ...this.props.amongThemselves ? [{ from: [{ podSelector: this.members }] }] : [],
      ...this.rules.sorted.map(({ peers, ports }) => ({ from: peers, ports })),
    ];
    return rules.length === 0 ? undefined : rules;
  }
}
