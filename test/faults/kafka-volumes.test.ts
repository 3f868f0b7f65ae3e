import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { measure, sleep } from '../support/progress';
import { record } from '../support/seen';
import { KafkaVersion } from 'cdk8s-stateful';

/** What becomes of a Kafka cluster whose members lose their volumes: docs/states/kafka.md. */
const missing = imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();

describe('three brokers that are their own controllers', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-volumes', {});
    await events.createTopic('orders', '--partitions', '6', '--replication-factor', '3');
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('one volume of three lost, of the founder: it joins without a vote, copies all, then votes again', async () => {
    const before = await events.voters();
    const producer = await events.client.produce('orders', 100, 300);
    await events.loseVolumes('events-0');
    await measure('events-0 from the loss of its volume to ready', () => events.allReady(400, 'events-0'));
    await producer.stop();
    await events.says('events-0', 'joining it, without a vote yet');
    await events.says('events-0', 'had another volume, which is lost: removing it from the voters');
    const after = await events.voters();
    expect(after.map(voter => voter.split(' ')[0])).toEqual(['0', '1', '2']);
    expect(after.filter(voter => before.includes(voter))).toHaveLength(2);
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
  });

  test('two of three lost: nothing is elected, and the data of the third is as it was', async () => {
    const files = () => events.kubectl.exec('events-2', ['bash', '-c', 'cd /var/lib/kafka/data/logs && cat orders-*/*.log | wc -c; ls -d orders-* | wc -l'], { container: 'kafka' });
    const producer = await events.client.produce('orders', 100, 300);
    await producer.stop();
    await sleep(10); // until the third has copied what is acknowledged
    const before = await files();
    expect(before).not.toMatch(/^0\n/);
    await events.loseVolumes('events-0', 'events-1');
    await events.says('events-0', 'could not confirm which partitions count on this broker', 300);
    await events.says('events-1', 'could not confirm which partitions count on this broker', 300);
    await sleep(60); // in which the empty ones elected each other
    for (const pod of ['events-0', 'events-1']) {
      expect(await events.isReady(pod)).toBe(false);
      await expect(events.kubectl.exec(pod, ['test', '-e', '/var/lib/kafka/data/logs/meta.properties'], { container: 'kafka' })).rejects.toThrow();
    }
    expect(await files()).toBe(before);
    record('two empty members waited for 60 s; the third kept all');
  });
});

describe('two brokers with a dedicated controller', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-last', { brokers: 2, controllers: 1, config: { 'min.insync.replicas': '1' }, placement: KafkaTestCluster.ANYWHERE });
    await events.createTopic('orders', '--partitions', '2', '--replication-factor', '2', '--config', 'min.insync.replicas=1');
  });
  afterAll(async () => { await events?.namespace.delete(); });

  test('the last in-sync replica lost its volume: it is not elected; a person chooses the copy that is left', async () => {
    const both = await events.client.produce('orders', 100, 300);
    await both.stop();
    await events.kubectl.run(['scale', 'statefulset/events', '--replicas=1']);
    await events.kubectl.wait('pod/events-1', 'delete', 300);
    await events.loseVolumes('events-0');
    await events.kubectl.run(['scale', 'statefulset/events', '--replicas=2']);
    await events.says('events-0', 'Kafka counts this broker as in sync for 2 partitions, such as orders-', 300);
    expect(await events.isReady('events-0')).toBe(false);
    await expect(events.decide('events-0', 'found')).rejects.toThrow('waits for start');

    await events.electUncleanly();
    await measure('events-0 from the choice to ready', () => events.allReady(300, 'events-0'));
    await events.expectAll('orders', both);
  });
});
