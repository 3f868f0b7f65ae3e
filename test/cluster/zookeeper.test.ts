/** @takes-turns */
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { keepPodsOff } from '../support/nodes';
import { measure, measured, say, sleep, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { ZooKeeperEnsemble, ZooKeeperVersion } from 'cdk8s-stateful';

const image = ZooKeeperVersion.V3_9._image;
const missing = imageMissing(image);
const test = itUnless(missing);

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string };
}

interface Started extends Pod {
  readonly status: Pod['status'] & { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

describe('an ensemble of three', () => {
  const { kubectl: cluster } = clusterWithNodes();
  const members = ['zk-0', 'zk-1', 'zk-2'];
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  function manifests(config: { [key: string]: string } = {}) {
    const chart = newChart(namespace.name);
    new ZooKeeperEnsemble(chart, 'Zk', {
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } },
      terminationGrace: Duration.seconds(30),
      config,
    });
    return synth(chart);
  }

  const allReady = (seconds: number) => kubectl.wait('statefulset/zk', 'jsonpath={.status.readyReplicas}=3', seconds);
  const uids = async () => (await kubectl.list<Pod>('pod', 'cdk8s.io/metadata.addr=zk')).map(({ metadata }) => metadata.uid).sort();

  /** What a member answers to a four letter word, and nothing if it does not. */
  const ask = (pod: string, word: string) =>
    kubectl.exec(pod, ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/2181 && printf ${word} >&3 && cat <&3`]).catch(() => '');

  const modeOf = async (pod: string) => /^Mode: (\w+)/m.exec(await ask(pod, 'srvr'))?.[1];

  async function answers(pod: string, word: string, wanted: string): Promise<void> {
    await waitUntil(`the answer of ${pod} to ${word}`, 30, async () => {
      const answer = await ask(pod, word);
      return answer.includes(wanted) || answer;
    });
  }

  async function roles(wanted: readonly string[], ...pods: readonly string[]): Promise<void> {
    await waitUntil(`${wanted.join(', ')} among ${pods.join(', ')}`, 60, async () => {
      const modes = (await Promise.all(pods.map(modeOf))).sort();
      return `${modes}` === `${wanted}` || `${modes}`;
    });
  }

  async function leader(): Promise<string | undefined> {
    for (const pod of members) if (await modeOf(pod) === 'leader') return pod;
    return undefined;
  }

  /** It answers a part on stdout and a part on stderr. */
  const zkCli = (pod: string, command: string) => kubectl.exec(pod, ['bash', '-c', `zkCli.sh -server ${command} 2>&1`], { seconds: 60 });

  const write = (path: string, value: string) => waitUntil(`${path} to be created`, 60, async () => {
    const answer = await zkCli('zk-0', `zk:2181 create ${path} ${value}`).catch(String);
    return answer.includes(`Created ${path}`) || answer.includes(`Node already exists: ${path}`) || answer.slice(-300);
  });
  /** Reads are local to the member that is asked. */
  const read = async (pod: string, path: string) => (await zkCli(pod, `127.0.0.1:2181 get ${path}`)).split('\n').find(line => /^order-\d+$/.test(line));

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('zookeeper', cluster);
    kubectl = namespace.kubectl;
    await kubectl.apply(manifests());
    await measure('three ZooKeeper members from apply to ready', () => allReady(180)).catch(namespace.reportAndThrow);
  });
  afterAll(async () => { await namespace?.delete(); });

  test('has one leader, two followers, an id from each ordinal, and a node for each', async () => {
    await roles(['follower', 'follower', 'leader'], ...members);
    for (const [ordinal, pod] of members.entries()) expect((await kubectl.exec(pod, ['cat', '/data/myid'])).trim()).toBe(`${ordinal + 1}`);
    expect(new Set((await kubectl.list<Pod>('pod', 'cdk8s.io/metadata.addr=zk')).map(({ spec }) => spec.nodeName)).size).toBe(3);
    await write('/order', 'order-1');
    for (const pod of members) expect(await read(pod, '/order')).toBe('order-1');
    const used = await kubectl.exec('zk-0', ['sh', '-c', 'grep VmRSS /proc/1/status']);
    say(`a member with a heap of 256 MiB below 512 MiB is ${Math.round(Number(/\d+/.exec(used)?.[0]) / 1024)} MiB in memory`);
  });

  test('elects a new leader when the leader is killed, and keeps its znodes', async () => {
    const old = await leader();
    if (old === undefined) throw new Error('there is no leader');
    const others = members.filter(pod => pod !== old);
    // No process can send SIGKILL to the first one of its container; a fault in Java's own code ends it as abruptly.
    await kubectl.exec(old, ['sh', '-c', 'kill -SEGV 1']).catch(() => undefined); // it may end before kubectl has the answer
    const start = performance.now();
    await waitUntil('a new leader', 60, async () => (await Promise.all(others.map(modeOf))).includes('leader') || 'none yet');
    measured(`new ZooKeeper leader after ${old} was killed`, (performance.now() - start) / 1000);
    await waitUntil(`restart of ${old}`, 60, async () => (await kubectl.get<Started>('pod', old)).status.containerStatuses[0].restartCount > 0 || 'none yet');
    await kubectl.wait(`pod/${old}`, 'condition=Ready', 120);
    await kubectl.wait('statefulset/zk', 'jsonpath={.status.readyReplicas}=3', 120);
    for (const pod of members) expect(await read(pod, '/order')).toBe('order-1');
  });

  test('keeps its znodes when every Pod is deleted, in turn and at once', async () => {
    await write('/in-turn', 'order-2');
    for (const pod of members) {
      await measure(`${pod} from deletion to ready`, async () => {
        await kubectl.delete('pod', pod);
        await kubectl.wait(`pod/${pod}`, 'condition=Ready', 120);
      });
    }
    const before = await uids();
    await measure('all ZooKeeper members from deletion to ready', async () => {
      await kubectl.delete('pod', ...members);
      await waitUntil('three new members that are ready', 120, async () => {
        const now = await uids();
        if (now.length < 3 || now.some(uid => before.includes(uid))) return 'old members';
        await allReady(5);
        return true;
      });
    });
    for (const pod of members) expect(await read(pod, '/in-turn')).toBe('order-2');
  });

  test('is alive without a quorum, but not ready', async () => {
    await kubectl.run(['scale', 'statefulset/zk', '--replicas=1']);
    await kubectl.wait('pod/zk-2', 'delete', 60);
    await kubectl.wait('pod/zk-1', 'delete', 60);
    await measure('the last of three members to be not ready', () => kubectl.wait('pod/zk-0', 'condition=Ready=false', 60));
    await answers('zk-0', 'ruok', 'imok');
    await answers('zk-0', 'srvr', 'not currently serving requests');
    await sleep(75); // longer than the liveness probe waits
    expect((await kubectl.get<Started>('pod', 'zk-0')).status.containerStatuses[0].restartCount).toBe(0);
    await kubectl.run(['scale', 'statefulset/zk', '--replicas=3']);
    await measure('a lost quorum from scale to ready', () => allReady(120));
    expect(await read('zk-0', '/in-turn')).toBe('order-2');
  });

  test('lets one member be drained, and refuses a second while it is down', async () => {
    const { spec: { nodeName } } = await kubectl.get<Pod>('pod', 'zk-0');
    await keepPodsOff(cluster, [`${nodeName}`], async () => {
      await kubectl.drain(`${nodeName}`, 60, 'cdk8s.io/metadata.addr=zk');
      await waitUntil('zk-0 to be down', 60, async () => (await kubectl.get<Pod>('pod', 'zk-0')).status.phase === 'Pending' || 'still there');
      await roles(['follower', 'leader'], 'zk-1', 'zk-2'); // also if the leader was drained
      for (const pod of ['zk-1', 'zk-2']) await kubectl.wait(`pod/${pod}`, 'condition=Ready', 60); // one that is not may always be evicted
      await expect(kubectl.evict('zk-1')).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget");
    });
    await allReady(120);
  });

  test('leaves a member without a node pending, by design', async () => {
    const nodes = (await cluster.list('node')).length;
    await kubectl.run(['scale', 'statefulset/zk', `--replicas=${nodes + 1}`]);
    try {
      await waitUntil('event that says why', 60, async () => {
        const events = await kubectl.run(['get', 'events', '--field-selector', `involvedObject.name=zk-${nodes},reason=FailedScheduling`, '-o', 'jsonpath={.items[*].message}']);
        return events.includes('anti-affinity') || `no such event: ${events}`;
      });
      expect((await kubectl.get<Pod>('pod', `zk-${nodes}`)).status.phase).toBe('Pending');
    } finally {
      await kubectl.run(['scale', 'statefulset/zk', '--replicas=3']);
    }
  });

  test('serves all through a rolling update, one member after the other', async () => {
    const before = await uids();
    await kubectl.apply(manifests({ maxClientCnxns: '100' }));
    let rolled = false;
    const rollout = measure('rolling update of three ZooKeeper members', () => kubectl.rolloutStatus('statefulset/zk', 240)).finally(() => { rolled = true; });
    let [asked, leaderless] = [0, 0];
    while (!rolled) {
      const modes = await Promise.all(members.map(modeOf));
      asked++;
      if (!modes.includes('leader')) leaderless++;
      await sleep(0.5);
    }
    await rollout;
    say(`asked ${asked} times during the update, ${leaderless} times there was no leader`);
    expect((await uids()).filter(uid => before.includes(uid))).toEqual([]);
    expect(await kubectl.exec('zk-0', ['grep', 'maxClientCnxns', '/data/membership/zoo.cfg'])).toContain('=100');
    expect(await read('zk-2', '/order')).toBe('order-1');
  });
});
