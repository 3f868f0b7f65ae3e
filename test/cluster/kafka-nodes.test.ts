import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { powerMissing, powerOff, powerOn } from '../support/node-power';
import { keepPodsOff } from '../support/nodes';
import { measure, waitUntil } from '../support/progress';
import { KafkaVersion } from 'cdk8s-stateful';

const missing = imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const PER_SECOND = 200;

describe('three brokers on three nodes', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka-nodes', { topics: { power: { partitions: 6 } } });
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('starts again as a whole, even if one cannot come back', async () => {
    const [{ spec: { nodeName } }, ...others] = await events.brokers();
    await keepPodsOff(cluster, [nodeName], async () => {
      // At once and without a goodbye, as when the power of a whole site fails.
      await events.kubectl.delete('pod', '--force', '--grace-period=0', ...(await events.brokers()).map(({ metadata }) => metadata.name));
      await measure(`${others.length} of three Kafka brokers from the end of all to ready`, () => events.brokersReady(others.length, 200));
    });
    await events.brokersReady(3, 200);
  });

  const testWithPower = itUnless(missing ?? powerMissing);
  testWithPower('the power-off of a node loses and doubles nothing', async () => {
    const victim = (await events.brokers()).find(({ spec }) => spec.nodeName !== events.client.nodeName);
    if (victim === undefined) throw new Error('all brokers are on the node of the client');
    const { metadata, spec: { nodeName } } = victim;
    const other = (await events.brokers()).find(pod => pod.metadata.name !== metadata.name && pod.spec.nodeName !== nodeName);
    const producer = await events.client.produce('power', PER_SECOND);
    await powerOff(nodeName);
    try {
      await measure(`${metadata.name} from power-off to not ready`, () => events.kubectl.wait(`pod/${metadata.name}`, 'condition=Ready=false', 180));
      await events.kubectl.evictable('events', 0);
      await expect(events.kubectl.evict(`${other?.metadata.name}`)).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget");
      const before = producer.acknowledged.length;
      await waitUntil('records are acknowledged without the node', 60, async () => producer.acknowledged.length > before + 5 * PER_SECOND || `${producer.acknowledged.length - before} records`);
    } finally {
      await powerOn(cluster, nodeName);
    }
    await measure('three brokers in sync from power-on', () => events.brokersReady(3, 300));
    await producer.stop();
    await events.expectAllOnce('power', producer);
  });
});
