/** @beside-others */
import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { optional, statefulPods, storages } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { KafkaCluster, KafkaClusterProps, KafkaListener, KafkaMetadata, KafkaVersion, KafkaZooKeeperOptions, StatefulWorkload, ZooKeeperEnsemble } from 'cdk8s-stateful';

const memories = fc.integer({ min: 768, max: 65536 }).map(amount => Size.mebibytes(amount));
const resources = memories.map(limit => ({ memory: { request: limit, limit }, cpu: { request: kplus.Cpu.millis(100) } }));
const ports = fc.integer({ min: 1024, max: 65535 }).filter(port => port !== 9091 && port !== 9093);
const listenerNames = fc.stringMatching(/^[A-Z][A-Z0-9]{0,6}(_[A-Z0-9]{1,7})?$/).filter(name => name !== 'INTERNAL' && name !== 'CONTROLLER');

const listeners = fc.uniqueArray(fc.record({ name: listenerNames, port: ports }), { minLength: 1, maxLength: 4, selector: ({ port }) => port })
  .filter(all => new Set(all.map(({ name }) => name)).size === all.length);

const shapes = fc.oneof(
  fc.record({ brokers: fc.constantFrom(1, 3, 5), controllers: fc.constant(undefined), config: fc.constant({}) }),
  fc.record({ brokers: fc.constantFrom(1, 3, 4, 5, 6, 9), controllers: fc.constantFrom(1, 3, 5, 7, 9), config: fc.constant({}) }),
  fc.record({ brokers: fc.constant(2), controllers: fc.constantFrom(1, 3), config: fc.record({ 'min.insync.replicas': fc.constantFrom('1', '2') }) }),
);

const ensembles = fc.option(fc.record({ chroot: fc.option(fc.stringMatching(/^(\/[A-Za-z0-9]{1,8}){1,3}$/), { nil: undefined }) }), { nil: undefined });

const topics = fc.uniqueArray(fc.record({
  name: fc.stringMatching(/^[A-Za-z0-9][-.A-Za-z0-9]{0,40}$/),
  partitions: fc.integer({ min: 1, max: 100 }),
  retention: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
}), { selector: ({ name }) => name.replace(/\./g, '_'), maxLength: 5 });

const inputs = fc.record({
  pods: statefulPods.map(pods => ({ ...pods, name: pods.name?.slice(0, 41).replace(/-+$/, '') })),
  shape: shapes,
  ensemble: ensembles,
  storage: storages(Size.gibibytes(1)),
  listeners,
  internal: fc.boolean(),
  topics,
  granted: fc.boolean(),
  own: optional({
    version: fc.constantFrom(KafkaVersion.V3_9, KafkaVersion.V4_0, KafkaVersion.V4_1),
    resources,
    topicsResources: resources,
    controllerResources: resources,
    config: fc.constantFrom<{ [key: string]: string }>({}, { 'log.retention.hours': '24', 'unclean.leader.election.enable': 'true' }),
    rackAwareness: fc.boolean(),
    startupBudget: fc.integer({ min: 1, max: 7200 }).map(amount => Duration.seconds(amount)),
  }),
});

/** With ZooKeeper there are no controllers, and no releases that do not know it. */
function metadataOf(chart: Chart, ensemble?: KafkaZooKeeperOptions): Partial<KafkaClusterProps> {
  if (ensemble === undefined) return {};
  const zookeeper = new ZooKeeperEnsemble(chart, 'Coordination', { storage: { size: Size.gibibytes(1) } });
  return { metadata: KafkaMetadata.zookeeper(zookeeper, ensemble), controllers: undefined, version: KafkaVersion.V3_9 };
}

acceptsWhateverIsAllowed('KafkaCluster', inputs, (chart, input) => {
  const [first, ...others] = input.listeners;
  const internal = input.internal ? others.slice(0, 1) : [];
  const later = others.slice(internal.length).map(listener => KafkaListener.plaintext(listener));
  const given = [KafkaListener.plaintext(first), ...internal.map(listener => KafkaListener.internal(listener))];
  const config = { ...input.own.config, ...input.shape.config };
  const kafka = new KafkaCluster(chart, 'Events', { ...input.pods, ...input.own, ...input.shape, config, storage: input.storage, listeners: given, ...metadataOf(chart, input.ensemble) });
  for (const listener of later) kafka.addListener(listener);
  for (const { name, partitions, retention } of input.topics) {
    kafka.addTopic(name, { partitions, config: retention === undefined ? {} : { 'retention.ms': `${retention}` } });
  }
  if (input.granted) kafka.grantConnect(new StatefulWorkload(chart, 'Client', { containers: [{ image: 'client:1' }] }).workload);
});
