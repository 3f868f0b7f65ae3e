import type { IPersistentVolumeClaim } from '../i-persistent-volume-claim';
import type { StorageCapabilities } from '../storage-capabilities';

/** The driver of a claim's volume; undefined if unknown. */
export function driverOf({ volume, storageClass }: IPersistentVolumeClaim): string | undefined {
  return volume?.driver ?? storageClass?.driver;
}

/** The capabilities of a claim's volume. Those of the volume itself take precedence over those of the class. */
export function abilitiesOf({ volume, storageClass }: IPersistentVolumeClaim): StorageCapabilities {
  return volume?.capabilities ?? storageClass?.capabilities ?? {};
}
