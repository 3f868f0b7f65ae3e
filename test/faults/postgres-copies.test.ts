import { Duration } from 'cdk8s';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { PostgresSet } from '../support/postgres-set';
import { found, measured, sleep, waitUntil } from '../support/progress';
import { DatabaseEngine, PostgresVersion } from 'cdk8s-stateful';

const version = PostgresVersion.V18;
const missing = imageMissing(version._image);
const test = itUnless(missing);
const { kubectl: cluster } = clusterWithNodes();

/**
 * Brings back, under the running set, the copy of the primary's data that `keepCopy` made, with other rows written to it
 * first: so that its log is as far as that of the standbys or further, and has other bytes.
 */
const restore = (rows: number) => `
set -e
rm -rf $PGDATA.restored
cp -a $PGDATA.copy $PGDATA.restored
base=$((EPOCHSECONDS * 1000000)) # other rows at each call
if [ ${rows} != 0 ]; then
  pg_ctl -D $PGDATA.restored -w -l /tmp/restored.log -o "-p 5499 -c listen_addresses= -c unix_socket_directories=/tmp -c hba_file=/etc/cdk8s-stateful/files/pg_hba.conf -c shared_buffers=32MB -c max_replication_slots=20 -c huge_pages=off -c wal_keep_size=512MB" start >/dev/null
  psql -h /tmp -p 5499 -U app -d app -v ON_ERROR_STOP=1 -XAtqc "insert into ack select -$base - generate_series(1, ${rows})" -c checkpoint -c "select pg_switch_wal()" -c "insert into ack values (-$base)"
  pg_ctl -D $PGDATA.restored -w -m fast stop >/dev/null
fi
mv $PGDATA $PGDATA.lost
mv $PGDATA.restored $PGDATA
kill -QUIT 1
`;

