import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ArchivedPostgres, claimOf } from '../support/archived-postgres';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { MysqlSet, mysqlProducts } from '../support/mysql-set';
import { imageMissing, itUnless } from '../support/needs';
import { inService, outOfService, powerMissing, powerOff, powerOn } from '../support/node-power';
import { PodStatus } from '../support/postgres-set';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { RCLONE, s3Remote, s3Server } from '../support/s3-server';
import { sigkill } from '../support/sigkill';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, BackupMethod, PersistentVolumeClaim, PostgresVersion, RestoreSource, StatefulDatabase, StorageClass } from 'cdk8s-stateful';

const missing = imageMissing(PostgresVersion.V17._image);
const test = itUnless(missing);
const withPower = itUnless(missing ?? powerMissing);
const { kubectl: cluster } = clusterWithNodes();

const everywhere = claimOf('network', Size.gibibytes(2), { accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY] });

/** Runs `work` while a node is off; its Pods may start elsewhere if `moves`. */
async function whileOff(node: string, work: () => Promise<unknown>, { moves = false } = {}): Promise<void> {
  try {
    await powerOff(node);
    await cluster.wait(`node/${node}`, 'condition=Ready=Unknown', 120);
    if (moves) await outOfService(cluster, node);
    await work();
  } finally {
    if (moves) await inService(cluster, node);
    await powerOn(cluster, node);
  }
}

/** Until the Pod is another one than that of `uid` and ready. */
async function anotherReady(kubectl: Kubectl, pod: string, uid: string, seconds = 180): Promise<PodStatus> {
  await waitUntil(`another Pod ${pod}, ready`, seconds, async () => {
    const { metadata, status } = await kubectl.get<PodStatus>('pod', pod);
    return (metadata.uid !== uid && status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) || 'not yet';
  });
  return kubectl.get<PodStatus>('pod', pod);
}

describe('a log archive of PostgreSQL on a volume that every node reaches', () => {
  let archived: ArchivedPostgres;
  beforeAll(async () => {
    if (missing !== undefined) return;
    archived = await ArchivedPostgres.create('pg-archive', cluster, everywhere, { readReplicas: 1 });
    await archived.backUp();
  });
  afterAll(async () => { await archived?.namespace.delete(); });

  test('has no gap when its Pod is deleted five times', async () => {
    await archived.set.write(200);
    for (let i = 0; i < 5; i++) {
      const { metadata: { uid } } = await archived.archiver();
      await archived.kubectl.delete('pod', 'orders-log-0', ...i % 2 === 0 ? ['--force', '--grace-period=0'] : []);
      await anotherReady(archived.kubectl, 'orders-log-0', uid);
    }
    await archived.nothingMissing();
  });

  test('has no gap when the primary is killed, then deleted', async () => {
    await archived.set.write(200);
    await sigkill(archived.kubectl, 'orders-0', 'postgres');
    await archived.set.write(1000);
    await archived.kubectl.delete('pod', 'orders-0');
    await archived.set.ready();
    await archived.set.write(2000);
    await archived.nothingMissing();
  });

  withPower('has no gap when the node of the primary is off, and on again', async () => {
    const primary = await archived.set.pod(0);
    await archived.set.write(200, await archived.nodeWithout(primary));
    await whileOff(primary.spec.nodeName, () => sleep(5));
    await measure('from the node that is on again to an archiver that receives', async () => {
      await archived.set.ready();
      await archived.caughtUp();
    });
    await archived.set.write(500);
    await archived.nothingMissing();
  });

  withPower('goes on on another node when its own is off, without a gap', async () => {
    const { metadata: { uid }, ...before } = await archived.archiver();
    await archived.set.write(200, (await archived.set.pod(0)).spec.nodeName);
    await whileOff(before.spec.nodeName, async () => {
      await measure('archiver ready on another node, since the taint,', () => anotherReady(archived.kubectl, 'orders-log-0', uid));
      expect((await archived.archiver()).spec.nodeName).not.toBe(before.spec.nodeName);
      await archived.caughtUp();
    }, { moves: true });
    await archived.set.write(500);
    await archived.nothingMissing();
  });

  /** A Job that is at work for some time. */
  async function begunBackup(node?: string): Promise<string> {
    const job = await archived.startBackup(node);
    await waitUntil('a backup that is half made', 120, async () =>
      /[1-9]/.test(await archived.inArchiver('cd "$LOGS/../physical" && du -sm *.part 2>/dev/null | cut -f 1 || :')) || 'nothing yet');
    return job;
  }

  test('of a Job whose Pod is deleted half-way, the backup before it is restored, and the next one clears up', async () => {
    await archived.fill(3_000_000);
    const [before] = await archived.backups();
    const job = await begunBackup();
    await archived.kubectl.delete('pod', '-l', `job-name=${job}`, '--force', '--grace-period=0');
    await archived.kubectl.delete('job', job);
    expect(await archived.backups()).toEqual([before, expect.stringMatching(/\.part$/)]);
    await archived.set.write(200);
    await archived.nothingMissing();
    const next = await archived.backUp();
    expect(await archived.backups()).toEqual([next]);
  });

  withPower('of a Job whose node is off half-way, the backup before it is restored, and the next one clears up', async () => {
    const [before] = await archived.backups();
    const node = await archived.nodeWithout(await archived.set.pod(0), await archived.archiver());
    const job = await begunBackup(node);
    await whileOff(node, async () => {
      expect(await archived.backups()).toEqual([before, expect.stringMatching(/\.part$/)]);
      expect(await archived.restored(undefined, 'select count(*) > 0 from ack')).toEqual(['t']);
    });
    await archived.kubectl.delete('job', job);
    const next = await archived.backUp();
    expect(await archived.backups()).toEqual([next]);
    found('the earlier backup was restored while the node was off');
  });
});

