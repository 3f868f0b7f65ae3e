import { Kubectl } from './kubectl';

interface Claim {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly volumeName: string };
}

/** Which claims there are and which volumes they are bound to: what must stay the same while Pods come and go. */
export async function volumesOf(kubectl: Kubectl): Promise<string[]> {
  const claims = await kubectl.list<Claim>('pvc');
  return claims.map(({ metadata, spec }) => `${metadata.name} ${metadata.uid} ${spec.volumeName}`).sort();
}
