import { Chart, Size } from 'cdk8s';
import { MARIADB_SETTINGS } from '../../src/database/engines/mariadb/setting-names';
import { MYSQL_SETTINGS } from '../../src/database/engines/mysql/setting-names';
import { POSTGRES_SETTINGS } from '../../src/database/engines/postgres/setting-names';
import { KAFKA_SETTINGS, TOPIC_SETTINGS } from '../../src/kafka/setting-names';
import { lineOf, type SettingTable, settingsOf } from '../../src/kit/listed-settings';
import { REDIS_SETTINGS } from '../../src/redis/redis-setting-names';
import { VALKEY_SETTINGS } from '../../src/redis/valkey-setting-names';
import { ZOOKEEPER_SETTINGS } from '../../src/zookeeper/setting-names';
import { find, newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  DatabaseEngine, IDatabaseEngine, KafkaCluster, KafkaVersion, MariadbVersion, MysqlVersion, PostgresVersion, RedisDatabase, RedisFlavor,
  RedisTopology, RedisVersion, StatefulDatabase, ZooKeeperEnsemble, ZooKeeperVersion,
} from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(20) };

/** Creates a product with one setting, and the name in `unlistedSettings` if it is to be accepted anyway. */
type Create = (name: string, anyway?: string, chart?: Chart) => void;

const named = (name: string, anyway?: string) => ({ settings: { [name]: '1' }, unlistedSettings: anyway === undefined ? undefined : [anyway] });
const database = (engine: IDatabaseEngine): Create => (name, anyway) => {
  const { settings, unlistedSettings } = named(name, anyway);
  new StatefulDatabase(newChart(), 'It', { engine, storage, parameters: settings, unlistedSettings });
};
const postgres = (version: PostgresVersion) => database(DatabaseEngine.postgres({ version }));
const mysql = (version: MysqlVersion) => database(DatabaseEngine.mysql({ version }));
const mariadb = (version: MariadbVersion) => database(DatabaseEngine.mariadb({ version }));
const kafka = (version: KafkaVersion): Create => (name, anyway) => {
  const { settings: config, unlistedSettings } = named(name, anyway);
  new KafkaCluster(newChart(), 'It', { version, storage, config, unlistedSettings });
};
const topic = (version: KafkaVersion): Create => (name, anyway) => {
  const { settings: config, unlistedSettings } = named(name, anyway);
  new KafkaCluster(newChart(), 'It', { version, storage }).addTopic('a', { partitions: 1, config, unlistedSettings });
};
const redis = (version: RedisVersion): Create => (name, anyway) => {
  const { settings: config, unlistedSettings } = named(name, anyway);
  new RedisDatabase(newChart(), 'It', { version, storage, config, unlistedSettings });
};
const zookeeper = (version: ZooKeeperVersion): Create => (name, anyway) => {
  const { settings: config, unlistedSettings } = named(name, anyway);
  new ZooKeeperEnsemble(newChart(), 'It', { version, storage, config, unlistedSettings });
};

const property = (name: string) => `parameters.${name}`;
const quoted = (name: string) => `config['${name}']`;
const dotted = (name: string) => `config.${name}`;

