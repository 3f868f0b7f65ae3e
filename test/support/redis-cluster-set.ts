import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Kubectl } from './kubectl';
import { newChart, synth } from './manifests';
import { keepPodsOff } from './nodes';
import { measure, measured, waitUntil } from './progress';
import { Missing, RedisMembers } from './redis-members';
import { RedisSet } from './redis-set';
import { RedisWriter } from './redis-writer';
import { TestNamespace } from './test-namespace';
import { PodSecurity, RedisDatabase, RedisDatabaseProps, RedisTopology, RedisVersion } from 'cdk8s-stateful';

/** A member, as the cluster knows it. */
interface Node { readonly pod: string; readonly master: boolean; readonly failed: boolean; readonly slots: string }

/** Keys in the slots of the first, the second and the third of three shards. */
export const KEYS = ['b', 'c', 'a'];

/** A cluster `cache` of Redis in a namespace of its own, and a client. */
export class RedisClusterSet extends RedisMembers {
  static async create(prefix: string, cluster: Kubectl, version: RedisVersion, shards = 3, replicas = 1): Promise<RedisClusterSet> {
    const namespace = await TestNamespace.create(prefix, cluster);
    const set = new RedisClusterSet(namespace, version, shards, replicas);
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
  private clientIsThere = false;

  private constructor(readonly namespace: TestNamespace, readonly version: RedisVersion, private shards: number, private replicas: number) {
    super(namespace.kubectl);
  }

  get sets(): string[] {
    return Array.from({ length: this.shards }, (_, i) => `cache-shard-${i}`);
  }

  get pods(): string[] {
    return this.sets.flatMap(set => Array.from({ length: 1 + this.replicas }, (_, i) => `${set}-${i}`));
  }

  /** Applies the cluster with these numbers. Its client stays as it was: the names of more members would roll its Pod and end the writers there. */
  async apply(shards = this.shards, replicas = this.replicas): Promise<void> {
    [this.shards, this.replicas] = [shards, replicas];
    const chart = newChart(this.namespace.name);
    this.construct(chart).grantConnect(this.client(chart));
    await this.kubectl.apply(synth(chart).filter(({ kind }) => kind !== 'Deployment' || !this.clientIsThere));
    this.clientIsThere = true;
  }

  async delete(): Promise<void> {
    for (const writer of this.writers) writer.stop();
    await this.namespace.delete({ wait: false });
  }

  async allReady(seconds = 120): Promise<void> {
    await this.allAnswer(this.pods, seconds);
    await Promise.all([...this.sets.map(set => `statefulset/${set}`), 'deployment/direct'].map(set => this.kubectl.rolloutStatus(set, seconds)));
    await Promise.all(this.sets.map(set => this.kubectl.wait(`statefulset/${set}`, `jsonpath={.status.readyReplicas}=${1 + this.replicas}`, seconds)));
  }

  /** Restarts all shards at one time. */
  async roll(): Promise<void> {
    await measure(`rolling update of ${this.sets.length} shards`, async () => {
      await this.kubectl.run(['rollout', 'restart', ...this.sets.map(set => `statefulset/${set}`)]);
      await this.allReady(240);
    });
  }

  /** Writers, one in each of the first three shards. */
  async writersOf(name: string): Promise<RedisWriter[]> {
    const writers = KEYS.map(key => new RedisWriter(this.kubectl, 'deployment/direct', `${name}{${key}}`, 'cluster', (this.database.nodes ?? []).join(',')));
    this.writers.push(...writers);
    for (const writer of writers) await writer.goesOn();
    return writers;
  }

  /** Ends a writer and says which of its acknowledged members are missing: of those that a replica had, and of all. */
  missingOf(writer: RedisWriter): Promise<Missing> {
    return this.missingIn(writer, () => this.cli(this.pods[0], '-c', 'smembers', writer.key));
  }

  /** Ends writers and says what of that which was acknowledged is missing. */
  async missing(writers: RedisWriter[]): Promise<string[]> {
    const missing: string[] = [];
    for (const writer of writers) missing.push(...(await this.missingOf(writer)).all);
    return missing;
  }

  /** Moves the client to another node than this one. */
  async clientAwayFrom(node: string): Promise<void> {
    await keepPodsOff(this.kubectl, [node], async () => {
      await this.kubectl.rolloutRestart('deployment/direct');
      await this.kubectl.rolloutStatus('deployment/direct', 120);
    });
  }

  /** Who has what, as a member knows it. */
  async nodes(pod = this.pods[0]): Promise<Node[]> {
    const lines = (await this.cli(pod, 'cluster', 'nodes')).split('\n').map(line => line.split(' ')).filter(words => words.length >= 8);
    return lines.map(([, address, flags,,,,,, ...slots]) => ({
      pod: (address.split(',')[1] ?? '').split('.')[0], master: flags.includes('master'), failed: /fail|noaddr/.test(flags), slots: slots.join(','),
    }));
  }

  /** The master of a shard that serves. */
  async master(shard: number, seconds = 60): Promise<string> {
    let masters: string[] = [];
    await waitUntil(`a master of shard ${shard}`, seconds, async () => {
      masters = (await this.nodes()).filter(({ pod, master, failed, slots }) => pod.startsWith(`cache-shard-${shard}-`) && master && !failed && slots !== '').map(({ pod }) => pod);
      return masters.length === 1 || `${masters.length} masters`;
    });
    return masters[0];
  }

  /** Deletes the volumes of Pods, and the Pods by force. */
  async loseVolumes(...pods: string[]): Promise<void> {
    await this.kubectl.delete('pvc', ...pods.map(pod => `data-${pod}`), '--wait=false');
    await this.kubectl.delete('pod', ...pods, '--force', '--grace-period=0');
  }

  /** The construct, made anew, for its names. */
  private get database(): RedisDatabase {
    return this.construct(newChart(this.namespace.name));
  }

  private construct(chart: ReturnType<typeof newChart>, props: Partial<RedisDatabaseProps> = {}): RedisDatabase {
    return new RedisDatabase(chart, 'Cache', {
      version: this.version,
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(192) } },
      topology: RedisTopology.cluster({ shards: this.shards, replicas: this.replicas }),
      ...props,
    });
  }

  private client(chart: ReturnType<typeof newChart>): kplus.Deployment {
    return new kplus.Deployment(chart, 'Direct', {
      metadata: { name: 'direct' },
      replicas: 1,
      terminationGracePeriod: Duration.seconds(1),
      containers: [{
        image: this.version._image,
        command: ['sleep', 'infinity'],
        resources: {},
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        securityContext: PodSecurity.restricted({ user: 999 }),
      }],
    });
  }
}
