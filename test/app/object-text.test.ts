import { ApiObject, App, JsonPatch, Lazy } from 'cdk8s';
import fc from 'fast-check';
import { YamlText } from '../../src/app/yaml-text';
import { OwnApiObject } from '../../src/base/own-api-object';
import { ANY_RENDERING, counting, objectIn, type Rendering, RENDERINGS } from '../support/renderings';
import { StatefulApp } from 'cdk8s-stateful';

/** The text of an object, or the error. */
function written(appClass: typeof App, rendering: Rendering, objectClass = ApiObject): string {
  const app = new appClass({ resolvers: rendering.resolvers });
  objectIn(app, rendering, objectClass);
  try {
    return app.synthYaml();
  } catch (error) {
    return String(error);
  }
}

function expectSame(rendering: Rendering): void {
  const expected = written(App, rendering);
  expect(written(StatefulApp, rendering)).toBe(expected);
  expect(written(StatefulApp, rendering, OwnApiObject)).toBe(expected);
}

describe('a StatefulApp writes of an ApiObject what an App writes', () => {
  test.each(RENDERINGS)('%s', (_, rendering) => expectSame(rendering));

  test('unsorted keys', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      expectSame({ content: { data: { b: 1, a: 2 } } });
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('anything', () => fc.assert(fc.property(ANY_RENDERING, expectSame), { numRuns: 4000 }));
});

describe('Lazies of users are asked in the order of cdk8s, and once', () => {
  test.each<[string, Rendering]>([
    ['in maps and lists', counting(count => ({ content: { spec: { b: [count(), { z: count(), y: count() }], a: count() } } }))],
    ['with metadata', counting(count => ({ content: { a: count() }, metadata: { further: { a: count() } } }))],
    ['with a token', counting(count => ({ content: { spec: { a: count(), b: { resolve: () => 'value' } } } }))],
    ['with numeric keys', counting(count => ({ content: { spec: { a: count() }, data: { 1: 'x' } } }))],
  ])('%s', (_, rendering) => expect(written(StatefulApp, rendering)).toBe(written(App, rendering)));

  test('that fail only the first time', () => {
    let failed = false;
    const rendering = { content: { spec: Lazy.any({ produce: () => { if (failed) return {}; failed = true; throw new Error('no'); } }) } };
    expect(written(StatefulApp, rendering)).toContain('Failed serializing construct');
  });

  test('that change their object', () => {
    const patching = (appClass: typeof App) => {
      const app = new appClass();
      const spec = Lazy.any({ produce: () => { object.addJsonPatch(JsonPatch.add('/spec/b', 2)); return { a: 1 }; } });
      const object = objectIn(app, { content: { spec } });
      return app.synthYaml();
    };
    expect(patching(App)).toContain('b: 2');
    expect(patching(StatefulApp)).toBe(patching(App));
  });
});

test.each([
  ['an ApiObject', ApiObject, { z: [1], a: undefined }],
  ['an object of the library, with Lazies', OwnApiObject, Lazy.any({ produce: () => ({ z: [1], a: undefined }) })],
])('%s with plain content is written without rendering it first', (_, objectClass, shared) => {
  const ofRendered = jest.spyOn(YamlText.prototype, 'of');
  const text = written(StatefulApp, { content: { spec: { shared, again: shared } }, metadata: { labels: { a: 'b' }, generation: 1 } }, objectClass);
  expect(text).toContain('z:');
  expect(ofRendered).not.toHaveBeenCalled();
});
