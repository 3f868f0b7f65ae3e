/** @beside-others */
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { addKafkaClient, KafkaClient } from '../support/kafka-client';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { KafkaCluster, KafkaClusterProps, KafkaListener, KafkaTopicProps, KafkaVersion } from 'cdk8s-stateful';

const image = KafkaVersion.V4_1._image;
const missing = imageMissing(image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const resources = { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.gibibytes(1), limit: Size.gibibytes(1) } };
const TOPICS = 'deployment/events-topics';

type Topics = { [name: string]: KafkaTopicProps };

function manifests(namespace: TestNamespace, topics: Topics, props: Partial<KafkaClusterProps> = {}, listener?: string): Manifest[] {
  const chart = newChart(namespace.name);
  const kafka = new KafkaCluster(chart, 'Events', { storage: { size: Size.gibibytes(1) }, resources, ...props });
  for (const [name, topic] of Object.entries(topics)) kafka.addTopic(name, topic);
  addKafkaClient(chart, kafka, image, listener);
  return synth(chart);
}

const topics: Topics = {
  'w': { partitions: 6, config: { 'retention.ms': '7200000' } },
  'orders.v1': { partitions: 3, config: { 'cleanup.policy': 'compact,delete', 'retention.ms': '7200000' } },
};

const withMore = { ...topics, 'orders.v1': { ...topics['orders.v1'], partitions: 5 } };

describe('declared topics', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let client: KafkaClient;

  const described = (topic: string) => client.tool('kafka-topics', '--describe', '--topic', topic);
  const settings = (topic: string) => client.tool('kafka-configs', '--describe', '--entity-type', 'topics', '--entity-name', topic);
  const log = () => kubectl.logs(TOPICS);
  const applied = (what: string) => measure(`${what}, applied`, () => kubectl.rolloutStatus(TOPICS, 240));

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('kafka-topics', cluster);
    kubectl = namespace.kubectl;
  });
  afterAll(async () => { await namespace?.delete(); });

  test('a producer that is there before the brokers never gets a topic with one partition', async () => {
    // The client first, which asks for the topic from the moment that a broker answers.
    const all = manifests(namespace, topics);
    const isClient = ({ kind, metadata }: Manifest) => metadata.name.startsWith('client') || (kind === 'Service' && metadata.name === 'events');
    await kubectl.apply(all.filter(isClient));
    client = await KafkaClient.of(kubectl);
    const producing = client.produce('w', 50, 300);
    await kubectl.apply(all);
    await measure('three Kafka brokers and their topics from apply to ready', () => kubectl.rolloutStatus(TOPICS, 300)).catch(async error => {
      await namespace.report();
      say(await log());
      throw error;
    });
    const producer = await producing;
    expect(await described('w')).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t/);
    await producer.stop();
    const consumed = await client.consume('w');
    expect(producer.acknowledged.filter(value => !consumed.includes(value))).toEqual([]);
    expect(producer.failed).toEqual([]);
    expect((await log()).trim().split('\n').pop()).toBe('all 2 topics are as declared');
  });

  test('the settings are those of the topic itself', async () => {
    expect(await settings('orders.v1')).toMatch(/ {2}cleanup\.policy=compact,delete sensitive=false synonyms=\{DYNAMIC_TOPIC_CONFIG:/);
    expect(await settings('w')).toMatch(/ {2}min\.insync\.replicas=2 sensitive=false synonyms=\{DYNAMIC_TOPIC_CONFIG:/);
  });

  test('a setting that is changed, and changed back, is applied both times', async () => {
    const changed = { ...topics, w: { partitions: 6, config: { 'retention.ms': '3600000' } } };
    for (const [what, declared, value] of [['changed', changed, '3600000'], ['changed back', topics, '7200000']] as const) {
      await kubectl.apply(manifests(namespace, declared));
      await applied(`a setting that is ${what}`);
      expect(await settings('w')).toContain(`  retention.ms=${value} sensitive=false`);
    }
  });

  test('more partitions are added, to this topic alone; a topic that somebody deleted is created again', async () => {
    await client.tool('kafka-topics', '--create', '--topic', 'orders-v1', '--partitions', '1'); // the dot of 'orders.v1' stands for any character in Kafka's tools
    await client.tool('kafka-topics', '--delete', '--topic', 'w');
    await kubectl.apply(manifests(namespace, withMore));
    await applied('partitions and a topic');
    expect(await described('orders.v1')).toContain('PartitionCount: 5');
    expect(await described('orders-v1')).toContain('PartitionCount: 1');
    expect(await described('w')).toContain('PartitionCount: 6');
  });

  test('refuses fewer partitions, and is ready again when the manifest declares the existing number', async () => {
    await kubectl.apply(manifests(namespace, { ...withMore, w: { partitions: 3, config: { 'segment.bytes': '2097152' } } }));
    await waitUntil('the refusal', 120, async () => {
      const said = await log();
      return said.includes('refused: topic w has 6 partitions, more than the 3 declared, and Kafka cannot remove any. Declare 6, or delete the topic and its data first') || said;
    });
    await waitUntil('the rest to be applied', 60, async () => {
      const now = await settings('w');
      return now.includes('  segment.bytes=2097152 ') || now;
    });
    await expect(kubectl.rolloutStatus(TOPICS, 5)).rejects.toThrow('timed out waiting');
    expect(await described('w')).toContain('PartitionCount: 6');
    await kubectl.apply(manifests(namespace, withMore));
    await applied('the existing number of partitions');
  });

  test('a listener is added before the others, and the first one renamed, in a rolling update: nothing is lost', async () => {
    const producer = await client.produce('w', 100, 300);
    const renamed = { listeners: [KafkaListener.plaintext({ name: 'REPORTS', port: 9095 }), KafkaListener.plaintext({ name: 'APPS' })] };
    await kubectl.apply(manifests(namespace, withMore, renamed, 'APPS')); // the port of the client, 9092, is that of the second listener now
    await measure('rolling update with another order of listeners', () => kubectl.rolloutStatus('statefulset/events', 400));
    await kubectl.rolloutStatus(TOPICS, 240); // it uses the new listener
    await producer.stop();
    const consumed = new Set(await client.consume('w'));
    expect(producer.acknowledged.filter(value => !consumed.has(value))).toEqual([]);
    expect(producer.failed).toEqual([]);
  });
});
