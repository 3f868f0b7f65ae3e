import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { requireOfClass } from './default-class';
import { conflict, invalid } from './errors';
import { requireSize } from './quantity';
import { ClaimTemplateProps } from '../storage/claim-template';
import { StorageKind } from '../storage/storage-capabilities';
import { StorageProps } from '../storage/storage-props';

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD } = kplus.PersistentVolumeAccessMode;

/**
 * The claim template of a product's `storage`, or whatever its `property` is called; what is kept after the set is the
 * set's own affair. Throws unless each member can have a file system of its own, on a disk.
 */
export function storageClaim(where: IConstruct, property: string, storage: StorageProps): ClaimTemplateProps {
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
  return { ...claim, accessModes: accessMode && [accessMode] };
}

/** Throws if several members, each of which must have data of its own, would begin with one and the same. */
export function requireOwnData(where: IConstruct, property: string, storage: StorageProps, members: number, hint: string): void {
  if (storage.dataSource === undefined || members === 1) return;
  throw conflict(where, `each of ${members} members would begin with the same '${property}.dataSource'`, hint);
}
