import type { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { type Members, MembersKind } from './members';
import { conflict, invalid, requireInteger, requireOneOf } from '../base/errors';
import { requireLabelKey } from '../base/label-syntax';
import { requireNodeLabels } from '../base/labeled-nodes';
import { checked } from '../input/check-input';

/** How members are kept apart. */
export interface SpreadOptions {
  /**
   * Whether two members may share a node: `required` never (a member without a node of its own stays pending),
   * `preferred` if there is no other way.
   *
   * @default - what the members need: 'required' for a quorum and for the brokers of Kafka, else 'preferred'
   */
  readonly hosts?: 'required' | 'preferred';

  /**
   * Whether members must be spread over the zones of the cluster.
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
   * By how many members one zone, or other domain, may exceed another. At least 1.
   *
   * @default 1
   */
  readonly maxSkew?: number;
}

/** The taints that Kubernetes gives to a node that is down or that it cannot reach. */
const TAINTS_OF_LOST_NODES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * Where the members of a set may run. Without one, members of a quorum and brokers of Kafka never share a node, and others
 * avoid it.
 *
 * Members are not evicted from a node that is down, unless `evictedAfter` says so. An evicted member gains nothing: it cannot start
 * elsewhere before Kubernetes knows that the old one has stopped. To move a member off a node that is lost, tell
 * Kubernetes that the node is out of service: its taint `node.kubernetes.io/out-of-service` moves members whose volumes can move.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export class Placement {
  /**
   * Keep members apart.
   *
   * @example
   * Placement.spread({ hosts: 'required', zones: 'required' });
   *
   * @param options which rules are strict
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

  /** No rule: members may share a node. For development clusters of one node. */
  public static anywhere(): Placement {
    return new Placement({});
  }

  /**
   * Only on nodes with these labels; members are kept apart among them as by default.
   *
   * @example
   * Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')));
   *
   * @param nodes one or more labeled nodes, one of which must match; throws if there are none
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
   * The same placement, on tainted nodes also.
   *
   * @param nodes nodes whose taints the members tolerate
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
    query._toKube = () => ({ ...rendered, effect }); // cdk8s-plus can leave the key out only together with the effect
    return this.tolerating(kplus.Node.tainted(query));
  }

  /**
   * The same placement, but only on nodes that also have these labels. All of them must match, whereas one of the nodes of `onNodes` is enough.
   *
   * @example
   * Placement.spread({ hosts: 'required' }).requiring(kplus.Node.labeled(kplus.NodeLabelQuery.is('kubernetes.io/arch', 'amd64')));
   *
   * @param nodes one or more labeled nodes, all of which must match; throws if there are none
   */
  @checked
  public requiring(...nodes: kplus.LabeledNode[]): Placement {
    if (nodes.length === 0) throw invalid('Placement.requiring', { property: 'nodes', got: nodes, expected: 'at least one' });
    for (const node of nodes) requireNodeLabels('Placement.requiring', 'nodes', node);
    return new Placement({ ...this.rules, required: [...this.rules.required ?? [], ...nodes] });
  }

  /**
   * The same placement for members that Kubernetes evicts from a node that is down. The evicted Pod stays `Terminating` until
   * the node is back, and then is replaced: several members at once, where several nodes were cut off.
   *
   * @param duration how long the node may be down, in whole seconds
   */
  @checked
  public evictedAfter(duration: Duration): Placement {
    requireInteger('Placement.evictedAfter', 'duration in seconds', duration.toSeconds({ integral: false }), 0);
    return new Placement({ ...this.rules, evictedAfter: duration });
  }

  /**
   * The same placement for members that never share a node, unless it says that they may.
   *
   * @internal
   */
  public _neverTwoOnANode(): Placement {
    const { apart } = this.rules;
    return apart === undefined ? this : new Placement({ ...this.rules, apart: { ...apart, hosts: apart.hosts ?? 'required' } });
  }

  /**
   * The same placement for members that avoid the nodes of those of other sets that have these labels and the same ordinal.
   *
   * @internal
   */
  public _ordinalsApart(labels: { [key: string]: string }): Placement {
    return new Placement({ ...this.rules, ordinalsApart: labels });
  }

  /**
   * Writes the rules that cdk8s-plus knows into its scheduling, once.
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
   * Writes which nodes are chosen and which taints tolerated, once: all that concerns a Pod that is no member.
   *
   * @internal
   */
  public _chooseNodes(scheduling: kplus.WorkloadScheduling): void {
    for (const node of this.chosenNodes()) scheduling.attract(node);
    for (const node of this.rules.taints ?? []) scheduling.tolerate(node);
  }

  /**
   * The spread constraints, which cdk8s-plus does not know.
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
      // A label of Pods of sets, on by default since Kubernetes 1.28; without it all of them are spread.
      matchLabelKeys: ['apps.kubernetes.io/pod-index'],
    }];
  }

  /** The terms of which one must match; what must hold in any case is in each of them. */
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
  if (known !== undefined) throw conflict('Placement.spread', `'topologies' names '${label}'`, `Say it with '${known}'.`);
}

/** What a placement says; what it leaves out is not limited. */
interface Rules {
  /** How members are kept apart. */
  readonly apart?: SpreadOptions;
  /** One of these. */
  readonly nodes?: kplus.LabeledNode[];
  /** All of these. */
  readonly required?: kplus.LabeledNode[];
  readonly taints?: kplus.TaintedNode[];
  readonly evictedAfter?: Duration;
  /** The labels of the sets whose members of one ordinal avoid each other. */
  readonly ordinalsApart?: { readonly [key: string]: string };
}
