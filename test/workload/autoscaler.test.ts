import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import { DatabaseEngine, DisruptionPolicy, Members, MysqlVersion, StatefulDatabase, StatefulWorkload, StatefulWorkloadProps } from 'cdk8s-stateful';

const container = { image: 'worker:1', resources: { cpu: { request: kplus.Cpu.millis(250) } } };

function workload(props: StatefulWorkloadProps = {}): { chart: Chart; workers: StatefulWorkload } {
  const chart = newChart('shop');
  return { chart, workers: new StatefulWorkload(chart, 'Workers', { containers: [container], ...props }) };
}

function scale(target: kplus.IScalable, chart: Chart): void {
  new kplus.HorizontalPodAutoscaler(chart, 'Autoscaler', { metadata: { name: 'workers' }, target, minReplicas: 2, maxReplicas: 10 });
}

test('an autoscaler decides how many members there are', () => {
  const { chart, workers } = workload();
  scale(workers, chart);
  expect(find(chart, 'HorizontalPodAutoscaler', 'workers')).toMatchObject({
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'workers' }, minReplicas: 2, maxReplicas: 10 },
  });
  expect(find(chart, 'StatefulSet', 'workers')).not.toHaveProperty('spec.replicas');
});

test('members that come and go have a budget, though there might be only one', () => {
  const { chart, workers } = workload();
  expect(workers.budget).toBeUndefined();
  scale(workers, chart);
  expect(workers.budget).toBeDefined();
  expect(find(chart, 'PodDisruptionBudget', 'workers')).toMatchObject({ spec: { maxUnavailable: 1 } });
});

test('the budget is what the user says', () => {
  const { chart, workers } = workload({ disruption: DisruptionPolicy.maxUnavailablePercent(30) });
  scale(workers, chart);
  expect(find(chart, 'PodDisruptionBudget', 'workers')).toMatchObject({ spec: { maxUnavailable: '30%' } });
  const none = workload({ disruption: DisruptionPolicy.none() });
  scale(none.workers, none.chart);
  expect(none.workers.budget).toBeUndefined();
});

test('it is refused where the number of members is known', () => {
  for (const props of [{ replicas: 1 }, { members: Members.replicas(2) }, { members: Members.quorum(3) }]) {
    const { chart, workers } = workload(props);
    expectInvalid(() => scale(workers, chart), 'an autoscaler targets it, but it has a fixed number of members');
  }
  const chart = newChart('shop');
  const orders = new StatefulDatabase(chart, 'Orders', { engine: DatabaseEngine.mysql({ version: MysqlVersion.V8_4 }), storage: { size: Size.gibibytes(20) } });
  expectInvalid(() => scale(orders.statefulWorkload, chart), 'test/Orders/Resource: an autoscaler targets it');
});

test('nobody may know the names of all members, in whatever order', () => {
  const { chart, workers } = workload();
  expect(workers.peerDnsNames).toHaveLength(1);
  expectInvalid(() => scale(workers, chart), "'peerDnsNames'");
  const scaled = workload();
  scale(scaled.workers, scaled.chart);
  expectInvalid(() => scaled.workers.peerDnsNames, 'an autoscaler changes their number');
  expect(scaled.workers.podName(7)).toBe('workers-7');
});
