import { Manifest, Template } from './manifest';

interface WorkloadSpec {
  readonly template?: Template;
  readonly jobTemplate?: { readonly spec?: WorkloadSpec };
  readonly volumeClaimTemplates?: readonly (Template & { readonly metadata: { readonly name: string } })[];
}

/**
 * The objects a controller would make of a workload: its first Pod and that Pod's claims.
 * A workload is accepted long before they are, and Pod Security is enforced on Pods alone.
 */
export function childrenOf(workload: Manifest): Manifest[] {
  const spec = (workload.spec ?? {}) as WorkloadSpec;
  const template = spec.template ?? spec.jobTemplate?.spec?.template;
  if (!template?.spec?.containers) return [];
  const claims = (spec.volumeClaimTemplates ?? []).map((claim) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...claim.metadata, name: `${claim.metadata.name}-${workload.metadata.name}-0` },
    spec: claim.spec,
    template: claim.metadata.name,
  }));
  return [podOf(workload, template, claims), ...claims.map(({ template: _, ...claim }) => claim)];
}

function podOf(workload: Manifest, template: Template, claims: readonly (Manifest & { readonly template: string })[]): Manifest {
  // Pod admission looks these up, and nothing of a dry run is there to be found.
  const lookedUp = { serviceAccountName: undefined, priorityClassName: undefined, runtimeClassName: undefined };
  const { serviceAccountName, priorityClassName, runtimeClassName, ...spec } = { ...lookedUp, ...template.spec };
  const volumes = (spec as { volumes?: readonly { readonly name: string }[] }).volumes ?? [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${workload.metadata.name}-0` },
    spec: {
      ...spec,
      volumes: [
        ...volumes.filter((volume) => claims.every((claim) => claim.template !== volume.name)),
        ...claims.map((claim) => ({ name: claim.template, persistentVolumeClaim: { claimName: claim.metadata.name } })),
      ],
    },
  };
}
