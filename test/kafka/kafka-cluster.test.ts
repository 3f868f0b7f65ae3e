import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { FOUNDING_PORT } from '../../src/kit/founding/founding-port';
import { FOUNDING_SH } from '../../src/kit/founding/shell';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
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

/** Settings that give all topics, also those of Kafka itself, this many copies, two of which must be in sync. */
function everything(copies: number): { [key: string]: string } {
  const factors = ['default', 'offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'].map(what => [`${what}.replication.factor`, `${copies}`]);
  return Object.fromEntries([...factors, ['transaction.state.log.min.isr', '2'], ['share.coordinator.state.topic.min.isr', '2'], ['min.insync.replicas', '2']]);
}

test('three brokers that are their own controllers', () => {
  const { chart } = cluster();
  expect(yaml(chart)).toMatchSnapshot();
});

test('later changes of the config object do not change the cluster', () => {
  const config = { 'log.retention.hours': '720' };
  const { chart } = cluster({ config });
  config['log.retention.hours'] = '1';
  expect(properties(chart)).toMatchObject({ 'log.retention.hours': '720' });
});

test('the order of the settings does not change the manifests', () => {
  const render = (config: { [key: string]: string }) => yaml(cluster({ config }).chart);
  expect(render({ 'num.io.threads': '4', 'log.retention.hours': '24' })).toBe(render({ 'log.retention.hours': '24', 'num.io.threads': '4' }));
});

