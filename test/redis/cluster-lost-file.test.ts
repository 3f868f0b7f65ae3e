import * as fs from 'node:fs';
import * as path from 'node:path';
import { itUnless } from '../support/needs';
import { clusterMissing, RealRedisCluster } from '../support/real-redis-cluster';
import { IN_MEMORY, until } from '../support/real-server';

/** A member of a real cluster of this machine loses its append-only file, and still has an old snapshot. */
const missing = clusterMissing();
const test = itUnless(missing);
const [MASTER, REPLICA] = ['cache-shard-1-0', 'cache-shard-1-1'];
const OF_SHARD_1 = 'key:{2}'; // slot 5649

let folder: string;
let cluster: RealRedisCluster;

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = fs.mkdtempSync(path.join(IN_MEMORY, 'redis-cluster-lost-file-'));
  cluster = new RealRedisCluster(folder, { number: 3 });
  cluster.start(...cluster.pods);
  await cluster.formed();
}, 180_000);
afterAll(async () => {
  await cluster?.end();
  fs.rmSync(folder, { recursive: true, force: true });
}, 30_000);

test('it copies the newer data of its shard, and does not take its slots back', async () => {
  expect(cluster.cli(MASTER, 'set', OF_SHARD_1, 'old')).toBe('OK');
  expect(cluster.cli(MASTER, 'save')).toBe('OK');
  expect(cluster.cli(MASTER, 'set', OF_SHARD_1, 'new')).toBe('OK');
  expect(cluster.cli(MASTER, 'wait', '1', '5000')).toBe('1');
  await cluster.kill(MASTER);
  fs.rmSync(cluster.at(MASTER, 'data/appendonlydir'), { recursive: true });

  cluster.start(MASTER);
  await cluster.said(MASTER, 'the append-only file is lost, and there is only a snapshot');
  await cluster.said(MASTER, 'is part of the cluster, as a replica of');
  await cluster.formed(MASTER);
  await until('it is a replica', () => cluster.cli(MASTER, 'info', 'replication').includes('role:slave') || cluster.lastSaid(MASTER));
  expect(cluster.slots(MASTER)).toEqual(['cache-shard-0-0 0-5460', `${REPLICA} 5461-10921`, 'cache-shard-2-0 10922-16383']);
  expect(cluster.cli(REPLICA, 'get', OF_SHARD_1)).toBe('new');
  expect(cluster.pipe(MASTER, ['readonly', `get ${OF_SHARD_1}`])).toContain('new');
}, 180_000);

test('its replica does not copy the empty server that is at the address of its master, however long it takes to be elected', async () => {
  const [master, replica] = ['cache-shard-2-0', 'cache-shard-2-1'];
  const key = 'key:{0}'; // slot 13907
  expect(cluster.cli(master, 'set', key, 'kept')).toBe('OK');
  expect(cluster.cli(master, 'wait', '1', '5000')).toBe('1');
  expect(cluster.cli(replica, 'config', 'set', 'cluster-replica-no-failover', 'yes')).toBe('OK');
  await cluster.kill(master);
  fs.rmSync(cluster.at(master, 'data/appendonlydir'), { recursive: true });
  cluster.start(master);
  await until('its replica was refused', () => cluster.cli(master, 'acl', 'log').includes('stateful-shard-2') || cluster.lastSaid(master));
  expect(cluster.cli(replica, 'dbsize')).toBe('1');

  expect(cluster.cli(replica, 'config', 'set', 'cluster-replica-no-failover', 'no')).toBe('OK');
  await cluster.said(master, 'is part of the cluster, as a replica of');
  await cluster.formed(master);
  expect(cluster.slots(master)).toContainEqual(`${replica} 10922-16383`);
  expect(cluster.cli(replica, 'get', key)).toBe('kept');
  expect(cluster.pipe(master, ['readonly', `get ${key}`])).toContain('kept');
}, 180_000);

test('nobody copies a server of another shard, which may be at the address that its master had', () => {
  const ping = (shard: number) => cluster.cli('cache-shard-0-0', '--user', `stateful-shard-${shard}`, 'ping');
  expect(ping(0)).toContain('PONG');
  expect(ping(1)).toContain('NOAUTH');
});

test.each<[string, string[]]>([
  ['does not have it, as one that an earlier release started', ['deluser', 'stateful-shard-0']],
  ['has it without rules and password', ['setuser', 'stateful-shard-0', 'reset']],
  ['reads its access list again, in which it is off', ['load']],
])('a master that %s gets the account from its replica, or switches it on', async (_, command) => {
  const [master, replica] = ['cache-shard-0-0', 'cache-shard-0-1'];
  cluster.cli(master, 'acl', ...command);
  cluster.cli(master, 'client', 'kill', 'type', 'replica');
  await until('it copies again', () => {
    const up = cluster.cli(replica, 'info', 'replication').includes('master_link_status:up');
    return (up && cluster.cli(master, 'client', 'list', 'type', 'replica').includes('user=stateful-shard-0')) || cluster.lastSaid(replica);
  });
  expect(cluster.cli(master, 'set', 'key:{3}', command[0])).toBe('OK'); // slot 1584
  expect(cluster.cli(master, 'wait', '1', '5000')).toBe('1');
}, 60_000);
