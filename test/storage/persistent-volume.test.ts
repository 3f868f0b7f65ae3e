import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, synth } from '../support/manifests';
import {
  AzureDiskCachingMode, EphemeralVolume, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimProps, PersistentVolumeProps, Provisioner,
  StatefulWorkload, StorageClass, StorageKind, VolumeDataSource, VolumeSelector, VolumeSnapshot, VolumeSource,
} from 'cdk8s-stateful';

const { READ_ONLY_MANY, READ_WRITE_ONCE, READ_WRITE_ONCE_POD, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;
const { BLOCK } = kplus.PersistentVolumeMode;
const capacity = Size.gibibytes(8);
const nfs = VolumeSource.nfs({ server: 'nfs.example', path: '/exports' });
const onNode = kplus.Node.labeled(kplus.NodeLabelQuery.is('kubernetes.io/hostname', 'n1'));

function volume(chart: Chart, props: Partial<PersistentVolumeProps> = {}, id = 'Archive'): PersistentVolume {
  return new PersistentVolume(chart, id, { source: nfs, capacity, ...props });
}

describe('a volume', () => {
  test('keeps data by default, belongs to no class and has no namespace', () => {
    const chart = newChart('shop');
    volume(chart);
    expect(find(chart, 'PersistentVolume', 'archive')).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'archive' },
      spec: {
        nfs: { server: 'nfs.example', path: '/exports' },
        capacity: { storage: '8Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
      },
    });
  });

  test('shows every choice', () => {
    const chart = newChart();
    volume(chart, {
      name: 'v',
      source: VolumeSource.csi({ driver: 'nfs.csi.k8s.io', volumeHandle: 'exports' }),
      accessModes: [READ_WRITE_ONCE, READ_WRITE_MANY],
      reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE,
      storageClass: StorageClass.fromName(chart, 'Class', 'slow'),
      nodeAffinity: onNode,
      mountOptions: ['nfsvers=4.1'],
      claimRef: { name: 'data', namespace: 'shop' },
      labels: { type: 'nfs' },
      annotations: { why: 'tests' },
    });
    expect(find(chart, 'PersistentVolume', 'v')).toMatchObject({
      metadata: { labels: { type: 'nfs' }, annotations: { 'why': 'tests', 'pv.kubernetes.io/provisioned-by': 'nfs.csi.k8s.io' } }, // else the driver never deletes
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'slow',
        mountOptions: ['nfsvers=4.1'],
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n1'] }] }] } },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace: 'shop' },
      },
    });
  });

  test('is the same wherever it stands in the tree, and at every synthesis', () => {
    const flat = newChart('shop');
    volume(flat).reserve();
    const deep = newChart('shop');
    new PersistentVolume(new Construct(new Construct(deep, 'A'), 'B'), 'Archive', { source: nfs, capacity }).reserve();
    expect(JSON.stringify(synth(deep))).toBe(JSON.stringify(synth(flat)));
    expect(JSON.stringify(synth(flat))).toBe(JSON.stringify(synth(flat)));
  });
});

