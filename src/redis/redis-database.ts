import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { requireSharedDestination } from './cluster-backups';
import { SHARD_SUFFIX, shardEndpoint, shardNames } from './cluster-design';
import { DataLink } from './data-link';
import { dumpsOf, redisDumps, restoredDesign, restoredServers } from './redis-backups';
import { DATA_CLAIM, REDIS_PORT } from './redis-conf';
import type { RedisCredentials } from './redis-credentials';
import type { RedisConnectionOptions, RedisDatabaseProps, RedisGrantOptions } from './redis-database-props';
import { READ_SUFFIX, redisDesign, serversEndpoint } from './redis-design';
import { MASTER_NAME, SENTINEL_PORT, SENTINEL_SUFFIX, sentinelNames } from './redis-member';
import { type RedisModel, redisModel } from './redis-model';
import { type RedisLayout, RedisTopology, type SentinelLayout } from './redis-topology';
import { DEFAULT_USER } from './redis-users';
import { sentinelEndpoint } from './sentinels';
import { Backup } from '../backup/backup';
import { BackupMethod } from '../backup/backup-method';
import type { BackupProps } from '../backup/backup-props';
import type { BackupVerification } from '../backup/backup-verification';
import type { RestoreSource } from '../backup/restore-source';
import type { ScratchDatabase } from '../backup/scratch-database';
import { conflict, invalid } from '../base/errors';
import { kebabCase, MAX_SET_NAME, nameOf, requireDnsLabel } from '../base/names';
import { mebibytes } from '../base/quantity';
import { checked, requireNew } from '../input/check-input';
import { only } from '../input/only';
import { Assembly } from '../kit/assembly';
import { grantClient, type GrantTarget } from '../kit/client-grant';
import type { Endpoint, ProductDesign } from '../kit/design';
import { requireReadableSecret } from '../kit/readable-secret';
import { requireClient } from '../workload/client-input';
import { MemberNames } from '../workload/member-names';
import type { ScrapeOptions } from '../workload/scrape-options';
import { grantScrape } from '../workload/scraping';

const DATA_LINK_IMAGE = 'docker.io/library/haproxy:3.0.11-bookworm';

