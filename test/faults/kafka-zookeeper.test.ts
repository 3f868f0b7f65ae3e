import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { KafkaProducer } from '../support/kafka-client';
import { KafkaTestCluster, KafkaTestProps } from '../support/kafka-test-cluster';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, powerMissing, powerOff, powerOn } from '../support/node-power';
import { keepPodsOff } from '../support/nodes';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { ZOOKEEPER_IMAGE } from '../support/zookeeper';
import { KafkaVersion, PodSecurity } from 'cdk8s-stateful';

/** What becomes of a Kafka cluster and the ZooKeeper that has its metadata: docs/states/kafka.md, “With ZooKeeper”. */
const missing = [KafkaVersion.V3_9._image, KafkaVersion.V4_1._image, ZOOKEEPER_IMAGE].map(imageMissing).find(reason => reason !== undefined);
const test = itUnless(missing);
const testWithPower = itUnless(missing ?? powerMissing);
const KCAT = 'docker.io/edenhill/kcat:1.7.1';
const testWithKcat = itUnless(missing ?? imageMissing(KCAT));

const { kubectl: cluster } = clusterWithNodes();
const { MEMBERS } = KafkaTestCluster;
const ENSEMBLE = ['zk-0', 'zk-1', 'zk-2'];
const TOPICS = ['at-once', 'drains', 'power', 'cut', 'stops-1', 'stops-2', 'stops-3', 'majority', 'kcat', 'one-lost', 'last-lost', 'all-lost'];
const BROKERS_FIRST = ['events', 'zk'];
const ENSEMBLE_FIRST = ['zk', 'events'];
const topics = Object.fromEntries(TOPICS.map(name => [name, { partitions: 6 }]));

/** Half of the default: the members that stop last wait for half of it in vain. */
const GRACE = Duration.minutes(2);

/** A client that is no Java program. */
const also: KafkaTestProps['also'] = (chart, kafka) => {
  const kcat = new kplus.Deployment(chart, 'Kcat', {
    metadata: { name: 'kcat' },
    podMetadata: { labels: { app: 'kcat' } },
    replicas: 1,
    containers: [{
      image: KCAT,
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      command: ['sleep', '36000'],
      resources: { memory: { limit: Size.mebibytes(128) } },
      securityContext: PodSecurity.restricted({ user: 1000 }),
    }],
  });
  kafka.grantConnect(kcat);
};

const acknowledgesMore = (producer: KafkaProducer, seconds: number) => {
  const before = producer.acknowledged.length;
  return waitUntil('records are acknowledged', seconds, async () => producer.acknowledged.length > before + 300 || `${producer.acknowledged.length - before} records`);
};

