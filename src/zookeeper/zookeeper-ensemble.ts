import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CONF_DIR, DATA_DIR, DATA_LOG_DIR, renderZooCfg, ZOOKEEPER_PORTS, zooCfgProblem } from './zoo-cfg';
import { IZooKeeper } from './zookeeper';
import { ZooKeeperEnsembleProps } from './zookeeper-ensemble-props';
import { heapBelow, JAVA_SECURITY, JVM_FLAGS, LEAST_BESIDE_HEAP, LEAST_MEMORY } from './zookeeper-jvm';
import { ZooKeeperVersion } from './zookeeper-version';
import { setVariables } from '../private/client-variables';
import { configFiles } from '../private/config-files';
import { conflict, invalid } from '../private/errors';
import { nameOf } from '../private/names';
import { within } from '../private/probe-budget';
import { mebibytes } from '../private/quantity';
import { createService, serviceDnsName } from '../private/services';
import { storageClaim } from '../private/storage-claim';
import { requireVersion } from '../private/version';
import { ClaimRetention, VolumeRetention } from '../storage/volume-retention';
import { GrantOptions } from '../workload/grant-options';
import { Members } from '../workload/members';
import { StatefulWorkload } from '../workload/stateful-workload';

/** The user and group of the official image. */
const ZOOKEEPER_USER = 1000;

/** The variable that tells a client where the ensemble is. */
const CONNECT_VARIABLE = 'ZOOKEEPER_CONNECT';

/**
 * A ZooKeeper ensemble: members that know each other by name, vote among themselves and keep their data.
 *
 * Members of an ensemble never share a node, and at most one is away for a drain, unless `placement` or `disruption` say
 * otherwise. TLS and SASL are not set up: traffic is plain, and who may connect is decided by NetworkPolicies.
 *
 * @example
 * const zookeeper = new ZooKeeperEnsemble(this, 'Coordination', { storage: { size: Size.gibibytes(10) } });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * zookeeper.grantConnect(api); // ZOOKEEPER_CONNECT, and NetworkPolicies both ways
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html
 */
export class ZooKeeperEnsemble extends Construct implements IZooKeeper {
  /** The name of the StatefulSet, and of the Service for clients. */
  public readonly name: string;
  /** All members, as clients want them: `host:2181,host:2181,…`. */
  public readonly connectString: string;
  /** The DNS name of the Service over the members that serve, for clients that take one address only. */
  public readonly host: string;
  /** The port for clients. */
  public readonly port: number = ZOOKEEPER_PORTS.client;
  /** The cdk8s-plus view of the set: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;

  private readonly set: StatefulWorkload;

  /**
   * Throws if the number of members, a setting of `zoo.cfg`, a size or the memory could not work.
   */
  public constructor(scope: Construct, id: string, props: ZooKeeperEnsembleProps) {
    super(scope, id);
    this.name = nameOf(this, props.name);
    this.requireConfig(props.config ?? {});
    this.requireOneRetention(props.storage.retention, props.logStorage?.retention);
    this.set = this.createSet(props);
    this.workload = this.set.workload;
    this.connectString = this.set.peerDnsNames.map(host => `${host}:${this.port}`).join(',');
    this.host = this.createClientService(props.clusterDomain);
    this.addServer(props);
  }

