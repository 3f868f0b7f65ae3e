import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DatabaseCredentials } from './database-credentials';
import type { DatabaseDesign, IDatabaseEngine } from './i-database-engine';
import type { ConnectionEnvOptions, DatabaseGrantOptions, StatefulDatabaseProps } from './stateful-database-props';
import { conflict, invalid, requireInteger } from '../base/errors';
import { nameOf } from '../base/names';
import { bytesIn, quantity, requireSize } from '../base/quantity';
import { Assembly } from '../kit/assembly';
import { setVariables } from '../kit/client-variables';
import { type Files, requireFiles } from '../kit/files';
import { requireOwnData } from '../kit/product-storage';
import { requireReadableSecret } from '../kit/readable-secret';
import { requireClient } from '../workload/client-input';
import { MemberNames } from '../workload/member-names';
import { serviceDnsName } from '../workload/services';
import type { StatefulWorkload } from '../workload/stateful-workload';

const DEFAULT_STARTUP_BUDGET = Duration.minutes(30);
const DEFAULT_MEMORY = Size.gibibytes(1);
const DEFAULT_CPU = kplus.Cpu.millis(250);

/**
 * A database that keeps its data: one primary, and read replicas where the engine has them.
 *
 * The Secret `<name>-credentials` must exist before the Pods start:
 *
 * ```sh
 * kubectl create secret generic orders-credentials --from-literal=username=orders --from-literal=password="$(openssl rand -hex 16)"
 * ```
 *
 * What plain manifests cannot do: there is no failover. The member of ordinal 0 is the primary permanently; while its
 * node is down nobody writes, and Kubernetes starts it again as soon as its volume can be mounted. The primary never
 * starts empty beside a read replica that runs with the data.
 *
 * @example
 * const orders = new StatefulDatabase(this, 'Orders', {
 *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
 *   storage: { size: Size.gibibytes(20) },
 *   readReplicas: 1,
 * });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1', portNumber: 8080 }] });
 * orders.grantConnect(api);
 */
export class StatefulDatabase extends Construct {
  /** The name of the StatefulSet and of the Service that leads to the primary. */
  public readonly name: string;
  /** The name of the database. */
  public readonly databaseName: string;
  /** The port of the server. */
  public readonly port: number;
  /** The DNS name that leads to the primary: fully qualified if the chart names its namespace, else relative to it. */
  public readonly host: string;
  /**
   * The DNS name that leads to all members that are ready, the primary among them: a Service cannot leave out one
   * member, and reads go on when the replicas are away. Undefined without read replicas.
   */
  public readonly readHost?: string;
  /** The user that the database is made with. */
  public readonly credentials: DatabaseCredentials;
  /** The cdk8s-plus view of the set: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;
  /** The members: add sidecars, further claims and volumes here. */
  public readonly statefulWorkload: StatefulWorkload;

  private readonly design: DatabaseDesign;
  private readonly assembly: Assembly;