describe('three brokers with ZooKeeper', () => {
  let events: KafkaTestCluster;
  beforeAll(async () => {
    if (missing === undefined) events = await KafkaTestCluster.create(cluster, 'kafka-zk', { chroot: '/events', topics, terminationGrace: GRACE, also: imageMissing(KCAT) === undefined ? also : undefined });
  });
  afterAll(async () => { await events?.namespace.delete(); });

  /** Stops a producer: all that was acknowledged is there. */
  const nothingLost = async (topic: string, producer: KafkaProducer) => {
    await producer.stop();
    expect(producer.failed).toEqual([]);
    await events.expectAll(topic, producer);
    found(`longest pause ${producer.longestPause.toFixed(1)} s`);
  };

  const apartFromClient = async () => {
    const nodes = await Promise.all(MEMBERS.map(member => events.nodeOf(member)));
    return MEMBERS.map((member, i) => ({ member, node: nodes[i] })).filter(({ node }) => node !== events.client.nodeName);
  };

  testWithKcat('kcat writes and reads', async () => {
    await events.kubectl.rolloutStatus('deployment/kcat', 60);
    const [{ metadata: { name } }] = await events.kubectl.list<{ metadata: { name: string } }>('pod', 'app=kcat');
    const kcat = (script: string) => events.kubectl.exec(name, ['sh', '-c', script]);
    await kcat('seq 100 | kcat -b "$KAFKA_BOOTSTRAP_SERVERS" -P -t kcat -X acks=all');
    const read = await kcat('kcat -b "$KAFKA_BOOTSTRAP_SERVERS" -C -q -e -t kcat');
    expect(read.trim().split('\n').map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test('all Pods, of brokers and ensemble, end at once and without a goodbye', async () => {
    const volumes = await volumesOf(events.kubectl);
    const producer = await events.client.produce('at-once', 100);
    await events.kill(...MEMBERS, ...ENSEMBLE);
    await measure('from the end of all to three ready brokers', () => events.allReady(300, ...MEMBERS));
    await acknowledgesMore(producer, 90);
    expect(await volumesOf(events.kubectl)).toEqual(volumes);
    expect(await events.restarts(...MEMBERS)).toBe(0);
    await nothingLost('at-once', producer);
  });

  test('each node is drained, one after the other', async () => {
    const producer = await events.client.produce('drains', 100);
    for (const { member, node } of await apartFromClient()) {
      await keepPodsOff(events.kubectl, [node], () => events.kubectl.drain(node, 300, 'cdk8s.io/metadata.addr in (events, zk)'));
      await measure(`${member} since its node takes Pods again`, () => events.allReady(300, ...MEMBERS, ...ENSEMBLE));
    }
    expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
    await nothingLost('drains', producer);
  });

  testWithPower('a node, with a broker and a member of the ensemble, loses its power and returns', async () => {
    const [{ member, node }] = await apartFromClient();
    const producer = await events.client.produce('power', 100);
    await powerOff(node);
    try {
      await events.kubectl.wait(`pod/${member}`, 'condition=Ready=false', 180);
      await acknowledgesMore(producer, 60);
    } finally {
      await powerOn(cluster, node);
    }
    await measure('three brokers ready since power-on', () => events.allReady(300, ...MEMBERS, ...ENSEMBLE));
    await nothingLost('power', producer);
  });

  testWithPower('a node is cut off and healed: what was cut off acknowledges nothing that is lost', async () => {
    const [{ member, node }] = await apartFromClient();
    const producer = await events.client.produce('cut', 100);
    try {
      await cut(node);
      await events.kubectl.wait(`pod/${member}`, 'condition=Ready=false', 180);
      await acknowledgesMore(producer, 60);
    } finally {
      await heal(cluster, node);
    }
    await measure('three brokers ready since the heal', () => events.allReady(300, ...MEMBERS, ...ENSEMBLE));
    await waitUntil('no partition lacks a copy', 120, async () => {
      const lacking = await events.client.tool('kafka-topics', '--describe', '--under-replicated-partitions');
      return lacking.trim() === '' || lacking.trim().split('\n')[0];
    });
    await nothingLost('cut', producer);
  });

  test.each([
    ['stops-1', BROKERS_FIRST, BROKERS_FIRST],
    ['stops-2', BROKERS_FIRST, ENSEMBLE_FIRST],
    ['stops-3', ENSEMBLE_FIRST, BROKERS_FIRST],
  ])('a full stop and start (%s): stopped in the order %j, started in the order %j', async (topic, stops, starts) => {
    const producer = await events.client.produce(topic, 100);
    await producer.stop();
    const scale = (set: string, replicas: number) => events.kubectl.run(['scale', `statefulset/${set}`, `--replicas=${replicas}`]);
    await measure('the stop of all', async () => {
      for (const set of stops) {
        await scale(set, 0);
        for (const ordinal of [0, 1, 2]) await events.kubectl.wait(`pod/${set}-${ordinal}`, 'delete', 300);
      }
    });
    await scale(starts[0], 3);
    if (starts === BROKERS_FIRST) await events.says('events-2', 'does not report the state of the cluster: no member accepts connections');
    await sleep(15);
    await scale(starts[1], 3);
    await measure('three brokers ready since the second of them started', () => events.allReady(300, ...MEMBERS));
    expect(await events.restarts(...MEMBERS)).toBe(0);
    await events.expectAll(topic, producer);
  });

  test('the ensemble loses its majority: records go on, a broker that restarts waits, and all is well when it is back', async () => {
    const producer = await events.client.produce('majority', 100);
    await events.kubectl.run(['scale', 'statefulset/zk', '--replicas=1']);
    await events.kubectl.wait('pod/zk-1', 'delete', 120);
    await sleep(30); // longer than the sessions of the brokers
    await acknowledgesMore(producer, 60);
    await events.kill('events-2');
    await events.says('events-2', 'does not report the state of the cluster: its members are not serving');
    await events.kubectl.run(['scale', 'statefulset/zk', '--replicas=3']);
    await measure('three brokers ready since the majority is back', () => events.allReady(300, ...MEMBERS));
    await nothingLost('majority', producer);
  });

  test('a broker that lost its volume comes back, copies all, and is in sync', async () => {
    const producer = await events.client.produce('one-lost', 100);
    await events.loseVolumes('events-0');
    await measure('events-0 from the loss of its volume to ready', () => events.allReady(300, 'events-0'));
    await nothingLost('one-lost', producer);
  });

  test('the last in-sync replica lost its volume: it waits; a person chooses the copy that is left', async () => {
    const producer = await events.client.produce('last-lost', 100);
    await producer.stop();
    for (const left of ['2', '1']) await events.kubectl.run(['scale', 'statefulset/events', `--replicas=${left}`]);
    for (const member of ['events-2', 'events-1']) await events.kubectl.wait(`pod/${member}`, 'delete', 300);
    await events.loseVolumes('events-0');
    await events.kubectl.run(['scale', 'statefulset/events', '--replicas=3']);
    await events.says('events-0', 'ZooKeeper counts this broker as in sync for', 180);
    await sleep(20); // in which an empty broker would be elected
    expect(await events.isReady('events-0')).toBe(false);
    await expect(events.decide('events-0', 'found')).rejects.toThrow('waits for start');
    await events.electUncleanly();
    await measure('events-0 from the choice to ready', () => events.allReady(300, ...MEMBERS));
    await events.expectAll('last-lost', producer);
  });

  test('ZooKeeper loses all its volumes: no broker with data starts, nothing is founded, and the data stays', async () => {
    const ids = await Promise.all(MEMBERS.map(member => events.clusterIdOn(member)));
    const bytes = (member: string) => events.inBroker(member, 'cd /var/lib/kafka/data/logs && cat all-lost-*/*.log | wc -c');
    const producer = await events.client.produce('all-lost', 100);
    await events.loseVolumes(...ENSEMBLE);
    await events.kubectl.wait('statefulset/zk', 'jsonpath={.status.readyReplicas}=3', 180);
    await sleep(30); // longer than the sessions of the brokers
    await acknowledgesMore(producer, 60); // with the leaders that they know
    await producer.stop();
    const before = await Promise.all(MEMBERS.map(bytes));
    await events.kubectl.delete('pvc', 'data-events-0', '--wait=false'); // its volume is lost too: this one could found
    await events.kill(...MEMBERS);
    await events.says('events-0', 'these members have not reported that theirs are empty too: events-1 events-2', 180);
    for (const member of ['events-1', 'events-2']) await events.says(member, `the volume has data of the cluster ${ids[0]}`);
    await sleep(30);
    for (const member of MEMBERS) expect(await events.isReady(member)).toBe(false);
    expect(await events.restarts(...MEMBERS)).toBe(0);
    expect(await Promise.all(['events-1', 'events-2'].map(bytes))).toEqual(before.slice(1));
    expect(await Promise.all(['events-1', 'events-2'].map(member => events.clusterIdOn(member)))).toEqual(ids.slice(1));
    found('three brokers waited for 30 s beside an empty ensemble; the data of two is as it was');
  });
});
