import * as kplus from 'cdk8s-plus-28';

/*
 * The manifests that this project began from say only what they are about. What stands here is the rest: fields that
 * cdk8s-plus and this library write out, where the manifests left them to the defaults of a Kubernetes of their time.
 */

/** A Pod or container may not become root, which nobody asked in 2014. */
export const UNPRIVILEGED = { allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true };

/** A Pod of cdk8s-plus: no token for the API, and the defaults of the API server. */
export const POD_SPEC = {
  automountServiceAccountToken: false,
  dnsPolicy: 'ClusterFirst',
  hostNetwork: false,
  restartPolicy: 'Always',
  securityContext: { fsGroupChangePolicy: 'Always', runAsNonRoot: true },
  setHostnameAsFQDN: false,
  terminationGracePeriodSeconds: 30,
};

/** A Pod of this library: as Pod Security "restricted" wants it, and without the variables of Services. */
export const RESTRICTED_POD_SPEC = {
  ...POD_SPEC,
  enableServiceLinks: false,
  securityContext: { fsGroupChangePolicy: 'OnRootMismatch', runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
};

/** A container of cdk8s-plus that pulls as Kubernetes does and has no resources, as in the manifests. */
export const CONTAINER = { imagePullPolicy: 'IfNotPresent', securityContext: UNPRIVILEGED };
export const AS_IN_THE_SEED: Pick<kplus.ContainerProps, 'imagePullPolicy' | 'resources'> = { imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT, resources: {} };

/** A container of this library. */
export const RESTRICTED_CONTAINER = { imagePullPolicy: 'IfNotPresent', securityContext: { ...UNPRIVILEGED, capabilities: { drop: ['ALL'] } } };

/** The metadata of a Pod of cdk8s-plus, which selects it by a label of its own. */
export function podMetadata(name: string, labels: { [key: string]: string } = {}): object {
  return { name, namespace: 'default', labels: { ...labels, [kplus.Pod.ADDRESS_LABEL]: expect.any(String) as string } };
}
