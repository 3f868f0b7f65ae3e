import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid } from './errors';

/** Throws unless a choice of nodes names a label: the API server takes one without, and no node matches it. */
export function requireNodeLabels(where: IConstruct | string, property: string, { labelSelector }: kplus.LabeledNode): void {
  if (labelSelector.length > 0) return;
  throw invalid(where, { property, got: 'kplus.Node.labeled()', expected: 'nodes with labels', hint: 'Without any, no node matches.' });
}
