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
  if (props.restartPolicy !== undefined) {
    throw conflict(where, `the container '${props.name ?? 'main'}' has a 'restartPolicy', which only init containers have`, 'Add a sidecar with addInitContainer().');
  }
  requireContainer(where, pod, props);
  requirePorts(where, pod, props);
  return restrictedContainer(ownCopy(props), pod.securityContext.ensureNonRoot);
}

/** The same for one that runs before the others, or beside them as a sidecar. */
export function podInitContainer(where: IConstruct, pod: kplus.AbstractPod, props: kplus.ContainerProps): kplus.ContainerProps {
  const name = props.name ?? `init-${pod.initContainers.length}`;
  requireFreeContainerName(where, pod, name);
  requireContainer(where, pod, props);
  requirePorts(where, pod, props, props.restartPolicy === undefined);
  return restrictedInitContainer({ ...ownCopy(props), name }, pod.securityContext.ensureNonRoot);
}

/** What cdk8s-plus writes into when one mounts or adds variables: two containers made from the same properties must not share it. */
function ownCopy(props: kplus.ContainerProps): kplus.ContainerProps {
  const { volumeMounts, envVariables, envFrom } = props;
  return {
    ...props,
    volumeMounts: volumeMounts && [...volumeMounts],
    envVariables: envVariables && { ...envVariables },
    envFrom: envFrom && [...envFrom],
  };
}

/** Throws unless `name` is one that a container may have, and free in this Pod. */
export function requireFreeContainerName(where: IConstruct, { containers, initContainers }: kplus.AbstractPod, name: string): void {
  requireDnsLabel(where, 'container name', name);
  if ([...containers, ...initContainers].some(container => container.name === name)) {
    throw conflict(where, `the container name '${name}' is already taken in this Pod`, "Give the second container another 'name'.");
  }
}
