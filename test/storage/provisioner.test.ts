import { Duration } from 'cdk8s';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  AzureDiskCachingMode, AzureDiskFileSystem, AzureDiskSku, AzureFileSku, CephImageFeature, CinderFileSystem, EbsFileSystem, EbsVolumeType,
  GceDiskType, GceFileSystem, LonghornDataLocality, LonghornFileSystem, NfsOnDelete, Provisioner, StorageKind, VsphereFileSystem,
} from 'cdk8s-stateful';

const rookSecrets = (kind: string, namespace: string) => ({
  'csi.storage.k8s.io/provisioner-secret-name': `rook-csi-${kind}-provisioner`,
  'csi.storage.k8s.io/provisioner-secret-namespace': namespace,
  'csi.storage.k8s.io/controller-expand-secret-name': `rook-csi-${kind}-provisioner`,
  'csi.storage.k8s.io/controller-expand-secret-namespace': namespace,
  'csi.storage.k8s.io/controller-publish-secret-name': `rook-csi-${kind}-provisioner`,
  'csi.storage.k8s.io/controller-publish-secret-namespace': namespace,
  'csi.storage.k8s.io/node-stage-secret-name': `rook-csi-${kind}-node`,
  'csi.storage.k8s.io/node-stage-secret-namespace': namespace,
});