describe('a log archive and backups of PostgreSQL on a disk', () => {
  let archived: ArchivedPostgres;
  beforeAll(async () => {
    if (missing !== undefined) return;
    archived = await ArchivedPostgres.create('pg-disk', cluster, claimOf('disk-xfs', Size.mebibytes(320)));
    await archived.backUp();
  });
  afterAll(async () => { await archived?.namespace.delete(); });

  withPower('wait for the node of the disk, and the archive has no gap', async () => {
    const { spec: { nodeName } } = await archived.archiver();
    const primary = await archived.set.pod(0);
    await archived.set.write(200, await archived.nodeWithout({ ...primary, spec: { nodeName } }));
    await whileOff(nodeName, () => sleep(20));
    await archived.set.ready();
    await archived.set.write(500);
    await archived.nothingMissing();
  });

  test('that is full are reported, the database goes on, and the backup that is there is restored; with more room there is no gap', async () => {
    const [before] = await archived.backups();
    await archived.fill(2_000_000);
    await archived.set.write(200);
    await archived.archiverSays('No space left on device');
    await waitUntil('an archiver that is not ready', 120, async () =>
      (await archived.archiver()).status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'False') || 'ready');
    const job = await archived.startBackup();
    await waitUntil('the Job says so', 120, async () => {
      const log = await archived.kubectl.logs(`job/${job}`);
      return /No space left on device|cannot write to/.test(log) || log;
    });
    await archived.kubectl.delete('job', job);
    expect(await archived.backups()).toEqual([before]);
    await archived.set.write(1000); // nobody waits for the archive
    expect(await archived.restored(destination => RestoreSource.named(destination, 'orders', before, BackupMethod.PHYSICAL), 'select count(*) from ack')).not.toEqual(['']);

    await archived.kubectl.run(['patch', 'pvc', 'backups', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}']);
    await measure('from the request for more room to an archiver that is ready', () => archived.archiverReady());
    await archived.nothingMissing();
  });
});

