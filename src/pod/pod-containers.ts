import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { requireContainer } from './container-input';
import type { PodContainerProps } from './pod-container-props';
import { containersOf } from './pod-contents';
import type { PodSecurityProps } from './pod-security-props';
import { requirePorts } from './ports';
import { requireNoProbes, requireProbes } from './probe-input';
import { RenderedContainer } from './rendered-container';
import { containerSecurityContext, containerWithDefaults, initContainerWithDefaults } from './restricted';
import { conflict } from '../base/errors';
import { requireDnsLabel } from '../base/names';

/** Creates a container of a Pod of this library: validated, and restricted unless the container or the Pod is configured otherwise. */
export function podContainer(
  where: IConstruct, pod: kplus.AbstractPod, given: PodContainerProps, security?: PodSecurityProps,
): kplus.Container {
  const props = ownCopy(given, pod, security);
  const name = props.name ?? 'main';
  requireFreeContainerName(where, pod, name);
  if (props.restartPolicy !== undefined) {
    throw conflict(where, `the container '${name}' has a 'restartPolicy', which only init containers have`, 'Add a sidecar with addInitContainer().');
  }
  requireContainer(where, pod, props);
  requirePorts(where, pod, props);
  return createContainer(where, containerWithDefaults(props));
}

/** Creates an init container or a sidecar. */
export function podInitContainer(
  where: IConstruct, pod: kplus.AbstractPod, given: PodContainerProps, security?: PodSecurityProps,
): kplus.Container {
  const props = ownCopy(given, pod, security);
  const name = props.name ?? `init-${pod.initContainers.length}`;
  requireFreeContainerName(where, pod, name);
  requireContainer(where, pod, props);
  const runsAlone = props.restartPolicy === undefined;
  requirePorts(where, pod, props, runsAlone);
  if (runsAlone) requireNoProbes(where, name, props);
  return createContainer(where, initContainerWithDefaults({ ...props, name }));
}

function createContainer(where: IConstruct, props: PodContainerProps): kplus.Container {
  const container = new RenderedContainer(props);
  requireProbes(where, container, props);
  return container;
}

/** The error for attaching an existing container, which bypasses validation and defaults. */
export function attached(where: IConstruct, { name }: kplus.Container): Error {
  return conflict(where, `the container '${name}' is attached, so the restricted defaults cannot be applied`, 'Pass its properties to addContainer() instead.');
}

/**
 * The properties with their security context, and with copies of what cdk8s-plus modifies when mounts or variables are
 * added: two containers with the same properties must not share it.
 */
function ownCopy(props: PodContainerProps, pod: kplus.AbstractPod, security?: PodSecurityProps): PodContainerProps {
  const { volumeMounts, envVariables, envFrom } = props;
  return {
    ...props,
    volumeMounts: volumeMounts && [...volumeMounts],
    envVariables: envVariables && { ...envVariables },
    envFrom: envFrom && [...envFrom],
    securityContext: containerSecurityContext(props.securityContext, pod.securityContext, security?.restricted),
  };
}

/** Throws unless `name` is a valid container name and not taken in this Pod. */
function requireFreeContainerName(where: IConstruct, pod: kplus.AbstractPod, name: string): void {
  requireDnsLabel(where, 'container name', name);
  if (containersOf(pod).some(container => container.name === name)) {
    throw conflict(where, `the container name '${name}' is already taken in this Pod`, "Set another 'name' for the second container.");
  }
}
