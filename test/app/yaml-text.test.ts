import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { YamlText } from '../../src/app/yaml-text';

const awkward = [
  '', ' ', '  x', 'x ', '\t', '\n', '\n\n', 'a\n', 'a\n\n', '\na', '\n a', ' \na', 'a\n b', 'a\n\n\nb', 'a\n \nb', 'a\n\t\nb', 'a \nb', 'a\r\nb', 'a\rb', 'a\n---\nb', '---', '...', 'a\n...',
  'y', 'Y', 'n', 'N', 'yes', 'Yes', 'YES', 'no', 'on', 'off', 'On', 'OFF', 'true', 'True', 'TRUE', 'false', 'null', 'Null', 'NULL', '~', 'nan', '.nan', '.NaN', '.inf', '-.INF', 'yEs', 'nUll',
  '0', '-0', '+1', '1_000', '0b11', '0o17', '017', '08', '0x1F', '1e3', '1.', '.5', '1.5e+3', '-1.5', '190:20:30', '1:2', '12:30:45.5', '2001-12-14', '2001-12-14t21:59:43.10-05:00', '=', '<<', '1e', '0x', '12e45', 'e1', 'E0', 'e-10', 'E+5', 'e', 'e1x', '3f2a',
  'a: b', 'a:b', 'a:', ':a', 'a #b', 'a#b', '#a', '- a', '-', '-a', '?', '? a', '?a', 'a,b', '[a', 'a]', '{a', 'a}', '&a', '*a', '!a', '|', '>', '|a', '>a', "'", '"', "it's", '"quoted"', '%', '@a', '`a`', 'a\\b', 'a"b\nc',
  'a-', 'a -', 'a - b', 'a ?', 'a/', '/a', 'a.', '_', 'a  b', 'a: ', 'http://a.b/c?d=e', 'image:tag', 'a@sha256:0', '$(A)', '${A}', 'a;b', 'a(b)', '(a)', 'a=b', 'a+b', 'é', 'ß', '日本', '\u0085', '\u2028', '\u00a0', '\ufeff', '\u0000', '\u0007', '\u001b[0m', '\ud800', '💾',
  'x'.repeat(1024), 'x'.repeat(1025), 'x y '.repeat(100), `${'x'.repeat(90)}\n${'y '.repeat(90)}`, `  ${'x'.repeat(90)}\nb`, '#!/bin/bash\nset -e\n\n  echo "a: b"\n', 'a\n\n', 'a\n\n\n', ' a\nb\n', '\ta\nb\n', 'a\tb', 'a\n\tb', 'constructor', '__proto__x',
];
const numbers = [
  0, -0, 1, -1, 0.1, 1e15, 1e16, 1e21, 1e-7, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1.5, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308,
];

function expectSame(...documents: unknown[]): void {
  expect(attempt(() => new YamlText().ofAll(documents))).toBe(attempt(() => Yaml.stringify(...documents)));
}

function attempt(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

describe('the text of YAML is that of Yaml.stringify', () => {
  test.each(awkward.map(text => [JSON.stringify(text).slice(0, 40), text]))('the string %s, everywhere', (_, text) => {
    expectSame({ k: text }, { [text]: 1 }, { [text]: { [text]: [text] } }, { a: [{ [text]: [] }, { [text]: {} }] });
    expectSame({ a: { [text]: text, b: [text, [text], { c: text, d: text }] } }, { a: { b: { c: { d: text, e: [[[text]]] } }, f: text } });
  });

  test.each(numbers)('the number %p', number => expectSame({ k: number }, { a: [number, { b: number }] }));

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

  test('no documents', () => expectSame());

  test('any document', () => {
    const text = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...awkward) },
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 60 }),
      fc.stringMatching(/^[a-z0-9:./ #-]{0,12}$/),
      fc.array(fc.constantFrom('a', ' ', '\n', '\t', '  b', ': ', '- ', '#', '"', "'", '\r'), { maxLength: 12 }).map(parts => parts.join('')),
    );
    const { value } = fc.letrec(tie => ({
      value: fc.oneof({ maxDepth: 5 }, text, fc.constantFrom(...numbers), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
    }));
    const one = new YamlText(); // what it remembers of earlier documents must not show
    fc.assert(fc.property(fc.array(value, { maxLength: 3 }), documents => {
      expect(one.ofAll(documents)).toBe(Yaml.stringify(...documents));
    }), { numRuns: Number(process.env.YAML_DOCUMENTS ?? 2000) });
  });
});
