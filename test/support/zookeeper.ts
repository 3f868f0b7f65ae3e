import { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CLIENT_JVM } from './client-jvm';
import { Kubectl } from './kubectl';
import { newChart, synth } from './manifests';
import { keepPodsOff } from './nodes';
import { waitUntil } from './progress';
import { TestNamespace } from './test-namespace';
import { ZooKeeperEnsemble, ZooKeeperEnsembleProps, ZooKeeperVersion } from 'cdk8s-stateful';

export const ZOOKEEPER_IMAGE = ZooKeeperVersion.V3_9._image;

const WRITER = readFileSync(join(__dirname, 'zookeeper-writer.pl'), 'utf8');

/** A client that goes on creating znodes below one path, and what was acknowledged to it. */
export class ZooKeeperWriter {
  private out = '';
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(kubectl: Kubectl, readonly path: string, hosts: readonly string[]) {
    this.child = kubectl.start(['exec', 'client', '--', 'perl', '-e', WRITER, path, ...hosts]);
    this.child.stdout.on('data', chunk => { this.out += String(chunk); });
  }

  /** The names of the znodes that somebody said are written. */
  get acknowledged(): string[] {
    return this.out.split('\n').slice(0, -1).map(line => line.split(' ')[1].slice(1));
  }

  /** The longest time without an acknowledgement, in seconds, to the second. */
  get longestSilence(): number {
    const times = this.out.split('\n').slice(0, -1).map(line => Number(line.split(' ')[0]));
    return Math.max(0, ...times.slice(1).map((time, i) => time - times[i]));
  }

  async goesOn(seconds = 60): Promise<void> {
    const before = this.acknowledged.length;
    await waitUntil(`writer of ${this.path} to go on`, seconds, async () => this.acknowledged.length > before + 5 || `${before} written`);
  }

  stop(): string[] {
    this.child.kill('SIGKILL');
    return this.acknowledged;
  }
}

/** An ensemble `zk` in a namespace of its own, and a Pod `client` that may speak to it. */
export class TestEnsemble {
  static async create(prefix: string, cluster: Kubectl, members: number, props: Partial<ZooKeeperEnsembleProps> = {}): Promise<TestEnsemble> {
    const namespace = await TestNamespace.create(prefix, cluster);
    const ensemble = new TestEnsemble(namespace, props);
    await ensemble.apply(members);
    await ensemble.ready(members, 300).catch(async error => {
      await namespace.report();
      await ensemble.delete();
      throw error;
    });
    await namespace.kubectl.wait('pod/client', 'condition=Ready', 60);
    return ensemble;
  }

  readonly kubectl: Kubectl;
  private readonly writers: ZooKeeperWriter[] = [];
  private hasClient = false;
  private members = 0;

  private constructor(readonly namespace: TestNamespace, private readonly props: Partial<ZooKeeperEnsembleProps>) {
    this.kubectl = namespace.kubectl;
  }

