import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Kubectl } from './kubectl';
import { newChart, synth } from './manifests';
import { found, measured, waitUntil } from './progress';
import { RedisWriter } from './redis-set';
import { TestNamespace } from './test-namespace';
import { PodSecurity, RedisDatabase, RedisDatabaseProps, RedisTopology, RedisVersion } from 'cdk8s-stateful';

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** A member, as the cluster knows it. */
interface Node { readonly pod: string; readonly master: boolean; readonly failed: boolean; readonly slots: string }

/** Keys in the slots of the first, the second and the third of three shards. */
export const KEYS = ['b', 'c', 'a'];
const WRITER = readFileSync(join(__dirname, 'redis-writer.pl'), 'utf8');

/** A cluster `cache` of Redis in a namespace of its own, and a client. */
export class RedisClusterSet {
  static async create(prefix: string, cluster: Kubectl, version: RedisVersion, shards = 3, replicas = 1): Promise<RedisClusterSet> {
    const namespace = await TestNamespace.create(prefix, cluster);
    const set = new RedisClusterSet(namespace, version, shards, replicas);
    await set.kubectl.run(['create', 'secret', 'generic', 'cache-credentials', '--from-literal=password=p"w \\ $(x) \'y']);
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

  readonly kubectl: Kubectl;
  private readonly writers: RedisWriter[] = [];

  private constructor(readonly namespace: TestNamespace, readonly version: RedisVersion, private shards: number, private replicas: number) {
    this.kubectl = namespace.kubectl;
  }

  get sets(): string[] {
    return Array.from({ length: this.shards }, (_, i) => `cache-shard-${i}`);
  }

  get pods(): string[] {
    return this.sets.flatMap(set => Array.from({ length: 1 + this.replicas }, (_, i) => `${set}-${i}`));
  }

  async apply(shards = this.shards, replicas = this.replicas): Promise<void> {
    [this.shards, this.replicas] = [shards, replicas];
    const chart = newChart(this.namespace.name);
    this.construct(chart).grantConnect(this.client(chart), { egress: false });
    await this.kubectl.apply(synth(chart));
  }

  async delete(): Promise<void> {
    for (const writer of this.writers) writer.stop();
    await this.namespace.delete();
  }

  async allReady(seconds = 120): Promise<void> {
    await Promise.all([...this.sets.map(set => `statefulset/${set}`), 'deployment/direct'].map(set => this.kubectl.rolloutStatus(set, seconds)));
    await Promise.all(this.sets.map(set => this.kubectl.wait(`statefulset/${set}`, `jsonpath={.status.readyReplicas}=${1 + this.replicas}`, seconds)));
  }

  /** Writers, one in each of the first three shards. */
  async writersOf(name: string): Promise<RedisWriter[]> {
    const writers = KEYS.map(key => new RedisWriter(this.kubectl, 'deployment/direct', `${name}{${key}}`, 'cluster', (this.database.nodes ?? []).join(',')));
    this.writers.push(...writers);
    for (const writer of writers) await writer.goesOn();
    return writers;
  }

  /** Ends a writer and says which of its acknowledged members are missing: of those that a replica had, and of all. */
  async missingOf(writer: RedisWriter): Promise<{ readonly copied: string[]; readonly all: string[] }> {
    writer.stop();
    // A master that was cut off answers from what it has, for the moments until it knows of the new one: what is lost stays missing.
    let [all, copied]: string[][] = [];
    await waitUntil(`all of ${writer.key}`, 30, async () => {
      const there = new Set((await this.cli(this.pods[0], '-c', 'smembers', writer.key)).split('\n'));
      [all, copied] = [writer.acknowledged, writer.copied].map(members => members.filter(member => !there.has(member)));
      return all.length === 0 || `${all.length} missing`;
    }).catch(() => undefined);
    found(`${writer.key}: ${writer.acknowledged.length} acknowledged, ${all.length} missing; ${writer.copied.length} with WAIT, ${copied.length} missing; longest pause ${writer.longestPause.toFixed(1)} s`);
    return { copied, all };
  }

  /** Ends writers and says what of that which was acknowledged is missing. */
  async missing(writers: RedisWriter[]): Promise<string[]> {
    const missing: string[] = [];
    for (const writer of writers) missing.push(...(await this.missingOf(writer)).all);
    return missing;
  }

  /** Moves the client to another node than this one. */
  async clientAwayFrom(node: string): Promise<void> {
    await this.kubectl.run(['cordon', node]);
    try {
      await this.kubectl.rolloutRestart('deployment/direct');
      await this.kubectl.rolloutStatus('deployment/direct', 120);
    } finally {
      await this.kubectl.uncordon(node);
    }
  }

  /** Ends the writer within a Pod, and says when each of its writes was acknowledged, in seconds since 1970. */
  async writtenWithin(pod: string): Promise<number[]> {
    const lines = await this.kubectl.exec(pod, ['bash', '-c', 'for process in /proc/[0-9]*; do [ "$(cat $process/comm)" != perl ] || kill "${process#/proc/}"; done; cat /run/redis/written']);
    return lines.trim().split('\n').map(line => Number(line.split(' ')[0]));
  }

  /** Starts a writer within the Pod of a member, which goes on when its node is cut off. */
  async writeWithin(pod: string, key: string): Promise<void> {
    const script = 'export REDIS_PASSWORD=$(cat /etc/cdk8s-stateful/credentials/password); perl -e "$1" "$2" direct 127.0.0.1:6379 >/run/redis/written 2>/dev/null </dev/null &';
    await this.kubectl.exec(pod, ['bash', '-c', script, 'sh', WRITER, key]);
  }

  /** What a member answers; nothing if it does not. */
  cli(pod: string, ...command: string[]): Promise<string> {
    const script = 'REDISCLI_AUTH=$(cat /etc/cdk8s-stateful/credentials/password) exec timeout 5 "$PRODUCT-cli" "$@"';
    return this.kubectl.exec(pod, ['bash', '-c', script, 'sh', ...command]).then(text => text.replace(/\r/g, '').trim()).catch(() => '');
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

  pod(name: string): Promise<Pod> {
    return this.kubectl.get<Pod>('pod', name);
  }

  async nodeOf(pod: string): Promise<string> {
    return (await this.pod(pod)).spec.nodeName;
  }

  async isReady(pod: string): Promise<boolean> {
    const { status } = await this.pod(pod);
    return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  }

  /** Waits until the Pods are others than those of before, and ready. */
  async readyAnew(before: readonly Pod[], seconds = 180): Promise<void> {
    await waitUntil(`new Pods ${before.map(({ metadata }) => metadata.name).join(', ')} that are ready`, seconds, async () => {
      for (const { metadata: { name, uid } } of before) {
        if ((await this.pod(name)).metadata.uid === uid) return `${name} is the old one`;
        if (!await this.isReady(name)) return `${name} is not ready`;
      }
      return true;
    });
  }

  async says(pod: string, text: string, seconds = 90): Promise<void> {
    await waitUntil(`${pod} says “${text}”`, seconds, async () => {
      const log = await this.kubectl.logs(pod);
      return log.includes(text) || log.trim().split('\n').slice(-1)[0];
    });
  }

  decide(pod: string, ...decision: string[]): Promise<string> {
    return this.kubectl.exec(pod, ['bash', '/etc/cdk8s-stateful/files/decide.sh', ...decision]);
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
