import { App, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind } from '../support/manifests';
import { DisruptionPolicy, HeadlessService, PodDisruptionBudget, StatefulWorkload, UnhealthyPodEvictionPolicy } from 'cdk8s-stateful';

test('a headless Service stands before any workload of cdk8s-plus', () => {
  const chart = newChart('shop');
  const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1', ports: [{ number: 80, name: 'http' }] }] });
  const service = new HeadlessService(chart, 'ApiPeers', { workload, publishNotReadyAddresses: false });
  expect(service.dnsName).toBe('api-peers.shop.svc.cluster.local');
  expect(service.podDnsName('api-0')).toBe('api-0.api-peers.shop.svc.cluster.local');
  expect(find(chart, 'Service', 'api-peers')).toMatchObject({
    spec: { clusterIP: 'None', publishNotReadyAddresses: false, selector: workload.matchLabels, ports: [{ name: 'http', port: 80 }] },
  });
});

test('it follows a selection made later, and ports can be given', () => {
  const chart = newChart();
  const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
  new HeadlessService(chart, 'Peers', { name: 'peers', workload, ports: [{ number: 9, name: 'gossip' }] });
  workload.select(kplus.LabelSelector.of({ labels: { app: 'api' } }));
  expect(find(chart, 'Service', 'peers')).toMatchObject({ spec: { selector: { app: 'api' }, ports: [{ name: 'gossip', port: 9 }] } });
});

test('a disruption budget protects any workload of cdk8s-plus', () => {
  const chart = newChart();
  const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }], select: false });
  workload.select(kplus.LabelSelector.of({ labels: { app: 'api' }, expressions: [kplus.LabelExpression.exists('tier')] }));
  new PodDisruptionBudget(chart, 'Budget', { workload, minAvailable: 1, unhealthyPodEvictionPolicy: UnhealthyPodEvictionPolicy.IF_HEALTHY_BUDGET });
  expect(find(chart, 'PodDisruptionBudget', 'budget')).toMatchObject({
    spec: {
      minAvailable: 1,
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
      selector: { matchLabels: { app: 'api' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
    },
  });
});

test('a set that makes no budget may be given one, and a chart without a namespace may be applied to that of the workload', () => {
  const chart = newChart();
  const { workload } = new StatefulWorkload(new Chart(App.of(chart), 'shop', { namespace: 'shop' }), 'Store', {
    replicas: 3,
    disruption: DisruptionPolicy.none(),
    containers: [{ image: 'a:1' }],
  });
  new PodDisruptionBudget(chart, 'Budget', { workload, minAvailable: 2 });
  expect(find(chart, 'PodDisruptionBudget', 'budget')).toMatchObject({ spec: { minAvailable: 2, selector: { matchLabels: workload.matchLabels } } });
});

test('neither is there when it was refused, and the right one is taken', () => {
  const chart = newChart();
  const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
  expect(() => new PodDisruptionBudget(chart, 'Budget', { workload })).toThrow('exactly one limit');
  expect(() => new HeadlessService(chart, 'Peers', { workload, name: 'My.svc' })).toThrow("invalid 'name'");
  new PodDisruptionBudget(chart, 'Budget', { workload, minAvailable: 1 });
  new HeadlessService(chart, 'Peers', { workload });
  expect(ofKind(chart, 'PodDisruptionBudget').map(({ metadata }) => metadata.name)).toEqual(['budget']);
  expect(ofKind(chart, 'Service').map(({ metadata }) => metadata.name)).toEqual(['peers']);
});

test('both are the objects themselves: what they lack can be added', () => {
  const chart = newChart();
  const { budget, headlessService } = new StatefulWorkload(chart, 'Store', { replicas: 3, containers: [{ image: 'a:1', ports: [{ number: 80 }] }] });
  headlessService.metadata.addAnnotation('example.com/dns', 'external');
  budget?.addJsonPatch(JsonPatch.replace('/spec/maxUnavailable', '50%'));
  expect(find(chart, 'Service', 'store-headless')).toHaveProperty(['metadata', 'annotations', 'example.com/dns'], 'external');
  expect(find(chart, 'PodDisruptionBudget', 'store')).toMatchObject({ spec: { maxUnavailable: '50%' } });
});
