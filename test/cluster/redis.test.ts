/** @takes-turns */
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { RedisClusterSet } from '../support/redis-cluster-set';
import { RedisSet } from '../support/redis-set';
import { sigkill } from '../support/sigkill';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = [RedisVersion.REDIS_8_0._image, RedisVersion.VALKEY_8_1._image].map(imageMissing).find(reason => reason !== undefined);
const test = itUnless(missing);

let sentinels: RedisSet;
let shards: RedisClusterSet;
let alone: RedisSet;

// All at one time, here and in cases that are the same for each: most of it is waiting.
beforeAll(async () => {
  if (missing !== undefined) return;
  await Promise.all([
    RedisSet.create('redis', cluster, RedisVersion.REDIS_8_0, { topology: RedisTopology.sentinel({ replicas: 2 }) }).then(set => { sentinels = set; }),
    RedisClusterSet.create('redis-cluster', cluster, RedisVersion.REDIS_8_0).then(set => { shards = set; }),
    RedisSet.create('valkey', cluster, RedisVersion.VALKEY_8_1).then(set => { alone = set; }),
  ]);
});
afterAll(async () => { await Promise.all([sentinels?.delete(), shards?.delete(), alone?.delete()]); });

describe('Redis with sentinels and a data link', () => {
  test('has one master that the others follow, on a node each', async () => {
    await waitUntil('one master, in the view of all', 60, async () => {
      const master = await sentinels.master();
      const links = await Promise.all(sentinels.servers.filter(pod => pod !== master).map(pod => sentinels.field(pod, 'replication', 'master_link_status')));
      const views = await Promise.all(sentinels.sentinels.map(pod => sentinels.field(pod, 'sentinel', 'master0')));
      const agree = links.every(link => link === 'up') && views.every(view => view?.includes(`status=ok,address=${master}.cache-headless`));
      return agree || [...links, ...views].join('; ');
    });
    expect(new Set(await Promise.all(sentinels.servers.map(pod => sentinels.nodeOf(pod)))).size).toBe(3);
  });

  test('reads come from the replicas, and writes go to the master', async () => {
    const ask = (host: string, command: string) => sentinels.kubectl.exec('deployment/direct', ['bash', '-c', `REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h ${host} ${command}`]);
    await waitUntil('a write through the link', 60, async () => {
      const answer = await ask('"$REDIS_HOST"', 'set greeting hello');
      return answer === 'OK\n' || answer;
    });
    await waitUntil('the greeting at a replica', 20, async () => (await ask('"$REDIS_READ_HOST"', 'get greeting')) === 'hello\n' || 'not yet');
    expect(await ask('"$REDIS_READ_HOST"', 'role')).toMatch(/^slave/);
    expect(await ask('"$REDIS_READ_HOST"', 'set greeting x')).toContain('READONLY');
  });
});

describe('Redis Cluster', () => {
  test('has been created by its members, each shard on two nodes', async () => {
    const nodes = await shards.nodes();
    expect(nodes.filter(({ slots }) => slots !== '').map(({ pod, slots }) => `${pod} ${slots}`).sort())
      .toEqual(['cache-shard-0-0 0-5460', 'cache-shard-1-0 5461-10921', 'cache-shard-2-0 10922-16383']);
    expect(nodes.filter(({ master }) => !master).map(({ pod }) => pod).sort()).toEqual(['cache-shard-0-1', 'cache-shard-1-1', 'cache-shard-2-1']);
    for (const set of shards.sets) expect(await shards.nodeOf(`${set}-0`)).not.toBe(await shards.nodeOf(`${set}-1`));
  });
});