describe('parameters are those of the driver\'s documentation', () => {
  test.each<[string, Provisioner, string, { [name: string]: string }]>([
    ['EBS by default', Provisioner.awsEbs(), 'ebs.csi.aws.com', { type: 'gp3' }],
    ['EBS with all options', Provisioner.awsEbs({
      type: EbsVolumeType.IO2,
      fsType: EbsFileSystem.XFS,
      iopsPerGb: 50,
      allowAutoIopsPerGbIncrease: true,
      kmsKeyId: 'arn:aws:kms:x',
      tags: { team: 'shop', cost: '1' },
      parameters: { blockSize: '4096' },
    }), 'ebs.csi.aws.com', {
      'type': 'io2',
      'csi.storage.k8s.io/fstype': 'xfs',
      'iopsPerGB': '50',
      'allowAutoIOPSPerGBIncrease': 'true',
      'encrypted': 'true',
      'kmsKeyId': 'arn:aws:kms:x',
      'tagSpecification_1': 'team=shop',
      'tagSpecification_2': 'cost=1',
      'blockSize': '4096',
    }],
    ['EBS gp3 with throughput', Provisioner.awsEbs({ iops: 4000, throughput: 250, encrypted: false }), 'ebs.csi.aws.com', { type: 'gp3', iops: '4000', throughput: '250', encrypted: 'false' }],
    ['EFS', Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd', uid: 1000, gid: 1000, basePath: '/shop', subPathPattern: '${.PVC.name}', ensureUniqueDirectory: false }),
      'efs.csi.aws.com', {
        provisioningMode: 'efs-ap', fileSystemId: 'fs-0123abcd', directoryPerms: '700', uid: '1000', gid: '1000', basePath: '/shop', subPathPattern: '${.PVC.name}', ensureUniqueDirectory: 'false',
      }],
    ['EFS with one of the ids', Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd', uid: 1000 }), 'efs.csi.aws.com', { provisioningMode: 'efs-ap', fileSystemId: 'fs-0123abcd', directoryPerms: '700', uid: '1000' }],
    ['GCE PD by default', Provisioner.gcePersistentDisk(), 'pd.csi.storage.gke.io', { type: 'pd-balanced' }],
    ['GCE PD in two zones', Provisioner.gcePersistentDisk({ type: GceDiskType.PD_SSD, regional: true, fsType: GceFileSystem.XFS, diskEncryptionKmsKey: 'k', labels: { b: '2', a: '1' } }),
      'pd.csi.storage.gke.io', { 'type': 'pd-ssd', 'replication-type': 'regional-pd', 'csi.storage.k8s.io/fstype': 'xfs', 'disk-encryption-kms-key': 'k', 'labels': 'a=1,b=2' }],
    ['Hyperdisk', Provisioner.gcePersistentDisk({ type: GceDiskType.HYPERDISK_BALANCED, provisionedIops: 5000, provisionedThroughput: 300 }),
      'pd.csi.storage.gke.io', { 'type': 'hyperdisk-balanced', 'provisioned-iops-on-create': '5000', 'provisioned-throughput-on-create': '300Mi' }],
    ['Azure disk', Provisioner.azureDisk({
      sku: AzureDiskSku.PREMIUM_LRS,
      cachingMode: AzureDiskCachingMode.READ_ONLY,
      fsType: AzureDiskFileSystem.XFS,
      location: 'eastus',
      resourceGroup: 'rg',
      subscriptionId: 's',
      diskEncryptionSetId: '/d',
      enableBursting: true,
      tags: { k: 'v' },
    }), 'disk.csi.azure.com', {
      'skuName': 'Premium_LRS',
      'cachingMode': 'ReadOnly',
      'csi.storage.k8s.io/fstype': 'xfs',
      'location': 'eastus',
      'resourceGroup': 'rg',
      'subscriptionID': 's',
      'diskEncryptionSetID': '/d',
      'enableBursting': 'true',
      'tags': 'k=v',
    }],
    ['Azure Premium v2 has no cache', Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_V2_LRS, iops: 5000, throughput: 200 }),
      'disk.csi.azure.com', { skuName: 'PremiumV2_LRS', cachingMode: 'None', DiskIOPSReadWrite: '5000', DiskMBpsReadWrite: '200' }],
    ['a wire value from JavaScript', Provisioner.azureDisk(JSON.parse('{ "sku": "Premium_LRS" }')), 'disk.csi.azure.com', { skuName: 'Premium_LRS' }],
    ['Azure file share', Provisioner.azureFile({ secret: { name: 'account', namespace: 'storage' }, storageAccount: 'a', shareName: 's' }), 'file.csi.azure.com',
      { skuName: 'Standard_LRS', storageAccount: 'a', shareName: 's', secretName: 'account', secretNamespace: 'storage' }],
    ['Azure file share by NFS', Provisioner.azureFile({ protocol: 'nfs' }), 'file.csi.azure.com', { skuName: 'Premium_LRS', protocol: 'nfs' }],
    ['Longhorn by default', Provisioner.longhorn(), 'driver.longhorn.io', { numberOfReplicas: '3' }],
    ['Longhorn with the most replicas', Provisioner.longhorn({ replicas: 20 }), 'driver.longhorn.io', { numberOfReplicas: '20' }],
    ['Longhorn, encrypted', Provisioner.longhorn({
      replicas: 2,
      staleReplicaTimeout: Duration.hours(1),
      fsType: LonghornFileSystem.XFS,
      dataLocality: LonghornDataLocality.BEST_EFFORT,
      diskSelector: ['ssd', 'fast'],
      nodeSelector: ['storage'],
      encryptionSecret: { name: 'crypto', namespace: 'longhorn-system' },
      dataEngine: 'v2',
    }), 'driver.longhorn.io', {
      'numberOfReplicas': '2',
      'staleReplicaTimeout': '60',
      'fsType': 'xfs',
      'dataLocality': 'best-effort',
      'diskSelector': 'ssd,fast',
      'nodeSelector': 'storage',
      'encrypted': 'true',
      'csi.storage.k8s.io/provisioner-secret-name': 'crypto',
      'csi.storage.k8s.io/provisioner-secret-namespace': 'longhorn-system',
      'csi.storage.k8s.io/node-publish-secret-name': 'crypto',
      'csi.storage.k8s.io/node-publish-secret-namespace': 'longhorn-system',
      'csi.storage.k8s.io/node-stage-secret-name': 'crypto',
      'csi.storage.k8s.io/node-stage-secret-namespace': 'longhorn-system',
      'csi.storage.k8s.io/node-expand-secret-name': 'crypto',
      'csi.storage.k8s.io/node-expand-secret-namespace': 'longhorn-system',
      'dataEngine': 'v2',
    }],
    ['Ceph RBD', Provisioner.cephRbd({ pool: 'replicapool' }), 'rook-ceph.rbd.csi.ceph.com',
      { 'clusterID': 'rook-ceph', 'pool': 'replicapool', 'imageFeatures': 'layering', ...rookSecrets('rbd', 'rook-ceph'), 'csi.storage.k8s.io/fstype': 'ext4' }],
    ['Ceph RBD of a cluster elsewhere', Provisioner.cephRbd({
      pool: 'p', dataPool: 'ec', clusterNamespace: 'ceph', driverPrefix: 'operators', imageFeatures: [CephImageFeature.LAYERING, CephImageFeature.EXCLUSIVE_LOCK], encrypted: true, encryptionKmsId: 'vault',
    }), 'operators.rbd.csi.ceph.com', {
      'clusterID': 'ceph',
      'pool': 'p',
      'dataPool': 'ec',
      'imageFeatures': 'layering,exclusive-lock',
      'encrypted': 'true',
      'encryptionKMSID': 'vault',
      ...rookSecrets('rbd', 'ceph'),
      'csi.storage.k8s.io/fstype': 'ext4',
    }],
    ['CephFS', Provisioner.cephFs({ fsName: 'myfs', pool: 'myfs-replicated', mounter: 'kernel' }), 'rook-ceph.cephfs.csi.ceph.com',
      { clusterID: 'rook-ceph', fsName: 'myfs', pool: 'myfs-replicated', mounter: 'kernel', ...rookSecrets('cephfs', 'rook-ceph') }],
    ['NFS', Provisioner.nfs({ server: 'nfs.example', share: '/exports', subDir: '${pvc.metadata.name}', onDelete: NfsOnDelete.ARCHIVE, mountPermissions: '0770', mountOptionsSecret: { name: 'm', namespace: 'n' } }),
      'nfs.csi.k8s.io', {
        'server': 'nfs.example',
        'share': '/exports',
        'subDir': '${pvc.metadata.name}',
        'onDelete': 'archive',
        'mountPermissions': '0770',
        'csi.storage.k8s.io/provisioner-secret-name': 'm',
        'csi.storage.k8s.io/provisioner-secret-namespace': 'n',
      }],
    ['Cinder', Provisioner.openstackCinder({ type: 'ssd', availability: 'nova', fsType: CinderFileSystem.XFS }), 'cinder.csi.openstack.org',
      { 'type': 'ssd', 'availability': 'nova', 'csi.storage.k8s.io/fstype': 'xfs' }],
    ['vSphere', Provisioner.vsphere({ storagePolicyName: 'gold', datastoreUrl: 'ds:///vmfs/volumes/vsan:1/' }), 'csi.vsphere.vmware.com',
      { storagepolicyname: 'gold', datastoreurl: 'ds:///vmfs/volumes/vsan:1/' }],
    ['vSphere file volumes', Provisioner.vsphere({ fileVolumes: true }), 'csi.vsphere.vmware.com', { 'csi.storage.k8s.io/fstype': 'nfs4' }],
    ['local volumes', Provisioner.localVolume(), 'kubernetes.io/no-provisioner', {}],
    ['any driver', Provisioner.of('csi.example.com', { parameters: { tier: 'gold' } }), 'csi.example.com', { tier: 'gold' }],
  ])('%s', (_, provisioner, driver, parameters) => {
    expect(provisioner.driver).toBe(driver);
    expect(provisioner.parameters).toEqual(parameters);
  });
});

