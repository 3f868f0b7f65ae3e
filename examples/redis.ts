/**
 * A highly available Redis: one master, two replicas that copy it, and three sentinels that make a replica the master when it is down.
 * The API speaks plain Redis: HAProxy, the data link, leads its writes to whoever is the master and its reads to the replicas. The worker
 * speaks Sentinel, and asks the sentinels itself.
 *
 * The Secret is made once, by hand:
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
sessions.grantConnect(api); // REDIS_HOST, REDIS_READ_HOST …, the password from the Secret, NetworkPolicies both ways

const worker = new kplus.Deployment(chart, 'Worker', {
  containers: [{ image: 'shop/worker:1', securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
sessions.grantConnect(worker, { sentinel: true }); // REDIS_SENTINELS, REDIS_MASTER_NAME …

app.synth();
