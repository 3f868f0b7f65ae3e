import { type ApiObject, JsonPatch } from 'cdk8s';

/** Removes the chart's namespace, which cdk8s sets on every object, from a cluster-scoped one. */
export function clusterScoped<T extends ApiObject>(object: T): T {
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}
