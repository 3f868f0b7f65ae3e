/**
 * Highly available Redis: a master, two replicas, and three sentinels that promote a replica when the master is down. The
 * API uses plain Redis: HAProxy, the data link, routes its writes to the current master and its reads to the replicas. The
 * worker has a Sentinel-aware client, and asks the sentinels itself.
 *
 * Create the Secret once:
 *
 *   kubectl create secret generic sessions-credentials --namespace shop --from-literal=password="$(openssl rand -hex 16)"
 */
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { PodSecurity, RedisDatabase, RedisTopology } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'redis', { namespace: 'shop' });

const sessions = new RedisDatabase(chart, 'Sessions', {
  storage: { size: Size.gibibytes(10) },
  topology: RedisTopology.sentinel({ replicas: 2, sentinels: 3 }),
});

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{ image: 'shop/api:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
sessions.grantConnect(api); // REDIS_HOST, REDIS_READ_HOST …, the password from the Secret, and a NetworkPolicy that lets it in

const worker = new kplus.Deployment(chart, 'Worker', {
  containers: [{ image: 'shop/worker:1', securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
sessions.grantConnect(worker, { sentinel: true }); // REDIS_SENTINELS, REDIS_MASTER_NAME …

app.synth();
