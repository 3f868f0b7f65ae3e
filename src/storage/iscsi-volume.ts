import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { chap, type IscsiSourceOptions, requireIscsi } from './sources/network';
import { kebabCase, requireDnsLabel } from '../base/names';
import { requireNew } from '../input/check-input';
import { volumeStandIn } from '../pod/stand-ins';

/** Properties of an iSCSI volume in a Pod. */
export interface IscsiVolumeProps extends IscsiSourceOptions {
  /**
   * The name of the volume in the Pod.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The Secret for CHAP authentication, of type kubernetes.io/iscsi-chap, in the namespace of the Pod.
   *
   * @default - no authentication
   */
  readonly chapSecret?: kplus.ISecret;

  /**
   * Whether to use CHAP for discovery as well. Throws without `chapSecret`.
   *
   * @default false
   */
  readonly chapDiscovery?: boolean;
}

/**
 * An iSCSI LUN as an inline volume of a Pod. It can be mounted in containers of a StatefulWorkload, of a product built
 * on one, or of a SharedScratchPod. Mounting it in any other Pod fails at synthesis.
 *
 * The Pod Security levels "restricted" and "baseline" do not admit Pods with inline iSCSI volumes: there, create a
 * PersistentVolume for the LUN (`VolumeSource.iscsi`) and mount a claim. Never let several members write to the same
 * LUN.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#iscsi
 */
export class IscsiVolume extends Construct implements kplus.IStorage {
  /** The name of the volume in the Pod. */
  public readonly name: string;

  private readonly volume: kplus.Volume;

  /**
   * Throws if a name or number is invalid, or if CHAP is requested without a Secret.
   */
  public constructor(scope: Construct, id: string, props: IscsiVolumeProps) {
    requireNew('IscsiVolume', scope, id, props);
    super(scope, id);
    const { name, chapSecret, chapDiscovery, ...unit } = props;
    this.name = requireDnsLabel(this, 'name', name ?? kebabCase(id));
    this.volume = volumeStandIn(this, {
      name: this.name,
      iscsi: {
        ...requireIscsi(this, unit),
        ...chap(this, chapSecret && { name: chapSecret.name }, chapDiscovery),
      },
    });
  }

  /** The volume that containers mount. */
  public asVolume(): kplus.Volume {
    return this.volume;
  }
}
