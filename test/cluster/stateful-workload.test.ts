/** @takes-turns */
import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { keepPodsOff } from '../support/nodes';
import { measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { Members, StatefulWorkload } from 'cdk8s-stateful';

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly annotations?: Record<string, string> };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string };
}

interface Claim {
  readonly metadata: { readonly name: string; readonly uid: string };
}

/** Pods that only keep a file: what StatefulWorkload promises without any product in it. */
describe('a quorum of three', () => {
  const { kubectl: cluster } = clusterWithNodes();
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  const pods = () => kubectl.list<Pod>('pod', 'cdk8s.io/metadata.addr=keeper');
  const claims = async () => (await kubectl.list<Claim>('pvc')).map(({ metadata }) => `${metadata.name} ${metadata.uid}`).sort();
  const read = (pod: string) => kubectl.exec(pod, ['cat', '/data/name']);
  const available = (count: number) => kubectl.wait('statefulset/keeper', `jsonpath={.status.availableReplicas}=${count}`, 120);

  function keepers(greeting: string): Chart {
    const chart = newChart(namespace.name);
    const keeper = new StatefulWorkload(chart, 'Keeper', {
      members: Members.quorum(3),
      security: { user: 1000 },
      terminationGrace: Duration.seconds(1),
    });
    const config = new kplus.ConfigMap(chart, 'Config', { metadata: { name: 'greeting' }, data: { greeting } });
    const main = keeper.addContainer({
      image: 'busybox:1.35',
      command: ['sh', '-c', 'test -e /data/name || hostname > /data/name; while true; do sleep 1; done'],
      ports: [{ number: 7000, name: 'peer' }],
      readiness: kplus.Probe.fromCommand(['test', '-e', '/data/name'], { periodSeconds: Duration.seconds(1), timeoutSeconds: Duration.seconds(5) }),
      resources: { cpu: { request: kplus.Cpu.millis(10) }, memory: { request: Size.mebibytes(16), limit: Size.mebibytes(16) } },
    });
    main.mount('/data', keeper.addClaim('data', { size: Size.mebibytes(64) }));
    main.mount('/etc/greeting', kplus.Volume.fromConfigMap(chart, 'Greeting', config));
    return chart;
  }

  beforeAll(async () => {
    namespace = await TestNamespace.create('workload', cluster);
    kubectl = namespace.kubectl;
    await kubectl.apply(synth(keepers('hello')));
    await measure('three keepers from apply to available', () => available(3));
  });
  afterAll(async () => {
    await namespace?.delete();
  });

  test('is on three nodes, and a fourth member stays pending, by design', async () => {
    expect(new Set((await pods()).map(pod => pod.spec.nodeName)).size).toBe(3);
    const nodes = (await cluster.list('node')).length;
    await kubectl.run(['scale', 'statefulset/keeper', `--replicas=${nodes + 1}`]);
    await waitUntil('event that says why', 60, async () => {
      const events = await kubectl.run(['get', 'events', '--field-selector', `involvedObject.name=keeper-${nodes},reason=FailedScheduling`, '-o', 'jsonpath={.items[*].message}']);
      return events.includes('anti-affinity') || `no such event: ${events}`;
    });
    expect((await kubectl.get<Pod>('pod', `keeper-${nodes}`)).status.phase).toBe('Pending');
    await kubectl.run(['scale', 'statefulset/keeper', '--replicas=3']);
    await waitUntil('the members too many to be gone', 60, async () => (await pods()).length === 3 || 'still there');
  });

  test('keeps names, volumes and data when every Pod is deleted in turn', async () => {
    const before = await claims();
    for (const ordinal of [0, 1, 2]) {
      const { metadata: { uid } } = await kubectl.get<Pod>('pod', `keeper-${ordinal}`);
      await measure(`keeper-${ordinal} from deletion to ready`, async () => {
        await kubectl.delete('pod', `keeper-${ordinal}`);
        await kubectl.wait(`pod/keeper-${ordinal}`, 'condition=Ready', 180); // another file may keep Pods off its node
      });
      expect((await kubectl.get<Pod>('pod', `keeper-${ordinal}`)).metadata.uid).not.toBe(uid);
      expect((await read(`keeper-${ordinal}`)).trim()).toBe(`keeper-${ordinal}`);
    }
    expect(await claims()).toEqual(before);
  });

  test('gives scaled-down members their volumes back', async () => {
    const before = await claims();
    await kubectl.run(['scale', 'statefulset/keeper', '--replicas=1']);
    await waitUntil('two members to be gone', 60, async () => (await pods()).length === 1 || 'still there');
    expect(await claims()).toEqual(before);
    await kubectl.run(['scale', 'statefulset/keeper', '--replicas=3']);
    await kubectl.rolloutStatus('statefulset/keeper', 120);
    expect(await claims()).toEqual(before);
    expect((await read('keeper-2')).trim()).toBe('keeper-2');
  });

  test('keeps its claims when the set is deleted, and finds them again', async () => {
    const before = await claims();
    await kubectl.delete('statefulset', 'keeper');
    await waitUntil('the Pods to be gone', 60, async () => (await pods()).length === 0 || 'still there');
    expect(await claims()).toEqual(before);
    await kubectl.apply(synth(keepers('hello')));
    await available(3);
    expect(await claims()).toEqual(before);
    expect((await read('keeper-1')).trim()).toBe('keeper-1');
  });

  test('lets one member be evicted, and refuses a second while the first is away', async () => {
    await available(3);
    const { spec: { nodeName } } = await kubectl.get<Pod>('pod', 'keeper-0');
    await keepPodsOff(cluster, [`${nodeName}`], async () => {
      await kubectl.evictable('keeper', 1);
      await kubectl.evict('keeper-0');
      await waitUntil('keeper-0 to be away', 60, async () => {
        const { status } = await kubectl.get<Pod>('pod', 'keeper-0');
        return status.phase === 'Pending' || status.phase;
      });
      await kubectl.wait('pod/keeper-1', 'condition=Ready', 60); // one that is not may always be evicted
      await expect(kubectl.evict('keeper-1')).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget");
    });
    await available(3);
  });

  test('is rolled by a changed ConfigMap, one member at a time, and left alone by the same one', async () => {
    const uids = async () => (await pods()).map(pod => pod.metadata.uid).sort();
    const before = await uids();
    await kubectl.apply(synth(keepers('hello')));
    await kubectl.rolloutStatus('statefulset/keeper', 120);
    expect(await uids()).toEqual(before);

    await kubectl.apply(synth(keepers('good morning')));
    await measure('rolling update of three keepers', () => kubectl.rolloutStatus('statefulset/keeper', 180));
    const after = await uids();
    expect(after.filter(uid => before.includes(uid))).toEqual([]);
    expect(await kubectl.exec('keeper-0', ['cat', '/etc/greeting/greeting'])).toBe('good morning');
    say(`members replaced: ${after.length}`);
  });
});