describe.each<[string, Create, (name: string) => string, wrong: string, right: string]>([
  ['PostgreSQL 16.14', postgres(PostgresVersion.V16), property, 'max_conections', 'max_connections'],
  ['PostgreSQL 17.10', postgres(PostgresVersion.V17), property, 'Random-Page-Costs', 'random_page_cost'],
  ['PostgreSQL 18.4', postgres(PostgresVersion.of('18.5-trixie')), property, 'io_metod', 'io_method'],
  ['MySQL 9.7.4', mysql(MysqlVersion.V9_7), property, 'max-conections', 'max_connections'],
  ['MariaDB 10.11.19', mariadb(MariadbVersion.V10_11), property, 'max_connection', 'max_connections'],
  ['MariaDB 11.4.5', mariadb(MariadbVersion.V11_4), property, 'query_cache_sizes', 'query_cache_size'],
  ['MariaDB 11.8.9', mariadb(MariadbVersion.V11_8), property, 'wait_timeouts', 'wait_timeout'],
  ['Kafka 3.9.2', kafka(KafkaVersion.V3_9), quoted, 'log.retention.hour', 'log.retention.hours'],
  ['Kafka 4.0.1', kafka(KafkaVersion.V4_0), quoted, 'log.retention.hour', 'log.retention.hours'],
  ['Kafka 4.1.2', kafka(KafkaVersion.V4_1), quoted, 'num.network.thread', 'num.network.threads'],
  ['topics of Kafka 3.9.2', topic(KafkaVersion.V3_9), quoted, 'compresion.type', 'compression.type'],
  ['topics of Kafka 4.1.2', topic(KafkaVersion.V4_1), quoted, 'cleanup.polcy', 'cleanup.policy'],
  ['Redis 7.2.6', redis(RedisVersion.REDIS_7_2), dotted, 'maxmemory-sample', 'maxmemory-samples'],
  ['Redis 8.0.2', redis(RedisVersion.REDIS_8_0), dotted, 'tcp-keep-alive', 'tcp-keepalive'],
  ['Valkey 8.0.1', redis(RedisVersion.VALKEY_8_0), dotted, 'io-thread', 'io-threads'],
  ['Valkey 8.1.1', redis(RedisVersion.VALKEY_8_1), dotted, 'lazyfree-lazy-user-dell', 'lazyfree-lazy-user-del'],
  ['ZooKeeper 3.8.6', zookeeper(ZooKeeperVersion.V3_8), dotted, 'maxsessiontimeout', 'maxSessionTimeout'],
  ['ZooKeeper 3.9.5', zookeeper(ZooKeeperVersion.V3_9), dotted, 'zookeeper.snapCounts', 'snapCount'],
])('%s', (release, create, propertyOf, wrong, right) => {
  test('refuses a misspelt setting, and names the nearest one', () => {
    expectInvalid(() => create(wrong), {
      property: propertyOf(wrong),
      got: wrong,
      allowed: `a setting of ${release}`,
      hint: `Did you mean '${right}'? If the name is right, add it to 'unlistedSettings'.`,
    });
  });

  test('accepts it if the user knows better', () => {
    expect(() => create(wrong, wrong)).not.toThrow();
  });

  test('has no use for an unlisted name that is not given', () => {
    expectInvalid(() => create(wrong, right), {
      property: propertyOf('').replace(/(parameters|config).*/, 'unlistedSettings'),
      got: right,
      allowed: `names of settings in '${propertyOf('').replace(/(\['|\.).*/, '')}'`,
    });
  });
});

test.each<[string, Create, string]>([
  ['a parameter that came later', postgres(PostgresVersion.V17), 'io_method'],
  ['a parameter that is gone', postgres(PostgresVersion.V17), 'old_snapshot_threshold'],
  ['what only the build can set', postgres(PostgresVersion.V17), 'block_size'],
  ['a variable of the other product', mysql(MysqlVersion.V9_7), 'aria_pagecache_buffer_size'],
  ['a variable that is gone', mariadb(MariadbVersion.V11_8), 'innodb_change_buffering'],
  ['ZooKeeper in a release without it', kafka(KafkaVersion.V4_1), 'inter.broker.protocol.version'],
  ['a setting of brokers', topic(KafkaVersion.V4_1), 'log.retention.hours'],
  ['a setting of topics', kafka(KafkaVersion.V4_1), 'retention.ms'],
  ['a plugin that is not of Kafka', kafka(KafkaVersion.V4_1), 'confluent.metrics.reporter.bootstrap.servers'],
  ['a setting of Valkey', redis(RedisVersion.REDIS_8_0), 'availability-zone'],
  ['a setting of Redis', redis(RedisVersion.VALKEY_8_1), 'cluster-compatibility-sample-ratio'],
])('a release does not have %s', (_, create, name) => {
  expectInvalid(() => create(name), { got: name });
  expect(() => create(name, name)).not.toThrow();
});

