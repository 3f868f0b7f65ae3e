import { isDeepStrictEqual } from 'node:util';
import { Manifest } from '../test/support/manifest';

/** What a change of an object does to what runs. */
export interface Effect {
  /** Such as `StatefulSet/orders`. */
  readonly object: string;
  /**
   * `refused`: the API server refuses the change · `rolls`: every Pod is replaced · `removed` and `added`: the object goes or comes ·
   * `changed`: in place.
   */
  readonly effect: 'refused' | 'rolls' | 'removed' | 'added' | 'changed';
  /** The fields that differ, such as `spec.template`. */
  readonly fields: string[];
}

/** The fields of a spec that may change in a running object, where the others may not. */
const MUTABLE: { readonly [kind: string]: readonly string[] } = {
  StatefulSet: ['replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds', 'revisionHistoryLimit'],
};

/** What applying `after` over a running `before` does, object by object. */
export function upgradeEffects(before: Manifest[], after: Manifest[]): Effect[] {
  const [old, young] = [before, after].map(manifests => new Map(manifests.map(manifest => [titleOf(manifest), manifest])));
  return [...new Set([...old.keys(), ...young.keys()])].sort().flatMap((object): Effect[] => {
    const [was, is] = [old.get(object), young.get(object)];
    if (was === undefined) return [{ object, effect: 'added', fields: [] }];
    if (is === undefined) return [{ object, effect: 'removed', fields: [] }];
    const fields = differences(was, is);
    return fields.length === 0 ? [] : [{ object, effect: effectOf(was, fields), fields }];
  });
}

/** Files belong to a revision: those of another content are another object, but the same thing to a reader. */
function titleOf({ kind, metadata: { name } }: Manifest): string {
  return `${kind}/${name}`;
}

function differences(was: Manifest, is: Manifest): string[] {
  const keys = (...objects: object[]) => [...new Set(objects.flatMap(Object.keys))].sort();
  const [before, after]: Record<string, unknown>[] = [was, is].map(object => ({ ...object }));
  return keys(before, after).flatMap(key => {
    const [a, b] = [before[key], after[key]];
    if (isDeepStrictEqual(a, b)) return [];
    if (!isObject(a) || !isObject(b)) return [key];
    return keys(a, b).filter(field => !isDeepStrictEqual(a[field], b[field])).map(field => `${key}.${field}`);
  });
}

function effectOf({ kind, immutable }: Manifest, fields: string[]): Effect['effect'] {
  const specs = fields.filter(field => field.startsWith('spec.')).map(field => field.slice('spec.'.length));
  const mutable = MUTABLE[kind];
  if (immutable === true && fields.some(field => field.startsWith('data'))) return 'refused';
  if (mutable !== undefined && specs.some(field => !mutable.includes(field))) return 'refused';
  if (kind === 'Job' && specs.includes('template')) return 'refused';
  return specs.includes('template') ? 'rolls' : 'changed';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
