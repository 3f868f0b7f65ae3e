import type { IConstruct } from 'constructs';
import { serviceDnsName } from './services';
import { requireInteger } from '../base/errors';

/**
 * The names of a set, its members, their claims and its Services. They are computed once, before any construct exists.
 */
export class MemberNames {
  /**
   * The names of a set.
   *
   * @internal
   */
  public static _of(where: IConstruct, set: string, options: { readonly clusterDomain?: string; readonly firstOrdinal?: number } = {}): MemberNames {
    return new MemberNames(set, service => serviceDnsName(where, service, options.clusterDomain), options.firstOrdinal ?? 0);
  }

  private constructor(
    /** The name of the StatefulSet. */
    public readonly set: string,
    private readonly dnsNameOf: (service: string) => string,
    /** The ordinal of the first member. */
    public readonly firstOrdinal: number,
  ) {}

  /** The name of the headless Service that governs the set. */
  public get headlessService(): string {
    return this.withSuffix('headless');
  }

  /**
   * The DNS name of the headless Service, which resolves to the addresses of all members, whether they are ready or not. The
   * names of the members end in it.
   */
  public get domain(): string {
    return this.dnsNameOf(this.headlessService);
  }

  /**
   * The name of a member's Pod.
   *
   * @param index which member, from 0. Throws if it is no whole number.
   */
  public podName(index: number): string {
    requireInteger('MemberNames.podName', 'index', index, 0);
    return `${this.set}-${this.firstOrdinal + index}`;
  }

  /**
   * The DNS name of a member: fully qualified if the chart names its namespace, else relative to it.
   *
   * @param index which member, from 0. Throws if it is no whole number.
   */
  public podDnsName(index: number): string {
    return `${this.podName(index)}.${this.domain}`;
  }

  /**
   * The name of a member's claim.
   *
   * @param claim the name of the claim template
   * @param index which member, from 0. Throws if it is no whole number.
   */
  public claimName(claim: string, index: number): string {
    return `${claim}-${this.podName(index)}`;
  }

  /**
   * The name of a Service of the product.
   *
   * @param suffix what follows the name of the set, such as 'read'; the set's own name without it
   */
  public serviceName(suffix?: string): string {
    return this.withSuffix(suffix);
  }

  /**
   * The DNS name of a Service of the product.
   *
   * @param suffix what follows the name of the set, such as 'read'; the set's own name without it
   */
  public serviceDnsName(suffix?: string): string {
    return this.dnsNameOf(this.withSuffix(suffix));
  }

  /**
   * The names of another set of the same product.
   *
   * @param suffix what follows the name of this set, such as 'sentinel'
   */
  public group(suffix: string): MemberNames {
    return new MemberNames(this.withSuffix(suffix), this.dnsNameOf, 0);
  }

  private withSuffix(suffix?: string): string {
    return suffix === undefined ? this.set : `${this.set}-${suffix}`;
  }
}
