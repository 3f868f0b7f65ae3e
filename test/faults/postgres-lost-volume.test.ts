import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { PostgresSet } from '../support/postgres-set';
import { found, sleep } from '../support/progress';
import { signal } from '../support/sigkill';
import { PostgresVersion } from 'cdk8s-stateful';

const missing = imageMissing(PostgresVersion.V17._image);
const test = itUnless(missing);
const { kubectl: cluster } = clusterWithNodes();

/** An empty primary beside standbys with data: it must not come up, whatever they can answer. */
describe('a PostgreSQL primary whose volume is lost', () => {
  let set: PostgresSet;
  let acks: string[];
  let volumes: string[];

  const volumesOfStandbys = async () => (await volumesOf(set.kubectl)).filter(volume => !volume.startsWith('data-orders-0 '));

  async function neverEmpty(seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      expect(await set.isReady(0).catch(() => false)).toBe(false);
      await sleep(1);
    }
  }

  async function everythingIsBack(): Promise<void> {
    await set.copyBack();
    for (const ordinal of [0, 1, 2]) await set.hasAll(acks, ordinal);
    expect(await volumesOfStandbys()).toEqual(volumes);
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    set = await PostgresSet.create('pg-lost', cluster);
    await set.write();
    acks = await set.stopWriting();
    await set.allFollow();
    volumes = await volumesOfStandbys();
  });
  afterAll(async () => { await set?.namespace.delete(); });

  test('waits while the servers of the standbys are stopped and answer nobody, and takes a copy over when it is told to', async () => {
    for (const pod of ['orders-1', 'orders-2']) await signal(set.kubectl, pod, 'postgres', 'STOP');
    await set.loseVolume(0);
    await set.logSays(0, 'prepare', 'orders-1: does not answer', 60);
    await neverEmpty(12);
    for (const pod of ['orders-1', 'orders-2']) await signal(set.kubectl, pod, 'postgres', 'CONT');
    await set.logSays(0, 'prepare', 'orders-1: has data: a standby, system identifier');
    await expect(set.decide(0, 'found')).rejects.toThrow('refused: orders-1 has data');
    await expect(set.decide(0, 'copy customers-1')).rejects.toThrow('refused: ');
    await expect(set.decide(0, 'copy orders-3')).rejects.toThrow('is not a standby of this set');
    await everythingIsBack();
  });

  test('waits when all Pods start at once', async () => {
    await set.kubectl.delete('pvc', 'data-orders-0', '--wait=false');
    await set.kubectl.delete('pod', 'orders-0', 'orders-1', 'orders-2', '--grace-period=1');
    await neverEmpty(15);
    await everythingIsBack();
  });

  test.each([1, 2, 3])('waits when the set is scaled to 0, its claim deleted, and scaled up again: try %d', async () => {
    await set.scale(0);
    await set.kubectl.delete('pvc', 'data-orders-0');
    await set.scale(3);
    await neverEmpty(10);
    await everythingIsBack();
  });

  test('waits while a policy lets it reach nobody', async () => {
    // What a policy that comes late does, for longer: the members cannot reach each other in either direction.
    await set.kubectl.apply([{
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'late' },
      spec: { podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'orders-0' } }, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] },
    }]);
    await set.loseVolume(0);
    await set.logSays(0, 'prepare', 'orders-2: does not answer', 60);
    await neverEmpty(10);
    await set.kubectl.delete('networkpolicy', 'late');
    await everythingIsBack();
  });

  test('refuses a volume with foreign data, and says what it found', async () => {
    await set.run(0, 'mkdir ${PGDATA%/*}/data && echo 17 >${PGDATA%/*}/data/PG_VERSION && mv $PGDATA $PGDATA.away');
    await set.kubectl.delete('pod', 'orders-0', '--grace-period=1');
    await set.logSays(0, 'prepare', "its content was not written by this set: 'data' in /var/lib/postgresql/data");
    await neverEmpty(5);
    found('an empty database was made beside foreign data in 0 of 1 tries');
  });
});
