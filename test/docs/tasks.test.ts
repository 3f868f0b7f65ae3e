import { readPage, sectionsOf } from './markdown';
import { exampleNames } from '../../scripts/synth-examples';

/** What people come for, and the recipe of each: a heading with code below it, which the snippets' own test compiles and runs. */
const recipes: [task: string, page: string, heading: string][] = [
  ['PostgreSQL with synchronous replicas', 'docs/postgresql.md', 'Synchronous replication'],
  ['PostgreSQL with an exporter sidecar', 'docs/postgresql.md', 'An exporter sidecar'],
  ['PostgreSQL with an init script', 'docs/postgresql.md', 'Init scripts'],
  ['five brokers, three controllers, two listeners, a client of another namespace', 'docs/kafka.md', 'Five brokers, three controllers, two listeners'],
  ['a scratch Pod with three containers in memory', 'docs/scratch-pods.md', 'Three containers in memory'],
  ['growing volumes', 'docs/growing-volumes.md', 'Expanding the volumes of a running set'],
  ['moving to another storage class', 'docs/growing-volumes.md', 'Moving to another storage class'],
  ['renaming a set', 'docs/growing-volumes.md', 'Renaming a set'],
  ['taking over a running set', 'docs/taking-over-a-set.md', '2. Write the construct'],
  ['monitoring', 'docs/monitoring.md', 'Let Prometheus in'],
  ['monitors and annotations', 'docs/monitoring.md', 'Tell Prometheus where to look'],
  ['a layout for GitOps', 'docs/gitops.md', 'One file per resource'],
];

/** Products without a construct, as programs: test/cluster/workload-products.test.ts runs them. */
const examples = ['rabbitmq', 'valkey'];

/** Pages on which people look for what is not there yet. */
const products = ['postgresql', 'mysql', 'kafka', 'zookeeper', 'redis', 'workloads'];

test.each(recipes)('%s has a recipe: %s, “%s”', (_, page, heading) => {
  const section = sectionsOf(readPage(page)).find(found => found.heading === heading);
  expect(section?.text).toMatch(/^\s*```ts$/m);
});

test.each(examples)('%s is an example, which the page on other products links to', name => {
  expect(exampleNames()).toContain(name);
  expect(readPage('docs/workloads.md')).toContain(`../examples/${name}.ts`);
});

test.each(products)('the page of %s says what is not there yet, and what to do instead', name => {
  const section = sectionsOf(readPage(`docs/${name}.md`)).find(({ heading }) => heading === 'Not available yet');
  expect(section?.text).toMatch(/^\| Looking for \| Until then \|$/m);
});

test('the index by task leads to every recipe', () => {
  const index = readPage('docs/README.md');
  for (const [, page] of recipes) expect(index).toContain(page.replace('docs/', ''));
});
