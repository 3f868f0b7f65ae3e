import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { PodSelector } from './policy-rules';
import { GoverningService, type SetIdentity } from './set-identity';
import { conflict, invalid, requireOneOf } from '../base/errors';
import { requireLabels } from '../base/label-syntax';
import { DNS_LABEL, requireDnsLabel } from '../base/names';

/** The immutable fields of a set, all defaults resolved. */
export interface Identity {
  /** Whether the construct makes the governing Service. */
  readonly managesService: boolean;
  readonly selectorLabels: { readonly [key: string]: string };
  /** What all members have in common and no other Pods, if their labels are of somebody else's choice. Pods of sets, and only these, have the label that it narrows them down by. */
  readonly members?: PodSelector;
  /** The value of the label by which NetworkPolicies and cdk8s-plus know the Pods, whatever the set selects them by. */
  readonly address: string;
  readonly claimLabels: { readonly [key: string]: string };
  /** The names of the claim templates in their order; by the alphabet if undefined. */
  readonly claimOrder?: string[];
}

/** The identity of the set `name`, checked. Throws if the API server would refuse it. */
export function identityOf(where: IConstruct, name: string, given: SetIdentity = {}): Identity {
  const { governingService = GoverningService.MANAGED, selectorLabels, claimLabels, claimOrder } = given;
  requireOneOf(where, 'identity.governingService', governingService, Object.values(GoverningService));
  requireServiceName(where, given.serviceName, governingService);
  requireLabels(where, 'identity.selectorLabels', selectorLabels);
  requireLabels(where, 'identity.claimLabels', claimLabels);
  for (const claim of claimOrder ?? []) requireDnsLabel(where, 'identity.claimOrder', claim);
  if (selectorLabels !== undefined && Object.keys(selectorLabels).length === 0) {
    throw invalid(where, { property: 'identity.selectorLabels', got: {}, expected: 'at least one label', hint: 'Leave it out for the label of this library.' });
  }
  const own = { [kplus.Pod.ADDRESS_LABEL]: name };
  return {
    managesService: governingService === GoverningService.MANAGED,
    selectorLabels: { ...selectorLabels ?? own },
    members: selectorLabels && { matchLabels: { ...selectorLabels }, matchExpressions: [{ key: 'statefulset.kubernetes.io/pod-name', operator: 'Exists' }] },
    address: selectorLabels?.[kplus.Pod.ADDRESS_LABEL] ?? name,
    claimLabels: { ...claimLabels ?? (selectorLabels === undefined ? own : {}) },
    claimOrder: claimOrder && [...claimOrder],
  };
}

function requireServiceName(where: IConstruct, name: string | undefined, governingService: GoverningService): void {
  if (name === undefined || (name === '' && governingService === GoverningService.NOT_HEADLESS)) return;
  if (name.length > 63 || !DNS_LABEL.test(name)) {
    throw invalid(where, {
      property: 'identity.serviceName',
      got: name,
      expected: "at most 63 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit",
      hint: name === '' ? 'A set that names no Service needs GoverningService.NOT_HEADLESS too.' : undefined,
    });
  }
}

/** What is wrong with the claims of a set whose order is given. */
export function problemsOfOrder(claims: { readonly name: string }[], order?: string[]): string[] {
  if (order === undefined) return [];
  const names = claims.map(({ name }) => name);
  return [
    ...names.filter(name => !order.includes(name)).map(name => `the claim '${name}' is not in 'identity.claimOrder'. Name all claims there, or leave it out.`),
    ...order.filter(name => !names.includes(name)).map(name => `'identity.claimOrder' names the claim '${name}', which is not there. Add the claim.`),
  ];
}

/**
 * What is wrong with a selector of somebody else's choice: the Services and the budget of the set would also be those of other Pods. Pods of
 * workloads outside the app are not known.
 */
export function problemsOfSelector(set: kplus.Workload, { members }: Identity): string[] {
  if (members === undefined) return [];
  const labels = Object.entries(members.matchLabels);
  return set.node.root.node.findAll()
    .filter((construct): construct is kplus.AbstractPod => construct instanceof kplus.AbstractPod && construct !== set)
    .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
    .filter(({ podMetadata }) => labels.every(([key, value]) => podMetadata.getLabel(key) === value))
    .map(pod => `its selector also matches the Pods of ${pod.node.path}, so that Services would lead to them. Give these Pods other labels.`);
}

/** Throws unless the Pods may have these labels of the user: the API server refuses a set whose Pods are not those that it selects. */
export function requireFreeLabels(where: IConstruct, labels: { [key: string]: string } = {}, { selectorLabels, address }: Identity): void {
  for (const [key, value] of Object.entries({ ...selectorLabels, [kplus.Pod.ADDRESS_LABEL]: address })) {
    if (labels[key] === undefined || (labels[key] === value && key !== kplus.Pod.ADDRESS_LABEL)) continue;
    throw key === kplus.Pod.ADDRESS_LABEL
      ? invalid(where, { property: 'podLabels', got: key, expected: 'labels other than the one that selects the Pods', hint: 'The selector of a StatefulSet is immutable.' })
      : conflict(where, `'podLabels.${key}' is '${labels[key]}', but the set selects its Pods by '${value}'`, "Leave it out: Pods have all 'identity.selectorLabels'.");
  }
}
