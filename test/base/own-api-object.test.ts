import { ApiObject, type ApiObjectProps, App, Chart, type IResolver, JsonPatch, Lazy, type ResolutionContext } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import fc from 'fast-check';
import { OwnApiObject } from '../../src/base/own-api-object';

const HEAD = { apiVersion: 'v1', kind: 'ConfigMap' };

interface Rendering {
  readonly content: object;
  /** What happens to the object before it is rendered. */
  readonly then?: (object: ApiObject) => void;
  readonly metadata?: ApiObjectProps['metadata'];
  readonly resolvers?: IResolver[];
  readonly patches?: JsonPatch[];
}

/** What an object renders to, with the order of its keys, or the error. */
function rendered(objectClass: typeof ApiObject, { content, metadata, then, resolvers, patches = [] }: Rendering): string {
  const chart = new Chart(new App({ resolvers }), 'chart', { namespace: 'shop', labels: { team: 'a' } });
  const object = new objectClass(chart, 'Object', { ...HEAD, metadata, ...content });
  object.addJsonPatch(...patches);
  then?.(object);
  try {
    return JSON.stringify(object.toJson(), (_, value: unknown) => value === undefined ? 'undefined' : value);
  } catch (error) {
    return String(error);
  }
}

function expectSame(rendering: Rendering): void {
  expect(rendered(OwnApiObject, rendering)).toBe(rendered(ApiObject, rendering));
}

class Shouting implements IResolver {
  public resolve(context: ResolutionContext): void {
    if (context.value === 'quiet') context.replaceValue('LOUD');
  }
}

describe('an object of the library renders to what an ApiObject renders to', () => {
  test.each<[string, object]>([
    ['maps and lists', { spec: { b: [1, { z: 1, a: 2 }], a: {} }, data: {}, list: [] }],
    ['undefined and null', { spec: { a: undefined, b: null, c: [undefined, null, { d: null }] }, immutable: false, count: 0, text: '' }],
    ['Lazies', { spec: Lazy.any({ produce: () => ({ b: Lazy.any({ produce: () => [Lazy.any({ produce: () => undefined }), 1] }), a: 'x' }) }) }],
    ['keys in the place of the metadata', { spec: { metadata: { name: 'x', creationTimestamp: undefined } } }],
    ['quantities and ports', { spec: { size: kplus.k8s.Quantity.fromString('1Gi'), port: kplus.k8s.IntOrString.fromNumber(80) } }],
    ['tokens', { spec: { token: { resolve: () => 'value' } } }],
    ['keys like those of objects', { data: { constructor: 'a', b: 'c' } }],
    ['keys like a prototype', { data: JSON.parse('{ "__proto__": { "a": 1 }, "b": 2 }') as object }],
    ['numeric keys', { data: { 10: 'a', 9: 'b', a: 'c', 1: 'd' } }],
    ['objects without a prototype', { data: Object.assign(Object.create(null) as object, { a: 1 }) }],
    ['objects of a class', { data: new Date(0) }],
    ['functions', { data: () => 1 }],
    ['errors', { spec: Lazy.any({ produce: () => { throw new Error('no'); } }) }],
    ['no kind', { kind: undefined }],
    ['an object twice', (shared => ({ a: shared, b: [shared] }))({ c: 1 })],
  ])('%s', (_, content) => expectSame({ content }));

  test('its own metadata', () => {
    expectSame({ content: {}, metadata: { name: 'x', namespace: 'other', labels: { b: 'c' }, annotations: {}, finalizers: ['f'], generation: 1 } });
    expectSame({ content: {}, metadata: {} });
  });

  test('metadata that is added', () => expectSame({
    content: {},
    metadata: { labels: { b: 'c' }, annotations: { z: '1' } },
    then: ({ metadata }) => {
      metadata.addLabel('a', 'x');
      metadata.addAnnotation('a', 'y');
      metadata.addFinalizers('f', 'g');
      metadata.addOwnerReference({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' });
      metadata.add('generateName', 'x-');
    },
  }));

  test('metadata that is empty', () => expectSame({
    content: {}, metadata: { a: [], b: {}, c: [{}, [], { d: [] }, null], e: { f: {} }, g: null, h: Lazy.any({ produce: () => ({}) }) },
  }));

  test.each<[string, (object: ApiObject) => void]>([
    ['rendered by themselves', ({ metadata }) => Object.assign(metadata, { toJson: () => ({ name: 'other' }) })],
    ['kept elsewhere', ({ metadata }) => Object.assign(metadata, { labels: undefined, tags: { a: 'b' } })],
  ])('metadata that are %s', (_, then) => expectSame({ content: {}, metadata: { labels: { a: 'b' } }, then }));

  test('JSON patches', () => expectSame({ content: { data: { a: 'b' } }, patches: [JsonPatch.replace('/data/a', 'c'), JsonPatch.remove('/metadata/namespace')] }));

  test('resolvers of the app', () => {
    const rendering = { content: { data: { a: 'quiet' } }, resolvers: [new Shouting()] };
    expect(rendered(OwnApiObject, rendering)).toContain('LOUD');
    expectSame(rendering);
  });

  test('unsorted keys', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      expectSame({ content: { data: { b: 1, a: 2 } } });
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  const anything = (...notKeys: string[]) => fc.dictionary(
    fc.string({ minLength: 1, maxLength: 5 }).filter(key => ![...notKeys, 'constructor', '__proto__'].includes(key)),
    fc.anything({ withDate: true, withMap: true, withNullPrototype: true, withBigInt: false, withSparseArray: true, maxDepth: 4 }),
    { maxKeys: 5 },
  );

  test('anything', () => fc.assert(fc.property(anything('apiVersion', 'kind', 'metadata'), content => expectSame({ content })), { numRuns: 2000 }));

  test('any metadata', () => fc.assert(fc.property(anything('name', 'labels'), metadata => expectSame({ content: {}, metadata })), { numRuns: 2000 }));
});
