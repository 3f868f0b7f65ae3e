import * as kplus from 'cdk8s-plus-28';
import { memoryQuantity, quantity } from '../base/quantity';

const { Quantity } = kplus.k8s;

/** A container that renders what cdk8s-plus cannot: memory in other units than whole mebibytes, and disk in other units than whole gibibytes. */
export class RenderedContainer extends kplus.Container {
  /** @internal */
  public _toKube(): kplus.k8s.Container {
    // cdk8s-plus throws at such sizes, so that it is shown a view of this container without resources.
    const view: kplus.Container = Object.create(this, { resources: { value: undefined } });
    return { ...super._toKube.call(view), resources: this.renderResources() };
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
    return Object.keys(amounts).length === 0 ? undefined : amounts;
  }
}
