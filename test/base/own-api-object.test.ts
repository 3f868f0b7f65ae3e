import { ApiObject, App } from 'cdk8s';
import fc from 'fast-check';
import { OwnApiObject } from '../../src/base/own-api-object';
import { ANY_RENDERING, objectIn, type Rendering, RENDERINGS } from '../support/renderings';

/** What an object renders to, with the order of its keys, or the error. */
function rendered(objectClass: typeof ApiObject, rendering: Rendering): string {
  const object = objectIn(new App({ resolvers: rendering.resolvers }), rendering, objectClass);
  try {
    return JSON.stringify(object.toJson(), (_, value: unknown) => value === undefined ? 'undefined' : value);
  } catch (error) {
    return String(error);
  }
}

function expectSame(rendering: Rendering): void {
  expect(rendered(OwnApiObject, rendering)).toBe(rendered(ApiObject, rendering));
}

describe('an object of the library renders to what an ApiObject renders to', () => {
  test.each(RENDERINGS)('%s', (_, rendering) => expectSame(rendering));

  test('what resolvers of the app make of it', () => {
    const [, rendering] = RENDERINGS[RENDERINGS.length - 1];
    expect(rendered(OwnApiObject, rendering)).toContain('LOUD');
  });

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
