import * as kplus from 'cdk8s-plus-28';
import { Members, MembersKind } from './members';
import { invalid, requireInteger } from '../private/errors';
import { requireNodeLabels } from '../private/labeled-nodes';

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
   * By how many members one zone may exceed another. At least 1.
   *
   * @default 1
   */
  readonly maxSkew?: number;
}

/**
 * Where the members of a set may run. Without one, members of a quorum and brokers of Kafka never share a node, and others
 * avoid it.
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
  public static spread(options: SpreadOptions = {}): Placement {
    for (const [property, value] of Object.entries({ hosts: options.hosts, zones: options.zones })) {
      if (value !== undefined && value !== 'required' && value !== 'preferred') {
        throw invalid('Placement.spread', { property, got: value, expected: "'required' or 'preferred'" });
      }
    }
    requireInteger('Placement.spread', 'maxSkew', options.maxSkew ?? 1, 1);
    return new Placement(options, [], []);
  }

  /** No rule: members may share a node. For development clusters of one node. */
  public static anywhere(): Placement {
    return new Placement(undefined, [], []);
  }

  /**
   * Only on nodes with these labels; members are kept apart among them as by default.
   *
   * @example
   * Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')));
   *
   * @param nodes one or more labeled nodes, one of which must match; throws if there are none
   */
  public static onNodes(...nodes: kplus.LabeledNode[]): Placement {
    if (nodes.length === 0) {
      throw invalid('Placement.onNodes', { property: 'nodes', got: nodes, expected: 'at least one', hint: 'For all nodes, use Placement.spread().' });
    }
    for (const node of nodes) requireNodeLabels('Placement.onNodes', 'nodes', node);
    return new Placement({}, nodes, []);
  }

  private constructor(
    private readonly apart: SpreadOptions | undefined,
    private readonly nodes: kplus.LabeledNode[],
    private readonly taints: kplus.TaintedNode[],
  ) {}

  /**
   * The same placement, on tainted nodes also.
   *
   * @param nodes nodes whose taints the members tolerate
   */
  public tolerating(...nodes: kplus.TaintedNode[]): Placement {
    return new Placement(this.apart, this.nodes, [...this.taints, ...nodes]);
  }

  /**
   * The same placement for members that never share a node, unless it says that they may.
   *
   * @internal
   */
  public _neverTwoOnANode(): Placement {
    return this.apart === undefined ? this : new Placement({ ...this.apart, hosts: this.apart.hosts ?? 'required' }, this.nodes, this.taints);
  }

  /**
   * Writes the rules that cdk8s-plus knows into its scheduling, once.
   *
   * @internal
   */
  public _schedule(scheduling: kplus.WorkloadScheduling, members: Members): void {
    this._chooseNodes(scheduling);
    if (this.apart === undefined) return; // a single member gets its rules too, so that adding members does not roll it
    const hosts = this.apart.hosts ?? (members.kind === MembersKind.QUORUM ? 'required' : 'preferred');
    scheduling.spread({ topology: kplus.Topology.HOSTNAME, weight: hosts === 'required' ? undefined : 100 });
  }

  /**
   * Writes which nodes are chosen and which taints tolerated, once: all that concerns a Pod that is no member.
   *
   * @internal
   */
  public _chooseNodes(scheduling: kplus.WorkloadScheduling): void {
    for (const node of this.nodes) scheduling.attract(node);
    for (const node of this.taints) scheduling.tolerate(node);
  }

  /**
   * The spread constraints, which cdk8s-plus does not know.
   *
   * @internal
   */
  public _spreadConstraints(podLabels: { [key: string]: string }): kplus.k8s.TopologySpreadConstraint[] | undefined {
    if (this.apart === undefined) return undefined;
    return [{
      topologyKey: kplus.Topology.ZONE.key,
      maxSkew: this.apart.maxSkew ?? 1,
      whenUnsatisfiable: this.apart.zones === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
      labelSelector: { matchLabels: podLabels },
    }];
  }
}
