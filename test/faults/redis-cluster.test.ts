import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, powerMissing, powerOff, powerOn } from '../support/node-power';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { RedisClusterSet } from '../support/redis-cluster-set';
import { RedisWriter } from '../support/redis-writer';
import { sigkill } from '../support/sigkill';
import { RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

/** For how many seconds a master that is cut off may take writes: one and a half node timeouts, and what is counted once a second. */
const BOUND = 10;

describe.each([
  ['redis', RedisVersion.REDIS_8_0, 'redis-server'],
  ['valkey', RedisVersion.VALKEY_8_1, 'valkey-server'],
] as const)('a cluster of %s, three shards of two members', (name, version, program) => {
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  const testWithPower = itUnless(missing ?? powerMissing);
  let cache: RedisClusterSet;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisClusterSet.create(`${name}-cluster-faults`, cluster, version);
  });
  afterAll(async () => { await cache?.delete(); });

  const nothingLost = async (writers: RedisWriter[], seconds = 120) => {
    await cache.allReady(seconds);
    for (const writer of writers) await writer.goesOn(60);
    expect(await cache.missing(writers)).toEqual([]);
  };

  /** A shard whose master has its node for itself: with most masters on a node, that node would be the majority, and the rest cut off. */
  const shardApart = async (): Promise<number> => {
    const nodes = await Promise.all([0, 1, 2].map(async shard => cache.nodeOf(await cache.master(shard))));
    const shard = nodes.findIndex(node => nodes.filter(other => other === node).length === 1);
    if (shard >= 0) return shard;
    const replica = (await cache.nodes()).find(({ pod, master }) => pod.startsWith('cache-shard-0-') && !master)?.pod;
    found(`all masters are on ${nodes[0]}: ${await cache.decide(`${replica}`, 'lead')}`);
    return 0;
  };

  test('all Pods are deleted at once, by force, and come back with other addresses', async () => {
    const writers = await cache.writersOf('deleted');
    const pods = await Promise.all(cache.pods.map(pod => cache.pod(pod)));
    await measure('all members from deletion by force to ready', async () => {
      await cache.kubectl.delete('pod', ...cache.pods, '--force', '--grace-period=0');
      await cache.readyAnew(pods);
    });
    await nothingLost(writers);
  });

  test('each master is killed in turn', async () => {
    const writers = await cache.writersOf('killed');
    for (const shard of [0, 1, 2]) {
      await cache.syncEachWrite(cache.pods);
      await sigkill(cache.kubectl, await cache.master(shard), program);
      await sleep(5);
      await cache.allReady();
    }
    await nothingLost(writers);
  });

  test('a master loses its volume, and comes back as a replica', async () => {
    const writers = await cache.writersOf('volume');
    const master = await cache.master(await shardApart());
    const before = await cache.pod(master);
    await cache.loseVolumes(master);
    await cache.readyAnew([before]);
    await nothingLost(writers);
    expect(await cache.master(1)).not.toBe(master);
    await waitUntil('all to forget the lost one', 60, async () => {
      const counts = await Promise.all(cache.pods.map(async pod => (await cache.nodes(pod)).length));
      return counts.every(count => count === 6) || `they know ${counts.join(', ')}`;
    });
  });

  test('a shard loses all its volumes: nothing is served, until a person decides', async () => {
    const [first, second] = ['cache-shard-2-0', 'cache-shard-2-1'];
    await cache.loseVolumes(first, second);
    await cache.says(first, 'decide.sh empty', 120);
    expect(await cache.cli('cache-shard-0-0', 'set', 'b', '1')).toMatch(/CLUSTERDOWN/);
    await waitUntil('the decision', 60, async () => /^decided/.test(await cache.decide(first, 'empty')) || 'no'); // refused until the other one answers
    await measure('from the decision to ready', () => cache.allReady());
    expect(await cache.master(2)).toBe(first);
  });

  test('is created although its Pods are deleted meanwhile', async () => {
    const other = await RedisClusterSet.create(`${name}-cluster-again`, cluster, version);
    try {
      await other.loseVolumes(...other.pods);
      for (let i = 0; i < 4; i++) {
        await sleep(4);
        await other.kubectl.delete('pod', 'cache-shard-0-0', `cache-shard-${i % 3}-1`, `cache-shard-${(i + 1) % 3}-0`, '--force', '--grace-period=0', '--ignore-not-found');
      }
      await measure('created, from the last interruption', () => other.allReady());
      expect((await other.nodes()).filter(({ slots }) => slots !== '').map(({ slots }) => slots).sort()).toEqual(['0-5460', '10922-16383', '5461-10921']);
    } finally {
      await other.delete();
    }
  });

  test('gets a shard and a replica more, slots only when it is told so, and loses nothing', async () => {
    const writers = await cache.writersOf('grown');
    await cache.apply(3, 2);
    await cache.allReady(180);
    await cache.apply(4, 2);
    await cache.allReady(180);
    expect((await cache.nodes()).filter(({ pod, slots }) => pod.startsWith('cache-shard-3') && slots !== '')).toEqual([]);
    await measure('rebalance to four shards', () => cache.decide('cache-shard-0-0', 'rebalance'));
    expect(await cache.master(3)).toBe('cache-shard-3-0');
    await measure('drain of the fourth', () => cache.decide('cache-shard-0-0', 'drain', '3'));
    expect((await cache.nodes()).filter(({ pod, slots }) => pod.startsWith('cache-shard-3') && slots !== '')).toEqual([]);
    await nothingLost(writers);
  });

  testWithPower('the node of a master is powered off, and comes back', async () => {
    const master = await cache.master(await shardApart());
    const node = await cache.nodeOf(master);
    await cache.clientAwayFrom(node);
    const writers = await cache.writersOf('power');
    try {
      await powerOff(node);
      await measure('from power-off of a master’s node to the next acknowledged writes of all shards', async () => {
        await sleep(1);
        for (const writer of writers) await writer.goesOn(90);
      });
    } finally {
      await powerOn(cluster, node);
    }
    await cache.allReady(240);
    for (const writer of writers) expect((await cache.missingOf(writer)).copied).toEqual([]);
  });

  testWithPower('a master is cut off with a client beside it, and heals', async () => {
    const shard = await shardApart();
    const master = await cache.master(shard);
    const node = await cache.nodeOf(master);
    await cache.clientAwayFrom(node);
    const writers = await cache.writersOf('cut');
    await cache.writeWithin(master, `lonely{${['b', 'c', 'a'][shard]}}`); // by the slots of these letters
    let since = 0;
    try {
      await cut(node);
      since = Date.now() / 1000;
      await sleep(30);
    } finally {
      await heal(cluster, node);
    }
    await cache.allReady(240);
    for (const writer of writers) expect((await cache.missingOf(writer)).copied).toEqual([]);
    const late = (await cache.writtenWithin(master)).filter(time => time > since && time < since + 25);
    const seconds = Math.max(0, ...late.map(time => time - since));
    found(`a client beside the old master was told of ${late.length} writes after the cut, the last one after ${seconds.toFixed(1)} s: these are lost`);
    expect(seconds).toBeLessThan(BOUND);
  });
});
