import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Kubectl } from './kubectl';
import { newChart, synth } from './manifests';
import { found, measured, waitUntil } from './progress';
import { TestNamespace } from './test-namespace';
import { DatabaseEngine, PodSecurity, PostgresVersion, StatefulDatabase, StatefulDatabaseProps } from 'cdk8s-stateful';

/**
 * Sessions of inserts, one after the other; each number is printed when the server has acknowledged it, never before.
 * As every client of a Pod it needs timeouts: the address of one that is gone does not answer, not even with a refusal.
 */
const WRITER = `
timeouts="dbname=$PGDATABASE connect_timeout=3 tcp_user_timeout=5000"
session=$(date +%s)
while :; do
  session=$((session + 1))
  seq -f "insert into ack values ($session * 1000000::bigint + %.0f) returning id;" 1 400 | psql -XAtq -d "$timeouts"
  sleep 0.2
done
`;

const FILES = '/etc/cdk8s-stateful/files';

export interface PodStatus {
  readonly metadata: { readonly uid: string; readonly annotations?: { readonly [name: string]: string } };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

/** What a test adds to the chart of the set, such as a backup. */
export type Also = (orders: StatefulDatabase, chart: Chart) => void;

/** A set `orders` in a namespace of its own, with the table `ack` and, if asked for, a Deployment that writes to it. */
export class PostgresSet {
  static async create(
    prefix: string, cluster: Kubectl, props: Partial<StatefulDatabaseProps> = {}, version = PostgresVersion.V17, also: Also = () => undefined,
  ): Promise<PostgresSet> {
    const namespace = await TestNamespace.create(prefix, cluster);
    const set = new PostgresSet(namespace, version, props, also);
    // Characters that a shell, libpq or SQL would read otherwise.
    await set.kubectl.run(['create', 'secret', 'generic', 'orders-credentials', '--from-literal=username=app', "--from-literal=password=p:a\\s 's$(w)"]);
    await set.apply();
    await set.ready().catch(namespace.reportAndThrow);
    await set.sql(0, 'create table ack (id bigint primary key)');
    return set;
  }

  readonly kubectl: Kubectl;

  private constructor(
    readonly namespace: TestNamespace, private readonly version: PostgresVersion,
    private props: Partial<StatefulDatabaseProps>, private readonly also: Also,
  ) {
    this.kubectl = namespace.kubectl;
  }

  get members(): number {
    return 1 + (this.props.readReplicas ?? 2);
  }

