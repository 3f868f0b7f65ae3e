import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { claimsBeside } from './private/claims-of-app';
import { conflict } from '../base/errors';
import { nameOf } from '../base/names';
import { bytesIn, quantity, requireSize, showBytes } from '../base/quantity';
import { takeName } from '../base/taken-names';

/** Properties of the limits of each claim. At least one limit. */
export interface LimitRangeProps {
  /**
   * The least that a claim may ask for.
   *
   * @default - no limit
   */
  readonly min?: Size;

  /**
   * The most that a claim may ask for.
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
 * How small and how large each claim of a namespace may be. The claims of the app in that namespace must fit, or synthesis
 * fails.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/limit-storage-consumption/
 */
export class LimitRange extends Construct {
  /** The name of the LimitRange. */
  public readonly name: string;

  /**
   * Throws if there is no limit, or if they contradict each other.
   */
  public constructor(scope: Construct, id: string, private readonly props: LimitRangeProps) {
    super(scope, id);
    const { min, max } = props;
    this.name = nameOf(this, props.name, 63);
    takeName(this, 'LimitRange', this.name);
    if (min === undefined && max === undefined) throw conflict(this, 'a range has at least one limit', "Give 'min' or 'max'.");
    const limit = (property: string, size?: Size) => size && { storage: kplus.k8s.Quantity.fromString(quantity(requireSize(this, property, size))) };
    new kplus.k8s.KubeLimitRange(this, 'Resource', {
      metadata: { name: this.name },
      spec: { limits: [{ type: 'PersistentVolumeClaim', min: limit('min', min), max: limit('max', max) }] },
    });
    if (min !== undefined && max !== undefined && bytesIn(min) > bytesIn(max)) {
      throw conflict(this, `'min' (${quantity(min)}) is more than 'max' (${quantity(max)})`, 'No claim would be allowed.');
    }
    this.node.addValidation({ validate: () => this.outside() });
  }

  private outside(): string[] {
    const { min, max } = this.props;
    return claimsBeside(this).flatMap(({ who, bytes }) => {
      const asks = `${this.node.path}: ${who} asks for ${showBytes(bytes)}`;
      if (min !== undefined && bytes < bytesIn(min)) return [`${asks}, less than the least, ${quantity(min)}. Ask for more, or lower the limit.`];
      if (max !== undefined && bytes > bytesIn(max)) return [`${asks}, more than the most, ${quantity(max)}. Ask for less, or raise the limit.`];
      return [];
    });
  }
}
