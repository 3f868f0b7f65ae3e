import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';
import { requireSize } from '../base/quantity';
import type { ClaimTemplateProps } from '../storage/claim-template';
import { requireOfClass } from '../storage/default-class';
import type { IStorageClass } from '../storage/i-storage-class';
import { StorageKind } from '../storage/storage-capabilities';
import type { StorageProps } from '../storage/storage-props';

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD } = kplus.PersistentVolumeAccessMode;

/**
 * The claim template for the `storage` of a product, or for another `property` of this kind. Without its retention: a set has one for all its
 * claims. Throws unless each member can have a file system of its own, on a disk.
 */
export function claimTemplateOf(where: IConstruct, property: string, storage: StorageProps): ClaimTemplateProps {
  const { accessMode, retention: _, ...claim } = storage;
  requireSize(where, `${property}.size`, storage.size);
  if (accessMode !== undefined && accessMode !== READ_WRITE_ONCE && accessMode !== READ_WRITE_ONCE_POD) {
    throw invalid(where, {
      property: `${property}.accessMode`,
      got: accessMode,
      expected: `${READ_WRITE_ONCE} or ${READ_WRITE_ONCE_POD}`,
      hint: 'Two servers on one volume destroy it.',
    });
  }
  if (storage.volumeMode === kplus.PersistentVolumeMode.BLOCK) {
    throw invalid(where, {
      property: `${property}.volumeMode`,
      got: storage.volumeMode,
      expected: kplus.PersistentVolumeMode.FILE_SYSTEM,
      hint: 'This product keeps files: leave it out.',
    });
  }
  requireOfClass(where, storage.storageClass, ({ name, capabilities }) => capabilities?.kind !== StorageKind.FILE ? undefined : invalid(where, {
    property: `${property}.storageClass`,
    got: name,
    expected: 'a class of block storage',
    hint: 'A shared file system may report a write as done before it is on a disk, and lose the end of a log: take a disk.',
  }));
  return { ...claim, accessModes: [accessMode ?? strictestAccessMode(storage.storageClass)] };
}

/** One Pod at a time, where the class is known to see to it: after a forced deletion the old server may still be running. */
function strictestAccessMode(storageClass?: IStorageClass): kplus.PersistentVolumeAccessMode {
  return storageClass?.capabilities?.accessModes?.includes(READ_WRITE_ONCE_POD) ? READ_WRITE_ONCE_POD : READ_WRITE_ONCE;
}

/** Throws if several members, each of which must have data of its own, would begin with one and the same. */
export function requireOwnData(where: IConstruct, property: string, storage: StorageProps, members: number, hint: string): void {
  if (storage.dataSource === undefined || members === 1) return;
  throw conflict(where, `each of ${members} members would begin with the same '${property}.dataSource'`, hint);
}
