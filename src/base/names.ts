import { Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from './errors';

/**
 * A StatefulSet's name becomes part of its Pods' `controller-revision-hash` label: beyond 52 characters
 * the Pods cannot be created.
 * @see https://github.com/kubernetes/kubernetes/issues/64023
 */
export const MAX_SET_NAME = 52;

/** The syntax of names of Services and other objects. */
export const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** `OrdersDb` → `orders-db`, `events_v2` → `events-v2`, `HTTPCache` → `http-cache`. */
export function kebabCase(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}

/**
 * The name of a construct's object: the given name, or the construct's own id in kebab-case. It never depends on the
 * construct's position in the tree.
 */
export function nameOf(construct: IConstruct, given: string | undefined, max = MAX_SET_NAME): string {
  return requireName(construct, given, max, DNS_LABEL, "lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit");
}

/** The same for objects whose names may be DNS subdomains. */
export function subdomainNameOf(construct: IConstruct, given: string | undefined): string {
  return requireName(construct, given, 253, DNS_SUBDOMAIN, "lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit");
}

function requireName(construct: IConstruct, given: string | undefined, max: number, syntax: RegExp, allowed: string): string {
  const name = given ?? kebabCase(construct.node.id);
  if (given === undefined && /[^\x00-\x7F]/.test(construct.node.id)) {
    throw invalid(construct, { property: 'id', got: construct.node.id, expected: 'an id of ASCII characters, from which the name is made', hint: "Change the id or give 'name'." });
  }
  if (name.length > max || !syntax.test(name)) {
    throw invalid(construct, {
      property: 'name',
      got: name,
      expected: `at most ${max} characters: ${allowed}`,
      hint: given === undefined ? 'The name is derived from the construct id: change the id, or set \'name\'.' : undefined,
    });
  }
  return name;
}

/** The name of the Pod volume for an object of this name. Volume names are shorter and have no dots. */
export function volumeNameOf(name: string): string {
  return name.replace(/\./g, '-').slice(0, 63).replace(/-+$/, '');
}

/** Throws unless `name` is a valid name of a port, volume, claim template or container. */
export function requireDnsLabel(where: IConstruct, property: string, name: string, max = 63): string {
  if (name.length > max || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    throw invalid(where, { property, got: name, expected: `at most ${max} characters: lower-case letters, digits and '-', beginning and ending with a letter or digit` });
  }
  return name;
}

/** The namespace of a construct's objects, if its chart has one. */
export function namespaceOf(construct: IConstruct): string | undefined {
  return Chart.of(construct).namespace;
}

/**
 * Throws if a workload is in another namespace than the construct whose objects select its Pods, since selectors only
 * match Pods of their own namespace.
 */
export function requireSameNamespace(construct: IConstruct, workload: kplus.AbstractPod): void {
  const [own, theirs] = [namespaceOf(construct), workload.metadata.namespace];
  if (own === undefined || theirs === undefined || own === theirs) return;
  throw conflict(construct, `it is in namespace '${own}', but the workload ${workload.node.path} is in '${theirs}', where it would select nothing`,
    "Create it in a chart with the workload's namespace.");
}

/** Whether a workload, such as a Job, has no selector (yet). For a budget, that would select all Pods of the namespace. */
export function selectsNothing(workload: kplus.Workload): boolean {
  return workload.matchExpressions.length === 0 && Object.keys(workload.matchLabels).length === 0;
}
