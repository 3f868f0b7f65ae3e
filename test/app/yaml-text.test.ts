import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { YamlText } from '../../src/app/yaml-text';
import { AWKWARD_NUMBERS, AWKWARD_STRINGS } from '../support/awkward-scalars';
import { say } from '../support/progress';

/** How many documents have had the same text from both. */
let compared = 0;
afterAll(() => say(`compared with Yaml.stringify: ${compared} documents`));

function expectSame(...documents: unknown[]): void {
  expect(attempt(() => textOf(new YamlText(), documents))).toBe(attempt(() => Yaml.stringify(...documents)));
  compared += documents.length;
}

function textOf(text: YamlText, documents: unknown[]): string {
  return documents.map(document => text.of(document)).join('---\n');
}

function attempt(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

describe('the text of YAML is that of Yaml.stringify', () => {
  test.each(AWKWARD_STRINGS.map(text => [JSON.stringify(text).slice(0, 40), text]))('the string %s, everywhere', (_, text) => {
    expectSame({ k: text }, { [text]: 1 }, { [text]: { [text]: [text] } }, { a: [{ [text]: [] }, { [text]: {} }] });
    expectSame({ a: { [text]: text, b: [text, [text], { c: text, d: text }] } }, { a: { b: { c: { d: text, e: [[[text]]] } }, f: text } });
  });

  test.each(AWKWARD_NUMBERS)('the number %p', number => expectSame({ k: number }, { a: [number, { b: number }] }));

  test('other values', () => {
    const shared = { a: 1 };
    const cycle: { self?: unknown } = {};
    expectSame({ a: null, b: [null, undefined], c: true, d: [false] }, { a: undefined, b: 1 }, { a: null }, [null]);
    expectSame([[], {}, [[]], [{}], [[1, 2], [3]]], {}, [], { a: {}, b: [] });
    expectSame({ a: shared, b: shared }, { a: [shared, shared] }, null, 'text', 1, true, undefined);
    expectSame({ a: 12345678901234567890n }, { a: new Date(0) }, { a: new Map([['b', 1]]) }, { a: Object.create(null) as object }, { a: () => 1 });
    expectSame({ a: Symbol.iterator });
    cycle.self = cycle;
    expectSame(cycle);
  });

  test('plain lines are not left to the library', () => {
    const stringify = jest.spyOn(Yaml, 'stringify');
    for (const lines of ['a\nb\n', 'a\n\n  b\nc', '#!/bin/bash\n']) expect(new YamlText().of({ k: lines })).toMatch(/^k: \|-?\n  /);
    expect(stringify).not.toHaveBeenCalled();
    stringify.mockRestore();
  });

  test('no documents', () => expectSame());

  test('any document', () => {
    const text = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...AWKWARD_STRINGS) },
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 60 }),
      fc.stringMatching(/^[a-z0-9:./ #-]{0,12}$/),
      fc.array(fc.constantFrom('a', ' ', '\n', '\t', '  b', ': ', '- ', '#', '"', "'", '\r'), { maxLength: 12 }).map(parts => parts.join('')),
    );
    const { value } = fc.letrec(tie => ({
      value: fc.oneof({ maxDepth: 5 }, text, fc.constantFrom(...AWKWARD_NUMBERS), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
    }));
    const one = new YamlText(); // what it remembers of earlier documents must not show
    fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), documents => {
      expect(textOf(one, documents)).toBe(Yaml.stringify(...documents));
      compared += documents.length;
    }), { numRuns: Number(process.env.YAML_DOCUMENTS ?? 2000) });
  });
});
