import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid, requireOneOf } from '../../base/errors';

/** Throws unless the policy, which may come from a language without our types, is one that a volume should have. */
export function requireReclaimPolicy(where: IConstruct, policy: kplus.PersistentVolumeReclaimPolicy): kplus.PersistentVolumeReclaimPolicy {
  if (String(policy) === 'Recycle') {
    throw invalid(where, {
      property: 'reclaimPolicy',
      got: policy,
      expected: 'Retain or Delete',
      hint: 'Recycle is deprecated: it ran `rm -rf` in the volume. Take a StorageClass that makes a fresh volume for each claim, with Delete.',
    });
  }
  return requireOneOf(where, 'reclaimPolicy', policy, Object.values(kplus.PersistentVolumeReclaimPolicy));
}
