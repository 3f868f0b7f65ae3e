import { Kubectl } from './kubectl';

interface Claim {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly volumeName: string };
}

/** The claims and the volumes that they are bound to, which must not change when Pods are replaced. */
export async function volumesOf(kubectl: Kubectl): Promise<string[]> {
  const claims = await kubectl.list<Claim>('pvc');
  return claims.map(({ metadata, spec }) => `${metadata.name} ${metadata.uid} ${spec.volumeName}`).sort();
}
