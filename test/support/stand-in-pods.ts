import { Manifest } from './manifest';

/** What a stand-in runs. */
export interface StandIn {
  readonly image: string;
  readonly command: (ports: number[]) => string[];
}

interface Workload {
  readonly template: {
    readonly metadata: { readonly labels: object };
    readonly spec: { readonly containers: { readonly ports?: { readonly containerPort: number; readonly protocol?: string }[] }[] };
  };
}

/**
 * A Pod in place of each StatefulSet and Deployment: with its name, its labels, by which policies select it, and its TCP ports. For cases about
 * who reaches whom, which need no server.
 */
export function standInsFor(manifests: readonly Manifest[], { image, command }: StandIn): Manifest[] {
  return manifests.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment').map(({ metadata: { name, namespace }, spec }) => {
    const { metadata: { labels }, spec: { containers } } = (spec as Workload).template;
    const ports = containers.flatMap(container => container.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort);
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: {
        containers: [{
          name: 'main',
          image,
          command: command(ports),
          resources: { requests: { cpu: '10m', memory: '16Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        }],
        securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        terminationGracePeriodSeconds: 0,
      },
    } as Manifest;
  });
}
