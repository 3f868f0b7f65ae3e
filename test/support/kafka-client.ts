import { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CLIENT_JVM } from './client-jvm';
import { Kubectl } from './kubectl';
import { say, sleep, waitUntil } from './progress';
import { KafkaCluster, PodSecurity } from 'cdk8s-stateful';

const label = 'kafka-client';

/** A workload with Kafka's tools that was granted access to a cluster, at its first listener for clients or another. */
export function addKafkaClient(scope: Construct, kafka: KafkaCluster, image: string, listener?: string): void {
  const client = new kplus.Deployment(scope, 'Client', {
    metadata: { name: 'client' },
    podMetadata: { labels: { app: label } },
    replicas: 1,
    containers: [{
      name: 'main',
      image,
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      command: ['sleep', 'infinity'],
      envVariables: {
        LOG_DIR: kplus.EnvValue.fromValue('/tmp'),
        KAFKA_HEAP_OPTS: kplus.EnvValue.fromValue('-Xmx192m'),
        KAFKA_JVM_PERFORMANCE_OPTS: kplus.EnvValue.fromValue(CLIENT_JVM),
      },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { request: Size.mebibytes(128), limit: Size.gibibytes(1) } },
      securityContext: PodSecurity.restricted({ user: 1000 }),
      volumeMounts: [{ path: '/tmp', volume: kplus.Volume.fromEmptyDir(scope, 'ClientTmp', 'tmp') }],
    }],
  });
  kafka.grantConnect(client, { listener });
}

interface ClientPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string };
}

/** Speaks to a Kafka cluster from the Pod of `addKafkaClient`. */
export class KafkaClient {
  static async of(kubectl: Kubectl): Promise<KafkaClient> {
    await kubectl.rolloutStatus('deployment/client', 120);
    const pods = await kubectl.list<ClientPod>('pod', `app=${label}`);
    const [{ metadata, spec }] = pods.filter(pod => pod.metadata.deletionTimestamp === undefined); // the one before may still be ending
    return new KafkaClient(kubectl, metadata.name, spec.nodeName);
  }

  private constructor(readonly kubectl: Kubectl, readonly pod: string, readonly nodeName: string) {}

  /** Runs one of Kafka's scripts, for example `tool('kafka-topics', '--describe')`. */
  tool(script: string, ...args: string[]): Promise<string> {
    return this.shell(`exec /opt/kafka/bin/${script}.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" "$@"`, ...args);
  }

  /** All values in a topic that nobody writes to any more: as many as its offsets say, however long a busy machine takes for it. */
  async consume(topic: string): Promise<string[]> {
    const offsets = await this.tool('kafka-get-offsets', '--topic', topic); // a line `topic:partition:offset` each
    const count = offsets.trim().split('\n').reduce((sum, line) => sum + Number(line.split(':')[2]), 0);
    if (count === 0) return [];
    const output = await this.tool('kafka-console-consumer', '--topic', topic, '--from-beginning', '--max-messages', `${count}`, '--timeout-ms', '90000');
    return output.split('\n').filter(line => /^\d+$/.test(line));
  }

  /**
   * Starts to write 0, 1, 2 … to a topic: idempotent, acknowledged by all in-sync replicas, tried again without end.
   * Returns when the first record is acknowledged, for which it has some seconds.
   */
  async produce(topic: string, perSecond: number, seconds = 60): Promise<KafkaProducer> {
    const producer = new KafkaProducer(this, this.kubectl.start(['exec', this.pod, '--', 'bash', '-c', produceScript, 'sh', topic, `${perSecond}`]));
    await waitUntil('the first acknowledged record', seconds, async () => producer.acknowledged.length > 0 || 'none yet');
    return producer;
  }

  shell(script: string, ...args: string[]): Promise<string> {
    return this.kubectl.exec(this.pod, ['bash', '-c', script, 'sh', ...args]);
  }
}

/** A producer that runs beside a test. */
export class KafkaProducer {
  /** The values that were acknowledged. */
  readonly acknowledged: string[] = [];
  /** The errors after which the producer tried again, and how often. */
  readonly retried = new Map<string, number>();
  /** The errors after which it gave a record up. */
  readonly failed: string[] = [];
  /** The longest time between two acknowledgements, in seconds. */
  longestPause = 0;

  private last?: number;
  private readonly ended: Promise<void>;

  constructor(private readonly client: KafkaClient, child: ChildProcessWithoutNullStreams) {
    eachLine(child.stdout, line => this.event(line));
    eachLine(child.stderr, line => this.warning(line));
    this.ended = new Promise(resolve => child.once('close', () => resolve()));
  }

  /** Ends it when all that is under way is acknowledged, and prints what it saw. */
  async stop(): Promise<void> {
    await sleep(2);
    await this.client.shell('kill -TERM $(cat /tmp/producer)');
    await this.ended;
    const errors = [...this.retried].map(([error, times]) => `${error} ${times} times`).join(', ') || 'nothing';
    say(`  ${this.acknowledged.length} records acknowledged, ${this.failed.length} given up, longest pause ${this.longestPause.toFixed(1)} s, tried again after ${errors}`);
  }

  private event(line: string): void {
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as { name: string; value: string; message?: string };
    if (event.name === 'producer_send_error') this.failed.push(event.message ?? line);
    if (event.name !== 'producer_send_success') return;
    const now = performance.now();
    this.longestPause = Math.max(this.longestPause, (now - (this.last ?? now)) / 1000);
    this.last = now;
    this.acknowledged.push(event.value);
  }

  private warning(line: string): void {
    const error = /Error: ([A-Z_]+)/.exec(line)?.[1];
    if (error !== undefined) this.retried.set(error, (this.retried.get(error) ?? 0) + 1);
  }
}

const produceScript = `
printf '%s\\n' acks=all enable.idempotence=true retries=2147483647 delivery.timeout.ms=600000 max.block.ms=600000 >/tmp/producer.properties
echo $$ >/tmp/producer
exec /opt/kafka/bin/kafka-run-class.sh org.apache.kafka.tools.VerifiableProducer --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" \\
  --topic "$1" --throughput "$2" --acks -1 --producer.config /tmp/producer.properties
`;

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
}
