import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { SHARD_SUFFIX, shardEndpoint, shardNames } from './cluster-design';
import { DataLink } from './data-link';
import { REDIS_PORT } from './redis-conf';
import type { RedisCredentials } from './redis-credentials';
import type { RedisConnectionOptions, RedisDatabaseProps, RedisGrantOptions } from './redis-database-props';
import { READ_SUFFIX, redisDesign, serversEndpoint } from './redis-design';
import { MASTER_NAME, SENTINEL_PORT, SENTINEL_SUFFIX, sentinelNames } from './redis-member';
import { type RedisModel, redisModel } from './redis-model';
import type { RedisLayout, SentinelLayout } from './redis-topology';
import { DEFAULT_USER } from './redis-users';
import { sentinelEndpoint } from './sentinels';
import { conflict, invalid } from '../base/errors';
import { MAX_SET_NAME, nameOf } from '../base/names';
import { Assembly } from '../kit/assembly';
import { requireVariables, setVariables } from '../kit/client-variables';
import type { Endpoint } from '../kit/design';
import { requireReadableSecret } from '../kit/readable-secret';
import { requireClient } from '../workload/client-input';
import { MemberNames } from '../workload/member-names';

const OTHER_NAMES = "Give 'prefix', for example 'CACHE_', to name this database's variables otherwise.";

const DATA_LINK_IMAGE = 'docker.io/library/haproxy:3.0.11-bookworm';

