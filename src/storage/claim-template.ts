import type { ApiObject, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ClaimProps } from './claim-props';
import type { ClaimRequest } from './claim-request';
import type { IPersistentVolumeClaim } from './i-persistent-volume-claim';
import { ClaimSpec } from './private/claim-spec';
import { firstClaim } from './private/first-claim';
import { growSet } from './private/growing';
import { orNothing } from '../base/all-or-nothing';
import { namespaceOf, requireDnsLabel } from '../base/names';
import { claimStandIn } from '../pod/stand-ins';
import { proveSelector } from './private/selector-proof';
import { takeClaimNames } from '../base/taken-names';
import type { ClaimOwner } from './private/claim-owner';
import { checked } from '../input/check-input';

/** Properties of a claim template. */
export interface ClaimTemplateProps extends ClaimProps {}

/**
 * A claim template of a StatefulSet. Each member gets its own claim, `<claim>-<set>-<ordinal>`, and keeps it when it is
 * rescheduled. Created by `StatefulWorkload.addClaim` and mounted by containers of that workload.
 *
 * Claim templates are immutable, including their size: see docs/growing-volumes.md.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
 */
export class ClaimTemplate extends Construct implements kplus.IStorage {
  /**
   * Creates a template; called by workloads only.
   *
   * @internal
   */
  public static _create(owner: ClaimOwner, name: string, props: ClaimTemplateProps, asked?: ClaimRequest): ClaimTemplate {
    return orNothing(owner, idOf(name), () => new ClaimTemplate(owner, name, props, asked ?? { by: owner, nameOf: property => `claims.${name}.${property}` }));
  }

  /** The name of the template and of the volume in the Pods. */
  public readonly name: string;
  /** The size of each member's volume. */
  public readonly size: Size;
  /** Whether the volume is a file system or a raw block device. */
  public readonly volumeMode: kplus.PersistentVolumeMode;

  private readonly labels: { [key: string]: string };
  private readonly annotations?: { [key: string]: string };
  private readonly spec: ClaimSpec;
  private readonly volume: kplus.Volume;

  private constructor(private readonly owner: ClaimOwner, name: string, props: ClaimTemplateProps, { by, nameOf }: ClaimRequest) {
    super(owner, idOf(name));
    this.name = requireDnsLabel(owner, 'claims', name);
    takeClaimNames(this, name, owner.name);
    this.labels = { ...props.labels };
    this.annotations = props.annotations && { ...props.annotations };
    this.spec = new ClaimSpec(by, props, { nameOf, grow: () => growSet(owner.name, this.claimNames, namespaceOf(this)) });
    this.size = this.spec.size;
    this.volumeMode = this.spec.volumeMode;
    this.volume = claimStandIn(this, name, owner, this.spec.isBlock);
    if (props.selector !== undefined) proveSelector({ where: this, names: this.claimNames, spec: () => this.spec.toManifest() });
  }

  /** The volume that containers mount. */
  public asVolume(): kplus.Volume {
    return this.volume;
  }

  /**
   * The claim of one member, for use as the source of a snapshot or a clone.
   *
   * @param index the ordinal of the member; throws if there is no such member
   */
  @checked
  public memberClaim(index: number): IPersistentVolumeClaim {
    return {
      name: this.claimName(index),
      namespace: namespaceOf(this),
      size: this.size,
      storageClass: this.spec.storageClass,
      volumeMode: this.volumeMode,
    };
  }

  /**
   * Creates the claim of the first member itself, with properties that differ from those of the template, such as initial content.
   *
   * @internal
   */
  public _createFirst(props: ClaimTemplateProps, { by, nameOf }: ClaimRequest, setLabels: { [key: string]: string }): ApiObject {
    return firstClaim(this, new ClaimSpec(by, props, { nameOf }), {
      name: this.claimName(0), labels: { ...setLabels, ...this.labels }, annotations: this.annotations,
    });
  }

  /**
   * Renders the template with the API server's defaults filled in, so that diff tools report no changes.
   *
   * @internal
   */
  public _toKube(setLabels: { [key: string]: string }): kplus.k8s.KubePersistentVolumeClaimProps {
    return {
      metadata: {
        name: this.name,
        labels: { ...setLabels, ...this.labels },
        annotations: this.annotations,
      },
      spec: this.spec.toKube(),
    };
  }

  private get claimNames(): string[] {
    return Array.from({ length: this.owner.members.count }, (_, i) => this.claimName(i));
  }

  private claimName(index: number): string {
    return `${this.name}-${this.owner.podName(index)}`;
  }
}

function idOf(name: string): string {
  return `Claim-${name}`;
}
