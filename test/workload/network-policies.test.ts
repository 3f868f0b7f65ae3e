import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { readGolden } from '../../scripts/golden';
import { exampleNames } from '../../scripts/synth-examples';
import { Manifest, parseManifests } from '../support/manifest';
import { find, newChart, ofKind } from '../support/manifests';
import { SharedScratchPod, StatefulWorkload, StatefulWorkloadProps } from 'cdk8s-stateful';

const container = { image: 'busybox:1.35', ports: [{ number: 7000, name: 'peer' }] };

function workload(props: StatefulWorkloadProps = {}, id = 'Store', scope: Construct = newChart('shop')): { chart: Chart; store: StatefulWorkload } {
  return { chart: Chart.of(scope), store: new StatefulWorkload(scope, id, { containers: [container], ...props }) };
}

const deployment = (chart: Chart, name = 'api') => new kplus.Deployment(chart, name, { containers: [{ image: 'x' }], metadata: { name } });
const labeled = (address?: string) => ({ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': address } } });
const addressOf = (client: kplus.AbstractPod) => client.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL);
const tcp = (...ports: number[]) => ports.map(port => ({ port, protocol: 'TCP' }));
const policies = (chart: Chart) => ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name).sort();

/** Also that of OpenShift, whose DNS Pods listen elsewhere than their Service. */
const DNS = { ports: [53, 5353].flatMap(port => ['UDP', 'TCP'].map(protocol => ({ port, protocol }))) };

describe('a set', () => {
  test('is open to its members alone by default, and nothing limits what they call', () => {
    const { chart } = workload();
    expect(policies(chart)).toEqual(['store']);
    expect(find(chart, 'NetworkPolicy', 'store').spec).toEqual({ ...labeled('store'), policyTypes: ['Ingress'], ingress: [{ from: [labeled('store')] }] });
  });

  test('with egress is limited to its members, to DNS, and to what it is granted', () => {
    const { chart, store } = workload({ egress: true });
    workload({}, 'Cache', chart).store.grantConnect(store.workload);
    expect(policies(chart)).toEqual(['cache', 'store', 'store-egress']);
    expect(find(chart, 'NetworkPolicy', 'store-egress').spec).toEqual({
      ...labeled('store'), policyTypes: ['Egress'], egress: [{ to: [labeled('store')] }, { to: [labeled('cache')], ports: tcp(7000) }, DNS],
    });
  });

  test('without isolation has no policy', () => {
    expect(policies(workload({ isolate: false }).chart)).toEqual([]);
  });
});