describe('provisioners that were built into Kubernetes become CSI drivers', () => {
  test.each<[string, { [name: string]: string }, Provisioner]>([
    ['kubernetes.io/azure-disk', { storageaccounttype: 'Premium_LRS', kind: 'Managed' }, Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_LRS })],
    ['kubernetes.io/azure-disk', { skuName: 'premium_zrs', cachingmode: 'readonly', fsType: 'xfs', resourceGroup: 'rg' },
      Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_ZRS, cachingMode: AzureDiskCachingMode.READ_ONLY, fsType: AzureDiskFileSystem.XFS, resourceGroup: 'rg' })],
    ['kubernetes.io/azure-disk', { skuName: 'UltraSSD_LRS', diskIOPSReadWrite: '2000', diskMBpsReadWrite: '300', maxShares: '2', diskEncryptionSetID: '/d', tags: 'a=b,c=d', zoned: 'true' },
      Provisioner.azureDisk({ sku: AzureDiskSku.ULTRA_SSD_LRS, iops: 2000, throughput: 300, maxShares: 2, diskEncryptionSetId: '/d', tags: { a: 'b', c: 'd' } })],
    ['kubernetes.io/azure-disk', { location: 'eastus', writeAcceleratorEnabled: 'true' }, Provisioner.azureDisk({ location: 'eastus', parameters: { writeAcceleratorEnabled: 'true' } })],
    ['kubernetes.io/azure-file', { skuName: 'Standard_LRS', storageAccount: 'a', secretNamespace: 's' }, Provisioner.azureFile({ storageAccount: 'a', parameters: { secretNamespace: 's' } })],
    ['kubernetes.io/azure-file', { secretName: 'mine', storageAccount: 'a' }, Provisioner.azureFile({ storageAccount: 'a', parameters: { secretName: 'mine' } })],
    ['kubernetes.io/azure-file', { secretName: 'mine', secretNamespace: 's' }, Provisioner.azureFile({ secret: { name: 'mine', namespace: 's' } })],
    ['kubernetes.io/azure-file', { protocol: 'nfs', skuName: 'Premium_LRS', tags: 'a=b' }, Provisioner.azureFile({ protocol: 'nfs', tags: { a: 'b' } })],
    ['kubernetes.io/aws-ebs', {}, Provisioner.awsEbs({ type: EbsVolumeType.GP2 })],
    ['kubernetes.io/aws-ebs', { type: 'io1', iopsPerGB: '10', fsType: 'ext4', encrypted: 'true', kmsKeyId: 'k' },
      Provisioner.awsEbs({ type: EbsVolumeType.IO1, iopsPerGb: 10, allowAutoIopsPerGbIncrease: true, fsType: EbsFileSystem.EXT4, kmsKeyId: 'k' })],
    ['kubernetes.io/aws-ebs', { type: 'gp3', iopsPerGB: '4', allowAutoIOPSPerGBIncrease: 'false', throughput: '250' },
      Provisioner.awsEbs({ iopsPerGb: 4, allowAutoIopsPerGbIncrease: false, throughput: 250 })],
    ['kubernetes.io/aws-ebs', { type: 'gp3', iops: '4000' }, Provisioner.awsEbs({ iops: 4000 })],
    ['kubernetes.io/gce-pd', { 'type': 'pd-ssd', 'fstype': 'ext4', 'replication-type': 'regional-pd' }, Provisioner.gcePersistentDisk({ type: GceDiskType.PD_SSD, fsType: GceFileSystem.EXT4, regional: true })],
    ['kubernetes.io/gce-pd', {}, Provisioner.gcePersistentDisk({ type: GceDiskType.PD_STANDARD })],
    ['kubernetes.io/cinder', { type: 'fast', availability: 'nova', fsType: 'xfs' }, Provisioner.openstackCinder({ type: 'fast', availability: 'nova', fsType: CinderFileSystem.XFS })],
    ['kubernetes.io/vsphere-volume', { storagePolicyName: 'gold', fstype: 'xfs' }, Provisioner.vsphere({ storagePolicyName: 'gold', fsType: VsphereFileSystem.XFS })],
    ['kubernetes.io/no-provisioner', {}, Provisioner.localVolume()],
  ])('%s %j', (driver, parameters, expected) => {
    expect(Provisioner.of(driver, { parameters })).toEqual(expected);
  });
});