test('a name without a near one gets no guess', () => {
  expectInvalid(() => postgres(PostgresVersion.V17)('zzz'), { hint: "If the name is right, add it to 'unlistedSettings'." });
});

test.each<[string, Create, string]>([
  ['a parameter of an extension', postgres(PostgresVersion.V17), 'pg_stat_statements.max'],
  ['a parameter in another case', postgres(PostgresVersion.V17), 'TimeZone'],
  ['a former name', postgres(PostgresVersion.V18), 'ssl_ecdh_curve'],
  ['a variable of a component', mysql(MysqlVersion.V9_7), 'validate_password.length'],
  ['a named key cache', mariadb(MariadbVersion.V11_8), 'hot.key_buffer_size'],
  ['an option that the server itself may ignore', mysql(MysqlVersion.V9_7), 'loose-thread-pool-size'],
  ['an option without its prefix', mysql(MysqlVersion.V9_7), 'skip-external-locking'],
  ['an option with its prefix', mysql(MysqlVersion.V9_7), 'skip_name_resolve'],
  ['a bound of a variable', mariadb(MariadbVersion.V11_8), 'maximum-max-connections'],
  ['a variable of a later patch release', mariadb(MariadbVersion.V11_4), 'innodb_buffer_pool_size_max'],
  ['an option without a value', mysql(MysqlVersion.V9_7), 'binlog-do-db'],
  ['a setting of one listener', kafka(KafkaVersion.V4_1), 'listener.name.plaintext.max.connections'],
  ['a plugin of tiered storage', kafka(KafkaVersion.V4_1), 'rsm.config.chunk.size'],
  ["Kafka's own authorizer", kafka(KafkaVersion.V4_1), 'super.users'],
  ["Kafka's own metrics", kafka(KafkaVersion.V3_9), 'metrics.jmx.include'],
  ['a setting by its former name', redis(RedisVersion.REDIS_8_0), 'slave-lazy-flush'],
  ['a property of a plugin of ZooKeeper', zookeeper(ZooKeeperVersion.V3_9), 'authProvider.1'],
  ['any property', zookeeper(ZooKeeperVersion.V3_9), 'my.plugin.speed'],
])('a release accepts %s', (_, create, name) => {
  expect(() => create(name)).not.toThrow();
});

test.each<[string, Create, string?]>([
  ['PostgreSQL 19', postgres(PostgresVersion.of('19.0-trixie'))],
  ['MySQL 8.4', mysql(MysqlVersion.V8_4)],
  ['MySQL 9, whichever it is', mysql(MysqlVersion.of('9'))],
  ['MariaDB 12.1', mariadb(MariadbVersion.of('12.1.2-noble'))],
  ['Kafka 4.2', kafka(KafkaVersion.of('4.2.0'))],
  ['topics of Kafka 4.2', topic(KafkaVersion.of('4.2.0'))],
  ['Redis 8.2', redis(RedisVersion.of(RedisFlavor.REDIS, '8.2.1-bookworm'))],
  ['Valkey 9.0', redis(RedisVersion.of(RedisFlavor.VALKEY, '9.0.0-trixie'))],
  ['ZooKeeper 3.10', zookeeper(ZooKeeperVersion.of('3.10.0-jre-21')), 'snapCounts'],
])('of %s nothing is known, so any name is accepted', (_, create, name = 'max-conections') => {
  expect(() => create(name)).not.toThrow();
});

test('a member of a Redis Cluster has the same settings', () => {
  expectInvalid(() => new RedisDatabase(newChart(), 'It', { topology: RedisTopology.cluster(), storage, config: { 'cluster-migration-barier': '1' } }), {
    hint: "Did you mean 'cluster-migration-barrier'? If the name is right, add it to 'unlistedSettings'.",
  });
});

