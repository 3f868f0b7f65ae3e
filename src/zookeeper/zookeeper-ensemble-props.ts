import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { ZooKeeperVersion } from './zookeeper-version';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StorageProps } from '../storage/storage-props';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** Properties of a ZooKeeper ensemble. */
export interface ZooKeeperEnsembleProps extends StatefulPodsProps {
  /** The storage of each member. */
  readonly storage: StorageProps;

  /**
   * The storage of each member's transaction log, as a second volume. A write is acknowledged once the log is on disk, so a
   * dedicated device makes writes faster. A `retention` that differs from that of `storage` throws.
   *
   * Choose it when you create the ensemble: ZooKeeper does not start if the log of existing data is in another directory.
   *
   * @default - the log is on the volume of `storage`
   */
  readonly logStorage?: StorageProps;

  /**
   * The number of members: 1, 3, 5 or 7. A majority must be up, so 3 members tolerate the loss of one.
   *
   * You can increase it by any step and decrease it by two at a time: new members join without a restart of the others, and
   * removed members leave the ensemble. From 3 to 1, remove the two members from the ensemble first: see docs/zookeeper.md.
   *
   * @default 3
   */
  readonly members?: number;

  /**
   * The ZooKeeper release.
   *
   * @default ZooKeeperVersion.V3_9
   */
  readonly version?: ZooKeeperVersion;

  /**
   * The image to run instead of the official one. It must have the same paths and user as the official image.
   *
   * @default - the official image of `version`
   */
  readonly image?: string;

  /**
   * Settings of `zoo.cfg`, by ZooKeeper's names. They override these defaults: `tickTime` 2000, `initLimit` 10, `syncLimit` 5,
   * `maxClientCnxns` 60, `autopurge.purgeInterval` 1, `autopurge.snapRetainCount` 3, `4lw.commands.whitelist`
   * conf,mntr,ruok,srvr and `admin.enableServer` false. Settings that are derived from other properties or could lose data
   * throw. `jute.maxbuffer` is passed as a Java property, because ZooKeeper does not read it from `zoo.cfg`.
   *
   * ZooKeeper accepts any name, because its plugins can have settings. A name that differs from that of a known setting by one or two
   * characters throws. docs/versions.md lists the releases whose settings are known here; the names of others are not checked.
   *
   * @default - the defaults above
   * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_configuration
   */
  readonly config?: { [key: string]: string };

  /**
   * The names in `config` to accept although they are almost that of a known setting.
   *
   * @default - none
   */
  readonly unlistedSettings?: string[];

  /**
   * The compute resources of each member. The heap size is derived from the memory limit, which must be at least 384 MiB.
   *
   * @default - memory request and limit of 1 GiB; CPU request of 250m, no CPU limit
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * The Java heap of each member, at most the memory limit minus 256 MiB.
   *
   * @default - three quarters of the memory limit, or the memory limit minus 256 MiB if that is less
   */
  readonly heap?: Size;

  /**
   * The security settings of the Pods.
   *
   * @default - Pod Security "restricted", with user and group 1000, as in the official image
   */
  readonly security?: PodSecurityProps;
}
