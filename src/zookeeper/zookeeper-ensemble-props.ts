import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { ZooKeeperVersion } from './zookeeper-version';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** Properties of a ZooKeeper ensemble. */
export interface ZooKeeperEnsembleProps extends StatefulPodsProps {
  /** The volume of each member. */
  readonly storage: StorageProps;

  /**
   * A second volume of each member, for the transaction log alone: a write is acknowledged when the log is on disk, so
   * a device that does nothing else makes writes faster. What becomes of the claims is said in `storage`;
   * a `retention` that differs throws.
   *
   * Decide at the beginning. ZooKeeper refuses to start if the log of old data lies elsewhere.
   *
   * @default - the log is on the volume of `storage`
   */
  readonly logStorage?: StorageProps;

  /**
   * How many members there are: 1, 3, 5 or 7. A majority must be up, so 3 survive the loss of one.
   *
   * It may change, upwards as far as you like and downwards by two at a time: new members join without a restart of the
   * others, and those that are gone are removed. From 3 to 1 the two that go must leave first; docs/zookeeper.md says how.
   *
   * @default 3
   */
  readonly members?: number;

  /**
   * The release of ZooKeeper.
   *
   * @default ZooKeeperVersion.V3_9
   */
  readonly version?: ZooKeeperVersion;

  /**
   * The image to run instead of the official one, from which it must not differ in paths and user.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * Settings of `zoo.cfg` by ZooKeeper's own names, over our defaults: `tickTime` 2000, `initLimit` 10, `syncLimit` 5,
   * `maxClientCnxns` 60, `autopurge.purgeInterval` 1, `autopurge.snapRetainCount` 3, `4lw.commands.whitelist`
   * conf,mntr,ruok,srvr and `admin.enableServer` false. What follows from the other properties or could lose data is
   * refused here. `jute.maxbuffer`, which ZooKeeper reads as a Java property only, becomes one.
   *
   * @default - our defaults
   * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_configuration
   */
  readonly config?: { [key: string]: string };

  /**
   * What each member may use. The heap follows from the memory limit, which must be at least 384 MiB.
   *
   * @default - 1 GiB of memory, requested and at most; a quarter of a cpu requested, no limit
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * The Java heap of each member.
   *
   * @default - three quarters of the memory limit, and at least 256 MiB below it
   */
  readonly heap?: Size;

  /**
   * Users, groups and profiles of the Pods.
   *
   * @default - Pod Security "restricted", with the user and group 1000 of the official image
   */
  readonly security?: PodSecurityProps;
}
