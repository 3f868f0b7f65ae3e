/**
 * Valkey as a single server by StatefulWorkload, with a configuration file of its own: what any product without a construct takes. For
 * replicas, sentinels or a cluster use RedisDatabase, which knows the product.
 *
 * The Secret is created once:
 *
 *   kubectl create secret generic cache-password --namespace shop --from-literal=password="$(openssl rand -hex 16)"
 */
import { App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { PodSecurity, StatefulWorkload } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'valkey', { namespace: 'shop' });

const password = kplus.Secret.fromSecretName(chart, 'Password', 'cache-password').envValue('password');
const config = new kplus.ConfigMap(chart, 'Config', {
  metadata: { name: 'cache-config' },
  data: { 'valkey.conf': ['dir /data', 'appendonly yes', 'maxmemory 128mb', 'maxmemory-policy noeviction', ''].join('\n') },
});

const cache = new StatefulWorkload(chart, 'Cache', { security: { user: 999 } });
const server = cache.addContainer({
  name: 'valkey',
  image: 'docker.io/valkey/valkey:8.1.8-trixie',
  // The password is part of the configuration, read from standard input: arguments are visible to every process.
  command: ['sh', '-c', 'exec valkey-server /etc/valkey/valkey.conf - <<EOF\nrequirepass $REDISCLI_AUTH\nEOF'],
  envVariables: { REDISCLI_AUTH: password },
  ports: [{ name: 'valkey', number: 6379 }],
  startup: kplus.Probe.fromTcpSocket({ port: 6379, periodSeconds: Duration.seconds(5), failureThreshold: 120 }),
  readiness: kplus.Probe.fromCommand(['sh', '-c', 'valkey-cli ping | grep -q PONG'], { periodSeconds: Duration.seconds(5), timeoutSeconds: Duration.seconds(3) }),
  liveness: kplus.Probe.fromTcpSocket({ port: 6379, failureThreshold: 6 }), // also succeeds while the server loads its data
  // Twice `maxmemory`: rewriting the append-only file copies the pages that clients change in the meantime.
  resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { request: Size.mebibytes(256), limit: Size.mebibytes(256) } },
});
server.mount('/data', cache.addClaim('data', { size: Size.gibibytes(1) }));
server.mount('/etc/valkey', kplus.Volume.fromConfigMap(chart, 'ConfigVolume', config));

new kplus.Service(chart, 'Clients', { metadata: { name: 'cache' }, selector: cache.workload, ports: [{ name: 'valkey', port: 6379 }] });

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{
    image: 'shop/api:1',
    envVariables: { CACHE_HOST: kplus.EnvValue.fromValue('cache.shop.svc.cluster.local'), CACHE_PASSWORD: password },
    securityContext: PodSecurity.restricted({ user: 1000 }),
  }],
});
cache.grantConnect(api);

app.synth();
