import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { sleep } from '../support/progress';
import { RedisClusterSet } from '../support/redis-cluster-set';
import { sigkill } from '../support/sigkill';
import { RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

describe('Redis Cluster', () => {
  const version = RedisVersion.REDIS_8_0;
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  let cache: RedisClusterSet;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisClusterSet.create('redis-cluster', cluster, version);
  });
  afterAll(async () => { await cache?.delete(); });

  test('has been created by its members, each shard on two nodes', async () => {
    const nodes = await cache.nodes();
    expect(nodes.filter(({ slots }) => slots !== '').map(({ pod, slots }) => `${pod} ${slots}`).sort())
      .toEqual(['cache-shard-0-0 0-5460', 'cache-shard-1-0 5461-10921', 'cache-shard-2-0 10922-16383']);
    expect(nodes.filter(({ master }) => !master).map(({ pod }) => pod).sort()).toEqual(['cache-shard-0-1', 'cache-shard-1-1', 'cache-shard-2-1']);
    for (const set of cache.sets) expect(await cache.nodeOf(`${set}-0`)).not.toBe(await cache.nodeOf(`${set}-1`));
  });

  test('a rolling update of all shards at one time hands over each master and loses nothing', async () => {
    const writers = await cache.writersOf('roll');
    await cache.roll();
    for (const writer of writers) await writer.goesOn();
    expect(await cache.missing(writers)).toEqual([]);
  });

  test('a master that is killed is back at once, or replaced, and loses nothing', async () => {
    const writers = await cache.writersOf('kill');
    await sigkill(cache.kubectl, await cache.master(1), 'redis-server');
    await sleep(2);
    for (const writer of writers) await writer.goesOn(60);
    await cache.allReady();
    expect(await cache.missing(writers)).toEqual([]);
  });
});
