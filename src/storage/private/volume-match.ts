import type * as kplus from 'cdk8s-plus-28';
import { bytesOf } from '../../base/quantity';

/** The fields of a rendered PersistentVolume that matter for binding. */
export interface VolumeManifest {
  readonly metadata: { readonly name?: string; readonly labels?: { [key: string]: string } };
  readonly spec: {
    readonly accessModes?: string[];
    readonly capacity?: { readonly storage?: string | number };
    readonly claimRef?: { readonly name?: string; readonly namespace?: string };
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  };
}

/** The fields of a rendered claim spec that matter for binding. */
export interface ClaimSpecManifest {
  readonly accessModes?: string[];
  readonly resources?: { readonly requests?: { readonly storage?: string | number } };
  readonly selector?: { readonly matchLabels?: { [key: string]: string }; readonly matchExpressions?: kplus.k8s.LabelSelectorRequirement[] };
  readonly storageClassName?: string;
  readonly volumeMode?: string;
}

/** A claim to be bound. */
export interface WantingClaim {
  /** Undefined if only the cluster knows it. */
  readonly name?: string;
  /** Undefined if the chart has none. */
  readonly namespace?: string;
  readonly spec: ClaimSpecManifest;
}

/** Why the PersistentVolume controller would not bind the two; undefined if it would. Checks what the controller checks. */
export function whyNot(claim: WantingClaim, { metadata, spec }: VolumeManifest): string | undefined {
  const { claimRef } = spec;
  if (claimRef !== undefined && (differ(claimRef.name, claim.name) || differ(claimRef.namespace, claim.namespace))) {
    return `is reserved for '${[claimRef.namespace, claimRef.name].filter(part => part !== undefined).join('/')}'`;
  }
  if (!selects(claim.spec.selector, metadata.labels ?? {})) return 'has other labels';
  if ((spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) return `has the class '${spec.storageClassName ?? ''}'`;
  const missing = (claim.spec.accessModes ?? []).find(mode => !spec.accessModes?.includes(mode));
  if (missing !== undefined) return `does not support ${missing}`;
  if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return `has the volume mode ${spec.volumeMode ?? 'Filesystem'}`;
  const capacity = bytesOf(`PersistentVolume/${metadata.name}`, spec.capacity?.storage ?? 0);
  const size = bytesOf(`PersistentVolumeClaim/${claim.name}`, claim.spec.resources?.requests?.storage ?? 0);
  return capacity < size ? `has only ${spec.capacity?.storage}` : undefined;
}

/** Whether two names are both known and different. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function selects(selector: ClaimSpecManifest['selector'] = {}, labels: { [key: string]: string }): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
    && matchExpressions.every(expression => meets(expression, labels));
}

function meets({ key, operator, values = [] }: kplus.k8s.LabelSelectorRequirement, labels: { [key: string]: string }): boolean {
  switch (operator) {
    case 'In': return labels[key] !== undefined && values.includes(labels[key]);
    case 'NotIn': return labels[key] === undefined || !values.includes(labels[key]);
    case 'Exists': return labels[key] !== undefined;
    default: return labels[key] === undefined;
  }
}
