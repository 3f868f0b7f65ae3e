/**
 * Kafka without ZooKeeper: three brokers that are their own controllers, two topics, and a client that may connect.
 * Every record is on three brokers, and acknowledged when all that are in sync have it, at least two. A rolling update
 * goes on to the next broker only when no partition waits for the last one. A small Deployment keeps the topics as they are declared
 * here: see docs/kafka-topics.md.
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
kafka.grantConnect(api); // KAFKA_BOOTSTRAP_SERVERS, and NetworkPolicies both ways

app.synth();
