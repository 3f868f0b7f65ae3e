import type * as kplus from 'cdk8s-plus-28';
import type { PodSecurityProps } from './pod-security-props';
import { restrictedPodSpec } from './restricted';
import { type RendersStandIns, standInsOf, withDevices, withoutStandIns } from './stand-ins';

/** The fields of a Pod spec that cdk8s-plus does not render. */
export type FurtherPodSpec = Pick<kplus.k8s.PodSpec,
  'enableServiceLinks' | 'priorityClassName' | 'runtimeClassName' | 'schedulerName' | 'shareProcessNamespace' | 'topologySpreadConstraints'>;

/** The complete spec of a Pod: what cdk8s-plus rendered, what it does not support, and the restricted defaults. */
export function completePodSpec(
  pod: kplus.AbstractPod & RendersStandIns, rendered: kplus.k8s.PodSpec, further: FurtherPodSpec, security?: PodSecurityProps,
): kplus.k8s.PodSpec {
  const standIns = standInsOf(pod);
  const { containers, initContainers, volumes } = rendered;
  const complete = {
    ...rendered,
    ...further,
    containers: withDevices(standIns, containers),
    initContainers: initContainers && withDevices(standIns, initContainers),
    volumes: withoutStandIns(standIns, volumes),
  };
  return restrictedPodSpec(complete, security);
}
