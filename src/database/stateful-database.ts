import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DatabaseBackups } from './database-backups';
import { DatabaseCredentials } from './database-credentials';
import type { DatabaseDesign, IDatabaseEngine } from './i-database-engine';
import { restoreScripts, restoring } from './restoring';
import type { ConnectionEnvOptions, DatabaseGrantOptions, StatefulDatabaseProps } from './stateful-database-props';
import type { Backup } from '../backup/backup';
import type { BackupProps } from '../backup/backup-props';
import type { LogArchive } from '../backup/log-archive';
import type { LogArchiveProps } from '../backup/log-archive-props';
import { conflict, invalid, requireInteger } from '../base/errors';
import { nameOf } from '../base/names';
import { bytesIn, quantity, requireSize } from '../base/quantity';
import { checked, requireNew } from '../input/check-input';
import { only } from '../input/only';
import { Assembly } from '../kit/assembly';
import { grantClient } from '../kit/client-grant';
import { type Files, requireFiles } from '../kit/files';
import { requireUnlistedGiven } from '../kit/listed-settings';
import { requireOwnData } from '../kit/product-storage';
import { requireReadableSecret } from '../kit/readable-secret';
import { requireClient } from '../workload/client-input';
import { MemberNames } from '../workload/member-names';
import type { ScrapeOptions } from '../workload/scrape-options';
import { grantScrape } from '../workload/scraping';
import { serviceDnsName } from '../workload/services';
import type { StatefulWorkload } from '../workload/stateful-workload';

const DEFAULT_STARTUP_BUDGET = Duration.minutes(30);
const DEFAULT_MEMORY = Size.gibibytes(1);
const DEFAULT_CPU = kplus.Cpu.millis(250);