  async apply(members: number, more: Partial<ZooKeeperEnsembleProps> = {}): Promise<void> {
    this.members = members;
    const chart = newChart(this.namespace.name);
    const zookeeper = new ZooKeeperEnsemble(chart, 'Zk', {
      storage: { size: Size.gibibytes(1) },
      members,
      image: ZOOKEEPER_IMAGE,
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } },
      terminationGrace: Duration.seconds(30),
      ...this.props,
      ...more,
    });
    const client = new kplus.Pod(chart, 'Client', {
      metadata: { name: 'client' },
      terminationGracePeriod: Duration.seconds(0),
      securityContext: { user: 1000, group: 1000 },
      containers: [{
        image: ZOOKEEPER_IMAGE,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['sleep', '36000'],
        envVariables: { CLIENT_JVMFLAGS: kplus.EnvValue.fromValue(CLIENT_JVM) },
        resources: {},
        securityContext: { user: 1000, group: 1000 },
      }],
    });
    zookeeper.grantConnect(client);
    const objects = synth(chart);
    for (const { kind, spec } of objects as { kind: string; spec?: { securityContext?: object; containers?: { securityContext?: object }[] } }[]) {
      if (kind !== 'Pod' || spec?.containers === undefined) continue;
      spec.securityContext = { ...spec.securityContext, seccompProfile: { type: 'RuntimeDefault' } };
      spec.containers[0].securityContext = { ...spec.containers[0].securityContext, capabilities: { drop: ['ALL'] } };
    }
    // The client stays as it is: the variables of a Pod cannot change with the number of members.
    await this.kubectl.apply(objects.filter(({ kind }) => kind !== 'Pod' || !this.hasClient));
    this.hasClient = true;
  }

  async delete(): Promise<void> {
    for (const writer of this.writers) writer.stop();
    await this.namespace.delete();
  }

  async ready(members: number, seconds = 180): Promise<void> {
    await this.kubectl.wait('statefulset/zk', `jsonpath={.status.readyReplicas}=${members}`, seconds);
  }

  /** What a member answers to a four letter word, and nothing if it does not. */
  ask(pod: string, word: string): Promise<string> {
    return this.kubectl.exec(pod, ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/2181 && printf ${word} >&3 && cat <&3`]).catch(() => '');
  }

  async modeOf(pod: string): Promise<string | undefined> {
    return /^Mode: (\w+)/m.exec(await this.ask(pod, 'srvr'))?.[1];
  }

  /** The members that vote, as this one knows them. */
  async voters(pod: string): Promise<string[]> {
    return (await this.ask(pod, 'conf')).split('\n').map(line => /^server\.\d+=(zk-\d+)\..*:participant/.exec(line)?.[1]).filter((name): name is string => name !== undefined);
  }

  async leader(pods: readonly string[]): Promise<string> {
    for (const pod of pods) if (await this.modeOf(pod) === 'leader') return pod;
    throw new Error(`none of ${pods.join(', ')} is the leader`);
  }

  script(pod: string, ...command: string[]): Promise<string> {
    return this.kubectl.exec(pod, ['bash', `/etc/cdk8s-stateful/files/${command[0]}`, ...command.slice(1)], { seconds: 90 });
  }

  /** What a member itself said, without the lines of the server. */
  async said(pod: string): Promise<string> {
    return (await this.kubectl.logs(pod)).split('\n').filter(line => /^(zk-\d+: | {2}zk-)/.test(line)).join('\n');
  }

  writer(path: string, ...pods: string[]): ZooKeeperWriter {
    const writer = new ZooKeeperWriter(this.kubectl, `/${path}-`, pods.map(pod => `${pod}.zk-headless`));
    this.writers.push(writer);
    return writer;
  }

  /** The znodes at the root, as a member has them. */
  async znodes(pod: string): Promise<Set<string>> {
    const output = await this.kubectl.exec('client', ['bash', '-c', `echo 'ls /' | zkCli.sh -server ${pod}.zk-headless:2181 2>/dev/null`], { seconds: 60 });
    return new Set(/\[([^\]]*)\]\s*(\[zk|$)/.exec(output.replace(/\[zk: [^\]]*\]/g, '\n'))?.[1].split(', ') ?? []);
  }

  /** Those of the writers' znodes that a member does not have, although they were acknowledged. */
  async lost(pod: string, ...writers: ZooKeeperWriter[]): Promise<string[]> {
    await this.kubectl.exec('client', ['bash', '-c', `echo 'sync /' | zkCli.sh -server ${pod}.zk-headless:2181`], { seconds: 60 });
    const have = await this.znodes(pod);
    return writers.flatMap(writer => writer.acknowledged).filter(name => !have.has(name));
  }

  async uids(): Promise<{ [pod: string]: string }> {
    const pods = await this.kubectl.list<{ metadata: { name: string; uid: string } }>('pod', 'cdk8s.io/metadata.addr=zk');
    return Object.fromEntries(pods.map(({ metadata }) => [metadata.name, metadata.uid]));
  }

  /** Loses the volumes of members with a Pod each, at once and without a word. */
  async loseVolumes(...pods: string[]): Promise<void> {
    await this.kubectl.delete('pvc', ...pods.map(pod => `data-${pod}`), '--wait=false');
    await this.kubectl.delete('pod', ...pods, '--force', '--grace-period=0');
  }

  /** Starts the client on another node, if it is on this one. Writers end with it, so call it before there are any. */
  async moveClientAwayFrom(node: string): Promise<void> {
    if (await this.nodeOf('client') !== node) return;
    await keepPodsOff(this.kubectl, [node], async () => {
      await this.kubectl.delete('pod', 'client');
      this.hasClient = false;
      await this.apply(this.members);
      await this.kubectl.wait('pod/client', 'condition=Ready', 60);
    });
  }

  /** Until each of the members serves, whatever Kubernetes still believes of a node that has just come back. */
  async serve(...pods: string[]): Promise<void> {
    for (const pod of pods) await waitUntil(`${pod} to serve`, 180, async () => (await this.modeOf(pod)) !== undefined || 'not yet');
  }

  async nodeOf(pod: string): Promise<string> {
    return (await this.kubectl.get<{ spec: { nodeName: string } }>('pod', pod)).spec.nodeName;
  }
}
