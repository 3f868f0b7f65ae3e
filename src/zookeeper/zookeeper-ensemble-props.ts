import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ZooKeeperVersion } from './zookeeper-version';
import { StorageProps } from '../storage/storage-props';
import { StatefulPodsProps } from '../workload/stateful-pods-props';

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
   * New members are empty, and ZooKeeper lets any majority lead. So add no more than two at a time, to at least three,
   * while all members are in sync and no client writes; never go from 1 to 3 with data that you need.
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
   * mntr,ruok,srvr and `admin.enableServer` false. What follows from the other properties is refused here.
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
}
