import { Size } from 'cdk8s';
import { bytesOf, memoryQuantity, mebibytes, quantity, requireSize, showBytes } from '../../src/base/quantity';
import { newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import { Quantity } from 'cdk8s-stateful';

test.each<[string | number, number]>([
  ['20Gi', 20 * 2 ** 30], ['500Mi', 500 * 2 ** 20], ['1.5G', 1.5e9], ['1e9', 1e9], ['1E', 1e18], [5, 5], ['100m', 0.1], ['1000000000n', 1], ['2000000u', 2], ['4Ki', 4096],
  ['1.1G', 1.1e9], ['.5Ki', 512], ['2.Ki', 2048],
])('%s has %d bytes', (text, bytes) => {
  expect(bytesOf('test', text)).toBe(bytes);
});

test.each(['', 'Gi', '20GB', 'twenty', '1.2.3', '.', '1e3Gi'])("'%s' is no quantity", text => {
  expect(() => bytesOf('test', text)).toThrow(`test: '${text}' is not a Kubernetes quantity. Write it like '20Gi'.`);
});

test.each<[number, string]>([[0, '0'], [512, '512'], [1536, '1.5Ki'], [20 * 2 ** 30, '20Gi'], [2 ** 70, '1024Ei']])('%d bytes are shown as %s', (bytes, text) => {
  expect(showBytes(bytes)).toBe(text);
});

describe('a size is rendered in the unit that shows it with the fewest digits', () => {
  test.each<[Size, string]>([
    [Size.gibibytes(20), '20Gi'], [Size.tebibytes(2), '2048Gi'], [Size.mebibytes(500), '500Mi'], [Size.kibibytes(1000), '1000Ki'],
    [Size.mebibytes(1.5), '1536Ki'], [Size.gibibytes(0.5), '512Mi'], [Size.kibibytes(0.5), '512'], [Size.kibibytes(1 / 1024), '1'],
  ])('%# is %s', (size, text) => {
    expect(quantity(size)).toBe(text);
  });

  test.each(['1', '1k', '999k', '500M', '1G', '64G', '1500M', '2T', '3P', '7E', '20Gi', '1Ki', '1025Mi'])('%s as it was written', text => {
    expect(quantity(Quantity.toSize(text))).toBe(text);
  });

  test.each([['1000M', '1G'], ['1.5G', '1500M'], ['1e9', '1G'], ['1024Mi', '1Gi'], ['1Ti', '1024Gi']])('%s as %s, the same', (text, rendered) => {
    expect(quantity(Quantity.toSize(text))).toBe(rendered);
  });

  test('memory in mebibytes, if it is a whole number of them', () => {
    expect([Size.gibibytes(1), Size.mebibytes(1.5), Quantity.toSize('1G')].map(memoryQuantity)).toEqual(['1024Mi', '1536Ki', '1G']);
  });
});

test('what servers count in mebibytes is rounded down', () => {
  expect([Size.mebibytes(1.5), Size.kibibytes(2047), Quantity.toSize('1G')].map(mebibytes)).toEqual([1, 1, 953]);
});

describe('what no size can be', () => {
  test.each(['', '0', '-1G', '1.5', '100m', '8Ei', '1GB', 'much'])("the quantity '%s'", text => {
    expectInvalid(() => Quantity.toSize(text), { where: 'Quantity.toSize', property: 'text', got: text });
  });

  test.each([Size.gibibytes(0), Size.gibibytes(0.1), Size.kibibytes(NaN), Size.pebibyte(8192)])('%#', size => {
    expectInvalid(() => requireSize(newChart(), 'size', size), { property: 'size', hint: 'For example Size.gibibytes(20).' });
  });
});
