import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import { IZooKeeper, KafkaCluster, KafkaClusterProps, KafkaListener, KafkaMetadata, KafkaVersion, ZooKeeperEnsemble } from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(10) };
const CONNECT = [0, 1, 2].map(i => `zk-${i}.zk-headless.shop.svc.cluster.local:2181`).join(',');

function cluster(props: Partial<KafkaClusterProps> = {}, chroot?: string): { chart: Chart; kafka: KafkaCluster; zookeeper: ZooKeeperEnsemble } {
  const chart = newChart('shop');
  const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', { storage });
  return { chart, zookeeper, kafka: new KafkaCluster(chart, 'Events', { storage, metadata: KafkaMetadata.zookeeper(zookeeper, { chroot }), ...props }) };
}

/** An ensemble that is none of this library's: it keeps who was let in. */
class Elsewhere implements IZooKeeper {
  public readonly letIn: kplus.AbstractPod[] = [];
  public constructor(public readonly connectString = 'zoo-a.example:2181,zoo-b.example:2182') {}
  public grantConnect(): void { throw new Error('the brokers need no variables'); }
  public grantNetwork(client: kplus.AbstractPod): void { this.letIn.push(client); }
}

const container = (containing: object) => ({ spec: { template: { spec: { containers: [containing] } } } });
const files = (chart: Chart) => find(chart, 'ConfigMap', 'events-config').data as { [file: string]: string };
const pairs = (text: string) => Object.fromEntries(text.trimEnd().split('\n').map(line => line.split(/=(.*)/s).slice(0, 2)));
const properties = (chart: Chart): { [key: string]: string } => pairs(files(chart)['server.properties']);
const conf = (chart: Chart): { [key: string]: string } => pairs(files(chart)['member.conf']);