describe('with sentinels, as a cluster, and alone', () => {
  test('a rolling update moves the master and loses nothing; of a cluster, all shards at one time', async () => {
    const rollSentinels = async () => {
      const writers = await sentinels.writersOf('roll');
      await measure('rolling update of three servers', async () => {
        await sentinels.kubectl.rolloutRestart('statefulset/cache');
        await sentinels.kubectl.rolloutStatus('statefulset/cache', 240);
      });
      for (const writer of writers) {
        await writer.goesOn();
        expect((await sentinels.missing(writer)).all).toEqual([]);
      }
    };
    const rollShards = async () => {
      const writers = await shards.writersOf('roll');
      await shards.roll();
      for (const writer of writers) await writer.goesOn();
      expect(await shards.missing(writers)).toEqual([]);
    };
    await Promise.all([rollSentinels(), rollShards()]);
  });

  test('a master that is killed is back at once, or replaced, and loses nothing that a replica had; alone, nothing', async () => {
    const killSentinels = async () => {
      const writers = await sentinels.writersOf('kill');
      await sentinels.syncEachWrite(sentinels.servers);
      await sigkill(sentinels.kubectl, await sentinels.master(), 'redis-server');
      await sleep(2);
      for (const writer of writers) await writer.goesOn(60);
      await sentinels.allReady();
      for (const writer of writers) expect((await sentinels.missing(writer)).copied).toEqual([]);
    };
    const killShards = async () => {
      const writers = await shards.writersOf('kill');
      await shards.syncEachWrite(shards.pods);
      await sigkill(shards.kubectl, await shards.master(1), 'redis-server');
      await sleep(2);
      for (const writer of writers) await writer.goesOn(60);
      await shards.allReady();
      for (const writer of writers) expect((await shards.missingOf(writer)).copied).toEqual([]);
    };
    const killAlone = async () => {
      const writer = await alone.writer('direct', 'kill');
      await alone.syncEachWrite(['cache-0']);
      await sigkill(alone.kubectl, 'cache-0', 'valkey-server');
      await writer.goesOn(60);
      const before = await alone.pod('cache-0');
      await measure('Valkey from deletion to ready', async () => {
        await alone.kubectl.delete('pod', 'cache-0', '--wait=false');
        await alone.readyAnew([before]);
      });
      await writer.goesOn(60);
      expect((await alone.missing(writer)).all).toEqual([]);
    };
    await Promise.all([killSentinels(), killShards(), killAlone()]);
  });
});