  /**
   * Throws if a name, a number or a parameter could not work.
   */
  public constructor(scope: Construct, id: string, props: StatefulDatabaseProps) {
    super(scope, id);
    this.name = nameOf(this, props.name);
    this.databaseName = this.requireDatabaseName(props.databaseName ?? 'app');
    this.credentials = props.credentials
      ?? DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(this, 'Credentials', `${this.name}-credentials`));
    const names = MemberNames._of(this, this.name, props);
    this.design = this.designOf(props, names);
    const { groups: [first], write, read, endpoints = [] } = this.design;
    this.assembly = new Assembly(this, { ...this.design, endpoints: [write, ...read === undefined ? [] : [read], ...endpoints] }, props);
    this.statefulWorkload = this.assembly.setOf(first.names);
    this.workload = this.statefulWorkload.workload;
    this.port = write.ports[0].number;
    this.host = serviceDnsName(this, write.name, props.clusterDomain);
    this.readHost = read && serviceDnsName(this, read.name, props.clusterDomain);
  }

  /**
   * The environment variables that tell a client how to connect to the primary; the user's name and the password by
   * reference to the Secret.
   *
   * @param options other names, or credentials of the client's own
   */
  public connectionEnv(options: ConnectionEnvOptions = {}): { [name: string]: kplus.EnvValue } {
    const { prefix, credentials = this.credentials } = options;
    if (prefix !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
      throw invalid(this, { property: 'prefix', got: prefix, expected: "letters, digits and '_', not beginning with a digit", hint: "For example 'ORDERS_'." });
    }
    return Object.fromEntries(this.design.connection.map(({ name, suffix, value }) =>
      [prefix === undefined ? name : `${prefix}${suffix}`, value._for(credentials)]));
  }

  /**
   * Lets a workload connect: sets the variables of `connectionEnv` in each container that it has by now, and writes
   * NetworkPolicies for both sides.
   *
   * @param client the workload to let in. Throws if it has no containers yet, if one of them has another value for a
   *   variable, or if it is in another namespace and no credentials are given.
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: DatabaseGrantOptions = {}): void {
    requireClient(this, client);
    requireReadableSecret(this, client, {
      product: this.name,
      secret: this.credentials.secret,
      given: options.credentials !== undefined,
      todo: 'grantConnect(client, { credentials: DatabaseCredentials.fromSecret(copy) })',
    });
    const variables = this.connectionEnv(options);
    const { write, read = write } = this.design;
    this.assembly.grant(client, [write, read], options);
    setVariables(client, variables, "Give 'prefix', for example 'ORDERS_', to name this database's variables otherwise.");
  }

  private designOf(props: StatefulDatabaseProps, names: MemberNames): DatabaseDesign {
    const { engine } = props;
    const readReplicas = requireInteger(this, 'readReplicas', props.readReplicas ?? 0, 0);
    requireOwnData(this, 'storage', props.storage, 1 + readReplicas,
      `Replicas copy the primary: restore only its claim, by a PersistentVolumeClaim of the name '${names.claimName('data', 0)}' with that source, and leave it out here.`);
    requireSize(this, 'storage.size', props.storage.size);
    const memory = this.memoryOf(props.resources?.memory);
    const design = engine.design({
      path: this.node.path,
      names,
      databaseName: this.databaseName,
      credentials: this.credentials,
      resources: { ...props.resources, cpu: props.resources?.cpu ?? { request: DEFAULT_CPU }, memory },
      memory: memory.limit,
      storage: props.storage,
      readReplicas,
      startupBudget: this.requireStartupBudget(props.startupBudget),
      parameters: { ...props.parameters },
      initScripts: this.requireInitScripts(props.initScripts ?? {}),
      terminationGrace: props.terminationGrace,
      image: props.image,
    });
    this.requireReadEndpoint(engine, readReplicas, design);
    this.requireInitScriptsRun(engine, props.initScripts ?? {}, design);
    return design;
  }

  /** Memory is not overcommitted: a server that is killed for its neighbour's sake takes its clients along. */
  private memoryOf(memory: kplus.MemoryResources = {}): { readonly request: Size; readonly limit: Size } {
    const limit = memory.limit ?? memory.request ?? DEFAULT_MEMORY;
    const request = memory.request ?? limit;
    if (bytesIn(request) > bytesIn(limit)) {
      throw conflict(this, `the memory request ${quantity(request)} exceeds the limit ${quantity(limit)}`, 'Give the limit alone: the request follows it.');
    }
    return { request, limit };
  }

  private requireDatabaseName(databaseName: string): string {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(databaseName)) {
      throw invalid(this, { property: 'databaseName', got: databaseName, expected: "at most 63 letters, digits and '_', not beginning with a digit" });
    }
    return databaseName;
  }

  private requireStartupBudget(budget: Duration = DEFAULT_STARTUP_BUDGET): Duration {
    if (budget.toSeconds({ integral: false }) < 60) {
      throw invalid(this, { property: 'startupBudget', got: budget.toHumanString(), expected: 'at least one minute', hint: 'Crash recovery needs minutes, and starts again from the beginning when it is cut short.' });
    }
    return budget;
  }

  private requireReadEndpoint({ name }: IDatabaseEngine, readReplicas: number, { read }: DatabaseDesign): void {
    if (readReplicas === 0 || read !== undefined) return;
    throw invalid(this, {
      property: 'readReplicas',
      got: readReplicas,
      expected: `0: ${name} runs as a single instance here`,
      hint: 'Leave it out, or use DatabaseEngine.postgres, whose replicas stream from the primary.',
    });
  }

  /** Throws if no group mounts an init script, which would then never run, without an error. */
  private requireInitScriptsRun({ name }: IDatabaseEngine, scripts: Files, { groups }: DatabaseDesign): void {
    const mounted = new Set(groups.flatMap(({ mounts }) => mounts.flatMap(mount => mount._fileNames)));
    const [forgotten] = Object.keys(scripts).filter(script => !mounted.has(script));
    if (forgotten !== undefined) {
      throw invalid(this, { property: 'initScripts', got: forgotten, expected: `none: the engine ${name} runs no init scripts` });
    }
  }

  private requireInitScripts(scripts: Files): Files {
    requireFiles(this, 'initScripts', scripts);
    return { ...scripts };
  }
}