describe('a log archive of PostgreSQL in an object store', () => {
  let store: TestNamespace;
  let archived: ArchivedPostgres;
  const noStore = missing ?? imageMissing(RCLONE);
  const cases = itUnless(noStore);

  beforeAll(async () => {
    if (noStore !== undefined) return;
    store = await TestNamespace.create('s3', cluster);
    const chart = newChart(store.name);
    const storageClass = StorageClass.fromName(chart, 'Class', 'network');
    s3Server(chart, new PersistentVolumeClaim(chart, 'Objects', { size: Size.gibibytes(2), storageClass }));
    await store.kubectl.apply(synth(chart));
    await store.kubectl.rolloutStatus('deployment/s3', 120);
    archived = await ArchivedPostgres.create('pg-store', cluster, of => BackupDestination.objectStore({
      remote: 'store', path: 'backups', config: new kplus.Secret(of, 'Rclone', { metadata: { name: 'rclone' }, stringData: { 'rclone.conf': s3Remote('store', store.name) } }),
    }), {}, { logClass: 'disk' });
    await archived.backUp();
  });
  afterAll(async () => {
    await archived?.namespace.delete();
    await store?.delete();
  });

  const inStore = async () => Number(await store.kubectl.exec('deployment/s3', ['sh', '-c', 'find /data -name "*.gz" -path "*/log/*" | wc -l']));

  cases('has no gap when the store is gone in the middle of an upload, twice', async () => {
    await archived.set.write(200);
    await archived.fill(1_500_000);
    for (let i = 0; i < 2; i++) {
      const before = await inStore();
      await waitUntil('an upload', 90, async () => await inStore() > before || `${before} files`);
      await store.kubectl.delete('pod', '--all', '--force', '--grace-period=0');
      await store.kubectl.rolloutStatus('deployment/s3', 120);
    }
    await archived.nothingMissing(() => archived.sent());
  });

  cases('has no gap when the store does not answer until the volume of the archiver is full', async () => {
    await store.kubectl.run(['scale', 'deployment/s3', '--replicas=0']);
    await archived.fill(800_000); // less than max_slot_wal_keep_size, more than the volume has room for
    await archived.archiverSays('No space left on device');
    await archived.set.write(500); // nobody waits for the archive
    await store.kubectl.run(['scale', 'deployment/s3', '--replicas=1']);
    await store.kubectl.rolloutStatus('deployment/s3', 120);
    await measure('from the store that answers again to an archiver that has everything', async () => {
      await archived.archiverReady(300);
      await archived.caughtUp(300);
    });
    await archived.nothingMissing(() => archived.sent());
  });
});

describe.each([
  { synchronous: false, takes: 'what the archiver had not received' },
  { synchronous: true, takes: 'nothing where commits wait for the archiver' },
])('the loss of the primary and of its volume', ({ synchronous, takes }) => {
  let archived: ArchivedPostgres;
  const tries = 5;
  beforeAll(async () => {
    if (missing !== undefined) return;
    archived = await ArchivedPostgres.create('pg-loss', cluster, everywhere, {}, { synchronous });
    await archived.set.sql(0, 'alter table ack add column at timestamptz default clock_timestamp()');
    await archived.backUp();
  });
  afterAll(async () => { await archived?.namespace.delete(); });

  withPower(`takes ${takes}, measured ${tries} times`, async () => {
    for (let i = 0; i < tries; i++) {
      const primary = await archived.set.pod(0);
      expect((await archived.archiver()).spec.nodeName).not.toBe(primary.spec.nodeName);
      await archived.set.write(500 + 50 * i, await archived.nodeWithout(primary));
      const rate = await archived.set.sql(0, "select round(count(*) / 5) from ack where at > now() - interval '5 s'");
      let acks: string[] = [];
      let restored: string[] = [];
      await whileOff(primary.spec.nodeName, async () => {
        acks = await archived.set.stopWriting();
        restored = await archived.restored(undefined, 'select id from ack order by at');
      });
      await archived.set.ready();
      const rows = new Set(restored);
      const lost = acks.filter(id => !rows.has(id));
      const at = (id: string) => archived.set.sql(0, `select extract(epoch from at) * 1000 from ack where id = ${id}`);
      const milliseconds = lost.length === 0 ? 0 : Number(await at(lost[lost.length - 1])) - Number(await at(restored[restored.length - 1]));
      found(`at ${rate} commits a second: ${acks.length} acknowledged, ${lost.length} lost, the last ${milliseconds.toFixed(1)} ms`);
      expect(milliseconds).toBeLessThan(1000);
      if (synchronous) expect(lost).toEqual([]);
      await archived.archiverReady();
    }
    await archived.set.write();
    await archived.nothingMissing();
  });
});

