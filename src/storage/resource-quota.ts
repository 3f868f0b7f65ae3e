import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { defaultClassOf } from './default-class';
import type { IStorageClass } from './i-storage-class';
import { type AppClaim, claimsBeside } from './private/claims-of-app';
import { conflict, invalid, requireInteger } from '../base/errors';
import { nameOf } from '../base/names';
import { bytesIn, quantity, requireSize, showBytes } from '../base/quantity';
import { takeName } from '../base/taken-names';
import { requireNew } from '../input/check-input';

/** Quota of one storage class in a namespace. At least one limit is required. */
export interface StorageClassQuota {
  /**
   * The storage class. Claims without a class count towards the app's default class. If the app defines none, they are
   * not counted at synthesis, although the cluster counts them towards its own default class.
   */
  readonly storageClass: IStorageClass;

  /**
   * The total size that all claims of the class may request.
   *
   * @default - no limit
   */
  readonly storage?: Size;

  /**
   * The maximum number of claims of the class, at least 0. With 0, the class cannot be used.
   *
   * @default - no limit
   */
  readonly claims?: number;
}

/** Properties of a storage quota. At least one limit is required. */
export interface ResourceQuotaProps {
  /**
   * The total size that all claims may request.
   *
   * @default - no limit
   */
  readonly storage?: Size;

  /**
   * The maximum number of claims, at least 0.
   *
   * @default - no limit
   */
  readonly claims?: number;

  /**
   * Limits by storage class.
   *
   * @default - none
   */
  readonly classes?: StorageClassQuota[];

  /**
   * The name of the ResourceQuota.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;
}

/** The limits that all kinds of quotas have in common. */
interface Limit {
  readonly storage?: Size;
  readonly claims?: number;
}

/**
 * A quota for the storage of a namespace. Synthesis fails if the claims of the app in that namespace exceed it, since
 * the cluster would refuse the excess claims and their Pods would never start.
 *
 * @example
 * const fast = new StorageClass(this, 'Fast', { provisioner: Provisioner.awsEbs() });
 * new ResourceQuota(this, 'Storage', { storage: Size.tebibytes(1), claims: 20, classes: [{ storageClass: fast, storage: Size.gibibytes(200) }] });
 *
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/#storage-resource-quota
 */
export class ResourceQuota extends Construct {
  /** The name of the ResourceQuota. */
  public readonly name: string;

  /**
   * Throws if there is no limit, or if a class is listed twice.
   */
  public constructor(scope: Construct, id: string, private readonly props: ResourceQuotaProps) {
    requireNew('ResourceQuota', scope, id, props);
    super(scope, id);
    this.name = nameOf(this, props.name, 63);
    takeName(this, 'ResourceQuota', this.name);
    const limits = [...this.limits('', '', props), ...(props.classes ?? []).flatMap((limit, i) => this.classLimits(limit, i))];
    if (limits.length === 0) throw conflict(this, 'a quota needs at least one limit', "Set 'storage', 'claims' or 'classes'.");
    new kplus.k8s.KubeResourceQuota(this, 'Resource', { metadata: { name: this.name }, spec: { hard: Object.fromEntries(limits) } });
    this.node.addValidation({ validate: () => this.exceeded() });
  }

  private classLimits(limit: StorageClassQuota, index: number): [resource: string, most: kplus.k8s.Quantity][] {
    const { name } = limit.storageClass;
    const property = `classes[${index}]`;
    if (name === '') throw invalid(this, { property, got: '', expected: 'a storage class with a name' });
    const first = this.props.classes?.findIndex(other => other.storageClass.name === name);
    if (first !== index) throw conflict(this, `the storage class '${name}' is listed twice`, 'Merge the two entries.');
    const limits = this.limits(`${property}.`, `${name}.storageclass.storage.k8s.io/`, limit);
    if (limits.length === 0) throw conflict(this, `the storage class '${name}' has no limit`, "Set 'storage' or 'claims'.");
    return limits;
  }

  private limits(property: string, prefix: string, { storage, claims }: Limit): [resource: string, most: kplus.k8s.Quantity][] {
    const limits: [string, kplus.k8s.Quantity][] = [];
    const limit = (resource: string, most: string) => limits.push([`${prefix}${resource}`, kplus.k8s.Quantity.fromString(most)]);
    if (storage !== undefined) limit('requests.storage', quantity(requireSize(this, `${property}storage`, storage)));
    if (claims !== undefined) limit('persistentvolumeclaims', String(requireInteger(this, `${property}claims`, claims, 0)));
    return limits;
  }

  private exceeded(): string[] {
    const claims = claimsBeside(this);
    const classOf = (claim: AppClaim) => claim.storageClass ?? defaultClassOf(this)?.name;
    return [
      ...this.over('', this.props, claims),
      ...(this.props.classes ?? []).flatMap(limit => {
        const { name } = limit.storageClass;
        return this.over(` of the storage class '${name}'`, limit, claims.filter(claim => classOf(claim) === name));
      }),
    ];
  }

  private over(what: string, { storage, claims: mostClaims }: Limit, claims: AppClaim[]): string[] {
    const bytes = claims.reduce((sum, claim) => sum + claim.bytes * claim.count, 0);
    const number = claims.reduce((sum, claim) => sum + claim.count, 0);
    const list = claims.map(claim => `${claim.count === 1 ? '' : `${claim.count} × `}${showBytes(claim.bytes)} ${claim.who}`).join(', ');
    const problems = [
      ...storage !== undefined && bytes > bytesIn(storage) ? [`the claims${what} request ${showBytes(bytes)}, more than ${quantity(storage)}`] : [],
      ...mostClaims !== undefined && number > mostClaims ? [`there are ${number} claims${what}, more than ${mostClaims}`] : [],
    ];
    return problems.map(problem => `${this.node.path}: ${problem} (${list}). Raise the quota, or request less.`);
  }
}
