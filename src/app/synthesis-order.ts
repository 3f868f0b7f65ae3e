import type { ApiObject, Chart } from 'cdk8s';
import type { Member } from './construct-tree';
import { DependencyGraph } from './dependency-graph';

/** The charts of an app and their objects, in the order in which cdk8s writes them. */
export interface SynthesisOrder {
  readonly charts: readonly OrderedChart[];
  /** Whether a chart depends on another one: then the names of the files have numbers. */
  readonly hasDependentCharts: boolean;
}

/** A chart and its own objects, dependencies first. */
export interface OrderedChart {
  readonly chart: Chart;
  readonly objects: readonly ApiObject[];
}

/** The order of an app; undefined if only cdk8s can tell, because of a cycle or a dependency on something outside of the app or of all charts. */
export function synthesisOrder(members: readonly Member[]): SynthesisOrder | undefined {
  const graph = DependencyGraph.of(members);
  const all = graph?.topology(0, members.length);
  if (graph === undefined || all === undefined) return undefined;
  const charts: OrderedChart[] = [];
  for (const member of all) {
    if (member.asChart === undefined) continue;
    const inside = graph.topology(member.index, member.end);
    if (inside === undefined) return undefined;
    charts.push({ chart: member.asChart, objects: objectsOf(member, inside) });
  }
  return { charts, hasDependentCharts: graph.hasDependentCharts };
}

function objectsOf(chart: Member, members: readonly Member[]): ApiObject[] {
  const objects: ApiObject[] = [];
  for (const member of members) {
    if (member.object !== undefined && member.chart === chart) objects.push(member.object);
  }
  return objects;
}