describe('sources', () => {
  const zone = (key: string, value: string) => ({ required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] } });
  const iqn = 'iqn.2001-04.com.example:storage.disk1';
  const uri = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/d';
  const secret = { name: 's', namespace: 'n' };

  test.each<[string, VolumeSource, object]>([
    ['csi', VolumeSource.csi({ driver: 'csi.example.com', volumeHandle: 'v', fsType: 'xfs', readOnly: true, volumeAttributes: { a: 'b' }, nodeStageSecret: secret, controllerExpandSecret: secret }), {
      csi: { driver: 'csi.example.com', volumeHandle: 'v', fsType: 'xfs', readOnly: true, volumeAttributes: { a: 'b' }, nodeStageSecretRef: secret, controllerExpandSecretRef: secret },
    }],
    ['nfs', VolumeSource.nfs({ server: 's', path: '/p', readOnly: true }), { nfs: { server: 's', path: '/p', readOnly: true } }],
    ['iscsi', VolumeSource.iscsi({ targetPortal: '10.0.0.1:3260', iqn, lun: 0, portals: ['10.0.0.2:3260'], fsType: 'xfs' }), { iscsi: { targetPortal: '10.0.0.1:3260', iqn, lun: 0, portals: ['10.0.0.2:3260'], fsType: 'xfs' } }],
    ['fibre channel by target', VolumeSource.fibreChannel({ targetWwns: ['50060e801049cfd1'], lun: 2 }), { fc: { targetWWNs: ['50060e801049cfd1'], lun: 2 } }],
    ['fibre channel by identifier', VolumeSource.fibreChannel({ wwids: ['3600508b400105e210000900000490000'], readOnly: true }), { fc: { wwids: ['3600508b400105e210000900000490000'], readOnly: true } }],
    ['hostPath', VolumeSource.hostPath({ path: '/opt', type: kplus.HostPathVolumeType.DIRECTORY_OR_CREATE }), { hostPath: { path: '/opt', type: 'DirectoryOrCreate' } }],
    ['EBS', VolumeSource.awsEbs({ volumeId: 'vol-0123456789abcdef0', zone: 'eu-central-1a', fsType: 'ext4' }),
      { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0123456789abcdef0', fsType: 'ext4' }, nodeAffinity: zone('topology.kubernetes.io/zone', 'eu-central-1a') }],
    ['EFS', VolumeSource.awsEfs({ fileSystemId: 'fs-0123abcd', accessPointId: 'fsap-1' }), { csi: { driver: 'efs.csi.aws.com', volumeHandle: 'fs-0123abcd::fsap-1' } }],
    ['GCE PD', VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', zone: 'z' }),
      { csi: { driver: 'pd.csi.storage.gke.io', volumeHandle: 'projects/p/zones/z/disks/d' }, nodeAffinity: zone('topology.gke.io/zone', 'z') }],
    ['regional GCE PD in known zones', VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', region: 'r', zones: ['r-a', 'r-b'] }), {
      csi: { volumeHandle: 'projects/p/regions/r/disks/d' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.gke.io/zone', operator: 'In', values: ['r-a', 'r-b'] }] }] } },
    }],
    ['regional GCE PD', VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', region: 'r' }), { csi: { driver: 'pd.csi.storage.gke.io', volumeHandle: 'projects/p/regions/r/disks/d' } }],
    ['Azure disk', VolumeSource.azureDisk({ diskUri: uri, cachingMode: AzureDiskCachingMode.NONE, zone: 'eastus-1' }),
      { csi: { driver: 'disk.csi.azure.com', volumeHandle: uri, volumeAttributes: { cachingMode: 'None' } }, nodeAffinity: zone('topology.disk.csi.azure.com/zone', 'eastus-1') }],
    ['Azure file share', VolumeSource.azureFile({ storageAccount: 'a', shareName: 'b', secret }),
      { csi: { driver: 'file.csi.azure.com', volumeHandle: 'a_b', volumeAttributes: { storageAccount: 'a', shareName: 'b' }, nodeStageSecretRef: secret } }],
    ['Cinder', VolumeSource.openstackCinder({ volumeId: 'id' }), { csi: { driver: 'cinder.csi.openstack.org', volumeHandle: 'id' } }],
    ['vSphere', VolumeSource.vsphere({ volumeId: 'id' }), { csi: { driver: 'csi.vsphere.vmware.com', volumeHandle: 'id', volumeAttributes: { type: 'vSphere CNS Block Volume' } } }],
    ['Longhorn', VolumeSource.longhorn({ volumeName: 'v' }), { csi: { driver: 'driver.longhorn.io', volumeHandle: 'v' } }],
    ['Ceph RBD', VolumeSource.cephRbd({ pool: 'p', image: 'i' }), {
      csi: {
        driver: 'rook-ceph.rbd.csi.ceph.com',
        volumeHandle: 'i',
        volumeAttributes: { clusterID: 'rook-ceph', pool: 'p', staticVolume: 'true', imageFeatures: 'layering' },
        nodeStageSecretRef: { name: 'rook-csi-rbd-node', namespace: 'rook-ceph' },
      },
    }],
    ['CephFS', VolumeSource.cephFs({ fsName: 'f', rootPath: '/volumes/x', nodeSecret: secret }), {
      csi: { driver: 'rook-ceph.cephfs.csi.ceph.com', volumeHandle: 'f:/volumes/x', volumeAttributes: { clusterID: 'rook-ceph', fsName: 'f', rootPath: '/volumes/x', staticVolume: 'true' }, nodeStageSecretRef: secret },
    }],
    ['in-tree EBS', VolumeSource.of('awsElasticBlockStore', { volumeID: 'aws://eu-central-1a/vol-0123456789abcdef0', fsType: 'ext4' }),
      { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0123456789abcdef0', fsType: 'ext4' }, nodeAffinity: zone('topology.kubernetes.io/zone', 'eu-central-1a') }],
    ['EBS, one partition', VolumeSource.awsEbs({ volumeId: 'vol-01234567', partition: 2 }), { csi: { volumeHandle: 'vol-01234567', volumeAttributes: { partition: '2' } } }],
    ['in-tree EBS, one partition', VolumeSource.of('awsElasticBlockStore', { volumeID: 'vol-01234567', partition: '1' }), { csi: { volumeAttributes: { partition: '1' } } }],
    ['in-tree GCE PD, one partition', VolumeSource.of('gcePersistentDisk', { pdName: 'd', project: 'p', zone: 'z', partition: '3' }), { csi: { volumeAttributes: { partition: '3' } } }],
    ['in-tree GCE PD', VolumeSource.of('gcePersistentDisk', { pdName: 'd', project: 'p', zone: 'z', fsType: 'ext4', readOnly: 'true' }),
      { csi: { driver: 'pd.csi.storage.gke.io', volumeHandle: 'projects/p/zones/z/disks/d', fsType: 'ext4', readOnly: true } }],
    ['in-tree Azure disk', VolumeSource.of('azureDisk', { diskName: 'd', diskURI: uri, kind: 'Managed', cachingMode: 'ReadOnly' }),
      { csi: { driver: 'disk.csi.azure.com', volumeHandle: uri, volumeAttributes: { cachingMode: 'ReadOnly' } } }],
    ['in-tree Azure file share', VolumeSource.of('azureFile', { storageAccount: 'a', shareName: 'b', secretName: 's', secretNamespace: 'n' }), { csi: { driver: 'file.csi.azure.com', nodeStageSecretRef: secret } }],
    ['in-tree Cinder', VolumeSource.of('cinder', { volumeID: 'id' }), { csi: { driver: 'cinder.csi.openstack.org', volumeHandle: 'id' } }],
    ['hostDir', VolumeSource.of('hostDir', { path: '/opt' }), { hostPath: { path: '/opt' } }],
  ])('%s', (_, source, spec) => {
    const chart = newChart();
    volume(chart, { source });
    expect(find(chart, 'PersistentVolume', 'archive').spec).toMatchObject(spec);
  });

  test('partition 0 of an in-tree disk is the whole disk', () => {
    const chart = newChart();
    volume(chart, { source: VolumeSource.of('awsElasticBlockStore', { volumeID: 'vol-01234567', partition: '0' }) });
    expect(find(chart, 'PersistentVolume', 'archive').spec).not.toHaveProperty('csi.volumeAttributes');
  });

  test.each<[string, VolumeSource, kplus.PersistentVolumeAccessMode[]]>([
    ['io2', VolumeSource.awsEbs({ volumeId: 'vol-01234567' }), [READ_WRITE_MANY]],
    ['Hyperdisk', VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', zone: 'z' }), [READ_WRITE_MANY, READ_ONLY_MANY]],
    ['Azure, shared', VolumeSource.azureDisk({ diskUri: uri }), [READ_WRITE_MANY, READ_ONLY_MANY]],
    ['Cinder, multiattach', VolumeSource.openstackCinder({ volumeId: 'id' }), [READ_WRITE_MANY]],
    ['Longhorn, migratable', VolumeSource.longhorn({ volumeName: 'v' }), [READ_WRITE_MANY]],
  ])('a raw disk that exists may be of a type that nodes share: %s', (_, source, modes) => {
    const chart = newChart('shop');
    volume(chart, { source, volumeMode: BLOCK, accessModes: modes }).reserve();
    expect(find(chart, 'PersistentVolumeClaim', 'archive')).toMatchObject({ spec: { volumeMode: 'Block', accessModes: modes } });
  });

  test('CHAP by Secret', () => {
    const chart = newChart();
    volume(chart, {
      source: VolumeSource.iscsi({ targetPortal: 't', iqn, lun: 1, chapSecret: kplus.Secret.fromSecretName(chart, 'Chap', 'chap'), chapSecretNamespace: 'storage', chapDiscovery: true }),
    });
    expect(find(chart, 'PersistentVolume', 'archive').spec).toMatchObject({ iscsi: { chapAuthSession: true, chapAuthDiscovery: true, secretRef: { name: 'chap', namespace: 'storage' } } });
  });

  test.each(['iqn.1992-08.com.NetApp:sn.1', 'eui.02004567A425678D', 'naa.60014055f6d2e53c9b34d5a8f8e7a1b2'])('an iSCSI target may be called %s', name => {
    const chart = newChart();
    volume(chart, { source: VolumeSource.iscsi({ targetPortal: 't', iqn: name, initiatorName: name, lun: 0 }) });
    expect(find(chart, 'PersistentVolume', 'archive').spec).toMatchObject({ iscsi: { iqn: name, initiatorName: name } });
  });

  test('local, on its node, as a device too', () => {
    const chart = newChart();
    volume(chart, { source: VolumeSource.local({ path: '/dev/sdb' }), volumeMode: BLOCK, nodeAffinity: onNode });
    expect(find(chart, 'PersistentVolume', 'archive').spec).toMatchObject({ local: { path: '/dev/sdb' }, volumeMode: 'Block' });
  });
});

describe('reserved for a claim', () => {
  test('each names the other, and they agree', () => {
    const chart = newChart('shop');
    const storageClass = StorageClass.fromName(chart, 'Class', 'slow');
    const claim = volume(chart, { accessModes: [READ_WRITE_MANY], storageClass }).reserve({ labels: { team: 'shop' } });
    expect(find(chart, 'PersistentVolumeClaim', 'archive')).toMatchObject({
      metadata: { namespace: 'shop', labels: { team: 'shop' } },
      spec: { volumeName: 'archive', accessModes: ['ReadWriteMany'], storageClassName: 'slow', resources: { requests: { storage: '8Gi' } }, volumeMode: 'Filesystem' },
    });
    expect(find(chart, 'PersistentVolume', 'archive')).toMatchObject({ spec: { claimRef: { name: 'archive', namespace: 'shop' } } });
    expect(claim.name).toBe('archive');
  });

  test('of no class: the claim says so, or the default class would make a new volume', () => {
    const chart = newChart('shop');
    volume(chart).reserve({ name: 'mine' });
    expect(find(chart, 'PersistentVolumeClaim', 'mine')).toMatchObject({ spec: { storageClassName: '', volumeName: 'archive' } });
  });

  test('both may have names with dots', () => {
    const chart = newChart('shop');
    const archive = volume(chart, { name: '2024.archive' });
    expect(archive.reserve({ name: '2024.orders' }).name).toBe('2024.orders');
    expect(find(chart, 'PersistentVolumeClaim', '2024.orders')).toMatchObject({ spec: { volumeName: '2024.archive' } });
    expect(find(chart, 'PersistentVolume', '2024.archive')).toMatchObject({ spec: { claimRef: { name: '2024.orders', namespace: 'shop' } } });
  });

  test('by a claim in another chart', () => {
    const chart = newChart('infrastructure');
    const archive = volume(chart);
    const shop = new Chart(chart.node.scope as App, 'shop', { namespace: 'shop' });
    new PersistentVolumeClaim(shop, 'Data', { size: Size.gibibytes(4), volume: archive });
    expect(find(chart, 'PersistentVolume', 'archive')).toMatchObject({ spec: { claimRef: { name: 'data', namespace: 'shop' } } });
  });

  test('that its claimRef names', () => {
    const chart = newChart('shop');
    volume(chart, { claimRef: { name: 'files' } }).reserve();
    expect(find(chart, 'PersistentVolumeClaim', 'files')).toMatchObject({ spec: { volumeName: 'archive' } });
    expect(find(chart, 'PersistentVolume', 'archive')).toMatchObject({ spec: { claimRef: { name: 'files', namespace: 'shop' } } });
  });

  test('in a chart without a namespace, if claimRef says which it is', () => {
    const chart = newChart();
    volume(chart, { claimRef: { name: 'files', namespace: 'shop' } }).reserve();
    expect(find(chart, 'PersistentVolume', 'archive')).toMatchObject({ spec: { claimRef: { name: 'files', namespace: 'shop' } } });
  });

  test('of the cluster: only the claim names the volume', () => {
    const chart = newChart('shop');
    new PersistentVolumeClaim(chart, 'Data', { size: capacity, volume: PersistentVolume.fromName(chart, 'Old', 'old') });
    expect(find(chart, 'PersistentVolumeClaim', 'data')).toMatchObject({ spec: { volumeName: 'old', storageClassName: '' } });
  });
});

describe('the selector of a claim', () => {
  const selector: VolumeSelector = { matchLabels: { type: 'nfs' }, matchExpressions: [{ key: 'environment', operator: 'In', values: ['stg'] }] };
  const labels = { type: 'nfs', environment: 'stg' };
  const claim = (chart: Chart) => new PersistentVolumeClaim(chart, 'Data', { size: Size.gibibytes(4), selector });

  test('has a volume of the app to take', () => {
    const chart = newChart('shop');
    claim(chart);
    volume(chart, { labels });
    expect(() => synth(chart)).not.toThrow();
  });

  test('is somebody else\'s affair if the app has no volumes', () => {
    const chart = newChart('shop');
    claim(chart);
    expect(() => synth(chart)).not.toThrow();
  });

  test('finds a volume that cdk8s-plus wrote', () => {
    const chart = newChart('shop');
    claim(chart);
    new kplus.k8s.KubePersistentVolume(chart, 'Other', {
      metadata: { name: 'other', labels }, spec: { capacity: { storage: kplus.k8s.Quantity.fromString('5Gi') }, accessModes: ['ReadWriteOnce'], nfs: { server: 's', path: '/' } },
    });
    expect(() => synth(chart)).not.toThrow();
  });

  test.each<[string, Partial<PersistentVolumeProps>, string]>([
    ['other labels', { labels: { type: 'nfs', environment: 'prod' } }, "'archive' has other labels"],
    ['another class', { labels, storageClass: { name: 'slow' } }, "'archive' is of the class 'slow'"],
    ['too little room', { labels, capacity: Size.mebibytes(500) }, "'archive' has only 500Mi"],
    ['another access mode', { labels, accessModes: [READ_WRITE_MANY] }, "'archive' has no ReadWriteOnce"],
    ['another claim', { labels, claimRef: { name: 'mine' } }, "'archive' is reserved for 'shop/mine'"],
    ['a claim of that name in another namespace', { labels, claimRef: { name: 'data', namespace: 'attic' } }, "'archive' is reserved for 'attic/data'"],
    ['another volume mode', { labels, source: VolumeSource.local({ path: '/d' }), volumeMode: BLOCK, nodeAffinity: onNode }, "'archive' is a Block"],
  ])('does not find a volume of %s', (_, props, reason) => {
    const chart = newChart('shop');
    claim(chart);
    volume(chart, props);
    expect(() => synth(chart)).toThrow(`test/Data: no PersistentVolume of the app fits the claim's selector: ${reason}. Mend the labels, or make a volume that fits.`);
  });

  test.each<[VolumeSelector['matchExpressions'], boolean]>([
    [[{ key: 'type', operator: 'Exists' }], true],
    [[{ key: 'type', operator: 'DoesNotExist' }], false],
    [[{ key: 'old', operator: 'DoesNotExist' }], true],
    [[{ key: 'type', operator: 'NotIn', values: ['nfs'] }], false],
    [[{ key: 'type', operator: 'NotIn', values: ['ssd'] }], true],
    [[{ key: 'old', operator: 'NotIn', values: ['nfs'] }], true],
    [[{ key: 'old', operator: 'In', values: ['nfs'] }], false],
  ])('is read as Kubernetes reads it: %j %s', (matchExpressions, fits) => {
    const chart = newChart('shop');
    new PersistentVolumeClaim(chart, 'Data', { size: Size.gibibytes(4), selector: { matchExpressions } });
    volume(chart, { labels });
    const synthesize = () => { synth(chart); return true; };
    if (fits) expect(synthesize()).toBe(true);
    else expect(synthesize).toThrow('has other labels');
  });

  test('of a claim template needs a volume for each member', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { replicas: 3 });
    store.addContainer({ image: 'a:1' }).mount('/data', store.addClaim('data', { size: Size.gibibytes(4), selector }));
    volume(chart, { labels }, 'A');
    volume(chart, { labels }, 'B');
    volume(chart, { labels: { type: 'iscsi' } }, 'C');
    expect(() => synth(chart)).toThrow("test/Store/Claim-data: 3 members need as many volumes, but only 2 of the app fit the selector: 'c' has other labels.");
    volume(chart, { labels }, 'D');
    expect(() => synth(chart)).not.toThrow();
  });

  const ofTemplate = (chart: Chart, replicas = 2) => {
    const store = new StatefulWorkload(chart, 'Store', { replicas });
    store.addContainer({ image: 'a:1' }).mount('/data', store.addClaim('data', { size: Size.gibibytes(4), selector }));
  };
  const ofPod = (chart: Chart) => {
    new StatefulWorkload(chart, 'Sorter').addContainer({ image: 'a:1' }).mount('/scratch', new EphemeralVolume(chart, 'Scratch', { size: Size.gibibytes(4), selector }));
  };

  test.each<[string, (chart: Chart) => void]>([
    ['of each member', chart => {
      ofTemplate(chart);
      volume(chart, { labels, claimRef: { name: 'data-store-1' } }, 'A');
      volume(chart, { labels, claimRef: { name: 'data-store-0' } }, 'B');
    }],
    ['of one member, whatever the order', chart => {
      ofTemplate(chart);
      volume(chart, { labels }, 'A');
      volume(chart, { labels, claimRef: { name: 'data-store-0' } }, 'B');
    }],
    ['in a chart without a namespace', chart => {
      claim(new Chart(chart.node.scope as App, 'bare'));
      volume(chart, { labels, claimRef: { name: 'data' } });
    }],
    ['of a Pod, whose name only the cluster knows', chart => {
      ofPod(chart);
      volume(chart, { labels, claimRef: { name: 'sorter-0-scratch' } });
    }],
  ])('finds a volume that is reserved for the claim %s', (_, make) => {
    const chart = newChart('shop');
    make(chart);
    expect(() => synth(chart)).not.toThrow();
  });

  test('does not find a volume that is reserved for a claim of that name elsewhere', () => {
    const chart = newChart('shop');
    ofTemplate(chart, 1);
    volume(chart, { labels, claimRef: { name: 'data-store-0', namespace: 'attic' } });
    expect(() => synth(chart)).toThrow("'archive' is reserved for 'attic/data-store-0'.");
  });

  test('does not find a volume that another claim needs', () => {
    const chart = newChart('shop');
    claim(chart);
    new PersistentVolumeClaim(chart, 'Other', { size: Size.gibibytes(4), selector });
    volume(chart, { labels });
    expect(() => synth(chart)).toThrow("test/Other: no PersistentVolume of the app fits the claim's selector: 'archive' is needed by test/Data. Mend the labels, or make a volume that fits.");
  });

  test('leaves a volume to a claim that has no other', () => {
    const chart = newChart('shop');
    claim(chart);
    new PersistentVolumeClaim(chart, 'Large', { size: Size.gibibytes(8), selector });
    volume(chart, { labels }, 'A');
    volume(chart, { labels, capacity: Size.gibibytes(4) }, 'B');
    expect(() => synth(chart)).not.toThrow();
  });

  test('of an ephemeral volume needs a volume too', () => {
    const chart = newChart('shop');
    ofPod(chart);
    volume(chart, { labels: { type: 'iscsi' } });
    expect(() => synth(chart)).toThrow("test/Scratch: no PersistentVolume of the app fits the claim's selector: 'archive' has other labels.");
  });

  test('does not matter where the claim names its volume', () => {
    const chart = newChart('shop');
    new PersistentVolumeClaim(chart, 'Data', { size: capacity, selector, volume: PersistentVolume.fromName(chart, 'Old', 'old') });
    volume(chart, { labels: { type: 'iscsi' } });
    expect(() => synth(chart)).not.toThrow();
  });
});

const withProps = (props: Partial<PersistentVolumeProps>) => (chart: Chart) => { volume(chart, props); };
const reserved = (props: Partial<PersistentVolumeProps>, claim: Partial<PersistentVolumeClaimProps>) => (chart: Chart) => {
  new PersistentVolumeClaim(chart, 'Data', { size: capacity, volume: volume(chart, props), ...claim });
};

test.each<[string, (chart: Chart) => void, string]>([
  ['no capacity', withProps({ capacity: Size.gibibytes(0) }), "test/Archive: invalid 'capacity': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction."],
  ['no access mode', withProps({ accessModes: [] }), "test/Archive: invalid 'accessModes': got [], expected at least one access mode. Leave it out for ReadWriteOnce."],
  ['ReadWriteOncePod beside others', withProps({ source: VolumeSource.csi({ driver: 'd', volumeHandle: 'v' }), accessModes: [READ_WRITE_ONCE_POD, READ_WRITE_ONCE] }), 'expected ReadWriteOncePod alone.'],
  ['Recycle', withProps(JSON.parse('{ "reclaimPolicy": "Recycle" }')),
    "test/Archive: invalid 'reclaimPolicy': got 'Recycle', expected Retain or Delete. Recycle is deprecated: it ran `rm -rf` in the volume. Take a StorageClass that makes a fresh volume for each claim, with Delete."],
  ['Delete of what nobody deletes', withProps({ reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE }),
    "test/Archive: invalid 'reclaimPolicy': got 'Delete', expected Retain for an NFS volume. Only CSI drivers delete storage; this volume would stay, as Failed: leave it out, and delete the data yourself."],
  ['a node affinity without labels', withProps({ nodeAffinity: kplus.Node.labeled() }),
    "test/Archive: invalid 'nodeAffinity': got 'kplus.Node.labeled()', expected nodes with labels. Without any, no node matches."],
  ['Delete of what Ceph has not made', withProps({ source: VolumeSource.cephRbd({ pool: 'p', image: 'i' }), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE }),
    'Its driver deletes only what it has made; this volume would stay, as Failed: leave it out, and delete the data yourself.'],
  ['Delete of a path', withProps({ source: VolumeSource.hostPath({ path: '/opt' }), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE }), 'expected Retain for a hostPath volume.'],
  ['a local volume on no node', withProps({ source: VolumeSource.local({ path: '/mnt/ssd' }) }),
    "test/Archive: a local volume needs 'nodeAffinity'. It is on one node: nodeAffinity: kplus.Node.labeled(kplus.NodeLabelQuery.is('kubernetes.io/hostname', 'node-1'))."],
  ['a raw device of NFS', withProps({ volumeMode: BLOCK }), "test/Archive: invalid 'volumeMode': got 'Block', expected Filesystem from an NFS volume."],
  ['ReadWriteOncePod of NFS', withProps({ accessModes: [READ_WRITE_ONCE_POD] }), "got 'ReadWriteOncePod', expected ReadWriteOnce or ReadOnlyMany or ReadWriteMany from an NFS volume. Only CSI drivers have it"],
  ['ReadWriteMany of EBS', withProps({ source: VolumeSource.awsEbs({ volumeId: 'vol-01234567' }), accessModes: [READ_WRITE_MANY] }), 'from a volume of ebs.csi.aws.com. A disk is written from one node at a time'],
  ['a claimRef without a namespace', chart => withProps({ claimRef: { name: 'data' } })(new Chart(chart.node.scope as App, 'bare')), "bare/Archive: 'claimRef' needs the namespace of the claim. Give the chart a 'namespace'."],
  ['a reservation for a claim of no namespace', chart => reserved({}, {})(new Chart(chart.node.scope as App, 'bare')),
    "bare/Data: the volume 'archive' needs the namespace of its claim. Give the claim's chart a 'namespace'."],
  ['a reservation for a claim of no namespace in another chart', chart => {
    new PersistentVolumeClaim(new Chart(chart.node.scope as App, 'bare'), 'Data', { size: capacity, volume: volume(chart) });
  }, "bare/Data: the volume 'archive' needs the namespace of its claim."],
  ['a reservation for a claim of another namespace', reserved({ claimRef: { name: 'data', namespace: 'attic' } }, {}),
    "test/Data: the volume 'archive' is reserved for the claim 'attic/data'."],
  ['a label that is none', withProps({ labels: { a: '-' } }), "test/Archive: invalid 'labels.a': got '-', expected a label value"],
  ['two volumes of one name', chart => { withProps({})(chart); volume(chart, { name: 'archive' }, 'Other'); }, "test/Other: the PersistentVolume name 'archive' is already taken in this app by test/Archive."],
  ['a volume reserved twice', chart => { const archive = volume(chart); archive.reserve(); new PersistentVolumeClaim(chart, 'Data', { size: capacity, volume: archive }); },
    "test/Data: the volume 'archive' is reserved for the claim 'shop/archive'. A volume belongs to one claim: make another volume."],
  ['a volume with a claimRef of another claim', reserved({ claimRef: { name: 'mine' } }, {}), "test/Data: the volume 'archive' is reserved for the claim 'shop/mine'."],
  ['a volume with a claimRef of another namespace', reserved({ claimRef: { name: 'data', namespace: 'attic' } }, {}), "test/Data: the volume 'archive' is reserved for the claim 'attic/data'."],
  ['a claim for more than there is', reserved({}, { size: Size.gibibytes(9) }), "test/Data: invalid 'size': got '9Gi', expected at most 8Gi, the capacity of its volume 'archive'. Otherwise the two are never bound."],
  ['a claim of another access mode', reserved({}, { accessModes: [READ_WRITE_MANY] }), "test/Data: invalid 'accessModes': got 'ReadWriteMany', expected ReadWriteOnce, the access modes of its volume 'archive'."],
  ['a claim of another class', reserved({}, { storageClass: { name: 'fast' } }), "test/Data: invalid 'storageClass': got 'fast', expected '', the class of its volume 'archive'."],
  ['a claim of another volume mode', reserved({}, { volumeMode: BLOCK }), "test/Data: invalid 'volumeMode': got 'Block', expected Filesystem, the volume mode of its volume 'archive'."],
  ['growth of a volume that cannot', reserved({ source: VolumeSource.hostPath({ path: '/opt' }), storageClass: { name: 'slow' } }, { expandable: true }),
    "test/Data: invalid 'expandable': got true, expected no growth from the volume 'archive'. Take a class with 'allowExpansion'"],
  ['growth of a volume whose class forbids it', reserved({ storageClass: { name: 'slow', capabilities: { expandable: false } } }, { expandable: true }),
    "expected no growth from the storage class 'slow'."],
  ['growth of a volume of no class', reserved({}, { expandable: true }), 'expected no growth from a volume of no storage class.'],
  ['a snapshot of a volume that has none', chart => new VolumeSnapshot(chart, 'Before', { claim: volume(chart).reserve() }),
    "test/Before: the claim 'archive' has the volume 'archive', which has no snapshots. Back up by the means of the product, such as a dump."],
  ['a copy of a volume that nobody can copy', chart => {
    new PersistentVolumeClaim(chart, 'Copy', { size: capacity, dataSource: VolumeDataSource.fromClaim(volume(chart).reserve()) });
  }, "test/Copy: the volume of its data source 'archive' cannot be copied. Copy the files with a Pod that mounts both claims."],
  ['a snapshot class of another driver than the volume', chart => new VolumeSnapshot(chart, 'Before', {
    claim: volume(chart, { source: VolumeSource.awsEbs({ volumeId: 'vol-01234567' }) }).reserve(), snapshotClass: { name: 'pd', driver: 'pd.csi.storage.gke.io' },
  }), "test/Before: the snapshot class 'pd' is of pd.csi.storage.gke.io, but the volume of the claim 'archive' is of ebs.csi.aws.com."],
  ['a relative path', () => VolumeSource.local({ path: 'mnt' }), "VolumeSource.local: invalid 'path': got 'mnt', expected a path that begins with '/' and has no '..'."],
  ['a path upwards', () => VolumeSource.hostPath({ path: '/var/../etc' }), "VolumeSource.hostPath: invalid 'path': got '/var/../etc'"],
  ['an unknown type of path', () => VolumeSource.hostPath(JSON.parse('{ "path": "/opt", "type": "Folder" }')), "VolumeSource.hostPath: invalid 'type': got 'Folder', expected one of"],
  ['an iSCSI name that is none', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'disk1', lun: 0 }), "VolumeSource.iscsi: invalid 'iqn': got 'disk1', expected a qualified name."],
  ['an iSCSI name of nobody in particular', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'iqn.2001-04.com.example', lun: 0 }),
    "got 'iqn.2001-04.com.example', expected a qualified name. For example 'iqn.2001-04.com.example:storage.disk1'; the API server wants the ':' and what follows it."],
  ['CHAP without a Secret', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'iqn.2001-04.com.example:d', lun: 0, chapDiscovery: true }),
    "VolumeSource.iscsi: 'chapDiscovery' is given without 'chapSecret'. Give the Secret with the names and passwords."],
  ['an iSCSI unit beyond 255', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'iqn.2001-04.com.example:d', lun: 256 }), "invalid 'lun': got 256, expected a whole number from 0 to 255."],
  ['half a Fibre Channel unit', () => VolumeSource.fibreChannel({ targetWwns: ['a'] }), "a unit is named by 'targetWwns' and 'lun', or by 'wwids'. Give one of the two, whole."],
  ['both names of a Fibre Channel unit', () => VolumeSource.fibreChannel({ targetWwns: ['a'], lun: 0, wwids: ['b'] }), 'Give one of the two, whole.'],
  ['an empty handle', () => VolumeSource.csi({ driver: 'd', volumeHandle: ' ' }), "VolumeSource.csi: invalid 'volumeHandle': got ' ', expected the driver's name of the volume."],
  ['a driver that is none', () => VolumeSource.csi({ driver: 'a b', volumeHandle: 'v' }), "VolumeSource.csi: invalid 'driver': got 'a b', expected the name of a CSI driver, at most 63 characters."],
  ['a volume id that is none', () => VolumeSource.awsEbs({ volumeId: 'disk-1' }), "VolumeSource.awsEbs: invalid 'volumeId': got 'disk-1', expected 'vol-' and hexadecimal digits."],
  ['a disk in no place', () => VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p' }), "invalid 'zone': got undefined, expected the disk's zone, or its region in 'region'."],
  ['a regional disk in one zone', () => VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', region: 'r', zones: ['r-a'] }),
    "VolumeSource.gcePersistentDisk: invalid 'zones': got ['r-a'], expected the two zones of a disk whose 'region' is given. A disk in one zone has 'zone'."],
  ['a zonal disk in two zones', () => VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', zone: 'r-a', zones: ['r-a', 'r-b'] }), "expected the two zones of a disk whose 'region' is given."],
  ['a disk URI that is none', () => VolumeSource.azureDisk({ diskUri: 'd' }), "VolumeSource.azureDisk: invalid 'diskUri': got 'd', expected a resource id"],
  ['Flocker', () => VolumeSource.of('flocker', { datasetName: 'd' }),
    "VolumeSource.of: invalid 'kind': got 'flocker', expected a kind of volume that still exists. Kubernetes removed or froze it. Use VolumeSource.csi with the driver of your storage: the company behind Flocker closed in 2016."],
  ['gitRepo', () => VolumeSource.of('gitRepo', { repository: 'r' }), 'Use an emptyDir that an init container fills with `git clone`: Kubernetes no longer runs git as root on the node.'],
  ['an unknown kind', () => VolumeSource.of('floppy'), "VolumeSource.of: invalid 'kind': got 'floppy', expected one of awsElasticBlockStore, gcePersistentDisk, azureDisk, azureFile, cinder, hostDir."],
  ['an in-tree disk without its zone', () => VolumeSource.of('gcePersistentDisk', { pdName: 'd', project: 'p' }),
    "VolumeSource.of('gcePersistentDisk'): invalid 'zone': got undefined, expected a value. The CSI driver wants it; the in-tree driver took it from the label of the volume."],
  ['a field that is no more', () => VolumeSource.of('cinder', { volumeID: 'id', partition: '1' }), "VolumeSource.of('cinder'): no field of the CSI driver is known for 'partition'."],
  ['a partition that is none', () => VolumeSource.of('awsElasticBlockStore', { volumeID: 'vol-01234567', partition: 'one' }), "VolumeSource.of('awsElasticBlockStore'): invalid 'partition': got 'one', expected a number."],
  ['a partition beyond 255', () => VolumeSource.awsEbs({ volumeId: 'vol-01234567', partition: 256 }), "VolumeSource.awsEbs: invalid 'partition': got 256, expected a whole number from 1 to 255."],
])('%s is refused', (_, act, message) => {
  expect(() => act(newChart('shop'))).toThrow(message);
});

