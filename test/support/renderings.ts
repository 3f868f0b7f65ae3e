import { ApiObject, type ApiObjectProps, type App, Chart, type IResolver, JsonPatch, Lazy, type ResolutionContext } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import fc from 'fast-check';

/** An object of Kubernetes, and what happens to it before it is rendered. */
export interface Rendering {
  readonly content: object;
  readonly then?: (object: ApiObject) => void;
  readonly metadata?: ApiObjectProps['metadata'];
  readonly resolvers?: IResolver[];
  readonly patches?: JsonPatch[];
}

/** Adds the object to a chart of an app. */
export function objectIn(app: App, { content, metadata, then, patches = [] }: Rendering, objectClass = ApiObject): ApiObject {
  const chart = new Chart(app, 'chart', { namespace: 'shop', labels: { team: 'a' } });
  const object = new objectClass(chart, 'Object', { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...content });
  object.addJsonPatch(...patches);
  then?.(object);
  return object;
}

class Shouting implements IResolver {
  public resolve(context: ResolutionContext): void {
    if (context.value === 'quiet') context.replaceValue('LOUD');
  }
}

/** A rendering with Lazies that count how often they are asked. */
export function counting(rendering: (count: () => Lazy) => Rendering): Rendering {
  let asked = 0;
  return { ...rendering(() => Lazy.any({ produce: () => `asked ${++asked}` })), then: () => { asked = 0; } };
}

const CONTENTS: readonly [string, object][] = [
  ['maps and lists', { spec: { b: [1, { z: 1, a: 2 }], a: {} }, data: {}, list: [] }],
  ['undefined and null', { spec: { a: undefined, b: null, c: [undefined, null, { d: null }] }, immutable: false, count: 0, text: '' }],
  ['null in lists', { spec: { a: [null, 1], b: [[null]] } }],
  ['Lazies', { spec: Lazy.any({ produce: () => ({ b: Lazy.any({ produce: () => [Lazy.any({ produce: () => undefined }), 1] }), a: 'x' }) }) }],
  ['keys in the place of the metadata', { spec: { metadata: { name: 'x', creationTimestamp: undefined } } }],
  ['quantities and ports', { spec: { size: kplus.k8s.Quantity.fromString('1Gi'), port: kplus.k8s.IntOrString.fromNumber(80) } }],
  ['tokens', { spec: { token: { resolve: () => 'value' } } }],
  ['keys like those of objects', { data: { constructor: 'a', b: 'c' } }],
  ['keys like a prototype', { data: JSON.parse('{ "__proto__": { "a": 1 }, "b": 2 }') as object }],
  ['a key like those of objects, without a value', { data: { constructor: undefined, b: 'c' } }],
  ['numeric keys', { data: { 10: 'a', 9: 'b', a: 'c', 1: 'd' } }],
  ['objects without a prototype', { data: Object.assign(Object.create(null) as object, { a: 1 }) }],
  ['objects of a class', { data: new Date(0) }],
  ['functions', { data: () => 1 }],
  ['errors', { spec: Lazy.any({ produce: () => { throw new Error('no'); } }) }],
  ['no kind', { kind: undefined }],
  ['an object twice', (shared => ({ a: shared, b: [shared] }))({ c: 1 })],
  ['an object in itself', (cycle => Object.assign(cycle, { spec: { cycle } }))({})],
];

/** Objects that something about is out of the ordinary. */
export const RENDERINGS: readonly [string, Rendering][] = [
  ...CONTENTS.map(([name, content]): [string, Rendering] => [name, { content }]),
  ['metadata of its own', { content: {}, metadata: { name: 'x', namespace: 'other', labels: { b: 'c' }, annotations: {}, finalizers: ['f'], generation: 1 } }],
  ['no metadata of its own', { content: {}, metadata: {} }],
  ['metadata that is added', {
    content: {},
    metadata: { labels: { b: 'c' }, annotations: { z: '1' } },
    then: ({ metadata }) => {
      metadata.addLabel('a', 'x');
      metadata.addAnnotation('a', 'y');
      metadata.addFinalizers('f', 'g');
      metadata.addOwnerReference({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' });
      metadata.add('generateName', 'x-');
    },
  }],
  ['metadata that is empty', { content: {}, metadata: { a: [], b: {}, c: [{}, [], { d: [] }, null], e: { f: {} }, g: null, h: Lazy.any({ produce: () => ({}) }) } }],
  ['metadata with empty maps and lists', { content: {}, metadata: { a: [], b: {}, e: { f: {}, g: [[]] }, h: { i: null } } }],
  ['metadata with a key like those of objects, with an empty value', { content: {}, metadata: { a: { constructor: [], b: 'c' } } }],
  ['metadata with null in lists', { content: {}, metadata: { a: [null], b: [1, null] } }],
  ['metadata that are rendered by themselves', {
    content: {}, metadata: { labels: { a: 'b' } }, then: ({ metadata }) => Object.assign(metadata, { toJson: () => ({ name: 'other' }) }),
  }],
  ['metadata that are rendered by themselves, without order', {
    content: {}, then: ({ metadata }) => Object.assign(metadata, { toJson: () => ({ z: Lazy.any({ produce: () => 1 }), name: 'other', b: null, a: [] }) }),
  }],
  ['no metadata at all', { content: {}, then: ({ metadata }) => Object.assign(metadata, { toJson: () => undefined }) }],
  ['metadata with Lazies', counting(count => ({ content: {}, metadata: { b: count(), a: [count()] } }))],
  ['metadata with Lazies that cdk8s has to render', counting(count => ({ content: {}, metadata: { b: count(), a: { resolve: () => 1 } } }))],
  ['metadata that are kept elsewhere', {
    content: {}, metadata: { labels: { a: 'b' } }, then: ({ metadata }) => Object.assign(metadata, { labels: undefined, tags: { a: 'b' } }),
  }],
  ['JSON patches', { content: { data: { a: 'b' } }, patches: [JsonPatch.replace('/data/a', 'c'), JsonPatch.remove('/metadata/namespace')] }],
  ['resolvers of the app', { content: { data: { a: 'quiet' } }, resolvers: [new Shouting()] }],
];

function anything(...notKeys: string[]): fc.Arbitrary<object> {
  return fc.dictionary(
    fc.string({ minLength: 1, maxLength: 5 }).filter(key => ![...notKeys, 'constructor', '__proto__'].includes(key)),
    fc.anything({ withDate: true, withMap: true, withNullPrototype: true, withBigInt: false, withSparseArray: true, maxDepth: 4 }),
    { maxKeys: 5 },
  );
}

/** Objects with any content, or any metadata. */
export const ANY_RENDERING: fc.Arbitrary<Rendering> = fc.oneof(
  anything('apiVersion', 'kind', 'metadata').map(content => ({ content })),
  anything('name', 'labels').map(metadata => ({ content: {}, metadata })),
);
