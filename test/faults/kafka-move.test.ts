import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster, KafkaTestProps } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { ZOOKEEPER_IMAGE } from '../support/zookeeper';
import { KafkaMove, KafkaVersion } from 'cdk8s-stateful';

/** A running cluster moves from ZooKeeper to controllers, as docs/kafka-zookeeper.md says, and on to Kafka 4. */
const missing = [KafkaVersion.V3_9._image, KafkaVersion.V4_1._image, ZOOKEEPER_IMAGE].map(imageMissing).find(reason => reason !== undefined);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;
const CONTROLLERS = MEMBERS.map(member => member.replace('events', 'events-controller'));
const topics = { orders: { partitions: 6, config: { 'retention.ms': '86400000' } } };

describe('three brokers', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka-move', { chroot: '/events', topics });
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('move from ZooKeeper to controllers, and to Kafka 4, under a producer: nothing is lost, and every volume stays', async () => {
    const clusterId = await events.clusterIdOn('events-0');
    const volumes = (await volumesOf(events.kubectl)).filter(claim => claim.startsWith('data-events-'));
    const uids = async () => Promise.all(MEMBERS.map(async member => (await events.pod(member)).metadata.uid));
    const before = await uids();
    const producer = await events.client.produce('orders', 100);
    const step = (props: KafkaTestProps) => events.apply({ topics, controllers: 3, clusterId, version: KafkaVersion.V3_9, ...props });
    const rolled = async (...sets: string[]) => { for (const set of sets) await events.kubectl.rolloutStatus(`statefulset/${set}`, 400); };

    await step({ chroot: '/events', move: KafkaMove.CONTROLLERS });
    await events.says('events-controller-0', 'it is not known whether the others are: events-0 events-1 events-2');
    await events.decide('events-controller-0', 'found');
    await measure('three controllers ready since the decision', () => events.allReady(200, ...CONTROLLERS));
    expect(await uids()).toEqual(before);

    await step({ chroot: '/events', move: KafkaMove.METADATA });
    await measure('brokers that know both', () => rolled('events'));
    await waitUntil('the metadata with the controllers', 120, async () => {
      const logs = await Promise.all(CONTROLLERS.map(controller => events.kubectl.logs(controller)));
      return logs.some(log => log.includes('Completed migration of metadata from ZooKeeper to KRaft')) || 'not yet';
    });
    await sleep(20);

    await step({ chroot: '/events', move: KafkaMove.BROKERS });
    await measure('brokers without ZooKeeper', () => rolled('events'));
    await step({});
    await measure('controllers without ZooKeeper', () => rolled('events-controller'));
    await events.kubectl.delete('statefulset', 'zk');
    await step({ version: KafkaVersion.V4_1 });
    await measure('brokers and controllers of Kafka 4.1', () => rolled('events-controller', 'events'));
    await producer.stop();

    found(`${producer.acknowledged.length} records acknowledged, longest pause ${producer.longestPause.toFixed(1)} s`);
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
    expect((await volumesOf(events.kubectl)).filter(claim => /^data-events-\d/.test(claim))).toEqual(volumes);
    expect((await events.voters()).map(voter => voter.split(' ')[0])).toEqual(['3000', '3001', '3002']);
    expect(await events.client.tool('kafka-topics', '--describe', '--topic', 'orders')).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t.*retention\.ms=86400000/);
    expect(await events.clusterIdOn('events-0')).toBe(clusterId);
  });
});
