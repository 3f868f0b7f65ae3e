import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { KafkaVersion } from 'cdk8s-stateful';

/** Dedicated controllers, and brokers that lose all their volumes: docs/states/kafka.md. */
const missing = imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const BROKERS = ['events-0', 'events-1'];
const CONTROLLERS = ['events-controller-0', 'events-controller-1', 'events-controller-2'];
const TWO_COPIES = ['--partitions', '4', '--replication-factor', '2', '--config', 'min.insync.replicas=1'];
const props = { brokers: 2, config: { 'min.insync.replicas': '1' }, placement: KafkaTestCluster.ANYWHERE };

describe('two brokers with three controllers', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-dedicated', { ...props, controllers: 3 });
    for (const topic of ['orders', 'payments']) await events.createTopic(topic, ...TWO_COPIES);
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('the founder of the controllers killed, then its volume lost: writes go on, and it votes again', async () => {
    const before = await events.voters();
    const producer = await events.client.produce('orders', 100);
    await events.kill('events-controller-0');
    await events.allReady(200, ...CONTROLLERS);
    await events.loseVolumes('events-controller-0');
    await measure('a controller from the loss of its volume to ready', () => events.allReady(300, ...CONTROLLERS));
    await producer.stop();
    const after = await events.voters();
    expect(after.map(voter => voter.split(' ')[0])).toEqual(['3000', '3001', '3002']);
    expect(after.filter(voter => before.includes(voter))).toHaveLength(2);
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
  });

  test('all of both end at once, and start again', async () => {
    const producer = await events.client.produce('payments', 100);
    await producer.stop();
    await events.kill(...BROKERS, ...CONTROLLERS);
    await measure('two brokers and three controllers from the end of all to ready', () => events.allReady(400, ...BROKERS, ...CONTROLLERS));
    await events.expectAll('payments', producer);
  });

  test('two of three volumes of controllers lost: nothing is elected, and the brokers keep what they have', async () => {
    const files = () => events.kubectl.exec('events-0', ['bash', '-c', 'cd /var/lib/kafka/data/logs && cat orders-*/*.log | wc -c; ls -d orders-* | wc -l'], { container: 'kafka' });
    const before = await files();
    await events.loseVolumes('events-controller-0', 'events-controller-1');
    await events.says('events-controller-0', 'the leader of the controllers does not answer', 200);
    await sleep(30);
    for (const controller of CONTROLLERS.slice(0, 2)) expect(await events.isReady(controller)).toBe(false);
    expect(await files()).toBe(before);
  });
});

describe('two brokers with one controller', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-lost', { ...props, controllers: 1 });
    await events.createTopic('orders', ...TWO_COPIES);
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('all brokers lost their volumes: they wait, though the controller is there; a person decides', async () => {
    const producer = await events.client.produce('orders', 100);
    await producer.stop();
    await events.loseVolumes(...BROKERS);
    for (const broker of BROKERS) await events.says(broker, 'the cluster is not known to be new.', 200);
    await sleep(30);
    for (const broker of BROKERS) expect(await events.isReady(broker)).toBe(false);
    for (const broker of BROKERS) await events.decide(broker, 'start');
    await measure('both brokers, empty by decision, ready', () => events.allReady(300, ...BROKERS));
    await events.electUncleanly();
    const again = await events.client.produce('orders', 100);
    await again.stop();
    await events.expectAll('orders', again);
  });

  test('the controller lost its volume: it waits, as brokers have data; a person decides', async () => {
    await events.loseVolumes('events-controller-0');
    await events.says('events-controller-0', 'these members have not reported that theirs are empty too: events-0 events-1. Waiting', 200);
    expect(await events.isReady('events-controller-0')).toBe(false);
    expect(await events.isReady('events-0')).toBe(true); // clients read and write on without a controller

    await events.decide('events-controller-0', 'found');
    await events.allReady(300, 'events-controller-0');
    await events.kill(...BROKERS);
    await events.allReady(400, ...BROKERS);
    await waitUntil('the new cluster has no topics', 60, async () => (await events.client.tool('kafka-topics', '--list')).trim() || true);
    found(`of the old data the brokers have: ${(await events.kubectl.exec('events-0', ['bash', '-c', 'cd /var/lib/kafka/data/logs && ls -d orders-* | head -3'], { container: 'kafka' }).catch(() => 'nothing')).trim().replace(/\n/g, ' ')}`);
  });
});
