import { Size } from 'cdk8s';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { newChart } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, inService, outOfService, powerMissing, powerOff, powerOn } from '../support/node-power';
import { measure, measured, sleep, waitUntil } from '../support/progress';
import { KafkaVersion, StorageClass } from 'cdk8s-stateful';

/** What becomes of a Kafka cluster whose nodes are cut off or lost, while a producer writes: docs/states/kafka.md. */
const missing = imageMissing(KafkaVersion.V4_1._image) ?? powerMissing;
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;

describe('three brokers that are their own controllers', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-cut', {});
    await events.createTopic('one', '--partitions', '6', '--replication-factor', '3');
    await events.createTopic('two', '--partitions', '6', '--replication-factor', '3');
  });
  afterAll(async () => { await events?.namespace.delete(); });

  /** The members on other nodes than the client's, which must reach those that are left. */
  const apartFromClient = async () => {
    const nodes = await Promise.all(MEMBERS.map(member => events.nodeOf(member)));
    return MEMBERS.map((member, i) => ({ member, node: nodes[i] })).filter(({ node }) => node !== events.client.nodeName);
  };

  test('one node cut off and reconnected: writes go on, nothing is lost, nobody restarts', async () => {
    const [{ member, node }] = await apartFromClient();
    const producer = await events.client.produce('one', 100);
    try {
      await cut(node);
      await events.kubectl.wait(`pod/${member}`, 'condition=Ready=false', 180);
      const before = producer.acknowledged.length;
      await waitUntil('records are acknowledged without the node', 60, async () => producer.acknowledged.length > before + 500 || `${producer.acknowledged.length - before} records`);
    } finally {
      await heal(cluster, node);
    }
    await measure('from the heal to three ready members', () => events.allReady(300, ...MEMBERS));
    await producer.stop();
    measured('longest pause of the producer', producer.longestPause);
    expect(producer.failed).toEqual([]);
    expect(await events.restarts(...MEMBERS)).toBe(0);
    await events.expectAll('one', producer);
  });

  test('two nodes cut off and reconnected: nothing is acknowledged meanwhile, nothing is lost, and there is no second outage', async () => {
    const victims = await apartFromClient();
    const uids = async () => Promise.all(MEMBERS.map(async member => (await events.pod(member)).metadata.uid));
    const old = await uids();
    const producer = await events.client.produce('two', 100);
    try {
      await Promise.all(victims.map(({ node }) => cut(node)));
      await sleep(30);
      const before = producer.acknowledged.length;
      await sleep(30);
      expect(producer.acknowledged.length).toBe(before); // one of three is no majority, and one copy less than two
    } finally {
      for (const { node } of victims) await heal(cluster, node);
    }
    const { length } = producer.acknowledged;
    await measure('from the heal to the first acknowledged record', () => waitUntil('an acknowledged record', 180, async () => producer.acknowledged.length > length || 'none yet'));
    await events.allReady(300, ...MEMBERS);
    producer.longestPause = 0;
    await sleep(60); // in which evictions restarted both that had returned
    await producer.stop();
    measured('longest pause of the producer in the minute after all were back', producer.longestPause);
    expect(producer.longestPause).toBeLessThan(15);
    expect(producer.failed).toEqual([]);
    expect(await uids()).toEqual(old);
    await events.expectAll('two', producer);
  });
});

describe('brokers on volumes that every node reaches', () => {
  let events: KafkaTestCluster;
  afterAll(async () => { await events?.namespace.delete(); });

  test('one whose node is off starts on another node with its data', async () => {
    const storage = { size: Size.gibibytes(1), storageClass: StorageClass.fromName(newChart(), 'Class', 'network') };
    events = await KafkaTestCluster.create(cluster, 'kafka-network', { storage, placement: KafkaTestCluster.ANYWHERE });
    await events.createTopic('orders', '--partitions', '6', '--replication-factor', '3');
    const node = await events.nodeOf('events-1');
    if (node === events.client.nodeName) await events.moveClientAwayFrom(node);
    const before = await events.voters();
    const { metadata: { uid } } = await events.pod('events-1');
    const producer = await events.client.produce('orders', 100);
    await powerOff(node);
    try {
      await cluster.wait(`node/${node}`, 'condition=Ready=Unknown', 120);
      await outOfService(cluster, node);
      await measure('ready on another node, since the taint,', () => waitUntil('another events-1 that is ready', 400, async () => {
        const pod = await events.pod('events-1');
        return (pod.metadata.uid !== uid && await events.isReady('events-1')) || 'not yet';
      }));
      expect(await events.nodeOf('events-1')).not.toBe(node);
      expect(await events.voters()).toEqual(before); // with the volume that it had, and so its vote
    } finally {
      await inService(cluster, node);
      await powerOn(cluster, node);
    }
    await producer.stop();
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
  });
});