describe('Redis with sentinels', () => {
  test('a master whose volume is lost never starts empty beside its replicas', async () => {
    const writer = await sentinels.writer('direct', 'volume');
    const master = await sentinels.master();
    const before = await sentinels.pod(master);
    await sentinels.kubectl.delete('pvc', `data-${master}`, '--wait=false');
    await sentinels.kubectl.delete('pod', master, '--force', '--grace-period=0');
    await sentinels.readyAnew([before]);
    await writer.goesOn(60);
    expect((await sentinels.missing(writer)).copied).toEqual([]);
    expect(await sentinels.master()).not.toBe(master);
  });

  test('a master whose append-only file is lost does not bring an old snapshot back', async () => {
    const master = await sentinels.master();
    const before = await sentinels.pod(master);
    expect(await sentinels.cli(master, 'set', 'state', 'old')).toBe('OK');
    await waitUntil('a snapshot', 60, async () => { // refused while one is made for a replica
      const answer = await sentinels.cli(master, 'save');
      return answer === 'OK' || answer;
    });
    expect(await sentinels.cli(master, 'set', 'state', 'new')).toBe('OK');
    await waitUntil('both replicas to have it', 60, async () => {
      const copies = await sentinels.cli(master, 'wait', '2', '2000');
      return copies === '2' || copies;
    });
    await sentinels.kubectl.exec(master, ['bash', '-c', 'rm -r /data/appendonlydir && ls /data/dump.rdb']);
    await sentinels.kubectl.delete('pod', master, '--force', '--grace-period=0');
    await sentinels.readyAnew([before]);
    expect(await sentinels.master()).not.toBe(master);
    await waitUntil('the new state everywhere', 60, async () => {
      const states = await Promise.all(sentinels.servers.map(pod => sentinels.cli(pod, 'get', 'state')));
      return states.every(state => state === 'new') || states.join();
    });
  });

  test('a sentinel whose volume is lost learns up to which epoch it may have voted, and is known as one of three', async () => {
    const [lost, ...others] = sentinels.sentinels;
    // A failover that was asked for takes no votes: the others know its epoch as that of the master.
    const lastEpochs = async (pods: readonly string[]) => {
      const files = await Promise.all(pods.map(pod => sentinels.kubectl.exec(pod, ['cat', '/data/sentinel.conf'])));
      return files.map(file => Math.max(0, ...[...file.matchAll(/^sentinel (?:leader|config)-epoch mymaster (\d+)$/gm)].map(([, epoch]) => Number(epoch))));
    };
    const before = await sentinels.pod(lost);
    await sentinels.kubectl.delete('pvc', `data-${lost}`, '--wait=false');
    await sentinels.kubectl.delete('pod', lost, '--force', '--grace-period=0');
    await sentinels.readyAnew([before]);
    const last = Math.max(...await lastEpochs(others));
    expect(last).toBeGreaterThan(0);
    expect(await lastEpochs([lost])).toEqual([last]);
    await waitUntil('three sentinels that know each other', 30, async () => {
      const known = await Promise.all(sentinels.sentinels.map(pod => sentinels.field(pod, 'sentinel', 'master0')));
      return known.every(line => line?.endsWith('sentinels=3')) || known.join('; ');
    });
  });

  test('is the same after a full stop of everything', async () => {
    const writer = await sentinels.writer('direct', 'stop');
    const master = await sentinels.master();
    writer.stop();
    const pods = await Promise.all([...sentinels.servers, ...sentinels.sentinels].map(pod => sentinels.pod(pod)));
    await measure('all servers and sentinels from deletion by force to ready', async () => {
      await sentinels.kubectl.delete('pod', ...sentinels.servers, ...sentinels.sentinels, '--force', '--grace-period=0');
      await sentinels.readyAnew(pods);
    });
    found(`${master} was the master, then ${await sentinels.master()}`);
    expect((await sentinels.missing(writer)).copied).toEqual([]);
  });
});

describe('Valkey, one server', () => {
  test('makes its append-only file of a snapshot that it finds', async () => {
    await alone.cli('cache-0', 'set', 'before', 'here');
    await alone.cli('cache-0', 'save');
    const before = await alone.pod('cache-0');
    // As the volume of a server that had no append-only file.
    await alone.kubectl.exec('cache-0', ['bash', '-c', 'rm -r /data/appendonlydir /data/.used && ls /data/dump.rdb']);
    await alone.kubectl.delete('pod', 'cache-0', '--force', '--grace-period=0');
    await alone.readyAnew([before]);
    expect(await alone.cli('cache-0', 'get', 'before')).toBe('here');
    expect(await alone.field('cache-0', 'persistence', 'aof_enabled')).toBe('1');
  });

  test('waits where its append-only file is lost, and does not bring the old snapshot back unless a person decides so', async () => {
    await alone.cli('cache-0', 'set', 'before', 'newer');
    const before = await alone.pod('cache-0');
    await alone.kubectl.exec('cache-0', ['bash', '-c', 'rm -r /data/appendonlydir && ls /data/dump.rdb /data/.used']);
    await alone.kubectl.delete('pod', 'cache-0', '--force', '--grace-period=0');
    await waitUntil('a server that waits', 90, async () => {
      const log = await alone.kubectl.logs('cache-0', '--tail=3');
      return log.includes('the append-only file is lost, and there is only a snapshot (dump.rdb, written at ') || log;
    });
    expect(await alone.isReady('cache-0')).toBe(false);
    expect(await alone.kubectl.exec('cache-0', ['bash', '/etc/cdk8s-stateful/files/decide.sh', 'start'])).toContain('decided: start.');
    await alone.readyAnew([before]);
    expect(await alone.cli('cache-0', 'get', 'before')).toBe('here');
    expect(await alone.field('cache-0', 'persistence', 'aof_enabled')).toBe('1');
  });
});
