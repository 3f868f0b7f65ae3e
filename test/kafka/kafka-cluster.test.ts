import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CONTROLLER_READINESS } from '../../src/kafka/readiness';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { ClaimRetention, DisruptionPolicy, KafkaCluster, KafkaClusterProps, KafkaListener, KafkaVersion, Placement, StorageClass } from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(10) };

function cluster(props: Partial<KafkaClusterProps> = {}, chart = newChart('shop')): { chart: Chart; kafka: KafkaCluster } {
  return { chart, kafka: new KafkaCluster(chart, 'Events', { storage, ...props }) };
}

const container = (containing: object) => ({ spec: { template: { spec: { containers: [containing] } } } });
const files = (chart: Chart, set = 'events') => find(chart, 'ConfigMap', `${set}-config`).data as { [file: string]: string };

/** The configuration of a set, by key; a key given twice is an error in the test below. */
function properties(chart: Chart, set = 'events'): { [key: string]: string } {
  return Object.fromEntries(files(chart, set)['server.properties'].trimEnd().split('\n').map(line => line.split(/=(.*)/s).slice(0, 2)));
}

function checksum(chart: Chart, set = 'events'): string {
  const { template } = find(chart, 'StatefulSet', set).spec as { template: { metadata: { annotations: { [key: string]: string } } } };
  return template.metadata.annotations['cdk8s-stateful/config-checksum'];
}

test('three brokers that are their own controllers', () => {
  const { chart } = cluster();
  expect(yaml(chart)).toMatchSnapshot();
});

test('settings that their owner changes later are not those of the cluster', () => {
  const config = { 'log.retention.hours': '720' };
  const { chart } = cluster({ config });
  config['log.retention.hours'] = '1';
  expect(properties(chart)).toMatchObject({ 'log.retention.hours': '720' });
});

test('another order of the settings changes not a byte', () => {
  const render = (config: { [key: string]: string }) => yaml(cluster({ config }).chart);
  expect(render({ 'num.io.threads': '4', 'log.retention.hours': '24' })).toBe(render({ 'log.retention.hours': '24', 'num.io.threads': '4' }));
});

