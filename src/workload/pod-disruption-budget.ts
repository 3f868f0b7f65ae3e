import { Lazy } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { orNothing } from '../base/all-or-nothing';
import { conflict, requireInteger } from '../base/errors';
import { kebabCase, nameOf, requireSameNamespace, selectsNothing } from '../base/names';
import { OwnApiObject } from '../base/own-api-object';
import { ownMetadata } from '../base/own-object';
import { takeName, takeWorkload } from '../base/taken-names';
import { requireNew } from '../input/check-input';

/** When Pods that are not ready may be evicted. The values are those of the Kubernetes API. */
export enum UnhealthyPodEvictionPolicy {
  /** Always, so that an unhealthy Pod never blocks a drain. */
  ALWAYS_ALLOW = 'AlwaysAllow',
  /** Only while the budget is met. */
  IF_HEALTHY_BUDGET = 'IfHealthyBudget',
}

/** Properties of a disruption budget. Exactly one of the four limits must be set. */
export interface PodDisruptionBudgetProps {
  /** The workload to protect. */
  readonly workload: kplus.Workload;

  /**
   * The name of the budget.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The maximum number of Pods that may be unavailable at a time, at least 0.
   *
   * @default - none; another limit is set
   */
  readonly maxUnavailable?: number;

  /**
   * The maximum percentage of the Pods that may be unavailable at a time, from 0 to 100. Kubernetes rounds the number
   * of Pods up.
   *
   * @default - none; another limit is set
   */
  readonly maxUnavailablePercent?: number;

  /**
   * The minimum number of Pods that must be available, at least 0.
   *
   * @default - none; another limit is set
   */
  readonly minAvailable?: number;

  /**
   * The minimum percentage of the Pods that must be available, from 0 to 100. Kubernetes rounds the number of Pods up.
   *
   * @default - none; another limit is set
   */
  readonly minAvailablePercent?: number;

  /**
   * When Pods that are not ready may be evicted.
   *
   * @default UnhealthyPodEvictionPolicy.ALWAYS_ALLOW
   */
  readonly unhealthyPodEvictionPolicy?: UnhealthyPodEvictionPolicy;
}

/**
 * Limits how many Pods of a workload may be unavailable at a time because of drains and evictions.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export class PodDisruptionBudget extends OwnApiObject {
  /**
   * Throws unless exactly one limit is set, or if the workload is in another namespace or already has a budget.
   */
  public constructor(scope: Construct, id: string, props: PodDisruptionBudgetProps) {
    requireNew('PodDisruptionBudget', scope, id, props);
    super(scope, id, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: ownMetadata(props.name ?? kebabCase(id)),
      spec: {
        selector: Lazy.any({ produce: () => selectorOf(props.workload) }),
        maxUnavailable: props.maxUnavailable ?? percent(props.maxUnavailablePercent),
        minAvailable: props.minAvailable ?? percent(props.minAvailablePercent),
        unhealthyPodEvictionPolicy: props.unhealthyPodEvictionPolicy ?? UnhealthyPodEvictionPolicy.ALWAYS_ALLOW,
      },
    });
    orNothing(scope, id, () => {
      nameOf(this, props.name, 63);
      requireSameNamespace(this, props.workload);
      this.requireOneLimit(props);
      takeName(this, 'PodDisruptionBudget', this.name);
      this.requireNoOther(props.workload);
    });
    this.node.addValidation({ validate: () => selectsNothing(props.workload) ? [`${this.node.path}: ${ofNobody(props.workload)}`] : [] });
  }

  /** The eviction API refuses to evict a Pod that has two budgets. */
  private requireNoOther(workload: kplus.Workload): void {
    const other = takeWorkload(this, 'budget', workload);
    if (other !== undefined) {
      throw conflict(this, `the workload ${workload.node.path} already has the budget ${other.node.path}, and Pods with two are never evicted`,
        "Remove this one. A stateful workload creates its own: change that one with 'disruption'.");
    }
  }

  private requireOneLimit({ maxUnavailable, maxUnavailablePercent, minAvailable, minAvailablePercent }: PodDisruptionBudgetProps): void {
    const limits = [maxUnavailable, maxUnavailablePercent, minAvailable, minAvailablePercent].filter(limit => limit !== undefined);
    if (limits.length !== 1) {
      throw conflict(this, 'a disruption budget needs exactly one limit', "Set either 'maxUnavailable' or 'minAvailable', as a number or as a percentage.");
    }
    requireInteger(this, 'maxUnavailable', maxUnavailable ?? 0, 0);
    requireInteger(this, 'minAvailable', minAvailable ?? 0, 0);
    requireInteger(this, 'maxUnavailablePercent', maxUnavailablePercent ?? 0, 0, 100);
    requireInteger(this, 'minAvailablePercent', minAvailablePercent ?? 0, 0, 100);
  }
}

function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : `${share}%`;
}

function ofNobody(workload: kplus.Workload): string {
  return `the workload ${workload.node.path} has no selector, so this budget would apply to all Pods of the namespace. Call its select().`;
}

function selectorOf(workload: kplus.Workload): object {
  const matchExpressions = workload.matchExpressions;
  return { matchLabels: workload.matchLabels, ...matchExpressions.length > 0 ? { matchExpressions } : {} };
}
