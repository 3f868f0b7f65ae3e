import { Duration } from 'cdk8s';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { powerMissing, powerOff, powerOn } from '../support/node-power';
import { measure, sleep, waitUntil } from '../support/progress';
import { record } from '../support/seen';
import { KafkaVersion } from 'cdk8s-stateful';

/** Rolling updates and growth of a Kafka cluster while a producer writes: docs/kafka.md. */
/** Half of it is longer than a node is off here, however busy the machine is. */
const terminationGrace = Duration.minutes(20);
const missing = imageMissing(KafkaVersion.V4_1._image);
const { kubectl: cluster } = clusterWithNodes();

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly nodeName: string };
}

describe('three brokers that are their own controllers', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-rollout', { terminationGrace });
    await events.createTopic('orders', '--partitions', '6', '--replication-factor', '3');
  });
  afterAll(async () => { await events?.namespace.delete(); });

  itUnless(missing ?? powerMissing)('a rollout that begins while a node is off waits for it, and writes go on', async () => {
    const uid = async (name: string) => (await events.kubectl.get<Pod>('pod', name)).metadata.uid;
    const { spec: { nodeName } } = await events.kubectl.get<Pod>('pod', 'events-0');
    if (nodeName === events.client.nodeName) await events.moveClientAwayFrom(nodeName);
    const old = await uid('events-1');
    const producer = await events.client.produce('orders', 50, 300);
    await powerOff(nodeName);
    try {
      await events.kubectl.wait('pod/events-0', 'condition=Ready=false', 180);
      await events.apply({ terminationGrace, config: { 'log.retention.hours': '100' } });
      await events.says('events-2', 'delaying the shutdown', 90);
      const acknowledged = producer.acknowledged.length;
      await sleep(30);
      expect(producer.acknowledged.length).toBeGreaterThan(acknowledged);
      expect(await uid('events-1')).toBe(old);
      expect(await events.listens('events-2')).toBe(true);
    } finally {
      await powerOn(cluster, nodeName);
    }
    await measure('rolling update from the return of the node', () => events.kubectl.rolloutStatus('statefulset/events', 800));
    await producer.stop();
    record(`longest pause of the producer ${producer.longestPause.toFixed(1)} s`);
    expect(producer.failed).toEqual([]);
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await events.expectAll('orders', producer);
  });
});

describe('three members become five', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-five', { placement: KafkaTestCluster.ANYWHERE });
    await events.createTopic('orders', '--partitions', '6', '--replication-factor', '3');
  });
  afterAll(async () => { await events?.namespace.delete(); });

  itUnless(missing)('voters too, while a producer writes, and nobody restarts', async () => {
    const uids = async () => Promise.all(['events-0', 'events-1', 'events-2'].map(async name => (await events.kubectl.get<Pod>('pod', name)).metadata.uid));
    const old = await uids();
    const producer = await events.client.produce('orders', 50, 300);
    await events.apply({ placement: KafkaTestCluster.ANYWHERE, brokers: 5 });
    await measure('five brokers from three', () => waitUntil('five voters', 600, async () => {
      const ids = (await events.voters()).map(voter => voter.split(' ')[0]).join(' ');
      return ids === '0 1 2 3 4' || ids;
    }));
    await events.kubectl.wait('statefulset/events', 'jsonpath={.status.readyReplicas}=5', 300);
    await producer.stop();
    expect(await uids()).toEqual(old);
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
  });
});
