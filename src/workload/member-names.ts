import type { IConstruct } from 'constructs';
import { serviceDnsName } from './services';
import { GoverningService, type SetIdentity } from './set-identity';
import { conflict, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';

/** What the names of a set depend on, in addition to its own name. */
interface MemberNamesOptions {
  readonly clusterDomain?: string;
  readonly firstOrdinal?: number;
  readonly identity?: SetIdentity;
}

/**
 * The names of a set, its members, their claims and its Services. They are computed once, before any constructs are
 * created.
 */
export class MemberNames {
  /**
   * The names of a set.
   *
   * @internal
   */
  public static _of(where: IConstruct, set: string, { clusterDomain, firstOrdinal = 0, identity }: MemberNamesOptions = {}): MemberNames {
    return new MemberNames(set, where.node.path, service => serviceDnsName(where, service, clusterDomain), firstOrdinal, identity);
  }

  private constructor(
    /** The name of the StatefulSet. */
    public readonly set: string,
    private readonly path: string,
    private readonly dnsNameOf: (service: string) => string,
    /** The ordinal of the first member. */
    public readonly firstOrdinal: number,
    private readonly identity: SetIdentity = {},
  ) {}

  /** The name of the governing Service, which is headless unless the set was taken over with another one. */
  public get headlessService(): string {
    return this.identity.serviceName ?? this.withSuffix('headless');
  }

  /** Whether the members have DNS names. Only members of a set that was taken over with a governing Service that is not headless have none. */
  public get haveDnsNames(): boolean {
    return this.identity.governingService !== GoverningService.NOT_HEADLESS;
  }

  /**
   * The DNS name of the headless Service, which resolves to the addresses of all members, whether or not they are
   * ready. It is the suffix of the members' DNS names. Throws if they have none: see `haveDnsNames`.
   */
  public get domain(): string {
    if (this.haveDnsNames) return this.dnsNameOf(this.headlessService);
    throw conflict(this.path, "the DNS names of its members are needed, but they have none, since 'identity.governingService' is not headless",
      'Replace the Service by a headless one before you take over the set: see docs/taking-over-a-set.md.');
  }

  /**
   * The name of a member's Pod.
   *
   * @param index the index of the member, from 0; throws if it is not a whole number
   */
  @checked
  public podName(index: number): string {
    requireInteger('MemberNames.podName', 'index', index, 0);
    return `${this.set}-${this.firstOrdinal + index}`;
  }

  /**
   * The DNS name of a member: fully qualified if the chart has a namespace, otherwise relative to the namespace. Throws
   * if members have none: see `haveDnsNames`.
   *
   * @param index the index of the member, from 0; throws if it is not a whole number
   */
  @checked
  public podDnsName(index: number): string {
    return `${this.podName(index)}.${this.domain}`;
  }

  /**
   * The name of a member's claim.
   *
   * @param claim the name of the claim template
   * @param index the index of the member, from 0; throws if it is not a whole number
   */
  @checked
  public claimName(claim: string, index: number): string {
    return `${this.claimTemplate(claim)}-${this.podName(index)}`;
  }

  /**
   * The name of a claim template in the set, which can differ from the product's name for it if the set was taken over.
   *
   * @param claim the product's name for the template
   */
  @checked
  public claimTemplate(claim: string): string {
    return this.identity.claimNames?.[claim] ?? claim;
  }

  /**
   * The name of a Service of the product, which never equals that of a headless governing Service.
   *
   * @param suffix the suffix after the name of the set, such as 'read'; without it, the name of the set
   */
  @checked
  public serviceName(suffix?: string): string {
    const name = this.withSuffix(suffix);
    return name === this.identity.serviceName && this.haveDnsNames ? `${name}-client` : name;
  }

  /**
   * The DNS name of a Service of the product.
   *
   * @param suffix the suffix after the name of the set, such as 'read'; without it, the name of the set
   */
  @checked
  public serviceDnsName(suffix?: string): string {
    return this.dnsNameOf(this.serviceName(suffix));
  }

  /**
   * The names of another set of the product.
   *
   * @param suffix the suffix after the name of this set, such as 'sentinel'
   */
  @checked
  public group(suffix: string): MemberNames {
    return new MemberNames(this.withSuffix(suffix), this.path, this.dnsNameOf, 0);
  }

  private withSuffix(suffix?: string): string {
    return suffix === undefined ? this.set : `${this.set}-${suffix}`;
  }
}
