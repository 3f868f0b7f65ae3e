import { App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  KafkaVersion, RedisCredentials, RedisDatabase, RedisDatabaseProps, RedisFlavor, RedisTopology, RedisUserProps, RedisVersion,
  SentinelTopologyOptions, VolumeDataSource,
} from 'cdk8s-stateful';

type BadInput = [what: string, act: (chart: Chart) => void, refusal: Refusal];

const storage = { size: Size.gibibytes(10) };
const withProps = (props: Partial<RedisDatabaseProps>) => (chart: Chart) => { new RedisDatabase(chart, 'Cache', { storage, ...props }); };
const withTopology = (options: SentinelTopologyOptions) => () => { RedisTopology.sentinel(options); };
const topology = RedisTopology.sentinel();
const memory = (mebibytes: number) => ({ memory: { limit: Size.mebibytes(mebibytes) } });
const secretOf = (chart: Chart, name: string) => kplus.Secret.fromSecretName(chart, name, name);
const withUser = (name: string, user: Partial<RedisUserProps>) => (chart: Chart) => {
  new RedisDatabase(chart, 'Cache', { storage, users: { [name]: { rules: [], credentials: RedisCredentials.fromSecret(secretOf(chart, 'web')), ...user } } });
};
type OnDatabase = (redis: RedisDatabase, chart: Chart) => void;
const withDatabase = (act: OnDatabase, props: Partial<RedisDatabaseProps> = {}) => (chart: Chart) => act(new RedisDatabase(chart, 'Cache', { storage, ...props }), chart);
const client = (chart: Chart) => new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] });

const name = (longest: number, got: string) =>
  `test/Cache: invalid 'name': got '${got}', expected at most ${longest} characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.`;
const rule = "expected a rule for keys, channels or commands, without spaces, such as '~orders:*' or '+@read'. The password comes from the Secret of its 'credentials'.";
const account = "expected at most 63 letters, digits, '-' and '_', neither 'default' nor beginning with 'stateful-'. The password of the 'default' user is 'credentials'.";
const replicas = 'The master sends all writes to each of its replicas. For a server without replicas, use RedisTopology.standalone().';
const sentinels = 'expected 3, 5 or 7. A failover requires a majority: with fewer than three, the others could not outvote an isolated sentinel.';
const full = "A full volume stops all writes. Use a larger volume, or lower 'config.maxmemory' or the memory limit.";

