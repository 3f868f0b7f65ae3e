import * as fs from 'node:fs';
import * as path from 'node:path';
import { itUnless } from '../support/needs';
import { clusterMissing, RealRedisCluster } from '../support/real-redis-cluster';
import { IN_MEMORY } from '../support/real-server';

/** Backups of a real cluster of this machine, and their restore into others. */
const missing = clusterMissing();
const test = itUnless(missing);
const [FOUNDER, OTHER, LAST] = ['cache-shard-0-0', 'cache-shard-1-0', 'cache-shard-2-0'];
const KEYS = Array.from({ length: 300 }, (_, i) => `key:${i}`);

let folder: string;
let source: RealRedisCluster;
const backups = () => fs.existsSync(source.at('backups')) ? fs.readdirSync(source.at('backups')).filter(name => !name.startsWith('.')).sort() : [];
const idOf = (pod: string) => source.cli(pod, 'cluster', 'myid');

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = fs.mkdtempSync(path.join(IN_MEMORY, 'redis-cluster-backup-'));
  source = new RealRedisCluster(path.join(folder, 'source'), { number: 1 });
  source.start(...source.pods);
  await source.formed();
  source.pipe(FOUNDER, KEYS.map(key => `set ${key} "value of ${key}"`));
  source.manage('reshard', '--cluster-from', idOf(FOUNDER), '--cluster-to', idOf(LAST), '--cluster-slots', '500');
}, 180_000);
afterAll(async () => {
  await source?.end();
  fs.rmSync(folder, { recursive: true, force: true });
}, 30_000);

describe('a backup of a cluster', () => {
  afterEach(() => { fs.rmSync(source.at('hook.sh'), { force: true }); });
  const fails = (reason: RegExp) => {
    const before = backups();
    expect(source.backUp()).toMatchObject({ status: 1, stderr: expect.stringMatching(reason) as string });
    expect(backups()).toEqual(before);
  };

  test('has a snapshot of each shard, of a replica where there is one, and the slots of all', async () => {
    await source.kill('cache-shard-2-1');
    const { status, stderr } = source.backUp();
    source.start('cache-shard-2-1');
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringMatching(/from cache-shard-0-1, a replica of cache-shard-0-0\.[^]*slots 0-499,10922-16383: reading from cache-shard-2-0\./) as string });
    const [name] = backups();
    expect(fs.readdirSync(source.at('backups', name)).sort()).toEqual(['BACKUP', 'SHA256SUMS', 'SLOTS', 'shard-0.rdb', 'shard-1.rdb', 'shard-2.rdb']);
    expect(fs.readFileSync(source.at('backups', name, 'SLOTS'), 'utf8')).toBe('shard-0.rdb 500-5460\nshard-1.rdb 5461-10921\nshard-2.rdb 0-499,10922-16383\n');
    expect(fs.readFileSync(source.at('backups', name, 'BACKUP'), 'utf8')).toMatch(/^product: redis-cluster\nrelease: \d+\.\d+\.\d+$/m);
    await source.formed('cache-shard-2-1');
  }, 120_000);

  test('fails while a slot is on the move: its keys are in two shards', () => {
    source.cli(OTHER, 'cluster', 'setslot', '6000', 'migrating', idOf(LAST));
    fails(/cache-shard-1-0 has slots on the move/);
    source.cli(OTHER, 'cluster', 'setslot', '6000', 'stable');
  }, 180_000);

  test('fails if slots were moved while it was made, also if they came back: a key may be in no file', () => {
    const move = (from: string, to: string) => `
      redis-cli -h ${to} -p 6379 cluster setslot 6001 importing ${idOf(from)}
      redis-cli -h ${from} -p 6379 cluster setslot 6001 migrating ${idOf(to)}
      for pod in ${to} ${from}; do redis-cli -h "$pod" -p 6379 cluster setslot 6001 node ${idOf(to)}; done`;
    source.put('hook.sh', `if [[ $* == *--rdb*shard-1.rdb ]]; then
      rm "$T/hook.sh"
      { ${move(OTHER, LAST)}; ${move(LAST, OTHER)}
      } >/dev/null\nfi\n`);
    fails(/masters or slots have changed while the cluster was read/);
    expect(source.slots()).toContain(`${OTHER} 5461-10921`);
  }, 180_000);

  test('fails if the server that is read is another one afterwards', () => {
    source.put('hook.sh', `[[ $* != *--rdb*shard-0.rdb ]] || touch "$T/another"
      if [ -e "$T/another" ] && [[ $* == *'cluster myid' ]]; then rm "$T/another" "$T/hook.sh"; echo "$RANDOM"; exit; fi\n`);
    fails(/has restarted, or is another server, while it was read/);
  }, 180_000);

  test('fails while a member does not agree with the masters: a move or a failover that not all have heard of', () => {
    source.put('hook.sh', 'if [[ $2 == cache-shard-1-1.* && $* == *\'cluster nodes\' ]]; then /usr/bin/redis-cli "${words[@]}" | sed \'s/5461-10921/5461-10920/\'; exit; fi\n');
    fails(/cache-shard-1-1 does not agree with the masters on who has which slots/);
  }, 180_000);

  test('fails if the replica that is read loses its master meanwhile', () => {
    source.put('hook.sh', `[[ $* != *--rdb*shard-0.rdb ]] || touch "$T/read"
      if [ -e "$T/read" ] && [[ $2 == cache-shard-0-1.* && $* == *'info replication' ]]; then rm "$T/read" "$T/hook.sh"; echo master_link_status:down; exit; fi\n`);
    fails(/cache-shard-0-1 does not follow cache-shard-0-0 any more: what it sent may be old/);
  }, 180_000);

  test('fails while a shard is silent', async () => {
    await source.kill(OTHER, 'cache-shard-1-1');
    fails(/5461 of 16384 slots have no master that answers, or more than one[^]*No answer from: cache-shard-1-1 cache-shard-1-0/);
    source.start(OTHER, 'cache-shard-1-1');
    await source.formed();
  }, 180_000);
});

