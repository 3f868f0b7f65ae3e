import * as kplus from 'cdk8s-plus-28';
import type { PodContainerProps } from './pod-container-props';
import { memoryQuantity, quantity } from '../base/quantity';

const { Quantity } = kplus.k8s;

/**
 * A container that also renders what cdk8s-plus does not support: additional properties, and sizes that are not whole
 * mebibytes of memory or gibibytes of disk.
 */
export class RenderedContainer extends kplus.Container {
  public constructor(private readonly props: PodContainerProps) {
    super(props);
  }

  /** @internal */
  public _toKube(): kplus.k8s.Container {
    // cdk8s-plus throws on such sizes, so it renders a copy of this container without resources.
    const copy: kplus.Container = Object.assign(Object.create(kplus.Container.prototype), this, { resources: undefined });
    const rendered = copy._toKube();
    const { seLinuxOptions, stdin, tty, terminationMessagePath, terminationMessagePolicy } = this.props;
    return {
      ...rendered,
      resources: this.renderResources(),
      securityContext: { ...rendered.securityContext, seLinuxOptions: seLinuxOptions && { ...seLinuxOptions } },
      stdin,
      tty,
      terminationMessagePath,
      terminationMessagePolicy,
    };
  }

  private renderResources(): kplus.k8s.ResourceRequirements | undefined {
    const limits = this.renderAmounts('limit');
    const requests = this.renderAmounts('request');
    return limits || requests ? { limits, requests } : undefined;
  }

  private renderAmounts(which: 'limit' | 'request'): { [resource: string]: kplus.k8s.Quantity } | undefined {
    const { cpu, memory, ephemeralStorage } = this.resources ?? {};
    const [cores, bytes, disk] = [cpu?.[which], memory?.[which], ephemeralStorage?.[which]];
    const amounts: { [resource: string]: kplus.k8s.Quantity } = {};
    if (cores !== undefined) amounts.cpu = Quantity.fromString(cores.amount);
    if (bytes !== undefined) amounts.memory = Quantity.fromString(memoryQuantity(bytes));
    if (disk !== undefined) amounts['ephemeral-storage'] = Quantity.fromString(quantity(disk));
    for (const [name, amount] of Object.entries(this.props.extendedResources ?? {})) amounts[name] = Quantity.fromNumber(amount);
    return Object.keys(amounts).length === 0 ? undefined : amounts;
  }
}
