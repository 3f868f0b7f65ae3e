import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { conflict, invalid, requireInteger } from './errors';

/** The name of a port as a Service shows it: its own, else protocol and number. */
export function portName(port: kplus.ContainerPort): string {
  return port.name ?? `${(port.protocol ?? kplus.Protocol.TCP).toLowerCase()}-${port.number}`;
}

/**
 * Throws unless a port's number and name are ones that a container and a Service may have.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
 */
export function requirePort(where: IConstruct, port: kplus.ContainerPort): void {
  requireInteger(where, 'port number', port.number, 1, 65535);
  const name = port.name;
  if (name !== undefined && (name.length > 15 || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || !/[a-z]/.test(name))) {
    throw invalid(where, {
      property: 'port name',
      got: name,
      expected: "at most 15 characters: lower-case letters (at least one), digits and single '-' between them",
    });
  }
}

/** The ports that the containers of a Pod declare, each once. Throws if two of them have one name. */
export function portsOf(pod: kplus.AbstractPod): kplus.ContainerPort[] {
  const byNumber = new Map<string, kplus.ContainerPort>();
  for (const port of [...pod.containers, ...pod.initContainers].flatMap(container => container.ports)) {
    byNumber.set(`${port.number}/${port.protocol ?? kplus.Protocol.TCP}`, port);
  }
  const byName = new Map<string, kplus.ContainerPort>();
  for (const port of byNumber.values()) {
    const other = byName.get(portName(port));
    if (other !== undefined) {
      throw conflict(pod, `ports ${other.number} and ${port.number} are both named '${portName(port)}'`, 'A Service needs a name for each: give them different names.');
    }
    byName.set(portName(port), port);
  }
  return [...byNumber.values()];
}
