/**
 * Kafka without ZooKeeper: three combined brokers and controllers, two topics, and a client. Every record has three
 * replicas, and is acknowledged when all in-sync replicas, at least two, have it. A rolling update restarts the next
 * broker only when the previous one is back in sync. A small Deployment keeps the topics as they are declared here: see
 * docs/kafka-topics.md.
 */
import { App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { KafkaCluster, PodSecurity } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'kafka', { namespace: 'shop' });

const kafka = new KafkaCluster(chart, 'Events', { storage: { size: Size.gibibytes(100) } });
kafka.addTopic('orders', { partitions: 12, config: { 'retention.ms': `${Duration.days(3).toMilliseconds()}` } });
kafka.addTopic('customers', { partitions: 3, config: { 'cleanup.policy': 'compact' } });

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{ image: 'shop/api:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
kafka.grantConnect(api); // KAFKA_BOOTSTRAP_SERVERS, and a NetworkPolicy that lets it in

app.synth();
