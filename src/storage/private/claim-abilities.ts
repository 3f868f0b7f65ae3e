import type { IPersistentVolumeClaim } from '../i-persistent-volume-claim';
import type { StorageCapabilities } from '../storage-capabilities';

/** The driver that serves the volume of a claim; undefined if it is not known. */
export function driverOf({ volume, storageClass }: IPersistentVolumeClaim): string | undefined {
  return volume?.driver ?? storageClass?.driver;
}

/** What the volume of a claim can and cannot do: the one that it names knows it better than its class. */
export function abilitiesOf({ volume, storageClass }: IPersistentVolumeClaim): StorageCapabilities {
  return volume?.capabilities ?? storageClass?.capabilities ?? {};
}
