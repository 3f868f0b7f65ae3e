import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { chap, type IscsiSourceOptions, requireIscsi } from './sources/network';
import { kebabCase, requireDnsLabel } from '../base/names';
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
   * The Secret for CHAP, of the type kubernetes.io/iscsi-chap, in the namespace of the Pod.
   *
   * @default - no authentication
   */
  readonly chapSecret?: kplus.ISecret;

  /**
   * Whether finding the target asks for the Secret too. Throws without `chapSecret`.
   *
   * @default false
   */
  readonly chapDiscovery?: boolean;
}

/**
 * A unit of an iSCSI target, named in the Pod itself. Mount it in a container of a StatefulWorkload, of a product built
 * on one, or of a SharedScratchPod; a mount in any other Pod is refused at synthesis.
 *
 * Where Pod Security "restricted" or "baseline" is enforced, such Pods are refused: make a PersistentVolume of the unit
 * (`VolumeSource.iscsi`) and mount a claim. Several members must never write one unit.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#iscsi
 */
export class IscsiVolume extends Construct implements kplus.IStorage {
  /** The name of the volume in the Pod. */
  public readonly name: string;

  private readonly volume: kplus.Volume;

  /**
   * Throws if a name or number is none that a target has, or if a Secret is asked for and not given.
   */
  public constructor(scope: Construct, id: string, props: IscsiVolumeProps) {
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