describe('standbys of a PostgreSQL primary that was restored in place from an older copy of its volume', () => {
  let set: PostgresSet;

  beforeAll(async () => {
    if (missing !== undefined) return;
    set = await PostgresSet.create('pg-restored', cluster, {}, version);
    await set.sql(0, 'insert into ack select generate_series(1, 1000)');
  });
  afterAll(async () => { await set?.namespace.delete(); });

  const lsn = (ordinal: number) => set.sql(ordinal, ordinal === 0 ? 'select pg_current_wal_lsn()' : 'select pg_last_wal_replay_lsn()');
  const bytes = (position: string) => position.split('/').reduce((sum, part) => sum * 2 ** 32 + parseInt(part, 16), 0);

  /** A copy of the primary's data as it is now, beside it in its volume. */
  async function keepCopy(): Promise<void> {
    await set.run(0, 'rm -rf $PGDATA.copy $PGDATA.lost; pg_basebackup -h /var/run/postgresql -U app -D $PGDATA.copy -c fast -X fetch');
    await set.allFollow();
  }

  /** The rows that the restored primary does not have are read nowhere, and no standby takes over its own. */
  async function refused(): Promise<void> {
    for (const ordinal of [1, 2]) {
      await set.logSays(ordinal, 'postgres', 'orders-0 does not have all that this copy has');
      await expect(set.sql(ordinal, 'select 1')).rejects.toThrow();
      await waitUntil(`orders-${ordinal} is not ready`, 15, async () => !(await set.isReady(ordinal)) || 'still ready'); // the probe asks every few seconds
    }
  }

  async function cloneAnew(): Promise<void> {
    for (const ordinal of [1, 2]) await set.loseVolume(ordinal);
    await set.ready();
    await set.allFollow();
  }

  test('whose log is behind theirs: the running ones stop, and neither serve nor follow', async () => {
    await keepCopy();
    await set.sql(0, 'insert into ack select generate_series(1001, 2000)');
    await set.allFollow();
    const reads = [1, 2].map(async ordinal => {
      // Whoever reads here from now on sees 2,000 rows, or nothing.
      const seen = new Set<string>();
      for (let i = 0; i < 20; i++) {
        seen.add(await set.sql(ordinal, 'select count(*) from ack').catch(() => 'nothing'));
        await sleep(0.5);
      }
      return [...seen];
    });
    await set.run(0, restore(0)).catch(() => undefined);
    for (const seen of await Promise.all(reads)) expect(seen.filter(count => !['2000', 'nothing'].includes(count))).toEqual([]);
    await refused();
    found('rows of the standbys that the primary does not have: 1000, read after the restore: none');
  });

  test('are served for saving when a person decides so, and have all rows', async () => {
    await set.logSays(1, 'postgres', 'decide.sh serve', 180);
    await set.decide(1, 'serve', 'postgres');
    await waitUntil('the copy serves', 60, async () => await set.sql(1, 'select count(*) from ack') === '2000' || 'not yet');
    await sleep(8);
    expect(await set.isReady(1)).toBe(false);
    await expect(set.sql(1, 'insert into ack values (-1)')).rejects.toThrow('read-only');
  });

  test('and one of them is taken over by the steps of the guide', async () => {
    await set.loseVolume(0);
    await set.logSays(0, 'prepare', 'copy orders-1    # copies the data of orders-1');
    await set.decide(0, 'copy orders-1');
    await set.readyAnew(0, '', 180);
    expect(await set.sql(0, 'select count(*) from ack')).toBe('2000');
    await set.kubectl.delete('pod', 'orders-1');
    await set.ready();
    await set.allFollow();
  });

  test('whose log has passed theirs: the running ones stop too', async () => {
    await keepCopy();
    await set.sql(0, 'insert into ack select generate_series(2001, 3000)');
    await set.allFollow();
    const before = bytes(await lsn(1));
    await set.run(0, restore(200_000)).catch(() => undefined);
    await waitUntil('the restored primary', 60, async () => bytes(await lsn(0)) > before || 'not up');
    await refused();
    found(`the primary's log had passed that of the standbys by ${Math.round((bytes(await lsn(0)) - before) / 2 ** 20)} MiB`);
    await cloneAnew();
  });

  test('that start after it are refused before they serve', async () => {
    await keepCopy();
    await set.sql(0, 'insert into ack select generate_series(3001, 4000)');
    await set.allFollow();
    await set.scale(1);
    await set.run(0, restore(200_000)).catch(() => undefined);
    await waitUntil('the restored primary', 60, async () => await set.sql(0, 'select 1') === '1' || 'not up');
    await set.scale(3);
    for (const ordinal of [1, 2]) await set.logSays(ordinal, 'prepare', 'orders-0 does not have all that this copy has');
    await cloneAnew();
  });
});

