import type { IConstruct } from 'constructs';
import { requireId } from './container-input';
import type { PodSecurityProps } from './pod-security-props';
import { invalid } from '../base/errors';
import { requireAnnotations, requireLabels } from '../base/label-syntax';
import { DNS_SUBDOMAIN } from '../base/names';

/** The properties of Pods that all constructs have in common. */
export interface PodInput {
  readonly podLabels?: { [key: string]: string };
  readonly podAnnotations?: { [key: string]: string };
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly schedulerName?: string;
  readonly security?: PodSecurityProps;
}

/** Throws unless the API server accepts these properties of a Pod. */
export function requirePodInput(where: IConstruct, { podLabels, podAnnotations, security = {}, ...names }: PodInput): void {
  requireLabels(where, 'podLabels', podLabels);
  requireAnnotations(where, 'podAnnotations', podAnnotations);
  for (const property of ['priorityClassName', 'runtimeClassName', 'schedulerName'] as const) requireObjectName(where, property, names[property]);
  requireId(where, 'security.user', security.user);
  requireId(where, 'security.group', security.group);
  requireId(where, 'security.fsGroup', security.fsGroup);
  for (const group of security.supplementalGroups ?? []) requireId(where, 'security.supplementalGroups', group);
}

function requireObjectName(where: IConstruct, property: string, name?: string): void {
  if (name === undefined || (name.length <= 253 && DNS_SUBDOMAIN.test(name))) return;
  throw invalid(where, {
    property,
    got: name,
    expected: "at most 253 characters: lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit",
  });
}
