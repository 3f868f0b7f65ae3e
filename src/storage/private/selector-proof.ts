import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { type ClaimSpecManifest, type VolumeManifest, type WantingClaim, whyNot } from './volume-match';
import { namespaceOf } from '../../base/names';
import { PerApp } from '../../base/per-app';

/** Claims with the same spec and a selector. Each of them needs its own volume. */
export interface SelectingClaims {
  /** The construct that errors point to. */
  readonly where: IConstruct;
  /** The name of each claim; undefined if only the cluster knows it. */
  readonly names: (string | undefined)[];
  /** The spec as it is rendered. */
  readonly spec: () => ClaimSpecManifest;
}

interface Candidate extends WantingClaim {
  readonly of: SelectingClaims;
}

const selecting = new PerApp(checkedClaims);

/**
 * Checks at synthesis that each of the claims can be bound to a volume that no other claim with a selector needs. If
 * the app defines no volumes, they are assumed to be managed elsewhere and nothing is checked.
 */
export function proveSelector(claims: SelectingClaims): void {
  selecting.of(claims.where).push(claims);
}

/** A list of claims that is checked once per synthesis. */
function checkedClaims(app: IConstruct): SelectingClaims[] {
  const all: SelectingClaims[] = [];
  app.node.addValidation({ validate: () => unmatched(app, all) });
  return all;
}

function unmatched(app: IConstruct, all: SelectingClaims[]): string[] {
  const volumes = volumesIn(app);
  if (volumes.length === 0) return [];
  const candidates = all.flatMap(candidatesOf);
  const takers = assign(candidates, volumes);
  const served = new Set(takers.values());
  return all.flatMap(claims => {
    const lacking = candidates.filter(candidate => candidate.of === claims && !served.has(candidate));
    return lacking.length === 0 ? [] : [complaint(claims, lacking, takers, volumes)];
  });
}

function volumesIn(app: IConstruct): VolumeManifest[] {
  return app.node.findAll()
    .filter((construct): construct is ApiObject => construct instanceof ApiObject && construct.kind === 'PersistentVolume')
    .map(volume => volume.toJson() as VolumeManifest);
}

function candidatesOf(of: SelectingClaims): Candidate[] {
  const spec = of.spec();
  const namespace = namespaceOf(of.where);
  return of.names.map(name => ({ of, name, namespace, spec }));
}

/**
 * Assigns volumes to as many claims as possible, one each, by augmenting paths: a claim with an alternative gives up
 * its volume for one that has none.
 */
function assign(candidates: Candidate[], volumes: VolumeManifest[]): Map<VolumeManifest, Candidate> {
  const takers = new Map<VolumeManifest, Candidate>();
  const serve = (candidate: Candidate, tried: Set<VolumeManifest>): boolean => volumes.some(volume => {
    if (tried.has(volume) || whyNot(candidate, volume) !== undefined) return false;
    tried.add(volume);
    const taker = takers.get(volume);
    if (taker !== undefined && !serve(taker, tried)) return false;
    takers.set(volume, candidate);
    return true;
  });
  for (const candidate of candidates) serve(candidate, new Set());
  return takers;
}

function complaint(
  { where, names }: SelectingClaims, lacking: Candidate[], takers: Map<VolumeManifest, Candidate>, volumes: VolumeManifest[],
): string {
  const reasons = volumes.flatMap(volume => {
    const taker = takers.get(volume);
    if (taker?.of.where === where) return [];
    return `'${volume.metadata.name}' ${whyNot(lacking[0], volume) ?? `is needed by ${taker?.of.where.node.path}`}`;
  });
  const what = names.length === 1
    ? 'no PersistentVolume of the app matches the claim\'s selector'
    : `${names.length} members need one volume each, but only ${names.length - lacking.length} of the app's match the selector`;
  return `${where.node.path}: ${[what, reasons.join('; ')].filter(text => text !== '').join(': ')}. Fix the labels, or create a volume that matches.`;
}