test('a class without a provisioner is for volumes made by hand', () => {
  const chart = newChart('shop');
  const storageClass = new StorageClass(chart, 'Local', { provisioner: Provisioner.localVolume() });
  volume(chart, { storageClass, source: VolumeSource.local({ path: '/mnt/ssd' }), nodeAffinity: onNode });
  expect(find(chart, 'StorageClass', 'local')).toMatchObject({ provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' });
  expect(find(chart, 'PersistentVolume', 'archive')).toMatchObject({ spec: { storageClassName: 'local' } });
});

describe('a class of volumes made by hand', () => {
  const accessModes = [READ_WRITE_MANY];

  test('leaves it to a volume what it can do', () => {
    const chart = newChart('shop');
    const storageClass = new StorageClass(chart, 'Hand', { provisioner: Provisioner.localVolume() });
    volume(chart, { storageClass, accessModes }).reserve();
    expect(find(chart, 'PersistentVolumeClaim', 'archive').spec).toMatchObject({ accessModes: ['ReadWriteMany'], storageClassName: 'hand' });
    const unknown = VolumeSource.csi({ driver: 'csi.example.com', volumeHandle: 'v' });
    expect(() => volume(chart, { storageClass, accessModes, source: unknown }, 'Unknown').reserve()).not.toThrow();
    const disk = volume(chart, { storageClass, source: VolumeSource.awsEbs({ volumeId: 'vol-01234567' }) }, 'Disk').reserve();
    expect(() => new VolumeSnapshot(chart, 'Before', { claim: disk })).not.toThrow();
  });

  test('says what volumes it has, for claims that name none', () => {
    const chart = newChart('shop');
    const provisioner = Provisioner.of('kubernetes.io/no-provisioner', { capabilities: { kind: StorageKind.FILE, accessModes } });
    const storageClass = new StorageClass(chart, 'Files', { provisioner });
    new PersistentVolumeClaim(chart, 'Data', { size: capacity, storageClass, accessModes });
    expect(find(chart, 'StorageClass', 'files')).toMatchObject({ provisioner: 'kubernetes.io/no-provisioner' });
    expect(storageClass.capabilities).toEqual({ kind: 'file', accessModes, expandable: false });
  });
});
