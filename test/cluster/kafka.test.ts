/** @beside-others */
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster, type KafkaTestProps } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { measure, waitUntil } from '../support/progress';
import { KafkaListener, KafkaVersion } from 'cdk8s-stateful';

const missing = imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const PER_SECOND = 200;

describe('three brokers that are their own controllers', () => {
  const props: KafkaTestProps = { topics: { rollout: { partitions: 6 }, evictions: { partitions: 6 } } };
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka', props);
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('has a node for each', async () => {
    expect(new Set((await events.brokers()).map(({ spec }) => spec.nodeName)).size).toBe(3);
    expect(await events.client.tool('kafka-topics', '--describe', '--topic', 'rollout')).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t.*min\.insync\.replicas=2/);
  });

  test('a rolling update waits for the in-sync replicas', async () => {
    const volumes = await volumesOf(events.kubectl);
    const producer = await events.client.produce('rollout', PER_SECOND);
    // Another configuration is what rolls them.
    await events.apply({ ...props, config: { 'log.retention.hours': '100' } });
    await measure('rolling update of three Kafka brokers', () => events.kubectl.rolloutStatus('statefulset/events', 400));
    await producer.stop();

    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS_AFTER_APPEND') ?? 0).toBe(0);
    await events.expectAllOnce('rollout', producer);
    expect(await volumesOf(events.kubectl)).toEqual(volumes);
  });

  test('each broker may be evicted, but no second one while it is away', async () => {
    const producer = await events.client.produce('evictions', PER_SECOND);
    for (const [i, name] of ['events-0', 'events-1', 'events-2'].entries()) {
      const { metadata } = await events.pod(name);
      await events.kubectl.evictable('events', 1);
      await measure(`${name} from eviction to ready`, async () => {
        await events.kubectl.evict(name);
        await expect(events.kubectl.evict(`events-${(i + 1) % 3}`)).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget");
        await events.brokersReady(3, 200, metadata.uid);
      });
    }
    await producer.stop();
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await events.expectAllOnce('evictions', producer);
  });

  test('a broker without a node of its own stays pending, by design', async () => {
    const nodes = (await cluster.list('node')).length;
    await events.kubectl.run(['scale', 'statefulset/events', `--replicas=${nodes + 1}`]);
    try {
      await waitUntil('the reason why it waits', 60, async () => {
        const { status } = await events.pod(`events-${nodes}`);
        const message = status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'no word yet';
        return (status.phase === 'Pending' && /anti-affinity/.test(message)) || message;
      });
    } finally {
      await events.kubectl.run(['scale', 'statefulset/events', '--replicas=3']);
    }
  });
});

describe('two brokers with three controllers', () => {
  let events: KafkaTestCluster;

  const props: KafkaTestProps = {
    brokers: 2,
    controllers: 3,
    listeners: [KafkaListener.internal({ name: 'BROKERS', port: 9190 }), KafkaListener.plaintext()],
    config: { 'min.insync.replicas': '1' },
    rackAwareness: true,
    podLabels: { 'topology.kubernetes.io/zone': 'z1' }, // what Kubernetes 1.35 does by itself
    topics: { orders: { partitions: 4 } },
  };

  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka-controllers', props);
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('the controllers alone are voters; brokers know their rack', async () => {
    await waitUntil('three voters, and the brokers as observers', 60, async () => { // a new leader does not know the observers yet
      const quorum = await events.client.tool('kafka-metadata-quorum', 'describe', '--replication');
      const nodes = quorum.split('\n').slice(1).map(row => row.split(/\s+/)).filter(row => row.length > 2);
      const roles = nodes.map(([id, , , , , , status]) => `${id} ${status === 'Observer' ? 'observer' : 'voter'}`).sort();
      return `${roles}` === '0 observer,1 observer,3000 voter,3001 voter,3002 voter' || `${roles}`;
    });
    expect(await events.client.tool('kafka-broker-api-versions')).toMatch(/id: 0 rack: z1/);
  });

  test('brokers and controllers roll, and nothing is lost or doubled', async () => {
    const producer = await events.client.produce('orders', PER_SECOND);
    await events.apply({ ...props, config: { ...props.config, 'log.retention.hours': '100' } });
    await measure('rolling update of two brokers and three controllers', async () => {
      await events.kubectl.rolloutStatus('statefulset/events', 400);
      await events.kubectl.rolloutStatus('statefulset/events-controller', 400);
    });
    await producer.stop();
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await events.expectAllOnce('orders', producer);
  });
});
