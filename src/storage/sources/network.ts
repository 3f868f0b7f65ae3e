import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid, requireInteger } from '../../base/errors';
import { BOTH_VOLUME_MODES } from '../private/provisioner-spec';
import { requireAbsolutePath, requireText, type VolumeSourceSpec } from '../private/volume-source-spec';
import { type StorageCapabilities, StorageKind } from '../storage-capabilities';

/** Options of an NFS export. */
export interface NfsSourceOptions {
  /** The host name or IP address of the server. */
  readonly server: string;
  /** The exported path. */
  readonly path: string;

  /**
   * Whether the path is mounted read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/** Options of an iSCSI LUN. */
export interface IscsiSourceOptions {
  /** The address of the target portal, with the port if it is not 3260. */
  readonly targetPortal: string;
  /** The iSCSI name of the target: `iqn.…:…`, `eui.…` or `naa.…`. */
  readonly iqn: string;
  /** The LUN, from 0 to 255. */
  readonly lun: number;

  /**
   * Additional portal addresses, for multipath.
   *
   * @default - none
   */
  readonly portals?: string[];

  /**
   * The file system of the volume.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;

  /**
   * Whether the volume is mounted read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * The name of the initiator interface.
   *
   * @default - 'default' (tcp)
   */
  readonly iscsiInterface?: string;

  /**
   * The iSCSI name of the initiator.
   *
   * @default - that of the node
   */
  readonly initiatorName?: string;
}

/** Options of an iSCSI LUN as a PersistentVolume. */
export interface IscsiVolumeSourceOptions extends IscsiSourceOptions {
  /**
   * The Secret for CHAP authentication, of type kubernetes.io/iscsi-chap.
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
   * Whether to use CHAP for discovery as well. Throws without `chapSecret`.
   *
   * @default false
   */
  readonly chapDiscovery?: boolean;
}

/** Options of a Fibre Channel LUN, identified by `targetWwns` and `lun`, or by `wwids`. */
export interface FibreChannelSourceOptions {
  /**
   * The world-wide names of the target ports.
   *
   * @default - none; `wwids` is set
   */
  readonly targetWwns?: string[];

  /**
   * The LUN, from 0 to 255. Requires `targetWwns`.
   *
   * @default - none; `wwids` is set
   */
  readonly lun?: number;

  /**
   * The world-wide identifiers of the LUN.
   *
   * @default - none; `targetWwns` and `lun` are set
   */
  readonly wwids?: string[];

  /**
   * The file system of the volume.
   *
   * @default 'ext4'
   */
  readonly fsType?: string;

  /**
   * Whether the volume is mounted read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

const { READ_WRITE_ONCE, READ_ONLY_MANY, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;

/** What the built-in plugins support: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes */
const DISK: StorageCapabilities = {
  kind: StorageKind.BLOCK,
  volumeModes: BOTH_VOLUME_MODES,
  accessModes: [READ_WRITE_ONCE, READ_ONLY_MANY],
  snapshots: false,
  clone: false,
};

/** What the API server accepts: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go */
const QUALIFIED_NAME = /^(iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+|eui\.[0-9A-Fa-f]{16}|naa\.[0-9A-Fa-f]{32})$/;

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#nfs */
export function nfs({ server, path, readOnly }: NfsSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.nfs';
  requireText(where, 'server', server, 'the host name or IP address of a server');
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

/** Throws unless the API server would accept the LUN. */
export function requireIscsi(where: IConstruct | string, unit: IscsiSourceOptions): IscsiSourceOptions {
  requireText(where, 'targetPortal', unit.targetPortal, 'the address of a target portal');
  requireInteger(where, 'lun', unit.lun, 0, 255);
  for (const [property, name] of Object.entries({ iqn: unit.iqn, initiatorName: unit.initiatorName ?? unit.iqn })) {
    if (!QUALIFIED_NAME.test(name)) {
      throw invalid(where, { property, got: name, expected: 'an iSCSI name', hint: "For example 'iqn.2001-04.com.example:storage.disk1'; the API server requires the part after ':'." });
    }
  }
  return unit;
}

/** The CHAP fields of a LUN. Throws if CHAP is requested without a Secret. */
export function chap<Reference extends object>(where: IConstruct | string, secretRef: Reference | undefined, discovery: boolean | undefined) {
  if (discovery && secretRef === undefined) throw conflict(where, "'chapDiscovery' is set without 'chapSecret'", 'Set the Secret with the names and passwords.');
  return { chapAuthSession: secretRef && true, chapAuthDiscovery: discovery, secretRef };
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#fc */
export function fibreChannel(options: FibreChannelSourceOptions): VolumeSourceSpec {
  const where = 'VolumeSource.fibreChannel';
  const { targetWwns = [], lun, wwids = [], ...fields } = options;
  const byTarget = targetWwns.length > 0 && lun !== undefined;
  if (byTarget === wwids.length > 0 || (wwids.length > 0 && (targetWwns.length > 0 || lun !== undefined))) {
    throw conflict(where, "a LUN is identified by 'targetWwns' and 'lun', or by 'wwids'", 'Set exactly one of the two, completely.');
  }
  if (lun !== undefined) requireInteger(where, 'lun', lun, 0, 255);
  return {
    what: 'a Fibre Channel volume',
    kube: { fc: byTarget ? { ...fields, targetWwNs: targetWwns, lun } : { ...fields, wwids } },
    capabilities: DISK,
  };
}
