import type * as kplus from 'cdk8s-plus-28';
import type { SeLinuxOptions } from './se-linux-options';

/** The security context of a set's Pods. */
export interface PodSecurityProps {
  /**
   * Whether the Pods and their containers get what Pod Security "restricted" demands, and a read-only root file system.
   * With `false` they run as Kubernetes runs a Pod that says nothing: as the image's user, which may be root, with a writable root file
   * system. What you say here and at each container holds either way. For a set that must run as it did before.
   *
   * @default true
   */
  readonly restricted?: boolean;

  /**
   * The user id that containers run as. 0, which is root, needs `ensureNonRoot: false` and is refused by Pod Security
   * "restricted".
   *
   * @default - the image's own, which must be a number other than 0
   */
  readonly user?: number;

  /**
   * The group id that containers run as.
   *
   * @default - the same number as `user`, if `groupFollowsUser`; else the image's own
   */
  readonly group?: number;

  /**
   * The group that owns the volumes.
   *
   * @default - the same number as `group`; with neither, the owner of a volume is not changed
   */
  readonly fsGroup?: number;

  /**
   * Whether `group` is the number of `user` where it is left out. With `false` containers run in the group that the image has for the user,
   * which is 0, root, where it does not know the user.
   *
   * @default - the same as `restricted`
   */
  readonly groupFollowsUser?: boolean;

  /**
   * When the ownership of a volume is changed to `fsGroup`. Always means a walk over the whole disk at every start.
   *
   * @default kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH
   */
  readonly fsGroupChangePolicy?: kplus.FsGroupChangePolicy;

  /**
   * Further groups of the containers.
   *
   * @default - none
   */
  readonly supplementalGroups?: number[];

  /**
   * Whether a container that would run as root is refused, unless the container itself says otherwise.
   *
   * @default - the same as `restricted`
   */
  readonly ensureNonRoot?: boolean;

  /**
   * The seccomp profile of the Pod.
   *
   * @default - RuntimeDefault; none if `restricted` is false
   */
  readonly seccompProfile?: kplus.SeccompProfile;

  /**
   * The SELinux context of all containers.
   *
   * @default - what the container runtime chooses
   */
  readonly seLinuxOptions?: SeLinuxOptions;

  /**
   * Kernel parameters of the Pod.
   *
   * @default - none
   */
  readonly sysctls?: kplus.Sysctl[];
}
