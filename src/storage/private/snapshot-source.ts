import type { IConstruct } from 'constructs';
import { abilitiesOf, driverOf } from './claim-abilities';
import { conflict, invalid } from '../../base/errors';
import { namespaceOf } from '../../base/names';
import type { IPersistentVolumeClaim } from '../i-persistent-volume-claim';
import type { IVolumeSnapshotClass } from '../i-volume-snapshot-class';

/** Throws if a snapshot of this class is known not to be possible of the claim's volume. */
export function requireSnapshots(where: IConstruct, claim: IPersistentVolumeClaim, snapshotClass: IVolumeSnapshotClass | undefined): void {
  const { storageClass, volume, namespace } = claim;
  if (abilitiesOf(claim).snapshots === false) {
    const storage = volume === undefined ? `is of the storage class '${storageClass?.name}'` : `has the volume '${volume.name}'`;
    throw conflict(where, `the claim '${claim.name}' ${storage}, which has no snapshots`, 'Back up by the means of the product, such as a dump.');
  }
  const driver = driverOf(claim);
  if (snapshotClass?.driver !== undefined && driver !== undefined && snapshotClass.driver !== driver) {
    throw conflict(where, `the snapshot class '${snapshotClass.name}' is of ${snapshotClass.driver}, but the volume of the claim '${claim.name}' is of ${driver}`,
      'Take a snapshot class of that driver.');
  }
  const own = namespaceOf(where);
  if (namespace !== undefined && own !== undefined && namespace !== own) {
    throw conflict(where, `the claim '${claim.name}' is in namespace '${namespace}'`, `A snapshot is taken in the namespace of the claim, not in '${own}'.`);
  }
}

/** Throws if a snapshot class has no name: the API refuses an empty one, which is not the same as none. */
export function requireClassName(where: IConstruct, snapshotClass: IVolumeSnapshotClass | undefined): void {
  if (snapshotClass?.name !== '') return;
  throw invalid(where, { property: 'snapshotClass', got: '', expected: 'a snapshot class with a name', hint: "Leave it out for the default class of the volume's driver." });
}