describe('a grant', () => {
  test('lets the client in, and writes nothing that limits it', () => {
    const { chart, store } = workload();
    const api = deployment(chart);
    store.grantConnect(api);
    store.grantConnect(api); // twice is once
    expect(find(chart, 'NetworkPolicy', 'store').spec).toMatchObject({ ingress: [{}, { from: [labeled(addressOf(api))], ports: tcp(7000) }] });
    expect(policies(chart)).toEqual(['store']);
  });

  test('opens declared ports with their protocols, in the order of their numbers', () => {
    const { chart, store } = workload({
      containers: [{ image: 'x:1', ports: [{ number: 5353, protocol: kplus.Protocol.UDP, name: 'b' }, { number: 5353, name: 'a' }, { number: 132, protocol: kplus.Protocol.SCTP }] }],
    });
    store.grantConnect(deployment(chart), { egress: true });
    const ports = [{ port: 132, protocol: 'SCTP' }, { port: 5353, protocol: 'TCP' }, { port: 5353, protocol: 'UDP' }];
    expect(find(chart, 'NetworkPolicy', 'store')).toMatchObject({ spec: { ingress: [{}, { ports }] } });
    expect(find(chart, 'NetworkPolicy', 'api-egress')).toMatchObject({ spec: { egress: [{ ports }, DNS] } });
  });

  test('opens the ports that it names, of those that are declared', () => {
    const { chart, store } = workload({ containers: [{ image: 'x:1', ports: [{ name: 'amqp', number: 5672 }, { name: 'epmd', number: 4369 }, { name: 'dist', number: 25672 }] }] });
    store.grantConnect(deployment(chart), { ports: [5672] });
    store.grantConnect(deployment(chart, 'peer'), { ports: [25672, 4369] });
    const { ingress } = find(chart, 'NetworkPolicy', 'store').spec as { ingress: { ports?: object[] }[] };
    expect(ingress.map(({ ports }) => ports)).toEqual(expect.arrayContaining([undefined, tcp(5672), tcp(4369, 25672)]));
    expect(() => store.grantConnect(deployment(chart, 'web'), { ports: [5672, 80] })).toThrow("test/Store: invalid 'ports': got 80, expected a list of declared ports, which are 4369, 5672, 25672.");
    expect(() => store.grantConnect(deployment(chart, 'cron'), { ports: [] })).toThrow("invalid 'ports': got [], expected a list of declared ports");
    expect(() => Reflect.apply(store.grantConnect, store, [deployment(chart, 'js'), { ports: 5672 }])).toThrow("invalid 'ports': got 5672, expected a list: a number each");
  });

  test('opens no port of an init container that has ended, nor does a Service have it; that of a sidecar is open', () => {
    const { chart, store } = workload();
    store.addInitContainer({ name: 'restore', image: 'x:1', ports: [{ name: 'restore', number: 7001 }] });
    store.addInitContainer({ name: 'proxy', image: 'x:1', ports: [{ name: 'proxy', number: 7002 }], restartPolicy: kplus.ContainerRestartPolicy.ALWAYS });
    store.grantConnect(deployment(chart));
    expect(find(chart, 'NetworkPolicy', 'store')).toMatchObject({ spec: { ingress: [{}, { ports: tcp(7000, 7002) }] } });
    expect(find(chart, 'Service', 'store-headless')).toMatchObject({ spec: { ports: [{ port: 7000 }, { port: 7002 }] } });
    expect(() => store.grantConnect(deployment(chart, 'web'), { ports: [7001] })).toThrow('expected a list of declared ports, which are 7000, 7002');
  });

  test('that is made again adds ports', () => {
    const { chart, store } = workload();
    const api = deployment(chart);
    store.grantConnect(api);
    store.addContainer({ name: 'admin', image: 'x:1', ports: [{ number: 9100 }] });
    store.grantConnect(api);
    expect(find(chart, 'NetworkPolicy', 'store')).toMatchObject({ spec: { ingress: [{}, { ports: tcp(7000, 9100) }] } });
  });

  test('to a client of another namespace lets it in from there', () => {
    const { chart, store } = workload();
    const web = new Chart(chart.node.root as App, 'web', { namespace: 'web' });
    const api = deployment(web);
    store.grantConnect(api, { egress: true });
    expect(find(chart, 'NetworkPolicy', 'store')).toMatchObject({
      spec: { ingress: [{}, { from: [{ ...labeled(addressOf(api)), namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }] }] },
    });
    const egress = find(web, 'NetworkPolicy', 'api-egress'); // with the client, so that each chart can be applied to its namespace
    expect(egress.metadata.namespace).toBe('web');
    expect(egress).toMatchObject({ spec: { egress: [{ to: [{ ...labeled('store'), namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] }, DNS] } });
  });

  test('is the same in whatever order clients are granted access', () => {
    const ingress = (...order: number[]) => {
      const { chart, store } = workload();
      const web = new Chart(chart.node.root as App, 'web', { namespace: 'web' });
      const clients = [new kplus.Pod(web, 'Api', { containers: [{ image: 'x' }] }), workload({}, 'Cache', chart).store.workload, workload({}, 'Api', chart).store.workload];
      for (const i of order) store.grantConnect(clients[i]);
      return find(chart, 'NetworkPolicy', 'store').spec;
    };
    expect(ingress(0, 1, 2)).toEqual(ingress(2, 1, 0));
    expect(ingress(1, 0, 2)).toMatchObject({
      ingress: [{}, { from: [labeled('api')] }, { from: [labeled('cache')] }, { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }] }],
    });
  });
});

describe('a client that is limited, as a grant asks for it,', () => {
  const egressOf = (chart: Chart, policy = 'api-egress') => find(chart, 'NetworkPolicy', policy).spec;

  test('is let out to the set and to DNS', () => {
    const { chart, store } = workload();
    const api = deployment(chart);
    store.grantConnect(api, { egress: true });
    expect(egressOf(chart)).toEqual({ ...labeled(addressOf(api)), policyTypes: ['Egress'], egress: [{ to: [labeled('store')], ports: tcp(7000) }, DNS] });
  });

  test('is let out by every other grant too, also by those that did not ask, in whatever order', () => {
    const rendered = (...order: number[]) => {
      const { chart, store } = workload();
      const { store: cache } = workload({}, 'Cache', chart);
      const { store: open } = workload({ isolate: false }, 'Open', chart);
      const api = deployment(chart);
      const grants = [
        () => store.grantConnect(api), () => cache.grantConnect(api, { egress: true }), () => open.grantConnect(api, { egress: false }),
      ];
      for (const i of order) grants[i]();
      expect(policies(chart)).toEqual(['api-egress', 'cache', 'store']);
      return egressOf(chart);
    };
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (const order of orders) {
      expect(rendered(...order)).toMatchObject({
        egress: [{ to: [labeled('cache')], ports: tcp(7000) }, { to: [labeled('open')], ports: tcp(7000) }, { to: [labeled('store')], ports: tcp(7000) }, DNS],
      });
    }
  });

  test('is let out to ports that a later grant adds', () => {
    const { chart, store } = workload();
    const api = deployment(chart);
    store.grantConnect(api, { egress: true });
    store.addContainer({ name: 'admin', image: 'x:1', ports: [{ number: 9100 }] });
    store.grantConnect(api);
    expect(egressOf(chart)).toMatchObject({ egress: [{ ports: tcp(7000, 9100) }, DNS] });
  });

  test('is let out to two sets of one name, of two namespaces', () => {
    const { chart, store } = workload();
    const archive = workload({}, 'Store', new Chart(chart.node.root as App, 'archive', { namespace: 'archive' })).store;
    const api = deployment(chart);
    for (const set of [archive, store]) set.grantConnect(api, { egress: true });
    const abroad = { ...labeled('store'), namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'archive' } } };
    expect(egressOf(chart)).toMatchObject({ egress: [{ to: [abroad] }, { to: [labeled('store')] }, DNS] });
  });

  test('still reaches its own members if it is a set', () => {
    const { chart, store } = workload();
    const cache = new StatefulWorkload(chart, 'Cache', { replicas: 2, containers: [{ image: 'x:1' }] });
    store.grantConnect(cache.workload, { egress: true });
    expect(policies(chart)).toEqual(['cache', 'cache-egress', 'store']);
    expect(egressOf(chart, 'cache-egress')).toMatchObject({ egress: [{ to: [labeled('cache')] }, { to: [labeled('store')] }, DNS] });
  });

  test('needs to know the namespace of every set that it was granted, before it is limited or after', () => {
    const open = () => {
      const { chart, store } = workload({ isolate: false });
      const nowhere = new Chart(chart.node.root as App, 'nowhere');
      return { store, beside: workload({}, 'Cache', nowhere).store, api: deployment(nowhere) };
    };
    const words = "nowhere/api: a workload without a namespace is granted access to 'store' in namespace 'shop'.";
    const before = open();
    before.store.grantConnect(before.api); // no policy is written
    expect(() => before.beside.grantConnect(before.api, { egress: true })).toThrow(words);
    const after = open();
    after.beside.grantConnect(after.api, { egress: true });
    expect(() => after.store.grantConnect(after.api)).toThrow(words);
  });
});