const refused: BadInput[] = [
  ['a release of the other product', withProps({ flavor: RedisFlavor.VALKEY, version: RedisVersion.REDIS_8_0 }),
    "test/Cache: 'flavor' is valkey, but 'version' is a release of redis. Omit 'flavor': the version determines it."],
  ['a flavor that is none, from JavaScript', withProps(JSON.parse('{ "flavor": "keydb" }')), "test/Cache: invalid 'flavor': got 'keydb', expected one of redis, valkey."],
  ['a release of a flavor that is none, from JavaScript', () => { Reflect.apply(RedisVersion.of, RedisVersion, ['keydb', '8.0.5']); },
    "RedisVersion.of: invalid 'flavor': got 'keydb', expected one of redis, valkey."],
  ['a release as a text, from JavaScript', withProps(JSON.parse('{ "version": "8.0.5" }')),
    { property: 'version', got: '8.0.5', allowed: 'a RedisVersion', hint: 'Use RedisVersion.VALKEY_8_1, RedisVersion.of(…).' }],
  // @ts-expect-error the types tell them apart
  ['a release of Kafka', withProps({ version: KafkaVersion.V4_1 }), { property: 'version', allowed: 'a RedisVersion' }],
  ['a moving tag', () => { RedisVersion.of(RedisFlavor.REDIS, 'latest'); },
    "RedisVersion.of: invalid 'version': got 'latest', expected an image tag that begins with a release of at least 7.2. With floating tags such as 'latest', the server would change without notice."],
  ['an old release', () => { RedisVersion.of(RedisFlavor.REDIS, '7.0.15'); },
    "RedisVersion.of: invalid 'version': got '7.0.15', expected an image tag that begins with a release of at least 7.2. "
    + 'Older releases use other data files, and cannot resolve the host names of replicas that are down.'],
  ['Alpine', () => { RedisVersion.of(RedisFlavor.REDIS, '8.0.5-alpine'); },
    "RedisVersion.of: '8.0.5-alpine' is an Alpine image, which has no bash for the scripts of the members. Omit '-alpine'."],
  ['Alpine of a release', () => { RedisVersion.of(RedisFlavor.VALKEY, '8.1-alpine3.22'); },
    "RedisVersion.of: '8.1-alpine3.22' is an Alpine image, which has no bash for the scripts of the members. Omit '-alpine'."],

  ['no replicas', withTopology({ replicas: 0 }), `RedisTopology.sentinel: invalid 'replicas': got 0, expected a whole number from 1 to 9. ${replicas}`],
  ['ten replicas', withTopology({ replicas: 10 }), `RedisTopology.sentinel: invalid 'replicas': got 10, expected a whole number from 1 to 9. ${replicas}`],
  ['a part of a replica', withTopology({ replicas: 1.5 }), `RedisTopology.sentinel: invalid 'replicas': got 1.5, expected a whole number from 1 to 9. ${replicas}`],
  ...[0, 1, 2, 4, 9, 3.5].map((count): BadInput => [`${count} sentinels`, withTopology({ sentinels: count }), `RedisTopology.sentinel: invalid 'sentinels': got ${count}, ${sentinels}`]),
  ['writes that need more replicas than there are', withTopology({ replicas: 1, minReplicasToWrite: 2 }),
    "RedisTopology.sentinel: writes require 2 replicas, but there are 1. Lower 'minReplicasToWrite' or add replicas."],
  ['writes that need fewer replicas than none', withTopology({ minReplicasToWrite: -1 }), "RedisTopology.sentinel: invalid 'minReplicasToWrite': got -1, expected a whole number of at least 0."],
  ['a master that must never be silent', withTopology({ downAfter: Duration.millis(999) }),
    "RedisTopology.sentinel: invalid 'downAfter in milliseconds': got 999, expected a whole number from 1000 to 600000."],
  ['a master that may be silent for long', withTopology({ downAfter: Duration.minutes(11) }),
    "RedisTopology.sentinel: invalid 'downAfter in milliseconds': got 660000, expected a whole number from 1000 to 600000."],

  ['a name too long', withProps({ name: 'a'.repeat(53) }), name(52, 'a'.repeat(53))],
  ['a name too long for the sentinels', withProps({ name: 'a'.repeat(44), topology }), name(43, 'a'.repeat(44))],
  ['a name in capitals', withProps({ name: 'Cache' }), name(52, 'Cache')],
  ['two databases of one name', withDatabase((_, chart) => { new RedisDatabase(chart, 'Other', { storage, name: 'cache' }); }), "the StatefulSet name 'cache' is already taken in the namespace 'shop' by test/Cache"],
  ['a database called like the sentinels of another one', withDatabase((_, chart) => { new RedisDatabase(chart, 'CacheSentinel', { storage }); }, { topology }),
    "the StatefulSet name 'cache-sentinel' is already taken"],

  ['a setting of ours', withProps({ config: { appendonly: 'no' } }),
    "test/Cache: 'config.appendonly' must not be set: without the append-only file, a server restarts empty, and its replicas copy the empty data set."],
  ['a setting of two lines', withProps({ config: { hz: '20\nappendonly no' } }),
    "test/Cache: invalid 'config.hz': got '20\nappendonly no', expected a single line of text. Quote numbers and booleans: '100', 'yes'. An empty value is '\"\"'."],
  ['another name of a command that is needed', withProps({ renamedCommands: { CONFIG: '' } }),
    "test/Cache: invalid 'renamedCommands.CONFIG': got '', expected a command that servers, probes and sentinels do not use. Deny it to clients with the ACL rules of 'users'."],
  ['an eviction that is none, from JavaScript', withProps(JSON.parse('{ "eviction": "lru" }')), "test/Cache: invalid 'eviction': got 'lru', expected one of noeviction, allkeys-lru, "],

  ...['default', 'stateful-shard-0', 'a b', '', 'a'.repeat(64), 'ä', '../x'].map((user): BadInput => [`the account '${user}'`, withUser(user, {}), `test/Cache: invalid 'users': got '${user}', ${account}`]),
  ...['on', 'OFF', 'nopass', 'resetpass', 'reset', '>secret', '<secret', '#2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b', '!2bb80d', 'skip-sanitize-payload', '~a ~b', '~a\nuser b on', '']
    .map((text): BadInput => [`the rule ${JSON.stringify(text)}`, withUser('web', { rules: ['+@read', text] }), `test/Cache: invalid 'users.web.rules': got '${text}', ${rule}`]),
  ['a key that no Secret has', chart => { RedisCredentials.fromSecret(secretOf(chart, 'web'), { passwordKey: 'a/b' }); },
    "RedisCredentials.fromSecret: invalid 'passwordKey': got 'a/b', expected the key of a Secret: letters, digits, '-', '_' and '.'."],

  ['too little memory', withProps({ resources: memory(127) }), "test/Cache: invalid 'resources.memory.limit': got '127Mi', expected at least 128Mi."],
  ['maxmemory that is no size', withProps({ config: { maxmemory: 'most' } }),
    "test/Cache: invalid 'config.maxmemory': got 'most', expected a size of at least 1mb. For example 512mb or 2gb. Without it, the server is killed when the data exceeds the memory limit of the Pod."],
  ['no maxmemory', withProps({ config: { maxmemory: '0' } }), "test/Cache: invalid 'config.maxmemory': got '0', expected a size of at least 1mb. For example 512mb or 2gb."],
  ['maxmemory that leaves no room', withProps({ config: { maxmemory: '1gb' } }),
    "test/Cache: 'config.maxmemory' is 1gb, which leaves too little of the memory limit of 1024 MiB for rewrites of the append-only file and for clients. "
    + "Raise 'resources.memory.limit', or lower 'maxmemory' to at most 749mb."],
  ['a volume of less than three times the data', withProps({ storage: { size: Size.mebibytes(1496) } }),
    `test/Cache: invalid 'storage.size': got '1496Mi', expected at least 1497Mi, three times the 'maxmemory' of 499 MiB. ${full}`],
  ["the same of the user's own maxmemory", withProps({ storage: { size: Size.gibibytes(2) }, config: { maxmemory: '700mb' } }),
    `test/Cache: invalid 'storage.size': got '2048Mi', expected at least 2100Mi, three times the 'maxmemory' of 700 MiB. ${full}`],
  ['a volume of no size', withProps({ storage: { size: Size.gibibytes(0) } }), "test/Cache: invalid 'storage.size': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
  ['a shared volume', withProps({ storage: { ...storage, accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_MANY } }),
    "test/Cache: invalid 'storage.accessMode': got 'ReadWriteMany', expected ReadWriteOnce or ReadWriteOncePod. Two servers on one volume corrupt its data."],
  ['servers that all begin with one snapshot', withProps({ topology, storage: { ...storage, dataSource: VolumeDataSource.fromSnapshot({ name: 'before' }) } }),
    "test/Cache: all 3 members would start from the same 'storage.dataSource'. Replicas copy the master: restore a standalone database, and replicate it to this one."],
  ['too short a start', withProps({ startupBudget: Duration.seconds(59) }),
    "test/Cache: invalid 'startupBudget': got '59 seconds', expected at least one minute. The server loads its data from disk before it answers."],

  ['an account that nobody declared', withDatabase(redis => { redis.connectionEnv({ user: 'web' }); }),
    "test/Cache: invalid 'user': got 'web', expected one of default. Declare it in 'users'."],
  ['an account named like a member of every object', withDatabase(redis => { redis.connectionEnv({ user: 'constructor' }); }),
    "test/Cache: invalid 'user': got 'constructor', expected one of default. Declare it in 'users'."],
  ['a grant to an account that nobody declared', withDatabase((redis, chart) => redis.grantConnect(client(chart), { user: 'web' })),
    "test/Cache: invalid 'user': got 'web', expected one of default. Declare it in 'users'."],
  ['a prefix that no variable may begin with', withDatabase(redis => { redis.connectionEnv({ prefix: '2ND-' }); }),
    "test/Cache: invalid 'prefix': got '2ND-', expected letters, digits and '_', not starting with a digit. For example 'CACHE_'."],
  ['sentinels that there are not', withDatabase((redis, chart) => redis.grantConnect(client(chart), { sentinel: true })),
    "test/Cache: 'sentinel' is true for a client, but there are no sentinels. Omit 'sentinel', or use RedisTopology.sentinel()."],
  ['a client that is to ask no sentinels, where nothing else leads to the master',
    withDatabase(redis => { redis.connectionEnv({ sentinel: false }); }, { topology: RedisTopology.sentinel({ dataLink: false }) }),
    "test/Cache: 'sentinel' is false for a client, but there is no data link that forwards to the master. Omit 'sentinel: false' or 'dataLink: false'."],
  ['a client without containers', withDatabase((redis, chart) => redis.grantConnect(new kplus.Deployment(chart, 'Api'))),
    'test/Api: it is granted access before it has containers that can get the connection details. Add its containers first.'],
  ['a construct of ours as a client, from JavaScript', withDatabase((redis, chart) => { Reflect.apply(redis.grantConnect, redis, [new RedisDatabase(chart, 'Other', { storage })]); }),
    { where: 'test/Cache.grantConnect', property: 'client', allowed: 'a kplus.AbstractPod', hint: "Pass its 'workload'." }],
];

test.each(refused)('%s', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});

