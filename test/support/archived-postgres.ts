import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Kubectl } from './kubectl';
import { newChart, synth } from './manifests';
import { Also, PodStatus, PostgresSet } from './postgres-set';
import { found, measure, say, waitUntil } from './progress';
import { paste, runbook } from './runbook';
import { TestNamespace } from './test-namespace';
import {
  BackupDestination, BackupMethod, DatabaseEngine, PersistentVolumeClaim, PersistentVolumeClaimProps, PostgresVersion, RestoreSource,
  StatefulDatabase, StatefulDatabaseProps, StorageClass,
} from 'cdk8s-stateful';

type Destination = (chart: Chart) => BackupDestination;

/** A claim `backups` of a class, as the destination. */
export const claimOf = (name: string, size: Size, props: Partial<PersistentVolumeClaimProps> = {}): Destination => chart => {
  const storageClass = StorageClass.fromName(chart, 'BackupClass', name);
  return BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size, storageClass, ...props }));
};

/** A set of PostgreSQL with physical backups, of which one is kept, and a log archive; and restores of everything that it has. */
export class ArchivedPostgres {
  static async create(
    prefix: string, cluster: Kubectl, destination: Destination, props: Partial<StatefulDatabaseProps> = {},
    { logClass, synchronous }: { readonly logClass?: string; readonly synchronous?: boolean } = {},
  ): Promise<ArchivedPostgres> {
    const also: Also = (orders, chart) => {
      // The volume of the log is small, so that it is full soon.
      const storage = logClass === undefined ? {} : { storage: { size: Size.mebibytes(128), storageClass: StorageClass.fromName(chart, 'LogClass', logClass) } };
      const log = orders.archiveLog('Log', { destination: destination(chart), synchronous, ...storage });
      // Where a node is free, so that it can be switched off alone.
      log.workload.scheduling.separate(orders.workload, { weight: 100 });
      orders.addBackup('Weekly', { schedule: Cron.annually(), destination: log.destination, method: BackupMethod.PHYSICAL, keep: { count: 1 } });
    };
    const set = await PostgresSet.create(prefix, cluster, { readReplicas: 0, ...props }, PostgresVersion.V17, also);
    const archived = new ArchivedPostgres(set, cluster, destination);
    await archived.archiverReady();
    return archived;
  }

  readonly kubectl: Kubectl;
  readonly namespace: TestNamespace;
  private jobs = 0;

  private constructor(readonly set: PostgresSet, private readonly cluster: Kubectl, private readonly destination: Destination) {
    this.namespace = set.namespace;
    this.kubectl = set.kubectl;
  }

  async archiverReady(seconds = 180): Promise<void> {
    await this.kubectl.wait('statefulset/orders-log', 'jsonpath={.status.readyReplicas}=1', seconds);
  }

  archiver(): Promise<PodStatus> {
    return this.kubectl.get<PodStatus>('pod', 'orders-log-0');
  }

  async archiverSays(text: string, seconds = 90): Promise<void> {
    await waitUntil(`'${text}' in the log of the archiver`, seconds, async () => {
      const log = await this.kubectl.logs('orders-log-0', '-c', 'archive');
      return log.includes(text) || log.trim().split('\n').slice(-1)[0];
    });
  }

  /** Starts a Job that backs up, on a node if one is given. */
  async startBackup(node?: string): Promise<string> {
    const name = `backup-${++this.jobs}`;
    const text = await this.kubectl.run(['create', 'job', '--from=cronjob/orders-weekly', name, '--dry-run=client', '-o', 'json']);
    const job = JSON.parse(text) as { spec: { template: { spec: { nodeName?: string } } } };
    if (node !== undefined) job.spec.template.spec.nodeName = node;
    await this.kubectl.apply(JSON.stringify(job));
    return name;
  }

  /** Backs up, and returns the name of the backup. */
  async backUp(): Promise<string> {
    const job = await this.startBackup();
    await this.kubectl.wait(`job/${job}`, 'condition=complete', 240);
    return /backup (\S+) is complete/.exec(await this.kubectl.logsOfJob(job, '--all-containers'))?.[1] ?? '';
  }

