import { ApiObject, App, Chart } from 'cdk8s';
import { membersOf } from '../../src/app/construct-tree';
import { synthesisOrder } from '../../src/app/synthesis-order';

test('the objects below a construct are looked for once, though it depends on many others', () => {
  const outer = new Chart(new App(), 'outer');
  for (let i = 0; i < 200; i++) new ApiObject(new Chart(outer, `inner${i}`), 'a', { apiVersion: 'v1', kind: 'ConfigMap' });
  const members = membersOf(outer.node.root);
  let visits = 0;
  for (const member of members) {
    const { object } = member;
    Object.defineProperty(member, 'object', { get: () => { visits++; return object; } });
  }
  expect(synthesisOrder(members)?.charts).toHaveLength(201);
  expect(visits).toBeLessThan(10 * members.length);
});
