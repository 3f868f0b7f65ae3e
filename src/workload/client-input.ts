import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/** Throws unless `client`, which may come from a language without our types, is a workload of cdk8s-plus, as ours are not. */
export function requireClient(where: IConstruct, client: IConstruct): void {
  if (client instanceof kplus.AbstractPod) return;
  throw invalid(where, {
    property: 'client',
    got: client?.node?.path ?? client,
    expected: 'a workload of cdk8s-plus',
    hint: "A construct of ours has it as its 'workload' or 'pod'.",
  });
}
