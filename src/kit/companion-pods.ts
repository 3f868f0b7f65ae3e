import type { ApiObjectMetadata } from 'cdk8s';
import { recommendedLabels } from '../base/labels';
import type { FurtherPodSpec } from '../pod/pod-spec';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/**
 * The metadata of Pods that run for long beside the sets of a product, such as those of a proxy: what the user gave the members, without the labels
 * that select the members of a set that was taken over.
 */
export function companionMetadata(instance: string, { podLabels = {}, podAnnotations, identity }: StatefulPodsProps): ApiObjectMetadata {
  const selecting = identity?.selectorLabels ?? {};
  const labels = Object.entries(podLabels).filter(([key]) => selecting[key] === undefined);
  return { labels: { ...recommendedLabels(instance), ...Object.fromEntries(labels) }, annotations: podAnnotations };
}

/** The priority, the runtime and the scheduler of these Pods: those of the members. */
export function companionSpec({ priorityClassName, runtimeClassName, schedulerName }: StatefulPodsProps): FurtherPodSpec {
  return { priorityClassName, runtimeClassName, schedulerName };
}
