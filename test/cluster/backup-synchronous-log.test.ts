/** @beside-others */
import { Size } from 'cdk8s';
import { ArchivedPostgres } from '../support/archived-postgres';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, sleep, waitUntil } from '../support/progress';
import { sigkill } from '../support/sigkill';
import { BackupDestination, PersistentVolumeClaim, PostgresVersion } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = imageMissing(PostgresVersion.V17._image);
const test = itUnless(missing);

describe('a log archive of PostgreSQL that commits wait for', () => {
  let archived: ArchivedPostgres;
  beforeAll(async () => {
    if (missing !== undefined) return;
    const destination = (chart: ConstructorParameters<typeof PersistentVolumeClaim>[0]) =>
      BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) }));
    archived = await ArchivedPostgres.create('pg-synchronous', cluster, destination, { readReplicas: 0 }, { synchronous: true });
    await archived.backUp();
  });
  afterAll(async () => { await archived?.namespace.delete({ wait: false }); });

  const scaleArchiver = (replicas: number) => archived.kubectl.run(['scale', 'statefulset/orders-log', `--replicas=${replicas}`]);
  const acknowledged = async () => (await archived.set.acknowledged()).length;
  async function more(rows: number): Promise<void> {
    const before = await acknowledged();
    await waitUntil(`${rows} more acknowledged rows`, 120, async () => {
      const after = await acknowledged();
      return after >= before + rows || `${after - before}`;
    });
  }

  test('lets them wait while it is down, and go on when it is back, or when the primary was restarted', async () => {
    await archived.set.write(200);
    await scaleArchiver(0);
    await archived.kubectl.wait('pod/orders-log-0', 'delete', 120);
    await waitUntil('a commit that waits', 60, async () => await archived.set.sql(0, "select count(*) from pg_stat_activity where wait_event = 'SyncRep'") === '1' || 'not yet');
    const before = await acknowledged();
    await sleep(5);
    expect(await acknowledged()).toBe(before);
    await scaleArchiver(1);
    await measure('from the archiver that is wanted again to commits that go on', () => more(1));
    await archived.kubectl.delete('pod', 'orders-0');
    await measure('from a primary that was deleted to commits that go on', () => more(100));
    await archived.archiverReady();
  });

  test('has all that was acknowledged when the primary is killed and its volume is not there', async () => {
    await more(300);
    await sigkill(archived.kubectl, 'orders-0', 'postgres');
    await archived.kubectl.run(['scale', 'statefulset/orders', '--replicas=0']);
    const acks = await archived.set.stopWriting();
    await archived.kubectl.wait('pod/orders-0', 'delete', 120).catch(() => undefined); // it may be gone already
    const rows = new Set(await archived.restored());
    const lost = acks.filter(id => !rows.has(id));
    found(`${acks.length} acknowledged, ${lost.length} of them missing in the restored set`);
    expect(acks.length).toBeGreaterThan(500);
    expect(lost).toEqual([]);
    expect(await archived.runs()).toHaveLength(1);
  });
});