  /**
   * Lets the Pods of a workload connect, by NetworkPolicies on both sides, and gives its containers the variable
   * `ZOOKEEPER_CONNECT`. Throws if there is no container yet, or one has the variable with another value.
   *
   * @param client the workload to let in; add its containers first
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: GrantOptions = {}): void {
    this.set._grantPorts(client, [this.port], options);
    setVariables(client, { [CONNECT_VARIABLE]: kplus.EnvValue.fromValue(this.connectString) },
      'Remove it; a client of two ensembles reads their connectString from variables of its own.');
  }

  private requireConfig(config: { [key: string]: string }): void {
    const problem = zooCfgProblem(config);
    if (problem !== undefined) throw invalid(this, { ...problem, property: `config.${problem.key}` });
  }

  private requireOneRetention(storage: VolumeRetention = {}, log: VolumeRetention = storage): void {
    const { RETAIN } = ClaimRetention;
    if ((log.whenDeleted ?? RETAIN) === (storage.whenDeleted ?? RETAIN) && (log.whenScaled ?? RETAIN) === (storage.whenScaled ?? RETAIN)) return;
    throw conflict(this, "'logStorage.retention' differs from 'storage.retention', but a StatefulSet has one for all its claims",
      "Give it in 'storage' only: it is that of the log too.");
  }

  private createSet(props: ZooKeeperEnsembleProps): StatefulWorkload {
    const { members = 3 } = props;
    if (![1, 3, 5, 7].includes(members)) {
      throw invalid(this, {
        property: 'members',
        got: members,
        expected: '1, 3, 5 or 7',
        hint: 'A majority must be up: an even number survives no more losses than the odd one below it, and more than seven make writes slow.',
      });
    }
    return new StatefulWorkload(this, 'Resource', {
      ...props,
      name: this.name,
      members: Members.quorum(members),
      retention: props.storage.retention,
      security: { user: ZOOKEEPER_USER },
    });
  }

  private createClientService(clusterDomain?: string): string {
    createService(this, 'ClientService', {
      name: this.name,
      selector: this.workload.matchLabels,
      ports: () => [{ number: this.port, name: 'client' }],
    });
    return serviceDnsName(this, this.name, clusterDomain);
  }

  private addServer(props: ZooKeeperEnsembleProps): void {
    const version = requireVersion(this, props.version ?? ZooKeeperVersion.V3_9, ZooKeeperVersion);
    const memory = this.memoryOf(props);
    const server = this.set.addContainer({
      name: 'zookeeper',
      image: props.image ?? version._image,
      // In place of the image's entrypoint, which never corrects a wrong myid and has nothing else to do here.
      command: ['bash', '-c', `echo $((\${HOSTNAME##*-} + 1)) > ${DATA_DIR}/myid && exec zkServer.sh start-foreground`],
      ports: Object.entries(ZOOKEEPER_PORTS).map(([name, number]) => ({ name, number })),
      envVariables: {
        ZK_SERVER_HEAP: kplus.EnvValue.fromValue(`${this.heapOf(props.heap, memory)}`),
        JVMFLAGS: kplus.EnvValue.fromValue(JVM_FLAGS),
      },
      resources: {
        ...props.resources,
        cpu: props.resources?.cpu ?? { request: kplus.Cpu.millis(250) },
        memory: { request: props.resources?.memory?.request ?? memory, limit: memory },
      },
      // A large snapshot is read before the port opens.
      startup: kplus.Probe.fromCommand(answers('ruok', 'imok'), within(Duration.minutes(10), Duration.seconds(2))),
      liveness: kplus.Probe.fromCommand(answers('ruok', 'imok'), within(Duration.minutes(1), Duration.seconds(10))),
      readiness: kplus.Probe.fromCommand(answers('srvr', '^Mode:'), within(Duration.seconds(15))),
    });
    this.mountVolumes(server, props);
  }

  private mountVolumes(server: kplus.Container, { storage, logStorage, config = {} }: ZooKeeperEnsembleProps): void {
    server.mount(DATA_DIR, this.set.addClaim('data', storageClaim(this, 'storage', storage)));
    if (logStorage !== undefined) {
      server.mount(DATA_LOG_DIR, this.set.addClaim('log', storageClaim(this, 'logStorage', logStorage)));
    }
    const zooCfg = renderZooCfg({ servers: this.set.peerDnsNames, separateLog: logStorage !== undefined, config });
    const files = { 'zoo.cfg': zooCfg, 'java.security': JAVA_SECURITY };
    const volume = configFiles(this.set, 'config', () => files);
    for (const file of Object.keys(files)) {
      // One by one: the image's logging configuration stays beside them.
      server.mount(`${CONF_DIR}/${file}`, volume, { subPath: file, readOnly: true });
    }
    for (const folder of ['tmp', 'logs']) {
      server.mount(`/${folder}`, kplus.Volume.fromEmptyDir(this, `Folder-${folder}`, folder, { sizeLimit: Size.mebibytes(128) }));
    }
  }

  private memoryOf({ resources }: ZooKeeperEnsembleProps): Size {
    const memory = resources?.memory?.limit ?? resources?.memory?.request ?? Size.gibibytes(1);
    if (mebibytes(memory) < LEAST_MEMORY) {
      throw invalid(this, { property: 'resources.memory.limit', got: `${mebibytes(memory)}Mi`, expected: `at least ${LEAST_MEMORY}Mi`, hint: 'The server is a Java program.' });
    }
    return memory;
  }

  private heapOf(heap: Size | undefined, memory: Size): number {
    if (heap === undefined) return heapBelow(mebibytes(memory));
    const most = mebibytes(memory) - LEAST_BESIDE_HEAP;
    if (!(mebibytes(heap) >= 1 && mebibytes(heap) <= most)) { // not a number, too
      throw invalid(this, {
        property: 'heap',
        got: `${mebibytes(heap)}Mi`,
        expected: `from 1Mi to ${most}Mi, which is ${LEAST_BESIDE_HEAP}Mi below the memory limit of ${mebibytes(memory)}Mi`,
        hint: 'Java needs memory beside the heap too; beyond the limit the member is killed. Raise resources.memory.limit.',
      });
    }
    return mebibytes(heap);
  }
}

/** A command that succeeds if the member answers a four letter word with a line that matches. */
function answers(word: string, line: string): string[] {
  return ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${ZOOKEEPER_PORTS.client} && printf ${word} >&3 && grep -q '${line}' <&3`];
}
