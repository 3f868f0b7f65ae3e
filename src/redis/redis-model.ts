import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { clusterSettings } from './cluster-conf';
import { requireListedConf } from './listed-conf';
import { renderRedisConf, requireConf } from './redis-conf';
import { RedisCredentials } from './redis-credentials';
import type { RedisDatabaseProps } from './redis-database-props';
import { RedisEviction } from './redis-eviction';
import { memoryShares } from './redis-memory';
import { type RedisLayout, RedisTopology } from './redis-topology';
import { renderUsers, requireUsers } from './redis-users';
import { RedisFlavor, RedisVersion } from './redis-version';
import { SENTINEL_SETTINGS } from './sentinel-conf';
import { conflict, invalid, requireOneOf } from '../base/errors';
import { mebibytes, requireSize } from '../base/quantity';
import { requireOwnData } from '../kit/product-storage';
import { requireVersion } from '../kit/version';
import type { StorageProps } from '../storage/storage-props';
import type { MemberNames } from '../workload/member-names';

const SENTINEL_RESOURCES: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(50) },
  memory: { request: Size.mebibytes(64), limit: Size.mebibytes(64) },
};

/** A database as plain values, with all checks done and all defaults resolved. */
export interface RedisModel<Layout extends RedisLayout = RedisLayout> {
  readonly names: MemberNames;
  readonly layout: Layout;
  readonly flavor: RedisFlavor;
  readonly image: string;
  readonly credentials: RedisCredentials;
  readonly users: { readonly [name: string]: RedisCredentials };
  readonly resources: kplus.ContainerResources;
  readonly sentinelResources: kplus.ContainerResources;
  readonly storage: StorageProps;
  readonly startupBudget: Duration;
  readonly terminationGrace: Duration;
  readonly clusterDomain: string;
  readonly redisConf: string;
  readonly usersAcl: string;
}

/** The total number of servers. */
export function serversOf(layout: RedisLayout): number {
  if (layout.kind === 'standalone') return 1;
  return layout.kind === 'cluster' ? layout.shards * (1 + layout.replicas) : 1 + layout.replicas;
}

/** The model of a database. Throws if a number, a size, a setting or a user is invalid. */
export function redisModel(where: Construct, names: MemberNames, props: RedisDatabaseProps): RedisModel {
  const { storage, config = {}, unlistedSettings = [], users = {}, renamedCommands = {} } = props;
  const { _layout: layout } = props.topology ?? RedisTopology.standalone();
  const version = versionOf(where, props);
  requireConf(where, config, renamedCommands);
  requireListedConf(where, version, config, unlistedSettings);
  requireUsers(where, users);
  const limit = props.resources?.memory?.limit ?? props.resources?.memory?.request ?? Size.gibibytes(1);
  const memory = memoryShares(where, mebibytes(limit), layout.kind !== 'standalone', config.maxmemory);
  requireRoom(where, storage, memory.maxmemory);
  requireOwnData(where, 'storage', storage, serversOf(layout), layout.kind === 'cluster'
    ? 'Each shard has its own keys: start with empty volumes, and import the data into the running cluster.'
    : 'Replicas copy the master: restore a standalone database, and replicate it to this one.');
  return {
    names,
    layout,
    flavor: version.flavor,
    image: props.image ?? version._image,
    credentials: props.credentials ?? RedisCredentials.fromSecret(kplus.Secret.fromSecretName(where, 'Credentials', `${names.set}-credentials`)),
    users: Object.fromEntries(Object.entries(users).sort(([a], [b]) => a < b ? -1 : 1).map(([name, { credentials }]) => [name, credentials])),
    resources: {
      ...props.resources,
      cpu: props.resources?.cpu ?? { request: kplus.Cpu.millis(250) },
      memory: { request: props.resources?.memory?.request ?? limit, limit },
    },
    sentinelResources: props.sentinelResources ?? SENTINEL_RESOURCES,
    storage,
    startupBudget: startupBudgetOf(where, props.startupBudget, memory.maxmemory),
    terminationGrace: props.terminationGrace ?? Duration.seconds(60),
    clusterDomain: props.clusterDomain ?? 'cluster.local',
    redisConf: renderRedisConf({
      memory,
      eviction: requireOneOf(where, 'eviction', props.eviction ?? RedisEviction.NONE, Object.values(RedisEviction)),
      minReplicasToWrite: layout.kind === 'standalone' ? undefined : layout.minReplicasToWrite,
      topology: topologySettings(layout),
      renamedCommands,
      config,
    }),
    usersAcl: renderUsers(users),
  };
}

function topologySettings(layout: RedisLayout): { readonly [name: string]: string } {
  switch (layout.kind) {
    case 'standalone': return {};
    case 'sentinel': return SENTINEL_SETTINGS;
    case 'cluster': return clusterSettings(layout);
  }
}

function versionOf(where: Construct, { flavor, version }: RedisDatabaseProps): RedisVersion {
  if (flavor !== undefined) requireOneOf(where, 'flavor', flavor, Object.values(RedisFlavor));
  if (version === undefined) return RedisVersion._defaultOf(flavor ?? RedisFlavor.REDIS);
  requireVersion(where, version, RedisVersion);
  if (flavor !== undefined && flavor !== version.flavor) {
    throw conflict(where, `'flavor' is ${flavor}, but 'version' is a release of ${version.flavor}`, "Omit 'flavor': the version determines it.");
  }
  return version;
}

/** The append-only file can grow to twice the size of the data, and a rewrite adds another copy. */
function requireRoom(where: Construct, storage: StorageProps, maxmemory: number): void {
  requireSize(where, 'storage.size', storage.size);
  if (mebibytes(storage.size) >= 3 * maxmemory) return;
  throw invalid(where, {
    property: 'storage.size',
    got: `${mebibytes(storage.size)}Mi`,
    expected: `at least ${3 * maxmemory}Mi, three times the 'maxmemory' of ${maxmemory} MiB`,
    hint: "A full volume stops all writes. Use a larger volume, or lower 'config.maxmemory' or the memory limit.",
  });
}

function startupBudgetOf(where: Construct, given: Duration | undefined, maxmemory: number): Duration {
  const budget = given ?? Duration.seconds(300 + Math.ceil(maxmemory / 10));
  if (budget.toSeconds({ integral: false }) < 60) {
    throw invalid(where, { property: 'startupBudget', got: budget.toHumanString(), expected: 'at least one minute', hint: 'The server loads its data from disk before it answers.' });
  }
  return budget;
}
