import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ClaimProps } from './claim-props';
import { ExistingClaim, type ExistingClaimOptions } from './existing-claim';
import type { IPersistentVolume } from './i-persistent-volume';
import type { IPersistentVolumeClaim } from './i-persistent-volume-claim';
import type { IStorageClass } from './i-storage-class';
import { ClaimSpec } from './private/claim-spec';
import { claimVolume } from './private/claim-volume';
import { growClaims } from './private/growing';
import { namespaceOf, subdomainNameOf } from '../base/names';
import { takeName } from '../base/taken-names';
import { proveSelector } from './private/selector-proof';
import { reserveFor } from './private/volume-reservation';
import { checked, requireNew } from '../input/check-input';

/** Properties of a PersistentVolumeClaim. */
export interface PersistentVolumeClaimProps extends ClaimProps {
  /**
   * The name of the claim.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The volume to bind the claim to. If the app defines the volume, the volume is also reserved for the claim: throws
   * if the namespace of the claim is unknown, or if the claim requests what the volume does not offer.
   *
   * @default - a matching existing volume, or a newly provisioned one
   */
  readonly volume?: IPersistentVolume;
}

/**
 * A claim to a volume that Pods mount and that outlives them. For a StatefulSet, use claim templates instead
 * (`StatefulWorkload.addClaim`), which give each member its own volume.
 *
 * @example
 * const uploads = new PersistentVolumeClaim(this, 'Uploads', {
 *   size: Size.gibibytes(50),
 *   accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
 *   storageClass: new StorageClass(this, 'Shared', { provisioner: Provisioner.nfs({ server: 'nfs.example', share: '/exports' }) }),
 * });
 * const web = new kplus.Deployment(this, 'Web', { containers: [{ image: 'shop/web:1' }] });
 * web.containers[0].mount('/srv/uploads', uploads);
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
export class PersistentVolumeClaim extends Construct implements IPersistentVolumeClaim, kplus.IStorage {
  /**
   * A claim that exists in the cluster already: mount it, take snapshots, or copy it.
   *
   * @example
   * const uploads = PersistentVolumeClaim.fromName(this, 'Uploads', 'uploads');
   * new StatefulWorkload(this, 'Gallery').addContainer({ image: 'gallery:1' }).mount('/srv/uploads', uploads);
   *
   * @param scope the parent construct
   * @param id the construct id
   * @param name the name of the PersistentVolumeClaim object; throws if it is invalid
   * @param options known properties of the claim; for a raw block device, set `volumeMode`, or it cannot be mounted
   */
  @checked
  public static fromName(scope: Construct, id: string, name: string, options: ExistingClaimOptions = {}): ExistingClaim {
    return ExistingClaim._of(scope, id, name, options);
  }

  public readonly name: string;
  public readonly namespace?: string;
  public readonly size?: Size;
  public readonly storageClass?: IStorageClass;
  /** The access modes of the volume. */
  public readonly accessModes: kplus.PersistentVolumeAccessMode[];
  public readonly volume?: IPersistentVolume;
  public readonly volumeMode?: kplus.PersistentVolumeMode;

  private readonly spec: ClaimSpec;
  private mounted?: kplus.Volume;

  /**
   * Throws if the storage class or the volume is known not to support what the claim requests.
   */
  public constructor(scope: Construct, id: string, props: PersistentVolumeClaimProps) {
    requireNew('PersistentVolumeClaim', scope, id, props);
    super(scope, id);
    this.name = subdomainNameOf(this, props.name);
    this.namespace = namespaceOf(this);
    takeName(this, 'PersistentVolumeClaim', this.name);
    this.volume = props.volume;
    this.spec = new ClaimSpec(this, props, { volume: props.volume, grow: () => growClaims([this.name], this.namespace) });
    this.size = this.spec.size;
    this.storageClass = this.spec.storageClass;
    this.accessModes = [...this.spec.accessModes];
    this.volumeMode = this.spec.volumeMode;
    if (props.volume !== undefined) reserveFor(this, this.spec, props.volume);

    const claim = new kplus.k8s.KubePersistentVolumeClaim(this, 'Resource', {
      metadata: { name: this.name, labels: props.labels, annotations: props.annotations },
      spec: this.spec.toKube(),
    });
    const takesAny = props.volume === undefined; // with a volume name, the selector is ignored
    if (props.selector !== undefined && takesAny) proveSelector({ where: this, names: [this.name], spec: () => claim.toJson().spec });
  }

  /** The volume that containers mount. Raw block devices can only be mounted in a StatefulWorkload. */
  public asVolume(): kplus.Volume {
    this.mounted ??= claimVolume(this, this.name, this.spec.isBlock);
    return this.mounted;
  }
}
