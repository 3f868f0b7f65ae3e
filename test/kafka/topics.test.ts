import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { topicArgument } from '../../src/kafka/declared-topic';
import { find, newChart, ofKind } from '../support/manifests';
import { KafkaCluster, KafkaClusterProps, KafkaListener, Placement, StatefulWorkload } from 'cdk8s-stateful';

function cluster(props: Partial<KafkaClusterProps> = {}): KafkaCluster {
  return new KafkaCluster(newChart('shop'), 'Events', { storage: { size: Size.gibibytes(10) }, ...props });
}

/** What the tests look at in a Deployment. */
interface Pod {
  readonly containers: { readonly args: string[]; readonly resources: object }[];
  readonly affinity?: object;
  readonly tolerations?: object[];
}

const chartOf = (kafka: KafkaCluster) => kafka.node.scope as ReturnType<typeof newChart>;
const deployment = (kafka: KafkaCluster) => find(chartOf(kafka), 'Deployment', 'events-topics');
const podOf = (kafka: KafkaCluster) => (deployment(kafka) as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
const declared = (kafka: KafkaCluster) => podOf(kafka).containers[0].args;

test('no topics, no Deployment', () => {
  expect(ofKind(chartOf(cluster()), 'Deployment')).toEqual([]);
});

test('one Deployment for all topics, sorted by name: their order does not cause a rollout', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 12, config: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' } });
  kafka.addTopic('logs', { partitions: 3, replicationFactor: 1 });
  expect(ofKind(chartOf(kafka), 'Deployment')).toHaveLength(1);
  expect(declared(kafka)).toEqual(['logs 3 1\nmin.insync.replicas=1', 'orders 12 3\ncleanup.policy=compact,delete\nmin.insync.replicas=2\nretention.ms=1000']);
});

test('it runs as the user of the brokers, also as root, and requests no more than its limits', () => {
  const kafka = cluster({ security: { user: 0, ensureNonRoot: false } });
  kafka.addTopic('orders', { partitions: 1 });
  const securityContext = { runAsNonRoot: false };
  expect(podOf(kafka)).toMatchObject({ securityContext: { ...securityContext, runAsUser: 0 }, containers: [{ securityContext }] });
  const memory = { request: Size.gibibytes(1), limit: Size.mebibytes(512) };
  expect(() => cluster({ topicsResources: { memory } }).addTopic('orders', { partitions: 1 })).toThrow("the memory request of 'topics' is 1Gi, more than the limit of 512Mi");
});

describe('min.insync.replicas is set for each topic', () => {
  const minIsr = (topic: { replicationFactor?: number; config?: { [key: string]: string } }, props: Partial<KafkaClusterProps> = {}) => {
    const kafka = cluster(props);
    kafka.addTopic('orders', { partitions: 1, ...topic });
    return /^min\.insync\.replicas=(.*)$/m.exec(declared(kafka)[0])?.[1];
  };

  test.each([
    ['one copy', 1, undefined, '1'],
    ['fewer copies than usual', 2, undefined, '1'],
    ['as many as usual', 3, undefined, '2'],
    ['its own', 2, '2', '2'],
  ])('%s', (_, replicationFactor, own, expected) => {
    expect(minIsr({ replicationFactor, config: own === undefined ? undefined : { 'min.insync.replicas': own } })).toBe(expected);
  });

  test('the default is that of the cluster', () => {
    expect(minIsr({}, { config: { 'min.insync.replicas': '1' } })).toBe('1');
    expect(minIsr({ replicationFactor: 2 }, { brokers: 5, config: { 'default.replication.factor': '4', 'min.insync.replicas': '3' } })).toBe('1');
  });

  test('a third broker does not change topics with two replicas', () => {
    const asBefore = { 'min.insync.replicas': '1' };
    expect(minIsr({ replicationFactor: 2 }, { brokers: 2, controllers: 3, config: asBefore })).toBe('1');
    expect(minIsr({ replicationFactor: 2 }, { brokers: 3, controllers: 3 })).toBe('1');
  });
});

test('the Deployment can reach the brokers, denies ingress, and is not selected as a broker', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  const labels = { 'cdk8s.io/metadata.addr': 'events.topics' };
  expect(deployment(kafka)).toMatchObject({
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [{
            image: 'docker.io/apache/kafka:4.1.2',
            command: ['bash', '-c', expect.any(String), 'topics.sh'],
            env: expect.arrayContaining([{ name: 'BOOTSTRAP_SERVERS', value: kafka.bootstrapServers }]),
            readinessProbe: { exec: { command: ['test', '-e', '/tmp/as-declared'] } },
            securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          }],
        },
      },
    },
  });
  expect(find(chartOf(kafka), 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { from: [{ podSelector: { matchLabels: labels } }], ports: [{ port: 9092 }] }] } });
  const { spec } = find(chartOf(kafka), 'NetworkPolicy', 'events.topics');
  expect(spec).toEqual({ podSelector: { matchLabels: labels }, policyTypes: ['Ingress'] });
});