describe('members', () => {
  /** What the scripts of a set are told. */
  const conf = (chart: Chart, set = 'events') => Object.fromEntries(files(chart, set)['member.conf'].trimEnd().split('\n').map(line => line.split(/=(.*)/s).slice(0, 2)));

  test.each([1, 3, 5])('%i combined: replicas, controllers and node ids are derived', brokers => {
    const { chart } = cluster({ brokers });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject({ spec: { replicas: brokers, podManagementPolicy: 'Parallel' } });
    expect(properties(chart)).toMatchObject({
      'process.roles': 'broker,controller',
      'node.id': '${env:POD_INDEX}',
      'advertised.listeners': [['INTERNAL', 9091], ['PLAINTEXT', 9092], ['CONTROLLER', 9093]].map(([name, port]) => `${name}://\${env:POD_NAME}.events-headless.shop.svc.cluster.local:${port}`).join(','),
    });
    expect(conf(chart)).toMatchObject({
      ROLES: 'broker,controller',
      ID_PREFIX: '',
      CONTROLLER_SET: 'events',
      CONTROLLER_DOMAIN: 'events-headless.shop.svc.cluster.local',
      CONTROLLERS_FILE: '/etc/cdk8s-stateful/set/members',
      BROKER_PORT: '9091',
    });
    expect(find(chart, 'ConfigMap', 'events-members')).toMatchObject({ data: { members: `${brokers}` } });
    expect(properties(chart)).not.toHaveProperty(['controller.quorum.voters']);
  });

  test('adding two members restarts no other member', () => {
    const template = (brokers: number) => JSON.stringify(find(cluster({ brokers }).chart, 'StatefulSet', 'events').spec, (key, value: unknown) => key === 'replicas' ? undefined : value);
    expect(template(5)).toBe(template(3));
  });

  test('the preStop hook waits for at most half of the grace period', () => {
    expect(conf(cluster().chart)).toMatchObject({ STOP_SECONDS: '120' });
    const { chart } = cluster({ terminationGrace: Duration.seconds(61) });
    expect(conf(chart)).toMatchObject({ STOP_SECONDS: '30' });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({ lifecycle: { preStop: { exec: { command: ['bash', '/etc/cdk8s-stateful/kafka/stop.sh'] } } } }));
  });

  test('dedicated controllers have distinct node ids, and are reachable only by the brokers', () => {
    const { chart, kafka } = cluster({ brokers: 4, controllers: 3 });
    expect(properties(chart)).toMatchObject({ 'process.roles': 'broker', 'node.id': '${env:POD_INDEX}', 'listeners': 'INTERNAL://:9091,PLAINTEXT://:9092' });
    expect(properties(chart, 'events-controller')).toMatchObject({
      'process.roles': 'controller',
      'node.id': '300${env:POD_INDEX}',
      'listeners': 'CONTROLLER://:9093',
      'advertised.listeners': 'CONTROLLER://${env:POD_NAME}.events-controller-headless.shop.svc.cluster.local:9093',
    });
    expect(conf(chart)).toMatchObject({ ROLES: 'broker', SET: 'events', CONTROLLER_SET: 'events-controller', CONTROLLERS_FILE: '/etc/cdk8s-stateful/controllers/members' });
    expect(conf(chart, 'events-controller')).toMatchObject({ ROLES: 'controller', SET: 'events-controller', ID_PREFIX: '300', BROKER_PORT: '', CONTROLLERS_FILE: '/etc/cdk8s-stateful/set/members' });
    expect(conf(chart, 'events-controller')).toMatchObject({ BROKER_SET: 'events', BROKERS_FILE: '/etc/cdk8s-stateful/brokers/members' });
    expect(mountedConfig(chart, 'events', 'controllers')).toBe('events-controller-members');
    expect(mountedConfig(chart, 'events-controller', 'brokers')).toBe('events-members');
    expect(find(chart, 'NetworkPolicy', 'events-controller')).toMatchObject({
      spec: {
        ingress: [
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events-controller' } } }] },
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events' } } }], ports: [{ port: FOUNDING_PORT }, { port: 9093 }] },
        ],
      },
    });
    expect(find(chart, 'NetworkPolicy', 'events')).toMatchObject({
      spec: {
        ingress: [
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events' } } }] },
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events-controller' } } }], ports: [{ port: FOUNDING_PORT }] },
        ],
      },
    });
    expect(FOUNDING_SH).toContain(`FOUNDING_PORT:=${FOUNDING_PORT}}`);
    expect(kafka.controllerWorkload?.name).toBe('events-controller');
  });

  test.each(['events', 'events-controller'])('%s: ready when its member has settled', set => {
    const { chart } = cluster({ controllers: 3 });
    expect(find(chart, 'StatefulSet', set)).toMatchObject(container({ readinessProbe: { exec: { command: ['bash', '/etc/cdk8s-stateful/kafka/ready.sh'] } } }));
  });

  test('controllers have the replication settings of the brokers', () => {
    const { chart } = cluster({ brokers: 4, controllers: 3, config: { 'min.insync.replicas': '1' } });
    const replication = { 'default.replication.factor': '3', 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'false' };
    expect(properties(chart)).toMatchObject(replication);
    expect(properties(chart, 'events-controller')).toMatchObject(replication);
  });

  test.each([['combined', undefined], ['dedicated', 3]])('%s: never two on a node, at most one down at a time', (_, controllers) => {
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
  ])('brokers with dedicated controllers, %s: they may share a node with controllers', (_, placement, hosts) => {
    const { chart } = cluster({ controllers: 3, placement });
    for (const set of ['events', 'events-controller']) {
      const { spec } = find(chart, 'StatefulSet', set) as unknown as { spec: { template: { spec: { affinity: { podAntiAffinity: object } } } } };
      expect(Object.keys(spec.template.spec.affinity.podAntiAffinity)).toEqual([`${hosts}DuringSchedulingIgnoredDuringExecution`]);
    }
  });

  test('a disruption policy applies to the brokers; that of the controllers follows from the quorum', () => {
    const disruption = DisruptionPolicy.maxUnavailable(2);
    const { chart } = cluster({ brokers: 9, controllers: 3, disruption, config: everything(4), placement: Placement.anywhere() });
    expect(find(chart, 'PodDisruptionBudget', 'events')).toMatchObject({ spec: { maxUnavailable: 2 } });
    expect(find(chart, 'PodDisruptionBudget', 'events-controller')).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  test('a single broker has no budget and one replica of everything', () => {
    const { chart } = cluster({ brokers: 1 });
    expect(ofKind(chart, 'PodDisruptionBudget')).toEqual([]);
    expect(properties(chart)).toMatchObject({ 'default.replication.factor': '1' });
  });

  test('are resolvable before they are ready', () => {
    expect(find(cluster().chart, 'Service', 'events-headless')).toMatchObject({
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, ports: [{ name: 'internal', port: 9091 }, { name: 'plaintext', port: 9092 }, { name: 'controller', port: 9093 }] },
    });
  });
});

