import { Size } from 'cdk8s';
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { newChart } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, inService, outOfService, powerMissing, powerOff, powerOn } from '../support/node-power';
import { PostgresSet } from '../support/postgres-set';
import { found, measured, sleep, waitUntil } from '../support/progress';
import { PostgresVersion, StorageClass } from 'cdk8s-stateful';

const missing = imageMissing(PostgresVersion.V17._image) ?? powerMissing;
const test = itUnless(missing);
const { kubectl: cluster } = clusterWithNodes();

const ofClass = (name: string, size = Size.gibibytes(1)) => ({ size, storageClass: StorageClass.fromName(newChart(), 'Class', name) });

describe('PostgreSQL whose nodes fail', () => {
  let set: PostgresSet;
  beforeAll(async () => {
    if (missing === undefined) set = await PostgresSet.create('pg-nodes', cluster, { parameters: { synchronous_standby_names: 'ANY 1 ("orders-1", "orders-2")' } });
  });
  afterAll(async () => { await set?.namespace.delete(); });

  const nodeOf = async (ordinal: number) => (await set.pod(ordinal)).spec.nodeName;

  test.each([
    ['the node of the primary is cut off', 0],
    ['the node of a standby is cut off', 1],
  ])('loses nothing when %s and comes back', async (_, ordinal) => {
    const node = await nodeOf(ordinal);
    await set.write();
    try {
      await cut(node);
      await sleep(40);
    } finally {
      await heal(cluster, node);
    }
    await waitUntil('all members', 180, async () => (await Promise.all([0, 1, 2].map(i => set.isReady(i)))).every(Boolean) || 'not yet');
    await set.allFollow(90);
    await set.hasAll(await set.stopWriting());
  });

  test('waits with an empty primary while the node of a standby is off, and has every acknowledged row afterwards', async () => {
    await set.write();
    const acks = await set.stopWriting();
    const node = await nodeOf(2);
    try {
      await powerOff(node);
      await set.loseVolume(0);
      await set.logSays(0, 'prepare', 'orders-2: does not answer');
      await sleep(10);
      expect(await set.isReady(0)).toBe(false);
    } finally {
      await powerOn(cluster, node);
    }
    await set.logSays(0, 'prepare', 'orders-2: has data', 180);
    await set.copyBack();
    await set.hasAll(acks);
  });

  test('comes back from a full stop, whatever starts first', async () => {
    await set.write();
    const acks = await set.stopWriting();
    const volumes = await volumesOf(set.kubectl);
    await set.kubectl.delete('pod', 'orders-0', 'orders-1', 'orders-2', '--force', '--grace-period=0');
    await set.ready();
    await set.allFollow();
    await set.hasAll(acks);
    expect(await volumesOf(set.kubectl)).toEqual(volumes);
  });
});

describe('PostgreSQL on a volume that every node reaches', () => {
  let set: PostgresSet;
  afterAll(async () => { await set?.namespace.delete(); });

  test('starts on another node with every acknowledged row when its node is off', async () => {
    set = await PostgresSet.create('pg-network', cluster, { readReplicas: 0, storage: ofClass('network') });
    await set.write();
    const { spec, metadata } = await set.pod(0);
    const writer = (await set.kubectl.list<{ spec: { nodeName: string } }>('pod')).filter(pod => pod.spec.nodeName !== spec.nodeName).length;
    const start = performance.now();
    try {
      await powerOff(spec.nodeName);
      await cluster.wait(`node/${spec.nodeName}`, 'condition=Ready=Unknown', 120);
      await outOfService(cluster, spec.nodeName);
      await set.readyAnew(0, metadata.uid, 180);
      measured('ready on another node, since its node went off,', (performance.now() - start) / 1000);
      expect((await set.pod(0)).spec.nodeName).not.toBe(spec.nodeName);
      if (writer > 0) await set.hasAll(await set.acknowledged());
    } finally {
      await inService(cluster, spec.nodeName);
      await powerOn(cluster, spec.nodeName);
    }
  });
});

describe('PostgreSQL on a full volume', () => {
  let set: PostgresSet;
  afterAll(async () => { await set?.namespace.delete(); });

  test('loses nothing, says so, and serves again when the volume has grown', async () => {
    set = await PostgresSet.create('pg-full', cluster, { readReplicas: 0, storage: ofClass('disk-xfs', Size.mebibytes(512)) });
    await set.sql(0, 'create table filler (t text)');
    await set.write();
    await set.sql(0, "alter table filler alter t set storage external; insert into filler select repeat('x', 100000) from generate_series(1, 10000)").then(
      () => { throw new Error('the volume is not full'); }, error => expect(String(error)).toMatch(/No space left on device|terminat|container not found/));
    const acks = await set.stopWriting();
    const log = `${await set.log(0, 'postgres')}${await set.log(0, 'postgres', '--previous').catch(() => '')}`;
    expect(log).toContain('No space left on device');
    await set.kubectl.run(['patch', 'pvc', 'data-orders-0', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}']);
    await waitUntil('the larger volume', 120, async () =>
      await set.kubectl.run(['get', 'pvc', 'data-orders-0', '-o', 'jsonpath={.status.capacity.storage}']) === '2Gi' || 'not yet');
    await waitUntil('the server takes writes', 360, async () => await set.sql(0, 'insert into ack values (-1) returning id') === '-1' || 'not yet');
    await set.hasAll(acks);
    found('grown online from 512Mi to 2Gi');
  });
});

describe('a rollout of PostgreSQL with synchronous standbys', () => {
  let set: PostgresSet;
  afterAll(async () => { await set?.namespace.delete(); });

  test('waits with a standby that the primary needs while another is down', async () => {
    set = await PostgresSet.create('pg-sync', cluster, { parameters: { synchronous_standby_names: 'ANY 1 ("orders-1", "orders-2")' } });
    await set.allFollow();
    const node = (await set.pod(2)).spec.nodeName;
    try {
      await powerOff(node);
      await waitUntil('orders-2 is gone from the primary', 90, async () =>
        await set.sql(0, "select count(*) from pg_stat_replication where application_name = 'orders-2'") === '0' || 'still there');
      const log = set.kubectl.start(['logs', 'orders-1', '-c', 'postgres', '-f']);
      let said = '';
      log.stdout.on('data', (chunk: Buffer) => { said += chunk.toString(); });
      await set.kubectl.delete('pod', 'orders-1', '--wait=false');
      await sleep(20);
      expect(await set.sql(0, 'insert into ack values (-2) returning id')).toBe('-2');
      expect(said).toContain('delaying the shutdown for at most 60 s');
      log.kill();
    } finally {
      await powerOn(cluster, node);
    }
    await set.ready(3, 240);
    await set.allFollow();
  });
});
