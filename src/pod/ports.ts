import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { runningContainersOf } from './pod-contents';
import { conflict, invalid, requireInteger } from '../base/errors';

/** The name of a port as a Service shows it: its own, else protocol and number. */
export function portName(port: kplus.ContainerPort): string {
  return port.name ?? `${(port.protocol ?? kplus.Protocol.TCP).toLowerCase()}-${port.number}`;
}

/**
 * Throws unless the ports of a container that a Pod is to have are ones that a container and a Service may have, and free:
 * containers that run together share one network.
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
        'Containers of a Pod share its network, and the second could not listen: give one of them another port.');
    }
  }
}

function requireHostPort(where: IConstruct, { hostNetwork }: kplus.AbstractPod, { number, hostPort = number }: kplus.ContainerPort): void {
  if (!hostNetwork || hostPort === number) return;
  throw invalid(where, { property: 'hostPort', got: hostPort, expected: `${number}, the port of the container`, hint: 'On the network of the node they are one: leave it out.' });
}

/** Who has which port of those that run together. */
function portsOfRunning(pod: kplus.AbstractPod): Map<string, kplus.Container> {
  const taken = new Map<string, kplus.Container>();
  for (const container of runningContainersOf(pod)) {
    for (const port of container.ports) taken.set(numberOf(port), container);
  }
  return taken;
}

/** What tells the ports of a Pod apart: `53/UDP`. */
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

/** Throws unless a Service may have these ports: each by its own name. */
export function requireServicePorts(where: IConstruct, ports: kplus.ContainerPort[]): void {
  for (const port of ports) requirePort(where, port);
  requireOwnNames(where, ports);
}

function requireApart(where: IConstruct, port: kplus.ContainerPort, others: kplus.ContainerPort[]): void {
  const number = others.find(other => numberOf(other) === numberOf(port));
  const name = others.find(other => other.name !== undefined && other.name === port.name);
  if (number !== undefined) throw conflict(where, `the port ${numberOf(port)} is declared twice by one container`, 'Declare it once.');
  if (name !== undefined) throw conflict(where, `the ports ${name.number} and ${port.number} of one container are both named '${port.name}'`, 'Give them different names.');
}

/** The ports that the containers of a running Pod declare, each once, by names that a Service may show them by. */
export function portsOf(pod: kplus.AbstractPod): kplus.ContainerPort[] {
  const byNumber = new Map<string, kplus.ContainerPort>();
  for (const port of runningContainersOf(pod).flatMap(container => container.ports)) {
    byNumber.set(numberOf(port), port);
  }
  const ports = withOwnNames([...byNumber.values()]);
  requireOwnNames(pod, ports);
  return ports;
}

/** Two containers may name their ports alike, but a Service shows each by a name of its own: the second as if it had none. */
function withOwnNames(ports: kplus.ContainerPort[]): kplus.ContainerPort[] {
  const first = (name: string) => ports.find(port => port.name === name);
  return ports.map(port => port.name === undefined || first(port.name) === port ? port : { ...port, name: undefined });
}

function requireOwnNames(where: IConstruct, ports: Iterable<kplus.ContainerPort>): void {
  const byName = new Map<string, kplus.ContainerPort>();
  for (const port of ports) {
    const other = byName.get(portName(port));
    if (other !== undefined) {
      throw conflict(where, `ports ${other.number} and ${port.number} are both named '${portName(port)}'`, 'A Service needs a name for each: give them different names.');
    }
    byName.set(portName(port), port);
  }
}
