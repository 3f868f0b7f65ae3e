import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

/**
 * The objects of an app that have the kind and name of one of ours, whoever made them: of two such objects the API server keeps what is applied
 * last. Ours refuse each other when they are made; these are found at synthesis only.
 *
 * @param placeOf where the name of an object is unique, if a construct of ours took it
 */
export function duplicatesOf(app: IConstruct, placeOf: (object: ApiObject) => IConstruct | string | undefined): string[] {
  const seen = new Map<string, ApiObject>();
  return app.node.findAll().flatMap(object => {
    const place = ApiObject.isApiObject(object) ? placeOf(object) : undefined;
    if (!ApiObject.isApiObject(object) || place === undefined) return [];
    const { apiGroup, kind, name } = object;
    const key = [apiGroup, kind, typeof place === 'string' ? place : place.node.path, name].join(' ');
    const other = seen.get(key);
    if (other === undefined) seen.set(key, object);
    return other === undefined ? [] : [`${object.node.path}: ${other.node.path} is a ${kind} of the name '${name}' too, and one would overwrite the other. Give one of them another name.`];
  });
}
