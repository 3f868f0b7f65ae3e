import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { keepPodsOff } from '../support/nodes';
import { measure, sleep, waitUntil } from '../support/progress';
import { record } from '../support/seen';
import { KafkaVersion } from 'cdk8s-stateful';

/** A full stop of a Kafka cluster, and its start in whatever order: docs/states/kafka.md. */
const missing = imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;

describe('three brokers that are their own controllers', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-stops', {});
    for (const topic of ['0', '1', '2', 'all']) await events.createTopic(`from-${topic}`, '--partitions', '6', '--replication-factor', '3');
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test.each(['0', '1', '2'])('all end at once and events-%s returns first, alone for more than a minute: it waits, and nothing is lost', async (first) => {
    const volumes = await volumesOf(events.kubectl);
    const producer = await events.client.produce(`from-${first}`, 100);
    const lone = `events-${first}`;
    const nodes = await Promise.all(MEMBERS.filter(member => member !== lone).map(member => events.nodeOf(member)));
    await keepPodsOff(events.kubectl, nodes, async () => {
      await events.kill(...MEMBERS);
      // Kafka ends a broker that is not registered after 60 s, if nobody tells it otherwise.
      await sleep(100);
      expect(await events.isReady(lone)).toBe(false);
      expect(await events.restarts(lone)).toBe(0);
      const before = producer.acknowledged.length;
      await sleep(5);
      expect(producer.acknowledged.length).toBe(before);
    });
    await measure(`three members ready, since the others of events-${first} may start,`, () => events.allReady(300, ...MEMBERS));
    await waitUntil('records are acknowledged again', 60, async () => {
      const { length } = producer.acknowledged;
      await sleep(2);
      return producer.acknowledged.length > length || 'none';
    });
    await producer.stop();
    // A broker that stops in order keeps the last sequence of each producer, not the last five: a batch that was written and not yet
    // acknowledged may be refused when it is sent again, until the producer gives up. That is an error which its program sees.
    record(`${producer.failed.length} records given up by the producer, as errors`);
    expect(await volumesOf(events.kubectl)).toEqual(volumes);
    await events.expectAll(`from-${first}`, producer);
  });

  test('scaled to nothing and back', async () => {
    const producer = await events.client.produce('from-all', 100);
    await producer.stop();
    await measure('the stop of all', async () => {
      await events.kubectl.run(['scale', 'statefulset/events', '--replicas=0']);
      for (const member of MEMBERS) await events.kubectl.wait(`pod/${member}`, 'delete', 300);
    });
    await events.kubectl.run(['scale', 'statefulset/events', '--replicas=3']);
    await measure('three members ready again', () => events.kubectl.wait('statefulset/events', 'jsonpath={.status.readyReplicas}=3', 300));
    await events.expectAll('from-all', producer);
  });
});
