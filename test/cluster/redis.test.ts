import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { RedisSet } from '../support/redis-set';
import { sigkill } from '../support/sigkill';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

describe('Redis with sentinels and a data link', () => {
  const version = RedisVersion.REDIS_8_0;
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  let cache: RedisSet;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisSet.create('redis', cluster, version, { topology: RedisTopology.sentinel({ replicas: 2 }) });
  });
  afterAll(async () => { await cache?.delete(); });

  test('has one master that the others follow, on a node each', async () => {
    const master = await cache.master();
    const others = cache.servers.filter(pod => pod !== master);
    expect(await Promise.all(others.map(pod => cache.field(pod, 'replication', 'master_link_status')))).toEqual(['up', 'up']);
    expect(await Promise.all(cache.sentinels.map(pod => cache.field(pod, 'sentinel', 'master0'))))
      .toEqual(cache.sentinels.map(() => expect.stringContaining(`status=ok,address=${master}.cache-headless`)));
    expect(new Set(await Promise.all(cache.servers.map(pod => cache.nodeOf(pod)))).size).toBe(3);
  });

  test('reads come from the replicas, and writes go to the master', async () => {
    const ask = (host: string, command: string) => cache.kubectl.exec('deployment/direct', ['bash', '-c', `REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h ${host} ${command}`]);
    expect(await ask('"$REDIS_HOST"', 'set greeting hello')).toBe('OK\n');
    await waitUntil('the greeting at a replica', 20, async () => (await ask('"$REDIS_READ_HOST"', 'get greeting')) === 'hello\n' || 'not yet');
    expect(await ask('"$REDIS_READ_HOST"', 'role')).toMatch(/^slave/);
    expect(await ask('"$REDIS_READ_HOST"', 'set greeting x')).toContain('READONLY');
  });

  test('a rolling update moves the master and loses nothing', async () => {
    const writers = [await cache.writer('direct', 'roll'), await cache.writer('sentinel', 'roll-sentinel')];
    await measure('rolling update of three servers', async () => {
      await cache.kubectl.rolloutRestart('statefulset/cache');
      await cache.kubectl.rolloutStatus('statefulset/cache', 240);
    });
    for (const writer of writers) {
      await writer.goesOn();
      expect((await cache.missing(writer)).all).toEqual([]);
    }
  });

  test('a master that is killed is back at once, or replaced, and loses nothing that a replica had', async () => {
    const writers = [await cache.writer('direct', 'kill'), await cache.writer('sentinel', 'kill-sentinel')];
    await sigkill(cache.kubectl, await cache.master(), 'redis-server');
    await sleep(2);
    for (const writer of writers) await writer.goesOn(60);
    await cache.allReady();
    for (const writer of writers) expect((await cache.missing(writer)).copied).toEqual([]);
  });

  test('a master whose volume is lost never starts empty beside its replicas', async () => {
    const writer = await cache.writer('direct', 'volume');
    const master = await cache.master();
    const before = await cache.pod(master);
    await cache.kubectl.delete('pvc', `data-${master}`, '--wait=false');
    await cache.kubectl.delete('pod', master, '--force', '--grace-period=0');
    await cache.readyAnew([before]);
    await writer.goesOn(60);
    expect((await cache.missing(writer)).copied).toEqual([]);
    expect(await cache.master()).not.toBe(master);
  });

  test('is the same after a full stop of everything', async () => {
    const writer = await cache.writer('direct', 'stop');
    const master = await cache.master();
    writer.stop();
    const pods = await Promise.all([...cache.servers, ...cache.sentinels].map(pod => cache.pod(pod)));
    await measure('all servers and sentinels from deletion by force to ready', async () => {
      await cache.kubectl.delete('pod', ...cache.servers, ...cache.sentinels, '--force', '--grace-period=0');
      await cache.readyAnew(pods);
    });
    found(`${master} was the master, then ${await cache.master()}`);
    expect((await cache.missing(writer)).copied).toEqual([]);
  });
});

describe('Valkey, one server', () => {
  const version = RedisVersion.VALKEY_8_1;
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  let cache: RedisSet;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisSet.create('valkey', cluster, version);
  });
  afterAll(async () => { await cache?.delete(); });

  test('has everything after it was killed, and after its Pod was deleted', async () => {
    const writer = await cache.writer('direct', 'kill');
    await sigkill(cache.kubectl, 'cache-0', 'valkey-server');
    await writer.goesOn(60);
    const before = await cache.pod('cache-0');
    await measure('Valkey from deletion to ready', async () => {
      await cache.kubectl.delete('pod', 'cache-0', '--wait=false');
      await cache.readyAnew([before]);
    });
    await writer.goesOn(60);
    expect((await cache.missing(writer)).all).toEqual([]);
  });

  test('makes its append-only file of a snapshot that it finds', async () => {
    await cache.cli('cache-0', 'set', 'before', 'here');
    await cache.cli('cache-0', 'save');
    const before = await cache.pod('cache-0');
    await cache.kubectl.exec('cache-0', ['bash', '-c', 'rm -r /data/appendonlydir && ls /data/dump.rdb']);
    await cache.kubectl.delete('pod', 'cache-0', '--force', '--grace-period=0');
    await cache.readyAnew([before]);
    expect(await cache.cli('cache-0', 'get', 'before')).toBe('here');
    expect(await cache.field('cache-0', 'persistence', 'aof_enabled')).toBe('1');
  });
});