describe('metadata in ZooKeeper', () => {
  test('brokers derive their id from their ordinal, and have no settings of controllers', () => {
    expect(properties(cluster({}, '/kafka/events').chart)).toEqual({
      'config.providers': 'env',
      'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
      'config.providers.env.param.allowlist.pattern': 'POD_NAME|POD_INDEX|ZONE',
      'broker.id': '${env:POD_INDEX}',
      'zookeeper.connect': `${CONNECT}/kafka/events`,
      'listeners': 'INTERNAL://:9091,PLAINTEXT://:9092',
      'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'advertised.listeners': [['INTERNAL', 9091], ['PLAINTEXT', 9092]].map(([name, port]) => `${name}://\${env:POD_NAME}.events-headless.shop.svc.cluster.local:${port}`).join(','),
      'inter.broker.listener.name': 'INTERNAL',
      'log.dirs': '/var/lib/kafka/data/logs',
      'default.replication.factor': '3',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.replication.factor': '3',
      'min.insync.replicas': '2',
      'transaction.state.log.min.isr': '2',
      'auto.create.topics.enable': 'false',
      'unclean.leader.election.enable': 'false',
    });
  });

  test('at the root of the ensemble without a chroot', () => {
    const { chart } = cluster();
    expect(properties(chart)).toMatchObject({ 'zookeeper.connect': CONNECT });
    expect(conf(chart)).toEqual({
      ROLES: 'broker', SET: 'events', DOMAIN: 'events-headless.shop.svc.cluster.local', ID_PREFIX: '', ZOOKEEPER: CONNECT, CHROOT: '', BROKER_PORT: '9091', STOP_SECONDS: '120',
    });
  });

  test('the brokers are granted access to the ensemble automatically, without variables', () => {
    const { chart } = cluster({}, '/events');
    expect(find(chart, 'NetworkPolicy', 'zk')).toMatchObject({
      spec: {
        ingress: [
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'zk' } } }] },
          { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'events' } } }], ports: [{ port: 2181, protocol: 'TCP' }] },
        ],
      },
    });
    expect(JSON.stringify(find(chart, 'StatefulSet', 'events'))).not.toContain('ZOOKEEPER_CONNECT');
    expect(ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name).sort()).toEqual(['events', 'zk']);
  });

  test('brokers with egress policies can reach the ensemble', () => {
    const { chart } = cluster({ egress: true }, '/events');
    const { egress } = find(chart, 'NetworkPolicy', 'events-egress').spec as { egress: unknown[] };
    expect(egress).toContainEqual({
      to: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'zk' } } }],
      ports: [{ port: 2181, protocol: 'TCP' }],
    });
  });

  test('any IZooKeeper is accepted', () => {
    const chart = newChart('shop');
    const zookeeper = new Elsewhere();
    const kafka = new KafkaCluster(chart, 'Events', { storage, metadata: KafkaMetadata.zookeeper(zookeeper, { chroot: '/events' }) });
    expect(properties(chart)).toMatchObject({ 'zookeeper.connect': 'zoo-a.example:2181,zoo-b.example:2182/events' });
    expect(zookeeper.letIn).toEqual([kafka.workload]);
  });

  test('an ensemble of another namespace', () => {
    const app = new App();
    const zookeeper = new ZooKeeperEnsemble(new Chart(app, 'coordination', { namespace: 'coordination' }), 'Zk', { storage });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    new KafkaCluster(chart, 'Events', { storage, metadata: KafkaMetadata.zookeeper(zookeeper) });
    expect(properties(chart)['zookeeper.connect']).toContain('zk-0.zk-headless.coordination.svc.cluster.local:2181,');
  });

  test('runs 3.9, the last release that supports ZooKeeper, and earlier ones', () => {
    const imageOf = (props: Partial<KafkaClusterProps>) => find(cluster(props).chart, 'StatefulSet', 'events');
    expect(imageOf({})).toMatchObject(container({ image: KafkaVersion.V3_9._image }));
    expect(imageOf({ version: KafkaVersion.of('3.7.2') })).toMatchObject(container({ image: 'docker.io/apache/kafka:3.7.2' }));
  });

  test.each([[1, '1', '1'], [4, '3', '2'], [12, '3', '2']])('%i brokers: any number, because none of them votes', (brokers, factor, minIsr) => {
    const { chart } = cluster({ brokers });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject({ spec: { replicas: brokers } });
    expect(properties(chart)).toMatchObject({ 'default.replication.factor': factor, 'min.insync.replicas': minIsr });
  });

  test('never two on a node, at most one down at a time, ready when in sync, and a stop that waits: as without ZooKeeper', () => {
    const { chart } = cluster();
    expect(find(chart, 'PodDisruptionBudget', 'events')).toMatchObject({ spec: { maxUnavailable: 1 } });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject({
      spec: {
        podManagementPolicy: 'Parallel',
        template: { spec: { terminationGracePeriodSeconds: 240, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }] } } } },
      },
    });
    expect(find(chart, 'StatefulSet', 'events')).toMatchObject(container({
      command: ['bash', '/etc/cdk8s-stateful/kafka/start.sh'],
      ports: [{ name: 'internal', containerPort: 9091 }, { name: 'plaintext', containerPort: 9092 }],
      startupProbe: { tcpSocket: { port: 9091 } },
      readinessProbe: { exec: { command: ['bash', '/etc/cdk8s-stateful/kafka/ready.sh'] } },
      lifecycle: { preStop: { exec: { command: ['bash', '/etc/cdk8s-stateful/kafka/stop.sh'] } } },
    }));
  });

  test('every script that another one sources is there', () => {
    const all = files(cluster().chart);
    const sourced = Object.values(all).flatMap(text => [...text.matchAll(/^for part in ([^;]*);/gm)]).flatMap(([, parts]) => parts.split(' '));
    expect(sourced.filter(name => all[name] === undefined)).toEqual([]);
    expect(all['start.sh']).toContain('exec "$KAFKA_BIN/kafka-server-start.sh" "$MARKS/server.properties"');
  });

  test('listeners, racks, settings, clients and topics as without it', () => {
    const { chart, kafka } = cluster({ rackAwareness: true, config: { 'zookeeper.session.timeout.ms': '30000', 'log.retention.hours': '24' } });
    kafka.addListener(KafkaListener.plaintext({ name: 'REPORTS', port: 9094 }));
    kafka.addTopic('orders', { partitions: 6 });
    const api = new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] });
    kafka.grantConnect(api, { listener: 'REPORTS' });
    expect(properties(chart)).toMatchObject({
      'listeners': 'INTERNAL://:9091,PLAINTEXT://:9092,REPORTS://:9094', 'broker.rack': '${env:ZONE}', 'zookeeper.session.timeout.ms': '30000', 'log.retention.hours': '24',
    });
    expect(find(chart, 'Deployment', 'events-topics')).toMatchObject(container({ image: KafkaVersion.V3_9._image }));
    expect(find(chart, 'Deployment', 'api')).toMatchObject(container({ env: [{ name: 'KAFKA_BOOTSTRAP_SERVERS', value: 'events.shop.svc.cluster.local:9094' }] }));
  });

  test('the cluster id is not known before the first broker generates it', () => {
    const { chart, kafka } = cluster();
    expect(() => kafka.clusterId).toThrow("test/Events: 'clusterId' is not known at synthesis, because the metadata is stored in ZooKeeper. The first broker generates it: read it from the znode /cluster/id or from meta.properties on any volume.");
    expect(JSON.stringify(find(chart, 'StatefulSet', 'events'))).not.toContain('CLUSTER_ID');
    expect(kafka.controllerWorkload).toBeUndefined();
  });

  test('two clusters share an ensemble with different chroots', () => {
    const { chart, zookeeper } = cluster({}, '/events');
    for (const name of ['Logs', 'Metrics']) new KafkaCluster(chart, name, { storage, metadata: KafkaMetadata.zookeeper(zookeeper, { chroot: `/${name}` }) });
    expect(find(chart, 'NetworkPolicy', 'zk')).toMatchObject({ spec: { ingress: [{}, {}, {}, {}] } });
  });

  test('in charts without a namespace, equal names are different ensembles', () => {
    const app = new App();
    for (const id of ['a', 'b']) {
      const chart = new Chart(app, id);
      const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', { storage });
      new KafkaCluster(chart, 'Events', { storage, metadata: KafkaMetadata.zookeeper(zookeeper) });
    }
  });

  class Deeper extends Construct {
    public constructor(scope: Construct) {
      super(scope, 'Deeper');
      const zookeeper = new ZooKeeperEnsemble(this, 'Zk', { storage });
      new KafkaCluster(this, 'Events', { storage, metadata: KafkaMetadata.zookeeper(zookeeper) }).addTopic('orders', { partitions: 3 });
    }
  }

  test('moved in the construct tree, synthesized twice: the same manifests', () => {
    const { chart, kafka } = cluster();
    kafka.addTopic('orders', { partitions: 3 });
    const deep = new Chart(new App(), 'another', { namespace: 'shop' });
    new Deeper(deep);
    expect(JSON.stringify(synth(deep))).toBe(JSON.stringify(synth(chart)));
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
  });

  test('adding brokers restarts no other broker', () => {
    expect(mountedConfig(cluster({ brokers: 5 }).chart, 'events')).toBe(mountedConfig(cluster({ brokers: 3 }).chart, 'events'));
  });
});

test('without ZooKeeper, by default or explicitly, no member has settings of it', () => {
  const manifests = (props: Partial<KafkaClusterProps>) => {
    const chart = newChart('shop');
    new KafkaCluster(chart, 'Events', { storage, ...props });
    return chart;
  };
  expect(synth(manifests({ metadata: KafkaMetadata.kraft() }))).toEqual(synth(manifests({})));
  expect(files(manifests({}))['server.properties'] + files(manifests({}))['member.conf']).not.toMatch(/zookeeper/i);
});
