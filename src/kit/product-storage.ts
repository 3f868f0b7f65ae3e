import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';
import { requireSize } from '../base/quantity';
import type { ClaimRequest } from '../storage/claim-request';
import type { ClaimTemplateProps } from '../storage/claim-template';
import { requireOfClass } from '../storage/default-class';
import type { IStorageClass } from '../storage/i-storage-class';
import { StorageKind } from '../storage/storage-capabilities';
import type { StorageProps } from '../storage/storage-props';

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD } = kplus.PersistentVolumeAccessMode;

/**
 * The claim template for the `storage` of a product, or for another `property` of this type. It does not include the
 * retention, which a set has for all its claims. Throws unless each member can have its own file system on block
 * storage.
 */
export function claimTemplateOf(where: IConstruct, property: string, storage: StorageProps): ClaimTemplateProps {
  const { accessMode, retention: _, ...claim } = storage;
  requireSize(where, `${property}.size`, storage.size);
  if (accessMode !== undefined && accessMode !== READ_WRITE_ONCE && accessMode !== READ_WRITE_ONCE_POD) {
    throw invalid(where, {
      property: `${property}.accessMode`,
      got: accessMode,
      expected: `${READ_WRITE_ONCE} or ${READ_WRITE_ONCE_POD}`,
      hint: 'Two servers on one volume corrupt its data.',
    });
  }
  if (storage.volumeMode === kplus.PersistentVolumeMode.BLOCK) {
    throw invalid(where, {
      property: `${property}.volumeMode`,
      got: storage.volumeMode,
      expected: kplus.PersistentVolumeMode.FILE_SYSTEM,
      hint: 'This product needs a file system: omit it.',
    });
  }
  requireOfClass(where, storage.storageClass, ({ name, capabilities }) => capabilities?.kind !== StorageKind.FILE ? undefined : invalid(where, {
    property: `${property}.storageClass`,
    got: name,
    expected: 'a class of block storage',
    hint: 'A shared file system may acknowledge a write before it is on disk, and lose the end of a log: use block storage.',
  }));
  return { ...claim, accessModes: [accessModeOf(storage)] };
}

/** The access mode of the volumes of a product. */
export function accessModeOf({ accessMode, storageClass }: StorageProps): kplus.PersistentVolumeAccessMode {
  return accessMode ?? strictestAccessMode(storageClass);
}

/** The names of the claim's properties in errors: those that the user wrote. */
export function claimRequest(by: IConstruct, property: string): ClaimRequest {
  return { by, nameOf: name => `${property}.${name === 'accessModes' ? 'accessMode' : name}` };
}

/** One Pod at a time if the class is known to support it: after a forced deletion, the old server may still be running. */
function strictestAccessMode(storageClass?: IStorageClass): kplus.PersistentVolumeAccessMode {
  return storageClass?.capabilities?.accessModes?.includes(READ_WRITE_ONCE_POD) ? READ_WRITE_ONCE_POD : READ_WRITE_ONCE;
}

/** Throws if several members that must have different data would start from the same data source. */
export function requireOwnData(where: IConstruct, property: string, storage: StorageProps, members: number, hint: string): void {
  if (storage.dataSource === undefined || members === 1) return;
  throw conflict(where, `all ${members} members would start from the same '${property}.dataSource'`, hint);
}
