import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ClaimSpec } from './claim-spec';
import { takeName } from '../../base/taken-names';

/**
 * Annotations for tools that prune: unlike the other claims of a set, this one is in the manifests, and leaves them when the restore is over.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/
 * @see https://helm.sh/docs/howto/charts_tips_and_tricks/
 */
const KEPT = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'helm.sh/resource-policy': 'keep',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** The claim of the first member of a set, which is to exist before the set: its controller would make one from the template, with an empty volume. */
export function firstClaim(scope: Construct, spec: ClaimSpec, metadata: ApiObjectMetadata & { readonly name: string }): ApiObject {
  takeName(scope, 'PersistentVolumeClaim', metadata.name);
  return new ApiObject(scope, 'First', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...KEPT } },
    spec: spec.toManifest(),
  });
}
