import { IConstruct } from 'constructs';

/** Checks a new construct that is an object already. If that throws, the construct is not there: whoever catches has half of nothing. */
export function orNothing(construct: IConstruct, check: () => void): void {
  try {
    check();
  } catch (error) {
    construct.node.scope?.node.tryRemoveChild(construct.node.id);
    throw error;
  }
}
