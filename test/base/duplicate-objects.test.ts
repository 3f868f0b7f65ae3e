import { ApiObject, App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart, synth } from '../support/manifests';
import { KafkaCluster, Provisioner, StatefulDatabase, DatabaseEngine, PostgresVersion, StatefulWorkload, StorageClass } from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(20) };

function orders(chart: Chart): void {
  new StatefulDatabase(chart, 'Orders', { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage });
}

const service = (scope: Chart, name = 'orders') => new kplus.Service(scope, 'Svc', { metadata: { name }, ports: [{ port: 80 }], selector: kplus.Pods.all(scope, 'All') });

describe('an object of somebody else with the kind and name of one of ours is refused at synthesis', () => {
  test.each([['before', true], ['after', false]])('made %s ours', (_, first) => {
    const chart = newChart('shop');
    if (first) service(chart);
    orders(chart);
    if (!first) service(chart);
    expect(() => synth(chart)).toThrow("is a Service of the name 'orders' too, and one would overwrite the other. Give one of them another name.");
  });

  test('from another chart of the same namespace, naming both', () => {
    const chart = newChart('shop');
    orders(chart);
    service(new Chart(chart.node.root as App, 'other', { namespace: 'shop' }));
    expect(() => synth(chart)).toThrow('other/Svc/Resource: test/Orders/Service-orders is a Service');
  });

  test('of an object without a namespace of its own kind', () => {
    const chart = newChart('shop');
    new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs() });
    new kplus.k8s.KubeStorageClass(new Chart(chart.node.root as App, 'other'), 'Class', { metadata: { name: 'fast' }, provisioner: 'p' });
    expect(() => synth(chart)).toThrow("is a StorageClass of the name 'fast' too");
  });

  test('of a set', () => {
    const chart = newChart();
    new StatefulWorkload(chart, 'Store', { containers: [{ image: 'a:1' }] });
    new ApiObject(chart, 'Old', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'store' } });
    expect(() => synth(chart)).toThrow("is a StatefulSet of the name 'store' too");
  });
});

test.each<[string, (chart: Chart) => void]>([
  ['another name', chart => service(chart, 'orders-api')],
  ['another namespace', chart => service(new Chart(chart.node.root as App, 'other', { namespace: 'web' }))],
  ['a chart without one', chart => service(new Chart(chart.node.root as App, 'other'))],
  ['another group of the API', chart => new ApiObject(chart, 'Knative', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'orders' } })],
  ['another kind', chart => new ApiObject(chart, 'Config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'orders' } })],
  ['two of somebody else', chart => { for (const id of ['A', 'B']) new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app' } }); }],
])('there may be %s', (_, act) => {
  const chart = newChart('shop');
  orders(chart);
  act(chart);
  expect(() => synth(chart)).not.toThrow();
});

test('products side by side have names of their own', () => {
  const chart = newChart('shop');
  orders(chart);
  new KafkaCluster(chart, 'Events', { storage, controllers: 3 }).addTopic('orders', { partitions: 1 });
  expect(() => synth(chart)).not.toThrow();
});
