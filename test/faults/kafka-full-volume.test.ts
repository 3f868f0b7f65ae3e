import { Size } from 'cdk8s';
import { clusterWithNodes } from '../support/clusters';
import { KafkaTestCluster } from '../support/kafka-test-cluster';
import { newChart } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, waitUntil } from '../support/progress';
import { KafkaVersion, StorageClass } from 'cdk8s-stateful';

/** What becomes of brokers whose volumes are full: docs/kafka.md. */
const missing = imageMissing(KafkaVersion.V4_1._image);
const test = itUnless(missing);

const { kubectl: cluster } = clusterWithNodes();
/** More than the volumes hold; in the end it is refused. */
const FILL = '/opt/kafka/bin/kafka-producer-perf-test.sh --topic filler --num-records 20000 --record-size 50000 --throughput -1 '
  + '--producer-props bootstrap.servers="$KAFKA_BOOTSTRAP_SERVERS" delivery.timeout.ms=60000 request.timeout.ms=20000';
const { MEMBERS } = KafkaTestCluster;

describe('three brokers on volumes of 512 MiB', () => {
  let events: KafkaTestCluster;
  afterAll(async () => { await events?.namespace.delete(); });

  test('that are full lose nothing that was acknowledged, say so, and serve again when the volumes have grown', async () => {
    const storage = { size: Size.mebibytes(512), storageClass: StorageClass.fromName(newChart(), 'Class', 'disk-xfs') };
    events = await KafkaTestCluster.create(cluster, 'kafka-full', { storage });
    await events.createTopic('orders', '--partitions', '3', '--replication-factor', '3');
    await events.createTopic('filler', '--partitions', '3', '--replication-factor', '3');
    const producer = await events.client.produce('orders', 100);
    let filled = '';
    const filler = events.client.shell(FILL).catch(String).then(answer => { filled = answer; });
    const logs = async () => (await Promise.all(MEMBERS.map(async member =>
      `${await events.kubectl.logs(member).catch(String)}${await events.kubectl.logs(member, '--previous').catch(() => '')}`))).join('');
    await waitUntil('the log says that a volume is full', 300, async () => /No space left on device/.test(await logs()) || `not yet ${filled}`);
    await waitUntil('no member serves', 120, async () => {
      const listening = await Promise.all(MEMBERS.map(member => events.listens(member)));
      return listening.every(listens => !listens) || `${listening.filter(Boolean).length} listen`;
    });
    const { length } = producer.acknowledged;
    found(`full after ${length} records`);

    for (const member of MEMBERS) {
      await events.kubectl.run(['patch', 'pvc', `data-${member}`, '-p', '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}']);
    }
    await measure('three members ready, since the volumes may grow,', () => events.allReady(500, ...MEMBERS));
    await waitUntil('records are acknowledged again', 120, async () => producer.acknowledged.length > length || 'none');
    await filler;
    await producer.stop();
    expect(producer.failed).toEqual([]);
    await events.expectAll('orders', producer);
  });
});
