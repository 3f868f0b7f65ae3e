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
 * A volume of a storage class whose claim lives and dies with its Pod: room for temporary files that is larger, or faster,
 * than the node's own. The volume goes with the claim only if the class has the reclaim policy Delete: give it one that
 * does; one that is known to keep volumes is refused. Mount it in a container of a StatefulWorkload, of a product built on
 * one, or, unless it is a raw device, of a SharedScratchPod; a mount in any other Pod is refused at synthesis. For data
 * that must stay, use a claim template.
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
   * Throws if the storage class is known to be unable to give what is asked for, or to keep volumes.
   */
  public constructor(scope: Construct, id: string, props: EphemeralVolumeProps) {
    super(scope, id);
    this.name = requireDnsLabel(this, 'name', props.name ?? kebabCase(id));
    const spec = new ClaimSpec(this, props);
    requireOfClass(this, spec.storageClass, storageClass => this.keeping(storageClass));
    const { labels, annotations } = props;
    const metadata = labels || annotations ? { labels, annotations } : undefined;
    const volume = { name: this.name, ephemeral: { volumeClaimTemplate: { metadata, spec: spec.toKube() } } };
    this.volume = spec.isBlock ? deviceStandIn(this, volume) : volumeStandIn(this, volume);
    if (props.selector !== undefined) proveSelector({ where: this, names: [undefined], spec: () => spec.toManifest() }); // the claim has the Pod's name
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
      hint: 'Each Pod would leave its volume behind, to be paid for: give reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE to a class for such volumes.',
    });
  }
}
