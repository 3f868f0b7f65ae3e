import { withSharedShapes } from '../../scripts/shared-shapes';

test.each([
  ['f({ ...a, b: 1 });', 'f({ ...null, ...a, b: 1 });'],
  ['return {\n    ...a,\n    b: { ...c, ...d },\n};', 'return {\n    ...null, ...a,\n    b: { ...null, ...c, ...d },\n};'],
  ['const f = () => ({ ...{ ...a, b }, c });', 'const f = () => ({ ...null, ...{ ...null, ...a, b }, c });'],
])('%s begins with a spread of nothing', (text, expected) => {
  expect(withSharedShapes(text)).toBe(expected);
});

test.each([
  'f({ ...a });',
  'f({ b: 1, ...a });',
  'const { ...rest } = a;',
  'const list = [...a, b];',
  "const text = '{ ...a, b }'; // { ...a, b }",
])('%s stays as it is', text => {
  expect(withSharedShapes(text)).toBe(text);
});
