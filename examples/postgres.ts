/**
 * PostgreSQL 17 with one read replica that streams from the primary, and a client. The grant gives the client the host,
 * and the user and password from the Secret; the NetworkPolicies admit no other clients. Both members keep their volumes
 * whatever happens to their Pods.
 *
 * Create the Secret once:
 *
 *   kubectl create secret generic orders-credentials --namespace shop \
 *     --from-literal=username=orders --from-literal=password="$(openssl rand -hex 16)"
 */
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { DatabaseEngine, PodSecurity, PostgresVersion, StatefulDatabase } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'postgres', { namespace: 'shop' });

const orders = new StatefulDatabase(chart, 'Orders', {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  storage: { size: Size.gibibytes(20) },
  readReplicas: 1,
});

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{ image: 'shop/api:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
orders.grantConnect(api);

app.synth();
