import * as kplus from 'cdk8s-plus-28';
import { awsEbs, azureDisk, azureFile, gcePersistentDisk, openstackCinder } from './clouds';
import { hostPath } from './node';
import { conflict, invalid, requireOneOf } from '../../base/errors';
import type { VolumeSourceSpec } from '../private/volume-source-spec';
import { AzureDiskCachingMode } from '../provisioners/azure-disk';

type Fields = { [field: string]: string };

/** Reads the fields of a legacy volume source. A field that is never read is an error. */
class LegacyFields {
  private readonly left: Map<string, string>;

  public constructor(private readonly where: string, fields: Fields) {
    this.left = new Map(Object.entries(fields));
  }

  public text(name: string): string | undefined {
    const value = this.left.get(name);
    this.left.delete(name);
    return value;
  }

  public required(name: string, hint?: string): string {
    const value = this.text(name);
    if (value === undefined) throw invalid(this.where, { property: name, got: value, expected: 'a value', hint });
    return value;
  }

  public flag(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : requireOneOf(this.where, name, value, ['true', 'false']) === 'true';
  }

  /** The number of a partition; undefined if it is 0, which means the whole disk. */
  public partition(): number | undefined {
    const value = this.text('partition');
    if (value !== undefined && !/^\d+$/.test(value)) throw invalid(this.where, { property: 'partition', got: value, expected: 'a number' });
    return value === undefined ? undefined : Number(value) || undefined;
  }

  public done(): void {
    const [name] = this.left.keys();
    if (name !== undefined) throw conflict(this.where, `the field '${name}' has no equivalent in the CSI driver`, 'Remove it, or use the factory method of the CSI driver and see what it offers instead.');
  }
}

const TRANSLATED: { [kind: string]: (old: LegacyFields) => VolumeSourceSpec } = {
  awsElasticBlockStore: old => awsEbs({
    // In-tree, the id could include the zone: aws://eu-central-1a/vol-0123.
    ...volumeAndZone(old.required('volumeID')),
    partition: old.partition(),
    fsType: old.text('fsType'),
    readOnly: old.flag('readOnly'),
  }),
  gcePersistentDisk: old => gcePersistentDisk({
    diskName: old.required('pdName'),
    project: old.required('project', 'The CSI driver requires it; the in-tree driver used that of the cluster.'),
    zone: old.required('zone', 'The CSI driver requires it; the in-tree driver took it from the label of the volume.'),
    partition: old.partition(),
    fsType: old.text('fsType'),
    readOnly: old.flag('readOnly'),
  }),
  azureDisk: old => {
    requireOneOf('VolumeSource.of azureDisk', 'kind', old.text('kind') ?? 'Managed', ['Managed'], 'Azure has retired disks in storage accounts.');
    old.text('diskName'); // the last part of the URI
    const cachingMode = old.text('cachingMode');
    const known = Object.values(AzureDiskCachingMode).find(mode => mode === cachingMode);
    if (known !== cachingMode) throw invalid('VolumeSource.of azureDisk', { property: 'cachingMode', got: cachingMode, expected: `one of ${Object.values(AzureDiskCachingMode).join(', ')}` });
    return azureDisk({ diskUri: old.required('diskURI'), cachingMode: known, fsType: old.text('fsType'), readOnly: old.flag('readOnly') });
  },
  azureFile: old => azureFile({
    storageAccount: old.required('storageAccount', 'The CSI driver requires it; the in-tree driver took it from the Secret.'),
    shareName: old.required('shareName'),
    secret: { name: old.required('secretName'), namespace: old.required('secretNamespace', 'The CSI driver requires it; the in-tree driver used that of the claim.') },
  }),
  cinder: old => openstackCinder({ volumeId: old.required('volumeID'), fsType: old.text('fsType'), readOnly: old.flag('readOnly') }),
  // The name of hostPath before Kubernetes 1.0.
  hostDir: old => hostPath({ path: old.required('path'), type: kplus.HostPathVolumeType.DEFAULT }),
};

const REPLACED: { [kind: string]: string } = {
  vsphereVolume: 'VolumeSource.vsphere with the id of a First Class Disk, which `govc disk.register` creates from the path',
  rbd: 'VolumeSource.cephRbd: Rook manages monitors and keys',
  cephfs: 'VolumeSource.cephFs: Rook manages monitors and keys',
  flocker: 'VolumeSource.csi with the driver of your storage: the company behind Flocker closed in 2016',
  gitRepo: 'an emptyDir that an init container fills with `git clone`: Kubernetes no longer runs git as root on the node',
  glusterfs: 'VolumeSource.nfs or another shared file system: GlusterFS has no maintained CSI driver',
  quobyte: "VolumeSource.csi with the driver 'quobyte-csi'",
  scaleIO: "VolumeSource.csi with the driver 'csi-vxflexos.dellemc.com'",
  storageos: "VolumeSource.csi with the driver 'storageos'",
  portworxVolume: "VolumeSource.csi with the driver 'pxd.portworx.com'",
  photonPersistentDisk: 'VolumeSource.vsphere: Photon Platform has been discontinued',
  flexVolume: 'VolumeSource.csi with the CSI driver that replaced the FlexVolume driver',
};

/**
 * Translates a volume source that Kubernetes has removed. Throws if it cannot be translated.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#volume-types
 */
export function legacySource(kind: string, fields: Fields): VolumeSourceSpec {
  if (REPLACED[kind] !== undefined) {
    throw invalid('VolumeSource.of', { property: 'kind', got: kind, expected: 'a kind of volume that still exists', hint: `Kubernetes has removed or deprecated it. Use ${REPLACED[kind]}.` });
  }
  const translate = TRANSLATED[kind];
  if (translate === undefined) {
    throw invalid('VolumeSource.of', {
      property: 'kind',
      got: kind,
      expected: `one of ${Object.keys(TRANSLATED).join(', ')}`,
      hint: 'Kinds that still exist have their own factory methods: VolumeSource.csi, nfs, iscsi, fibreChannel, local, hostPath.',
    });
  }
  const old = new LegacyFields(`VolumeSource.of('${kind}')`, fields);
  const spec = translate(old);
  old.done();
  return spec;
}

function volumeAndZone(volumeId: string): { volumeId: string; zone?: string } {
  const match = /^aws:\/\/([^/]*)\/(.+)$/.exec(volumeId);
  return match === null ? { volumeId } : { volumeId: match[2], zone: match[1] || undefined };
}
