import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Kubectl } from './kubectl';
import { newChart, synth } from './manifests';
import { found, measure, waitUntil } from './progress';
import { TestNamespace } from './test-namespace';
import { DatabaseEngine, IDatabaseEngine, MariadbVersion, MysqlVersion, PodSecurity, StatefulDatabase, StatefulDatabaseProps, StorageClass } from 'cdk8s-stateful';

/** What the tests of MySQL and of MariaDB have in common. */

export interface MysqlProduct {
  readonly product: string;
  readonly image: string;
  readonly engine: IDatabaseEngine;
  /** The name of the client program and of the container. */
  readonly client: string;
  readonly container: string;
  /** The name of the server's process. */
  readonly server: string;
  readonly memory: Size;
}

export const mysqlProducts: MysqlProduct[] = [
  {
    product: 'MariaDB',
    image: MariadbVersion.V11_8._image,
    engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
    client: 'mariadb',
    container: 'mariadb',
    server: 'mariadbd',
    memory: Size.mebibytes(512),
  },
  {
    product: 'MySQL',
    image: MysqlVersion.V9_7._image,
    engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }),
    client: 'mysql',
    container: 'mysql',
    server: 'mysqld',
    memory: Size.mebibytes(768),
  },
];

export interface PodState {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

export interface MysqlSetOptions extends Partial<StatefulDatabaseProps> {
  readonly size?: Size;
  /** The name of the storage class. @default - the cluster's own */
  readonly storageClass?: string;
  /** Whether a client in a Pod of its own writes and keeps what was acknowledged. */
  readonly writer?: boolean;
  /** What is added to the chart of the set, such as a backup. */
  readonly also?: (orders: StatefulDatabase, chart: Chart) => void;
}

/** The database `orders` in a namespace of its own. */
export class MysqlSet {
  static async create(product: MysqlProduct, cluster: Kubectl, options: MysqlSetOptions = {}): Promise<MysqlSet> {
    const namespace = await TestNamespace.create(product.client, cluster);
    await namespace.kubectl.run(['create', 'secret', 'generic', 'orders-credentials', '--from-literal=username=app', "--from-literal=password=p:a\\s 's$(w)"]);
    const set = new MysqlSet(product, namespace);
    await set.apply(options);
    return set;
  }

  readonly kubectl: Kubectl;

  private constructor(readonly product: MysqlProduct, readonly namespace: TestNamespace) {
    this.kubectl = namespace.kubectl;
  }

  async apply({ size = Size.gibibytes(1), storageClass, writer = false, also, ...props }: MysqlSetOptions): Promise<void> {
    const chart = newChart(this.namespace.name);
    const orders = new StatefulDatabase(chart, 'Orders', {
      engine: this.product.engine,
      storage: { size, storageClass: storageClass === undefined ? undefined : StorageClass.fromName(chart, 'Class', storageClass) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: this.product.memory } },
      ...props,
    });
    if (writer) {
      const client = this.addWriter(chart);
      client.scheduling.separate(orders.workload); // it must see what happens to the node of the server
      orders.grantConnect(client);
    }
    also?.(orders, chart);
    await this.kubectl.apply(synth(chart));
  }

  async ready(seconds = 180): Promise<void> {
    await this.podReady(seconds);
    await this.reachable();
  }

  private async podReady(seconds: number): Promise<void> {
    await this.kubectl.wait('statefulset/orders', 'jsonpath={.status.readyReplicas}=1', seconds).catch(this.namespace.reportAndThrow);
  }

  /** A Service leads to a Pod some time after it is ready. */
  private async reachable(): Promise<void> {
    await waitUntil('the Service leads to the server', 60, async () => await this.sql('select 1') === '1' || 'another answer');
  }

  /** Until another Pod than `uid` is ready. */
  async replaced(uid: string, seconds = 180): Promise<void> {
    await waitUntil('another Pod orders-0, ready', seconds, async () => {
      const { metadata, status } = await this.pod();
      return (metadata.uid !== uid && status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) || status.phase;
    });
  }

  pod(): Promise<PodState> {
    return this.kubectl.get<PodState>('pod', 'orders-0');
  }

  async restarts(): Promise<number> {
    return (await this.pod()).status.containerStatuses?.[0]?.restartCount ?? 0;
  }

  shell(script: string, ...args: string[]): Promise<string> {
    return this.kubectl.exec('orders-0', ['bash', '-c', script, 'sh', ...args], { container: this.product.container }).then(answer => answer.trim());
  }

  /** As a client of the Service would, with the credentials of the Secret. */
  sql(statement: string): Promise<string> {
    return this.shell(`MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password) ${this.product.client} -h orders -u app app -BNe "$1"`, statement);
  }

  /** As root, through the socket. */
  root(statement: string): Promise<string> {
    return this.shell(`MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password) ${this.product.client} -u root -BNe "$1"`, statement);
  }

  /** What the writer was told. */
  async acknowledged(): Promise<string[]> {
    return (await this.kubectl.exec('deploy/writer', ['cat', '/tmp/acks'])).split('\n').filter(line => /^\d+$/.test(line));
  }

  async writing(more = 100): Promise<void> {
    const before = (await this.acknowledged().catch(() => [])).length;
    await waitUntil(`${more} more acknowledged rows`, 120, async () => {
      const now = (await this.acknowledged()).length;
      return now >= before + more || `${now - before} so far`;
    });
  }

  /** Of what the writer was told nothing is missing, and it goes on. Returns how many rows. */
  async nothingLost(): Promise<number> {
    await this.writing(20);
    const acks = await this.acknowledged();
    const rows = new Set((await this.sql('select id from acks')).split('\n'));
    const missing = acks.filter(id => !rows.has(id));
    found(`${acks.length} rows acknowledged, ${missing.length} missing`);
    if (missing.length > 0) throw new Error(`${missing.length} acknowledged rows are missing, for example ${missing.slice(0, 5).join(', ')}`);
    return acks.length;
  }

  async measureReady(what: string, seconds = 180): Promise<void> {
    await measure(`${this.product.product} ${what}`, () => this.podReady(seconds));
    await this.reachable();
  }

  private addWriter(chart: ReturnType<typeof newChart>): kplus.Deployment {
    return new kplus.Deployment(chart, 'Writer', {
      metadata: { name: 'writer' },
      terminationGracePeriod: Duration.seconds(1), // a shell that is the first process does not end by itself
      replicas: 1,
      containers: [{
        name: 'main',
        image: this.product.image,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['bash', '-c', WRITER, 'sh', this.product.client],
        resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { request: Size.mebibytes(32), limit: Size.mebibytes(512) } },
        securityContext: PodSecurity.restricted({ user: 999 }),
        volumeMounts: [{ path: '/tmp', volume: kplus.Volume.fromEmptyDir(chart, 'WriterTmp', 'tmp') }],
      }],
    });
  }
}

/**
 * One row a statement, each a transaction of its own; what comes back after it has been acknowledged. A session lasts five
 * seconds at most, as an address that is gone does not answer, and none uses the numbers of another.
 */
const WRITER = `
touch /tmp/acks
for ((session = 1; ; session++)); do
  { echo 'create table if not exists acks (id bigint primary key);'
    for ((n = 1; n < 100000; n++)); do echo "insert into acks values ($((session * 100000 + n))); select $((session * 100000 + n));"; done
  } | timeout 5 "$1" -h "$MYSQL_HOST" -u "$MYSQL_USER" --connect-timeout=2 -nBN "$MYSQL_DATABASE" >>/tmp/acks 2>/tmp/error || sleep 0.2
done
`;
