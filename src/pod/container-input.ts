import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { type PodContainerProps, TerminationMessagePolicy } from './pod-container-props';
import { conflict, invalid, requireInteger, requireOneOf } from '../base/errors';
import { requireLabelKey } from '../base/label-syntax';
import { bytesOf, quantity, requireSize } from '../base/quantity';

/** Throws unless the API server accepts the container and the kubelet can start it in this Pod. */
export function requireContainer(where: IConstruct, pod: kplus.AbstractPod, props: PodContainerProps): void {
  const { name, image, resources = {} } = props;
  if (!/^\S+$/.test(image ?? '')) {
    throw invalid(where, { property: propertyOf(name, 'image'), got: image, expected: 'the name of an image', hint: "For example 'postgres:17'." });
  }
  requireUser(where, pod, props);
  requireTerminationMessage(where, props);
  requireExtendedResources(where, props);
  if (props.securityContext?.privileged && !props.securityContext.allowPrivilegeEscalation) {
    throw conflict(where, `${containerOf(name)} is privileged without 'allowPrivilegeEscalation', which the API server refuses`, "Set 'allowPrivilegeEscalation: true' too.");
  }
  const { cpu, memory, ephemeralStorage } = resources;
  requireSizes(where, propertyOf(name, 'resources.memory'), memory);
  requireSizes(where, propertyOf(name, 'resources.ephemeralStorage'), ephemeralStorage);
  requireOrder(where, `cpu request${of(name)}`, cpu?.request?.amount, cpu?.limit?.amount);
  requireOrder(where, `memory request${of(name)}`, memory?.request && quantity(memory.request), memory?.limit && quantity(memory.limit));
  requireOrder(where, `ephemeral storage request${of(name)}`,
    ephemeralStorage?.request && quantity(ephemeralStorage.request), ephemeralStorage?.limit && quantity(ephemeralStorage.limit));
}

/** Throws unless request and limit are within the range of the API. A request may be 0. */
function requireSizes(where: IConstruct, property: string, { request, limit }: kplus.MemoryResources = {}): void {
  if (request !== undefined) requireSize(where, `${property}.request`, request, 0);
  if (limit !== undefined) requireSize(where, `${property}.limit`, limit);
}

function requireUser(where: IConstruct, pod: kplus.AbstractPod, { name, securityContext = {} }: kplus.ContainerProps): void {
  const { user = pod.securityContext.user, group, ensureNonRoot = pod.securityContext.ensureNonRoot } = securityContext;
  requireId(where, propertyOf(name, 'securityContext.user'), user);
  requireId(where, propertyOf(name, 'securityContext.group'), group);
  if (user === 0 && ensureNonRoot) {
    throw conflict(where, `${containerOf(name)} runs as user 0, which is root, so it would never start`,
      "Set another 'user', or 'ensureNonRoot: false' if Pod Security \"restricted\" is not enforced.");
  }
}

function requireTerminationMessage(where: IConstruct, props: PodContainerProps): void {
  const { name, terminationMessagePath: path, terminationMessagePolicy: policy } = props;
  if (path !== undefined && !path.startsWith('/')) {
    throw invalid(where, { property: propertyOf(name, 'terminationMessagePath'), got: path, expected: 'an absolute path' });
  }
  if (policy !== undefined) requireOneOf(where, propertyOf(name, 'terminationMessagePolicy'), policy, Object.values(TerminationMessagePolicy));
}

/** @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources */
function requireExtendedResources(where: IConstruct, { name, extendedResources = {} }: PodContainerProps): void {
  const property = propertyOf(name, 'extendedResources');
  for (const [resource, amount] of Object.entries(extendedResources)) {
    requireLabelKey(where, property, resource, 'the name of a resource');
    if (!resource.includes('/') || resource.includes('kubernetes.io/') || resource.startsWith('requests.')) {
      throw invalid(where, {
        property,
        got: resource,
        expected: 'a name with the domain of a vendor',
        hint: "For example 'nvidia.com/gpu'. Set CPU, memory and ephemeral storage in 'resources'.",
      });
    }
    requireInteger(where, `${property}.${resource}`, amount, 1);
  }
}

/** Throws unless `id` is a valid user or group id. */
export function requireId(where: IConstruct, property: string, id: number | undefined): void {
  if (id !== undefined) requireInteger(where, property, id, 0);
}

/** Throws if a request exceeds the limit. Both are Kubernetes quantities, whose smallest unit is a thousandth. */
function requireOrder(where: IConstruct, what: string, request: string | undefined, limit: string | undefined): void {
  const thousandths = (amount: string) => Math.round(bytesOf(where, amount) * 1000);
  if (request === undefined || limit === undefined || thousandths(request) <= thousandths(limit)) return;
  throw conflict(where, `the ${what} is ${request}, more than the limit of ${limit}`, 'Set only the limit: Kubernetes then requests the same amount.');
}

function propertyOf(container: string | undefined, property: string): string {
  return container === undefined ? property : `${container}.${property}`;
}

function containerOf(name: string | undefined): string {
  return name === undefined ? 'the container' : `the container '${name}'`;
}

function of(container: string | undefined): string {
  return container === undefined ? '' : ` of '${container}'`;
}
