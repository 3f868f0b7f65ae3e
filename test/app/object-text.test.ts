import { App } from 'cdk8s';
import fc from 'fast-check';
import { YamlText } from '../../src/app/yaml-text';
import { ANY_RENDERING, objectIn, type Rendering, RENDERINGS } from '../support/renderings';
import { StatefulApp } from 'cdk8s-stateful';

/** The text of an object, or the error. */
function written(appClass: typeof App, rendering: Rendering): string {
  const app = new appClass({ resolvers: rendering.resolvers });
  objectIn(app, rendering);
  try {
    return app.synthYaml();
  } catch (error) {
    return String(error);
  }
}

function expectSame(rendering: Rendering): void {
  expect(written(StatefulApp, rendering)).toBe(written(App, rendering));
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

test('an ApiObject with plain content is written without rendering it first', () => {
  const ofRendered = jest.spyOn(YamlText.prototype, 'of');
  const shared = { z: [1], a: undefined };
  const text = written(StatefulApp, { content: { spec: { shared, again: shared } }, metadata: { labels: { a: 'b' }, generation: 1 } });
  expect(text).toContain('z:');
  expect(ofRendered).not.toHaveBeenCalled();
});
