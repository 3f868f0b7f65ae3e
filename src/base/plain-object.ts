import { type ApiObject, App, ImplicitTokenResolver, LazyResolver, NumberStringUnionResolver } from 'cdk8s';
import { isPlainMap, plainJson } from './plain-json';

/** The resolvers that every app has. */
const BUILT_IN = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];

const FIRST = ['apiVersion', 'kind', 'metadata'];

/**
 * What an ApiObject with this content renders to, in one pass; undefined if cdk8s has to render it: with JSON patches, with values other than plain data, and in an
 * app with resolvers of its own.
 */
export function plainObject(object: ApiObject, content: object): object | undefined {
  if (hasPatches(object) || process.env.CDK8S_DISABLE_SORT) return undefined;
  try {
    if (!hasOnlyBuiltInResolvers(App.of(object))) return undefined;
    const json = plainJson({ ...content, metadata: object.metadata.toJson() as object });
    return typeof json === 'object' && json !== null && isPlainMap(json) ? inOrder(json) : undefined;
  } catch {
    return undefined; // cdk8s runs into the same error, and reports it with the path of the construct.
  }
}

/** Whether an object has JSON patches, or cdk8s keeps them where we do not find them. */
function hasPatches(object: ApiObject): boolean {
  const patches: unknown = Reflect.get(object, 'patches');
  return !Array.isArray(patches) || patches.length > 0;
}

function hasOnlyBuiltInResolvers({ resolvers }: App): boolean {
  return resolvers.length === BUILT_IN.length && BUILT_IN.every((resolver, i) => resolvers[i].constructor === resolver);
}

function inOrder(json: { readonly [key: string]: unknown }): object {
  const ordered: { [key: string]: unknown } = {};
  for (const key of FIRST) if (key in json) ordered[key] = json[key];
  return Object.assign(ordered, json);
}
