import type { IConstruct } from 'constructs';
import { abilitiesOf, driverOf } from './claim-abilities';
import { conflict, invalid } from '../../base/errors';
import { namespaceOf } from '../../base/names';
import type { IPersistentVolumeClaim } from '../i-persistent-volume-claim';
import type { IVolumeSnapshotClass } from '../i-volume-snapshot-class';

/** Throws if the claim's volume is known not to support snapshots of this class. */
export function requireSnapshots(where: IConstruct, claim: IPersistentVolumeClaim, snapshotClass: IVolumeSnapshotClass | undefined): void {
  const { storageClass, volume, namespace } = claim;
  if (abilitiesOf(claim).snapshots === false) {
    const storage = volume === undefined ? `has the storage class '${storageClass?.name}'` : `has the volume '${volume.name}'`;
    throw conflict(where, `the claim '${claim.name}' ${storage}, which does not support snapshots`, 'Back up with the tools of the product, for example with a dump.');
  }
  const driver = driverOf(claim);
  if (snapshotClass?.driver !== undefined && driver !== undefined && snapshotClass.driver !== driver) {
    throw conflict(where, `the snapshot class '${snapshotClass.name}' belongs to ${snapshotClass.driver}, but the volume of the claim '${claim.name}' to ${driver}`,
      'Use a snapshot class of that driver.');
  }
  const own = namespaceOf(where);
  if (namespace !== undefined && own !== undefined && namespace !== own) {
    throw conflict(where, `the claim '${claim.name}' is in namespace '${namespace}'`, `A snapshot must be in the namespace of its claim, not in '${own}'.`);
  }
}

/** Throws if a snapshot class has an empty name, which the API server refuses. */
export function requireClassName(where: IConstruct, snapshotClass: IVolumeSnapshotClass | undefined): void {
  if (snapshotClass?.name !== '') return;
  throw invalid(where, { property: 'snapshotClass', got: '', expected: 'a snapshot class with a name', hint: "Omit it to use the default class of the volume's driver." });
}
