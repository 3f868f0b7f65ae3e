import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, requireInteger } from '../base/errors';

const PROBES = ['startup', 'readiness', 'liveness'] as const;

/** Throws if an init container that runs to completion has a probe, which Kubernetes refuses. */
export function requireNoProbes(where: IConstruct, name: string, props: kplus.ContainerProps): void {
  const probe = PROBES.find(kind => props[kind] !== undefined);
  if (probe === undefined) return;
  throw conflict(where, `the init container '${name}' has a '${probe}' probe, but runs to completion before the other containers start`,
    "Remove the probe, or set 'restartPolicy: kplus.ContainerRestartPolicy.ALWAYS' for a sidecar.");
}

/**
 * Throws unless the API server accepts the probes of a container.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
 */
export function requireProbes(where: IConstruct, container: kplus.Container, props: kplus.ContainerProps): void {
  for (const kind of PROBES) {
    const probe = props[kind]?._toKube(container);
    if (probe !== undefined) requireProbe(where, `${container.name}.${kind}`, kind, probe);
  }
}

const LEAST = { failureThreshold: 1, initialDelaySeconds: 0, periodSeconds: 1, successThreshold: 1, timeoutSeconds: 1 } as const;
const NUMBERS: (keyof typeof LEAST)[] = ['failureThreshold', 'initialDelaySeconds', 'periodSeconds', 'successThreshold', 'timeoutSeconds'];

function requireProbe(where: IConstruct, property: string, kind: typeof PROBES[number], probe: kplus.k8s.Probe): void {
  for (const number of NUMBERS) {
    const value = probe[number];
    if (value !== undefined && !(Number.isInteger(value) && value >= LEAST[number])) requireInteger(where, `${property}.${number}`, value, LEAST[number]);
  }
  const { successThreshold, grpc, terminationGracePeriodSeconds } = probe;
  if (kind !== 'readiness' && successThreshold !== undefined) {
    requireInteger(where, `${property}.successThreshold`, successThreshold, 1, 1, 'Only a readiness probe can require more than one success.');
  }
  if (grpc !== undefined) requireInteger(where, `${property}.port`, grpc.port, 1, 65535);
  if (terminationGracePeriodSeconds === undefined) return;
  if (kind === 'readiness') {
    throw conflict(where, `'${property}' has a termination grace, but a readiness probe does not terminate containers`, "Set 'terminationGrace' on the startup or liveness probe.");
  }
  requireInteger(where, `${property}.terminationGrace in seconds`, terminationGracePeriodSeconds, 1);
}