describe('members', () => {
  test.each([1, 3, 5])('%i combined: replicas, voters and node ids follow', brokers => {
    const { chart } = cluster({ brokers });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject({ spec: { replicas: brokers, podManagementPolicy: 'Parallel' } });
    expect(properties(chart)).toMatchObject({
      'process.roles': 'broker,controller',
      'node.id': '${env:POD_INDEX}',
      'controller.quorum.voters': Array.from({ length: brokers }, (_, i) => `${i}@events-${i}.events-headless.shop.svc.cluster.local:9093`).join(','),
    });
  });

  test('dedicated controllers have node ids that no broker has, and let in the brokers alone', () => {
    const { chart, kafka } = cluster({ brokers: 4, controllers: 3 });
    const voters = [0, 1, 2].map(i => `300${i}@events-controller-${i}.events-controller-headless.shop.svc.cluster.local:9093`).join(',');
    expect(properties(chart)).toMatchObject({ 'process.roles': 'broker', 'node.id': '${env:POD_INDEX}', 'controller.quorum.voters': voters, 'listeners': 'PLAINTEXT://:9092' });
    expect(properties(chart, 'events-controller')).toMatchObject({
      'process.roles': 'controller', 'node.id': '300${env:POD_INDEX}', 'controller.quorum.voters': voters, 'listeners': 'CONTROLLER://:9093',
    });
    expect(properties(chart, 'events-controller')).not.toHaveProperty(['advertised.listeners']);
    expect(find(chart, 'NetworkPolicy', 'events-controller')).toMatchObject({
      spec: {
        ingress: [
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events-controller' } } }] },
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events' } } }], ports: [{ port: 9093 }] },
        ],
      },
    });
    expect(kafka.controllerWorkload?.name).toBe('events-controller');
  });

  test.each([[3, { exec: { command: ['bash', '/mnt/shared/config/ready.sh', '9093'] } }], [1, { tcpSocket: { port: 9093 } }]])(
    '%i dedicated: ready when it has caught up with others, if there are any', (controllers, readinessProbe) => {
      const { chart } = cluster({ controllers });
      expect(find(chart, 'StatefulSet', 'events-controller')).toMatchObject(container({ readinessProbe }));
      expect(files(chart, 'events-controller')['ready.sh']).toBe(controllers === 1 ? undefined : CONTROLLER_READINESS);
    });

  test('controllers decide about replication as the brokers do', () => {
    const { chart } = cluster({ brokers: 4, controllers: 3, config: { 'min.insync.replicas': '1' } });
    const replication = { 'default.replication.factor': '3', 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'false' };
    expect(properties(chart)).toMatchObject(replication);
    expect(properties(chart, 'events-controller')).toMatchObject(replication);
  });

  test.each([['combined', undefined], ['dedicated', 3]])('%s: never two on a node, one away at a time', (_, controllers) => {
    const { chart } = cluster({ controllers });
    for (const set of controllers === undefined ? ['events'] : ['events', 'events-controller']) {
      expect(find(chart, 'PodDisruptionBudget', set)).toMatchObject({ spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
      expect(find(chart, 'StatefulSet', set)).toMatchObject({
        spec: {
          podManagementPolicy: 'Parallel',
          template: { spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }] } } } },
        },
      });
    }
  });

  test.each<[string, Placement, 'required' | 'preferred']>([
    ['on chosen nodes', Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd'))), 'required'],
    ['on tainted nodes', Placement.spread().tolerating(kplus.Node.tainted(kplus.NodeTaintQuery.is('for', 'kafka'))), 'required'],
    ['strictly over zones', Placement.spread({ zones: 'required' }), 'required'],
    ['on one node if asked for', Placement.spread({ hosts: 'preferred' }), 'preferred'],
  ])('brokers beside dedicated controllers, %s: sharing a node is another question', (_, placement, hosts) => {
    const { chart } = cluster({ controllers: 3, placement });
    for (const set of ['events', 'events-controller']) {
      const { spec } = find(chart, 'StatefulSet', set) as unknown as { spec: { template: { spec: { affinity: { podAntiAffinity: object } } } } };
      expect(Object.keys(spec.template.spec.affinity.podAntiAffinity)).toEqual([`${hosts}DuringSchedulingIgnoredDuringExecution`]);
    }
  });

  test('a disruption policy is for the brokers; a quorum bears what it can', () => {
    const { chart } = cluster({ brokers: 9, controllers: 3, disruption: DisruptionPolicy.maxUnavailable(2), placement: Placement.anywhere() });
    expect(find(chart, 'PodDisruptionBudget', 'events')).toMatchObject({ spec: { maxUnavailable: 2 } });
    expect(find(chart, 'PodDisruptionBudget', 'events-controller')).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  test('a single broker has no budget and one copy of everything', () => {
    const { chart } = cluster({ brokers: 1 });
    expect(ofKind(chart, 'PodDisruptionBudget')).toEqual([]);
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({ readinessProbe: { tcpSocket: { port: 9092 } } }));
  });

  test('find each other before they are ready', () => {
    expect(find(cluster().chart, 'Service', 'events-headless')).toMatchObject({
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, ports: [{ name: 'plaintext', port: 9092 }, { name: 'controller', port: 9093 }] },
    });
  });
});

describe('replication', () => {
  test.each([
    [1, undefined, '1', '1'],
    [2, 1, '2', '1'],
    [3, undefined, '3', '2'],
    [5, undefined, '3', '2'],
    [12, 3, '3', '2'],
  ])('%i brokers: factor and least copies follow, also for the topics of Kafka itself', (brokers, controllers, factor, minIsr) => {
    expect(properties(cluster({ brokers, controllers }).chart)).toMatchObject({
      'default.replication.factor': factor,
      'offsets.topic.replication.factor': factor,
      'transaction.state.log.replication.factor': factor,
      'share.coordinator.state.topic.replication.factor': factor,
      'min.insync.replicas': minIsr,
      'transaction.state.log.min.isr': minIsr,
      'share.coordinator.state.topic.min.isr': minIsr,
      'unclean.leader.election.enable': 'false',
    });
  });

  test('Kafka 3.9 does not hear of share groups', () => {
    expect(Object.keys(properties(cluster({ version: KafkaVersion.V3_9 }).chart)).filter(key => key.startsWith('share.'))).toEqual([]);
  });
});