describe('replication', () => {
  test.each([
    [1, undefined, '1', '1'],
    [3, undefined, '3', '2'],
    [5, undefined, '3', '2'],
    [12, 3, '3', '2'],
  ])('%i brokers: replication factor and min.insync.replicas are derived, also for internal topics', (brokers, controllers, factor, minIsr) => {
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

  test.each<[string, Partial<KafkaClusterProps>]>([
    ['two brokers', { brokers: 2, controllers: 3 }],
    ['two copies on more brokers', { brokers: 5, config: { 'default.replication.factor': '2' } }],
  ])('%s: min.insync.replicas must be set, and a third broker does not change it', (_, props) => {
    for (const minIsr of ['1', '2']) {
      const config = { ...props.config, 'min.insync.replicas': minIsr };
      expect(properties(cluster({ ...props, config }).chart)).toMatchObject({ 'default.replication.factor': '2', 'min.insync.replicas': minIsr, 'transaction.state.log.min.isr': props.brokers === 2 ? '1' : '2' });
      expect(properties(cluster({ ...props, brokers: 3, config: { 'min.insync.replicas': minIsr } }).chart)).toMatchObject({ 'min.insync.replicas': minIsr });
    }
  });

  test('topics are not created automatically', () => {
    expect(properties(cluster().chart)).toMatchObject({ 'auto.create.topics.enable': 'false' });
    expect(properties(cluster({ config: { 'auto.create.topics.enable': 'true' } }).chart)).toMatchObject({ 'auto.create.topics.enable': 'true' });
  });

  test('Kafka 3.9 gets no settings of share groups', () => {
    expect(Object.keys(properties(cluster({ version: KafkaVersion.V3_9 }).chart)).filter(key => key.startsWith('share.'))).toEqual([]);
  });
});

describe('configuration', () => {
  test('settings of the user replace the defaults', () => {
    const { chart } = cluster({ config: { 'unclean.leader.election.enable': 'true', 'log.retention.hours': '24', 'listener.name.x': 'a\\b' } });
    const text = files(chart)['server.properties'];
    expect(text).toContain('\nlog.retention.hours=24\n');
    expect(text).toContain('listener.name.x=a\\\\b\n'); // a backslash begins an escape
    expect(text.match(/^unclean\.leader\.election\.enable=/gm)).toEqual(['unclean.leader.election.enable=']);
    expect(properties(chart)['unclean.leader.election.enable']).toBe('true');
  });

  test('no key is duplicated', () => {
    const keys = files(cluster().chart)['server.properties'].trimEnd().split('\n').map(line => line.split('=')[0]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('no environment variable is read as configuration', () => {
    const { spec } = find(cluster().chart, 'StatefulSet', 'events') as { spec?: { template?: { spec?: { containers: { env: { name: string }[] }[] } } } };
    expect(spec?.template?.spec?.containers[0].env.map(({ name }) => name).filter(name => name.startsWith('KAFKA_'))).toEqual(['KAFKA_HEAP_OPTS']);
    expect(spec?.template?.spec).toMatchObject({ enableServiceLinks: false });
  });

  test('a change of the settings rolls the brokers', () => {
    expect(mountedConfig(cluster().chart, 'events')).not.toBe(mountedConfig(cluster({ config: { 'log.retention.hours': '24' } }).chart, 'events'));
  });

  test('the log directory is a subdirectory of the mount, without lost+found', () => {
    const { chart } = cluster();
    expect(properties(chart)['log.dirs']).toBe('/var/lib/kafka/data/logs');
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({ volumeMounts: expect.arrayContaining([{ mountPath: '/var/lib/kafka/data', name: 'data' }]) }));
  });

  test('rack awareness uses the zone label of the Pod', () => {
    const { chart } = cluster({ rackAwareness: true });
    expect(properties(chart)).toMatchObject({ 'broker.rack': '${env:ZONE}', 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({
      env: expect.arrayContaining([{ name: 'ZONE', valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } } }]),
    }));
    expect(properties(cluster().chart)).not.toHaveProperty(['broker.rack']);
  });
});

describe('listeners', () => {
  test('container port, Service port, advertised address, protocol and policy are derived from one object', () => {
    const { chart, kafka } = cluster();
    kafka.addListener(KafkaListener.plaintext({ name: 'REPORTS_1', port: 9094 }));
    const api = new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] });
    kafka.grantConnect(api, { listener: 'REPORTS_1' });

    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({
      ports: [{ name: 'internal', containerPort: 9091 }, { name: 'plaintext', containerPort: 9092 }, { name: 'controller', containerPort: 9093 }, { name: 'reports-1', containerPort: 9094 }],
    }));
    expect(find(chart, 'Service', 'events')).toMatchObject({ spec: { ports: [{ name: 'plaintext', port: 9092 }, { name: 'reports-1', port: 9094 }] } });
    expect(properties(chart)).toMatchObject({
      'listeners': 'INTERNAL://:9091,PLAINTEXT://:9092,REPORTS_1://:9094,CONTROLLER://:9093',
      'advertised.listeners': [['INTERNAL', 9091], ['PLAINTEXT', 9092], ['REPORTS_1', 9094], ['CONTROLLER', 9093]].map(([name, port]) => `${name}://\${env:POD_NAME}.events-headless.shop.svc.cluster.local:${port}`).join(','),
      'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT,REPORTS_1:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'INTERNAL',
    });
    expect(find(chart, 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { ports: [{ port: 9094, protocol: 'TCP' }] }] } });
    expect(find(chart, 'Deployment', 'api')).toMatchObject(container({ env: [{ name: 'KAFKA_BOOTSTRAP_SERVERS', value: 'events.shop.svc.cluster.local:9094' }] }));
    expect(kafka.listeners.map(({ name }) => name)).toEqual(['INTERNAL', 'PLAINTEXT', 'REPORTS_1']);
  });

  test('added later or given initially: the same manifests', () => {
    const added = cluster();
    added.kafka.addListener(KafkaListener.plaintext({ name: 'SECOND', port: 9095 }));
    const given = cluster({ listeners: [KafkaListener.plaintext(), KafkaListener.plaintext({ name: 'SECOND', port: 9095 })] });
    expect(properties(added.chart)).toEqual(properties(given.chart));
    expect(mountedConfig(added.chart, 'events')).toBe(mountedConfig(given.chart, 'events'));
  });

  test('added after a synthesis: part of the next one', () => {
    const { chart, kafka } = cluster();
    const before = mountedConfig(chart, 'events');
    kafka.addListener(KafkaListener.plaintext({ name: 'SECOND', port: 9095 }));
    expect(properties(chart).listeners).toBe('INTERNAL://:9091,PLAINTEXT://:9092,SECOND://:9095,CONTROLLER://:9093');
    expect(mountedConfig(chart, 'events')).not.toBe(before);
  });

  test('the internal listener does not change with the client listeners', () => {
    const [plaintext, other] = [KafkaListener.plaintext(), KafkaListener.plaintext({ name: 'OTHER', port: 9094 })];
    for (const listeners of [undefined, [other], [other, plaintext], [plaintext, other]]) {
      const { chart } = cluster({ listeners });
      expect(properties(chart)).toMatchObject({ 'inter.broker.listener.name': 'INTERNAL', 'listeners': expect.stringContaining('INTERNAL://:9091,') });
      expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({ livenessProbe: { tcpSocket: { port: 9091 } } }));
    }
  });

  test('an internal listener is for the brokers only, and replaces the default one', () => {
    const { chart, kafka } = cluster({ listeners: [KafkaListener.plaintext(), KafkaListener.internal({ name: 'INNER', port: 9090 })] });
    expect(properties(chart)).toMatchObject({ 'inter.broker.listener.name': 'INNER', 'listeners': 'INNER://:9090,PLAINTEXT://:9092,CONTROLLER://:9093' });
    expect(find(chart, 'Service', 'events').spec).toMatchObject({ ports: [{ name: 'plaintext', port: 9092 }] });
    expect(kafka.bootstrapServers).toBe('events.shop.svc.cluster.local:9092');
  });
});

