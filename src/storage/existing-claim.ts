import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { IPersistentVolume } from './i-persistent-volume';
import type { IPersistentVolumeClaim } from './i-persistent-volume-claim';
import type { IStorageClass } from './i-storage-class';
import { orNothing } from '../base/all-or-nothing';
import { namespaceOf, subdomainNameOf } from '../base/names';
import { claimVolume } from './private/claim-volume';

/** Known properties of a claim that the app does not define. */
export interface ExistingClaimOptions {
  /**
   * The namespace of the claim.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;

  /**
   * The requested size.
   *
   * @default - unknown
   */
  readonly size?: Size;

  /**
   * The storage class.
   *
   * @default - unknown
   */
  readonly storageClass?: IStorageClass;

  /**
   * The volume that the claim is bound to by name.
   *
   * @default - none, or unknown
   */
  readonly volume?: IPersistentVolume;

  /**
   * Whether the volume is a file system or a raw block device.
   *
   * @default - unknown
   */
  readonly volumeMode?: kplus.PersistentVolumeMode;
}

/** A claim that already exists in the cluster. Created by `PersistentVolumeClaim.fromName`. */
export class ExistingClaim extends Construct implements IPersistentVolumeClaim, kplus.IStorage {
  /**
   * Called by `PersistentVolumeClaim.fromName` only.
   *
   * @internal
   */
  public static _of(scope: Construct, id: string, name: string, options: ExistingClaimOptions): ExistingClaim {
    return orNothing(scope, id, () => new ExistingClaim(scope, id, name, options));
  }

  public readonly name: string;
  public readonly namespace?: string;
  public readonly size?: Size;
  public readonly storageClass?: IStorageClass;
  public readonly volume?: IPersistentVolume;
  public readonly volumeMode?: kplus.PersistentVolumeMode;

  private mounted?: kplus.Volume;

  private constructor(scope: Construct, id: string, name: string, { namespace, size, storageClass, volume, volumeMode }: ExistingClaimOptions) {
    super(scope, id);
    this.name = subdomainNameOf(this, name);
    this.namespace = namespace ?? namespaceOf(this);
    this.size = size;
    this.storageClass = storageClass;
    this.volume = volume;
    this.volumeMode = volumeMode;
  }

  /**
   * The volume that containers in the claim's namespace mount. Raw block devices can only be mounted in a
   * StatefulWorkload.
   */
  public asVolume(): kplus.Volume {
    this.mounted ??= claimVolume(this, this.name, this.volumeMode === kplus.PersistentVolumeMode.BLOCK);
    return this.mounted;
  }
}
