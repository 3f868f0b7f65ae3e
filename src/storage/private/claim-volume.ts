import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { volumeNameOf } from '../../base/names';
import { deviceStandIn } from '../../pod/stand-ins';

/** The volume through which containers mount a claim of this name; `scope` is its construct. */
export function claimVolume(scope: Construct, claimName: string, isBlock: boolean): kplus.Volume {
  const name = volumeNameOf(claimName);
  if (isBlock) return deviceStandIn(scope, { name, persistentVolumeClaim: { claimName } });
  return kplus.Volume.fromPersistentVolumeClaim(scope, 'Volume', kplus.PersistentVolumeClaim.fromClaimName(scope, 'Claim', claimName), { name });
}
