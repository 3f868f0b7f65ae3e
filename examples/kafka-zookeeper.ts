/**
 * Kafka 3.9 with ZooKeeper, for clusters that cannot migrate to KRaft yet: an ensemble of three members, three brokers
 * that store their metadata under `/events`, a topic, and a client. Only the brokers can connect to the ensemble. New
 * clusters do not need ZooKeeper.
 */
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { KafkaCluster, KafkaMetadata, PodSecurity, ZooKeeperEnsemble } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'kafka-zookeeper', { namespace: 'shop' });

const zookeeper = new ZooKeeperEnsemble(chart, 'Zookeeper', { storage: { size: Size.gibibytes(10) } });
const kafka = new KafkaCluster(chart, 'Events', {
  metadata: KafkaMetadata.zookeeper(zookeeper, { chroot: '/events' }),
  storage: { size: Size.gibibytes(100) },
});
kafka.addTopic('orders', { partitions: 12 });

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{ image: 'shop/api:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
kafka.grantConnect(api); // KAFKA_BOOTSTRAP_SERVERS, and a NetworkPolicy that lets it in

app.synth();
