import { Size } from 'cdk8s';
import { classNamed } from '../support/class-named';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { measure } from '../support/progress';
import { RedisSet } from '../support/redis-set';
import { RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

describe('one server', () => {
  const version = RedisVersion.REDIS_8_0;
  const test = itUnless(imageMissing(version._image));
  let cache: RedisSet;
  afterEach(async () => { await cache?.delete(); });

  test('refuses writes on a full volume, and has all that it acknowledged after it has grown', async () => {
    const storage = { size: Size.mebibytes(256), storageClass: classNamed('disk-xfs') };
    cache = await RedisSet.create('redis-full', cluster, version, { storage });
    const writer = await cache.writer('direct', 'full');
    await cache.kubectl.exec('cache-0', ['bash', '-c', 'dd if=/dev/zero of=/data/filler bs=1M 2>/dev/null; true']);
    // File systems have some room for the end of a file that grows.
    const fill = 'export REDISCLI_AUTH=$(cat /etc/cdk8s-stateful/credentials/password); for i in $(seq 60); do head -c 1000000 /dev/zero | tr "\\0" x | redis-cli -x set filler-$i; done';
    expect(await cache.kubectl.exec('cache-0', ['bash', '-c', fill])).toContain('MISCONF');
    await cache.kubectl.run(['patch', 'pvc', 'data-cache-0', '-p', '{"spec":{"resources":{"requests":{"storage":"512Mi"}}}}']);
    await cache.kubectl.wait('pvc/data-cache-0', 'jsonpath={.status.capacity.storage}=512Mi', 120);
    await measure('from the growth of a full volume to the next acknowledged write', () => writer.goesOn(120));
    await cache.kubectl.delete('pod', 'cache-0');
    await cache.allReady();
    expect((await cache.missing(writer)).all).toEqual([]);
  });
});
