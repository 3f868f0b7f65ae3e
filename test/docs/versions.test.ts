import { readFileSync } from 'fs';
import { join } from 'path';
import { Size } from 'cdk8s';
import { find, newChart } from '../support/manifests';
import { KafkaVersion, MariadbVersion, MysqlVersion, PostgresVersion, RedisDatabase, RedisTopology, RedisVersion, ZooKeeperVersion } from 'cdk8s-stateful';

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

test('the guide names the image of the data link', () => {
  expect(dataLinkImage()).toMatch(/haproxy:\d+\.\d+\.\d+-[a-z]+$/);
  expect(guide).toContain(`| the data link of \`RedisDatabase\` | \`${dataLinkImage()}\` |`);
});

test('the guide names no version that there is not', () => {
  expect([...guide.matchAll(/^\| `(\w+Version\.\w+)` \|/gm)].map(([, name]) => name)).toEqual(defaults.map(([name]) => name));
});

test('the images that the cluster tests run are called like the defaults, or like that of an example', () => {
  const images = [...defaults.map(([, version]) => version._image), dataLinkImage(), /'(\S+rabbitmq:\S+)'/.exec(read('examples/rabbitmq.ts'))?.[1]];
  const named = [...read('.ci/kits.sh').matchAll(/^\w+ +(?:stable|drifting) +(\S+)$/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(images).toContain(name);
});
