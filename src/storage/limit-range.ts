import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { claimsBeside } from './private/claims-of-app';
import { conflict } from '../base/errors';
import { nameOf } from '../base/names';
import { bytesIn, quantity, requireSize, showBytes } from '../base/quantity';
import { takeName } from '../base/taken-names';
import { requireNew } from '../input/check-input';

/** Properties of a limit range for claims. At least one limit is required. */
export interface LimitRangeProps {
  /**
   * The smallest size that a claim may request.
   *
   * @default - no limit
   */
  readonly min?: Size;

  /**
   * The largest size that a claim may request.
   *
   * @default - no limit
   */
  readonly max?: Size;

  /**
   * The name of the LimitRange.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;
}

/**
 * The minimum and maximum size of each claim in a namespace. Synthesis fails if a claim of the app in that namespace is
 * outside the range.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/limit-storage-consumption/
 */
export class LimitRange extends Construct {
  /** The name of the LimitRange. */
  public readonly name: string;

  /**
   * Throws if there is no limit, or if the limits contradict each other.
   */
  public constructor(scope: Construct, id: string, private readonly props: LimitRangeProps) {
    requireNew('LimitRange', scope, id, props);
    super(scope, id);
    const { min, max } = props;
    this.name = nameOf(this, props.name, 63);
    takeName(this, 'LimitRange', this.name);
    if (min === undefined && max === undefined) throw conflict(this, 'a limit range needs at least one limit', "Set 'min' or 'max'.");
    const limit = (property: string, size?: Size) => size && { storage: kplus.k8s.Quantity.fromString(quantity(requireSize(this, property, size))) };
    new kplus.k8s.KubeLimitRange(this, 'Resource', {
      metadata: { name: this.name },
      spec: { limits: [{ type: 'PersistentVolumeClaim', min: limit('min', min), max: limit('max', max) }] },
    });
    if (min !== undefined && max !== undefined && bytesIn(min) > bytesIn(max)) {
      throw conflict(this, `'min' (${quantity(min)}) is greater than 'max' (${quantity(max)})`, 'No claim could satisfy both: swap or change them.');
    }
    this.node.addValidation({ validate: () => this.outside() });
  }

  private outside(): string[] {
    const { min, max } = this.props;
    return claimsBeside(this).flatMap(({ who, bytes }) => {
      const asks = `${this.node.path}: ${who} requests ${showBytes(bytes)}`;
      if (min !== undefined && bytes < bytesIn(min)) return [`${asks}, less than the minimum of ${quantity(min)}. Request more, or lower the limit.`];
      if (max !== undefined && bytes > bytesIn(max)) return [`${asks}, more than the maximum of ${quantity(max)}. Request less, or raise the limit.`];
      return [];
    });
  }
}
