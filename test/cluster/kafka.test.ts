import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { addKafkaClient, KafkaClient, KafkaProducer } from '../support/kafka-client';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { powerMissing, powerOff, powerOn } from '../support/node-power';
import { measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { KafkaCluster, KafkaClusterProps, KafkaListener, KafkaTopicProps, KafkaVersion } from 'cdk8s-stateful';

const image = KafkaVersion.V4_1._image;
const missing = imageMissing(image);
const test = itUnless(missing);

const PER_SECOND = 200;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string; readonly conditions: readonly Condition[] };
}

const { kubectl: cluster } = clusterWithNodes();
const resources = { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.gibibytes(1), limit: Size.gibibytes(1) } };

function manifests(namespace: TestNamespace, topics: { [name: string]: KafkaTopicProps }, props: Partial<KafkaClusterProps> = {}): Manifest[] {
  const chart = newChart(namespace.name);
  const kafka = new KafkaCluster(chart, 'Events', { storage: { size: Size.gibibytes(1) }, resources, ...props });
  for (const [name, topic] of Object.entries(topics)) kafka.addTopic(name, topic);
  addKafkaClient(chart, kafka, image);
  return synth(chart);
}

const isReady = (conditions: readonly Condition[]) => conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
const allReady = (kubectl: Kubectl, count: number, seconds: number) => kubectl.wait('statefulset/events', `jsonpath={.status.readyReplicas}=${count}`, seconds);

/** No record that was acknowledged is missing, and none is there twice. */
async function expectAllOnce(client: KafkaClient, topic: string, producer: KafkaProducer): Promise<void> {
  const consumed = await client.consume(topic);
  const present = new Set(consumed);
  say(`  ${consumed.length} records in ${topic}`);
  expect(producer.acknowledged.filter(value => !present.has(value))).toEqual([]);
  expect(consumed.length).toBe(present.size);
  expect(producer.failed).toEqual([]);
}

describe('three brokers that are their own controllers', () => {
  const topics = { rollout: { partitions: 6 }, evictions: { partitions: 6 }, power: { partitions: 6 } };
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let client: KafkaClient;

  const brokers = () => kubectl.list<Pod>('pod', 'cdk8s.io/metadata.addr=events');
  const wholeAgain = (old: string[], seconds: number) => waitUntil('three brokers, ready, none of the old ones', seconds, async () => {
    const pods = await brokers();
    const ready = pods.filter(({ status, metadata }) => !old.includes(metadata.uid) && isReady(status.conditions));
    return ready.length === 3 || `${ready.length} ready`;
  });

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('kafka', cluster);
    kubectl = namespace.kubectl;
    await measure('three Kafka brokers from apply to ready', async () => {
      await kubectl.apply(manifests(namespace, topics));
      await allReady(kubectl, 3, 300);
    }).catch(async error => {
      await namespace.report();
      throw error;
    });
    await kubectl.rolloutStatus('deployment/events-topics', 120);
    client = await KafkaClient.of(kubectl);
  });
  afterAll(async () => { await namespace?.delete(); });

  test('has a node for each', async () => {
    expect(new Set((await brokers()).map(({ spec }) => spec.nodeName)).size).toBe(3);
    expect(await client.tool('kafka-topics', '--describe', '--topic', 'rollout')).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t.*min\.insync\.replicas=2/);
  });

  test('a rolling update waits for the in-sync replicas', async () => {
    const volumes = await volumesOf(kubectl);
    const producer = await client.produce('rollout', PER_SECOND);
    // Another configuration is what rolls them.
    await kubectl.apply(manifests(namespace, topics, { config: { 'log.retention.hours': '100' } }));
    await measure('rolling update of three Kafka brokers', () => kubectl.rolloutStatus('statefulset/events', 400));
    await producer.stop();

    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS_AFTER_APPEND') ?? 0).toBe(0);
    await expectAllOnce(client, 'rollout', producer);
    expect(await volumesOf(kubectl)).toEqual(volumes);
  });

  test('each broker may be evicted, but no second one while it is away', async () => {
    const producer = await client.produce('evictions', PER_SECOND);
    for (const [i, name] of ['events-0', 'events-1', 'events-2'].entries()) {
      const { metadata } = await kubectl.get<Pod>('pod', name);
      await measure(`${name} from eviction to ready`, async () => {
        await kubectl.evict(name);
        await expect(kubectl.evict(`events-${(i + 1) % 3}`)).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget");
        await wholeAgain([metadata.uid], 200);
      });
    }
    await producer.stop();
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await expectAllOnce(client, 'evictions', producer);
  });

  test('starts again as a whole, even if one cannot come back', async () => {
    const [{ spec: { nodeName } }, ...others] = await brokers();
    const ready = (count: number) => waitUntil(`${count} brokers that are ready`, 200, async () => {
      const names = (await brokers()).filter(({ status }) => isReady(status.conditions)).map(({ metadata }) => metadata.name);
      return names.length >= count || names.join(', ') || 'none';
    });
    await cluster.run(['cordon', `${nodeName}`]);
    try {
      // At once and without a goodbye, as when the power of a whole site fails.
      await kubectl.delete('pod', '--force', '--grace-period=0', ...(await brokers()).map(({ metadata }) => metadata.name));
      await measure(`${others.length} of three Kafka brokers from the end of all to ready`, () => ready(others.length));
    } finally {
      await cluster.uncordon(`${nodeName}`);
    }
    await ready(3);
  });

  const testWithPower = itUnless(missing ?? powerMissing);
  testWithPower('the power-off of a node loses and doubles nothing', async () => {
    const victim = (await brokers()).find(({ spec }) => spec.nodeName !== client.nodeName);
    if (victim?.spec.nodeName === undefined) throw new Error('all brokers are on the node of the client');
    const { metadata, spec: { nodeName } } = victim;
    const other = (await brokers()).find(pod => pod.metadata.name !== metadata.name && pod.spec.nodeName !== nodeName);
    const producer = await client.produce('power', PER_SECOND);
    await powerOff(nodeName);
    try {
      await measure(`${metadata.name} from power-off to not ready`, () => kubectl.wait(`pod/${metadata.name}`, 'condition=Ready=false', 180));
      await expect(kubectl.evict(`${other?.metadata.name}`)).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget");
      const before = producer.acknowledged.length;
      await waitUntil('records are acknowledged without the node', 60, async () => producer.acknowledged.length > before + 5 * PER_SECOND || `${producer.acknowledged.length - before} records`);
    } finally {
      await powerOn(cluster, nodeName);
    }
    await measure('three brokers in sync from power-on', () => wholeAgain([], 300));
    await producer.stop();
    await expectAllOnce(client, 'power', producer);
  });

  test('a broker without a node of its own stays pending, by design', async () => {
    const nodes = (await cluster.list('node')).length;
    await kubectl.run(['scale', 'statefulset/events', `--replicas=${nodes + 1}`]);
    try {
      await waitUntil('the reason why it waits', 60, async () => {
        const { status } = await kubectl.get<Pod>('pod', `events-${nodes}`);
        const message = status.conditions.find(({ type }) => type === 'PodScheduled')?.message ?? 'no word yet';
        return (status.phase === 'Pending' && /anti-affinity/.test(message)) || message;
      });
    } finally {
      await kubectl.run(['scale', 'statefulset/events', '--replicas=3']);
    }
  });
});