describe('configuration', () => {
  test('what the user sets stands in place of the defaults, once', () => {
    const { chart } = cluster({ config: { 'unclean.leader.election.enable': 'true', 'log.retention.hours': '24', 'sasl.mechanism.x': 'a\\b' } });
    const text = files(chart)['server.properties'];
    expect(text).toContain('\nlog.retention.hours=24\n');
    expect(text).toContain('sasl.mechanism.x=a\\\\b\n'); // a backslash begins an escape
    expect(text.match(/^unclean\.leader\.election\.enable=/gm)).toEqual(['unclean.leader.election.enable=']);
    expect(properties(chart)['unclean.leader.election.enable']).toBe('true');
  });

  test('no key is there twice', () => {
    const keys = files(cluster().chart)['server.properties'].trimEnd().split('\n').map(line => line.split('=')[0]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('no variable becomes configuration behind its back', () => {
    const { spec } = find(cluster().chart, 'StatefulSet', 'events') as { spec?: { template?: { spec?: { containers: { env: { name: string }[] }[] } } } };
    // The image makes configuration of all KAFKA_ variables but these.
    expect(spec?.template?.spec?.containers[0].env.map(({ name }) => name).filter(name => name.startsWith('KAFKA_'))).toEqual(['KAFKA_HEAP_OPTS']);
    expect(spec?.template?.spec).toMatchObject({ enableServiceLinks: false });
  });

  test('a change rolls the brokers', () => {
    expect(checksum(cluster().chart)).not.toBe(checksum(cluster({ config: { 'log.retention.hours': '24' } }).chart));
  });

  test('the log directory lies below the mount, where lost+found is not', () => {
    const { chart } = cluster();
    expect(properties(chart)['log.dirs']).toBe('/var/lib/kafka/data/logs');
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({ volumeMounts: expect.arrayContaining([{ mountPath: '/var/lib/kafka/data', name: 'data' }]) }));
  });

  test('rack awareness takes the zone that Kubernetes tells the Pod', () => {
    const { chart } = cluster({ rackAwareness: true });
    expect(properties(chart)).toMatchObject({ 'broker.rack': '${env:ZONE}', 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({
      env: expect.arrayContaining([{ name: 'ZONE', valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } } }]),
    }));
    expect(properties(cluster().chart)).not.toHaveProperty(['broker.rack']);
  });
});

describe('listeners', () => {
  test('one object makes container port, Service port, advertised address, protocol and policy', () => {
    const { chart, kafka } = cluster();
    kafka.addListener(KafkaListener.plaintext({ name: 'REPORTS_1', port: 9094 }));
    const api = new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] });
    kafka.grantConnect(api, { listener: 'REPORTS_1' });

    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({
      ports: [{ name: 'plaintext', containerPort: 9092 }, { name: 'controller', containerPort: 9093 }, { name: 'reports-1', containerPort: 9094 }],
    }));
    expect(find(chart, 'Service', 'events')).toMatchObject({ spec: { ports: [{ name: 'plaintext', port: 9092 }, { name: 'reports-1', port: 9094 }] } });
    expect(properties(chart)).toMatchObject({
      'listeners': 'PLAINTEXT://:9092,REPORTS_1://:9094,CONTROLLER://:9093',
      'advertised.listeners': ['PLAINTEXT', 'REPORTS_1'].map((name, i) => `${name}://\${env:POD_NAME}.events-headless.shop.svc.cluster.local:${9092 + 2 * i}`).join(','),
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,REPORTS_1:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
    });
    expect(find(chart, 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { ports: [{ port: 9094, protocol: 'TCP' }] }] } });
    expect(find(chart, 'Deployment', 'api')).toMatchObject(container({ env: [{ name: 'KAFKA_BOOTSTRAP_SERVERS', value: 'events.shop.svc.cluster.local:9094' }] }));
    expect(kafka.listeners.map(({ name }) => name)).toEqual(['PLAINTEXT', 'REPORTS_1']);
  });

  test('added later or given at once: the same bytes', () => {
    const added = cluster();
    added.kafka.addListener(KafkaListener.plaintext({ name: 'SECOND', port: 9095 }));
    const given = cluster({ listeners: [KafkaListener.plaintext(), KafkaListener.plaintext({ name: 'SECOND', port: 9095 })] });
    expect(properties(added.chart)).toEqual(properties(given.chart));
    expect(checksum(added.chart)).toBe(checksum(given.chart));
  });

  test('added after a synthesis: in the next one', () => {
    const { chart, kafka } = cluster();
    const before = checksum(chart);
    kafka.addListener(KafkaListener.plaintext({ name: 'SECOND', port: 9095 }));
    expect(properties(chart).listeners).toBe('PLAINTEXT://:9092,SECOND://:9095,CONTROLLER://:9093');
    expect(checksum(chart)).not.toBe(before);
  });

  test('an internal one is for the brokers alone', () => {
    const { chart, kafka } = cluster({ listeners: [KafkaListener.internal(), KafkaListener.plaintext()] });
    expect(properties(chart)['inter.broker.listener.name']).toBe('INTERNAL');
    expect(find(chart, 'Service', 'events').spec).toMatchObject({ ports: [{ name: 'plaintext', port: 9092 }] });
    expect(kafka.bootstrapServers).toBe('events.shop.svc.cluster.local:9092');
  });
});

