import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid, requireInteger } from '../../base/errors';
import { BOTH_VOLUME_MODES } from '../private/provisioner-spec';
import { requireAbsolutePath, requireText, type VolumeSourceSpec } from '../private/volume-source-spec';
import { type StorageCapabilities, StorageKind } from '../storage-capabilities';

/** A path that an NFS server exports. */
export interface NfsSourceOptions {
  /** The name or address of the server. */
  readonly server: string;
  /** The path that the server exports. */
  readonly path: string;

  /**
   * Whether the path is mounted for reading only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/** A unit of an iSCSI target. */
export interface IscsiSourceOptions {
  /** The address of the target, with the port if it is not 3260. */
  readonly targetPortal: string;
  /** The qualified name of the target: `iqn.…:…`, `eui.…` or `naa.…`. */
  readonly iqn: string;
  /** The number of the unit, from 0 to 255. */
  readonly lun: number;

  /**
   * Further addresses of the target, for multipath.
   *
   * @default - none
   */
  readonly portals?: string[];

  /**
   * The file system on the volume.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;

  /**
   * Whether the volume is mounted for reading only.
   *
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * The interface of the initiator.
   *
   * @default - default (tcp)
   */
  readonly iscsiInterface?: string;

  /**
   * The qualified name of the initiator.
   *
   * @default - that of the node
   */
  readonly initiatorName?: string;
}

/** The same, for a PersistentVolume, whose Secret may be in any namespace. */
export interface IscsiVolumeSourceOptions extends IscsiSourceOptions {
  /**
   * The Secret for CHAP, of the type kubernetes.io/iscsi-chap.
   *
   * @default - no authentication
   */
  readonly chapSecret?: kplus.ISecret;

  /**
   * The namespace of `chapSecret`.
   *
   * @default - that of the claim
   */
  readonly chapSecretNamespace?: string;

  /**
   * Whether finding the target asks for the Secret too. Throws without `chapSecret`.
   *
   * @default false
   */
  readonly chapDiscovery?: boolean;
}

/** A Fibre Channel unit: `targetWwns` and `lun`, or `wwids`. */
export interface FibreChannelSourceOptions {
  /**
   * The world-wide names of the targets.
   *
   * @default - `wwids` are given
   */
  readonly targetWwns?: string[];

  /**
   * The number of the unit, from 0 to 255. With `targetWwns`.
   *
   * @default - `wwids` are given
   */
  readonly lun?: number;

  /**
   * The world-wide identifiers of the unit.
   *
   * @default - `targetWwns` and `lun` are given
   */
  readonly wwids?: string[];

  /**
   * The file system on the volume.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;

  /**
   * Whether the volume is mounted for reading only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

const { READ_WRITE_ONCE, READ_ONLY_MANY, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;

/** What the built-in plugins take: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes */
const DISK: StorageCapabilities = {
  kind: StorageKind.BLOCK,
  volumeModes: BOTH_VOLUME_MODES,
  accessModes: [READ_WRITE_ONCE, READ_ONLY_MANY],
  snapshots: false,
  clone: false,
};

/** What the API server takes: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go */
const QUALIFIED_NAME = /^(iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+|eui\.[0-9A-Fa-f]{16}|naa\.[0-9A-Fa-f]{32})$/;

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#nfs */
export function nfs({ server, path, readOnly }: NfsSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.nfs';
  requireText(where, 'server', server, 'the name or address of a server');
  return {
    what: 'an NFS volume',
    kube: { nfs: { server, path: requireAbsolutePath(where, path), readOnly } },
    capabilities: {
      kind: StorageKind.FILE,
      volumeModes: [kplus.PersistentVolumeMode.FILE_SYSTEM],
      accessModes: [READ_WRITE_ONCE, READ_ONLY_MANY, READ_WRITE_MANY],
      snapshots: false,
      clone: false,
    },
  };
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#iscsi */
export function iscsi(options: IscsiVolumeSourceOptions): VolumeSourceSpec {
  const { chapSecret, chapSecretNamespace, chapDiscovery, ...unit } = options;
  return {
    what: 'an iSCSI volume',
    kube: {
      iscsi: {
        ...requireIscsi('VolumeSource.iscsi', unit),
        ...chap('VolumeSource.iscsi', chapSecret && { name: chapSecret.name, namespace: chapSecretNamespace }, chapDiscovery),
      },
    },
    capabilities: DISK,
  };
}

/** Throws unless the API server would take the unit. */
export function requireIscsi(where: IConstruct | string, unit: IscsiSourceOptions): IscsiSourceOptions {
  requireText(where, 'targetPortal', unit.targetPortal, 'the address of a target');
  requireInteger(where, 'lun', unit.lun, 0, 255);
  for (const [property, name] of Object.entries({ iqn: unit.iqn, initiatorName: unit.initiatorName ?? unit.iqn })) {
    if (!QUALIFIED_NAME.test(name)) {
      throw invalid(where, { property, got: name, expected: 'a qualified name', hint: "For example 'iqn.2001-04.com.example:storage.disk1'; the API server wants the ':' and what follows it." });
    }
  }
  return unit;
}

/** The fields of a unit that say who may have it; throws if there is nothing to say it with. */
export function chap<Reference extends object>(where: IConstruct | string, secretRef: Reference | undefined, discovery: boolean | undefined) {
  if (discovery && secretRef === undefined) throw conflict(where, "'chapDiscovery' is given without 'chapSecret'", 'Give the Secret with the names and passwords.');
  return { chapAuthSession: secretRef && true, chapAuthDiscovery: discovery, secretRef };
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#fc */
export function fibreChannel(options: FibreChannelSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.fibreChannel';
  const { targetWwns = [], lun, wwids = [], ...fields } = options;
  const byTarget = targetWwns.length > 0 && lun !== undefined;
  if (byTarget === wwids.length > 0 || (wwids.length > 0 && (targetWwns.length > 0 || lun !== undefined))) {
    throw conflict(where, "a unit is named by 'targetWwns' and 'lun', or by 'wwids'", 'Give one of the two, whole.');
  }
  if (lun !== undefined) requireInteger(where, 'lun', lun, 0, 255);
  return {
    what: 'a Fibre Channel volume',
    kube: { fc: byTarget ? { ...fields, targetWwNs: targetWwns, lun } : { ...fields, wwids } },
    capabilities: DISK,
  };
}