describe('two brokers with three controllers', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let client: KafkaClient;

  const topics = { orders: { partitions: 4 } };
  const props: Partial<KafkaClusterProps> = {
    brokers: 2,
    controllers: 3,
    controllerResources: resources,
    controllerStorage: { size: Size.gibibytes(1) },
    listeners: [KafkaListener.internal({ name: 'BROKERS', port: 9190 }), KafkaListener.plaintext()],
    config: { 'min.insync.replicas': '1' },
    rackAwareness: true,
    podLabels: { 'topology.kubernetes.io/zone': 'z1' }, // what Kubernetes 1.35 does by itself
  };

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('kafka', cluster);
    kubectl = namespace.kubectl;
    await measure('two Kafka brokers and three controllers from apply to ready', async () => {
      await kubectl.apply(manifests(namespace, topics, props));
      await allReady(kubectl, 2, 300);
      await kubectl.wait('statefulset/events-controller', 'jsonpath={.status.readyReplicas}=3', 120);
    }).catch(async error => {
      await namespace.report();
      throw error;
    });
    client = await KafkaClient.of(kubectl);
  });
  afterAll(async () => { await namespace?.delete(); });

  test('the controllers alone are voters; brokers know their rack', async () => {
    const quorum = await client.tool('kafka-metadata-quorum', 'describe', '--replication');
    const nodes = quorum.split('\n').slice(1).map(row => row.split(/\s+/)).filter(row => row.length > 2);
    expect(nodes.map(([id, , , , , , status]) => `${id} ${status === 'Observer' ? 'observer' : 'voter'}`).sort())
      .toEqual(['0 observer', '1 observer', '3000 voter', '3001 voter', '3002 voter']);
    expect(await client.tool('kafka-broker-api-versions')).toMatch(/id: 0 rack: z1/);
  });

  test('brokers and controllers roll, and nothing is lost or doubled', async () => {
    await kubectl.rolloutStatus('deployment/events-topics', 120);
    const producer = await client.produce('orders', PER_SECOND);
    await kubectl.apply(manifests(namespace, topics, { ...props, config: { ...props.config, 'log.retention.hours': '100' } }));
    await measure('rolling update of two brokers and three controllers', async () => {
      await kubectl.rolloutStatus('statefulset/events', 400);
      await kubectl.rolloutStatus('statefulset/events-controller', 400);
    });
    await producer.stop();
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await expectAllOnce(client, 'orders', producer);
  });
});