describe('a cluster that begins with a backup', () => {
  let restored: RealRedisCluster;
  let number = 2;
  beforeEach(() => {
    restored = new RealRedisCluster(path.join(folder, `restored-${number}`), { number: number++, restored: true });
    fs.cpSync(source.at('backups'), restored.at('backups'), { recursive: true });
  });
  afterEach(() => restored.end());
  const newest = () => restored.at('backups', fs.readdirSync(restored.at('backups')).filter(name => !name.startsWith('.')).sort().slice(-1)[0]);

  test('has all keys, each in the shard that had it, and keeps what it has then', async () => {
    restored.start(...restored.pods);
    await restored.formed();
    expect(restored.slots()).toEqual(source.slots());
    const before = source.contents();
    expect(before).toHaveLength(KEYS.length);
    expect(restored.contents()).toEqual(before);
    for (const pod of restored.pods.filter(name => name.endsWith('1'))) expect(restored.cli(pod, 'dbsize')).toBe(restored.cli(pod.replace(/1$/, '0'), 'dbsize'));
    restored.pipe(FOUNDER, ['set later own']);
    await restored.kill(...restored.pods);
    restored.start(...restored.pods);
    await restored.formed();
    expect(restored.contents()).toHaveLength(KEYS.length + 1);

    await restored.loseVolume(OTHER);
    await restored.serves(restored.pods.filter(pod => pod !== OTHER));
    restored.start(OTHER);
    await restored.said(OTHER, 'the cluster is there already: nothing is restored');
    await restored.formed();
    expect(restored.contents()).toHaveLength(KEYS.length + 1);
  }, 180_000);

  test('is there when every shard is restored, although one was lost meanwhile and one restarted', async () => {
    fs.renameSync(path.join(newest(), 'shard-2.rdb'), restored.at('kept'));
    restored.start(...restored.pods);
    await restored.said(LAST, 'is damaged: its checksums differ');
    for (const pod of [FOUNDER, OTHER]) await restored.said(pod, 'is restored, in');
    await restored.said(FOUNDER, `No answer about that from: ${LAST}.`);
    await restored.loseVolume(OTHER);
    await restored.kill(FOUNDER);
    restored.start(FOUNDER, OTHER);
    await restored.said(OTHER, 'is restored, in');
    expect([FOUNDER, OTHER, LAST].map(pod => restored.phase(pod))).toEqual(['restored', 'restored', 'new']);
    fs.renameSync(restored.at('kept'), path.join(newest(), 'shard-2.rdb'));
    await restored.formed();
    expect(restored.contents()).toEqual(source.contents());
  }, 180_000);

  test('is not there while the shards have restored two backups', async () => {
    fs.renameSync(path.join(newest(), 'shard-2.rdb'), restored.at('kept'));
    restored.start(...restored.pods);
    for (const pod of [FOUNDER, OTHER]) await restored.said(pod, 'is restored, in');
    fs.cpSync(newest(), `${newest()}.1`, { recursive: true });
    fs.renameSync(restored.at('kept'), path.join(newest(), 'shard-2.rdb'));
    fs.appendFileSync(path.join(newest(), 'SHA256SUMS'), '\n');
    await restored.said(FOUNDER, `and ${LAST} another one: not bringing them together`);
    expect(restored.cli(FOUNDER, 'cluster', 'nodes').split('\n')).toHaveLength(1);
  }, 120_000);

  test('of another number of shards restores nothing', async () => {
    restored.declare(4);
    restored.start(...restored.pods, 'cache-shard-3-0', 'cache-shard-3-1');
    await restored.said(OTHER, 'is one of 3 shards, and this cluster has 4: it is restored into as many only');
    expect(fs.readdirSync(restored.at(OTHER, 'data'))).toEqual(['.lock']);
  }, 180_000);
});

// The last one, as its slots stay where they are.
describe('a backup of a cluster with less than three masters that have slots', () => {
  test('fails, as there is no such cluster to restore it into', () => {
    source.manage('rebalance', '--cluster-weight', `${idOf(LAST)}=0`);
    expect(source.slots()).toHaveLength(2);
    expect(source.backUp()).toMatchObject({ status: 1, stderr: expect.stringContaining('only 2 masters have slots') as string });
  }, 120_000);
});