/**
 * A Redis or Valkey database that keeps its data: one server, a master with replicas and sentinels, or a cluster of masters that share the keys.
 *
 * The Secret `<name>-credentials` must exist before the Pods start:
 *
 * ```sh
 * kubectl create secret generic cache-credentials --from-literal=password="$(openssl rand -hex 16)"
 * ```
 *
 * Replication is asynchronous: what a master acknowledged in its last moments may be on no replica when another one takes over. See
 * docs/redis.md for what is lost when.
 *
 * @example
 * const sessions = new RedisDatabase(this, 'Sessions', {
 *   storage: { size: Size.gibibytes(10) },
 *   topology: RedisTopology.sentinel({ replicas: 2 }),
 * });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * sessions.grantConnect(api); // REDIS_HOST, REDIS_PORT and REDIS_PASSWORD, and NetworkPolicies both ways
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export class RedisDatabase extends Construct {
  /** The name: that of the servers' StatefulSet, or, in a cluster, what those of its shards begin with: `<name>-shard-0` and so on. */
  public readonly name: string;
  /**
   * The DNS name that clients connect to: of the one server, or of the data link, which leads to the master. With sentinels and without
   * the data link it leads to the sentinels, who say where the master is; in a cluster to any member, who says where the others are.
   */
  public readonly host: string;
  /** The port of `host`. */
  public readonly port: number;
  /** The DNS name for reads, at port 6379, which may be older than what was written; undefined without sentinels. */
  public readonly readHost?: string;
  /** All sentinels, as `host:26379`; undefined without sentinels. */
  public readonly sentinels?: string[];
  /** What the sentinels call the master; undefined without sentinels. */
  public readonly masterName?: string;
  /** All members of a cluster, as `host:6379`; undefined in other topologies. */
  public readonly nodes?: string[];
  /** The password of the account `default`. */
  public readonly credentials: RedisCredentials;
  /** The cdk8s-plus view of the servers: scheduling, connections, selectors, further containers, which are restricted too. In a cluster, those of the first shard: see `workloads`. */
  public readonly workload: kplus.Workload;
  /** The same of all sets of servers: one for each shard of a cluster, else the one. */
  public readonly workloads: kplus.Workload[];
  /** The cdk8s-plus view of the sentinels; undefined without sentinels. */
  public readonly sentinelWorkload?: kplus.Workload;
  /** The cdk8s-plus view of HAProxy; undefined without the data link. */
  public readonly dataLinkWorkload?: kplus.Workload;

  private readonly model: RedisModel;
  private readonly assembly: Assembly;
  private readonly dataLink?: DataLink;

  /**
   * Throws if a name, a number, a size, a setting or an account could not work.
   */
  public constructor(scope: Construct, id: string, private readonly props: RedisDatabaseProps) {
    super(scope, id);
    this.name = nameOf(this, props.name, longestName(props.topology?._layout.kind));
    const names = MemberNames._of(this, this.name, props);
    this.model = redisModel(this, names, props);
    this.credentials = this.model.credentials;
    this.assembly = new Assembly(this, redisDesign(this.model), props);
    const { layout, ...model } = this.model;
    const sets = layout.kind === 'cluster' ? shardNames(names, layout) : [names];
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
   * The environment variables that tell a client how to connect; the password by reference to the Secret: `REDIS_HOST`, `REDIS_PORT`,
   * `REDIS_PASSWORD`, with replicas `REDIS_READ_HOST`, for an account `REDIS_USERNAME`, for clients that speak Sentinel
   * `REDIS_SENTINELS` (`host:port,host:port`) and `REDIS_MASTER_NAME`, and in a cluster `REDIS_NODES` (`host:port,host:port`). The sentinels know the same accounts and passwords.
   *
   * @param options other names, an account, or a Secret of the client's own. Throws if there is no such account.
   */
  public connectionEnv(options: RedisConnectionOptions = {}): { [name: string]: kplus.EnvValue } {
    const { prefix = 'REDIS_', user, sentinel = this.speaksSentinel } = options;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
      throw invalid(this, { property: 'prefix', got: prefix, expected: "letters, digits and '_', not beginning with a digit", hint: "For example 'CACHE_'." });
    }
    const values: { [name: string]: kplus.EnvValue } = {
      PASSWORD: this.credentialsOf(options).password,
      ...user === undefined ? {} : { USERNAME: kplus.EnvValue.fromValue(user) },
      ...sentinel ? this.sentinelEnv() : this.hostEnv(),
    };
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
  }

  /**
   * Lets a workload connect: sets the variables of `connectionEnv` in each container that it has by now, and writes NetworkPolicies for
   * both sides, which open what its way to connect needs: the server, the data link, sentinels and servers, or all members of a cluster.
   *
   * @param client the workload to let in. Throws if it has no containers yet, if one of them has another value for a variable, or if it
   *   is in another namespace and no credentials are given.
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: RedisGrantOptions = {}): void {
    requireClient(this, client);
    const { secret } = this.credentialsOf(options);
    requireReadableSecret(this, client, {
      product: this.name, secret, given: options.credentials !== undefined, todo: 'grantConnect(client, { credentials: RedisCredentials.fromSecret(copy) })',
    });
    const variables = this.connectionEnv(options);
    requireVariables(client, variables, OTHER_NAMES); // before there are policies
    const { sentinel = this.speaksSentinel } = options;
    if (this.dataLink !== undefined && !sentinel) this.dataLink.grant(client, options);
    else this.assembly.grant(client, [...this.serverEndpoints(), ...sentinel ? [sentinelEndpoint(this.model.names)] : []], options);
    setVariables(client, variables, OTHER_NAMES);
  }

  /** Whether clients have to, as there is no data link. */
  private get speaksSentinel(): boolean {
    return this.sentinels !== undefined && this.dataLink === undefined;
  }

  private serverEndpoints(): Endpoint[] {
    const { names, layout } = this.model;
    return layout.kind === 'cluster' ? shardNames(names, layout).map(shardEndpoint) : [serversEndpoint(this.model)];
  }

  private hostEnv(): { [name: string]: kplus.EnvValue } {
    if (this.speaksSentinel) {
      throw conflict(this, 'a client is told not to ask the sentinels, but there is no data link that leads to the master', "Leave 'sentinel: false' or 'dataLink: false' out.");
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
      throw conflict(this, 'a client is told to ask the sentinels, but there are none', "Leave 'sentinel' out, or use RedisTopology.sentinel().");
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
    this.assembly.setOf(model.names)._grantPorts(link, [REDIS_PORT], { egress: this.props.egress ?? false });
    return link;
  }
}

/** How long the name of a database may be, with what follows it in the names of its sets. */
function longestName(kind: RedisLayout['kind'] = 'standalone'): number {
  switch (kind) {
    case 'standalone': return MAX_SET_NAME;
    case 'sentinel': return MAX_SET_NAME - SENTINEL_SUFFIX.length - 1;
    case 'cluster': return MAX_SET_NAME - SHARD_SUFFIX.length - 1;
  }
}
