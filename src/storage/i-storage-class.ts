import type * as kplus from 'cdk8s-plus-28';
import type { StorageCapabilities } from './storage-capabilities';
import type { VolumeBindingMode } from './volume-binding-mode';

/** A storage class that claims can name. */
export interface IStorageClass {
  /** The name of the StorageClass object; empty for volumes of no class. */
  readonly name: string;
  /** What volumes of the class can and cannot do; undefined if it is not known. */
  readonly capabilities?: StorageCapabilities;
  /** When a claim gets its volume; undefined if it is not known. */
  readonly bindingMode?: VolumeBindingMode;
  /** The driver that makes the volumes; undefined if it is not known. */
  readonly driver?: string;
  /** What becomes of a volume when its claim is deleted; undefined if it is not known. */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;
}
