import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';
import { runningContainersOf } from '../pod/pod-contents';
import { portsOf } from '../pod/ports';

/** The ports that a client is granted: the given ones, or all that the containers have declared so far. Throws if there are none. */
export function requireDeclaredPorts(where: IConstruct, pods: kplus.AbstractPod, client: IConstruct, given?: number[]): kplus.ContainerPort[] {
  const declared = portsOf(pods);
  if (declared.length === 0) {
    throw conflict(where, `${client.node.path} is granted access, but the containers declare no ports`, "Set 'ports' of a container before you grant access.");
  }
  if (given === undefined) return declared;
  const expected = `a list of declared ports, which are ${numbersOf(declared)}`;
  if (given.length === 0) throw invalid(where, { property: 'ports', got: given, expected });
  for (const number of given) {
    if (!declared.some(port => port.number === number)) throw invalid(where, { property: 'ports', got: number, expected });
  }
  return declared.filter(({ number }) => given.includes(number));
}

/** The ports of these Pods for a scraper: the given one, or all that are named `metrics`. */
export function metricsPorts(pods: kplus.AbstractPod, given?: number): kplus.ContainerPort[] {
  return runningContainersOf(pods).flatMap(({ ports }) => ports)
    .filter(({ protocol = kplus.Protocol.TCP }) => protocol === kplus.Protocol.TCP)
    .filter(({ name, number }) => given === undefined ? name === 'metrics' : number === given);
}

/** Formats ports for an error: `7000, 7001`. */
export function numbersOf(ports: kplus.ContainerPort[]): string {
  return [...new Set(ports.map(({ number }) => number))].sort((a, b) => a - b).join(', ');
}
