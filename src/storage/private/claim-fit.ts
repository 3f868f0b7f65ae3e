import * as kplus from 'cdk8s-plus-28';
import type { InvalidInput } from '../../base/errors';
import type { IPersistentVolume } from '../i-persistent-volume';
import type { IStorageClass } from '../i-storage-class';
import { type StorageCapabilities, StorageKind, StorageTopology } from '../storage-capabilities';
import { VolumeBindingMode } from '../volume-binding-mode';
import type { SourceKind } from '../volume-data-source';

/** What a claim, or a volume made by hand, wants of its storage. */
export interface StorageRequest {
  readonly accessModes: kplus.PersistentVolumeAccessMode[];
  readonly volumeMode: kplus.PersistentVolumeMode;
  readonly expandable?: boolean;
  readonly source?: SourceKind;
  /** The driver that has the data of the source; undefined if it is not known. */
  readonly sourceDriver?: string;
  /** The command by which it grows, where it can. */
  readonly grow?: () => string;
}

const { FILE_SYSTEM, BLOCK } = kplus.PersistentVolumeMode;

/**
 * Why storage cannot give what is wanted, and the way out; undefined if it can, or if that is not known. The one place
 * where claims of all kinds are checked. A claim may name its `volume`: what is known of that counts, and not what the
 * class says of volumes that its driver makes; but it grows only where both let it.
 */
export function misfit(request: StorageRequest, storageClass: IStorageClass, volume?: IPersistentVolume): InvalidInput | undefined {
  const able = abilities(storageClass);
  const whose = storageClass.name === '' ? 'a volume of no storage class' : `the storage class '${storageClass.name}'`;
  const growth = wrongGrowth(request, volume?.capabilities ?? {}, `the volume '${volume?.name}'`) ?? wrongGrowth(request, able, whose);
  if (volume?.capabilities !== undefined) return growth;
  return wrongBinding(storageClass, whose)
    ?? wrongVolumeMode(request, able, whose)
    ?? wrongAccessMode(request, able, whose)
    ?? growth
    ?? wrongSource(request, able, whose)
    ?? wrongDriver(request, storageClass, whose);
}

/** Only a class can let volumes grow. */
function abilities({ name, capabilities }: IStorageClass): StorageCapabilities {
  return name === '' ? { ...capabilities, expandable: false } : capabilities ?? {};
}

/** The same for what a volume source is known to be unable to do. */
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
    hint: 'The volume would be made before its Pod is scheduled, perhaps where the Pod cannot run: use a class of that binding mode.',
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
      ? 'File storage has no raw devices: leave the volume mode out, or take a class of block storage.'
      : 'Its volumes are raw devices only: use kplus.PersistentVolumeMode.BLOCK, or another class.',
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
    hint: shareableDevice ? `${wayOut(missing, modes)} As a raw device (volumeMode BLOCK) it can be shared, if the program coordinates its writers.` : wayOut(missing, modes),
  };
}

function wayOut(missing: kplus.PersistentVolumeAccessMode, modes: kplus.PersistentVolumeAccessMode[]): string {
  switch (missing) {
    case kplus.PersistentVolumeAccessMode.READ_WRITE_MANY:
      return 'A disk is written from one node at a time: give each member a claim of its own, or take file storage (awsEfs, azureFile, cephFs, nfs).';
    case kplus.PersistentVolumeAccessMode.READ_ONLY_MANY:
      return 'To read one volume on many nodes take file storage, or READ_WRITE_MANY with read-only mounts.';
    case kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD:
      return modes.includes(kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE)
        ? 'Only CSI drivers have it: take READ_WRITE_ONCE and run one Pod.'
        : 'Its volumes are shared: take READ_WRITE_MANY and run one Pod, or another class.';
    default:
      return 'Take READ_WRITE_MANY, or another class.';
  }
}

function wrongGrowth({ expandable, grow }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  if (!expandable || able.expandable !== false) return undefined;
  return {
    property: 'expandable',
    got: expandable,
    expected: `no growth from ${whose}`,
    hint: `Take a class with 'allowExpansion', or a size that will do.${grow === undefined ? '' : ` Volumes of such a class grow by this, before the new size is applied: \`${grow()}\`.`}`,
  };
}

function wrongSource({ source }: StorageRequest, able: StorageCapabilities, whose: string): InvalidInput | undefined {
  if (source === 'snapshot' && able.snapshots === false) {
    return { property: 'dataSource', got: source, expected: `none from ${whose}, which has no snapshots`, hint: 'Restore by the means of the product, such as a dump.' };
  }
  if (source === 'clone' && able.clone === false) {
    return { property: 'dataSource', got: source, expected: `none from ${whose}, which cannot copy volumes`, hint: 'Copy the files with a Pod that mounts both claims.' };
  }
  return undefined;
}

function wrongDriver({ source, sourceDriver }: StorageRequest, { driver }: IStorageClass, whose: string): InvalidInput | undefined {
  if (sourceDriver === undefined || driver === undefined || sourceDriver === driver) return undefined;
  return {
    property: 'dataSource',
    got: `${source} of ${sourceDriver}`,
    expected: `data of ${driver} from ${whose}`,
    hint: 'Only the driver that has the data can make a volume of it: take a class of that driver, or copy the files with a Pod that mounts both claims.',
  };
}
