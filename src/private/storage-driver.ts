import { IPersistentVolumeClaim } from '../storage/persistent-volume-claim';

/** The driver that serves the volume of a claim; undefined if it is not known. */
export function driverOf({ volume, storageClass }: IPersistentVolumeClaim): string | undefined {
  return volume?.driver ?? storageClass?.driver;
}
