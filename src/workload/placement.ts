import type { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { type Members, MembersKind } from './members';
import { conflict, invalid, requireInteger, requireOneOf } from '../base/errors';
import { requireLabelKey } from '../base/label-syntax';
import { requireNodeLabels } from '../base/labeled-nodes';
import { checked } from '../input/check-input';

/** Options for spreading members. */
export interface SpreadOptions {
  /**
   * Whether members may share a node. With `required`, never: a member that cannot get its own node stays pending. With
   * `preferred`, only if there are not enough nodes.
   *
   * @default - 'required' for a quorum and for Kafka brokers, otherwise 'preferred'
   */
  readonly hosts?: 'required' | 'preferred';

  /**
   * Whether spreading members across the zones of the cluster is required or preferred.
   *
   * @default 'preferred'
   */
  readonly zones?: 'required' | 'preferred';

  /**
   * Whether members must be spread over other topology domains, by node label: `{ 'example.com/rack': 'preferred' }`.
   *
   * @default - none
   */
  readonly topologies?: { [nodeLabel: string]: 'required' | 'preferred' };

  /**
   * The maximum difference between the numbers of members in any two zones or other domains. At least 1.
   *
   * @default 1
   */
  readonly maxSkew?: number;
}

/** The taints that Kubernetes sets on nodes that are down or unreachable. */
const TAINTS_OF_LOST_NODES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * Where the members of a set may run. By default, members of a quorum and Kafka brokers never share a node, and other
 * members avoid it.
 *
 * Members are not evicted from a node that is down, unless `evictedAfter` is used. Eviction would not help: the member
 * cannot start elsewhere until Kubernetes knows that the old one has stopped. To move members off a lost node, mark it
 * as out of service: with the taint `node.kubernetes.io/out-of-service`, members whose volumes are not bound to the
 * node start elsewhere.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export class Placement {
  /**
   * Spreads members across nodes and zones.
   *
   * @example
   * Placement.spread({ hosts: 'required', zones: 'required' });
   *
   * @param options which rules are required
   */
  @checked
  public static spread(options: SpreadOptions = {}): Placement {
    const { hosts, zones, topologies = {} } = options;
    for (const label of Object.keys(topologies)) requireTopology(label);
    const further = Object.entries(topologies).map(([label, value]) => [`topologies.${label}`, value]);
    for (const [property, value] of [['hosts', hosts], ['zones', zones], ...further]) {
      if (value !== undefined && value !== 'required' && value !== 'preferred') {
        throw invalid('Placement.spread', { property: `${property}`, got: value, expected: "'required' or 'preferred'" });
      }
    }
    requireInteger('Placement.spread', 'maxSkew', options.maxSkew ?? 1, 1);
    return new Placement({ apart: options });
  }

  /** No rules: members may share a node. For single-node development clusters. */
  public static anywhere(): Placement {
    return new Placement({});
  }

  /**
   * Runs members only on nodes with these labels, and spreads them across those nodes as by default.
   *
   * @example
   * Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')));
   *
   * @param nodes one or more node selectors, one of which must match; throws if there are none
   */
  @checked
  public static onNodes(...nodes: kplus.LabeledNode[]): Placement {
    if (nodes.length === 0) {
      throw invalid('Placement.onNodes', { property: 'nodes', got: nodes, expected: 'at least one', hint: 'For all nodes, use Placement.spread().' });
    }
    for (const node of nodes) requireNodeLabels('Placement.onNodes', 'nodes', node);
    return new Placement({ apart: {}, nodes });
  }

  private constructor(private readonly rules: Rules) {}

  /**
   * Returns this placement, also allowing tainted nodes.
   *
   * @param nodes the the nodes whose taints the members tolerate
   */
  @checked
  public tolerating(...nodes: kplus.TaintedNode[]): Placement {
    return new Placement({ ...this.rules, taints: [...this.rules.taints ?? [], ...nodes] });
  }

  /**
   * The same placement, but members tolerate all taints with this effect, whatever their key.
   *
   * @example
   * Placement.spread().toleratingAll(kplus.TaintEffect.NO_SCHEDULE);
   *
   * @param effect the effect of the tolerated taints
   */
  @checked
  public toleratingAll(effect: kplus.TaintEffect): Placement {
    requireOneOf('Placement.toleratingAll', 'effect', effect, Object.values(kplus.TaintEffect));
    const query = kplus.NodeTaintQuery.any();
    const rendered = query._toKube();
    query._toKube = () => ({ ...rendered, effect }); // cdk8s-plus can only omit the key together with the effect
    return this.tolerating(kplus.Node.tainted(query));
  }

  /**
   * The same placement, but only on nodes that also have these labels. All of them must match, whereas one of the nodes of `onNodes` is enough.
   *
   * @example
   * Placement.spread({ hosts: 'required' }).requiring(kplus.Node.labeled(kplus.NodeLabelQuery.is('kubernetes.io/arch', 'amd64')));
   *
   * @param nodes one or more node selectors, all of which must match; throws if there are none
   */
  @checked
  public requiring(...nodes: kplus.LabeledNode[]): Placement {
    if (nodes.length === 0) throw invalid('Placement.requiring', { property: 'nodes', got: nodes, expected: 'at least one' });
    for (const node of nodes) requireNodeLabels('Placement.requiring', 'nodes', node);
    return new Placement({ ...this.rules, required: [...this.rules.required ?? [], ...nodes] });
  }

  /**
   * Returns this placement, with eviction of members from nodes that are down. An evicted Pod stays `Terminating` until
   * the node is back, and is then replaced. If several nodes were cut off, several members are replaced at once.
   *
   * @param duration the time after which members are evicted, in whole seconds
   */
  @checked
  public evictedAfter(duration: Duration): Placement {
    requireInteger('Placement.evictedAfter', 'duration in seconds', duration.toSeconds({ integral: false }), 0);
    return new Placement({ ...this.rules, evictedAfter: duration });
  }

  /**
   * Returns this placement for members that never share a node, unless it explicitly allows that.
   *
   * @internal
   */
  public _neverTwoOnANode(): Placement {
    const { apart } = this.rules;
    return apart === undefined ? this : new Placement({ ...this.rules, apart: { ...apart, hosts: apart.hosts ?? 'required' } });
  }

  /**
   * Returns this placement for members that avoid nodes with members of the same ordinal of other sets with these
   * labels.
   *
   * @internal
   */
  public _ordinalsApart(labels: { [key: string]: string }): Placement {
    return new Placement({ ...this.rules, ordinalsApart: labels });
  }

  /**
   * Applies the rules that cdk8s-plus supports to its scheduling. Must be called once.
   *
   * @internal
   */
  public _schedule(scheduling: kplus.WorkloadScheduling, members: Members): void {
    this._chooseNodes(scheduling);
    this.stayOnLostNodes(scheduling);
    const { apart } = this.rules;
    if (apart === undefined) return; // a single member gets its rules too, so that adding members does not roll it
    const hosts = apart.hosts ?? (members.kind === MembersKind.QUORUM ? 'required' : 'preferred');
    scheduling.spread({ topology: kplus.Topology.HOSTNAME, weight: hosts === 'required' ? undefined : 100 });
  }

  /**
   * Applies the node selectors and tolerations, the only rules for Pods that are not members. Must be called once.
   *
   * @internal
   */
  public _chooseNodes(scheduling: kplus.WorkloadScheduling): void {
    for (const node of this.chosenNodes()) scheduling.attract(node);
    for (const node of this.rules.taints ?? []) scheduling.tolerate(node);
  }

  /**
   * The spread constraints, which cdk8s-plus does not support.
   *
   * @internal
   */
  public _spreadConstraints(podLabels: { [key: string]: string }): kplus.k8s.TopologySpreadConstraint[] | undefined {
    const { apart, ordinalsApart } = this.rules;
    if (apart === undefined) return undefined;
    const further = Object.entries(apart.topologies ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
    const spread = [[kplus.Topology.ZONE.key, apart.zones] as const, ...further].map(([topologyKey, rule]) => ({
      topologyKey,
      maxSkew: apart.maxSkew ?? 1,
      whenUnsatisfiable: rule === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
      labelSelector: { matchLabels: podLabels },
    }));
    if (ordinalsApart === undefined) return spread;
    return [...spread, {
      topologyKey: kplus.Topology.HOSTNAME.key,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: ordinalsApart },
      // A label of Pods of sets, enabled by default since Kubernetes 1.28. Without it, all of them are spread.
      matchLabelKeys: ['apps.kubernetes.io/pod-index'],
    }];
  }

  /** The node selector terms, one of which must match. Each includes the required labels. */
  private chosenNodes(): kplus.LabeledNode[] {
    const { nodes = [], required = [] } = this.rules;
    if (required.length === 0) return nodes;
    const all = required.flatMap(node => node.labelSelector);
    return nodes.length === 0 ? [kplus.Node.labeled(...all)] : nodes.map(node => kplus.Node.labeled(...node.labelSelector, ...all));
  }

  /** @see docs/decisions/0017-members-stay-on-lost-nodes.md */
  private stayOnLostNodes(scheduling: kplus.WorkloadScheduling): void {
    const options = { effect: kplus.TaintEffect.NO_EXECUTE, evictAfter: this.rules.evictedAfter };
    for (const taint of TAINTS_OF_LOST_NODES) scheduling.tolerate(kplus.Node.tainted(kplus.NodeTaintQuery.exists(taint, options)));
  }
}

function requireTopology(label: string): void {
  requireLabelKey('Placement.spread', 'topologies', label);
  const known = new Map([[kplus.Topology.HOSTNAME.key, 'hosts'], [kplus.Topology.ZONE.key, 'zones']]).get(label);
  if (known !== undefined) throw conflict('Placement.spread', `'topologies' names '${label}'`, `Use '${known}' instead.`);
}

/** The rules of a placement; what is undefined is not restricted. */
interface Rules {
  /** How members are spread. */
  readonly apart?: SpreadOptions;
  /** One of these must match. */
  readonly nodes?: kplus.LabeledNode[];
  /** All of these must match. */
  readonly required?: kplus.LabeledNode[];
  readonly taints?: kplus.TaintedNode[];
  readonly evictedAfter?: Duration;
  /** The labels of the sets whose members of the same ordinal avoid each other. */
  readonly ordinalsApart?: { readonly [key: string]: string };
}