test('it uses the first client listener', () => {
  const kafka = cluster({ listeners: [KafkaListener.plaintext({ name: 'APPS', port: 9095 }), KafkaListener.plaintext()] });
  kafka.addTopic('orders', { partitions: 1 });
  expect(podOf(kafka)).toMatchObject({ containers: [{ env: expect.arrayContaining([{ name: 'BOOTSTRAP_SERVERS', value: 'events.shop.svc.cluster.local:9095' }]) }] });
  expect(find(chartOf(kafka), 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { ports: [{ port: 9095 }] }] } });
});

test('in a namespace that denies egress by default it can reach the brokers', () => {
  const kafka = cluster({ egress: true });
  kafka.addTopic('orders', { partitions: 1 });
  expect(find(chartOf(kafka), 'NetworkPolicy', 'events-topics-egress')).toMatchObject({
    spec: { podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events.topics' } }, egress: [{ ports: [{ port: 9092 }] }, {}] },
  });
});

test('without isolation it has no policy', () => {
  const kafka = cluster({ isolate: false });
  kafka.addTopic('orders', { partitions: 1 });
  expect(ofKind(chartOf(kafka), 'NetworkPolicy')).toEqual([]);
});

test('its resources are small, and can be set, for example where a quota requires CPU limits', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  expect(podOf(kafka).containers[0].resources).toEqual({ requests: { 'cpu': '50m', 'memory': '64Mi', 'ephemeral-storage': '96Mi' }, limits: { memory: '384Mi' } });
  const memory = { request: Size.mebibytes(512), limit: Size.mebibytes(512) };
  const limited = cluster({ topicsResources: { cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.units(1) }, memory } });
  limited.addTopic('orders', { partitions: 1 });
  expect(podOf(limited).containers[0].resources).toEqual({ requests: { 'cpu': '100m', 'memory': '512Mi', 'ephemeral-storage': '96Mi' }, limits: { cpu: '1', memory: '512Mi' } });
});

test('it runs on the nodes of the brokers, without anti-affinity', () => {
  const placed = (placement?: Placement) => {
    const kafka = cluster({ placement });
    kafka.addTopic('orders', { partitions: 1 });
    return podOf(kafka);
  };
  const nodes = Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')))
    .tolerating(kplus.Node.tainted(kplus.NodeTaintQuery.is('for', 'kafka')));
  const { affinity, tolerations } = placed(nodes);
  expect(affinity).toEqual({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] },
    },
  });
  expect(tolerations).toEqual([expect.objectContaining({ key: 'for', value: 'kafka' })]);
  expect(placed(Placement.spread())).toEqual(placed());
});

test('its Pod has what the Pods of the brokers have, but for the labels that select them in a set that was taken over', () => {
  const podLabels = { app: 'kafka', team: 'a' };
  const podAnnotations = { 'linkerd.io/inject': 'enabled' };
  const spec = { priorityClassName: 'high', runtimeClassName: 'gvisor', schedulerName: 'bin-packing' };
  const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(newChart('shop'), 'Account', 'restricted');
  const kafka = cluster({ podLabels, podAnnotations, ...spec, serviceAccount, identity: { selectorLabels: { app: 'kafka' } } });
  kafka.addTopic('orders', { partitions: 1 });
  const template = (labels: object) => ({ metadata: { labels, annotations: podAnnotations }, spec: { ...spec, serviceAccountName: 'restricted', automountServiceAccountToken: false } });
  expect(find(chartOf(kafka), 'StatefulSet', 'events')).toMatchObject({ spec: { template: template(podLabels) } });
  expect(deployment(kafka)).toMatchObject({ spec: { template: template({ team: 'a' }) } });
  expect(deployment(kafka)).not.toHaveProperty('spec.template.metadata.labels.app');
  expect(deployment(kafka)).toHaveProperty('spec.selector.matchLabels', { 'cdk8s.io/metadata.addr': 'events.topics' });
});

test('a set with the same name has another label, so that it neither selects its Pod nor gets its access', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  new StatefulWorkload(chartOf(kafka), 'Other', { name: 'events-topics', containers: [{ image: 'a:1' }] });
  const { spec } = find(chartOf(kafka), 'Service', 'events-topics-headless') as unknown as { spec: { selector: object } };
  expect(spec.selector).toEqual({ 'cdk8s.io/metadata.addr': 'events-topics' });
  expect(deployment(kafka)).not.toMatchObject({ spec: { template: { metadata: { labels: spec.selector } } } });
});

test('Kubernetes does not expand values that look like variables', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1, config: { 'x.y': '$(BOOTSTRAP_SERVERS) $$' }, unlistedSettings: ['x.y'] });
  expect(declared(kafka)[0]).toContain('x.y=$$(BOOTSTRAP_SERVERS) $$$$'); // each '$$' is one '$' to the script
});

test('the order of the settings does not change a topic', () => {
  const topic = (config: { [key: string]: string }) => topicArgument({ name: 'a', partitions: 1, replicationFactor: 1, config });
  expect(topic({ b: '1', a: '2' })).toBe(topic({ a: '2', b: '1' }));
});
