import { type ApiObject, App, ImplicitTokenResolver, LazyResolver, NumberStringUnionResolver } from 'cdk8s';
import { isPlainMap, NOT_PLAIN, type Part, plainJson } from './plain-json';
import { plainMetadata } from './plain-metadata';

/** The resolvers that every app has. */
const BUILT_IN = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];

/**
 * What an ApiObject with this content renders to, in one pass; undefined if cdk8s has to render it: with JSON patches, with values other than plain data, and in an
 * app with resolvers of its own.
 */
export function plainObject(object: ApiObject, content: object, part: Part.CONTENT | Part.OWN_CONTENT): object | undefined {
  try {
    if (hasPatches(object) || !rendersPlainly(App.of(object))) return undefined;
    const metadata = plainMetadata(object);
    if (metadata === NOT_PLAIN) return undefined;
    const json = plainJson({ ...content, metadata: undefined }, part);
    return typeof json === 'object' && json !== null && isPlainMap(json) ? inOrder(json, metadata) : undefined;
  } catch {
    return undefined; // cdk8s runs into the same error, and reports it with the path of the construct.
  }
}

/** Whether cdk8s renders plain data of an app as it always does. */
export function rendersPlainly({ resolvers }: App): boolean {
  if (process.env.CDK8S_DISABLE_SORT) return false;
  return resolvers.length === BUILT_IN.length && BUILT_IN.every((resolver, i) => resolvers[i].constructor === resolver);
}

/** Whether an object has JSON patches, or cdk8s keeps them where we do not find them. */
export function hasPatches(object: ApiObject): boolean {
  const patches: unknown = Reflect.get(object, 'patches');
  return !Array.isArray(patches) || patches.length > 0;
}

function inOrder({ apiVersion, kind, ...others }: { readonly [key: string]: unknown }, metadata: unknown): object {
  return { ...apiVersion !== undefined && { apiVersion }, ...kind !== undefined && { kind }, metadata, ...others };
}
