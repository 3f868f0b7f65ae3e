import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { powerMissing } from '../support/node-power';
import { RedisFaults } from '../support/redis-faults';
import { RedisSet } from '../support/redis-set';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

/** Every client asks the sentinels who the master is, and connects to it. */
describe.each([
  ['redis', RedisVersion.REDIS_8_0, 'redis-server'],
  ['valkey', RedisVersion.VALKEY_8_1, 'valkey-server'],
] as const)('%s with sentinels and without a data link', (name, version, program) => {
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  const testWithPower = itUnless(missing ?? powerMissing);
  let cache: RedisSet;
  let faults: RedisFaults;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisSet.create(`${name}-only`, cluster, version, { topology: RedisTopology.sentinel({ dataLink: false }) });
    faults = new RedisFaults(cluster, cache);
  });
  afterAll(async () => { await cache?.delete(); });

  test('a client knows the sentinels, and nothing stands between it and the master', async () => {
    const variables = await cache.kubectl.exec('deployment/direct', ['bash', '-c', 'compgen -e REDIS_ | sort']);
    expect(variables.split('\n').filter(Boolean)).toEqual(['REDIS_MASTER_NAME', 'REDIS_PASSWORD', 'REDIS_SENTINELS']);
    expect((await cache.kubectl.run(['get', 'deployment', '-o', 'name'])).trim().split('\n').sort()).toEqual(['deployment.apps/direct', 'deployment.apps/watcher']);
  });

  test('a rolling update', () => faults.roll());

  test('all Pods are deleted at once', () => faults.deleteAll());

  test('the master is killed, three times', () => faults.killMaster(program, 3));

  testWithPower('the node of the master is powered off, and comes back', () => faults.powerOffMaster());

  testWithPower('the master is cut off with a client beside it, and heals', () => faults.cutMaster());
});
