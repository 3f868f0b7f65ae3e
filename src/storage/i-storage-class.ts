import type * as kplus from 'cdk8s-plus-28';
import type { StorageCapabilities } from './storage-capabilities';
import type { VolumeBindingMode } from './volume-binding-mode';

/** A storage class that claims can request. */
export interface IStorageClass {
  /** The name of the StorageClass object; empty for volumes without a class. */
  readonly name: string;
  /** The capabilities of volumes of the class; undefined if unknown. */
  readonly capabilities?: StorageCapabilities;
  /** When claims are bound to a volume; undefined if unknown. */
  readonly bindingMode?: VolumeBindingMode;
  /** The driver that provisions the volumes; undefined if unknown. */
  readonly driver?: string;
  /** What happens to a volume when its claim is deleted; undefined if unknown. */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;
}