  /** Makes about 180 bytes of log a row. */
  async fill(rows: number): Promise<void> {
    await this.set.sql(0, `create table if not exists filler (t text); insert into filler select md5(random()::text) from generate_series(1, ${rows})`);
  }

  /** Waits until the archiver has all that the primary has written. */
  async caughtUp(seconds = 120): Promise<void> {
    const written = await this.set.sql(0, 'select pg_current_wal_flush_lsn()');
    await waitUntil('all of the log in the archive', seconds, async () =>
      await this.set.sql(0, `select count(*) from pg_stat_replication where application_name = 'orders-log-0' and flush_lsn >= '${written}'`) === '1' || 'not yet');
  }

  /**
   * The rows of a new set with all that the archive has, or what else is asked for, which is deleted afterwards with its volume.
   *
   * @param source what is restored; everything by default
   * @param statement what is asked
   */
  async restored(source?: (destination: BackupDestination) => RestoreSource, statement = 'select id from ack'): Promise<string[]> {
    const chart = newChart(this.namespace.name);
    const destination = this.destination(chart);
    new StatefulDatabase(chart, 'Restored', {
      engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(320) } },
      restoreFrom: source?.(destination) ?? RestoreSource.latest(destination, 'orders', BackupMethod.PHYSICAL),
    });
    await this.kubectl.run(['create', 'secret', 'generic', 'restored-credentials', '--from-literal=username=app', '--from-literal=password=another']).catch(() => undefined);
    await this.kubectl.apply(synth(chart).filter(({ kind }) => kind !== 'PersistentVolumeClaim')); // that may have grown meanwhile
    try {
      await measure('restored, from apply to ready', () => this.kubectl.wait('statefulset/restored', 'jsonpath={.status.readyReplicas}=1', 240)).catch(async error => {
        say((await this.kubectl.logs('restored-0', '-c', 'restore').catch(String)).split('\n').slice(-20).join('\n'));
        throw error;
      });
      const psql = ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement];
      return (await this.kubectl.exec('restored-0', psql, { container: 'postgres' })).trim().split('\n');
    } finally {
      await this.kubectl.delete('statefulset', 'restored');
      await this.kubectl.delete('pod', 'restored-0', '--grace-period=1');
      await this.kubectl.delete('pvc', 'data-restored-0');
    }
  }

  /** Ends the writer; then all that it was told is in the archive, in one run. `arrived` waits until it is where it is restored from. */
  async nothingMissing(arrived: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const acks = await this.set.stopWriting();
    await this.archiverReady();
    await this.caughtUp();
    await arrived();
    const rows = new Set(await this.restored());
    const missing = acks.filter(id => !rows.has(id));
    found(`${acks.length} acknowledged, ${missing.length} of them missing in the restored set`);
    expect(missing).toEqual([]);
    expect(await this.runs()).toHaveLength(1);
  }

  async runs(): Promise<string[]> {
    return (await this.inArchiver('cd "$LOGS" && ls -d 2*')).split('\n');
  }

  /** Waits until all that the archiver has is in the object store, by the command of the docs. */
  async sent(): Promise<void> {
    const [untilSent] = runbook('docs/backup-point-in-time.md', 'What can be lost', 1);
    await measure('all of the log in the object store', () => paste(untilSent, { kubeconfig: this.cluster.kubeconfig, namespace: this.namespace.name }));
  }

  /** The complete backups, where they are on a claim. */
  async backups(): Promise<string[]> {
    return (await this.inArchiver('cd "$LOGS/../physical" && ls')).split('\n');
  }

  async inArchiver(script: string): Promise<string> {
    return (await this.kubectl.exec('orders-log-0', ['bash', '-c', script], { container: 'archive' })).trim();
  }

  /** A node on which neither of these Pods runs. */
  async nodeWithout(...pods: PodStatus[]): Promise<string> {
    const nodes = (await this.cluster.list<{ metadata: { name: string } }>('node')).map(({ metadata }) => metadata.name);
    const free = nodes.find(node => pods.every(({ spec }) => spec.nodeName !== node));
    if (free === undefined) throw new Error('no node is free');
    return free;
  }
}