describe('clients', () => {
  const client = (chart: Chart) => new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }, { image: 'b:1', name: 'b' }] });

  test('begin at a Service over the brokers that are ready', () => {
    const { chart, kafka } = cluster();
    const service = find(chart, 'Service', 'events');
    expect(service).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'events' } } });
    expect(service).not.toHaveProperty('spec.publishNotReadyAddresses');
    expect(kafka.bootstrapServers).toBe('events.shop.svc.cluster.local:9092');
  });

  test('in no namespace, or another domain', () => {
    const { chart, kafka } = cluster({}, newChart());
    expect(kafka.bootstrapServers).toBe('events:9092');
    expect(properties(chart)).toMatchObject({
      'advertised.listeners': 'PLAINTEXT://${env:POD_NAME}.events-headless:9092',
      'controller.quorum.voters': '0@events-0.events-headless:9093,1@events-1.events-headless:9093,2@events-2.events-headless:9093',
    });
    expect(cluster({ clusterDomain: 'k8s.example' }).kafka.bootstrapServers).toBe('events.shop.svc.k8s.example:9092');
  });

  test('are told where, and let in to their listener alone', () => {
    const { chart, kafka } = cluster();
    const api = client(chart);
    kafka.grantConnect(api);
    kafka.grantConnect(api); // twice is once
    const env = [{ name: 'KAFKA_BOOTSTRAP_SERVERS', value: kafka.bootstrapServers }];
    expect(find(chart, 'Deployment', 'api')).toMatchObject({ spec: { template: { spec: { containers: [{ env }, { env }] } } } });
    expect(find(chart, 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { ports: [{ port: 9092, protocol: 'TCP' }] }] } });
    expect(find(chart, 'NetworkPolicy', 'api-to-events')).toMatchObject({ spec: { policyTypes: ['Egress'] } });
  });

  test('that cannot be let in are told nothing', () => {
    const api = new kplus.Deployment(newChart(), 'Api', { containers: [{ image: 'a:1' }] });
    expect(() => cluster().kafka.grantConnect(api)).toThrow('a workload without a namespace is granted access');
    expect(api.containers[0].env.variables).toEqual({});
  });

  test('no policy on the way in where isolation is off, or on the way out where it is not wanted; still the variable', () => {
    const open = cluster({ isolate: false });
    open.kafka.grantConnect(client(open.chart));
    expect(ofKind(open.chart, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(['api-to-events']);
    expect(find(open.chart, 'Deployment', 'api')).toMatchObject({ spec: { template: { spec: { containers: [{ env: [{}] }, { env: [{}] }] } } } });

    const { chart, kafka } = cluster();
    kafka.grantConnect(client(chart), { egress: false });
    expect(ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(['events']);
  });
});

describe('the server', () => {
  test('runs the official image of the version as its user', () => {
    expect(find(cluster().chart, 'StatefulSet', 'events')).toMatchObject(container({ image: 'docker.io/apache/kafka:4.1.2' }));
    expect(find(cluster({ version: KafkaVersion.of('4.0.0') }).chart, 'StatefulSet', 'events')).toMatchObject(container({ image: 'docker.io/apache/kafka:4.0.0' }));
    expect(find(cluster({ image: 'mirror/kafka:1' }).chart, 'StatefulSet', 'events')).toMatchObject(container({ image: 'mirror/kafka:1' }));
    expect(find(cluster().chart, 'StatefulSet', 'events')).toMatchObject({
      spec: { template: { spec: { securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' }, terminationGracePeriodSeconds: 120 } } },
    });
  });

  test.each([
    [undefined, undefined, 1024],
    [Size.mebibytes(768), undefined, 384],
    [Size.gibibytes(64), undefined, 6144],
    [Size.gibibytes(4), Size.gibibytes(3), 3072],
  ])('heap of a limit of %p, %p asked for: %i MiB', (limit, heap, mebibytes) => {
    const resources = limit && { memory: { request: limit, limit } };
    expect(find(cluster({ resources, heap }).chart, 'StatefulSet', 'events')).toMatchObject(container({
      env: expect.arrayContaining([{ name: 'KAFKA_HEAP_OPTS', value: `-Xms${mebibytes}m -Xmx${mebibytes}m` }]),
    }));
  });

  test('has all of its memory reserved, and no cpu limit', () => {
    expect(find(cluster().chart, 'StatefulSet', 'events')).toMatchObject(container({
      resources: { requests: { memory: '2048Mi', cpu: '500m' }, limits: { memory: '2048Mi' } },
    }));
  });

  test('may recover its logs for as long as the budget says', () => {
    expect(find(cluster({ startupBudget: Duration.hours(2) }).chart, 'StatefulSet', 'events')).toMatchObject(container({
      startupProbe: { periodSeconds: 5, failureThreshold: 1440, tcpSocket: { port: 9092 } },
      livenessProbe: { tcpSocket: { port: 9092 } },
      readinessProbe: { exec: { command: ['bash', '/mnt/shared/config/ready.sh', '9092'] } },
    }));
  });
});

describe('storage', () => {
  test('brokers as asked, controllers little of the same class', () => {
    const chart = newChart('shop');
    const storageClass = StorageClass.fromName(chart, 'Fast', 'fast');
    cluster({ controllers: 3, storage: { ...storage, storageClass, retention: { whenDeleted: ClaimRetention.DELETE } } }, chart);
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject({
      spec: {
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast', resources: { requests: { storage: '10Gi' } } } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      },
    });
    expect(find(chart, 'StatefulSet', 'events-controller')).toMatchObject({
      spec: {
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast', resources: { requests: { storage: '10Gi' } } } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      },
    });
  });

  test.each([
    [undefined, { whenDeleted: 'Retain', whenScaled: 'Retain' }],
    [{ whenDeleted: ClaimRetention.RETAIN }, { whenDeleted: 'Retain', whenScaled: 'Retain' }],
    [{ whenScaled: ClaimRetention.DELETE }, { whenDeleted: 'Retain', whenScaled: 'Delete' }],
  ])('controllers as asked, with retention %j, whatever becomes of the brokers', (retention, persistentVolumeClaimRetentionPolicy) => {
    const { chart } = cluster({
      controllers: 3,
      storage: { ...storage, retention: { whenDeleted: ClaimRetention.DELETE } },
      controllerStorage: { size: Size.gibibytes(2), retention },
    });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject({ spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } });
    expect(find(chart, 'StatefulSet', 'events-controller')).toMatchObject({
      spec: { volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '2Gi' } } } }], persistentVolumeClaimRetentionPolicy },
    });
  });
});

