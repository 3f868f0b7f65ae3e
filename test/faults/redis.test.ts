import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, powerMissing, powerOff, powerOn } from '../support/node-power';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { RedisSet } from '../support/redis-set';
import { RedisWriter } from '../support/redis-writer';
import { sigkill } from '../support/sigkill';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

/** For how many seconds a master that is cut off may take writes: `min-replicas-max-lag`, and what is counted once a second. */
const BOUND = 8;

describe.each([
  ['redis', RedisVersion.REDIS_8_0, 'redis-server'],
  ['valkey', RedisVersion.VALKEY_8_1, 'valkey-server'],
] as const)('%s with two replicas, three sentinels and a data link', (name, version, program) => {
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  const testWithPower = itUnless(missing ?? powerMissing);
  let cache: RedisSet;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisSet.create(`${name}-faults`, cluster, version, { topology: RedisTopology.sentinel() });
  });
  afterAll(async () => { await cache?.delete(); });

  const writers = async (key: string): Promise<RedisWriter[]> => [await cache.writer('direct', key), await cache.writer('sentinel', `${key}-sentinel`)];

  /** All go on, all is ready, and nothing is missing that a replica had. */
  const nothingLost = async (all: RedisWriter[], seconds = 120) => {
    await cache.allReady(seconds);
    for (const writer of all) await writer.goesOn(60);
    for (const writer of all) expect((await cache.missing(writer)).copied).toEqual([]);
  };

  /** A server of that role on a node without the clients, which must reach those that are left; the clients move if need be. */
  const nodeWithoutClients = async (pod: string): Promise<string> => {
    const node = await cache.nodeOf(pod);
    await cache.clientsAwayFrom(node);
    return node;
  };

  test('all Pods are deleted at once', async () => {
    const all = await writers('deleted');
    const pods = await Promise.all([...cache.servers, ...cache.sentinels].map(pod => cache.pod(pod)));
    await measure('all servers and sentinels from deletion to ready', async () => {
      await cache.kubectl.delete('pod', ...cache.servers, ...cache.sentinels, '--wait=false');
      await cache.readyAnew(pods);
    });
    await nothingLost(all);
  });

  test('each node is drained in turn', async () => {
    const all = await writers('drained');
    for (const pod of cache.servers) {
      const node = await cache.nodeOf(pod);
      try {
        await measure(`drain of the node of ${pod}`, () => cache.kubectl.drain(node, 120, 'app.kubernetes.io/instance=cache'));
      } finally {
        await cluster.uncordon(node);
      }
      await cache.allReady();
    }
    await nothingLost(all);
  });

  test('the master is killed, five times', async () => {
    const all = await writers('killed');
    for (let i = 0; i < 5; i++) {
      await sigkill(cache.kubectl, await cache.master(), program);
      await sleep(5);
      await cache.allReady();
    }
    await nothingLost(all);
  });

  testWithPower('the node of the master is powered off, and comes back', async () => {
    const old = await cache.master();
    const node = await nodeWithoutClients(old);
    const all = await writers('power');
    try {
      await powerOff(node);
      await measure('from power-off of the master’s node to the next acknowledged writes', async () => { for (const writer of all) await writer.goesOn(90); });
    } finally {
      await powerOn(cluster, node);
    }
    await nothingLost(all, 240);
    expect(await cache.master()).not.toBe(old);
  });

  testWithPower('the master is cut off with a client beside it, and heals', async () => {
    const old = await cache.master();
    const node = await nodeWithoutClients(old);
    const all = await writers('cut');
    await cache.writeWithin(old, 'lonely');
    let since = 0;
    try {
      await cut(node);
      since = Date.now() / 1000;
      await measure('from the cut of the master’s node to the next acknowledged writes', async () => { for (const writer of all) await writer.goesOn(90); });
      await sleep(20);
    } finally {
      await heal(cluster, node);
    }
    await nothingLost(all, 240);
    const late = (await cache.writtenWithin(old)).filter(time => time > since && time < since + 25);
    const seconds = Math.max(0, ...late.map(time => time - since));
    found(`a client beside the old master was told of ${late.length} writes after the cut, the last one after ${seconds.toFixed(1)} s: these are lost`);
    expect(seconds).toBeLessThan(BOUND);
    expect(await cache.master()).not.toBe(old);
  });

  test('a full stop, after which the master starts last', async () => {
    const all = await writers('stopped');
    const old = await cache.master();
    for (const writer of all) writer.stop();
    await cache.kubectl.run(['scale', 'statefulset/cache', 'statefulset/cache-sentinel', '--replicas=0']);
    await Promise.all([...cache.servers, ...cache.sentinels].map(pod => cache.kubectl.wait(`pod/${pod}`, 'delete', 120)));
    await measure('all from a full stop to ready', async () => {
      await cache.kubectl.run(['scale', 'statefulset/cache', 'statefulset/cache-sentinel', '--replicas=3']);
      await cache.allReady(240);
    });
    found(`${old} was the master, then ${await cache.master()}`);
    for (const writer of all) expect((await cache.missing(writer)).copied).toEqual([]);
  });

  test('a majority of the sentinels is gone, and comes back', async () => {
    const all = await writers('sentinels');
    await cache.kubectl.run(['scale', 'statefulset/cache-sentinel', '--replicas=1']);
    await cache.kubectl.wait('pod/cache-sentinel-1', 'delete', 60);
    const old = await cache.master();
    const before = await cache.pod(old);
    await cache.kubectl.delete('pod', old, '--force', '--grace-period=0');
    await cache.says(old, 'of 3 sentinels say who the master is, which is no majority');
    await sleep(10);
    expect(await cache.masters()).toEqual([]);
    await cache.kubectl.run(['scale', 'statefulset/cache-sentinel', '--replicas=3']);
    await cache.readyAnew([before]);
    await nothingLost(all);
  });

  test('all sentinels lose their volumes while the servers run', async () => {
    const all = await writers('forgotten');
    const pods = await Promise.all(cache.sentinels.map(pod => cache.pod(pod)));
    await cache.kubectl.delete('pvc', ...cache.sentinels.map(pod => `data-${pod}`), '--wait=false');
    await cache.kubectl.delete('pod', ...cache.sentinels, '--force', '--grace-period=0');
    await cache.readyAnew(pods);
    await nothingLost(all);
  });

  test('everything stops and all sentinels lose their volumes: a person decides', async () => {
    const all = await writers('decided');
    const old = await cache.master();
    for (const writer of all) writer.stop();
    const pods = await Promise.all([...cache.servers, ...cache.sentinels].map(pod => cache.pod(pod)));
    await cache.kubectl.delete('pvc', ...cache.sentinels.map(pod => `data-${pod}`), '--wait=false');
    await cache.kubectl.delete('pod', ...cache.servers, ...cache.sentinels, '--force', '--grace-period=0');
    await waitUntil('another Pod of the old master', 90, async () => (await cache.pod(old)).metadata.uid !== pods.find(({ metadata }) => metadata.name === old)?.metadata.uid || 'not yet');
    await cache.says(old, 'no sentinel knows the master');
    await sleep(10);
    expect(await cache.masters()).toEqual([]);
    expect(await cache.decide(old, 'lead')).toContain('Decided: lead');
    await cache.readyAnew(pods);
    for (const writer of all) expect((await cache.missing(writer)).copied).toEqual([]);
  });
});
