import Redis, { RedisOptions } from 'ioredis';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { PortForward } from '../support/port-forward';
import { found, measured, sleep, waitUntil } from '../support/progress';
import { RedisSet } from '../support/redis-set';
import { RedisTopology, RedisVersion } from 'cdk8s-stateful';

/** A client that nobody here wrote, through the sentinels and through the data link, while the master's Pod is replaced. */
describe.each([
  ['with a data link', true],
  ['without a data link', false],
])('ioredis, %s', (_, dataLink) => {
  const { kubectl: cluster } = clusterWithNodes();
  const version = RedisVersion.VALKEY_8_1;
  const missing = imageMissing(version._image);
  const test = itUnless(missing);
  const forwards: PortForward[] = [];
  const clients: Redis[] = [];
  let cache: RedisSet;

  beforeAll(async () => {
    if (missing !== undefined) return;
    cache = await RedisSet.create('redis-client', cluster, version, { topology: RedisTopology.sentinel({ dataLink }) });
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    for (const forward of forwards) forward.close();
    await cache?.delete();
  });

  const local = async (pod: string, port: number) => {
    const forward = await PortForward.open(cache.kubectl, pod, port);
    forwards.push(forward);
    return { host: '127.0.0.1', port: forward.localPort };
  };

  const connect = (options: RedisOptions): Redis => {
    const client = new Redis({
      password: RedisSet.PASSWORD,
      maxRetriesPerRequest: null,
      connectTimeout: 2000,
      commandTimeout: 5000,
      retryStrategy: () => 200,
      // What a master answers that hands over, and one that is none any more.
      reconnectOnError: ({ message }) => /READONLY|NOREPLICAS/.test(message) ? 1 : false,
      ...options,
    });
    client.on('error', () => undefined); // it tries again
    clients.push(client);
    return client;
  };

  async function failsOver(client: Redis, key: string): Promise<void> {
    const acknowledged: string[] = [];
    const errors = new Map<string, number>();
    let [last, longest, running] = [performance.now(), 0, true];
    const loop = (async () => {
      for (let member = 0; running; member++) {
        const answer = await client.sadd(key, member).catch(({ message }: Error) => {
          const kind = message.split(' ')[0];
          errors.set(kind, (errors.get(kind) ?? 0) + 1);
          return undefined;
        });
        if (answer === undefined) { await sleep(0.1); continue; }
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
        acknowledged.push(`${member}`);
        await sleep(0.01);
      }
    })();
    const goesOn = async () => {
      const { length } = acknowledged;
      await waitUntil('acknowledged writes', 60, async () => acknowledged.length > length + 20 || `${length}`);
    };
    await goesOn();
    const old = await cache.master();
    const before = await cache.pod(old);
    await cache.kubectl.delete('pod', old, '--wait=false');
    await cache.readyAnew([before]);
    await goesOn();
    running = false;
    await loop;
    measured(`ioredis ${key}: longest time without an acknowledged write`, longest / 1000);
    const there = new Set(await client.smembers(key));
    found(`${acknowledged.length} acknowledged, ${[...errors].map(([error, times]) => `${times} times ${error}`).join(', ') || 'no error'}`);
    expect(await cache.master()).not.toBe(old);
    expect(acknowledged.filter(member => !there.has(member))).toEqual([]);
  }

  test('goes on through the sentinels', async () => {
    const natMap: { [address: string]: { host: string; port: number } } = {};
    for (const pod of cache.servers) natMap[`${pod}.cache-headless.${cache.namespace.name}.svc.cluster.local:6379`] = await local(pod, 6379);
    const sentinels = await Promise.all(cache.sentinels.map(pod => local(pod, 26379)));
    await failsOver(connect({ sentinels, sentinelPassword: RedisSet.PASSWORD, name: 'mymaster', natMap, updateSentinels: false, failoverDetector: false }), 'sentinels');
  });

  if (!dataLink) return;

  test('goes on through the data link', async () => {
    const [{ metadata: { name } }] = await cache.kubectl.list<{ metadata: { name: string } }>('pod', 'cdk8s.io/metadata.addr=cache.link');
    await failsOver(connect(await local(name, 6379)), 'link');
  });
});