test.each<[string, () => Provisioner, Refusal]>([
  ['an unknown EBS type', () => Provisioner.awsEbs(JSON.parse('{ "type": "gp4" }')), { where: 'Provisioner.awsEbs', property: 'type', got: 'gp4' }],
  ['an unknown file system', () => Provisioner.awsEbs(JSON.parse('{ "fsType": "btrfs" }')), { where: 'Provisioner.awsEbs', property: 'fsType', got: 'btrfs' }],
  ['iops and iopsPerGb', () => Provisioner.awsEbs({ iops: 3000, iopsPerGb: 3 }), "Provisioner.awsEbs: both 'iops' and 'iopsPerGb' are set. The driver accepts only one of them: remove the other."],
  ['iops of gp2', () => Provisioner.awsEbs({ type: EbsVolumeType.GP2, iops: 3000 }), "Provisioner.awsEbs: 'iops' is set for the type gp2. Only io1, io2 and gp3 support it."],
  ['io2 without iops', () => Provisioner.awsEbs({ type: EbsVolumeType.IO2 }), "Provisioner.awsEbs: the type io2 requires provisioned IOPS. Set 'iops' or 'iopsPerGb'."],
  ['half an operation', () => Provisioner.awsEbs({ iops: 0.5 }), { where: 'Provisioner.awsEbs', property: 'iops', got: 0.5 }],
  ['throughput of io1', () => Provisioner.awsEbs({ type: EbsVolumeType.IO1, iops: 100, throughput: 200 }), "Provisioner.awsEbs: 'throughput' is set for the type io1. Only gp3 supports it."],
  ['a key without encryption', () => Provisioner.awsEbs({ kmsKeyId: 'k', encrypted: false }), "Provisioner.awsEbs: 'kmsKeyId' is set, but 'encrypted' is false. Remove 'encrypted: false'."],
  ['a typed parameter given again', () => Provisioner.awsEbs({ parameters: { Type: 'gp2' } }),
    "Provisioner.awsEbs: the parameter 'Type' is already set by the options. Remove it from 'parameters'."],
  ['a file system that is none', () => Provisioner.awsEfs({ fileSystemId: 'efs-1' }), { where: 'Provisioner.awsEfs', property: 'fileSystemId', got: 'efs-1' }],
  ['permissions that are none', () => Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd', directoryPerms: 'rwx' }),
    { where: 'Provisioner.awsEfs', property: 'directoryPerms', got: 'rwx' }],
  ['a user below none', () => Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd', uid: -1 }), { where: 'Provisioner.awsEfs', property: 'uid', got: -1 }],
  ['a regional Hyperdisk', () => Provisioner.gcePersistentDisk({ type: GceDiskType.HYPERDISK_ML, regional: true }),
    "Provisioner.gcePersistentDisk: 'regional' is set for the type hyperdisk-ml. Only pd-balanced, pd-ssd, pd-standard support it; for a Hyperdisk in two zones, use hyperdisk-balanced-high-availability."],
  ['operations of pd-ssd', () => Provisioner.gcePersistentDisk({ type: GceDiskType.PD_SSD, provisionedIops: 5 }), "Provisioner.gcePersistentDisk: 'provisionedIops' is set for the type pd-ssd. Only pd-extreme, hyperdisk-extreme, hyperdisk-balanced, hyperdisk-balanced-high-availability support it."],
  ['a cache for Ultra disks', () => Provisioner.azureDisk({ sku: AzureDiskSku.ULTRA_SSD_LRS, cachingMode: AzureDiskCachingMode.READ_ONLY }),
    "Provisioner.azureDisk: 'cachingMode' ReadOnly is set for UltraSSD_LRS. They do not support host caching: remove it."],
  ['operations of Premium disks', () => Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_LRS, iops: 1 }), "Provisioner.azureDisk: 'iops' is set for Premium_LRS. Only PremiumV2_LRS and UltraSSD_LRS support it."],
  ['bursting of Standard disks', () => Provisioner.azureDisk({ enableBursting: true }), "'enableBursting' is set for StandardSSD_LRS. Only Premium_LRS and Premium_ZRS support it, and only if they are not shared."],
  ['a subscription without a group', () => Provisioner.azureDisk({ subscriptionId: 's' }), "'subscriptionId' is set without 'resourceGroup'. Set the resource group in that subscription."],
  ['nfs of a Standard account', () => Provisioner.azureFile({ protocol: 'nfs', sku: AzureFileSku.STANDARD_LRS }), 'Provisioner.azureFile: the protocol nfs is set for Standard_LRS. Only Premium storage accounts support it.'],
  ['a Secret for nfs', () => Provisioner.azureFile({ protocol: 'nfs', secret: { name: 'a', namespace: 'b' } }), "Provisioner.azureFile: 'secret' is set for the protocol nfs. NFS does not use the account key: remove it."],
  ['giving a copy up at once', () => Provisioner.longhorn({ staleReplicaTimeout: Duration.minutes(0) }), { where: 'Provisioner.longhorn', property: 'staleReplicaTimeout in minutes', got: 0 }],
  ['giving a copy up after half a minute', () => Provisioner.longhorn({ staleReplicaTimeout: Duration.seconds(30) }), 'got 0.5, expected a whole number of at least 1.'],
  ['a replica too many', () => Provisioner.longhorn({ replicas: 21 }), { where: 'Provisioner.longhorn', property: 'replicas', got: 21 }],
  ['no replicas', () => Provisioner.longhorn({ replicas: 0 }), { where: 'Provisioner.longhorn', property: 'replicas', got: 0 }],
  ['replicas of what stays on one node', () => Provisioner.longhorn({ replicas: 3, dataLocality: LonghornDataLocality.STRICT_LOCAL }), '3 replicas are set for strict-local. It keeps exactly one, on the node of the Pod: omit them.'],
  ['an image feature without another', () => Provisioner.cephRbd({ pool: 'p', imageFeatures: [CephImageFeature.FAST_DIFF] }), 'Provisioner.cephRbd: the image feature fast-diff is set without object-map. Set both.'],
  ['a share that is no path', () => Provisioner.nfs({ server: 's', share: 'exports' }), { where: 'Provisioner.nfs', property: 'share', got: 'exports' }],
  ['no server', () => Provisioner.nfs({ server: '', share: '/' }), { where: 'Provisioner.nfs', property: 'server', got: '' }],
  ['a datastore that is no URL', () => Provisioner.vsphere({ datastoreUrl: 'vsan' }), { property: 'datastoreUrl', got: 'vsan' }],
  ['a file system for shares', () => Provisioner.vsphere(JSON.parse('{ "fileVolumes": true, "fsType": "ext4" }')), "Provisioner.vsphere: 'fsType' is set for file volumes. They are mounted over NFS: remove it."],
  ['a driver that is none', () => Provisioner.of('my driver'), { where: 'Provisioner.of', property: 'driver', got: 'my driver' }],
  ['Flocker', () => Provisioner.of('kubernetes.io/flocker'),
    { where: 'Provisioner.of', property: 'driver', got: 'kubernetes.io/flocker' }],
  ['GlusterFS', () => Provisioner.of('kubernetes.io/glusterfs'), 'Kubernetes removed it. Use Provisioner.nfs, Provisioner.cephFs or another shared file system'],
  ['RBD with monitors', () => Provisioner.of('kubernetes.io/rbd', { parameters: { monitors: '1.2.3.4' } }), 'Use Provisioner.cephRbd: Rook manages monitors and keys, so none of the old parameters are needed.'],
  ['zones as parameters', () => Provisioner.of('kubernetes.io/gce-pd', { parameters: { zones: 'a,b' } }),
    "Provisioner.of('kubernetes.io/gce-pd'): the CSI driver has no parameter for zones. Set 'allowedTopologies' of the StorageClass instead, with the key 'topology.gke.io/zone'."],
  ['a zone as a parameter of EBS', () => Provisioner.of('kubernetes.io/aws-ebs', { parameters: { zone: 'a' } }), "with the key 'topology.kubernetes.io/zone'."],
  ['a zone as a parameter of Azure disks', () => Provisioner.of('kubernetes.io/azure-disk', { parameters: { zone: 'a' } }), "with the key 'topology.disk.csi.azure.com/zone'."],
  ['a zone as a parameter of Cinder', () => Provisioner.of('kubernetes.io/cinder', { parameters: { zone: 'a' } }), "with the key 'topology.cinder.csi.openstack.org/zone'."],
  ['a zone of what is in none', () => Provisioner.of('kubernetes.io/azure-file', { parameters: { zone: 'a' } }), "the parameter 'zone' has no equivalent in the CSI driver."],
  ['unmanaged Azure disks', () => Provisioner.of('kubernetes.io/azure-disk', { parameters: { kind: 'Dedicated' } }),
    { where: "Provisioner.of('kubernetes.io/azure-disk')", property: 'parameters.kind', got: 'Dedicated' }],
  ['a parameter that is no more', () => Provisioner.of('kubernetes.io/vsphere-volume', { parameters: { diskformat: 'thin' } }),
    "Provisioner.of('kubernetes.io/vsphere-volume'): the parameter 'diskformat' has no equivalent in the CSI driver. Remove it, or use the factory method of the CSI driver and see what it offers instead."],
  ['disks of no zone', () => Provisioner.of('kubernetes.io/azure-disk', { parameters: { zoned: 'false' } }),
    { where: "Provisioner.of('kubernetes.io/azure-disk')", property: 'parameters.zoned', got: 'false' }],
  ['capabilities of a known driver', () => Provisioner.of('kubernetes.io/aws-ebs', { capabilities: {} }),
    "Provisioner.of: 'capabilities' must not be set for kubernetes.io/aws-ebs, which is now ebs.csi.aws.com. The capabilities of that driver are known: remove them."],
])('%s is refused', (_, build, refusal) => {
  expectInvalid(build, refusal);
});

