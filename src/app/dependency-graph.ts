import type { IConstruct } from 'constructs';
import type { Member } from './construct-tree';

/**
 * What depends on what in an app, as cdk8s infers it: charts on those inside of them; a chart on another one if a construct of it depends on
 * one there; and each object below a construct on each object below what that depends on.
 *
 * cdk8s has an edge for each such pair of objects. Here all objects below a construct are one more vertex, a group, so that
 * the graph grows with the dependencies and not with their products.
 */
export class DependencyGraph {
  /** Returns undefined if something depends on a construct outside of the app, or outside of all charts. */
  public static of(members: readonly Member[]): DependencyGraph | undefined {
    const graph = new DependencyGraph(members);
    if (!graph.addExplicit()) return undefined;
    graph.addBetweenCharts();
    graph.addBetweenObjects();
    return graph;
  }

  /** Whether a chart depends on another one. */
  public hasDependentCharts = false;

  /** The dependencies of constructs, in the order in which they were added. */
  private readonly targets = new Map<Member, Set<Member>>();
  /** The vertices that a member's vertex points at: members below `members.length`, groups from there. */
  private readonly edges = new Map<number, number[]>();
  private readonly groups: (readonly number[])[] = [];
  private readonly groupOf = new Map<Member, number>();
  private readonly objects = new Map<Member, readonly number[]>();

  private constructor(private readonly members: readonly Member[]) {}

  /**
   * The constructs with an index from `start` to before `end`, dependencies first, and otherwise as they are in the tree;
   * undefined if they depend on each other in a cycle.
   */
  public topology(start: number, end: number): Member[] | undefined {
    if (this.edges.size === 0) return this.inTreeOrder(start, end);
    const order: Member[] = [];
    const state = new Map<number, 'open' | 'done'>();
    const depended = this.dependedOn(start, end);
    for (const root of this.inTreeOrder(start, end)) {
      if (!depended.has(root.index) && !this.visit(root.index, { start, end, state, order })) return undefined;
    }
    return order.length === end - start ? order : undefined;
  }

  /** Visits a vertex after all that it points at. Without recursion, as chains may be long. Returns false if there is a cycle. */
  private visit(root: number, { start, end, state, order }: Visit): boolean {
    const path = [{ vertex: root, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (top.next === 0) {
        if (state.get(top.vertex) === 'done') {
          path.pop();
          continue;
        }
        if (state.get(top.vertex) === 'open') return false;
        state.set(top.vertex, 'open');
      }
      const outbound = this.outbound(top.vertex);
      while (top.next < outbound.length && !this.isWithin(outbound[top.next], start, end)) top.next++;
      if (top.next < outbound.length) {
        path.push({ vertex: outbound[top.next++], next: 0 });
      } else {
        state.set(top.vertex, 'done');
        if (top.vertex < this.members.length) order.push(this.members[top.vertex]);
        path.pop();
      }
    }
    return true;
  }

  private outbound(vertex: number): readonly number[] {
    return (vertex < this.members.length ? this.edges.get(vertex) : this.groups[vertex - this.members.length]) ?? [];
  }

  private isWithin(vertex: number, start: number, end: number): boolean {
    return vertex >= this.members.length || (vertex >= start && vertex < end);
  }

  /** The vertices that another one of these constructs points at. */
  private dependedOn(start: number, end: number): Set<number> {
    const found = new Set<number>();
    for (let index = start; index < end; index++) {
      for (const vertex of this.outbound(index)) {
        if (found.has(vertex)) continue;
        found.add(vertex);
        if (vertex >= this.members.length) this.outbound(vertex).forEach(target => found.add(target));
      }
    }
    return found;
  }

  /** As the graph of cdk8s has them: it keeps constructs by their paths, and JavaScript sorts paths that are whole numbers before all others. */
  private inTreeOrder(start: number, end: number): Member[] {
    const members = this.members.slice(start, end);
    if (start > 0) return members;
    const numbered = members.filter(({ parent, construct }) => parent?.parent === undefined && isArrayIndex(construct.node.path));
    if (numbered.length === 0) return members;
    const first = new Set(numbered.sort((a, b) => Number(a.construct.node.path) - Number(b.construct.node.path)));
    return [...first, ...members.filter(member => !first.has(member))];
  }

  private addExplicit(): boolean {
    let memberOf: Map<IConstruct, Member> | undefined;
    for (const source of this.members) {
      for (const dependency of source.construct.node.dependencies) {
        memberOf ??= new Map(this.members.map(member => [member.construct, member]));
        const target = memberOf.get(dependency);
        if (target === undefined || target.chart === undefined || source.chart === undefined) return false;
        this.add(source, target);
      }
    }
    return true;
  }

  private addBetweenCharts(): void {
    const explicit = this.pairs(); // before the charts get more
    for (const member of this.members) {
      if (member.asChart !== undefined && member.parent?.asChart !== undefined) this.addChart(member.parent, member);
    }
    for (const [source, target] of explicit) {
      if (source.chart !== undefined && target.chart !== undefined && source.chart !== target.chart) this.addChart(source.chart, target.chart);
    }
  }

  private addChart(source: Member, target: Member): void {
    this.hasDependentCharts = true;
    this.add(source, target);
  }

  private addBetweenObjects(): void {
    const pairs = this.pairs();
    for (const [source, target] of pairs) this.point(source.index, target.index);
    for (const [source, target] of pairs) {
      const sources = this.objectsOf(source);
      const within = source.index < target.end && target.index < source.end;
      if (within && source.chart === target.chart) this.addEach(sources, this.objectsOf(target));
      else if (sources.length > 0) this.addGroup(sources, target);
    }
  }

  /** If one construct is below the other, its objects are among both, and none depends on itself. */
  private addEach(sources: readonly number[], targets: readonly number[]): void {
    for (const target of targets) {
      for (const source of sources) if (source !== target) this.point(source, target);
    }
  }

  private addGroup(sources: readonly number[], target: Member): void {
    let group = this.groupOf.get(target);
    if (group === undefined) {
      group = this.members.length + this.groups.push(this.objectsOf(target)) - 1;
      this.groupOf.set(target, group);
    }
    for (const source of sources) this.point(source, group);
  }

  /** The objects below a construct that are in the same chart. They are looked for once, as a construct may have thousands of dependencies. */
  private objectsOf(member: Member): readonly number[] {
    const known = this.objects.get(member);
    if (known !== undefined) return known;
    const { index, end, chart } = member;
    const found = this.members.slice(index, end).filter(below => below.object !== undefined && below.chart === chart).map(below => below.index);
    this.objects.set(member, found);
    return found;
  }

  private pairs(): [Member, Member][] {
    if (this.targets.size === 0) return [];
    return this.members.flatMap(source => [...this.targets.get(source) ?? []].map((target): [Member, Member] => [source, target]));
  }

  private add(source: Member, target: Member): void {
    const targets = this.targets.get(source);
    if (targets === undefined) this.targets.set(source, new Set([target]));
    else targets.add(target);
  }

  private point(source: number, vertex: number): void {
    const edges = this.edges.get(source);
    if (edges === undefined) this.edges.set(source, [vertex]);
    else edges.push(vertex);
  }
}

interface Visit {
  readonly start: number;
  readonly end: number;
  readonly state: Map<number, 'open' | 'done'>;
  readonly order: Member[];
}

function isArrayIndex(path: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(path) && Number(path) < 2 ** 32 - 1;
}
