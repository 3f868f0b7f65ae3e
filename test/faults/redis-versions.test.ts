import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { sleep } from '../support/progress';
import { RedisClusterSet } from '../support/redis-cluster-set';
import { RedisFaults } from '../support/redis-faults';
import { RedisSet } from '../support/redis-set';
import { sigkill } from '../support/sigkill';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

/** The older release that is offered of each product. */
describe.each([
  ['Redis 7.2', 'redis-72', RedisVersion.REDIS_7_2, 'redis-server'],
  ['Valkey 8.0', 'valkey-80', RedisVersion.VALKEY_8_0, 'valkey-server'],
] as const)('%s', (_, name, version, program) => {
  const test = itUnless(imageMissing(version._image));
  let made: RedisSet | RedisClusterSet | undefined;
  afterEach(async () => {
    await made?.delete();
    made = undefined;
  });

  test('with sentinels: a rolling update, and a master that is killed', async () => {
    const cache = await RedisSet.create(name, cluster, version, { topology: RedisTopology.sentinel() });
    made = cache;
    const faults = new RedisFaults(cluster, cache);
    await faults.roll();
    await faults.killMaster(program, 1);
  });

  test('as a cluster: a rolling update, and a master that is killed', async () => {
    const cache = await RedisClusterSet.create(`${name}-cluster`, cluster, version);
    made = cache;
    const writers = await cache.writersOf('rolled');
    await cache.roll();
    await cache.syncEachWrite(cache.pods);
    await sigkill(cache.kubectl, await cache.master(1), program);
    await sleep(2);
    for (const writer of writers) await writer.goesOn(60);
    await cache.allReady();
    expect(await cache.missing(writers)).toEqual([]);
  });
});
