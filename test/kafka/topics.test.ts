import { ApiObject, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { topicScript } from '../../src/kafka/topic-script';
import { find, newChart, ofKind } from '../support/manifests';
import { KafkaCluster, KafkaClusterProps, KafkaVersion, Placement, StatefulWorkload } from 'cdk8s-stateful';

function cluster(props: Partial<KafkaClusterProps> = {}): KafkaCluster {
  return new KafkaCluster(newChart('shop'), 'Events', { storage: { size: Size.gibibytes(10) }, ...props });
}

const chartOf = (kafka: KafkaCluster) => kafka.node.scope as ReturnType<typeof newChart>;
const jobOf = (kafka: KafkaCluster) => ofKind(chartOf(kafka), 'Job')[0];
const calls = (kafka: KafkaCluster) => {
  const { spec } = jobOf(kafka) as { spec?: { template?: { spec: { containers: { command: string[] }[] } } } };
  return spec?.template?.spec.containers[0].command[2].match(/^topic [^(].*$/gm) ?? [];
};

test('no topics, no Job', () => {
  expect(ofKind(chartOf(cluster()), 'Job')).toEqual([]);
});

test('one Job for all topics, by name', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 12, config: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' } });
  kafka.addTopic('logs', { partitions: 3, replicationFactor: 1 });
  expect(ofKind(chartOf(kafka), 'Job')).toHaveLength(1);
  expect(calls(kafka)).toEqual(['topic logs 3 1 min.insync.replicas=1', 'topic orders 12 3 cleanup.policy=compact,delete retention.ms=1000']);
});

test('a topic with fewer copies than usual waits for fewer', () => {
  const kafka = cluster();
  kafka.addTopic('two', { partitions: 1, replicationFactor: 2 });
  kafka.addTopic('strict', { partitions: 1, replicationFactor: 2, config: { 'min.insync.replicas': '2' } });
  expect(calls(kafka)).toEqual(['topic strict 1 2 min.insync.replicas=2', 'topic two 1 2 min.insync.replicas=1']);
});

test('another content is another Job, as a template is immutable; the same is the same', () => {
  const name = (partitions: number, props: Partial<KafkaClusterProps> = {}) => {
    const kafka = cluster(props);
    kafka.addTopic('orders', { partitions });
    return jobOf(kafka).metadata.name;
  };
  expect(name(1)).toMatch(/^events-topics-[0-9a-f]{8}$/);
  expect(name(1)).toBe(name(1));
  expect(name(2)).not.toBe(name(1));
  expect(name(1, { version: KafkaVersion.V4_0 })).not.toBe(name(1));
  expect(name(1, { name: 'a'.repeat(52) })).toHaveLength(63);
});

test('its name is a text to whoever asks, as cdk8s does for the names of files', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  const names = kafka.node.findAll().filter(construct => construct instanceof ApiObject).map(({ name, metadata }) => [name, metadata.name]);
  const job = jobOf(kafka).metadata.name;
  expect(names).toContainEqual([job, job]);
});

test('the order in which topics are declared is nothing that needs another Job', () => {
  const name = (...topics: string[]) => {
    const kafka = cluster();
    for (const topic of topics) kafka.addTopic(topic, { partitions: 1 });
    return jobOf(kafka).metadata.name;
  };
  expect(name('c', 'a', 'b')).toBe(name('a', 'b', 'c'));
  expect(name('a', 'b')).not.toBe(name('a', 'b', 'c'));
});

test('the Job is let in to the brokers, and is none of them', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  const labels = { 'cdk8s.io/metadata.addr': 'events.topics' };
  expect(jobOf(kafka)).toMatchObject({
    spec: {
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          enableServiceLinks: false,
          securityContext: { runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [{ env: expect.arrayContaining([{ name: 'BOOTSTRAP_SERVERS', value: kafka.bootstrapServers }]) }],
        },
      },
    },
  });
  expect(jobOf(kafka)).not.toHaveProperty('spec.ttlSecondsAfterFinished');
  expect(find(chartOf(kafka), 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { from: [{ podSelector: { matchLabels: labels } }], ports: [{ port: 9092 }] }] } });
});

test('the Job is tried again, unless its script says that something was refused', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  const rules = [{ action: 'FailJob', onExitCodes: { containerName: 'topics', operator: 'In', values: [65] } }];
  expect(jobOf(kafka)).toMatchObject({ spec: { backoffLimit: 6, podFailurePolicy: { rules } } });
});

test('the Job runs on the nodes of the brokers, and need not be kept apart from anything', () => {
  const placed = (placement?: Placement) => {
    const kafka = cluster({ placement });
    kafka.addTopic('orders', { partitions: 1 });
    return jobOf(kafka) as unknown as { spec: { template: { spec: { affinity?: object; tolerations?: object[] } } } };
  };
  const nodes = Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')))
    .tolerating(kplus.Node.tainted(kplus.NodeTaintQuery.is('for', 'kafka')));
  const { affinity, tolerations } = placed(nodes).spec.template.spec;
  expect(affinity).toEqual({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] },
    },
  });
  expect(tolerations).toEqual([expect.objectContaining({ key: 'for', value: 'kafka' })]);
  expect(placed(Placement.spread())).toEqual(placed());
});

test('a set that is called like the Job has another label, so that it neither selects the Job nor is let in for it', () => {
  const kafka = cluster();
  kafka.addTopic('orders', { partitions: 1 });
  new StatefulWorkload(chartOf(kafka), 'Other', { name: 'events-topics', containers: [{ image: 'a:1' }] });
  const { spec } = find(chartOf(kafka), 'Service', 'events-topics-headless') as unknown as { spec: { selector: object } };
  expect(spec.selector).toEqual({ 'cdk8s.io/metadata.addr': 'events-topics' });
  expect(jobOf(kafka)).not.toMatchObject({ spec: { template: { metadata: { labels: spec.selector } } } });
});

test('values are quoted for the shell', () => {
  const script = topicScript([{ name: 'a', partitions: 1, replicationFactor: 1, config: { 'x.y': "it's $(rm -rf /)" } }]);
  expect(script).toContain("topic a 1 1 'x.y=it'\\''s $(rm -rf /)'\n");
});
