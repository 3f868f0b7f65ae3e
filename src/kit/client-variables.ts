import type * as kplus from 'cdk8s-plus-28';
import { conflict } from '../base/errors';
import { containersOf } from '../pod/pod-contents';

/** Environment variables by name. */
export type Variables = { [name: string]: kplus.EnvValue };

/** Throws if a client has no containers yet, or if a container has another value for one of these environment variables. */
export function requireVariables(client: kplus.AbstractPod, variables: Variables, todo: string): void {
  const containers = containersOf(client);
  if (containers.length === 0) {
    throw conflict(client, 'it is granted access before it has containers that can get the connection details', 'Add its containers first.');
  }
  for (const container of containers) {
    for (const [name, value] of Object.entries(variables)) {
      const existing = container.env.variables[name];
      if (existing !== undefined && source(existing) !== source(value)) {
        throw conflict(client, `its container '${container.name}' has another value for the variable '${name}' already`, todo);
      }
    }
  }
}

/** Sets environment variables in all containers of a client, including init containers. */
export function setVariables(client: kplus.AbstractPod, variables: Variables): void {
  for (const container of containersOf(client)) {
    ownVariables(container);
    for (const [name, value] of Object.entries(variables)) container.env.addVariable(name, value);
  }
}

/**
 * Gives a container its own copy of its variables. cdk8s-plus keeps the object that was passed in, so another container
 * with the same object, of a workload without a grant, would get the password too.
 */
function ownVariables({ env }: kplus.Container): void {
  Reflect.set(env, '_variables', env.variables);
}

function source({ value, valueFrom }: kplus.EnvValue): string {
  return JSON.stringify([value, valueFrom]);
}
