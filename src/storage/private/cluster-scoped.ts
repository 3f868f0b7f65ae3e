import { type ApiObject, JsonPatch } from 'cdk8s';

/** Takes the chart's namespace, which cdk8s gives to every object, off one of a kind that has none. */
export function clusterScoped<T extends ApiObject>(object: T): T {
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}
