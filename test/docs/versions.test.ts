import { readFileSync } from 'fs';
import { join } from 'path';
import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { MARIADB_SETTINGS } from '../../src/database/engines/mariadb/setting-names';
import { MYSQL_SETTINGS } from '../../src/database/engines/mysql/setting-names';
import { POSTGRES_SETTINGS } from '../../src/database/engines/postgres/setting-names';
import { KAFKA_SETTINGS, TOPIC_SETTINGS } from '../../src/kafka/setting-names';
import { REDIS_SETTINGS } from '../../src/redis/redis-setting-names';
import { VALKEY_SETTINGS } from '../../src/redis/valkey-setting-names';
import { ZOOKEEPER_SETTINGS } from '../../src/zookeeper/setting-names';
import { find, newChart } from '../support/manifests';
import {
  BackupDestination, DatabaseEngine, KafkaVersion, MariadbVersion, MysqlVersion, PostgresVersion, RedisDatabase, RedisTopology, RedisVersion,
  StatefulDatabase, ZooKeeperVersion,
} from 'cdk8s-stateful';

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');

/** Every image that the library runs when nobody names another. */
const defaults: [string, { readonly _image: string; readonly version: string }][] = [
  ['PostgresVersion.V16', PostgresVersion.V16],
  ['PostgresVersion.V17', PostgresVersion.V17],
  ['PostgresVersion.V18', PostgresVersion.V18],
  ['MysqlVersion.V8_4', MysqlVersion.V8_4],
  ['MysqlVersion.V9_7', MysqlVersion.V9_7],
  ['MariadbVersion.V10_11', MariadbVersion.V10_11],
  ['MariadbVersion.V11_4', MariadbVersion.V11_4],
  ['MariadbVersion.V11_8', MariadbVersion.V11_8],
  ['KafkaVersion.V3_9', KafkaVersion.V3_9],
  ['KafkaVersion.V4_0', KafkaVersion.V4_0],
  ['KafkaVersion.V4_1', KafkaVersion.V4_1],
  ['ZooKeeperVersion.V3_8', ZooKeeperVersion.V3_8],
  ['ZooKeeperVersion.V3_9', ZooKeeperVersion.V3_9],
  ['RedisVersion.REDIS_7_2', RedisVersion.REDIS_7_2],
  ['RedisVersion.REDIS_8_0', RedisVersion.REDIS_8_0],
  ['RedisVersion.VALKEY_8_0', RedisVersion.VALKEY_8_0],
  ['RedisVersion.VALKEY_8_1', RedisVersion.VALKEY_8_1],
];

const guide = read('docs/versions.md');

test.each(defaults)('%s leaves neither the release nor the distribution open', (name, { version }) => {
  expect(version).toMatch(name.startsWith('Postgres') ? /^\d+\.\d+-[a-z]+$/ : name.startsWith('Kafka') ? /^\d+\.\d+\.\d+$/ : /^\d+\.\d+\.\d+-[a-z]/);
});

test.each(defaults)('the guide names the image of %s', (name, { _image }) => {
  expect(guide).toContain(`| \`${name}\` | \`${_image}\` |`);
});

/** No constant of its own: the image of HAProxy, as it is rendered. */
function dataLinkImage(): string | undefined {
  const chart = newChart();
  new RedisDatabase(chart, 'Cache', { storage: { size: Size.gibibytes(2) }, topology: RedisTopology.sentinel() });
  return /"image":"([^"]+)"/.exec(JSON.stringify(find(chart, 'Deployment', 'cache-link')))?.[1];
}

/** The image of rclone, as it is rendered. */
function rcloneImage(): string | undefined {
  const chart = newChart();
  const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
  const destination = BackupDestination.objectStore({ remote: 's3', path: 'backups', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
  new StatefulDatabase(chart, 'Orders', { engine, storage: { size: Size.gibibytes(2) } }).addBackup('Daily', { schedule: Cron.daily(), destination });
  return /"image":"([^"]*rclone[^"]*)"/.exec(JSON.stringify(find(chart, 'CronJob', 'orders-daily')))?.[1];
}

test('the guide names the image of rclone', () => {
  expect(rcloneImage()).toMatch(/rclone:\d+\.\d+\.\d+$/);
  expect(guide).toContain(`| backups in an object store | \`${rcloneImage()}\` |`);
});

test('the guide names the image of the data link', () => {
  expect(dataLinkImage()).toMatch(/haproxy:\d+\.\d+\.\d+-[a-z]+$/);
  expect(guide).toContain(`| the data link of \`RedisDatabase\` | \`${dataLinkImage()}\` |`);
});

test('the guide names no version that there is not', () => {
  expect([...guide.matchAll(/^\| `(\w+Version\.\w+)` \|/gm)].map(([, name]) => name)).toEqual(defaults.map(([name]) => name));
});

test.each([
  ['PostgreSQL', POSTGRES_SETTINGS], ['MySQL', MYSQL_SETTINGS], ['MariaDB', MARIADB_SETTINGS], ['Kafka', KAFKA_SETTINGS], ['Kafka', TOPIC_SETTINGS],
  ['Redis', REDIS_SETTINGS], ['Valkey', VALKEY_SETTINGS], ['ZooKeeper', ZOOKEEPER_SETTINGS],
])('the guide names the releases of which the settings of %s are known', (product, { releases }) => {
  expect(guide).toContain(`| ${product} | ${releases.join(', ')} |`);
});

test('the images that the cluster tests run are called like the defaults, or like those of an example or a guide', () => {
  const guides = ['postgresql', 'mysql', 'monitoring'].flatMap(name => [...read(`docs/${name}.md`).matchAll(/image: '(\S+exporter:\S+)'/g)].map(([, image]) => image));
  const example = /'(\S+rabbitmq:\S+)'/.exec(read('examples/rabbitmq.ts'))?.[1];
  const images = [...defaults.map(([, version]) => version._image), dataLinkImage(), rcloneImage(), example, ...guides];
  const named = [...read('.ci/kits.sh').matchAll(/^[\w-]+ +(?:stable|drifting) +(\S+)$/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(images).toContain(name);
});
