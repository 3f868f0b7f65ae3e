import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { itUnless } from '../support/needs';
import { networkPoliciesMissing } from '../support/network-policy';
import { TestNamespace } from '../support/test-namespace';
import { SharedScratchPod, StatefulWorkload } from 'cdk8s-stateful';

const image = 'busybox:1.35';
const resources: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(10) },
  memory: { request: Size.mebibytes(16), limit: Size.mebibytes(16) },
};

describe('NetworkPolicies', () => {
  const { kubectl: cluster } = clusterWithNodes();
  const missing = networkPoliciesMissing(cluster);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let other: TestNamespace;
  let kubectl: Kubectl;

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('network', cluster);
    other = await TestNamespace.create('network-other', cluster);
    kubectl = namespace.kubectl;

    const here = newChart(namespace.name);
    const there = new Chart(here.node.scope as Chart, 'there', { namespace: other.name });
    const store = new StatefulWorkload(here, 'Store', { replicas: 2, security: { user: 1000 }, terminationGrace: Duration.seconds(1) });
    for (const { number, declared } of [{ number: 8080, declared: true }, { number: 9090, declared: false }]) {
      store.addContainer({
        name: `http-${number}`,
        image,
        resources,
        ports: declared ? [{ number }] : [], // grants are for declared ports
        command: ['sh', '-c', `httpd -f -p ${number} -h /etc`],
        readiness: kplus.Probe.fromTcpSocket({ port: number, periodSeconds: Duration.seconds(1) }),
      });
    }
    store.grantConnect(client(here, 'Friend').pod);
    store.grantConnect(client(there, 'Abroad').pod);
    client(here, 'Stranger');
    client(there, 'Foreigner');
    await cluster.apply([...synth(here), ...synth(there)]); // each object names its namespace
    await kubectl.rolloutStatus('statefulset/store', 120);
    for (const { kubectl: its } of [namespace, other]) await its.run(['wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s']);
  });
  afterAll(async () => {
    await namespace?.delete();
    await other?.delete();
  });

  function client(chart: Chart, id: string): SharedScratchPod {
    const scratch = new SharedScratchPod(chart, id, { security: { user: 1000 }, terminationGrace: Duration.seconds(1), isolate: false });
    scratch.addWriter({ name: 'main', image, mountPath: '/scratch', resources, command: ['sleep', '3600'] });
    return scratch;
  }

  const reaches = (its: Kubectl, pod: string, port: number, container = 'main') =>
    its.exec(pod, ['nc', '-w', '3', `store-0.store-headless.${namespace.name}.svc.cluster.local`, `${port}`], { container, input: '' })
      .then(() => true, () => false);

  test('let in who was granted, at the port that was granted', async () => {
    expect(await reaches(kubectl, 'friend', 8080)).toBe(true);
    expect(await reaches(kubectl, 'friend', 9090)).toBe(false);
    expect(await reaches(other.kubectl, 'abroad', 8080)).toBe(true);
  });

  test('let the members reach each other', async () => {
    expect(await reaches(kubectl, 'store-1', 9090, 'http-8080')).toBe(true);
  });

  test('keep everybody else out', async () => {
    expect(await reaches(kubectl, 'stranger', 8080)).toBe(false);
    expect(await reaches(other.kubectl, 'foreigner', 8080)).toBe(false);
  });
});
