import type * as kplus from 'cdk8s-plus-28';

/** The security context of a set's Pods. */
export interface PodSecurityProps {
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
   * @default - the same number as `user`
   */
  readonly group?: number;

  /**
   * The group that owns the volumes.
   *
   * @default - the same number as `group`
   */
  readonly fsGroup?: number;

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
   * @default true
   */
  readonly ensureNonRoot?: boolean;

  /**
   * The seccomp profile of the Pod.
   *
   * @default - RuntimeDefault
   */
  readonly seccompProfile?: kplus.SeccompProfile;

  /**
   * Kernel parameters of the Pod.
   *
   * @default - none
   */
  readonly sysctls?: kplus.Sysctl[];
}
