import { documentedCells, documentedConditions, shortModes } from '../support/driver-table';
import {
  AzureDiskSku, EbsVolumeType, GceDiskType, LonghornDataLocality, Provisioner, StorageCapabilities, StorageKind, StorageTopology,
} from 'cdk8s-stateful';

/** The capabilities of each provisioner: its row in docs/storage.md, the conditions that apply, and the resulting cells. */
const TABLE: [row: string, conditions: string[], provisioner: Provisioner, cells: string][] = [
  //                                                 driver | kind | access modes, fs | access modes, raw | expansion | snapshots | clones | accessible from
  ['awsEbs', [], Provisioner.awsEbs(), 'ebs.csi.aws.com | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['awsEbs', [], ebs(EbsVolumeType.GP2), 'ebs.csi.aws.com | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['awsEbs', [], ebs(EbsVolumeType.IO1), 'ebs.csi.aws.com | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['awsEbs', ['io2'], ebs(EbsVolumeType.IO2), 'ebs.csi.aws.com | block | RWO RWOP | RWO RWOP RWX | yes | yes | yes | one zone'],
  ['awsEfs', [], Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd' }), 'efs.csi.aws.com | file | RWO RWOP RWX | – | no | no | no | everywhere'],
  ['gcePersistentDisk', ['pd-*'], Provisioner.gcePersistentDisk(), 'pd.csi.storage.gke.io | block | RWO RWOP ROX | RWO RWOP ROX | yes | yes | yes | one zone'],
  ['gcePersistentDisk', ['pd-*'], gce(GceDiskType.PD_EXTREME), 'pd.csi.storage.gke.io | block | RWO RWOP ROX | RWO RWOP ROX | yes | yes | yes | one zone'],
  ['gcePersistentDisk', ['pd-*', 'regional'], Provisioner.gcePersistentDisk({ type: GceDiskType.PD_SSD, regional: true }),
    'pd.csi.storage.gke.io | block | RWO RWOP ROX | RWO RWOP ROX | yes | yes | yes | several zones'],
  ['gcePersistentDisk', ['hyperdisk-balanced'], gce(GceDiskType.HYPERDISK_BALANCED),
    'pd.csi.storage.gke.io | block | RWO RWOP | RWO RWOP RWX | yes | yes | yes | one zone'],
  ['gcePersistentDisk', ['hyperdisk-balanced-high-availability'], gce(GceDiskType.HYPERDISK_BALANCED_HIGH_AVAILABILITY),
    'pd.csi.storage.gke.io | block | RWO RWOP | RWO RWOP RWX | yes | yes | yes | several zones'],
  ['gcePersistentDisk', [], gce(GceDiskType.HYPERDISK_EXTREME), 'pd.csi.storage.gke.io | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['gcePersistentDisk', [], gce(GceDiskType.HYPERDISK_THROUGHPUT), 'pd.csi.storage.gke.io | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['gcePersistentDisk', ['hyperdisk-ml'], gce(GceDiskType.HYPERDISK_ML), 'pd.csi.storage.gke.io | block | RWO RWOP ROX | RWO RWOP ROX | yes | yes | yes | one zone'],
  ['azureDisk', [], Provisioner.azureDisk(), 'disk.csi.azure.com | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['azureDisk', ['_ZRS'], Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_ZRS }), 'disk.csi.azure.com | block | RWO RWOP | RWO RWOP | yes | yes | yes | several zones'],
  ['azureDisk', ['maxShares ≥ 2'], Provisioner.azureDisk({ maxShares: 2 }), 'disk.csi.azure.com | block | RWO RWOP | RWO RWOP ROX RWX | yes | yes | yes | one zone'],
  ['azureFile', [], Provisioner.azureFile(), 'file.csi.azure.com | file | RWO RWOP ROX RWX | – | yes | yes | yes | everywhere'],
  ['longhorn', [], Provisioner.longhorn(), 'driver.longhorn.io | block | RWO RWOP RWX | RWO RWOP | yes | yes | yes | everywhere'],
  ['longhorn', ['migratable'], Provisioner.longhorn({ migratable: true }), 'driver.longhorn.io | block | RWO RWOP | RWO RWOP RWX | yes | yes | yes | everywhere'],
  ['longhorn', ['strict-local'], Provisioner.longhorn({ dataLocality: LonghornDataLocality.STRICT_LOCAL }),
    'driver.longhorn.io | block | RWO RWOP RWX | RWO RWOP | yes | yes | yes | one node'],
  ['cephRbd', [], Provisioner.cephRbd({ pool: 'p' }), '*.rbd.csi.ceph.com | block | RWO RWOP ROX | RWO RWOP ROX RWX | yes | yes | yes | everywhere'],
  ['cephFs', [], Provisioner.cephFs({ fsName: 'f' }), '*.cephfs.csi.ceph.com | file | RWO RWOP ROX RWX | – | yes | yes | yes | everywhere'],
  ['nfs', [], Provisioner.nfs({ server: 's', share: '/' }), 'nfs.csi.k8s.io | file | RWO RWOP ROX RWX | – | yes | yes | yes | everywhere'],
  ['openstackCinder', [], Provisioner.openstackCinder(), 'cinder.csi.openstack.org | block | RWO RWOP | RWO RWOP | yes | yes | yes | one zone'],
  ['openstackCinder', ['multiattach'], Provisioner.openstackCinder({ multiattach: true }), 'cinder.csi.openstack.org | block | RWO RWOP | RWO RWOP RWX | yes | yes | yes | one zone'],
  ['vsphere', [], Provisioner.vsphere(), 'csi.vsphere.vmware.com | block | RWO RWOP | RWO RWOP | yes | yes | no | unknown'],
  ['vsphere({ fileVolumes })', [], Provisioner.vsphere({ fileVolumes: true }), 'csi.vsphere.vmware.com | file | ROX RWX | – | no | no | no | unknown'],
  ['localVolume', [], Provisioner.localVolume(), 'none | block | RWO | RWO | no | no | no | one node'],
  ['of', [], Provisioner.of('csi.example.com'), 'any | unknown | unknown | unknown | unknown | unknown | unknown | unknown'],
];

function ebs(type: EbsVolumeType): Provisioner {
  return Provisioner.awsEbs({ type, iops: [EbsVolumeType.IO1, EbsVolumeType.IO2].includes(type) ? 100 : undefined });
}

function gce(type: GceDiskType): Provisioner {
  return Provisioner.gcePersistentDisk({ type });
}

test.each(TABLE)('the capabilities of %s %j match the table', (_row, _conditions, provisioner, cells) => {
  expect(shown(provisioner)).toBe(cells);
});

test.each(TABLE)('the documentation of %s %j matches the table', (row, conditions, _provisioner, cells) => {
  expect(documentedCells(row, conditions)).toBe(cells);
});

test('every row and every condition of the documentation is in the table', () => {
  const tried = TABLE.flatMap(([row, conditions]) => [row, ...conditions.map(condition => `${row}: ${condition}`)]);
  expect(new Set(tried)).toEqual(new Set(documentedConditions()));
});

test('every factory is in the table', () => {
  const factories = Object.entries(Object.getOwnPropertyDescriptors(Provisioner)).flatMap(([name, { value }]) => typeof value === 'function' ? [name] : []);
  expect(new Set(TABLE.map(([row]) => row.replace(/\(.*/, '')))).toEqual(new Set(factories));
});

const REACHED: { [topology in StorageTopology]: string } = {
  [StorageTopology.ZONAL]: 'one zone',
  [StorageTopology.REGIONAL]: 'several zones',
  [StorageTopology.NODE_BOUND]: 'one node',
  [StorageTopology.NETWORK]: 'everywhere',
};
const UNKNOWN = 'unknown';

/** A provisioner in the format of the documentation. */
function shown({ driver, capabilities = {} }: Provisioner): string {
  const { kind = UNKNOWN, accessModes, blockAccessModes, expandable, snapshots, clone, topology } = capabilities;
  const answers = [expandable, snapshots, clone].map(can => can === undefined ? UNKNOWN : can ? 'yes' : 'no');
  const place = topology === undefined ? UNKNOWN : REACHED[topology];
  const name = driver.replace(/^rook-ceph\./, '*.').replace('kubernetes.io/no-provisioner', 'none').replace('csi.example.com', 'any');
  return [name, kind, offered(capabilities, 'Filesystem', accessModes), offered(capabilities, 'Block', blockAccessModes ?? accessModes), ...answers, place].join(' | ');
}

function offered({ kind, volumeModes }: StorageCapabilities, volumeMode: string, accessModes: string[] | undefined): string {
  const known = volumeModes ?? (kind === StorageKind.FILE ? ['Filesystem'] : ['Filesystem', 'Block']);
  if (!known.some(mode => String(mode) === volumeMode)) return '–';
  return accessModes === undefined ? UNKNOWN : shortModes(accessModes);
}
