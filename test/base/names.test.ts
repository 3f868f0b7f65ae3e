import { Size } from 'cdk8s';
import { kebabCase } from '../../src/base/names';
import { quantity } from '../../src/base/quantity';

test.each([
  ['Orders', 'orders'],
  ['OrdersDb', 'orders-db'],
  ['HTTPCache', 'http-cache'],
  ['events_v2', 'events-v2'],
  ['Store2', 'store2'],
  ['--Odd  id--', 'odd-id'],
  ['already-kebab', 'already-kebab'],
])('%s becomes %s', (id, name) => {
  expect(kebabCase(id)).toBe(name);
});

test.each([
  [Size.gibibytes(20), '20Gi'],
  [Size.mebibytes(500), '500Mi'],
  [Size.tebibytes(1), '1024Gi'],
  [Size.kibibytes(3), '3Ki'],
  [Size.mebibytes(1536), '1536Mi'],
])('a size is shown whole', (size, text) => {
  expect(quantity(size)).toBe(text);
});
