import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { requireContainer } from './container-input';
import { conflict } from './errors';
import { requireDnsLabel } from './names';
import { requirePorts } from './ports';
import { restrictedContainer, restrictedInitContainer } from './restricted';

/** What a container of a Pod of ours is made of, whoever adds it: checked, and restricted unless it says otherwise. */
export function podContainer(where: IConstruct, pod: kplus.AbstractPod, props: kplus.ContainerProps): kplus.ContainerProps {
  requireFreeContainerName(where, pod, props.name ?? 'main');
  requireContainer(where, pod, props);
  requirePorts(where, pod, props);
  return restrictedContainer(props, pod.securityContext.ensureNonRoot);
}

/** The same for one that runs before the others, or beside them as a sidecar. */
export function podInitContainer(where: IConstruct, pod: kplus.AbstractPod, props: kplus.ContainerProps): kplus.ContainerProps {
  if (props.name !== undefined) requireFreeContainerName(where, pod, props.name);
  requireContainer(where, pod, props);
  requirePorts(where, pod, props, props.restartPolicy === undefined);
  return restrictedInitContainer(props, pod.securityContext.ensureNonRoot);
}

/** Throws unless `name` is one that a container may have, and free in this Pod. */
export function requireFreeContainerName(where: IConstruct, { containers, initContainers }: kplus.AbstractPod, name: string): void {
  requireDnsLabel(where, 'container name', name);
  if ([...containers, ...initContainers].some(container => container.name === name)) {
    throw conflict(where, `the container name '${name}' is already taken in this Pod`, "Give the second container another 'name'.");
  }
}
