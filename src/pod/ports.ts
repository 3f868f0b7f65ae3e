import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { runningContainersOf } from './pod-contents';
import { conflict, invalid, requireInteger } from '../base/errors';

/** The name of a port in a Service: its own name, or the protocol and the number. */
export function portName(port: kplus.ContainerPort): string {
  return port.name ?? `${(port.protocol ?? kplus.Protocol.TCP).toLowerCase()}-${port.number}`;
}

/**
 * Throws unless the ports of a new container are valid for containers and Services, and not taken: containers that run
 * at the same time share one network.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
 */
export function requirePorts(where: IConstruct, pod: kplus.AbstractPod, props: Pick<kplus.ContainerProps, 'port' | 'portNumber' | 'ports'>, runsAlone = false): void {
  const number = props.portNumber ?? props.port;
  const taken = runsAlone ? new Map<string, kplus.Container>() : portsOfRunning(pod);
  const ports: kplus.ContainerPort[] = [...number === undefined ? [] : [{ number }], ...props.ports ?? []];
  for (const [i, port] of ports.entries()) {
    requirePort(where, port);
    requireHostPort(where, pod, port);
    requireApart(where, port, ports.slice(0, i));
    const other = taken.get(numberOf(port));
    if (other !== undefined) {
      throw conflict(where, `the port ${numberOf(port)} is already taken in this Pod by the container '${other.name}'`,
        'Containers of a Pod share its network, so the second could not listen: change the port of one of them.');
    }
  }
}

function requireHostPort(where: IConstruct, { hostNetwork }: kplus.AbstractPod, { number, hostPort = number }: kplus.ContainerPort): void {
  if (!hostNetwork || hostPort === number) return;
  throw invalid(where, { property: 'hostPort', got: hostPort, expected: `${number}, the port of the container`, hint: 'They are the same on the network of the node: omit it.' });
}

/** The containers that run at the same time, by port. */
function portsOfRunning(pod: kplus.AbstractPod): Map<string, kplus.Container> {
  const taken = new Map<string, kplus.Container>();
  for (const container of runningContainersOf(pod)) {
    for (const port of container.ports) taken.set(numberOf(port), container);
  }
  return taken;
}

/** The key that identifies a port of a Pod: `53/UDP`. */
export function numberOf({ number, protocol = kplus.Protocol.TCP }: kplus.ContainerPort): string {
  return `${number}/${protocol}`;
}

function requirePort(where: IConstruct, port: kplus.ContainerPort): void {
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

/** Throws unless the ports are valid for a Service, with distinct names. */
export function requireServicePorts(where: IConstruct, ports: kplus.ContainerPort[]): void {
  for (const port of ports) requirePort(where, port);
  requireOwnNames(where, ports);
}

function requireApart(where: IConstruct, port: kplus.ContainerPort, others: kplus.ContainerPort[]): void {
  const number = others.find(other => numberOf(other) === numberOf(port));
  const name = others.find(other => other.name !== undefined && other.name === port.name);
  if (number !== undefined) throw conflict(where, `the port ${numberOf(port)} is declared twice by one container`, 'Declare it once.');
  if (name !== undefined) throw conflict(where, `the ports ${name.number} and ${port.number} of one container are both named '${port.name}'`, 'Use different names.');
}

/** The declared ports of the containers of a running Pod, each once, with distinct names for a Service. */
export function portsOf(pod: kplus.AbstractPod): kplus.ContainerPort[] {
  const byNumber = new Map<string, kplus.ContainerPort>();
  for (const port of runningContainersOf(pod).flatMap(container => container.ports)) {
    byNumber.set(numberOf(port), port);
  }
  const ports = withOwnNames([...byNumber.values()]);
  requireOwnNames(pod, ports);
  return ports;
}

/** Two containers may use the same port name, but a Service needs distinct names: the second is named as if it had none. */
function withOwnNames(ports: kplus.ContainerPort[]): kplus.ContainerPort[] {
  const first = (name: string) => ports.find(port => port.name === name);
  return ports.map(port => port.name === undefined || first(port.name) === port ? port : { ...port, name: undefined });
}

function requireOwnNames(where: IConstruct, ports: Iterable<kplus.ContainerPort>): void {
  const byName = new Map<string, kplus.ContainerPort>();
  for (const port of ports) {
    const other = byName.get(portName(port));
    if (other !== undefined) {
      throw conflict(where, `ports ${other.number} and ${port.number} are both named '${portName(port)}'`, 'A Service needs distinct names: change one of them.');
    }
    byName.set(portName(port), port);
  }
}
