import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster, KafkaTestProps } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { ZOOKEEPER_IMAGE } from '../support/zookeeper';
import { KafkaMove, KafkaVersion } from 'cdk8s-stateful';

/** A running cluster moves from ZooKeeper to controllers, as docs/kafka-zookeeper.md says, and on to Kafka 4; or back. */
const missing = [KafkaVersion.V3_9._image, KafkaVersion.V4_1._image, ZOOKEEPER_IMAGE].map(imageMissing).find(reason => reason !== undefined);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;
const CONTROLLERS = MEMBERS.map(member => member.replace('events', 'events-controller'));
const topics = { orders: { partitions: 6, config: { 'retention.ms': '86400000' } } };
const chroot = '/events';
const HALF_AN_HOUR = 1_800_000;

describe('three brokers', () => {
  let events: KafkaTestCluster;
  let clusterId: string;
  beforeEach(async () => {
    if (missing !== undefined) return;
    events = await KafkaTestCluster.create(cluster, 'kafka-move', { chroot, topics });
    clusterId = await events.clusterIdOn('events-0');
  });
  afterEach(async () => { await events?.namespace.delete(); });

  const step = (props: KafkaTestProps) => events.apply({ topics, controllers: 3, clusterId, version: KafkaVersion.V3_9, ...props });
  const rolled = async (...sets: string[]) => { for (const set of sets) await events.kubectl.rolloutStatus(`statefulset/${set}`, 400); };
  const uids = () => Promise.all(MEMBERS.map(async member => (await events.pod(member)).metadata.uid));
  const volumes = async () => (await volumesOf(events.kubectl)).filter(claim => /^data-events-\d/.test(claim));

  const addControllers = async () => {
    const before = await uids();
    await step({ chroot, move: KafkaMove.CONTROLLERS });
    await events.says('events-controller-0', 'these members have not reported that theirs are empty too: events-0 events-1 events-2');
    await events.decide('events-controller-0', 'found');
    await measure('three controllers ready since the decision', () => events.allReady(200, ...CONTROLLERS));
    expect(await uids()).toEqual(before);
  };

  const moveMetadata = async () => {
    await step({ chroot, move: KafkaMove.METADATA });
    await measure('brokers that know both', () => rolled('events'));
    await waitUntil('the metadata with the controllers', 120, async () => {
      const logs = await Promise.all(CONTROLLERS.map(controller => events.kubectl.logs(controller)));
      return logs.some(log => log.includes('Completed migration of metadata from ZooKeeper to KRaft')) || 'not yet';
    });
    await sleep(20);
  };

  const moveBrokers = async () => {
    await step({ chroot, move: KafkaMove.BROKERS });
    await measure('brokers without ZooKeeper', () => rolled('events'));
  };

  test('move from ZooKeeper to controllers, and to Kafka 4, under a producer: nothing is lost, and every volume stays', async () => {
    const before = await volumes();
    const producer = await events.client.produce('orders', 100);

    await addControllers();
    await moveMetadata();
    await moveBrokers();
    await step({});
    await measure('controllers without ZooKeeper', () => rolled('events-controller'));
    await events.kubectl.delete('statefulset', 'zk');
    await step({ version: KafkaVersion.V4_1 });
    await measure('brokers and controllers of Kafka 4.1', () => rolled('events-controller', 'events'));
    await producer.stop();

    found(`${producer.acknowledged.length} records acknowledged, longest pause ${producer.longestPause.toFixed(1)} s`);
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
    expect(await volumes()).toEqual(before);
    expect((await events.voters()).map(voter => voter.split(' ')[0])).toEqual(['3000', '3001', '3002']);
    expect(await events.client.tool('kafka-topics', '--describe', '--topic', 'orders')).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t.*retention\.ms=86400000/);
    expect(await events.clusterIdOn('events-0')).toBe(clusterId);
  });

  test('move, and go back to ZooKeeper from each step, under a producer: nothing is lost, and every volume stays', async () => {
    const before = await volumes();
    const producer = await events.client.produce('orders', 100);
    const removeControllers = async () => {
      await events.kubectl.delete('statefulset', 'events-controller');
      for (const controller of CONTROLLERS) await events.kubectl.wait(`pod/${controller}`, 'delete', 300);
      await events.kubectl.delete('pvc', ...CONTROLLERS.map(controller => `data-${controller}`));
    };
    const inZooKeeper = (...command: string[]) => events.kubectl.exec('zk-0', ['zkCli.sh', '-server', 'localhost:2181', ...command]);

    await addControllers();
    const early = await uids();
    await removeControllers();
    await events.apply({ chroot, topics });
    await rolled('events');
    expect(await uids()).toEqual(early);

    await addControllers();
    await moveMetadata();
    await moveBrokers();
    await events.client.tool('kafka-configs', '--alter', '--topic', 'orders', '--add-config', 'segment.ms=7200000'); // which ZooKeeper is told
    await step({ chroot, move: KafkaMove.METADATA });
    await measure('brokers that know both again', () => rolled('events'));
    await measure('no controller', async () => {
      await removeControllers();
      await inZooKeeper('deleteall', `${chroot}/controller`);
      await inZooKeeper('deleteall', `${chroot}/migration`);
      await waitUntil('a controller among the brokers', 60, async () => /"brokerid":[012],/.test(await inZooKeeper('get', `${chroot}/controller`)) || 'none');
    });
    await events.apply({ chroot, topics });
    await measure('brokers with ZooKeeper alone', () => rolled('events'));
    await producer.stop();

    found(`${producer.acknowledged.length} records acknowledged, longest pause ${producer.longestPause.toFixed(1)} s`);
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
    expect(await volumes()).toEqual(before);
    await events.createTopic('afterwards', '--partitions', '3', '--replication-factor', '3');
    expect(await events.client.tool('kafka-topics', '--describe', '--topic', 'orders')).toMatch(/PartitionCount: 6\tReplicationFactor: 3\t.*segment\.ms=7200000/);
    expect(await events.clusterIdOn('events-0')).toBe(clusterId);
  }, HALF_AN_HOUR);
});