/**
 * A persistent Redis or Valkey database: a single server, a master with replicas and sentinels, or a Redis Cluster.
 *
 * The Secret `<name>-credentials` must exist before the Pods start:
 *
 * ```sh
 * kubectl create secret generic cache-credentials --from-literal=password="$(openssl rand -hex 16)"
 * ```
 *
 * Replication is asynchronous: a failover can lose the last writes that a master acknowledged, because they may not have reached a
 * replica. docs/redis.md lists which failures lose which data.
 *
 * @example
 * const sessions = new RedisDatabase(this, 'Sessions', {
 *   storage: { size: Size.gibibytes(10) },
 *   topology: RedisTopology.sentinel({ replicas: 2 }),
 * });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * sessions.grantConnect(api); // REDIS_HOST, REDIS_PORT and REDIS_PASSWORD, and a NetworkPolicy that allows it to connect
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export class RedisDatabase extends Construct {
  /** The name of the servers' StatefulSet, or, in a cluster, the prefix of the shards' StatefulSets: `<name>-shard-0` and so on. */
  public readonly name: string;
  /**
   * The DNS name for clients. It resolves to the single server, or to the data link, which forwards connections to the master. With
   * sentinels but without the data link, it resolves to the sentinels; in a cluster, to all ready members.
   */
  public readonly host: string;
  /** The port of `host`. */
  public readonly port: number;
  /** The DNS name for reads, on port 6379, which may return stale data; undefined without sentinels. */
  public readonly readHost?: string;
  /** The addresses of all sentinels, as `host:26379`; undefined without sentinels. */
  public readonly sentinels?: string[];
  /** The name of the master in the configuration of the sentinels; undefined without sentinels. */
  public readonly masterName?: string;
  /** The addresses of all members of a cluster, as `host:6379`; undefined in other topologies. */
  public readonly nodes?: string[];
  /** The password of the `default` user. */
  public readonly credentials: RedisCredentials;
  /**
   * The servers as a cdk8s-plus workload: scheduling, connections, selectors, and additional containers, which get the restricted
   * defaults too. In a cluster, only the first shard: see `workloads`.
   */
  public readonly workload: kplus.Workload;
  /** The servers of each shard of a cluster as cdk8s-plus workloads; in other topologies, only `workload`. */
  public readonly workloads: kplus.Workload[];
  /** The sentinels as a cdk8s-plus workload; undefined without sentinels. */
  public readonly sentinelWorkload?: kplus.Workload;
  /** The HAProxy Deployment as a cdk8s-plus workload; undefined without the data link. */
  public readonly dataLinkWorkload?: kplus.Workload;

  private readonly model: RedisModel;
  private readonly assembly: Assembly;
  private readonly dataLink?: DataLink;

  /**
   * Throws if a name, a number, a size, a setting or a user is invalid.
   */
  public constructor(scope: Construct, id: string, private readonly props: RedisDatabaseProps) {
    requireNew('RedisDatabase', scope, id, props);
    super(scope, id);
    this.name = nameOf(this, props.name, longestName(props.topology?._layout.kind));
    const names = MemberNames._of(this, this.name, props);
    this.model = redisModel(this, names, props);
    this.credentials = this.model.credentials;
    this.assembly = new Assembly(this, this.design(props.restoreFrom), props);
    const { layout, ...model } = this.model;
    const sets = this.serverNames;
    this.workloads = sets.map(set => this.assembly.setOf(set).workload);
    [this.workload] = this.workloads;
    if (layout.kind !== 'sentinel') {
      this.host = names.serviceDnsName();
      this.port = REDIS_PORT;
      this.nodes = layout.kind === 'cluster' ? sets.flatMap(set => Array.from({ length: 1 + layout.replicas }, (_, i) => `${set.podDnsName(i)}:${REDIS_PORT}`)) : undefined;
      return;
    }
    this.sentinelWorkload = this.assembly.setOf(sentinelNames(names)).workload;
    this.sentinels = Array.from({ length: layout.sentinels }, (_, i) => `${sentinelNames(names).podDnsName(i)}:${SENTINEL_PORT}`);
    this.masterName = MASTER_NAME;
    this.readHost = names.serviceDnsName(READ_SUFFIX);
    this.dataLink = layout.dataLink ? this.createDataLink({ ...model, layout }) : undefined;
    this.dataLinkWorkload = this.dataLink;
    this.host = layout.dataLink ? names.serviceDnsName() : names.serviceDnsName(SENTINEL_SUFFIX);
    this.port = layout.dataLink ? REDIS_PORT : SENTINEL_PORT;
  }

  /**
   * The environment variables with the connection settings for a client; the password is a reference to the Secret.
   *
   * They are `REDIS_PASSWORD`; `REDIS_USERNAME` if a user is given; `REDIS_HOST` and `REDIS_PORT`, with a data link also
   * `REDIS_READ_HOST`, and in a cluster also `REDIS_NODES` (`host:port,host:port`). Clients with Sentinel support get
   * `REDIS_SENTINELS` (`host:port,host:port`) and `REDIS_MASTER_NAME` instead of the host and port. The sentinels have the same
   * users and passwords.
   *
   * @param options the prefix of the names, the user, or the Secret of the client. Throws if there is no such user.
   */
  @checked
  public connectionEnv(options: RedisConnectionOptions = {}): { [name: string]: kplus.EnvValue } {
    const { prefix = 'REDIS_', user, sentinel = this.speaksSentinel } = options;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
      throw invalid(this, { property: 'prefix', got: prefix, expected: "letters, digits and '_', not starting with a digit", hint: "For example 'CACHE_'." });
    }
    const values: { [name: string]: kplus.EnvValue } = {
      PASSWORD: this.credentialsOf(options).password,
      ...user === undefined ? {} : { USERNAME: kplus.EnvValue.fromValue(user) },
      ...sentinel ? this.sentinelEnv() : this.hostEnv(),
    };
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
  }

  /**
   * Grants a workload access: each of its current containers gets the variables of `connectionEnv`, and NetworkPolicies allow the
   * connections that the client needs: to the server, to the data link, to the sentinels and servers, or to all members of a cluster. If
   * the grant throws, nothing is changed.
   *
   * @param client the workload. Throws if it has no containers yet, if a container has a different value for one of the variables, or
   *   if it is in another namespace and no credentials are given.
   * @param options options of the grant
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: RedisGrantOptions = {}): void {
    requireClient(this, client);
    const { secret } = this.credentialsOf(options);
    requireReadableSecret(this, client, {
      product: this.name, secret, given: options.credentials !== undefined, todo: 'grantConnect(client, { credentials: RedisCredentials.fromSecret(copy) })',
    });
    const variables = this.connectionEnv(only<RedisConnectionOptions>('RedisConnectionOptions', options));
    grantClient(this, client, {
      targets: this.targetsOf(options),
      own: [...this.assembly.workloads, ...this.dataLink === undefined ? [] : [this.dataLink]],
      options,
      variables,
      todo: "Set 'prefix', for example 'CACHE_', to rename the variables of this database.",
    });
  }

  /**
   * Grants a metrics scraper, such as Prometheus, access to a single port of the servers, the sentinels and the data link. The scraper's own traffic is not restricted.
   * Add the exporter as a sidecar with `workload.addContainer`.
   *
   * @param scraper a workload, Pods, Namespaces or an IP block of cdk8s-plus. Pods without namespaces are those in the namespace of the database.
   * @param options the port. Throws if no container declares it.
   */
  @checked
  public grantScrape(scraper: kplus.INetworkPolicyPeer, options: ScrapeOptions = {}): void {
    grantScrape(this, [...this.assembly.networks, ...this.dataLink === undefined ? [] : [this.dataLink.network]], scraper, options);
  }

  /**
   * Backs the database up on a schedule: a snapshot, which a server makes while it serves. With sentinels, only replicas are read. In a cluster, a
   * snapshot of each shard, each as of its own moment.
   *
   * @example
   * const sessions = new RedisDatabase(this, 'Sessions', { storage: { size: Size.gibibytes(10) } });
   * const backups = new PersistentVolumeClaim(this, 'Backups', { size: Size.gibibytes(100) });
   * sessions.addBackup('Nightly', { schedule: Cron.daily(), destination: BackupDestination.claim(backups) });
   *
   * @param id the construct id, and the suffix of the name of the CronJob
   * @param props the schedule, the destination and the retention. Throws if a value is invalid, and in a cluster if backups are snapshots of volumes or are to be verified.
   */
  @checked
  public addBackup(id: string, props: BackupProps): Backup {
    const { layout, storage } = this.model;
    const name = requireDnsLabel(this, 'name', props.name ?? `${this.name}-${kebabCase(id)}`, MAX_SET_NAME);
    if (props.destination._target.kind === 'snapshots') return this.addSnapshots(id, name, props);
    this.requireDump(props.method);
    if (layout.kind === 'cluster') this.requireNoVerification(props.verify);
    const recipe = dumpsOf(this.model);
    const backup = Backup._create(this, id, {
      ...props,
      method: BackupMethod.DUMP,
      name,
      database: this.name,
      recipe,
      script: recipe.dump,
      // Of a cluster, the snapshots of all shards.
      size: layout.kind === 'cluster' ? Size.mebibytes(layout.shards * mebibytes(storage.size)) : storage.size,
      pods: this.props,
      hasLogAt: () => false,
      scratchOf: (source, verification) => this.scratch(source, verification),
    });
    for (const set of this.serverNames) {
      this.assembly.setOf(set)._network.grant(backup.workload, [{ number: REDIS_PORT }], { egress: this.props.egress });
    }
    return backup;
  }

  private addSnapshots(id: string, name: string, props: BackupProps): Backup {
    const { names, layout } = this.model;
    if (layout.kind !== 'standalone') {
      const topology = layout.kind === 'cluster' ? 'in a cluster' : 'with sentinels';
      const reason = 'only the servers know which of them has the newest data, and whether it is on its volume yet';
      throw conflict(this, `snapshots are not supported ${topology}: ${reason}`, "Use 'BackupDestination.claim' or 'BackupDestination.objectStore': such a backup reads from a running server.");
    }
    return Backup._ofSnapshots(this, id, {
      ...props,
      name,
      database: this.name,
      claim: this.assembly.setOf(names).claim(names.claimTemplate(DATA_CLAIM)).memberClaim(0),
      pod: names.podName(0),
      pods: this.props,
    });
  }

  private design(restoreFrom?: RestoreSource): ProductDesign {
    if (restoreFrom === undefined) return redisDesign(this.model);
    const { method } = restoreFrom._wanted;
    const { layout, storage } = this.model;
    if (method !== BackupMethod.SNAPSHOT) {
      this.requireDump(method);
    } else if (layout.kind === 'cluster') {
      throw conflict(this, 'a cluster cannot be restored from a snapshot, which has the data of one volume only', "Use a backup of a cluster, which 'addBackup' makes at a claim or in an object store.");
    } else if (storage.dataSource !== undefined) {
      throw conflict(this, "both 'restoreFrom' a snapshot and 'storage.dataSource' are given", "Omit 'storage.dataSource': the snapshot is the data source.");
    }
    if (layout.kind === 'cluster') requireSharedDestination(this, layout, restoreFrom);
    return restoredDesign(this.model, restoreFrom);
  }

  /** What a backup is restored into to verify it: a single server with the settings of this database, and none of its users. */
  private scratch(source: RestoreSource, { scratchSize: size = this.model.storage.size, resources }: BackupVerification): ScratchDatabase {
    const { props } = this;
    const model = redisModel(this, this.model.names, {
      ...props,
      topology: RedisTopology.standalone(),
      credentials: this.credentials,
      users: {},
      storage: { size },
      resources: resources ?? props.resources,
    });
    const [server] = redisDesign(model).groups;
    const { check, secret, secretItems, credentialsPath } = redisDumps(model);
    return { member: restoredServers(model, server, source), check, secret, secretItems, credentialsPath };
  }

  /** What verifies a backup is one server, which has room for the data of one shard. */
  private requireNoVerification(verify?: BackupVerification): void {
    if (verify === undefined) return;
    throw conflict(this, "'verify' is not supported in a cluster, whose backup is restored into all shards together",
      'Omit it: each file is checked when it is made. To verify a backup, restore it into a second cluster: see docs/redis-cluster.md.');
  }

  private requireDump(method: BackupMethod = BackupMethod.DUMP): void {
    if (method === BackupMethod.DUMP) return;
    throw conflict(this, `there are no ${method} backups of ${this.model.flavor} at such a destination`, "Omit 'method': what the server writes is BackupMethod.DUMP.");
  }

  private targetsOf({ sentinel = this.speaksSentinel }: RedisConnectionOptions): GrantTarget[] {
    if (this.dataLink !== undefined && !sentinel) return [this.dataLink.target];
    return this.assembly.targetsOf([...this.serverEndpoints(), ...sentinel ? [sentinelEndpoint(this.model.names)] : []]);
  }

  /** Whether clients must support Sentinel because there is no data link. */
  private get speaksSentinel(): boolean {
    return this.sentinels !== undefined && this.dataLink === undefined;
  }

  /** The names of the servers' StatefulSets. */
  private get serverNames(): MemberNames[] {
    const { names, layout } = this.model;
    return layout.kind === 'cluster' ? shardNames(names, layout) : [names];
  }

  private serverEndpoints(): Endpoint[] {
    return this.model.layout.kind === 'cluster' ? this.serverNames.map(shardEndpoint) : [serversEndpoint(this.model)];
  }

  private hostEnv(): { [name: string]: kplus.EnvValue } {
    if (this.speaksSentinel) {
      throw conflict(this, "'sentinel' is false for a client, but there is no data link that forwards to the master", "Omit 'sentinel: false' or 'dataLink: false'.");
    }
    return {
      HOST: kplus.EnvValue.fromValue(this.host),
      PORT: kplus.EnvValue.fromValue(`${this.port}`),
      ...this.readHost === undefined ? {} : { READ_HOST: kplus.EnvValue.fromValue(this.readHost) },
      ...this.nodes === undefined ? {} : { NODES: kplus.EnvValue.fromValue(this.nodes.join(',')) },
    };
  }

  private sentinelEnv(): { [name: string]: kplus.EnvValue } {
    if (this.sentinels === undefined) {
      throw conflict(this, "'sentinel' is true for a client, but there are no sentinels", "Omit 'sentinel', or use RedisTopology.sentinel().");
    }
    return {
      SENTINELS: kplus.EnvValue.fromValue(this.sentinels.join(',')),
      MASTER_NAME: kplus.EnvValue.fromValue(MASTER_NAME),
    };
  }

  private credentialsOf({ user = DEFAULT_USER, credentials }: RedisConnectionOptions): RedisCredentials {
    const own = user === DEFAULT_USER ? this.credentials : new Map(Object.entries(this.model.users)).get(user);
    if (own === undefined) {
      throw invalid(this, { property: 'user', got: user, expected: `one of ${[DEFAULT_USER, ...Object.keys(this.model.users)].join(', ')}`, hint: "Declare it in 'users'." });
    }
    return credentials ?? own;
  }

  private createDataLink(model: RedisModel<SentinelLayout>): DataLink {
    const link = new DataLink(this, 'DataLink', { model, image: this.props.dataLinkImage ?? DATA_LINK_IMAGE, pods: this.props });
    this.assembly.setOf(model.names)._network.grant(link, [{ number: REDIS_PORT }]);
    return link;
  }
}

/** The maximum length of the name of a database, which leaves room for the suffixes of its StatefulSets. */
function longestName(kind: RedisLayout['kind'] = 'standalone'): number {
  switch (kind) {
    case 'standalone': return MAX_SET_NAME;
    case 'sentinel': return MAX_SET_NAME - SENTINEL_SUFFIX.length - 1;
    case 'cluster': return MAX_SET_NAME - SHARD_SUFFIX.length - 1;
  }
}
