import { Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { GrantOptions } from './grant-options';
import { DNS_PORTS } from '../base/dns-ports';
import { conflict } from '../base/errors';
import { ownObject, type OwnObject } from '../base/own-object';
import { numberOf } from '../pod/ports';
import { RenderedStatefulSet } from '../pod/rendered-stateful-set';

/** What one client was granted. */
interface Grant {
  readonly client: kplus.AbstractPod;
  /** By number and protocol. */
  readonly ports: Map<string, Port>;
  /** Whether the client has a policy that lets it out. */
  egress: boolean;
}

/** The parts of a NetworkPolicy, as the API has them. */
interface Peer {
  readonly podSelector: PodSelector;
  readonly namespaceSelector?: LabelSelector;
}
interface Port {
  readonly port: number;
  readonly protocol: kplus.Protocol;
}
interface LabelSelector {
  readonly matchLabels: { [key: string]: string };
}
/** By labels, and by labels of whatever value. */
export interface PodSelector {
  readonly matchLabels: { readonly [key: string]: string };
  readonly matchExpressions?: { readonly key: string; readonly operator: 'Exists' }[];
}
interface Rule {
  readonly from?: Peer[];
  readonly to?: Peer[];
  readonly ports?: Port[];
}

/** Whose NetworkPolicies. */
export interface NetworkAccessProps {
  readonly name: string;
  /** The product or set that they belong to. */
  readonly instance: string;
  readonly pods: kplus.AbstractPod;
  /** Whether the Pods reach each other, as members of a set must. */
  readonly amongThemselves: boolean;
  /**
   * What all members have in common, those of a set that is being taken over too, which have our label only once they were rolled.
   *
   * @default - our label
   */
  readonly members?: PodSelector;
  /** Whether everybody else is kept out. Clients may be let out to Pods that keep nobody out. */
  readonly isolate: boolean;
  /** Whether the Pods are let out to each other and to DNS, which limits them to that. */
  readonly letOut: boolean;
}

/**
 * The NetworkPolicies of Pods: one that lets in the members of the set and whoever was granted, and for each
 * client one, in the client's own chart and namespace, that lets it out to the set (and to DNS, without which it
 * could not find it). A client that is a set of ours has no such policy, which would cut its members off from each other,
 * unless it has one that lets its members out to each other.
 */
export class NetworkAccess {
  private readonly grants = new Map<kplus.AbstractPod, Grant>();

  public constructor(private readonly scope: Construct, private readonly props: NetworkAccessProps) {
    if (props.isolate) this.keepOut();
    if (props.letOut) this.letOutToEachOther();
  }

  /** Lets `client` reach the Pods at these ports. Idempotent. */
  public grant(client: kplus.AbstractPod, ports: kplus.ContainerPort[], { egress = true }: GrantOptions): void {
    const letsOut = egress && !(client instanceof RenderedStatefulSet && !client.limitedEgress);
    if (this.props.isolate || letsOut) this.requireKnownNamespaces(client);
    const grant = this.grants.get(client) ?? { client, ports: new Map(), egress: false };
    if (letsOut && !grant.egress) this.letOut(grant);
    this.grants.set(client, grant);
    for (const port of ports) grant.ports.set(numberOf(port), policyPort(port));
  }

  private keepOut(): void {
    const { name, pods } = this.props;
    ownObject(this.scope, 'NetworkPolicy', this.policy(name, pods.metadata.namespace), {
      spec: {
        podSelector: { matchLabels: labelsOf(pods) },
        policyTypes: ['Ingress'],
        ingress: Lazy.any({ produce: () => this.ingress() }),
      },
    });
  }

  private letOutToEachOther(): void {
    const { name, pods } = this.props;
    ownObject(this.scope, 'EgressPolicy', this.policy(`${name}-egress`, pods.metadata.namespace), {
      spec: { podSelector: { matchLabels: labelsOf(pods) }, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: this.members }] }, { ports: DNS_PORTS }] },
    });
  }

  private letOut(grant: Grant): void {
    const { client } = grant;
    const { namespace } = client.metadata;
    const name = `${client.name}-to-${this.nameFrom(namespace)}`;
    ownObject(client, `To-${this.scope.node.path}`, this.policy(name, namespace), {
      spec: {
        podSelector: { matchLabels: labelsOf(client) },
        policyTypes: ['Egress'],
        egress: Lazy.any({ produce: () => this.egress(grant) }),
      },
    });
    grant.egress = true;
  }

  private get members(): PodSelector {
    return this.props.members ?? { matchLabels: labelsOf(this.props.pods) };
  }

  private policy(name: string, namespace: string | undefined): OwnObject {
    return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name, namespace, instance: this.props.instance };
  }

  /** How the Pods are called in a namespace: as in DNS, where those of another one have its name behind theirs. */
  private nameFrom(namespace: string | undefined): string {
    const { name, pods } = this.props;
    return pods.metadata.namespace === namespace ? name : `${name}.${pods.metadata.namespace}`;
  }

  /** A policy selects Pods of another namespace by its name. */
  private requireKnownNamespaces(client: kplus.AbstractPod): void {
    const { name, pods } = this.props;
    const [own, theirs] = [pods.metadata.namespace, client.metadata.namespace];
    if ((own === undefined) === (theirs === undefined)) return;
    throw own === undefined
      ? conflict(client, `a workload of namespace '${theirs}' is granted access to '${name}', whose namespace is not known`,
        "NetworkPolicies need both: give the chart of the set a 'namespace'.")
      : conflict(client, `a workload without a namespace is granted access to '${name}' in namespace '${own}'`,
        "NetworkPolicies need both: give the client's chart a 'namespace'.");
  }

  private egress({ client, ports }: Grant): Rule[] {
    return [
      { to: [peer(this.props.pods, client)], ports: sorted(ports) },
      { ports: DNS_PORTS },
    ];
  }

  private ingress(): Rule[] {
    const { pods, amongThemselves } = this.props;
    return [
      ...amongThemselves ? [{ from: [{ podSelector: this.members }] }] : [],
      ...byPeer([...this.grants.values()]).map(({ client, ports }) => ({ from: [peer(client, pods)], ports: sorted(ports) })),
    ];
  }
}

/** `pod` as the peer of a policy that stands in the namespace of `from`. */
function peer(pod: kplus.AbstractPod, from: kplus.AbstractPod): Peer {
  const namespace = pod.metadata.namespace;
  const podSelector = { matchLabels: labelsOf(pod) };
  if (namespace === undefined || namespace === from.metadata.namespace) return { podSelector };
  return { podSelector, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** In the order of what a policy selects them by, whatever the order of the grants. */
function byPeer(grants: Grant[]): Grant[] {
  const key = ({ client }: Grant) => `${client.metadata.namespace ?? ''}/${labelsOf(client)[kplus.Pod.ADDRESS_LABEL]}`;
  return grants.sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function policyPort({ number, protocol = kplus.Protocol.TCP }: kplus.ContainerPort): Port {
  return { port: number, protocol };
}

/** In the order of their numbers, whatever the order of the grants; TCP before UDP. */
function sorted(ports: Map<string, Port>): Port[] {
  return [...ports.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

/** The label that cdk8s-plus gives to all Pods of a workload and to no other. */
function labelsOf(pod: kplus.AbstractPod): { [key: string]: string } {
  const address = pod.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL);
  if (address === undefined) {
    throw conflict(pod, `its Pods lack the label '${kplus.Pod.ADDRESS_LABEL}'`, 'Do not remove it: NetworkPolicies select by it.');
  }
  return { [kplus.Pod.ADDRESS_LABEL]: address };
}