/** All that our constructs render is managed by cdk8s; the workloads of cdk8s-plus in the examples do not say so. */
describe.each(exampleNames())('in the example %s', name => {
  const manifests = parseManifests(readGolden(`${name}.yaml`));
  const ours = manifests.filter(({ metadata }) => (metadata.labels as { [label: string]: string } | undefined)?.['app.kubernetes.io/managed-by'] === 'cdk8s');

  test('every Pod of ours is selected by a policy for what comes in', () => {
    const open = ours.flatMap(manifest => podsOf(manifest).map(pod => ({ who: `${manifest.kind}/${manifest.metadata.name}`, namespace: manifest.metadata.namespace, labels: pod.metadata.labels })))
      .filter(({ labels, namespace }) => !manifests.some(policy => closes(policy, namespace, labels)));
    expect(open).toEqual([]);
  });

  test('no policy limits what a client calls, as none was asked for', () => {
    expect(ofKindIn(manifests, 'NetworkPolicy').filter(({ spec }) => (spec as { policyTypes: string[] }).policyTypes.includes('Egress'))).toEqual([]);
  });
});

test('there are Pods in the examples to be looked at, of every kind of construct', () => {
  const all = exampleNames().flatMap(name => parseManifests(readGolden(`${name}.yaml`)));
  expect(new Set(all.filter(manifest => podsOf(manifest).length > 0).map(({ kind }) => kind))).toEqual(new Set(['StatefulSet', 'Deployment', 'Pod', 'CronJob']));
});

test('a port of a scratch Pod is opened as one of a set is', () => {
  const chart = newChart('shop');
  const scratch = new SharedScratchPod(chart, 'Reports');
  scratch.addWriter({ image: 'x:1', mountPath: '/out', ports: [{ number: 8080 }, { number: 8081 }] });
  const api = deployment(chart);
  scratch.grantConnect(api, { ports: [8081] });
  expect(find(chart, 'NetworkPolicy', 'reports')).toMatchObject({ spec: { ingress: [{ from: [labeled(addressOf(api))], ports: tcp(8081) }] } });
  expect(() => scratch.grantConnect(scratch.pod)).toThrow('a workload is granted access to itself');
});

interface PodTemplate {
  readonly metadata: { readonly labels: { readonly [label: string]: string } };
}

interface WithPods {
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec: WithPods };
}

function podsOf(manifest: Manifest): PodTemplate[] {
  if (manifest.kind === 'Pod') return [manifest as unknown as PodTemplate];
  const spec = (manifest.spec ?? {}) as WithPods;
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  return template === undefined ? [] : [template];
}

function closes({ kind, metadata, spec }: Manifest, namespace: string | undefined, labels: { readonly [label: string]: string }): boolean {
  if (kind !== 'NetworkPolicy' || metadata.namespace !== namespace) return false;
  const { podSelector: { matchLabels }, policyTypes } = spec as { podSelector: { matchLabels: { [label: string]: string } }; policyTypes: string[] };
  return policyTypes.includes('Ingress') && Object.entries(matchLabels).every(([label, value]) => labels[label] === value);
}

function ofKindIn(manifests: Manifest[], kind: string): Manifest[] {
  return manifests.filter(manifest => manifest.kind === kind);
}
