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
   * The number of members, which work independently of each other. At least 0. Cannot be combined with `members`.
   *
   * 0 parks the set: no Pods run, Services have no endpoints, and the claims are kept, so the members return with their
   * data. Throws if `retention` deletes claims when the set is scaled down.
   *
   * Omit it for a set that is scaled by an autoscaler.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * The number of members and how they depend on each other. Cannot be combined with `replicas`.
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
   * The init containers of each member.
   *
   * @default - none
   */
  readonly initContainers?: PodContainerProps[];

  /**
   * Claim templates by name. Mount each in a container: `claim(name)` returns it. Synthesis fails if no container mounts one.
   *
   * @default - none
   */
  readonly claims?: { [name: string]: ClaimTemplateProps };

  /**
   * What happens to the claims when the set is deleted or scaled down.
   *
   * @default - the claims, and so the data, are kept in both cases
   */
  readonly retention?: VolumeRetention;

  /**
   * Whether members start one after the other or all at once. A quorum, whose members become ready together, needs
   * `PARALLEL`.
   *
   * @default - PARALLEL for a quorum, otherwise ORDERED_READY
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
   * The security context of the Pods.
   *
   * @default - Pod Security "restricted", with the image's own user
   */
  readonly security?: PodSecurityProps;

  /**
   * DNS settings of the Pods. Throws on `hostname` and `subdomain`, which Kubernetes sets for each member.
   *
   * @default - those of the cluster, also with `hostNetwork`
   */
  readonly dns?: kplus.PodDnsProps;

  /**
   * Whether the Pods get a token for the Kubernetes API.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * Whether containers get environment variables such as `CACHE_SERVICE_HOST` for each Service of the namespace.
   * Servers that are configured with environment variables can mistake them for settings.
   *
   * @default false
   */
  readonly enableServiceLinks?: boolean;

  /**
   * Whether the containers of a Pod can see and signal each other's processes. The server is then not process 1 of its
   * container, and containers can read each other's environment and files.
   *
   * @default false
   */
  readonly shareProcessNamespace?: boolean;

  /**
   * Whether Pods use the network of their node, with its addresses and ports, so that no two members with the same port
   * can share a node. The Pod Security levels "restricted" and "baseline" do not admit such Pods. NetworkPolicies have
   * no effect on them, so `isolate: false` is required too.
   *
   * @default false
   */
  readonly hostNetwork?: boolean;

  /**
   * Whether members have DNS names before they are ready. With `false`, members can only find ready members, so a set
   * whose members need each other to become ready never starts.
   *
   * @default true
   */
  readonly publishNotReadyAddresses?: boolean;
}
