import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ClaimProps } from './claim-props';
import { requireOfClass } from './default-class';
import type { IStorageClass } from './i-storage-class';
import { ClaimSpec } from './private/claim-spec';
import { invalid } from '../base/errors';
import { kebabCase, requireDnsLabel } from '../base/names';
import { deviceStandIn, volumeStandIn } from '../pod/stand-ins';
import { proveSelector } from './private/selector-proof';
import { requireNew } from '../input/check-input';

/** Properties of an ephemeral volume. */
export interface EphemeralVolumeProps extends ClaimProps {
  /**
   * The name of the volume in the Pod.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;
}

/**
 * A generic ephemeral volume: a dynamically provisioned volume that is created and deleted together with its Pod. Use
 * it for temporary files that need more, or faster, storage than the node offers, and a claim template for data that
 * must outlive the Pod.
 *
 * The storage class must have the reclaim policy Delete, or the volume outlives the claim; a class that is known to
 * retain volumes is refused. The volume can be mounted in containers of a StatefulWorkload, of a product built on one,
 * or, unless it is a raw block device, of a SharedScratchPod. Mounting it in any other Pod fails at synthesis.
 *
 * @example
 * const set = new StatefulWorkload(this, 'Sorter');
 * const storageClass = new StorageClass(this, 'Brief', { provisioner: Provisioner.awsEbs(), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE });
 * const scratch = new EphemeralVolume(this, 'Scratch', { size: Size.gibibytes(100), storageClass });
 * set.addContainer({ image: 'busybox:1.35' }).mount('/scratch', scratch);
 *
 * @see https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export class EphemeralVolume extends Construct implements kplus.IStorage {
  /** The name of the volume in the Pod. */
  public readonly name: string;

  private readonly volume: kplus.Volume;

  /**
   * Throws if the storage class is known not to support what is requested, or to retain volumes.
   */
  public constructor(scope: Construct, id: string, props: EphemeralVolumeProps) {
    requireNew('EphemeralVolume', scope, id, props);
    super(scope, id);
    this.name = requireDnsLabel(this, 'name', props.name ?? kebabCase(id));
    const spec = new ClaimSpec(this, props);
    requireOfClass(this, spec.storageClass, storageClass => this.keeping(storageClass));
    const { labels, annotations } = props;
    const metadata = labels || annotations ? { labels, annotations } : undefined;
    const volume = { name: this.name, ephemeral: { volumeClaimTemplate: { metadata, spec: spec.toKube() } } };
    this.volume = spec.isBlock ? deviceStandIn(this, volume) : volumeStandIn(this, volume);
    if (props.selector !== undefined) proveSelector({ where: this, names: [undefined], spec: () => spec.toManifest() }); // the claim's name contains the Pod's
  }

  /** The volume that containers mount. */
  public asVolume(): kplus.Volume {
    return this.volume;
  }

  private keeping({ name, reclaimPolicy }: IStorageClass): Error | undefined {
    if (reclaimPolicy !== kplus.PersistentVolumeReclaimPolicy.RETAIN) return undefined;
    return invalid(this, {
      property: 'storageClass',
      got: name,
      expected: `a class with the reclaim policy Delete, not ${reclaimPolicy}`,
      hint: 'Every Pod would leave an orphaned volume behind, which you keep paying for: use a class with reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE.',
    });
  }
}
