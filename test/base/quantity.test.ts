import { bytesOf, showBytes } from '../../src/base/quantity';

test.each<[string | number, number]>([
  ['20Gi', 20 * 2 ** 30], ['500Mi', 500 * 2 ** 20], ['1.5G', 1.5e9], ['1e9', 1e9], ['1E', 1e18], [5, 5], ['100m', 0.1], ['1000000000n', 1], ['2000000u', 2], ['4Ki', 4096],
])('%s has %d bytes', (text, bytes) => {
  expect(bytesOf('test', text)).toBe(bytes);
});

test.each(['', 'Gi', '20GB', 'twenty'])("'%s' is no quantity", text => {
  expect(() => bytesOf('test', text)).toThrow(`test: '${text}' is no Kubernetes quantity. Write it as in '20Gi'.`);
});

test.each<[number, string]>([[0, '0'], [512, '512'], [1536, '1.5Ki'], [20 * 2 ** 30, '20Gi'], [2 ** 70, '1024Ei']])('%d bytes are shown as %s', (bytes, text) => {
  expect(showBytes(bytes)).toBe(text);
});