describe('a PostgreSQL standby', () => {
  let set: PostgresSet;

  beforeAll(async () => {
    if (missing !== undefined) return;
    set = await PostgresSet.create('pg-standby', cluster, {}, version);
  });
  afterAll(async () => { await set?.namespace.delete(); });

  const endpoints = async () => (await set.kubectl.run(['get', 'endpoints', 'orders-read', '-o', 'jsonpath={.subsets[*].addresses[*].targetRef.name}'])).split(' ').sort();

  test('streams again within 15 s after each of 10 deletions of the primary', async () => {
    let longest = 0;
    for (let i = 0; i < 10; i++) {
      const { metadata } = await set.pod(0);
      await set.kubectl.delete('pod', 'orders-0', '--grace-period=5');
      await waitUntil('the new primary', 60, async () => {
        const pod = await set.pod(0);
        return (pod.metadata.uid !== metadata.uid && await set.sql(0, 'select 1') === '1') || 'not up';
      });
      const start = performance.now();
      await set.allFollow(15);
      longest = Math.max(longest, (performance.now() - start) / 1000);
    }
    measured('both standbys stream again, longest of 10 deletions of the primary,', longest);
  });

  test('that is promoted manually is removed from the read Service and stopped, and its data is kept', async () => {
    await set.sql(2, 'select pg_promote()');
    const start = performance.now();
    await waitUntil('orders-2 is out of the read Service', 60, async () => !(await endpoints()).includes('orders-2') || 'still in it');
    measured('a promoted standby is out of the read Service after', (performance.now() - start) / 1000);
    await set.logSays(2, 'postgres', 'was promoted manually and is no longer a standby', 180);
    await expect(set.sql(2, 'select 1')).rejects.toThrow();
    await set.loseVolume(2); // the printed step
    await set.ready();
    await set.allFollow();
  });

  test('whose password is wrong is not ready, and follows when the Secret is right, without a restart', async () => {
    const { metadata, status } = await set.pod(1);
    const password = (value: string) => set.kubectl.run(
      ['patch', 'secret', 'orders-credentials', '--type=merge', '-p', JSON.stringify({ stringData: { password: value } })]);
    await password('wrong');
    await waitUntil('the wrong password in the Pod', 120, async () => await set.run(1, 'cat /etc/cdk8s-stateful/credentials/password') === 'wrong' || 'not yet');
    await set.sql(0, "select pg_terminate_backend(pid) from pg_stat_replication where application_name = 'orders-1'");
    await set.logSays(1, 'postgres', 'not following orders-0: ');
    await waitUntil('orders-1 is not ready', 90, async () => !(await set.isReady(1)) || 'still ready');
    expect(await set.log(1, 'postgres')).toContain('password authentication failed');
    await password("p:a\\s 's$(w)");
    await set.follows(1, 150);
    await set.ready();
    const after = await set.pod(1);
    const restarts = ({ containerStatuses }: typeof status) => containerStatuses?.[0].restartCount;
    expect([after.metadata.uid, restarts(after.status)]).toEqual([metadata.uid, restarts(status)]);
  });

  test('whose slot is gone and whose log is recycled is cloned anew by itself, in place', async () => {
    const { metadata } = await set.pod(1);
    await set.kubectl.apply([{
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'alone' },
      spec: { podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'orders-1' } }, policyTypes: ['Egress'], egress: [] },
    }]);
    await sleep(2);
    await set.sql(0, "select pg_terminate_backend(pid) from pg_stat_replication where application_name = 'orders-1'; select pg_sleep(1); select pg_drop_replication_slot('orders_1')");
    await set.sql(0, 'create table filler (i int)');
    for (let i = 0; i < 8; i++) await set.sql(0, 'insert into filler values (1); select pg_switch_wal()');
    await set.sql(0, 'checkpoint');
    expect(await set.sql(1, 'select count(*) from ack')).toBe('0'); // reads go on while the primary cannot be reached
    await set.kubectl.delete('networkpolicy', 'alone');
    await set.follows(1, 120);
    await set.ready();
    expect((await set.pod(1)).metadata.uid).toBe(metadata.uid);
    expect(await set.log(1, 'postgres')).toContain('cloning orders-0');
    await set.sql(0, 'drop table filler');
  });

  test('serves while the primary is down, and with maxStaleness no longer than that', async () => {
    await set.apply({ engine: DatabaseEngine.postgres({ version, maxStaleness: Duration.seconds(30) }) });
    await set.kubectl.rolloutStatus('statefulset/orders', 240);
    await set.allFollow();
    await set.run(0, 'mv $PGDATA $PGDATA.away; mkdir -p ${PGDATA%/*}/foreign');
    await set.kubectl.delete('pod', 'orders-0', '--grace-period=1');
    const start = performance.now();
    expect(await set.isReady(1)).toBe(true);
    await waitUntil('no endpoint is left', 90, async () => (await endpoints()).join() === '' || (await endpoints()).join());
    measured('the standbys leave the read Service, maxStaleness 30 s, after', (performance.now() - start) / 1000);
  });
});
