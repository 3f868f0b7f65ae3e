import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { PodSelector } from './policy-rules';
import { GoverningService, type SetIdentity } from './set-identity';
import { conflict, invalid, requireOneOf } from '../base/errors';
import { requireLabels } from '../base/label-syntax';
import { DNS_LABEL, requireDnsLabel } from '../base/names';

/** The immutable fields of a set, with all defaults resolved. */
export interface Identity {
  /** Whether the construct creates the governing Service. */
  readonly managesService: boolean;
  readonly selectorLabels: { readonly [key: string]: string };
  /**
   * Selects the members and no other Pods, if the selector labels are given by the user. It also requires a label that
   * only Pods of StatefulSets have.
   */
  readonly members?: PodSelector;
  /** The value of the label by which NetworkPolicies and cdk8s-plus select the Pods, independently of the set's selector. */
  readonly address: string;
  readonly claimLabels: { readonly [key: string]: string };
  /** The names of the claim templates in order; alphabetical if undefined. */
  readonly claimOrder?: string[];
}

/** The validated identity of the set `name`. Throws if the API server would refuse it. */
export function identityOf(where: IConstruct, name: string, given: SetIdentity = {}): Identity {
  const { governingService = GoverningService.MANAGED, selectorLabels, claimLabels, claimOrder } = given;
  requireOneOf(where, 'identity.governingService', governingService, Object.values(GoverningService));
  requireServiceName(where, given.serviceName, governingService);
  requireLabels(where, 'identity.selectorLabels', selectorLabels);
  requireLabels(where, 'identity.claimLabels', claimLabels);
  for (const claim of claimOrder ?? []) requireDnsLabel(where, 'identity.claimOrder', claim);
  if (selectorLabels !== undefined && Object.keys(selectorLabels).length === 0) {
    throw invalid(where, { property: 'identity.selectorLabels', got: {}, expected: 'at least one label', hint: 'Omit it to use the label of this library.' });
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
      hint: name === '' ? 'A set without a Service also needs GoverningService.NOT_HEADLESS.' : undefined,
    });
  }
}

/** Returns the problems with the claims of a set that has a claim order. */
export function problemsOfOrder(claims: { readonly name: string }[], order?: string[]): string[] {
  if (order === undefined) return [];
  const names = claims.map(({ name }) => name);
  return [
    ...names.filter(name => !order.includes(name)).map(name => `the claim '${name}' is not in 'identity.claimOrder'. List all claims there, or omit it.`),
    ...order.filter(name => !names.includes(name)).map(name => `'identity.claimOrder' contains the claim '${name}', which does not exist. Add the claim.`),
  ];
}

/**
 * Returns the problems with a selector given by the user: the Services and the budget of the set must not select other
 * Pods. Pods of workloads outside the app are unknown.
 */
export function problemsOfSelector(set: kplus.Workload, { members }: Identity): string[] {
  if (members === undefined) return [];
  const labels = Object.entries(members.matchLabels);
  return set.node.root.node.findAll()
    .filter((construct): construct is kplus.AbstractPod => construct instanceof kplus.AbstractPod && construct !== set)
    .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
    .filter(({ podMetadata }) => labels.every(([key, value]) => podMetadata.getLabel(key) === value))
    .map(pod => `its selector also matches the Pods of ${pod.node.path}, so Services would route to them. Change the labels of those Pods.`);
}

/** Throws if the user's Pod labels conflict with the selector: the API server refuses a set that does not select its own Pods. */
export function requireFreeLabels(where: IConstruct, labels: { [key: string]: string } = {}, { selectorLabels, address }: Identity): void {
  for (const [key, value] of Object.entries({ ...selectorLabels, [kplus.Pod.ADDRESS_LABEL]: address })) {
    if (labels[key] === undefined || (labels[key] === value && key !== kplus.Pod.ADDRESS_LABEL)) continue;
    throw key === kplus.Pod.ADDRESS_LABEL
      ? invalid(where, { property: 'podLabels', got: key, expected: 'labels other than the one that selects the Pods', hint: 'The selector of a StatefulSet is immutable.' })
      : conflict(where, `'podLabels.${key}' is '${labels[key]}', but the set selects its Pods by '${value}'`, "Omit it: Pods have all 'identity.selectorLabels'.");
  }
}
