import type { IConstruct } from 'constructs';

/** Creates or validates the child `id`. If that throws, the child is removed, which releases the names that it took. */
export function orNothing<T>(scope: IConstruct, id: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const child = scope.node.tryFindChild(id);
    if (child !== undefined) scope.node.tryRemoveChild(child.node.id);
    throw error;
  }
}
