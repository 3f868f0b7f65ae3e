/**
 * A shop: orders in PostgreSQL, events in Kafka, and an API that can connect to both. The README begins with this example.
 *
 * Create the Secret `orders-credentials` first: see postgres.ts.
 */
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  DatabaseEngine, EbsVolumeType, KafkaCluster, PodSecurity, PostgresVersion, Provisioner, StatefulDatabase, StorageClass,
} from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'shop', { namespace: 'shop' });
const fast = new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs({ type: EbsVolumeType.GP3 }) });

const orders = new StatefulDatabase(chart, 'Orders', {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  storage: { size: Size.gibibytes(20), storageClass: fast },
  readReplicas: 1,
});
const events = new KafkaCluster(chart, 'Events', { storage: { size: Size.gibibytes(100), storageClass: fast } });

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{ image: 'shop/api:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
orders.grantConnect(api); // PGHOST …, user and password from the Secret, and a NetworkPolicy that lets it in
events.grantConnect(api); // KAFKA_BOOTSTRAP_SERVERS, and a NetworkPolicy that lets it in

app.synth();
