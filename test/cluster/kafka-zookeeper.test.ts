/** @takes-turns */
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster, KafkaTestProps } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, measured, waitUntil } from '../support/progress';
import { sigkill } from '../support/sigkill';
import { ZOOKEEPER_IMAGE } from '../support/zookeeper';
import { KafkaVersion } from 'cdk8s-stateful';

/** The oldest pair that is offered: Kafka 3.9, which keeps its metadata in ZooKeeper. */
const missing = [KafkaVersion.V3_9._image, KafkaVersion.V4_1._image, ZOOKEEPER_IMAGE].map(imageMissing).find(reason => reason !== undefined);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;
/** The longest session that ZooKeeper grants: a broker that was killed is back while it lasts, also on a busy machine. */
const config = { 'zookeeper.session.timeout.ms': '40000' };
const props: KafkaTestProps = { chroot: '/shop/events', config, topics: { orders: { partitions: 6, config: { 'retention.ms': '86400000' } } } };

describe('Kafka with ZooKeeper', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka-zookeeper', props);
  });
  afterAll(async () => { await events?.namespace.delete({ wait: false }); });

  test('founds one cluster, with an id from each ordinal, and the declared topic', async () => {
    expect(new Set(await Promise.all(MEMBERS.map(member => events.clusterIdOn(member)))).size).toBe(1);
    const ids = await events.inBroker('events-0', 'sed -n s/^broker.id=//p /var/lib/kafka/data/logs/meta.properties; . /etc/cdk8s-stateful/kafka/member.conf; echo $CHROOT');
    expect(ids).toBe('0\n/shop/events\n');
    const topics = await events.client.tool('kafka-topics', '--describe', '--topic', 'orders');
    expect(topics).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t.*min\.insync\.replicas=2/);
    expect(topics).toMatch(/retention\.ms=86400000/);
  });

  test('a rolling update and the SIGKILL of a broker, under a producer: nothing is lost', async () => {
    const producer = await events.client.produce('orders', 200);
    // Another configuration is what rolls them.
    await events.apply({ ...props, config: { ...config, 'log.retention.hours': '100' } });
    await measure('rolling update of three brokers', () => events.kubectl.rolloutStatus('statefulset/events', 400));
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await sigkill(events.kubectl, 'events-1', 'java');
    await waitUntil('a restart of events-1', 60, async () => await events.restarts('events-1') === 1 || 'not yet');
    await events.says('events-1', 'ZooKeeper still has a session of broker 1', 60);
    await measure('events-1 from SIGKILL to ready', () => events.allReady(120, ...MEMBERS));
    await producer.stop();
    measured('longest pause of the producer', producer.longestPause);
    expect(producer.failed).toEqual([]);
    expect(await events.restarts('events-1')).toBe(1); // it waits for the end of its old session, where Kafka would end again and again
    await events.expectAll('orders', producer);
    found(`${producer.acknowledged.length} records acknowledged, none lost`);
  });
});
