import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Members } from './members';
import type { StatefulPodsProps } from './stateful-pods-props';
import type { PodContainerProps } from '../pod/pod-container-props';
import type { PodSecurityProps } from '../pod/pod-security-props';
import type { ClaimTemplateProps } from '../storage/claim-template';
import type { VolumeRetention } from '../storage/volume-retention';

/** Properties of a stateful workload. */
export interface StatefulWorkloadProps extends StatefulPodsProps {
  /**
   * How many members there are, each working for itself. At least 0. Not together with `members`.
   *
   * 0 parks the set: nothing runs, Services lead nowhere, and the claims stay, so that the members come back with their data. It throws
   * if `retention` deletes claims when the set is scaled down.
   *
   * Leave it out for a set that an autoscaler scales.
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
  readonly containers?: PodContainerProps[];

  /**
   * Containers that run before the others.
   *
   * @default - none
   */
  readonly initContainers?: PodContainerProps[];

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
   * DNS settings of the Pods. `hostname` and `subdomain` throw: Kubernetes gives each member its own.
   *
   * @default - the cluster's; with `hostNetwork` the cluster's too, rather than the node's
   */
  readonly dns?: kplus.PodDnsProps;

  /**
   * Whether the Pods get a token for the Kubernetes API.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * Whether containers get variables such as `CACHE_SERVICE_HOST` for each Service of the namespace. Servers that read their configuration from
   * variables may take one of them for a setting.
   *
   * @default false
   */
  readonly enableServiceLinks?: boolean;

  /**
   * Whether containers of a Pod see and may signal each other's processes. The server is then not process 1 of its container, and
   * a container may read the environment and the files of another one.
   *
   * @default false
   */
  readonly shareProcessNamespace?: boolean;

  /**
   * Whether Pods use the network of their node: its addresses, and its ports, so that no two members with one port share a node. Pod Security
   * "restricted" and "baseline" refuse such Pods. NetworkPolicies have no effect on them, so `isolate: false` must be given too.
   *
   * @default false
   */
  readonly hostNetwork?: boolean;

  /**
   * Whether members have DNS names before they are ready. With `false` members find only those that are ready: a set whose
   * members need each other to become ready never starts.
   *
   * @default true
   */
  readonly publishNotReadyAddresses?: boolean;
}
