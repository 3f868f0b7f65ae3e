import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { addKafkaClient, KafkaClient, KafkaProducer } from '../support/kafka-client';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, waitUntil } from '../support/progress';
import { record } from '../support/seen';
import { TestNamespace } from '../support/test-namespace';
import { KafkaCluster, KafkaClusterProps, KafkaTopicProps, KafkaVersion } from 'cdk8s-stateful';

const image = KafkaVersion.V4_1._image;
const missing = imageMissing(image);
const test = itUnless(missing);

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

const { kubectl: cluster } = clusterWithNodes();
const resources = { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.gibibytes(1), limit: Size.gibibytes(1) } };
const TOPICS = 'deployment/events-topics';
const partitions = 12;
const config = { 'min.insync.replicas': '1' };

function manifests(namespace: TestNamespace, orders: KafkaTopicProps, props: Partial<KafkaClusterProps>): Manifest[] {
  const chart = newChart(namespace.name);
  const controllerStorage = { size: Size.gibibytes(1) };
  const kafka = new KafkaCluster(chart, 'Events', {
    storage: { size: Size.gibibytes(1) }, resources, controllers: 1, controllerResources: resources, controllerStorage, ...props,
  });
  kafka.addTopic('orders', orders);
  addKafkaClient(chart, kafka, image);
  return synth(chart);
}

/** The command that docs/kafka-topics.md prints for the third copies, as a person would type it in this namespace. */
function moveCommand(namespace: string): string {
  const guide = readFileSync(path.join(__dirname, '../../docs/kafka-topics.md'), 'utf8');
  const command = /^ *```sh\n( *kubectl exec deployment\/events-topics -- bash -c '\n *topic=orders [\s\S]*?)```/m.exec(guide)?.[1];
  if (command === undefined) throw new Error('docs/kafka-topics.md has no command that moves the partitions of a topic');
  return command.replace('kubectl exec', `kubectl --namespace ${namespace} exec`);
}

const sh = (command: string) => promisify(execFile)('sh', ['-c', command], { timeout: 300_000 });

describe('a third broker beside two, with a dedicated controller', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let client: KafkaClient;

  const described = () => client.tool('kafka-topics', '--describe', '--topic', 'orders');
  const expectNothingLost = async (producer: KafkaProducer) => {
    await producer.stop();
    const consumed = new Set(await client.consume('orders'));
    expect(producer.acknowledged.filter(value => !consumed.has(value))).toEqual([]);
    expect(producer.failed).toEqual([]);
  };

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('kafka-third', cluster);
    kubectl = namespace.kubectl;
    await measure('two Kafka brokers, a controller and a topic from apply to ready', async () => {
      await kubectl.apply(manifests(namespace, { partitions }, { brokers: 2, config }));
      await kubectl.rolloutStatus(TOPICS, 600);
    }).catch(namespace.reportAndThrow);
    client = await KafkaClient.of(kubectl);
  });
  afterAll(async () => { await namespace?.delete(); });

  test('does not stop the writes to topics of two copies, not even while one of the two restarts', async () => {
    expect(await described()).toMatch(/ReplicationFactor: 2\t.*min\.insync\.replicas=1/);
    const producer = await client.produce('orders', 100, 300);
    await kubectl.apply(manifests(namespace, { partitions, replicationFactor: 2 }, { brokers: 3, config }));
    await measure('a third broker, from apply to ready', () => kubectl.rolloutStatus('statefulset/events', 600));
    await kubectl.rolloutStatus(TOPICS, 300);
    expect(await described()).toMatch(/ReplicationFactor: 2\t.*min\.insync\.replicas=1/);
    const { metadata: { uid } } = await kubectl.get<Pod>('pod', 'events-0');
    await kubectl.delete('pod', 'events-0', '--wait=false');
    await waitUntil('another events-0 that is ready', 600, async () => {
      const { metadata, status } = await kubectl.get<Pod>('pod', 'events-0');
      return (metadata.uid !== uid && status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True')) || 'not yet';
    });
    await expectNothingLost(producer);
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    record(`${producer.acknowledged.length} records acknowledged, none lost, none kept waiting for replicas`);
  });

  test('gets its copies by the printed command; until then three are refused, and two are not told that two must be in sync', async () => {
    const producer = await client.produce('orders', 100, 300);
    await kubectl.apply(manifests(namespace, { partitions }, { brokers: 3 }));
    await waitUntil('the refusal', 300, async () => {
      const said = await kubectl.logs(TOPICS).catch(String);
      return said.includes('refused: topic orders has replication factor 2, not the 3 declared') || said;
    });
    expect(await described()).toContain('min.insync.replicas=1');
    await kubectl.rolloutStatus('statefulset/events', 600); // the default of three copies is a change of the brokers' configuration

    await measure('the third copies of 12 partitions', () => sh(moveCommand(namespace.name)));
    await measure('from three copies to ready', () => kubectl.rolloutStatus(TOPICS, 300));
    expect(await described()).toMatch(/ReplicationFactor: 3\t.*min\.insync\.replicas=2/);
    await expectNothingLost(producer);
    record(`${producer.acknowledged.length} records acknowledged while the copies were made, none lost`);
  });
});
