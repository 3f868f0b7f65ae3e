import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { powerMissing } from '../support/node-power';
import { keepPodsOff } from '../support/nodes';
import { measure, sleep, waitUntil } from '../support/progress';
import { RedisFaults } from '../support/redis-faults';
import { RedisSet } from '../support/redis-set';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

describe.each([
  ['redis', RedisVersion.REDIS_8_0, 'redis-server'],
  ['valkey', RedisVersion.VALKEY_8_1, 'valkey-server'],
] as const)('%s with two replicas, three sentinels and a data link', (name, version, program) => {
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  const testWithPower = itUnless(missing ?? powerMissing);
  let cache: RedisSet;
  let faults: RedisFaults;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisSet.create(`${name}-faults`, cluster, version, { topology: RedisTopology.sentinel() });
    faults = new RedisFaults(cluster, cache);
  });
  afterAll(async () => { await cache?.delete(); });

  test('all Pods are deleted at once', () => faults.deleteAll());

  test('each node is drained in turn', async () => {
    const writers = await cache.writersOf('drained');
    for (const pod of cache.servers) {
      const node = await cache.nodeOf(pod);
      await keepPodsOff(cluster, [node], () => measure(`drain of the node of ${pod}`, () => cache.kubectl.drain(node, 120, 'app.kubernetes.io/instance=cache')));
      await cache.allReady();
    }
    await faults.nothingLost(writers);
  });

  test('the master is killed, five times', () => faults.killMaster(program, 5));

  test('the master is told to stop while a replica stands still', () => faults.handOverBesideStuck(program));

  testWithPower('the node of the master is powered off, and comes back', () => faults.powerOffMaster());

  testWithPower('the master is cut off with a client beside it, and heals', () => faults.cutMaster());

  test('a full stop, after which the master starts last', async () => {
    const writers = await cache.writersOf('stopped');
    const old = await cache.master();
    const node = await cache.nodeOf(old);
    for (const writer of writers) writer.stop();
    await cache.kubectl.run(['scale', 'statefulset/cache', 'statefulset/cache-sentinel', '--replicas=0']);
    await Promise.all([...cache.servers, ...cache.sentinels].map(pod => cache.kubectl.wait(`pod/${pod}`, 'delete', 120)));
    await keepPodsOff(cluster, [node], async () => { // its volume is there
      await cache.kubectl.run(['scale', 'statefulset/cache', 'statefulset/cache-sentinel', '--replicas=3']);
      for (const pod of cache.servers.filter(other => other !== old)) await cache.says(pod, `starts as a replica of ${old}`);
      await sleep(20); // in which the sentinels would choose one
      expect(await cache.masters()).toEqual([]);
    });
    await measure('all from the start of the master to ready', () => cache.allReady(240));
    expect(await cache.master()).toBe(old);
    await faults.nothingMissing(writers);
  });

  test('a majority of the sentinels is gone, and comes back', async () => {
    const writers = await cache.writersOf('sentinels');
    await cache.kubectl.run(['scale', 'statefulset/cache-sentinel', '--replicas=1']);
    await cache.kubectl.wait('pod/cache-sentinel-1', 'delete', 60);
    const old = await cache.master();
    const before = await cache.pod(old);
    await cache.kubectl.delete('pod', old, '--force', '--grace-period=0');
    await cache.says(old, 'of 3 sentinels say who the master is, which is not a majority');
    await sleep(10);
    expect(await cache.masters()).toEqual([]);
    await cache.kubectl.run(['scale', 'statefulset/cache-sentinel', '--replicas=3']);
    await cache.readyAnew([before]);
    await faults.nothingLost(writers);
  });

  test('all sentinels lose their volumes while the servers run', async () => {
    const writers = await cache.writersOf('forgotten');
    const pods = await Promise.all(cache.sentinels.map(pod => cache.pod(pod)));
    await cache.kubectl.delete('pvc', ...cache.sentinels.map(pod => `data-${pod}`), '--wait=false');
    await cache.kubectl.delete('pod', ...cache.sentinels, '--force', '--grace-period=0');
    await cache.readyAnew(pods);
    await faults.nothingLost(writers);
  });

  test('everything stops and all sentinels lose their volumes: a person decides', async () => {
    const writers = await cache.writersOf('decided');
    const old = await cache.master();
    for (const writer of writers) writer.stop();
    const pods = await Promise.all([...cache.servers, ...cache.sentinels].map(pod => cache.pod(pod)));
    await cache.kubectl.delete('pvc', ...cache.sentinels.map(pod => `data-${pod}`), '--wait=false');
    await cache.kubectl.delete('pod', ...cache.servers, ...cache.sentinels, '--force', '--grace-period=0');
    await waitUntil('another Pod of the old master', 90, async () => (await cache.pod(old)).metadata.uid !== pods.find(({ metadata }) => metadata.name === old)?.metadata.uid || 'not yet');
    await cache.says(old, 'no sentinel knows the master');
    await sleep(10);
    expect(await cache.masters()).toEqual([]);
    expect(await cache.decide(old, 'lead')).toContain('decided: lead');
    await cache.readyAnew(pods);
    await faults.nothingMissing(writers);
  });
});
