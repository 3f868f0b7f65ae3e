import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { RedisCredentials } from './redis-credentials';
import type { RedisEviction } from './redis-eviction';
import type { RedisTopology } from './redis-topology';
import type { RedisUserProps } from './redis-user-props';
import type { RedisFlavor, RedisVersion } from './redis-version';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { GrantOptions } from '../workload/grant-options';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** Properties of a Redis or Valkey database. With sentinels, and in a cluster, the `name` may have at most 43 characters. `disruption` is about the servers; in a cluster, about those of each shard. */
export interface RedisDatabaseProps extends StatefulPodsProps {
  /**
   * The volume of each server: at least three times the data, as the append-only file is rewritten beside the old one. Mounted by one
   * node at a time: ReadWriteOnce or ReadWriteOncePod.
   */
  readonly storage: StorageProps;

  /**
   * How the servers stand to each other.
   *
   * @default RedisTopology.standalone()
   */
  readonly topology?: RedisTopology;

  /**
   * Redis or Valkey.
   *
   * @default - that of `version`, else RedisFlavor.REDIS
   */
  readonly flavor?: RedisFlavor;

  /**
   * The release.
   *
   * @default - RedisVersion.REDIS_8_0, or RedisVersion.VALKEY_8_1 with RedisFlavor.VALKEY
   */
  readonly version?: RedisVersion;

  /**
   * The image to run instead of the official one, from which it must not differ in paths and user.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * The password of the account `default`, which may do everything; the servers use it among themselves too.
   *
   * @default - key `password` of an existing Secret `<name>-credentials`
   */
  readonly credentials?: RedisCredentials;

  /**
   * Further accounts, by name: letters, digits, `-` and `_`.
   *
   * @default - none
   */
  readonly users?: { [name: string]: RedisUserProps };

  /**
   * What happens when the data has reached `maxmemory`.
   *
   * @default RedisEviction.NONE
   */
  readonly eviction?: RedisEviction;

  /**
   * Other names of commands: `{ FLUSHALL: '' }` disables one. Not of those that the servers, the probes and the sentinels need. Access
   * lists (`users`) are the better way: they can say who may.
   *
   * @default - none
   */
  readonly renamedCommands?: { [command: string]: string };

  /**
   * Settings by Redis' own names, over our defaults: the append-only file is on and written to disk every second, with snapshots (`save`)
   * off; `maxmemory` is half of what the memory limit leaves. What follows from the other properties is refused here.
   *
   * With `appendfsync` 'always' a write is on disk before it is acknowledged; with our 'everysec' the loss of a node loses up
   * to two seconds.
   *
   * @default - our defaults
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
   */
  readonly config?: { [name: string]: string };

  /**
   * What each server may use. `maxmemory` follows from the memory limit, which must be at least 128 MiB.
   *
   * @default - 1 GiB of memory, requested and at most; a quarter of a cpu requested, no limit
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * What each sentinel may use.
   *
   * @default - 64 MiB of memory, requested and at most; a twentieth of a cpu requested, no limit
   */
  readonly sentinelResources?: kplus.ContainerResources;

  /**
   * How long a server may take to load its data until the kubelet restarts it. At least one minute.
   *
   * @default - five minutes, and a second for each 10 MiB of `maxmemory`
   */
  readonly startupBudget?: Duration;

  /**
   * Users, groups and profiles of the Pods.
   *
   * @default - Pod Security "restricted", with the user and group 999 of the official images, and 99 for HAProxy
   */
  readonly security?: PodSecurityProps;

  /**
   * The image of HAProxy, for the data link.
   *
   * @default - the official image of HAProxy 3.0
   */
  readonly dataLinkImage?: string;
}

/** How the variables of a client are called, and which account it uses. */
export interface RedisConnectionOptions {
  /**
   * What the variables begin with, in place of `REDIS_`: letters, digits and `_`, not beginning with a digit. For clients of several
   * databases.
   *
   * @default 'REDIS_'
   */
  readonly prefix?: string;

  /**
   * The account: one of `users`.
   *
   * @default - the account `default`
   */
  readonly user?: string;

  /**
   * Whether the client speaks Sentinel: it asks the sentinels for the master and connects to it. Throws if there are no sentinels,
   * and if it is false where there is no data link.
   *
   * @default - only if there is no data link
   */
  readonly sentinel?: boolean;

  /**
   * The password, from a Secret in the client's namespace.
   *
   * @default - that of the account, which only clients in the namespace of the database can read
   */
  readonly credentials?: RedisCredentials;
}

/** How a client is granted access. */
export interface RedisGrantOptions extends RedisConnectionOptions, GrantOptions {}
