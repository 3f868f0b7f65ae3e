/** @beside-others */
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { optional, setNames, statefulPods, storages } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { PodSecurity, RedisCredentials, RedisDatabase, RedisEviction, RedisFlavor, RedisTopology, RedisVersion } from 'cdk8s-stateful';

/** Most of what a limit of 1 GiB leaves, three times: with it the volume is large enough for every maxmemory below. */
const LEAST_VOLUME = Size.mebibytes(3 * 749);

const sentinels = fc.integer({ min: 1, max: 9 }).chain(replicas => fc.record({
  replicas: fc.constant(replicas),
  sentinels: fc.constantFrom(3, 5, 7),
  dataLink: fc.boolean(),
  minReplicasToWrite: fc.integer({ min: 0, max: replicas }),
  downAfter: fc.integer({ min: 1000, max: 600_000 }).map(amount => Duration.millis(amount)),
}, { requiredKeys: ['replicas', 'minReplicasToWrite'] }));

const clusters = fc.integer({ min: 0, max: 3 }).chain(replicas => fc.record({
  shards: fc.integer({ min: 3, max: 5 }),
  replicas: fc.constant(replicas),
  minReplicasToWrite: fc.integer({ min: 0, max: replicas }),
  nodeTimeout: fc.integer({ min: 1000, max: 60_000 }).map(amount => Duration.millis(amount)),
  fullCoverage: fc.boolean(),
}, { requiredKeys: ['replicas', 'minReplicasToWrite'] }));

const topologies = fc.oneof(
  fc.constant({ topology: undefined, watched: false, dataLink: false }),
  sentinels.map(options => ({ topology: RedisTopology.sentinel(options), watched: true, dataLink: options.dataLink ?? true })),
  clusters.map(options => ({ topology: RedisTopology.cluster(options), watched: false, dataLink: false })),
);

/** What a setting's value may hold that YAML, a shell or Kubernetes would read otherwise. */
const values = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const commands = fc.constantFrom('FLUSHALL', 'flushdb', 'KEYS', 'debug', 'Monitor');
const rules = fc.stringMatching(/^([~%&]|[-+]@?)[a-z:*]{1,20}$/);

/** Accounts, each with the key of its password. */
const users = fc.dictionary(
  fc.stringMatching(/^[-_a-zA-Z0-9]{1,63}$/).filter(name => name !== 'default'),
  fc.record({ rules: fc.array(rules, { maxLength: 4 }), passwordKey: fc.stringMatching(/^[-_a-zA-Z0-9]([-._a-zA-Z0-9]{0,40}[-_a-zA-Z0-9])?$/) }),
  { maxKeys: 4 },
);

const inputs = fc.record({
  pods: statefulPods,
  chosen: topologies,
  users,
  own: fc.oneof(
    optional({ version: fc.constantFrom(RedisVersion.REDIS_7_2, RedisVersion.VALKEY_8_0, RedisVersion.of(RedisFlavor.REDIS, '8.2.1-bookworm')) }),
    optional({ flavor: fc.constantFrom(...Object.values(RedisFlavor)) }),
  ),
  settings: optional({
    eviction: fc.constantFrom(...Object.values(RedisEviction)),
    config: optional({ 'appendfsync': fc.constantFrom('always', 'everysec'), 'oom-score-adj-values': values, 'maxmemory': fc.integer({ min: 1, max: 630 }).map(amount => `${amount}mb`) })
      .map(config => Object.fromEntries(Object.entries(config))),
    renamedCommands: fc.dictionary(commands, fc.stringMatching(/^[-_.a-zA-Z0-9]{0,20}$/), { maxKeys: 3 }),
    resources: fc.integer({ min: 1024, max: 1100 }).map(limit => ({ memory: { limit: Size.mebibytes(limit) } })),
    sentinelResources: fc.constant({ memory: { limit: Size.mebibytes(96) }, cpu: { request: kplus.Cpu.millis(10), limit: kplus.Cpu.units(1) } }),
    startupBudget: fc.integer({ min: 60, max: 7200 }).map(amount => Duration.seconds(amount)),
  }),
  storage: storages(LEAST_VOLUME),
  client: fc.option(fc.record({ name: setNames, prefix: fc.constantFrom(undefined, 'CACHE_', 'r'), sentinel: fc.boolean() }), { nil: undefined }),
});

acceptsWhateverIsAllowed('RedisDatabase', inputs, (chart, { pods, own, settings, storage, client, ...input }) => {
  const { name = 'cache', ...rest } = pods;
  const accounts = Object.entries(input.users).map(([user, { passwordKey, ...account }], i) => {
    const secret = kplus.Secret.fromSecretName(chart, `User${i}`, `user-${i}`);
    return [user, { ...account, credentials: RedisCredentials.fromSecret(secret, { passwordKey }) }] as const;
  });
  const redis = new RedisDatabase(chart, 'Cache', {
    ...rest,
    ...own,
    ...settings,
    name: `${name.slice(0, 40)}x`,
    storage,
    topology: input.chosen.topology,
    users: Object.fromEntries(accounts),
  });
  if (client === undefined) return;
  const workload = new kplus.Deployment(chart, 'Client', {
    metadata: { name: `y${client.name.slice(0, 40)}z` },
    containers: [{ image: 'client:1', securityContext: PodSecurity.restricted({ user: 1000 }) }],
  });
  const sentinel = input.chosen.watched && (client.sentinel || !input.chosen.dataLink);
  redis.grantConnect(workload, { prefix: client.prefix, user: accounts[0]?.[0], sentinel });
});