  /** Applies the set, with other properties if given, and the writer with as many replicas. */
  async apply(props: Partial<StatefulDatabaseProps> = {}, writers = 0): Promise<void> {
    this.props = { ...this.props, ...props };
    const chart = newChart(this.namespace.name);
    const orders = new StatefulDatabase(chart, 'Orders', {
      engine: DatabaseEngine.postgres({ version: this.version }),
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(320) } },
      readReplicas: 2,
      ...this.props,
    });
    const writer = new kplus.Deployment(chart, 'Writer', {
      metadata: { name: 'writer' },
      replicas: writers,
      terminationGracePeriod: Duration.seconds(1),
      containers: [{
        image: this.version._image,
        command: ['bash', '-c', WRITER],
        resources: {},
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        securityContext: PodSecurity.restricted({ user: 999 }),
      }],
    });
    orders.grantConnect(writer);
    this.also(orders, chart);
    await this.kubectl.apply(synth(chart));
  }

  async ready(count = this.members, seconds = 180): Promise<void> {
    await this.kubectl.wait('statefulset/orders', `jsonpath={.status.readyReplicas}=${count}`, seconds);
  }

  async sql(ordinal: number, statement: string): Promise<string> {
    const psql = ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement];
    return (await this.kubectl.exec(`orders-${ordinal}`, psql, { container: 'postgres' })).trim();
  }

  /** Runs a command in the container of the server. */
  run(ordinal: number, command: string): Promise<string> {
    return this.kubectl.exec(`orders-${ordinal}`, ['bash', '-c', command], { container: 'postgres' });
  }

  decide(ordinal: number, decision: string, container = 'prepare'): Promise<string> {
    return this.kubectl.exec(`orders-${ordinal}`, ['bash', `${FILES}/decide.sh`, ...decision.split(' ')], { container });
  }

  pod(ordinal: number): Promise<PodStatus> {
    return this.kubectl.get<PodStatus>('pod', `orders-${ordinal}`);
  }

  async isReady(ordinal: number): Promise<boolean> {
    const { status } = await this.pod(ordinal);
    return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  }

  /** Waits until the Pod is another one than that of `uid` and ready. */
  async readyAnew(ordinal: number, uid: string, seconds = 120): Promise<void> {
    await waitUntil(`another Pod orders-${ordinal}, ready`, seconds, async () =>
      ((await this.pod(ordinal)).metadata.uid !== uid && await this.isReady(ordinal)) || 'not yet');
  }

  log(ordinal: number, container: 'prepare' | 'postgres', ...args: string[]): Promise<string> {
    return this.kubectl.logs(`orders-${ordinal}`, '-c', container, ...args);
  }

  async logSays(ordinal: number, container: 'prepare' | 'postgres', text: string, seconds = 90): Promise<string> {
    let log = '';
    await waitUntil(`'${text}' in the log of orders-${ordinal}`, seconds, async () => {
      log = await this.log(ordinal, container);
      return log.includes(text) || log.trim().split('\n').slice(-1)[0];
    });
    return log;
  }

  /** Waits until a standby streams and has replayed all that the primary has written. */
  async follows(ordinal: number, seconds = 60): Promise<void> {
    await waitUntil(`orders-${ordinal} follows`, seconds, async () => {
      const lag = await this.sql(0, `select pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) from pg_stat_replication where application_name = 'orders-${ordinal}' and state = 'streaming'`);
      return (lag !== '' && Number(lag) < 1024 * 1024) || `lag ${lag === '' ? 'unknown: it does not stream' : lag}`;
    });
  }

  async allFollow(seconds = 60): Promise<void> {
    for (let ordinal = 1; ordinal < this.members; ordinal++) await this.follows(ordinal, seconds);
  }

  /** Starts the writer, on a node if one is given, and waits until it was told that some rows are there. */
  async write(rows = 100, node?: string): Promise<void> {
    if (node !== undefined) await this.kubectl.run(['patch', 'deployment/writer', '-p', JSON.stringify({ spec: { template: { spec: { nodeName: node } } } })]);
    await this.kubectl.run(['scale', 'deployment/writer', '--replicas=1']);
    await waitUntil(`${rows} acknowledged rows`, 180, async () => (await this.acknowledged()).length >= rows || 'fewer');
  }

  /** Ends the writer, and returns what it was told. */
  async stopWriting(): Promise<string[]> {
    const acks = await this.acknowledged();
    await this.kubectl.run(['scale', 'deployment/writer', '--replicas=0']);
    await waitUntil('the end of the writer', 60, async () => !(await this.kubectl.run(['get', 'pods', '-o', 'name'])).includes('writer') || 'still there');
    return acks;
  }

  async acknowledged(): Promise<string[]> {
    return (await this.kubectl.logs('deployment/writer', '--tail=-1')).split('\n').filter(line => /^\d+$/.test(line));
  }

  async rows(ordinal = 0): Promise<Set<string>> {
    return new Set((await this.sql(ordinal, 'select id from ack')).split('\n'));
  }

  /** Nothing of what the writer was told is missing. */
  async hasAll(acks: readonly string[], ordinal = 0): Promise<void> {
    const rows = await this.rows(ordinal);
    const missing = acks.filter(id => !rows.has(id));
    found(`${acks.length} acknowledged, ${missing.length} of them missing on orders-${ordinal}`);
    expect(missing).toEqual([]);
  }

  /** Loses the volume of a member: its claim is deleted, then its Pod. */
  async loseVolume(ordinal: number): Promise<void> {
    await this.kubectl.delete('pvc', `data-orders-${ordinal}`, '--wait=false');
    await this.kubectl.delete('pod', `orders-${ordinal}`, '--grace-period=1');
  }

  async scale(count: number): Promise<void> {
    const before = this.members;
    await this.kubectl.run(['scale', 'statefulset/orders', `--replicas=${count}`]);
    for (let ordinal = count; ordinal < before; ordinal++) {
      await this.kubectl.wait(`pod/orders-${ordinal}`, 'delete', 120).catch(() => undefined); // it may be gone already
    }
  }

  /** The printed step that takes the copy of the best standby over, and how long until all follow. */
  async copyBack(): Promise<void> {
    const log = await this.logSays(0, 'prepare', 'the most advanced member that answers');
    const [, member] = /decide\.sh copy (orders-[1-9]) .*the most advanced member that answers/.exec(log.slice(log.lastIndexOf('Members that are still starting'))) ?? [];
    if (member === undefined) throw new Error(`the log advises no copy:\n${log}`);
    const start = performance.now();
    await this.decide(0, `copy ${member}`);
    await this.ready();
    await this.allFollow();
    measured('from the decision to copy to a primary that all follow', (performance.now() - start) / 1000);
  }
}