test('names of the maximum length', () => {
  withProps({ name: 'a'.repeat(52) })(newChart('shop'));
  withProps({ name: 'a'.repeat(43), topology })(newChart('shop'));
});

test('the smallest volume and the largest maxmemory', () => {
  withProps({ storage: { size: Size.mebibytes(1497) } })(newChart('shop'));
  withProps({ storage: { size: Size.mebibytes(2247) }, config: { maxmemory: '749mb' } })(newChart('shop'));
  withProps({ startupBudget: Duration.minutes(1), resources: memory(128) })(newChart('shop'));
});

describe('a client that cannot be granted access gets no variables and no policies', () => {
  const topologies = [['of a single server', RedisTopology.standalone()], ['behind a data link', topology], ['with sentinels only', RedisTopology.sentinel({ dataLink: false })]] as const;

  test.each(topologies)('%s: in another namespace, without credentials that it can read', (_, given) => {
    const app = new App();
    const [shop, web] = ['shop', 'web'].map(namespace => new Chart(app, namespace, { namespace }));
    const redis = new RedisDatabase(shop, 'Cache', { storage, topology: given });
    const api = client(web);
    const before = [synth(shop), synth(web)];
    expect(() => redis.grantConnect(api)).toThrow(
      "web/Api: a workload of namespace 'web' cannot read the Secret 'cache-credentials' of namespace 'shop'. "
      + "Copy the Secret to 'web', and specify the copy: grantConnect(client, { credentials: RedisCredentials.fromSecret(copy) }).");
    expect([synth(shop), synth(web)]).toEqual(before);
  });

  test.each(topologies)('%s: in no namespace', (_, given) => {
    const app = new App();
    const [shop, web] = [new Chart(app, 'shop', { namespace: 'shop' }), new Chart(app, 'web')];
    const redis = new RedisDatabase(shop, 'Cache', { storage, topology: given });
    const api = client(web);
    const before = [synth(shop), synth(web)];
    expect(() => redis.grantConnect(api)).toThrow('a workload without a namespace is granted access');
    expect([synth(shop), synth(web)]).toEqual(before);
  });

  test.each(topologies)('%s: it has another value for a variable', (_, given) => {
    const chart = newChart('shop');
    const redis = new RedisDatabase(chart, 'Cache', { storage, topology: given });
    const api = client(chart);
    api.containers[0].env.addVariable('REDIS_PASSWORD', kplus.EnvValue.fromValue('another'));
    const before = synth(chart);
    expect(() => redis.grantConnect(api)).toThrow(
      "test/Api: its container 'main' has another value for the variable 'REDIS_PASSWORD' already. Set 'prefix', for example 'CACHE_', to rename the variables of this database.");
    expect(synth(chart)).toEqual(before);
  });

  test.each(topologies)('%s: the name of its policy is taken', (_, given) => {
    const chart = newChart('shop');
    const redis = new RedisDatabase(chart, 'Cache', { storage, topology: given });
    redis.grantConnect(client(chart), { egress: true });
    const twin = new kplus.Deployment(chart, 'Twin', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] });
    const before = synth(chart);
    expect(() => redis.grantConnect(twin, { egress: true })).toThrow('is already taken');
    expect(synth(chart)).toEqual(before);
  });

  test.each(topologies)('%s: it asks for an account that there is not', (_, given) => {
    const chart = newChart('shop');
    const redis = new RedisDatabase(chart, 'Cache', { storage, topology: given });
    const api = client(chart);
    const before = synth(chart);
    expect(() => redis.grantConnect(api, { user: 'web' })).toThrow("invalid 'user'");
    expect(synth(chart)).toEqual(before);
  });
});

test('a refused database does not keep its names', () => {
  const chart = newChart('shop');
  expect(() => new RedisDatabase(chart, 'Wrong', { name: 'cache', storage, topology, startupBudget: Duration.seconds(1) })).toThrow("invalid 'startupBudget'");
  new RedisDatabase(chart, 'Right', { name: 'cache', storage, topology });
});
