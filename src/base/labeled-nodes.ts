import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid } from './errors';

/** Throws if a node selector has no labels: the API server accepts it, but no node matches. */
export function requireNodeLabels(where: IConstruct | string, property: string, { labelSelector }: kplus.LabeledNode): void {
  if (labelSelector.length > 0) return;
  throw invalid(where, { property, got: 'kplus.Node.labeled()', expected: 'nodes with labels', hint: 'Without labels, no node matches.' });
}
