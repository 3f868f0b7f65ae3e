import type * as kplus from 'cdk8s-plus-28';
import type { SeLinuxOptions } from './se-linux-options';

/** The security context of Pods. */
export interface PodSecurityProps {
  /**
   * Whether the Pods and their containers have the restricted defaults: those that Pod Security "restricted" requires,
   * and a read-only root file system. With `false`, they have the defaults of Kubernetes: the image's user, which may
   * be root, and a writable root file system. Explicit settings here and on containers apply in both cases. Use `false`
   * for a set that must run as it did before.
   *
   * @default true
   */
  readonly restricted?: boolean;

  /**
   * The user id of the containers. 0, which is root, requires `ensureNonRoot: false` and is not admitted by Pod
   * Security "restricted".
   *
   * @default - that of the image, which must be a number other than 0
   */
  readonly user?: number;

  /**
   * The group id of the containers.
   *
   * @default - the same as `user` with `groupFollowsUser`, otherwise that of the image
   */
  readonly group?: number;

  /**
   * The group that owns the volumes.
   *
   * @default - the same as `group`; without either, the ownership of volumes is not changed
   */
  readonly fsGroup?: number;

  /**
   * Whether `group` defaults to the same id as `user`. With `false`, containers run with the group that the image has
   * for the user, which is 0, the root group, if the image does not know the user.
   *
   * @default - the same as `restricted`
   */
  readonly groupFollowsUser?: boolean;

  /**
   * When the ownership of a volume is changed to `fsGroup`. ALWAYS traverses the whole volume at every start.
   *
   * @default kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH
   */
  readonly fsGroupChangePolicy?: kplus.FsGroupChangePolicy;

  /**
   * Supplemental groups of the containers.
   *
   * @default - none
   */
  readonly supplementalGroups?: number[];

  /**
   * Whether containers that would run as root are refused. A container can override this.
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
   * @default - chosen by the container runtime
   */
  readonly seLinuxOptions?: SeLinuxOptions;

  /**
   * The sysctls of the Pod.
   *
   * @default - none
   */
  readonly sysctls?: kplus.Sysctl[];
}
