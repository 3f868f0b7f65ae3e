import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { bytesOf } from './quantity';

/** The part of a PersistentVolume that binding looks at, as it is rendered. */
interface VolumeManifest {
  readonly metadata: { readonly name?: string; readonly labels?: { [key: string]: string } };
  readonly spec: {
    readonly accessModes?: string[];
    readonly capacity?: { readonly storage?: string | number };
    readonly claimRef?: { readonly name?: string; readonly namespace?: string };
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  };
}

interface ClaimManifest {
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly spec: {
    readonly accessModes?: string[];
    readonly resources?: { readonly requests?: { readonly storage?: string | number } };
    readonly selector?: { readonly matchLabels?: { [key: string]: string }; readonly matchExpressions?: kplus.k8s.LabelSelectorRequirement[] };
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  };
}

/**
 * Checks at synthesis that a claim with a selector has a volume to take, or that each of the `count` claims made of a
 * template has, if the app defines volumes at all: they may also be somebody else's affair.
 */
export function proveSelector(where: IConstruct, claim: () => ClaimManifest, count: number): void {
  where.node.addValidation({ validate: () => unmatched(where, claim(), count) });
}

function unmatched(where: IConstruct, claim: ClaimManifest, needed: number): string[] {
  const volumes = volumesIn(where.node.root);
  if (volumes.length === 0) return [];
  const reasons = volumes.map(volume => [volume.metadata.name, whyNot(claim, volume)] as const);
  const matching = reasons.filter(([, reason]) => reason === undefined).length;
  if (matching >= needed) return [];
  const others = reasons.flatMap(([name, reason]) => reason === undefined ? [] : [`'${name}' ${reason}`]);
  const what = needed === 1
    ? 'no PersistentVolume of the app fits the claim\'s selector'
    : `${needed} members need as many volumes, but only ${matching} of the app fit the selector`;
  return [`${where.node.path}: ${what}: ${others.join('; ')}. Mend the labels, or make a volume that fits.`];
}

function volumesIn(app: IConstruct): VolumeManifest[] {
  return app.node.findAll()
    .filter((construct): construct is ApiObject => construct instanceof ApiObject && construct.kind === 'PersistentVolume')
    .map(volume => volume.toJson() as VolumeManifest);
}

/** Why the controller would not bind the two; it looks at the same things. */
function whyNot(claim: ClaimManifest, { metadata, spec }: VolumeManifest): string | undefined {
  const { claimRef } = spec;
  if (claimRef !== undefined && (claimRef.name !== claim.metadata.name || claimRef.namespace !== claim.metadata.namespace)) return `is reserved for '${claimRef.namespace}/${claimRef.name}'`;
  if (!selects(claim.spec.selector, metadata.labels ?? {})) return 'has other labels';
  if ((spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) return `is of the class '${spec.storageClassName ?? ''}'`;
  const missing = (claim.spec.accessModes ?? []).find(mode => !spec.accessModes?.includes(mode));
  if (missing !== undefined) return `has no ${missing}`;
  if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return `is a ${spec.volumeMode ?? 'Filesystem'}`;
  const size = claim.spec.resources?.requests?.storage ?? 0;
  return bytesOf(spec.capacity?.storage ?? 0) < bytesOf(size) ? `has only ${spec.capacity?.storage}` : undefined;
}

function selects(selector: ClaimManifest['spec']['selector'] = {}, labels: { [key: string]: string }): boolean {
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
