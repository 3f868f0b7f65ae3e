import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Members } from './members';
import type { StatefulPodsProps } from './stateful-pods-props';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { ClaimTemplateProps } from '../storage/claim-template';
import type { VolumeRetention } from '../storage/volume-retention';

/** Properties of a stateful workload. */
export interface StatefulWorkloadProps extends StatefulPodsProps {
  /**
   * How many members there are, each working for itself. At least 1. Not together with `members`.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * How many members there are and what holds them together. Not together with `replicas`.
   *
   * @default - `Members.replicas(replicas)`
   */
  readonly members?: Members;

  /**
   * The containers of each member.
   *
   * @default - none; add at least one with `addContainer`
   */
  readonly containers?: kplus.ContainerProps[];

  /**
   * Containers that run before the others.
   *
   * @default - none
   */
  readonly initContainers?: kplus.ContainerProps[];

  /**
   * Claim templates by name. To mount one, use `addClaim`, which returns it.
   *
   * @default - none
   */
  readonly claims?: { [name: string]: ClaimTemplateProps };

  /**
   * What becomes of the volumes when the set is deleted or scaled down.
   *
   * @default - both keep the claims, and so the data
   */
  readonly retention?: VolumeRetention;

  /**
   * Whether members start one after the other or all at once. A quorum that is ready only as a whole needs `PARALLEL`.
   *
   * @default - PARALLEL for a quorum, else ORDERED_READY
   */
  readonly podManagement?: kplus.PodManagementPolicy;

  /**
   * How long a member must be ready before it counts as available, in whole seconds.
   *
   * @default Duration.seconds(0)
   */
  readonly minReady?: Duration;

  /**
   * The ordinal of the first member. At least 0.
   *
   * @default 0
   */
  readonly ordinalStart?: number;

  /**
   * Users, groups and profiles of the Pods.
   *
   * @default - Pod Security "restricted", with the image's own user
   */
  readonly security?: PodSecurityProps;

  /**
   * DNS settings of the Pods.
   *
   * @default - the cluster's
   */
  readonly dns?: kplus.PodDnsProps;

  /**
   * Whether the Pods get a token for the Kubernetes API.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;
}
