import { renderFaults, RunReport, sectionsOf } from '../../scripts/fault-table';

const report = (file: string, status: string): RunReport => ({
  numPassedTests: 1,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [{
    name: `${process.cwd()}/test/faults/${file}`,
    assertionResults: [
      { fullName: 'Kafka a node is lost', ancestorTitles: ['Kafka'], title: 'a node is lost', status, duration: 61_400 },
      { fullName: 'Kafka not asked for', ancestorTitles: ['Kafka'], title: 'not asked for', status: 'pending' },
    ],
  }],
});

test('a run replaces the sections of its own files and leaves those of others', () => {
  const first = renderFaults(new Map(), report('kafka.test.ts', 'passed'), [{ test: 'Kafka a node is lost', what: '0 records | missing' }], 'on A');
  const second = renderFaults(sectionsOf(first), report('zookeeper.test.ts', 'failed'), [], 'on B');
  expect(second).toContain('## test/faults/kafka.test.ts\n\non A\n\n| case | result | seen | took |');
  expect(second).toContain('| Kafka: a node is lost | passed | 0 records \\| missing | 61 s |');
  expect(second).toContain('## test/faults/zookeeper.test.ts\n\non B');
  expect(second).toContain('| Kafka: a node is lost | failed |  | 61 s |');
  expect(second).not.toContain('not asked for');
  const third = renderFaults(sectionsOf(second), report('kafka.test.ts', 'failed'), [], 'on C');
  expect(third.match(/^## /gm)).toHaveLength(2);
  expect(third).toContain('## test/faults/kafka.test.ts\n\non C');
});
