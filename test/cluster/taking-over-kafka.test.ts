/** @beside-others */
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CLIENT_JVM } from '../support/client-jvm';
import { clusterWithNodes } from '../support/clusters';
import { KafkaClient } from '../support/kafka-client';
import type { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { KafkaCluster, KafkaListener, KafkaVersion } from 'cdk8s-stateful';

const image = KafkaVersion.V4_1._image;
const test = itUnless(imageMissing(image));
const { kubectl: cluster } = clusterWithNodes();

const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
const MEMBERS = [0, 1, 2].map(ordinal => `kafka-${ordinal}.kafka-headless`);

let namespace: TestNamespace;
beforeAll(async () => { namespace = await TestNamespace.create('kafka-taken', cluster, 'privileged'); });
afterAll(async () => { await namespace?.delete({ wait: false }); });

type Texts = { readonly [name: string]: string };

/** A container with Kafka's image and these variables. */
function container(name: string, script: string, variables: Texts, folder: { readonly name: string; readonly path: string }): object {
  return {
    name,
    image,
    command: ['bash', '-c', script],
    env: Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
    resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } },
    volumeMounts: [{ name: folder.name, mountPath: folder.path }],
  };
}

/** Three brokers that are their own controllers as people write them by hand, with a static quorum, and a client. */
function handWritten(): Manifest[] {
  const labels = { app: 'kafka' };
  const broker = container('broker', `
    export KAFKA_NODE_ID=\${HOSTNAME##*-} KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://$HOSTNAME.kafka-headless:9092
    exec /etc/kafka/docker/run`, {
    CLUSTER_ID,
    KAFKA_HEAP_OPTS: '-Xmx512m',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: MEMBERS.map((member, ordinal) => `${ordinal}@${member}:9093`).join(),
    KAFKA_LOG_DIRS: '/var/lib/kafka/data/logs',
  }, { name: 'data', path: '/var/lib/kafka/data' });
  const client = container('main', 'sleep infinity', {
    KAFKA_BOOTSTRAP_SERVERS: MEMBERS.map(member => `${member}:9092`).join(), KAFKA_HEAP_OPTS: '-Xmx192m', KAFKA_JVM_PERFORMANCE_OPTS: CLIENT_JVM, LOG_DIR: '/tmp',
  }, { name: 'tmp', path: '/tmp' });
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kafka-headless' },
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels, ports: [{ name: 'plaintext', port: 9092 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'kafka' },
      spec: {
        replicas: 3,
        serviceName: 'kafka-headless',
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { securityContext: { fsGroup: 1000 }, containers: [broker] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'client' },
      spec: {
        selector: { matchLabels: { app: 'kafka-client' } },
        template: { metadata: { labels: { app: 'kafka-client' } }, spec: { containers: [client], volumes: [{ name: 'tmp', emptyDir: {} }] } },
      },
    },
  ];
}

test('a cluster of Kafka is taken over in a rolling update, and no acknowledged record is missing', async () => {
  const { kubectl } = namespace;
  await kubectl.apply(handWritten());
  const client = await KafkaClient.of(kubectl);
  await kubectl.rolloutStatus('statefulset/kafka', 120);
  await waitUntil('a dynamic quorum', 120, async () => {
    await client.tool('kafka-features', 'upgrade', '--feature', 'kraft.version=1');
    return true;
  });
  await waitUntil('a topic on three brokers', 60, async () => { // they have no readiness probe, and register one after the other
    await client.tool('kafka-topics', '--create', '--if-not-exists', '--topic', 'orders', '--partitions', '3', '--replication-factor', '3', '--config', 'min.insync.replicas=2');
    return true;
  });
  const producer = await client.produce('orders', 50);

  const chart = newChart(namespace.name);
  new KafkaCluster(chart, 'Events', {
    name: 'kafka',
    identity: { serviceName: 'kafka-headless', selectorLabels: { app: 'kafka' }, podManagement: kplus.PodManagementPolicy.PARALLEL },
    clusterId: CLUSTER_ID,
    listeners: [KafkaListener.internal({ name: 'PLAINTEXT', port: 9092 }), KafkaListener.plaintext({ name: 'CLIENTS', port: 9094 })],
    isolate: false,
    storage: { size: Size.gibibytes(1) },
    resources: { cpu: { request: kplus.Cpu.millis(100) }, memory: { limit: Size.gibibytes(1) } },
  });
  await kubectl.apply(synth(chart));
  await measure('a cluster of Kafka, taken over', () => kubectl.rolloutStatus('statefulset/kafka', 400)).catch(namespace.reportAndThrow);
  await producer.stop();

  const present = new Set(await client.consume('orders'));
  expect(producer.failed).toEqual([]);
  expect(producer.retried.get('NOT_ENOUGH_REPLICAS') ?? 0).toBe(0);
  expect(producer.acknowledged.filter(value => !present.has(value))).toEqual([]);
});