describe('identity', () => {
  class Deeper extends Construct {
    public readonly kafka: KafkaCluster;
    public constructor(scope: Construct) {
      super(scope, 'Deeper');
      this.kafka = new KafkaCluster(this, 'Events', { storage, controllers: 3 });
      this.kafka.addTopic('orders', { partitions: 3 });
    }
  }

  test('the cluster id is what Kafka takes for one, and the same for ever', () => {
    const { kafka } = cluster();
    expect(kafka.clusterId).toBe('FTQlTLE15zMQrR-kSsKvHg');
    expect(Buffer.from(kafka.clusterId, 'base64url')).toHaveLength(16);
    expect(cluster({}, newChart('other')).kafka.clusterId).not.toBe(kafka.clusterId);
    expect(cluster({ name: 'other' }).kafka.clusterId).not.toBe(kafka.clusterId);
    expect(cluster({ clusterId: '5L6g3nShT-eMCtK--X86sw' }).kafka.clusterId).toBe('5L6g3nShT-eMCtK--X86sw');
  });

  test('a cluster id never begins like an option', () => {
    const ids = Array.from({ length: 300 }, (_, i) => cluster({ name: `events-${i}`, brokers: 1 }).kafka.clusterId);
    expect(ids.filter(id => !/^[A-Za-z][-\w]{21}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('moved deeper in the tree, synthesized twice: the same bytes', () => {
    const flat = newChart('shop');
    const kafka = new KafkaCluster(flat, 'Events', { storage, controllers: 3 });
    kafka.addTopic('orders', { partitions: 3 });
    const deep = new Chart(new App(), 'another', { namespace: 'shop' });
    new Deeper(deep);
    expect(JSON.stringify(synth(deep))).toBe(JSON.stringify(synth(flat)));
    expect(JSON.stringify(synth(flat))).toBe(JSON.stringify(synth(flat)));
  });

  test('the StatefulSet is the default child', () => {
    expect(ApiObject.of(cluster().kafka).kind).toBe('StatefulSet');
  });
});
