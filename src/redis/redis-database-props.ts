import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { RedisCredentials } from './redis-credentials';
import type { RedisEviction } from './redis-eviction';
import type { RedisTopology } from './redis-topology';
import type { RedisUserProps } from './redis-user-props';
import type { RedisFlavor, RedisVersion } from './redis-version';
import type { RestoreSource } from '../backup/restore-source';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { GrantOptions } from '../workload/grant-options';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/**
 * Properties of a Redis or Valkey database.
 *
 * With sentinels or in a cluster, `name` may have at most 43 characters. `disruption` applies to the servers, and in a cluster to
 * each shard.
 */
export interface RedisDatabaseProps extends StatefulPodsProps {
  /**
   * The storage of each server: at least three times `maxmemory`, because a rewrite of the append-only file needs room next to
   * the existing file. The access mode is ReadWriteOnce or ReadWriteOncePod.
   */
  readonly storage: StorageProps;

  /**
   * The backup that a new database starts with. It is restored only into a database that has no data in any member, never over existing data. A
   * cluster starts with a backup of a cluster of as many shards.
   *
   * @default - the database starts empty
   */
  readonly restoreFrom?: RestoreSource;

  /**
   * The replication topology of the servers.
   *
   * @default RedisTopology.standalone()
   */
  readonly topology?: RedisTopology;

  /**
   * The product: Redis or Valkey.
   *
   * @default - the product of `version`, or RedisFlavor.REDIS
   */
  readonly flavor?: RedisFlavor;

  /**
   * The release of the product.
   *
   * @default - RedisVersion.REDIS_8_0, or RedisVersion.VALKEY_8_1 with RedisFlavor.VALKEY
   */
  readonly version?: RedisVersion;

  /**
   * The image to run instead of the official one. It must have the same paths and user as the official image.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * The password of the `default` user, which has full access. The servers also use it to authenticate to each other.
   *
   * @default - the key `password` of an existing Secret `<name>-credentials`
   */
  readonly credentials?: RedisCredentials;

  /**
   * Additional ACL users, by name: letters, digits, `-` and `_`, not beginning with `stateful-`.
   *
   * @default - none
   */
  readonly users?: { [name: string]: RedisUserProps };

  /**
   * The eviction policy when the data reaches `maxmemory`.
   *
   * @default RedisEviction.NONE
   */
  readonly eviction?: RedisEviction;

  /**
   * New names of commands; an empty name disables the command, as in `{ FLUSHALL: '' }`. Commands that the servers, the probes or
   * the sentinels use throw. Prefer ACL rules (`users`), which can distinguish between users.
   *
   * @default - none
   */
  readonly renamedCommands?: { [command: string]: string };

  /**
   * Settings of the servers, by Redis' names. They override these defaults: the append-only file is enabled and synced to disk
   * every second; snapshots (`save`) are off; `maxmemory` is half of the memory limit that remains after replication buffers.
   * Settings that are derived from other properties throw.
   *
   * With `appendfsync` set to 'always', a write is on disk before it is acknowledged. With the default 'everysec', losing a node
   * loses up to two seconds of writes, and killing the server loses the writes that it acknowledged while it was syncing the file.
   *
   * Throws if the release has no such setting. docs/versions.md lists the releases whose settings are known here; the names of others are not
   * checked.
   *
   * @default - the defaults above
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
   */
  readonly config?: { [name: string]: string };

  /**
   * The names in `config` to accept although the release is not known to have them, such as those that are new in a patch release.
   *
   * @default - none
   */
  readonly unlistedSettings?: string[];

  /**
   * The compute resources of each server. `maxmemory` is derived from the memory limit, which must be at least 128 MiB.
   *
   * @default - memory request and limit of 1 GiB; CPU request of 250m, no CPU limit
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * The compute resources of each sentinel.
   *
   * @default - memory request and limit of 64 MiB; CPU request of 50m, no CPU limit
   */
  readonly sentinelResources?: kplus.ContainerResources;

  /**
   * How long a server may take to load its data before the kubelet restarts it, at least one minute.
   *
   * @default - five minutes plus one second for each 10 MiB of `maxmemory`
   */
  readonly startupBudget?: Duration;

  /**
   * The security settings of the Pods.
   *
   * @default - Pod Security "restricted", with user and group 999, as in the official images, and 99 for HAProxy
   */
  readonly security?: PodSecurityProps;

  /**
   * The HAProxy image of the data link.
   *
   * @default - the official image of HAProxy 3.0
   */
  readonly dataLinkImage?: string;
}

/** Options for the environment variables of a client. */
export interface RedisConnectionOptions {
  /**
   * The prefix of the variables, for clients of several databases: letters, digits and `_`, not starting with a digit.
   *
   * @default 'REDIS_'
   */
  readonly prefix?: string;

  /**
   * The user to connect as, one of `users`.
   *
   * @default - the `default` user
   */
  readonly user?: string;

  /**
   * Whether the client supports Sentinel: it asks the sentinels for the address of the master and connects to it. Throws if true
   * without sentinels, or if false without a data link.
   *
   * @default - true with sentinels and without a data link, otherwise false
   */
  readonly sentinel?: boolean;

  /**
   * The password, from a Secret in the namespace of the client.
   *
   * @default - the Secret of the user, which only clients in the namespace of the database can use
   */
  readonly credentials?: RedisCredentials;
}

/** Options for granting a client access to a database. */
export interface RedisGrantOptions extends RedisConnectionOptions, GrantOptions {}
