import type { IStorageClass } from './i-storage-class';
import type { StorageCapabilities } from './storage-capabilities';

/** A PersistentVolume that a claim can be bound to by name. */
export interface IPersistentVolume {
  /** The name of the PersistentVolume object. */
  readonly name: string;
  /** The storage class of claims that bind to the volume. Its name is empty if the volume has no class. */
  readonly storageClass: IStorageClass;
  /** The capabilities of the volume itself, regardless of its class; undefined if the app does not define the volume. */
  readonly capabilities?: StorageCapabilities;
  /** The CSI driver of the volume; undefined if there is none, or if it is unknown. */
  readonly driver?: string;
}
