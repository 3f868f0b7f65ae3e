import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { addKafkaClient, KafkaClient, KafkaProducer } from './kafka-client';
import { Kubectl } from './kubectl';
import { Manifest } from './manifest';
import { newChart, synth } from './manifests';
import { measure, say, waitUntil } from './progress';
import { record } from './seen';
import { TestNamespace } from './test-namespace';
import { KafkaCluster, KafkaClusterProps, KafkaMetadata, KafkaMove, KafkaTopicProps, KafkaVersion, Placement, ZooKeeperEnsemble } from 'cdk8s-stateful';

const image = KafkaVersion.V4_1._image;
const resources = { cpu: { request: kplus.Cpu.millis(400) }, memory: { request: Size.gibibytes(1), limit: Size.gibibytes(1) } };

/** What a test says of its cluster, and of what stands beside it. */
export interface KafkaTestProps extends Partial<KafkaClusterProps> {
  /** Where in an ensemble `zk` beside it the metadata is. */
  readonly chroot?: string;
  /** How far it is on its way out of it. */
  readonly move?: KafkaMove;
  /** Topics to declare. */
  readonly topics?: { readonly [name: string]: KafkaTopicProps };
  /** What else shall be in the chart. */
  readonly also?: (chart: Chart, kafka: KafkaCluster) => void;
}

const zooKeeperResources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } };

function metadataIn(chart: Chart, chroot: string, move?: KafkaMove): KafkaMetadata {
  const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', { storage: { size: Size.gibibytes(1) }, resources: zooKeeperResources, terminationGrace: Duration.seconds(30) });
  return KafkaMetadata.zookeeper(zookeeper, { chroot, move });
}