/**
 * A persistent database with one primary and, if the engine supports them, read replicas.
 *
 * The Secret `<name>-credentials` must exist before the Pods start:
 *
 * ```sh
 * kubectl create secret generic orders-credentials --from-literal=username=orders --from-literal=password="$(openssl rand -hex 16)"
 * ```
 *
 * There is no failover: the member with ordinal 0 is always the primary. Writes are not possible while its node is down, and Kubernetes
 * restarts it as soon as its volume can be mounted. The primary never starts empty while a read replica has the data.
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
  /** The name of the StatefulSet and of the Service that routes to the primary. */
  public readonly name: string;
  /** The name of the database. */
  public readonly databaseName: string;
  /** The port of the server. */
  public readonly port: number;
  /** The DNS name of the primary: fully qualified if the chart sets a namespace, otherwise relative to the namespace. */
  public readonly host: string;
  /**
   * The DNS name for reads, which resolves to all ready members, including the primary, so that reads continue while the replicas
   * are down. Undefined without read replicas.
   */
  public readonly readHost?: string;
  /** The user that owns the database. */
  public readonly credentials: DatabaseCredentials;
  /** The StatefulSet as a cdk8s-plus workload: scheduling, connections, selectors, and additional containers, which get the restricted defaults too. */
  public readonly workload: kplus.Workload;
  /** The StatefulSet as a `StatefulWorkload`, to which you can add sidecars, claims and volumes. */
  public readonly statefulWorkload: StatefulWorkload;

  private readonly design: DatabaseDesign;
  private readonly assembly: Assembly;
  private readonly backups: DatabaseBackups;

  /**
   * Throws if a name, a number or a parameter is invalid.
   */
  public constructor(scope: Construct, id: string, props: StatefulDatabaseProps) {
    requireNew('StatefulDatabase', scope, id, props);
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
    this.backups = new DatabaseBackups({
      scope: this,
      name: this.name,
      design: this.design,
      props,
      names: first.names,
      network: this.statefulWorkload._network,
      addFiles: files => this.assembly.addFiles(first.names, 'files', files),
      claimOf: template => this.statefulWorkload.claim(first.names.claimTemplate(template)).memberClaim(0),
      designOf: others => this.designOf({ ...props, ...others }, names),
    });
    this.port = write.ports[0].number;
    this.host = serviceDnsName(this, write.name, props.clusterDomain);
    this.readHost = read && serviceDnsName(this, read.name, props.clusterDomain);
  }

  /**
   * The environment variables with the connection settings of the primary. The user name and the password are references to the
   * Secret.
   *
   * @param options the prefix of the names, or the credentials of the client
   */
  @checked
  public connectionEnv(options: ConnectionEnvOptions = {}): { [name: string]: kplus.EnvValue } {
    const { prefix, credentials = this.credentials } = options;
    if (prefix !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
      throw invalid(this, { property: 'prefix', got: prefix, expected: "letters, digits and '_', not starting with a digit", hint: "For example 'ORDERS_'." });
    }
    return Object.fromEntries(this.design.connection.map(({ name, suffix, value }) =>
      [prefix === undefined ? name : `${prefix}${suffix}`, value._for(credentials)]));
  }

  /**
   * Grants a workload access: the NetworkPolicy of the database allows it to connect, and each of its current containers gets the
   * variables of `connectionEnv`. If the grant throws, nothing is changed.
   *
   * @param client the workload. Throws if it has no containers yet, if a container has a different value for one of the variables, or
   *   if it is in another namespace and no credentials are given.
   * @param options options of the grant
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: DatabaseGrantOptions = {}): void {
    requireClient(this, client);
    requireReadableSecret(this, client, {
      product: this.name,
      secret: this.credentials.secret,
      given: options.credentials !== undefined,
      todo: 'grantConnect(client, { credentials: DatabaseCredentials.fromSecret(copy) })',
    });
    const { write, read = write } = this.design;
    grantClient(this, client, {
      targets: this.assembly.targetsOf([write, read]),
      own: this.assembly.workloads,
      options,
      variables: this.connectionEnv(only<ConnectionEnvOptions>('ConnectionEnvOptions', options)),
      todo: "Set 'prefix', for example 'ORDERS_', to rename the variables of this database.",
    });
  }

  /**
   * Grants a metrics scraper, such as Prometheus, access to a single port of the members. The scraper's own traffic is not restricted.
   * Add the exporter as a sidecar with `statefulWorkload.addContainer`.
   *
   * @param scraper a workload, Pods, Namespaces or an IP block of cdk8s-plus. Pods without namespaces are those in the namespace of the database.
   * @param options the port. Throws if no container declares it.
   */
  @checked
  public grantScrape(scraper: kplus.INetworkPolicyPeer, options: ScrapeOptions = {}): void {
    grantScrape(this, this.assembly.networks, scraper, options);
  }

  /**
   * Backs the database up on a schedule.
   *
   * @example
   * const orders = new StatefulDatabase(this, 'Orders', {
   *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
   *   storage: { size: Size.gibibytes(20) },
   * });
   * const backups = new PersistentVolumeClaim(this, 'Backups', { size: Size.gibibytes(100) });
   * orders.addBackup('Nightly', { schedule: Cron.daily(), destination: BackupDestination.claim(backups) });
   *
   * @param id the construct id, and the suffix of the name of the CronJob
   * @param props the schedule, the destination and the retention. Throws if the engine does not support backups, or a value is invalid.
   */
  @checked
  public addBackup(id: string, props: BackupProps): Backup {
    return this.backups.addBackup(id, props);
  }

  /**
   * Archives the log of the database as it is written, so that a backup can be restored to any point in time after it: a physical
   * backup of PostgreSQL, or a dump of MySQL or MariaDB, whose binary log must be on, with MySQL with `gtid_mode`.
   *
   * @example
   * const orders = new StatefulDatabase(this, 'Orders', {
   *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
   *   storage: { size: Size.gibibytes(20) },
   * });
   * const destination = BackupDestination.claim(new PersistentVolumeClaim(this, 'Backups', { size: Size.gibibytes(100) }));
   * orders.archiveLog('Log', { destination });
   * orders.addBackup('Weekly', { schedule: Cron.weekly(), destination, method: BackupMethod.PHYSICAL });
   *
   * @param id the construct id, and the suffix of the name of the StatefulSet that archives
   * @param props the destination, and with MySQL an image. Throws if the engine does not support log archives, or the database has one already.
   */
  @checked
  public archiveLog(id: string, props: LogArchiveProps): LogArchive {
    return this.backups.archiveLog(id, props);
  }

  private designOf(props: StatefulDatabaseProps, names: MemberNames): DatabaseDesign {
    const { engine } = props;
    const readReplicas = requireInteger(this, 'readReplicas', props.readReplicas ?? 0, 0);
    requireOwnData(this, 'storage', props.storage, 1 + readReplicas,
      `Replicas copy the primary: restore only its claim, by a PersistentVolumeClaim named '${names.claimName('data', 0)}' with that source, and omit it here.`);
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
      unlistedSettings: this.requireUnlisted(props),
      initScripts: props.restoreFrom === undefined
        ? this.requireInitScripts(props.initScripts ?? {})
        : restoreScripts(this, props.restoreFrom, props),
      terminationGrace: props.terminationGrace,
      image: props.image,
    });
    this.requireReadEndpoint(engine, readReplicas, design);
    this.requireInitScriptsRun(engine, props.initScripts ?? {}, design);
    return props.restoreFrom === undefined ? design : restoring(this, props.restoreFrom, props, design);
  }

  private requireUnlisted({ unlistedSettings = [], parameters = {} }: StatefulDatabaseProps): string[] {
    requireUnlistedGiven(this, 'parameters', parameters, unlistedSettings);
    return [...unlistedSettings];
  }

  /** The memory request and limit. They are equal by default: overcommitted memory could get the server killed because of its neighbors. */
  private memoryOf(memory: kplus.MemoryResources = {}): { readonly request: Size; readonly limit: Size } {
    const limit = memory.limit ?? memory.request ?? DEFAULT_MEMORY;
    const request = memory.request ?? limit;
    if (bytesIn(request) > bytesIn(limit)) {
      throw conflict(this, `the memory request ${quantity(request)} exceeds the limit ${quantity(limit)}`, 'Set only the limit: the request is then equal to it.');
    }
    return { request, limit };
  }

  private requireDatabaseName(databaseName: string): string {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(databaseName)) {
      throw invalid(this, { property: 'databaseName', got: databaseName, expected: "at most 63 letters, digits and '_', not starting with a digit" });
    }
    return databaseName;
  }

  private requireStartupBudget(budget: Duration = DEFAULT_STARTUP_BUDGET): Duration {
    if (budget.toSeconds({ integral: false }) < 60) {
      throw invalid(this, { property: 'startupBudget', got: budget.toHumanString(), expected: 'at least one minute', hint: 'Crash recovery takes minutes, and starts from the beginning if it is interrupted.' });
    }
    return budget;
  }

  private requireReadEndpoint({ name }: IDatabaseEngine, readReplicas: number, { read }: DatabaseDesign): void {
    if (readReplicas === 0 || read !== undefined) return;
    throw invalid(this, {
      property: 'readReplicas',
      got: readReplicas,
      expected: `0, because ${name} runs as a single instance`,
      hint: 'Omit it, or use DatabaseEngine.postgres, which supports read replicas.',
    });
  }

  /** Throws if an init script is not mounted by any group, because it would silently never run. */
  private requireInitScriptsRun({ name }: IDatabaseEngine, scripts: Files, { groups }: DatabaseDesign): void {
    const mounted = new Set(groups.flatMap(({ mounts }) => mounts.flatMap(mount => mount._fileNames)));
    const [forgotten] = Object.keys(scripts).filter(script => !mounted.has(script));
    if (forgotten !== undefined) {
      throw invalid(this, { property: 'initScripts', got: forgotten, expected: `none, because the engine ${name} does not support init scripts` });
    }
  }

  private requireInitScripts(scripts: Files): Files {
    requireFiles(this, 'initScripts', scripts);
    return { ...scripts };
  }
}
