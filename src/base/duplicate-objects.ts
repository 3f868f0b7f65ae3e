import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** Where the name of an object is unique, if a construct of ours took it. */
export type PlaceOf = (object: ApiObject) => IConstruct | string | undefined;

/**
 * The objects of an app that have the kind and name of one of ours, whoever made them: of two such objects the API server keeps what is applied
 * last. Ours refuse each other when they are created; these are found at synthesis only.
 */
export function duplicatesAmong(constructs: readonly IConstruct[], placeOf: PlaceOf): string[] {
  const first = new Map<string, ApiObject>();
  const alike = new Map<string, Set<ApiObject>>();
  for (const object of constructs) {
    if (!ApiObject.isApiObject(object)) continue;
    const key = `${object.kind} ${object.name}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, object);
    else alike.set(key, (alike.get(key) ?? new Set([other])).add(object));
  }
  return [...alike.values()].flatMap(objects => problemsOf([...objects], placeOf));
}

/** Objects of one kind and name are different ones in different namespaces, and in different groups of the API. */
function problemsOf(objects: ApiObject[], placeOf: PlaceOf): string[] {
  const seen = new Map<IConstruct | string, ApiObject[]>();
  return objects.flatMap(object => {
    const place = placeOf(object);
    if (place === undefined) return [];
    const there = seen.get(place) ?? [];
    seen.set(place, [...there, object]);
    const other = there.find(({ apiGroup }) => apiGroup === object.apiGroup);
    if (other === undefined) return [];
    return [`${object.node.path}: ${other.node.path} is a ${object.kind} of the name '${object.name}' too, and one would overwrite the other. Give one of them another name.`];
  });
}