describe('clients', () => {
  const client = (chart: Chart) => new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }, { image: 'b:1', name: 'b' }] });

  test('use a Service that selects the ready brokers', () => {
    const { chart, kafka } = cluster();
    const service = find(chart, 'Service', 'events');
    expect(service).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'events' } } });
    expect(service).not.toHaveProperty('spec.publishNotReadyAddresses');
    expect(kafka.bootstrapServers).toBe('events.shop.svc.cluster.local:9092');
  });

  test('without a namespace, or with another cluster domain', () => {
    const { chart, kafka } = cluster({}, newChart());
    expect(kafka.bootstrapServers).toBe('events:9092');
    expect(properties(chart)).toMatchObject({ 'advertised.listeners': ['INTERNAL:9091', 'PLAINTEXT:9092', 'CONTROLLER:9093'].map(listener => listener.replace(':', '://${env:POD_NAME}.events-headless:')).join(',') });
    expect(files(chart)['member.conf']).toContain('CONTROLLER_DOMAIN=events-headless\n');
    expect(cluster({ clusterDomain: 'k8s.example' }).kafka.bootstrapServers).toBe('events.shop.svc.k8s.example:9092');
  });

  test('get the bootstrap servers, and access to their listener only', () => {
    const { chart, kafka } = cluster();
    const api = client(chart);
    kafka.grantConnect(api);
    kafka.grantConnect(api); // twice is once
    const env = [{ name: 'KAFKA_BOOTSTRAP_SERVERS', value: kafka.bootstrapServers }];
    expect(find(chart, 'Deployment', 'api')).toMatchObject({ spec: { template: { spec: { containers: [{ env }, { env }] } } } });
    expect(find(chart, 'NetworkPolicy', 'events')).toMatchObject({ spec: { ingress: [{}, { ports: [{ port: 9092, protocol: 'TCP' }] }] } });
    expect(ofKind(chart, 'NetworkPolicy')).toHaveLength(1);
  });

  test('that cannot be granted access get no variables', () => {
    const api = new kplus.Deployment(newChart(), 'Api', { containers: [{ image: 'a:1' }] });
    expect(() => cluster().kafka.grantConnect(api)).toThrow('a workload without a namespace is granted access');
    expect(api.containers[0].env.variables).toEqual({});
  });

  test('without isolation there is no ingress policy, with egress an egress policy; the variable is set', () => {
    const open = cluster({ isolate: false });
    open.kafka.grantConnect(client(open.chart));
    expect(ofKind(open.chart, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual([]);
    expect(find(open.chart, 'Deployment', 'api')).toMatchObject({ spec: { template: { spec: { containers: [{ env: [{}] }, { env: [{}] }] } } } });

    const { chart, kafka } = cluster();
    kafka.grantConnect(client(chart), { egress: true });
    expect(find(chart, 'NetworkPolicy', 'api-egress')).toMatchObject({ spec: { egress: [{ ports: [{ port: 9092, protocol: 'TCP' }] }, {}] } });
  });
});

