import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
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
    ['another class', { labels, storageClass: { name: 'slow' } }, "'archive' has the class 'slow'"],
    ['too little room', { labels, capacity: Size.mebibytes(500) }, "'archive' has only 500Mi"],
    ['another access mode', { labels, accessModes: [READ_WRITE_MANY] }, "'archive' does not support ReadWriteOnce"],
    ['another claim', { labels, claimRef: { name: 'mine' } }, "'archive' is reserved for 'shop/mine'"],
    ['a claim of that name in another namespace', { labels, claimRef: { name: 'data', namespace: 'attic' } }, "'archive' is reserved for 'attic/data'"],
    ['another volume mode', { labels, source: VolumeSource.local({ path: '/d' }), volumeMode: BLOCK, nodeAffinity: onNode }, "'archive' has the volume mode Block"],
  ])('does not find a volume of %s', (_, props, reason) => {
    const chart = newChart('shop');
    claim(chart);
    volume(chart, props);
    expect(() => synth(chart)).toThrow(`test/Data: no PersistentVolume of the app matches the claim's selector: ${reason}. Fix the labels, or create a volume that matches.`);
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
    expect(() => synth(chart)).toThrow("test/Store/Claim-data: 3 members need one volume each, but only 2 of the app's match the selector: 'c' has other labels. Fix the labels, or create a volume that matches.");
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
    expect(() => synth(chart)).toThrow("test/Other: no PersistentVolume of the app matches the claim's selector: 'archive' is needed by test/Data. Fix the labels, or create a volume that matches.");
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
    expect(() => synth(chart)).toThrow("test/Scratch: no PersistentVolume of the app matches the claim's selector: 'archive' has other labels. Fix the labels, or create a volume that matches.");
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

test.each<[string, (chart: Chart) => void, Refusal]>([
  ['no capacity', withProps({ capacity: Size.gibibytes(0) }), { where: 'test/Archive', property: 'capacity', got: '0 bytes' }],
  ['no access mode', withProps({ accessModes: [] }), { where: 'test/Archive', property: 'accessModes' }],
  ['ReadWriteOncePod beside others', withProps({ source: VolumeSource.csi({ driver: 'd', volumeHandle: 'v' }), accessModes: [READ_WRITE_ONCE_POD, READ_WRITE_ONCE] }), 'expected ReadWriteOncePod alone.'],
  ['Recycle', withProps(JSON.parse('{ "reclaimPolicy": "Recycle" }')),
    { where: 'test/Archive', property: 'reclaimPolicy', got: 'Recycle' }],
  ['Delete of what nobody deletes', withProps({ reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE }),
    { where: 'test/Archive', property: 'reclaimPolicy', got: 'Delete' }],
  ['a node affinity without labels', withProps({ nodeAffinity: kplus.Node.labeled() }),
    { where: 'test/Archive', property: 'nodeAffinity', got: 'kplus.Node.labeled()' }],
  ['Delete of what Ceph has not made', withProps({ source: VolumeSource.cephRbd({ pool: 'p', image: 'i' }), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE }),
    'Its driver deletes only volumes that it created, so the volume would end up in the phase Failed: omit it, and delete the data yourself.'],
  ['Delete of a path', withProps({ source: VolumeSource.hostPath({ path: '/opt' }), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE }), 'expected Retain for a hostPath volume.'],
  ['a local volume on no node', withProps({ source: VolumeSource.local({ path: '/mnt/ssd' }) }),
    "test/Archive: a local volume needs 'nodeAffinity'. The volume exists on one node only: set nodeAffinity: kplus.Node.labeled(kplus.NodeLabelQuery.is('kubernetes.io/hostname', 'node-1'))."],
  ['a raw device of NFS', withProps({ volumeMode: BLOCK }), { where: 'test/Archive', property: 'volumeMode', got: 'Block' }],
  ['ReadWriteOncePod of NFS', withProps({ accessModes: [READ_WRITE_ONCE_POD] }), "got 'ReadWriteOncePod', expected ReadWriteOnce or ReadOnlyMany or ReadWriteMany from an NFS volume. Only CSI drivers support it"],
  ['ReadWriteMany of EBS', withProps({ source: VolumeSource.awsEbs({ volumeId: 'vol-01234567' }), accessModes: [READ_WRITE_MANY] }), { property: 'accessModes', got: 'ReadWriteMany', allowed: 'ReadWriteOnce or ReadWriteOncePod from a volume of ebs.csi.aws.com' }],
  ['a claimRef without a namespace', chart => withProps({ claimRef: { name: 'data' } })(new Chart(chart.node.scope as App, 'bare')), "bare/Archive: 'claimRef' needs the namespace of the claim. Set 'namespace' in 'claimRef' or on the chart."],
  ['a reservation for a claim of no namespace', chart => reserved({}, {})(new Chart(chart.node.scope as App, 'bare')),
    "bare/Data: the volume 'archive' needs the namespace of its claim. Set 'namespace' on the claim's chart."],
  ['a reservation for a claim of no namespace in another chart', chart => {
    new PersistentVolumeClaim(new Chart(chart.node.scope as App, 'bare'), 'Data', { size: capacity, volume: volume(chart) });
  }, "bare/Data: the volume 'archive' needs the namespace of its claim."],
  ['a reservation for a claim of another namespace', reserved({ claimRef: { name: 'data', namespace: 'attic' } }, {}),
    "test/Data: the volume 'archive' is reserved for the claim 'attic/data'."],
  ['a label that is none', withProps({ labels: { a: '-' } }), { where: 'test/Archive', property: 'labels.a', got: '-' }],
  ['two volumes of one name', chart => { withProps({})(chart); volume(chart, { name: 'archive' }, 'Other'); }, "test/Other: the PersistentVolume name 'archive' is already taken in this app by test/Archive."],
  ['a volume reserved twice', chart => { const archive = volume(chart); archive.reserve(); new PersistentVolumeClaim(chart, 'Data', { size: capacity, volume: archive }); },
    "test/Data: the volume 'archive' is reserved for the claim 'shop/archive'. A volume can be bound to one claim only: create another volume."],
  ['a volume with a claimRef of another claim', reserved({ claimRef: { name: 'mine' } }, {}), "test/Data: the volume 'archive' is reserved for the claim 'shop/mine'."],
  ['a volume with a claimRef of another namespace', reserved({ claimRef: { name: 'data', namespace: 'attic' } }, {}), "test/Data: the volume 'archive' is reserved for the claim 'attic/data'."],
  ['a claim for more than there is', reserved({}, { size: Size.gibibytes(9) }), { where: 'test/Data', property: 'size', got: '9Gi' }],
  ['a claim of another access mode', reserved({}, { accessModes: [READ_WRITE_MANY] }), { where: 'test/Data', property: 'accessModes', got: 'ReadWriteMany' }],
  ['a claim of another class', reserved({}, { storageClass: { name: 'fast' } }), { where: 'test/Data', property: 'storageClass', got: 'fast' }],
  ['a claim of another volume mode', reserved({}, { volumeMode: BLOCK }), { where: 'test/Data', property: 'volumeMode', got: 'Block' }],
  ['growth of a volume that cannot', reserved({ source: VolumeSource.hostPath({ path: '/opt' }), storageClass: { name: 'slow' } }, { expandable: true }),
    { where: 'test/Data', property: 'expandable', got: true }],
  ['growth of a volume whose class forbids it', reserved({ storageClass: { name: 'slow', capabilities: { expandable: false } } }, { expandable: true }),
    { property: 'expandable', allowed: "false: the storage class 'slow' does not support expansion" }],
  ['growth of a volume of no class', reserved({}, { expandable: true }), { property: 'expandable', allowed: 'false: a volume without a storage class does not support expansion' }],
  ['a snapshot of a volume that has none', chart => new VolumeSnapshot(chart, 'Before', { claim: volume(chart).reserve() }),
    "test/Before: the claim 'archive' has the volume 'archive', which does not support snapshots. Back up with the tools of the product, for example with a dump."],
  ['a copy of a volume that nobody can copy', chart => {
    new PersistentVolumeClaim(chart, 'Copy', { size: capacity, dataSource: VolumeDataSource.fromClaim(volume(chart).reserve()) });
  }, "test/Copy: the volume of its data source 'archive' cannot be copied. Copy the files with a Pod that mounts both claims."],
  ['a snapshot class of another driver than the volume', chart => new VolumeSnapshot(chart, 'Before', {
    claim: volume(chart, { source: VolumeSource.awsEbs({ volumeId: 'vol-01234567' }) }).reserve(), snapshotClass: { name: 'pd', driver: 'pd.csi.storage.gke.io' },
  }), "test/Before: the snapshot class 'pd' belongs to pd.csi.storage.gke.io, but the volume of the claim 'archive' to ebs.csi.aws.com. Use a snapshot class of that driver."],
  ['a relative path', () => VolumeSource.local({ path: 'mnt' }), { where: 'VolumeSource.local', property: 'path', got: 'mnt' }],
  ['a path upwards', () => VolumeSource.hostPath({ path: '/var/../etc' }), { where: 'VolumeSource.hostPath', property: 'path', got: '/var/../etc' }],
  ['an unknown type of path', () => VolumeSource.hostPath(JSON.parse('{ "path": "/opt", "type": "Folder" }')), { where: 'VolumeSource.hostPath', property: 'type', got: 'Folder' }],
  ['an iSCSI name that is none', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'disk1', lun: 0 }), { where: 'VolumeSource.iscsi', property: 'iqn', got: 'disk1' }],
  ['an iSCSI name of nobody in particular', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'iqn.2001-04.com.example', lun: 0 }),
    { property: 'iqn', got: 'iqn.2001-04.com.example', hint: "For example 'iqn.2001-04.com.example:storage.disk1'; the API server requires the part after ':'." }],
  ['CHAP without a Secret', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'iqn.2001-04.com.example:d', lun: 0, chapDiscovery: true }),
    "VolumeSource.iscsi: 'chapDiscovery' is set without 'chapSecret'. Set the Secret with the names and passwords."],
  ['an iSCSI unit beyond 255', () => VolumeSource.iscsi({ targetPortal: 't', iqn: 'iqn.2001-04.com.example:d', lun: 256 }), { property: 'lun', got: 256 }],
  ['half a Fibre Channel unit', () => VolumeSource.fibreChannel({ targetWwns: ['a'] }), "a LUN is identified by 'targetWwns' and 'lun', or by 'wwids'. Set exactly one of the two, completely."],
  ['both names of a Fibre Channel unit', () => VolumeSource.fibreChannel({ targetWwns: ['a'], lun: 0, wwids: ['b'] }), 'Set exactly one of the two, completely.'],
  ['an empty handle', () => VolumeSource.csi({ driver: 'd', volumeHandle: ' ' }), { where: 'VolumeSource.csi', property: 'volumeHandle', got: ' ' }],
  ['a driver that is none', () => VolumeSource.csi({ driver: 'a b', volumeHandle: 'v' }), { where: 'VolumeSource.csi', property: 'driver', got: 'a b' }],
  ['a volume id that is none', () => VolumeSource.awsEbs({ volumeId: 'disk-1' }), { where: 'VolumeSource.awsEbs', property: 'volumeId', got: 'disk-1' }],
  ['a disk in no place', () => VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p' }), { property: 'zone' }],
  ['a regional disk in one zone', () => VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', region: 'r', zones: ['r-a'] }),
    { where: 'VolumeSource.gcePersistentDisk', property: 'zones' }],
  ['a zonal disk in two zones', () => VolumeSource.gcePersistentDisk({ diskName: 'd', project: 'p', zone: 'r-a', zones: ['r-a', 'r-b'] }), { property: 'zones' }],
  ['a disk URI that is none', () => VolumeSource.azureDisk({ diskUri: 'd' }), { where: 'VolumeSource.azureDisk', property: 'diskUri', got: 'd' }],
  ['Flocker', () => VolumeSource.of('flocker', { datasetName: 'd' }),
    { where: 'VolumeSource.of', property: 'kind', got: 'flocker' }],
  ['gitRepo', () => VolumeSource.of('gitRepo', { repository: 'r' }), 'Use an emptyDir that an init container fills with `git clone`: Kubernetes no longer runs git as root on the node.'],
  ['an unknown kind', () => VolumeSource.of('floppy'), { where: 'VolumeSource.of', property: 'kind', got: 'floppy' }],
  ['an in-tree disk without its zone', () => VolumeSource.of('gcePersistentDisk', { pdName: 'd', project: 'p' }),
    { where: "VolumeSource.of('gcePersistentDisk')", property: 'zone' }],
  ['a field that is no more', () => VolumeSource.of('cinder', { volumeID: 'id', partition: '1' }), "VolumeSource.of('cinder'): the field 'partition' has no equivalent in the CSI driver. Remove it, or use the factory method of the CSI driver and see what it offers instead."],
  ['a partition that is none', () => VolumeSource.of('awsElasticBlockStore', { volumeID: 'vol-01234567', partition: 'one' }), { where: "VolumeSource.of('awsElasticBlockStore')", property: 'partition', got: 'one' }],
  ['a partition beyond 255', () => VolumeSource.awsEbs({ volumeId: 'vol-01234567', partition: 256 }), { where: 'VolumeSource.awsEbs', property: 'partition', got: 256 }],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
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