describe('a log archive of MariaDB on a volume that every node reaches', () => {
  const [product] = mysqlProducts;
  const noMariadb = imageMissing(product.image);
  let set: MysqlSet;
  beforeAll(async () => {
    if (noMariadb !== undefined) return;
    set = await MysqlSet.create(product, cluster, {
      writer: true,
      parameters: { log_bin: 'binlog' },
      also: (orders, chart) => {
        const log = orders.archiveLog('Log', { destination: everywhere(chart) });
        log.workload.scheduling.separate(orders.workload);
        orders.addBackup('Nightly', { schedule: Cron.annually(), destination: log.destination, keep: { count: 1 } });
      },
    });
    await set.ready();
    await archiverReady();
    const nodes = (await cluster.list<{ metadata: { name: string } }>('node')).map(({ metadata }) => metadata.name);
    const taken = [(await set.pod()).spec.nodeName, (await archiver()).spec.nodeName];
    // The writer stays when the node of one of them is off.
    const template = { spec: { nodeName: nodes.find(node => !taken.includes(node)) } };
    await set.kubectl.run(['patch', 'deployment/writer', '-p', JSON.stringify({ spec: { template } })]);
    await set.kubectl.rolloutStatus('deployment/writer', 60);
    await set.kubectl.run(['create', 'job', '--from=cronjob/orders-nightly', 'first']);
    await set.kubectl.wait('job/first', 'condition=complete', 120);
    await set.kubectl.run(['create', 'secret', 'generic', 'restored-credentials', '--from-literal=username=app', '--from-literal=password=another']);
  });
  afterAll(async () => { await set?.namespace.delete(); });

  const archiverReady = () => set.kubectl.wait('statefulset/orders-log', 'jsonpath={.status.readyReplicas}=1', 180);
  const archiver = () => set.kubectl.get<PodStatus>('pod', 'orders-log-0');
  const inArchiver = async (script: string) => (await set.kubectl.exec('orders-log-0', ['bash', '-c', script], { container: 'archive' })).trim();

  /** Ends the writer; then all that it was told is in a new set that begins with the dump and all of the log, which is one run. */
  async function nothingMissing(): Promise<void> {
    await archiverReady();
    await set.writing(50);
    const acks = await set.acknowledged();
    await set.kubectl.run(['scale', 'deployment/writer', '--replicas=0']);
    const time = await set.sql('select utc_timestamp(6)');
    await waitUntil('all of it in the archive', 120, async () => {
      const reached = await inArchiver('sed -n "s/^time: //p" "$LOGS"/*/0-reached.partial | tail -n 1');
      return reached.replace(/[TZ]/g, ' ').trim() > time || reached;
    });
    const chart = newChart(set.namespace.name);
    new StatefulDatabase(chart, 'Restored', {
      engine: product.engine,
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: product.memory } },
      restoreFrom: RestoreSource.latest(everywhere(chart), 'orders'),
    });
    await set.kubectl.apply(synth(chart).filter(({ kind }) => kind !== 'PersistentVolumeClaim'));
    await measure('restored, from apply to ready', () => set.kubectl.wait('statefulset/restored', 'jsonpath={.status.readyReplicas}=1', 240));
    const ask = 'MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password) mariadb -u app app -BNe "select id from acks"';
    const rows = new Set((await set.kubectl.exec('restored-0', ['bash', '-c', ask], { container: 'mariadb' })).trim().split('\n'));
    const lost = acks.filter(id => !rows.has(id));
    found(`${acks.length} acknowledged, ${lost.length} of them missing in the restored set`);
    expect(lost).toEqual([]);
    expect((await inArchiver('cd "$LOGS" && ls -d 2*')).split('\n')).toHaveLength(1);
    await set.kubectl.delete('statefulset', 'restored');
    await set.kubectl.delete('pod', 'restored-0', '--grace-period=1');
    await set.kubectl.delete('pvc', 'data-restored-0');
    await set.kubectl.run(['scale', 'deployment/writer', '--replicas=1']);
    await set.kubectl.rolloutStatus('deployment/writer', 60);
  }

  itUnless(noMariadb ?? powerMissing)('has no gap when its Pod is deleted, and the server killed, then deleted, then its node off', async () => {
    for (let i = 0; i < 3; i++) {
      const { metadata: { uid } } = await archiver();
      await set.kubectl.delete('pod', 'orders-log-0', ...i % 2 === 0 ? ['--force', '--grace-period=0'] : []);
      await anotherReady(set.kubectl, 'orders-log-0', uid);
      await set.writing();
    }
    await sigkill(set.kubectl, 'orders-0', product.server);
    await set.writing();
    await set.kubectl.delete('pod', 'orders-0');
    await set.ready();
    await whileOff((await set.pod()).spec.nodeName, () => sleep(5));
    await set.ready();
    await nothingMissing();
  });

  itUnless(noMariadb ?? powerMissing)('goes on on another node when its own is off, without a gap', async () => {
    const { metadata: { uid }, spec: { nodeName } } = await archiver();
    await whileOff(nodeName, () => measure('archiver ready on another node, since the taint,', () => anotherReady(set.kubectl, 'orders-log-0', uid)), { moves: true });
    await nothingMissing();
  });
});
