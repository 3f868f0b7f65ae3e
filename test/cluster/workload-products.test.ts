/** @takes-turns */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthApp } from '../../scripts/synth-examples';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest, parseManifests } from '../support/manifest';
import { imageMissing, itUnless } from '../support/needs';
import { keepPodsOff } from '../support/nodes';
import { found, measure, measured, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';

const RABBITMQ = 'docker.io/library/rabbitmq:4.0.5';
const AMQP_CLIENT = readFileSync(join(__dirname, '../support/amqp-client.pl'), 'utf8');

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
}

/** The manifests of an example in a namespace of the test; its client is a Pod of the given image that does nothing by itself. */
function example(name: string, namespace: string, clientImage: string): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), 'products-'));
  try {
    const yaml = synthApp(`examples/${name}`, folder).map(file => readFileSync(file, 'utf8')).join('---\n');
    const idle = ['          command:', '            - sleep', '            - infinity', '          imagePullPolicy: IfNotPresent'];
    return parseManifests(yaml
      .replace(/^( *(?:- )?(?:namespace: )?)shop$/gm, `$1${namespace}`)
      .replaceAll('.shop.svc', `.${namespace}.svc`)
      .replace(/image: shop\/api:1\n *imagePullPolicy: \w+/, `image: ${clientImage}\n${idle.join('\n')}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Products that have no construct of their own, run by StatefulWorkload: the examples themselves. */
describe('RabbitMQ by StatefulWorkload', () => {
  const { kubectl: cluster } = clusterWithNodes();
  const missing = imageMissing(RABBITMQ);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let client: string;

  const amqp = (mode: string) => ['exec', '-i', client, '--', 'perl', '-e', AMQP_CLIENT, `queue.${namespace.name}.svc.cluster.local`, 'jobs', mode];
  const ctl = (...command: string[]) => kubectl.exec('queue-0', ['rabbitmqctl', '-q', ...command], { container: 'rabbitmq' });

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('queue', cluster);
    kubectl = namespace.kubectl;
    await kubectl.run(['create', 'secret', 'generic', 'queue-cookie', '--from-literal=cookie=0123456789abcdef']);
    await kubectl.run(['create', 'secret', 'generic', 'queue-user', '--from-literal=username=shop', '--from-literal=password=secret']);
    await kubectl.apply(example('rabbitmq', namespace.name, RABBITMQ));
    await measure('three members of RabbitMQ from apply to ready', () => kubectl.rolloutStatus('statefulset/queue', 180));
    [client] = (await kubectl.list<Pod>('pod')).map(({ metadata }) => metadata.name).filter(name => !name.startsWith('queue-'));
    await kubectl.wait(`pod/${client}`, 'condition=Ready', 60);
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  /** What a publisher was told is safe, and its longest time without such an answer. */
  class Publisher {
    confirmed: string[] = [];
    longestPause = 0;
    private last?: number;
    private readonly child: ChildProcessWithoutNullStreams = kubectl.start(amqp('write'));

    constructor() {
      let rest = '';
      this.child.stdout.on('data', chunk => {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop()!;
        this.confirmed.push(...lines);
        const now = performance.now();
        this.longestPause = Math.max(this.longestPause, (now - (this.last ?? now)) / 1000);
        this.last = now;
      });
    }

    async goesOn(): Promise<void> {
      const before = this.confirmed.length;
      await waitUntil('publisher to go on', 60, async () => this.confirmed.length > before + 20 || `${before} confirmed`);
    }

    stop(): Promise<unknown> {
      this.child.stdin.end();
      return new Promise(resolve => this.child.once('exit', resolve));
    }
  }

  /** The member that leads the queue. */
  async function leader(): Promise<string> {
    return /rabbit@(queue-\d)/.exec(await ctl('list_queues', '--no-table-headers', 'leader'))![1];
  }

  async function replaced(pod: Pod): Promise<void> {
    await waitUntil(`another Pod ${pod.metadata.name}`, 180, async () => (await kubectl.get<Pod>('pod', pod.metadata.name)).metadata.uid !== pod.metadata.uid || 'still the old one');
    await kubectl.wait(`pod/${pod.metadata.name}`, 'condition=Ready', 120);
  }

  test('forms one cluster, whose queues are quorum queues', async () => {
    const nodes = await ctl('eval', 'length(rabbit_nodes:list_running()).');
    expect(nodes.trim()).toBe('3');
  });

  test('keeps every confirmed message when the leader is killed, deleted and drained', async () => {
    const publisher = new Publisher();
    await publisher.goesOn();
    expect((await ctl('list_queues', '--no-table-headers', 'type')).trim()).toBe('quorum');

    let pod = await kubectl.get<Pod>('pod', await leader());
    await measure(`${pod.metadata.name}, the leader, from its forced deletion to ready`, async () => {
      await kubectl.delete('pod', pod.metadata.name, '--force', '--grace-period=0');
      await replaced(pod);
    });
    await publisher.goesOn();

    pod = await kubectl.get<Pod>('pod', await leader());
    await keepPodsOff(cluster, [pod.spec.nodeName], async () => {
      await measure(`${pod.metadata.name}, the leader, drained`, () => cluster.in(namespace.name).drain(pod.spec.nodeName, 240, 'cdk8s.io/metadata.addr=queue'));
      await publisher.goesOn();
    });
    await replaced(pod);

    await publisher.stop();
    measured('longest pause of the publisher', publisher.longestPause);
    const read = new Set((await kubectl.run(amqp('read').filter(word => word !== '-i'))).split('\n'));
    const lost = publisher.confirmed.filter(message => !read.has(message));
    found(`${publisher.confirmed.length} messages confirmed, ${lost.length} missing`);
    expect(lost).toEqual([]);
  });
});

describe('Valkey by StatefulWorkload', () => {
  const { kubectl: cluster } = clusterWithNodes();
  const image = 'docker.io/valkey/valkey:8.1.8-trixie';
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  beforeAll(async () => {
    namespace = await TestNamespace.create('cache', cluster);
    kubectl = namespace.kubectl;
    await kubectl.run(['create', 'secret', 'generic', 'cache-password', '--from-literal=password=secret']);
    await kubectl.apply(example('valkey', namespace.name, image));
    await measure('Valkey from apply to ready', () => kubectl.rolloutStatus('statefulset/cache', 120));
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('stops in order, and has its keys when its Pod was deleted', async () => {
    const cli = (...command: string[]) => kubectl.exec('cache-0', ['valkey-cli', '--no-auth-warning', ...command]).then(text => text.trim());
    expect(await cli('set', 'greeting', 'hello')).toBe('OK');
    await measure('Valkey from deletion to ready', async () => {
      await kubectl.delete('pod', 'cache-0');
      await kubectl.wait('pod/cache-0', 'condition=Ready', 60);
    });
    expect(await cli('get', 'greeting')).toBe('hello');
  });

  test('answers the client that was granted access, with the password only', async () => {
    const [client] = (await kubectl.list<Pod>('pod')).map(({ metadata }) => metadata.name).filter(name => name !== 'cache-0');
    await kubectl.wait(`pod/${client}`, 'condition=Ready', 60);
    const ask = (password: string) => kubectl.exec(client, ['sh', '-c', `REDISCLI_AUTH=${password} valkey-cli -h "$CACHE_HOST" get greeting 2>&1`]);
    // The Service leads to a Pod, and its policy knows it, some moments after it is ready.
    await waitUntil('an answer by the Service', 30, async () => {
      const answer = await ask('"$CACHE_PASSWORD"');
      return answer.includes('hello') || answer;
    });
    expect(await ask('wrong')).toContain('NOAUTH');
  });
});
