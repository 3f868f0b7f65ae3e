import type { IStorageClass } from './i-storage-class';
import type { StorageCapabilities } from './storage-capabilities';

/** A volume that a claim can be bound to by name. */
export interface IPersistentVolume {
  /** The name of the PersistentVolume object. */
  readonly name: string;
  /** The class that claims for it must name; one with an empty name if it has none. */
  readonly storageClass: IStorageClass;
  /** What the volume itself can and cannot do, whatever its class says; undefined if it is not in the app. */
  readonly capabilities?: StorageCapabilities;
  /** The CSI driver that serves it; undefined if there is none, or if it is not known. */
  readonly driver?: string;
}