describe('the server', () => {
  test('runs the official image of the version as its user', () => {
    expect(find(cluster().chart, 'StatefulSet', 'events')).toMatchObject(container({ image: 'docker.io/apache/kafka:4.1.2' }));
    expect(find(cluster({ version: KafkaVersion.of('4.0.0') }).chart, 'StatefulSet', 'events')).toMatchObject(container({ image: 'docker.io/apache/kafka:4.0.0' }));
    expect(find(cluster({ image: 'mirror/kafka:1' }).chart, 'StatefulSet', 'events')).toMatchObject(container({ image: 'mirror/kafka:1' }));
    expect(find(cluster().chart, 'StatefulSet', 'events')).toMatchObject({
      spec: { template: { spec: { securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' }, terminationGracePeriodSeconds: 240 } } },
    });
  });

  test.each([
    [undefined, undefined, 1024],
    [Size.mebibytes(768), undefined, 384],
    [Size.gibibytes(64), undefined, 6144],
    [Size.gibibytes(4), Size.gibibytes(3), 3072],
  ])('heap with a limit of %p and %p given: %i MiB', (limit, heap, mebibytes) => {
    const resources = limit && { memory: { request: limit, limit } };
    expect(find(cluster({ resources, heap }).chart, 'StatefulSet', 'events')).toMatchObject(container({
      env: expect.arrayContaining([{ name: 'KAFKA_HEAP_OPTS', value: `-Xms${mebibytes}m -Xmx${mebibytes}m` }]),
    }));
  });

  test('can run as another user, such as one assigned by OpenShift', () => {
    const of = (props: Partial<KafkaClusterProps>) => find(cluster(props).chart, 'StatefulSet', 'events');
    expect(of({ security: { user: 4000 } })).toMatchObject({ spec: { template: { spec: { securityContext: { runAsUser: 4000, fsGroup: 4000 } } } } });
    expect(of({ security: {} })).not.toHaveProperty('spec.template.spec.securityContext.runAsUser');
    const { chart, kafka } = cluster({ security: {} });
    kafka.addTopic('orders', { partitions: 1 });
    expect(find(chart, 'Deployment', 'events-topics')).not.toHaveProperty('spec.template.spec.securityContext.runAsUser');
  });

  test.each([[KafkaVersion.V3_9, 'log4j.properties'], [KafkaVersion.V4_1, 'log4j2.yaml']])('%# logs to its container, not to files that nothing deletes', (version, file) => {
    expect(Object.keys(files(cluster({ version }).chart)).filter(name => name.startsWith('log4j'))).toEqual([file]);
  });

  test('requests its memory limit, and has no CPU limit', () => {
    expect(find(cluster().chart, 'StatefulSet', 'events')).toMatchObject(container({
      resources: { requests: { memory: '2048Mi', cpu: '500m' }, limits: { memory: '2048Mi' } },
    }));
  });

  test('may recover its logs for the startup budget', () => {
    expect(find(cluster({ startupBudget: Duration.hours(2) }).chart, 'StatefulSet', 'events')).toMatchObject(container({
      startupProbe: { periodSeconds: 5, failureThreshold: 1440, tcpSocket: { port: 9091 } },
      livenessProbe: { tcpSocket: { port: 9091 } },
    }));
    expect(properties(cluster({ startupBudget: Duration.hours(2) }).chart)).toMatchObject({ 'initial.broker.registration.timeout.ms': '7200000' }); // Kafka's minute would end it
  });
});

describe('storage', () => {
  test('brokers as given, controllers a small volume of the same class', () => {
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
  ])('controllers as given, with retention %j, independent of the brokers', (retention, persistentVolumeClaimRetentionPolicy) => {
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

  test('the cluster id is valid and stable', () => {
    const { kafka } = cluster();
    expect(kafka.clusterId).toBe('FTQlTLE15zMQrR-kSsKvHg');
    expect(Buffer.from(kafka.clusterId, 'base64url')).toHaveLength(16);
    expect(cluster({}, newChart('other')).kafka.clusterId).not.toBe(kafka.clusterId);
    expect(cluster({ name: 'other' }).kafka.clusterId).not.toBe(kafka.clusterId);
    expect(cluster({ clusterId: '5L6g3nShT-eMCtK--X86sw' }).kafka.clusterId).toBe('5L6g3nShT-eMCtK--X86sw');
  });

  test('a cluster id never starts like an option', () => {
    const ids = Array.from({ length: 300 }, (_, i) => cluster({ name: `events-${i}`, brokers: 1 }).kafka.clusterId);
    expect(ids.filter(id => !/^[A-Za-z][-\w]{21}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('moved in the construct tree, synthesized twice: the same manifests', () => {
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
