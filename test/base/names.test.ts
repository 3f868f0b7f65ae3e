import { Size } from 'cdk8s';
import { kebabCase } from '../../src/base/names';
import { quantity } from '../../src/base/quantity';
import { newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import { StatefulWorkload } from 'cdk8s-stateful';

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

test('an id whose name would lose letters is refused, unless a name is given', () => {
  const chart = newChart();
  expectInvalid(() => new StatefulWorkload(chart, 'Größe'), { where: 'test/Größe', property: 'id', got: 'Größe', hint: "Change the id or give 'name'." });
  expect(new StatefulWorkload(chart, 'Zähler', { name: 'counter' }).name).toBe('counter');
});
