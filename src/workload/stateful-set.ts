import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Identity } from './identity';
import type { MemberNames } from './member-names';
import { type Members, MembersKind } from './members';
import { Placement } from './placement';
import type { StatefulWorkloadProps } from './stateful-workload-props';
import { requireInteger } from '../base/errors';
import { recommendedLabels } from '../base/labels';
import { RenderedStatefulSet } from '../pod/rendered-stateful-set';
import { ClaimRetention } from '../storage/volume-retention';

/** The resolved parts of a set, before the set is created. */
export interface SetParts {
  readonly name: string;
  readonly members: Members;
  readonly names: MemberNames;
  readonly identity: Identity;
  /** The number of replicas, evaluated when the set is rendered; undefined if an autoscaler determines it. */
  readonly replicas: () => number | undefined;
}

/** Creates the StatefulSet of a workload, with all defaults resolved, but without containers and claims. Throws if a number is out of range. */
export function createSet(scope: Construct, props: StatefulWorkloadProps, parts: SetParts): RenderedStatefulSet {
  const { name, members, names, identity, replicas } = parts;
  const { selectorLabels, address, claimLabels, claimOrder } = identity;
  const seconds = (property: string, duration: Duration) => requireInteger(scope, `${property} in seconds`, duration.toSeconds({ integral: false }), 0);
  return new RenderedStatefulSet(scope, 'Resource', {
    name,
    labels: recommendedLabels(name),
    selectorLabels,
    address,
    claimLabels,
    claimOrder,
    replicas,
    spec: {
      serviceName: names.headlessService,
      ordinals: names.firstOrdinal === 0 ? undefined : { start: names.firstOrdinal },
      podManagementPolicy: props.podManagement ?? props.identity?.podManagement ?? podManagementOf(members),
      updateStrategy: (props.updateStrategy ?? kplus.StatefulSetUpdateStrategy.rollingUpdate())._toKube(),
      minReadySeconds: seconds('minReady', props.minReady ?? Duration.seconds(0)),
      revisionHistoryLimit: requireInteger(scope, 'revisionHistoryLimit', props.revisionHistoryLimit ?? 10, 0),
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: props.retention?.whenDeleted ?? ClaimRetention.RETAIN,
        whenScaled: props.retention?.whenScaled ?? ClaimRetention.RETAIN,
      },
    },
    podSpec: {
      priorityClassName: props.priorityClassName,
      runtimeClassName: props.runtimeClassName,
      schedulerName: props.schedulerName,
      enableServiceLinks: props.enableServiceLinks,
      shareProcessNamespace: props.shareProcessNamespace,
      topologySpreadConstraints: (props.placement ?? Placement.spread())._spreadConstraints(selectorLabels),
    },
    podMetadata: { labels: { ...recommendedLabels(name), ...props.podLabels }, annotations: props.podAnnotations },
    rollOnConfigChange: props.rollOnConfigChange ?? true,
    security: props.security,
    serviceAccount: props.serviceAccount,
    automountServiceAccountToken: props.automountServiceAccountToken,
    dockerRegistryAuth: props.dockerRegistryAuth,
    hostNetwork: props.hostNetwork,
    dns: props.hostNetwork ? { policy: kplus.DnsPolicy.CLUSTER_FIRST_WITH_HOST_NET, ...props.dns } : props.dns,
    terminationGracePeriod: Duration.seconds(seconds('terminationGrace', props.terminationGrace ?? Duration.seconds(60))),
  });
}

/** The members of a quorum become ready together, so they start together. */
function podManagementOf({ kind }: Members): kplus.PodManagementPolicy {
  return kind === MembersKind.QUORUM ? kplus.PodManagementPolicy.PARALLEL : kplus.PodManagementPolicy.ORDERED_READY;
}
