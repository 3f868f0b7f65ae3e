import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Kubectl } from './kubectl';
import { Manifest } from './manifest';
import { newChart, synth } from './manifests';
import { keepPodsOff } from './nodes';
import { measured, waitUntil } from './progress';
import { Missing, RedisMembers } from './redis-members';
import { RedisWriter } from './redis-writer';
import { TestNamespace } from './test-namespace';
import { PodSecurity, RedisDatabase, RedisDatabaseProps, RedisFlavor, RedisVersion } from 'cdk8s-stateful';

/** A database `cache` in a namespace of its own, and the clients `direct`, and with sentinels `watcher`, that may speak to it. */
export class RedisSet extends RedisMembers {
  /** What a shell, a configuration file and Redis' own protocol would read otherwise. */
  static readonly PASSWORD = 'p"w \\ $(x) \'y';

  static async create(prefix: string, cluster: Kubectl, version: RedisVersion, props: Partial<RedisDatabaseProps> = {}): Promise<RedisSet> {
    const namespace = await TestNamespace.create(prefix, cluster);
    const set = new RedisSet(namespace, version, props);
    await set.kubectl.run(['create', 'secret', 'generic', 'cache-credentials', `--from-literal=password=${RedisSet.PASSWORD}`]);
    const start = performance.now();
    await set.apply();
    await set.allReady(240).catch(async error => {
      await namespace.report();
      await namespace.delete({ wait: false });
      throw error;
    });
    measured(`${prefix} from apply to ready`, (performance.now() - start) / 1000);
    return set;
  }

  private readonly writers: RedisWriter[] = [];

  private constructor(readonly namespace: TestNamespace, readonly version: RedisVersion, private props: Partial<RedisDatabaseProps>) {
    super(namespace.kubectl);
  }

  /** The Pods of the servers. */
  get servers(): string[] {
    const { replicas } = this.numbers;
    return Array.from({ length: 1 + replicas }, (_, i) => `cache-${i}`);
  }

  get sentinels(): string[] {
    return Array.from({ length: this.numbers.sentinels }, (_, i) => `cache-sentinel-${i}`);
  }

  async apply(props: Partial<RedisDatabaseProps> = {}): Promise<void> {
    this.props = { ...this.props, ...props };
    await this.kubectl.apply(this.manifests());
  }

  async delete(): Promise<void> {
    for (const writer of this.writers) writer.stop();
    await this.namespace.delete({ wait: false });
  }

  async allReady(seconds = 120): Promise<void> {
    await this.allAnswer([...this.servers, ...this.sentinels], seconds);
    await this.kubectl.wait('statefulset/cache', `jsonpath={.status.readyReplicas}=${this.servers.length}`, seconds);
    if (this.sentinels.length > 0) await this.kubectl.wait('statefulset/cache-sentinel', `jsonpath={.status.readyReplicas}=${this.sentinels.length}`, seconds);
    if (this.database.dataLinkWorkload !== undefined) await this.kubectl.rolloutStatus('deployment/cache-link', seconds);
    await this.kubectl.rolloutStatus('deployment/direct', seconds);
    if (this.sentinels.length > 0) await this.kubectl.rolloutStatus('deployment/watcher', seconds);
  }

  /** Starts a writer: through `host`, or as one that asks the sentinels. */
  async writer(how: 'direct' | 'sentinel', key: string = how): Promise<RedisWriter> {
    const { host, port, sentinels = [] } = this.database;
    const client = how === 'direct' ? 'deployment/direct' : 'deployment/watcher';
    const writer = new RedisWriter(this.kubectl, client, key, how, how === 'direct' ? `${host}:${port}` : sentinels.join(','));
    this.writers.push(writer);
    await writer.goesOn();
    return writer;
  }

  /** Writers: one on each way that clients have. */
  async writersOf(key: string): Promise<RedisWriter[]> {
    const sentinel = await this.writer('sentinel', `${key}-sentinel`);
    return this.database.dataLinkWorkload === undefined ? [sentinel] : [await this.writer('direct', key), sentinel];
  }

  async field(pod: string, section: string, name: string): Promise<string | undefined> {
    return new RegExp(`^${name}:(.*)$`, 'm').exec(await this.cli(pod, 'info', section))?.[1];
  }

  /** The servers that run as the master. */
  async masters(): Promise<string[]> {
    const roles = await Promise.all(this.servers.map(pod => this.field(pod, 'replication', 'role')));
    return this.servers.filter((_, i) => roles[i] === 'master');
  }

  /** The one that does, once there is one. */
  async master(seconds = 60): Promise<string> {
    let masters: string[] = [];
    await waitUntil('one master', seconds, async () => {
      masters = await this.masters();
      return masters.length === 1 || `${masters.length} masters`;
    });
    return masters[0];
  }

  /** Moves the clients to other nodes than this one. */
  async clientsAwayFrom(node: string): Promise<void> {
    await keepPodsOff(this.kubectl, [node], async () => {
      for (const client of ['direct', 'watcher']) {
        await this.kubectl.rolloutRestart(`deployment/${client}`);
        await this.kubectl.rolloutStatus(`deployment/${client}`, 120);
      }
    });
  }

  /** Ends a writer and says which of its acknowledged members are missing: of those that a replica had, and of all. */
  missing(writer: RedisWriter): Promise<Missing> {
    return this.missingIn(writer, async () => this.cli(await this.master(), 'smembers', writer.key));
  }

  private get numbers(): { readonly replicas: number; readonly sentinels: number } {
    const layout = this.props.topology?._layout;
    return layout?.kind === 'sentinel' ? layout : { replicas: 0, sentinels: 0 };
  }

  /** The construct, made anew, for its names. */
  private get database(): RedisDatabase {
    return this.construct(newChart(this.namespace.name));
  }

  private construct(chart: ReturnType<typeof newChart>): RedisDatabase {
    return new RedisDatabase(chart, 'Cache', {
      version: this.version,
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(192) } },
      ...this.props,
    });
  }

  private manifests(): Manifest[] {
    const chart = newChart(this.namespace.name);
    const database = this.construct(chart);
    database.grantConnect(this.client(chart, 'direct'));
    if (database.sentinels !== undefined) database.grantConnect(this.client(chart, 'watcher'), { sentinel: true });
    return synth(chart);
  }

  private client(chart: ReturnType<typeof newChart>, name: string): kplus.Deployment {
    return new kplus.Deployment(chart, name, {
      metadata: { name },
      replicas: 1,
      terminationGracePeriod: Duration.seconds(1),
      containers: [{
        image: RedisVersion._defaultOf(RedisFlavor.REDIS)._image,
        command: ['sleep', 'infinity'],
        resources: {},
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        securityContext: PodSecurity.restricted({ user: 999 }),
      }],
    });
  }
}
