import * as kplus from 'cdk8s-plus-28';
import type { InvalidInput } from '../../base/errors';
import type { IPersistentVolume } from '../i-persistent-volume';
import type { IStorageClass } from '../i-storage-class';
import { type StorageCapabilities, StorageKind, StorageTopology } from '../storage-capabilities';
import { VolumeBindingMode } from '../volume-binding-mode';
import type { SourceKind } from '../volume-data-source';

/** The requirements of a claim, or of a statically provisioned volume, on its storage. */
export interface StorageRequest {
  readonly accessModes: kplus.PersistentVolumeAccessMode[];
  readonly volumeMode: kplus.PersistentVolumeMode;
  readonly expandable?: boolean;
  readonly source?: SourceKind;
  /** The driver that holds the source's data; undefined if unknown. */
  readonly sourceDriver?: string;
  /** The command that expands the claim, where expansion is supported. */
  readonly grow?: () => string;
}

const { FILE_SYSTEM, BLOCK } = kplus.PersistentVolumeMode;

/**
 * Why the storage does not support the request; undefined if it does, or if that is unknown. All kinds of claims are
 * checked here. If the claim refers to a `volume`, the capabilities of that volume count rather than those of the
 * class; expansion, however, must be supported by both.
 */
export function misfit(request: StorageRequest, storageClass: IStorageClass, volume?: IPersistentVolume): InvalidInput | undefined {
  const able = abilities(storageClass);
  const whose = storageClass.name === '' ? 'a volume without a storage class' : `the storage class '${storageClass.name}'`;
  const growth = wrongGrowth(request, volume?.capabilities ?? {}, `the volume '${volume?.name}'`) ?? wrongGrowth(request, able, whose) ?? unknownGrowth(request, able, whose);
  if (volume?.capabilities !== undefined) return growth;
  return wrongBinding(storageClass, whose)
    ?? wrongVolumeMode(request, able, whose)
    ?? wrongAccessMode(request, able, whose)
    ?? growth
    ?? wrongSource(request, able, whose)
    ?? wrongDriver(request, storageClass, whose);
}

/** Volumes without a class cannot be expanded. */
function abilities({ name, capabilities }: IStorageClass): StorageCapabilities {
  return name === '' ? { ...capabilities, expandable: false } : capabilities ?? {};
}

/** The same for a volume source. */
export function sourceMisfit(request: StorageRequest, able: StorageCapabilities, what: string): InvalidInput | undefined {
  return wrongVolumeMode(request, able, what) ?? wrongAccessMode(request, able, what);
}

function wrongBinding({ bindingMode, capabilities }: IStorageClass, whose: string): InvalidInput | undefined {
  const topology = capabilities?.topology;
  const somewhere = topology === StorageTopology.ZONAL || topology === StorageTopology.NODE_BOUND;
  if (bindingMode !== VolumeBindingMode.IMMEDIATE || !somewhere) return undefined;
  return {
    property: 'storageClass',
    got: `${bindingMode} for ${topology} volumes`,
    expected: `${whose} to bind with ${VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER}`,
    hint: 'The volume would be provisioned before its Pod is scheduled, possibly where the Pod cannot run: use a class with that binding mode.',
  };
}

function wrongVolumeMode({ volumeMode }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  const modes = able.volumeModes ?? (able.kind === StorageKind.FILE ? [FILE_SYSTEM] : undefined);
  if (modes === undefined || modes.includes(volumeMode)) return undefined;
  return {
    property: 'volumeMode',
    got: volumeMode,
    expected: `${modes.join(' or ')} from ${whose}`,
    hint: volumeMode === BLOCK
      ? 'File storage does not offer raw block devices: omit the volume mode, or use a class of block storage.'
      : 'It offers raw block devices only: use kplus.PersistentVolumeMode.BLOCK, or another class.',
  };
}

function wrongAccessMode({ accessModes, volumeMode }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  const modes = volumeMode === BLOCK ? able.blockAccessModes ?? able.accessModes : able.accessModes;
  const missing = modes && accessModes.find(mode => !modes.includes(mode));
  if (modes === undefined || missing === undefined) return undefined;
  const shareableDevice = volumeMode !== BLOCK && able.blockAccessModes?.includes(missing);
  return {
    property: 'accessModes',
    got: missing,
    expected: `${modes.join(' or ')} from ${whose}`,
    hint: shareableDevice ? `${wayOut(missing, modes)} As a raw block device (volumeMode BLOCK) it can be shared if the application coordinates its writers.` : wayOut(missing, modes),
  };
}

function wayOut(missing: kplus.PersistentVolumeAccessMode, modes: kplus.PersistentVolumeAccessMode[]): string {
  switch (missing) {
    case kplus.PersistentVolumeAccessMode.READ_WRITE_MANY:
      return 'A disk can be mounted read-write by one node at a time: give each member its own claim, or use file storage (awsEfs, azureFile, cephFs, nfs).';
    case kplus.PersistentVolumeAccessMode.READ_ONLY_MANY:
      return 'To read one volume on many nodes, use file storage, or READ_WRITE_MANY with read-only mounts.';
    case kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD:
      return modes.includes(kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE)
        ? 'Only CSI drivers support it: use READ_WRITE_ONCE and run one Pod.'
        : 'Its volumes are shared: use READ_WRITE_MANY and run one Pod, or use another class.';
    default:
      return 'Use READ_WRITE_MANY, or another class.';
  }
}

function wrongGrowth({ expandable, grow }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  if (!expandable || able.expandable !== false) return undefined;
  return {
    property: 'expandable',
    got: expandable,
    expected: `false: ${whose} does not support expansion`,
    hint: `Use a class with 'allowExpansion', or choose a size that is large enough.${grow === undefined ? '' : ` To expand volumes of such a class later, run this before you apply the new size: \`${grow()}\`.`}`,
  };
}

/** `expandable` is a promise, which nobody can give of a class of which nothing is known. */
function unknownGrowth({ expandable }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  if (!expandable || able.expandable === true) return undefined;
  return {
    property: 'expandable',
    got: expandable,
    expected: `false: it is not known whether ${whose} supports expansion`,
    hint: "If it does, say so: StorageClass.fromName(…, { capabilities: { expandable: true } }). Otherwise omit 'expandable': it does not change what the class allows.",
  };
}

function wrongSource({ source }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  if (source === 'snapshot' && able.snapshots === false) {
    return { property: 'dataSource', got: source, expected: `none from ${whose}, which does not support snapshots`, hint: 'Restore with the tools of the product, for example from a dump.' };
  }
  if (source === 'clone' && able.clone === false) {
    return { property: 'dataSource', got: source, expected: `none from ${whose}, which does not support cloning`, hint: 'Copy the files with a Pod that mounts both claims.' };
  }
  return undefined;
}

function wrongDriver({ source, sourceDriver }: StorageRequest, { driver }: IStorageClass, whose: string): InvalidInput | undefined {
  if (sourceDriver === undefined || driver === undefined || sourceDriver === driver) return undefined;
  return {
    property: 'dataSource',
    got: `${source} of ${sourceDriver}`,
    expected: `a source of ${driver} for ${whose}`,
    hint: 'Only the driver that holds the data can create a volume from it: use a class of that driver, or copy the files with a Pod that mounts both claims.',
  };
}