describe('each release has what the library sets', () => {
  const names = (table: SettingTable, line: string) => settingsOf(table, 'It', line)?.names ?? new Set();
  /** The options of the server's command line, as the list has them. */
  const options = (engine: IDatabaseEngine) => {
    const chart = newChart();
    new StatefulDatabase(chart, 'It', { engine, storage, parameters: engine.name === 'postgres' ? {} : { log_bin: 'binlog' } });
    const { template } = find(chart, 'StatefulSet', 'it').spec as { template: { spec: { containers: { args: string[] }[] } } };
    return template.spec.containers[0].args.map(argument => argument.replace(/^--|=.*$/gs, '').replace(/-/g, '_'));
  };
  const keys = (create: (chart: Chart) => void, config: string, file: string, separator: string) => {
    const chart = newChart();
    create(chart);
    const data = find(chart, 'ConfigMap', config).data as { [name: string]: string };
    return data[file].trimEnd().split('\n').map(line => line.split(separator)[0]);
  };

  test.each([PostgresVersion.V16, PostgresVersion.V17, PostgresVersion.V18])('PostgreSQL $version', version => {
    expect([...names(POSTGRES_SETTINGS, lineOf(version.version, 1))]).toEqual(expect.arrayContaining(options(DatabaseEngine.postgres({ version }))));
  });

  test('MySQL 9.7', () => {
    const set = options(DatabaseEngine.mysql({ version: MysqlVersion.V9_7 })).filter(name => !name.startsWith('loose_'));
    expect([...names(MYSQL_SETTINGS, '9.7')]).toEqual(expect.arrayContaining(set));
  });

  test.each([MariadbVersion.V10_11, MariadbVersion.V11_4, MariadbVersion.V11_8])('MariaDB $version', version => {
    const set = options(DatabaseEngine.mariadb({ version })).filter(name => !name.startsWith('loose_'))
      .map(name => name.replace(/^ignore_db_dir$/, 'ignore_db_dirs')); // an abbreviation, which servers accept
    expect([...names(MARIADB_SETTINGS, lineOf(version.version, 2))]).toEqual(expect.arrayContaining(set));
  });

  test.each([KafkaVersion.V3_9, KafkaVersion.V4_0, KafkaVersion.V4_1])('Kafka $version', version => {
    const set = keys(chart => new KafkaCluster(chart, 'It', { version, storage, rackAwareness: true }), 'it-config', 'server.properties', '=');
    const own = set.filter(name => !name.startsWith('config.providers'));
    expect([...names(KAFKA_SETTINGS, lineOf(version.version, 2))]).toEqual(expect.arrayContaining(own));
    expect(names(TOPIC_SETTINGS, lineOf(version.version, 2))).toContain('min.insync.replicas');
  });

  test.each([RedisVersion.REDIS_7_2, RedisVersion.REDIS_8_0, RedisVersion.VALKEY_8_0, RedisVersion.VALKEY_8_1])('$flavor $version', version => {
    const table = version.flavor === RedisFlavor.VALKEY ? VALKEY_SETTINGS : REDIS_SETTINGS;
    const set = ([[RedisTopology.sentinel(), 'it-files'], [RedisTopology.cluster(), 'it-shard-0-files']] as const)
      .flatMap(([topology, files]) => keys(chart => new RedisDatabase(chart, 'It', { version, topology, storage }), files, 'redis.conf', ' '));
    expect([...names(table, lineOf(version.version, 2))]).toEqual(expect.arrayContaining(set));
  });

  test.each([ZooKeeperVersion.V3_8, ZooKeeperVersion.V3_9])('ZooKeeper $version', version => {
    const set = keys(chart => new ZooKeeperEnsemble(chart, 'It', { version, storage, logStorage: storage }), 'it-config', 'zoo.cfg', '=');
    expect([...names(ZOOKEEPER_SETTINGS, lineOf(version.version, 2))]).toEqual(expect.arrayContaining(set));
  });
});
