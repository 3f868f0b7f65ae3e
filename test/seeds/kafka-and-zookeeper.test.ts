import { Size } from 'cdk8s';
import { find, newChart } from '../support/manifests';
import { KafkaCluster, KafkaMetadata, ZooKeeperEnsemble } from 'cdk8s-stateful';

/**
 * “Kubernetesに触れる: データの永続化についてとKafkaクラスターのデプロイ” (Qiita, 2019) ends with two manifests of kubernetes/contrib, zookeeper.yaml and kafka.yaml, which
 * it calls very long, and lists what they see to. Point by point, for the pair that these lines declare.
 */
const chart = newChart('default');
const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', { storage: { size: Size.gibibytes(10) } });
new KafkaCluster(chart, 'Kafka', { metadata: KafkaMetadata.zookeeper(zookeeper), storage: { size: Size.gibibytes(10) } });

const files = (set: string) => find(chart, 'ConfigMap', `${set}-config`).data as { [file: string]: string };
const container = (containing: object) => ({ spec: { template: { spec: { containers: [containing] } } } });

describe.each(['zk', 'kafka'])('%s', set => {
  test('a Service without a cluster IP, so that members are reached by their names', () => {
    expect(find(chart, 'Service', `${set}-headless`)).toMatchObject({ spec: { clusterIP: 'None', publishNotReadyAddresses: true } });
  });

  test('a StatefulSet of three, governed by that Service', () => {
    expect(find(chart, 'StatefulSet', set)).toMatchObject({ spec: { replicas: 3, serviceName: `${set}-headless` } });
  });

  test('at least two of three stay up while nodes are emptied', () => {
    expect(find(chart, 'PodDisruptionBudget', set)).toMatchObject({ spec: { maxUnavailable: 1, selector: { matchLabels: { 'cdk8s.io/metadata.addr': set } } } });
  });

  test('never two on one node', () => {
    expect(find(chart, 'StatefulSet', set)).toMatchObject({
      spec: {
        template: {
          metadata: { labels: { 'cdk8s.io/metadata.addr': set } }, // that of the budget and the affinity: in some tutorials they select nothing
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { 'cdk8s.io/metadata.addr': set } }, topologyKey: 'kubernetes.io/hostname' }],
              },
            },
          },
        },
      },
    });
  });

  test('readiness and liveness are asked for', () => {
    expect(find(chart, 'StatefulSet', set)).toMatchObject(container({ readinessProbe: expect.any(Object), livenessProbe: expect.any(Object), startupProbe: expect.any(Object) }));
  });

  test('the data outlives the Pod, on a volume of its own', () => {
    expect(find(chart, 'StatefulSet', set)).toMatchObject({
      spec: {
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '10Gi' } } } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
    });
  });

  test('not as root, with the rights to its volume', () => {
    expect(find(chart, 'StatefulSet', set)).toMatchObject({ spec: { template: { spec: { securityContext: { runAsUser: 1000, fsGroup: 1000, runAsNonRoot: true } } } } });
  });
});

test('myid and broker.id follow from the name of the Pod', () => {
  expect(files('zk')['ensemble.sh']).toContain('own_id() { id_of "$(own_ordinal)"; }');
  expect(files('kafka')['server.properties']).toContain('\nbroker.id=${env:POD_INDEX}\n');
  expect(find(chart, 'StatefulSet', 'kafka')).toMatchObject(container({
    env: expect.arrayContaining([{ name: 'POD_INDEX', valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } } }]),
  }));
});

test('the brokers know every member of the ensemble, and are let in', () => {
  expect(files('kafka')['server.properties']).toContain(`\nzookeeper.connect=${zookeeper.connectString}\n`);
  expect(zookeeper.connectString.split(',')).toHaveLength(3);
  expect(find(chart, 'NetworkPolicy', 'zk')).toMatchObject({
    spec: { ingress: [{}, { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'kafka' } } }], ports: [{ port: 2181 }] }] },
  });
});