function manifests(namespace: TestNamespace, { chroot, move, topics = {}, also, ...props }: KafkaTestProps): Manifest[] {
  const chart = newChart(namespace.name);
  const kafka = new KafkaCluster(chart, 'Events', {
    storage: { size: Size.gibibytes(1) },
    resources,
    ...props.controllers === undefined ? {} : { controllerResources: resources, controllerStorage: { size: Size.gibibytes(1) } },
    ...chroot === undefined ? {} : { metadata: metadataIn(chart, chroot, move) },
    ...props,
  });
  for (const [name, topic] of Object.entries(topics)) kafka.addTopic(name, topic);
  addKafkaClient(chart, kafka, image);
  also?.(chart, kafka);
  return synth(chart);
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

const isReady = ({ status: { conditions = [] } }: Pod) => conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

/** A Kafka cluster in a namespace of its own, with a client. */
export class KafkaTestCluster {
  /** The members of a cluster of three. */
  static readonly MEMBERS = ['events-0', 'events-1', 'events-2'];

  /** More members than there are nodes. */
  static readonly ANYWHERE = Placement.spread({ hosts: 'preferred' });

  static async create(cluster: Kubectl, prefix: string, props: KafkaTestProps): Promise<KafkaTestCluster> {
    const namespace = await TestNamespace.create(prefix, cluster);
    const { kubectl } = namespace;
    await measure(`${prefix} from apply to ready`, async () => {
      await kubectl.apply(manifests(namespace, props));
      await kubectl.wait('statefulset/events', `jsonpath={.status.readyReplicas}=${props.brokers ?? 3}`, 400);
      if (Object.keys(props.topics ?? {}).length > 0) await kubectl.rolloutStatus('deployment/events-topics', 120);
      if (props.controllers !== undefined) await kubectl.wait('statefulset/events-controller', `jsonpath={.status.readyReplicas}=${props.controllers}`, 200);
    }).catch(async error => {
      await namespace.report();
      await namespace.delete({ wait: false });
      throw error;
    });
    return new KafkaTestCluster(namespace, kubectl, await KafkaClient.of(kubectl));
  }

  private constructor(readonly namespace: TestNamespace, readonly kubectl: Kubectl, public client: KafkaClient) {}

  apply(props: KafkaTestProps): Promise<void> {
    return this.kubectl.apply(manifests(this.namespace, props));
  }

  /** Deletes the Pods with their volumes at once, as when the disks break. */
  async loseVolumes(...pods: string[]): Promise<void> {
    await this.kubectl.delete('pvc', ...pods.map(pod => `data-${pod}`), '--wait=false');
    await this.kill(...pods);
  }

  /** Waits until a member has said something. */
  async says(pod: string, text: string, seconds = 120): Promise<void> {
    await waitUntil(`${pod} says “${text}”`, seconds, async () => {
      const own = (await this.kubectl.logs(pod)).split('\n').filter(line => line.startsWith(`${pod}:`));
      return own.some(line => line.includes(text)) || own.pop() || 'nothing yet';
    });
  }

  /** Decides for a member that waits; fails if it does not wait for that. */
  async decide(pod: string, word: 'found' | 'start'): Promise<void> {
    await this.kubectl.exec(pod, ['bash', '/etc/cdk8s-stateful/kafka/decide.sh', word], { container: 'kafka' });
  }

  /** Whether Kafka answers within a member. */
  async listens(pod: string): Promise<boolean> {
    return this.kubectl.exec(pod, ['bash', '-c', ': </dev/tcp/127.0.0.1/9092'], { container: 'kafka' }).then(() => true, () => false);
  }

  /** Starts the client on another node. */
  async moveClientAwayFrom(node: string): Promise<void> {
    const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node] }] }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    await this.kubectl.run(['patch', 'deployment', 'client', '--patch', JSON.stringify({ spec: { template: { spec: { affinity } } } })]);
    this.client = await KafkaClient.of(this.kubectl);
  }

  pod(name: string): Promise<Pod> {
    return this.kubectl.get<Pod>('pod', name);
  }

  async nodeOf(pod: string): Promise<string> {
    return (await this.pod(pod)).spec.nodeName;
  }

  /** How often the servers of these Pods have started again. */
  async restarts(...pods: string[]): Promise<number> {
    const counts = await Promise.all(pods.map(async pod => (await this.pod(pod)).status.containerStatuses?.[0].restartCount ?? 0));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async allReady(seconds: number, ...pods: string[]): Promise<void> {
    await waitUntil(`${pods.join(', ')} to be ready`, seconds, async () => {
      const ready = await Promise.all(pods.map(pod => this.isReady(pod)));
      return ready.every(Boolean) || `ready: ${pods.filter((_, i) => ready[i]).join(', ') || 'none'}`;
    });
  }

  brokers(): Promise<Pod[]> {
    return this.kubectl.list<Pod>('pod', 'cdk8s.io/metadata.addr=events');
  }

  /** Waits until so many brokers are ready, none of which has one of these uids. */
  async brokersReady(count: number, seconds: number, ...old: string[]): Promise<void> {
    await waitUntil(`${count} brokers that are ready${old.length > 0 ? ', none of the old ones' : ''}`, seconds, async () => {
      const names = (await this.brokers()).filter(pod => !old.includes(pod.metadata.uid) && isReady(pod)).map(({ metadata }) => metadata.name);
      return names.length >= count || `ready: ${names.join(', ') || 'none'}`;
    });
  }

  /** Ends the Pods at once and without a goodbye, as when their power fails. */
  async kill(...pods: string[]): Promise<void> {
    await this.kubectl.delete('pod', ...pods, '--force', '--grace-period=0');
  }

  async isReady(pod: string): Promise<boolean> {
    return isReady(await this.pod(pod));
  }

  async createTopic(name: string, ...options: string[]): Promise<void> {
    await this.client.tool('kafka-topics', '--create', '--topic', name, ...options);
  }

  /** The printed step that makes leaders of copies that may miss records. */
  async electUncleanly(): Promise<void> {
    await waitUntil('every partition has a leader', 120, async () => {
      const answer = await this.client.tool('kafka-leader-election', '--election-type', 'unclean', '--all-topic-partitions');
      return (await this.client.tool('kafka-topics', '--describe', '--unavailable-partitions')).trim() === '' || answer;
    });
  }

  /** What a command in a broker's container prints. */
  inBroker(pod: string, script: string): Promise<string> {
    return this.kubectl.exec(pod, ['bash', '-c', script], { container: 'kafka' });
  }

  /** The id of the cluster whose data is on a volume. */
  async clusterIdOn(pod: string): Promise<string> {
    return (await this.inBroker(pod, 'sed -n s/^cluster.id=//p /var/lib/kafka/data/logs/meta.properties')).trim();
  }

  /** The voters as “id directory”. */
  async voters(): Promise<string[]> {
    const quorum = await this.client.tool('kafka-metadata-quorum', 'describe', '--replication');
    return quorum.split('\n').slice(1).map(row => row.trim().split(/\s+/)).filter(row => /^(Leader|Follower)$/.test(row[6])).map(([id, directory]) => `${id} ${directory}`).sort();
  }

  async expectAll(topic: string, producer: KafkaProducer): Promise<void> {
    const present = new Set(await this.client.consume(topic));
    record(`${producer.acknowledged.length} records acknowledged, ${present.size} there`);
    expect(producer.acknowledged.filter(value => !present.has(value))).toEqual([]);
  }

  /** No record that was acknowledged is missing, none is there twice, and none was given up. */
  async expectAllOnce(topic: string, producer: KafkaProducer): Promise<void> {
    const consumed = await this.client.consume(topic);
    const present = new Set(consumed);
    say(`  ${consumed.length} records in ${topic}`);
    expect(producer.acknowledged.filter(value => !present.has(value))).toEqual([]);
    expect(consumed.length).toBe(present.size);
    expect(producer.failed).toEqual([]);
  }
}
