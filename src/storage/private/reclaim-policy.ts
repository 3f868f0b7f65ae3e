import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid, requireOneOf } from '../../base/errors';

/** Throws unless the policy, which may come from an untyped language, is Retain or Delete. */
export function requireReclaimPolicy(where: IConstruct, policy: kplus.PersistentVolumeReclaimPolicy): kplus.PersistentVolumeReclaimPolicy {
  if (String(policy) === 'Recycle') {
    throw invalid(where, {
      property: 'reclaimPolicy',
      got: policy,
      expected: 'Retain or Delete',
      hint: 'Recycle is deprecated: it ran `rm -rf` in the volume. Use a StorageClass with the policy Delete, which provisions a new volume for each claim.',
    });
  }
  return requireOneOf(where, 'reclaimPolicy', policy, Object.values(kplus.PersistentVolumeReclaimPolicy));
}
