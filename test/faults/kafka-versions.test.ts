import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { measure } from '../support/progress';
import { KafkaVersion } from 'cdk8s-stateful';

/** The oldest release that is offered does the same. */
const version = KafkaVersion.V3_9;
const missing = imageMissing(version._image) ?? imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;

describe('Kafka 3.9', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka-old', { version });
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('starts, votes, loses a volume and rolls, under a producer, and nothing is lost', async () => {
    await events.createTopic('orders', '--partitions', '6', '--replication-factor', '3');
    const before = await events.voters();
    expect(before.map(voter => voter.split(' ')[0])).toEqual(['0', '1', '2']);
    const producer = await events.client.produce('orders', 100);
    await events.loseVolumes('events-0');
    await measure('events-0 from the loss of its volume to ready', () => events.allReady(400, ...MEMBERS));
    expect((await events.voters()).filter(voter => before.includes(voter))).toHaveLength(2);
    await events.apply({ version, config: { 'log.retention.hours': '100' } });
    await measure('rolling update', () => events.kubectl.rolloutStatus('statefulset/events', 400));
    await producer.stop();
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
  });

  test('becomes Kafka 4.1 in a rolling update, under a producer, and nothing is lost', async () => {
    await events.createTopic('payments', '--partitions', '6', '--replication-factor', '3');
    const producer = await events.client.produce('payments', 100);
    await events.apply({ version: KafkaVersion.V4_1, config: { 'log.retention.hours': '100' } });
    await measure('rolling update from 3.9 to 4.1', () => events.kubectl.rolloutStatus('statefulset/events', 400));
    await producer.stop();
    expect(producer.failed).toEqual([]);
    await events.expectAll('payments', producer);
  });
});
