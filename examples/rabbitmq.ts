/**
 * RabbitMQ with StatefulWorkload: three members that discover each other, quorum queues by default, and a client that
 * can publish. Every confirmed message of a quorum queue is on at least two members. Before a member stops, it waits
 * until the others can work without it, and transfers its leaders. For a lost volume, see docs/workloads.md.
 *
 * Create the Secrets once:
 *
 *   kubectl create secret generic queue-cookie --namespace shop --from-literal=cookie="$(openssl rand -hex 32)"
 *   kubectl create secret generic queue-user --namespace shop \
 *     --from-literal=username=shop --from-literal=password="$(openssl rand -hex 16)"
 */
import { App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Members, PodSecurity, StatefulWorkload } from 'cdk8s-stateful';

const IMAGE = 'docker.io/library/rabbitmq:4.0.5';
const AMQP = 5672;

const app = new App();
const chart = new Chart(app, 'rabbitmq', { namespace: 'shop' });
const cookie = kplus.Secret.fromSecretName(chart, 'Cookie', 'queue-cookie');
const user = kplus.Secret.fromSecretName(chart, 'User', 'queue-user');

const queue = new StatefulWorkload(chart, 'Queue', {
  members: Members.quorum(3),
  security: { user: 999 },
  terminationGrace: Duration.minutes(5), // for the handler below
});

// Each member knows the names of all: the first one creates the cluster, the others join it.
const config = new kplus.ConfigMap(chart, 'Config', {
  metadata: { name: 'queue-config' },
  data: {
    '90-cluster.conf': [
      'cluster_formation.peer_discovery_backend = classic_config',
      ...queue.peerDnsNames.map((name, i) => `cluster_formation.classic_config.nodes.${i + 1} = rabbit@${name}`),
      'cluster_partition_handling = pause_minority',
      'default_queue_type = quorum',
      // Queues regain the replicas that were lost with a member.
      'quorum_queue.continuous_membership_reconciliation.enabled = true',
      `quorum_queue.continuous_membership_reconciliation.target_group_size = ${queue.members.count}`,
      'vm_memory_high_watermark.absolute = 600MB', // of the memory limit below
      'disk_free_limit.absolute = 1GB',
      '',
    ].join('\n'),
    'enabled_plugins': '[rabbitmq_prometheus].\n',
  },
});

// The Erlang cookie must be owned by the server and readable by no one else. Files of a mounted Secret are owned by root.
const prepare = queue.addInitContainer({
  name: 'cookie',
  image: IMAGE,
  command: ['install', '-m', '0400', '/cookie/cookie', '/var/lib/rabbitmq/.erlang.cookie'],
  resources: { cpu: { request: kplus.Cpu.millis(10) }, memory: { request: Size.mebibytes(16), limit: Size.mebibytes(64) } },
});
const server = queue.addContainer({
  name: 'rabbitmq',
  image: IMAGE,
  ports: [{ name: 'amqp', number: AMQP }, { name: 'metrics', number: 15692 }, { name: 'epmd', number: 4369 }, { name: 'distribution', number: 25672 }],
  envVariables: {
    POD_NAME: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME),
    RABBITMQ_NODENAME: kplus.EnvValue.fromValue(`rabbit@$(POD_NAME).${queue.headlessService.dnsName}`),
    RABBITMQ_USE_LONGNAME: kplus.EnvValue.fromValue('true'),
    RABBITMQ_DEFAULT_USER: user.envValue('username'), // read when the cluster is new
    RABBITMQ_DEFAULT_PASS: user.envValue('password'),
  },
  // A member that lost its volume is refused by the others and then starts alone and empty, so it must not get clients.
  startup: kplus.Probe.fromCommand(['sh', '-c', 'test "$(rabbitmqctl -q eval "length(rabbit_nodes:list_members()).")" -gt 1'], {
    periodSeconds: Duration.seconds(10), timeoutSeconds: Duration.seconds(10), failureThreshold: 60,
  }),
  readiness: kplus.Probe.fromTcpSocket({ port: AMQP, periodSeconds: Duration.seconds(5) }),
  // Each probe starts an Erlang VM, so it runs rarely and with a long timeout.
  liveness: kplus.Probe.fromCommand(['rabbitmq-diagnostics', '-q', 'ping'], {
    periodSeconds: Duration.seconds(60), timeoutSeconds: Duration.seconds(30), failureThreshold: 3,
  }),
  lifecycle: {
    preStop: kplus.Handler.fromCommand(['sh', '-c', 'rabbitmq-upgrade --timeout 120 await_online_quorum_plus_one; rabbitmq-upgrade --timeout 60 drain; true']),
  },
  resources: { cpu: { request: kplus.Cpu.millis(250) }, memory: { request: Size.gibibytes(1), limit: Size.gibibytes(1) } },
});

const data = queue.addClaim('data', { size: Size.gibibytes(10) });
prepare.mount('/var/lib/rabbitmq', data);
prepare.mount('/cookie', kplus.Volume.fromSecret(chart, 'CookieVolume', cookie));
server.mount('/var/lib/rabbitmq', data);
server.mount('/var/log/rabbitmq', kplus.Volume.fromEmptyDir(chart, 'Logs', 'logs'));
server.mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'Temporary', 'tmp'));
const files = kplus.Volume.fromConfigMap(chart, 'ConfigVolume', config);
for (const [file, path] of [['90-cluster.conf', 'conf.d/90-cluster.conf'], ['enabled_plugins', 'enabled_plugins']]) {
  server.mount(`/etc/rabbitmq/${path}`, files, { subPath: file });
}

new kplus.Service(chart, 'Clients', { metadata: { name: 'queue' }, selector: queue.workload, ports: [{ name: 'amqp', port: AMQP }] });

const api = new kplus.Deployment(chart, 'Api', {
  containers: [{
    image: 'shop/api:1',
    envVariables: {
      RABBITMQ_HOST: kplus.EnvValue.fromValue('queue.shop.svc.cluster.local'),
      RABBITMQ_USERNAME: user.envValue('username'),
      RABBITMQ_PASSWORD: user.envValue('password'),
    },
    securityContext: PodSecurity.restricted({ user: 1000 }),
  }],
});
queue.grantConnect(api, { ports: [AMQP] }); // the other ports are for members and metrics

app.synth();