test('capabilities are not guessed for other drivers', () => {
  expect(Provisioner.of('csi.example.com').capabilities).toBeUndefined();
  expect(Provisioner.of('csi.example.com', { capabilities: { kind: StorageKind.FILE } }).capabilities).toEqual({ kind: StorageKind.FILE });
});

/** The types, or kinds, that take an option; all others refuse it. */
test.each<[string, string[], (type: string) => Provisioner, string[]]>([
  ['iops of EBS', Object.values(EbsVolumeType), type => Provisioner.awsEbs(options({ type, iops: 500 })), ['gp3', 'io2', 'io1']],
  ['iopsPerGb of EBS', Object.values(EbsVolumeType), type => Provisioner.awsEbs(options({ type, iopsPerGb: 5 })), ['gp3', 'io2', 'io1']],
  ['throughput of EBS', Object.values(EbsVolumeType), type => Provisioner.awsEbs(options({ type, iops: type.startsWith('io') ? 500 : undefined, throughput: 200 })), ['gp3']],
  ['provisionedIops of GCE', Object.values(GceDiskType), type => Provisioner.gcePersistentDisk(options({ type, provisionedIops: 5000 })),
    ['pd-extreme', 'hyperdisk-balanced', 'hyperdisk-balanced-high-availability', 'hyperdisk-extreme']],
  ['provisionedThroughput of GCE', Object.values(GceDiskType), type => Provisioner.gcePersistentDisk(options({ type, provisionedThroughput: 300 })),
    ['hyperdisk-balanced', 'hyperdisk-balanced-high-availability', 'hyperdisk-throughput', 'hyperdisk-ml']],
  ['regional of GCE', Object.values(GceDiskType), type => Provisioner.gcePersistentDisk(options({ type, regional: true })), ['pd-balanced', 'pd-ssd', 'pd-standard']],
  ['iops of Azure disks', Object.values(AzureDiskSku), sku => Provisioner.azureDisk(options({ sku, iops: 5000 })), ['PremiumV2_LRS', 'UltraSSD_LRS']],
  ['throughput of Azure disks', Object.values(AzureDiskSku), sku => Provisioner.azureDisk(options({ sku, throughput: 200 })), ['PremiumV2_LRS', 'UltraSSD_LRS']],
  ['enableBursting of Azure disks', Object.values(AzureDiskSku), sku => Provisioner.azureDisk(options({ sku, enableBursting: true })), ['Premium_LRS', 'Premium_ZRS']],
  ['cachingMode of Azure disks', Object.values(AzureDiskSku), sku => Provisioner.azureDisk(options({ sku, cachingMode: 'ReadOnly' })),
    ['Premium_LRS', 'Premium_ZRS', 'StandardSSD_LRS', 'StandardSSD_ZRS', 'Standard_LRS']],
  ['nfs of Azure files', Object.values(AzureFileSku), sku => Provisioner.azureFile(options({ sku, protocol: 'nfs' })), ['Premium_LRS', 'Premium_ZRS', 'PremiumV2_LRS', 'PremiumV2_ZRS']],
])('%s is for some types only', (_, types, build, taking) => {
  const takes = (type: string) => {
    try {
      build(type);
      return true;
    } catch {
      return false;
    }
  };
  expect(types.filter(takes).sort()).toEqual([...taking].sort());
});

/** Options as a language without our types gives them. */
function options(values: object) {
  return JSON.parse(JSON.stringify(values));
}
