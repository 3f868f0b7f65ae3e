import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  AzureDiskSku, ClaimProps, EbsVolumeType, IStorageClass, Members, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimProps, Provisioner,
  StatefulWorkload, StorageClass, StorageKind, StorageTopology, VolumeBindingMode, VolumeDataSource, VolumeSnapshot,
} from 'cdk8s-stateful';

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD, READ_ONLY_MANY, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;
const { BLOCK } = kplus.PersistentVolumeMode;
const size = Size.gibibytes(1);

const ebs = Provisioner.awsEbs();
const nfs = Provisioner.nfs({ server: 's', share: '/' });
const efs = Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd' });

describe('a claim', () => {
  test('says what the API server would fill in, and no class unless one is given', () => {
    const chart = newChart('shop');
    new PersistentVolumeClaim(chart, 'UserData', { size: Size.mebibytes(500) });
    expect(find(chart, 'PersistentVolumeClaim', 'user-data')).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'user-data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '500Mi' } }, volumeMode: 'Filesystem' },
    });
  });

  test('shows every choice', () => {
    const chart = newChart();
    new PersistentVolumeClaim(chart, 'Data', {
      name: 'uploads',
      size,
      accessModes: [READ_ONLY_MANY, READ_WRITE_MANY],
      storageClass: new StorageClass(chart, 'Shared', { provisioner: nfs }),
      selector: { matchLabels: { type: 'nfs' }, matchExpressions: [{ key: 'environment', operator: 'In', values: ['stg'] }, { key: 'old', operator: 'DoesNotExist' }] },
      labels: { team: 'shop' },
      annotations: { why: 'tests' },
    });
    expect(find(chart, 'PersistentVolumeClaim', 'uploads')).toMatchObject({
      metadata: { labels: { team: 'shop' }, annotations: { why: 'tests' } },
      spec: {
        accessModes: ['ReadOnlyMany', 'ReadWriteMany'],
        storageClassName: 'shared',
        selector: { matchLabels: { type: 'nfs' }, matchExpressions: [{ key: 'environment', operator: 'In', values: ['stg'] }, { key: 'old', operator: 'DoesNotExist' }] },
      },
    });
  });

  test('with a selector asks for no class, because the default one would make a new volume', () => {
    const chart = newChart();
    new PersistentVolumeClaim(chart, 'Data', { size, selector: { matchLabels: { type: 'nfs' } } });
    expect(find(chart, 'PersistentVolumeClaim', 'data')).toMatchObject({ spec: { storageClassName: '' } });
  });

  test('begins with a snapshot, a copy or what a populator makes', () => {
    const chart = newChart('shop');
    const claim = (id: string, dataSource: VolumeDataSource) => new PersistentVolumeClaim(chart, id, { size, dataSource });
    claim('A', VolumeDataSource.fromSnapshot({ name: 'before' }));
    claim('B', VolumeDataSource.fromClaim(PersistentVolumeClaim.fromName(chart, 'Old', 'old')));
    claim('C', VolumeDataSource.fromPopulator({ apiGroup: 'forklift.konveyor.io', kind: 'OpenstackVolumePopulator', name: 'image' }));
    expect(find(chart, 'PersistentVolumeClaim', 'a').spec).toMatchObject({ dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'before' } });
    expect(find(chart, 'PersistentVolumeClaim', 'b').spec).toMatchObject({ dataSource: { kind: 'PersistentVolumeClaim', name: 'old' } });
    expect(find(chart, 'PersistentVolumeClaim', 'c').spec).toMatchObject({ dataSourceRef: { apiGroup: 'forklift.konveyor.io', kind: 'OpenstackVolumePopulator', name: 'image' } });
  });

  test('is the same wherever it stands in the tree, and at every synthesis', () => {
    const flat = newChart('shop');
    new PersistentVolumeClaim(flat, 'Data', { size });
    const deep = newChart('shop');
    new PersistentVolumeClaim(new Construct(new Construct(deep, 'A'), 'B'), 'Data', { size });
    expect(JSON.stringify(synth(deep))).toBe(JSON.stringify(synth(flat)));
    expect(JSON.stringify(synth(flat))).toBe(JSON.stringify(synth(flat)));
  });
});

describe('is mounted', () => {
  test('by any cdk8s-plus container, read-only too, in one volume however often', () => {
    const chart = newChart('shop');
    const claim = new PersistentVolumeClaim(chart, 'Data', { size });
    const web = new kplus.Deployment(chart, 'Web', { metadata: { name: 'web' }, containers: [{ image: 'web:1' }] });
    web.containers[0].mount('/srv', claim, { readOnly: true });
    web.addInitContainer({ image: 'web:1' }).mount('/srv', claim);
    expect(find(chart, 'Deployment', 'web')).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ volumeMounts: [{ mountPath: '/srv', name: 'data', readOnly: true }] }],
            volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
          },
        },
      },
    });
  });

  test('by a name with dots, which volumes in Pods cannot have', () => {
    const chart = newChart('shop');
    const withVolume = (rendered: object) => ({ spec: { template: { spec: { volumes: [rendered] } } } });
    const web = new kplus.Deployment(chart, 'Web', { metadata: { name: 'web' }, containers: [{ image: 'web:1' }] });
    web.containers[0].mount('/uploads', new PersistentVolumeClaim(chart, 'Uploads', { size, name: `2024.uploads.${'a'.repeat(60)}` }));
    const store = new StatefulWorkload(chart, 'Store');
    store.addContainer({ image: 'a:1' }).mount('/dev/xvda', new PersistentVolumeClaim(chart, 'Disk', { size, volumeMode: BLOCK, name: '2024.disk' }));
    expect(find(chart, 'Deployment', 'web')).toMatchObject(withVolume({ name: `2024-uploads-${'a'.repeat(50)}`, persistentVolumeClaim: { claimName: `2024.uploads.${'a'.repeat(60)}` } }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(withVolume({ name: '2024-disk', persistentVolumeClaim: { claimName: '2024.disk' } }));
  });

  test('as a device by a StatefulWorkload', () => {
    const chart = newChart('shop');
    const claim = new PersistentVolumeClaim(chart, 'Disk', { size, volumeMode: BLOCK });
    const store = new StatefulWorkload(chart, 'Store');
    const main = store.addContainer({ image: 'a:1' });
    main.mount('/dev/xvda', claim);
    main.mount('/data', store.addClaim('data', { size }));
    store.addContainer({ image: 'a:1', name: 'other' });
    const { spec } = (find(chart, 'StatefulSet', 'store').spec as { template: { spec: object } }).template;
    expect(spec).toMatchObject({
      containers: [
        { name: 'main', volumeDevices: [{ name: 'disk', devicePath: '/dev/xvda' }], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        { name: 'other' },
      ],
      volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }],
    });
  });

  test('as a device by nobody else', () => {
    const chart = newChart('shop');
    const web = new kplus.Deployment(chart, 'Web', { containers: [{ image: 'web:1' }] });
    web.containers[0].mount('/dev/xvda', new PersistentVolumeClaim(chart, 'Disk', { size, volumeMode: BLOCK }));
    expect(() => synth(chart)).toThrow("test/Web mounts 'disk' (test/Disk), but only a StatefulWorkload can mount it.");
  });
});

const withProps = (props: Partial<PersistentVolumeClaimProps>) => (chart: Chart) => { new PersistentVolumeClaim(chart, 'Data', { size, ...props }); };
const ofClass = (provisioner: Provisioner, props: Partial<ClaimProps>) => (chart: Chart) =>
  withProps({ ...props, storageClass: new StorageClass(chart, 'Class', { provisioner }) })(chart);
const existing = (storageClass: Omit<IStorageClass, 'name'>, props: Partial<ClaimProps> = {}) => withProps({ ...props, storageClass: { name: 'class', ...storageClass } });
const snapshot = VolumeDataSource.fromSnapshot({ name: 'before', namespace: 'shop', size: Size.gibibytes(20) });
const copy = VolumeDataSource.fromClaim({ name: 'old' });

test.each<[string, (chart: Chart) => void, Refusal]>([
  ['no size', withProps({ size: Size.gibibytes(0) }), { where: 'test/Data', property: 'size', got: '0 bytes' }],
  ['no access mode', withProps({ accessModes: [] }), { where: 'test/Data', property: 'accessModes' }],
  ['an unknown access mode', withProps(JSON.parse('{ "accessModes": ["RWO"] }')), { where: 'test/Data', property: 'accessModes[0]', got: 'RWO' }],
  ['ReadWriteOncePod beside others', withProps({ accessModes: [READ_WRITE_ONCE_POD, READ_WRITE_ONCE] }),
    { where: 'test/Data', property: 'accessModes' }],
  ['an unknown volume mode', withProps(JSON.parse('{ "volumeMode": "Raw" }')), { where: 'test/Data', property: 'volumeMode', got: 'Raw' }],
  ['a selector without conditions', withProps({ selector: {} }), { where: 'test/Data', property: 'selector' }],
  ['In without values', withProps({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }), { where: 'test/Data', property: 'selector.matchExpressions.a' }],
  ['Exists with values', withProps({ selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } }), { property: 'selector.matchExpressions.a' }],
  ['an unknown operator', withProps(JSON.parse('{ "selector": { "matchExpressions": [{ "key": "a", "operator": "Like" }] } }')), "got 'Like', expected one of In, NotIn, Exists, DoesNotExist."],
  ['a label key that is none', withProps({ labels: { 'a b': 'c' } }), { where: 'test/Data', property: 'labels', got: 'a b' }],
  ['a label value that is none', withProps({ selector: { matchLabels: { a: 'b c' } } }), { where: 'test/Data', property: 'selector.matchLabels.a', got: 'b c' }],
  ['two claims of one name', chart => { withProps({})(chart); new PersistentVolumeClaim(chart, 'Other', { name: 'data', size }); },
    "test/Other: the PersistentVolumeClaim name 'data' is already taken in the namespace 'shop' by test/Data."],
  ['a source in another namespace', withProps({ dataSource: VolumeDataSource.fromClaim({ name: 'old', namespace: 'attic' }) }),
    "test/Data: its data source 'old' is in namespace 'attic'. The source must be in the claim's own namespace, 'shop'."],
  ['less room than the source', withProps({ dataSource: snapshot }), { where: 'test/Data', property: 'size', got: '1Gi' }],
  ['a selector and a source', withProps({ dataSource: copy, selector: { matchLabels: { a: 'b' } } }),
    "test/Data: both 'selector' and 'dataSource' are set. A selector binds an existing volume, a data source provisions a new one: set only one of them."],
  ['a populator of the core group', () => VolumeDataSource.fromPopulator({ apiGroup: '', kind: 'ConfigMap', name: 'a' }), { where: 'VolumeDataSource.fromPopulator', property: 'apiGroup', got: '' }],

  ['ReadWriteMany from block storage', ofClass(ebs, { accessModes: [READ_WRITE_MANY] }),
    { where: 'test/Data', property: 'accessModes', got: 'ReadWriteMany' }],
  ['ReadWriteMany from shareable block storage', ofClass(Provisioner.awsEbs({ type: EbsVolumeType.IO2, iops: 100 }), { accessModes: [READ_WRITE_MANY] }),
    'As a raw block device (volumeMode BLOCK) it can be shared if the application coordinates its writers.'],
  ['ReadOnlyMany from a driver without', ofClass(efs, { accessModes: [READ_ONLY_MANY] }),
    'To read one volume on many nodes, use file storage, or READ_WRITE_MANY with read-only mounts.'],
  ['ReadWriteOncePod from a driver whose volumes are shared', ofClass(Provisioner.vsphere({ fileVolumes: true }), { accessModes: [READ_WRITE_ONCE_POD] }),
    'Its volumes are shared: use READ_WRITE_MANY and run one Pod, or use another class.'],
  ['ReadWriteOncePod from a driver without', ofClass(Provisioner.localVolume(), { accessModes: [READ_WRITE_ONCE_POD] }),
    "got 'ReadWriteOncePod', expected ReadWriteOnce from the storage class 'class'. Only CSI drivers support it: use READ_WRITE_ONCE and run one Pod."],
  ['ReadWriteOnce from shares only', ofClass(Provisioner.vsphere({ fileVolumes: true }), { accessModes: [READ_WRITE_ONCE] }), 'Use READ_WRITE_MANY, or another class.'],
  ['a raw device from file storage', ofClass(nfs, { volumeMode: BLOCK }),
    { where: 'test/Data', property: 'volumeMode', got: 'Block' }],
  ['a raw device from a class that is said to be of files', existing({ capabilities: { kind: StorageKind.FILE } }, { volumeMode: BLOCK }), { where: 'test/Data', property: 'volumeMode', got: 'Block' }],
  ['a shared disk with a file system', ofClass(Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_LRS, maxShares: 2 }), { accessModes: [READ_WRITE_MANY] }),
    "got 'ReadWriteMany', expected ReadWriteOnce or ReadWriteOncePod from the storage class 'class'."],
  ['a file system from a class that is said to be of raw devices', existing({ capabilities: { volumeModes: [BLOCK] } }),
    { where: 'test/Data', property: 'volumeMode', got: 'Filesystem', allowed: "Block from the storage class 'class'" }],
  ['growth where expansion is off', chart => withProps({ expandable: true, storageClass: new StorageClass(chart, 'Class', { provisioner: ebs, allowExpansion: false }) })(chart),
    { where: 'test/Data', property: 'expandable', got: true }],
  ['growth of a set', chart => {
    const storageClass = new StorageClass(chart, 'Class', { provisioner: ebs, allowExpansion: false });
    new StatefulWorkload(chart, 'Store', { replicas: 2, ordinalStart: 1 }).addClaim('data', { size, storageClass, expandable: true });
  }, "run this before you apply the new size: `for claim in data-store-1 data-store-2; do kubectl patch pvc \"$claim\" -n shop -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"NEW_SIZE\"}}}}'; done && kubectl delete statefulset store -n shop --cascade=orphan`."],
  ['growth in a namespace that is not known', chart => existing({ capabilities: { expandable: false } }, { expandable: true })(new Chart(chart.node.scope as App, 'bare')),
    '`kubectl patch pvc data -p '],
  ['growth of a class of which nothing is known', existing({}, { expandable: true }),
    "test/Data: invalid 'expandable': got true, expected false: it is not known whether the storage class 'class' supports expansion. If it does, say so: StorageClass.fromName(…, { capabilities: { expandable: true } }). Otherwise omit 'expandable': it does not change what the class allows."],
  ['growth of an unknown driver, unless the class has it', ofClass(Provisioner.of('csi.example.com'), { expandable: true }), { property: 'expandable', allowed: "false: the storage class 'class' does not support expansion" }],
  ['growth of no class', withProps({ expandable: true, storageClass: StorageClass.none() }), { where: 'test/Data', property: 'expandable', got: true }],
  ['a source of no class', withProps({ dataSource: copy, storageClass: StorageClass.none() }),
    "test/Data: 'dataSource' needs a storage class. Without one, no driver provisions the volume: use a class of the driver that holds the data."],
  ['a volume and a source', chart => withProps({ dataSource: copy, volume: PersistentVolume.fromName(chart, 'Old', 'old', { name: 'class' }) })(chart),
    "test/Data: both 'volume' and 'dataSource' are set. The volume exists already, a data source provisions a new one: set only one of them."],
  ['a copy by another driver', chart => {
    const old = new PersistentVolumeClaim(chart, 'Old', { size, storageClass: new StorageClass(chart, 'Disks', { provisioner: ebs }) });
    ofClass(Provisioner.azureDisk(), { dataSource: VolumeDataSource.fromClaim(old) })(chart);
  }, { where: 'test/Data', property: 'dataSource', got: 'clone of ebs.csi.aws.com' }],
  ['a snapshot by another driver', chart => {
    const disks = new StorageClass(chart, 'Disks', { provisioner: Provisioner.azureDisk() });
    const before = new VolumeSnapshot(chart, 'Before', { claim: new PersistentVolumeClaim(chart, 'Old', { size, storageClass: disks }) });
    ofClass(ebs, { dataSource: VolumeDataSource.fromSnapshot(before) })(chart);
  }, { where: 'test/Data', property: 'dataSource', got: 'snapshot of disk.csi.azure.com' }],
  ['a snapshot that another driver took', chart => {
    const old = new VolumeSnapshot(chart, 'Old', { content: 'snapcontent-1', snapshotClass: { name: 'nightly', driver: 'disk.csi.azure.com' } });
    ofClass(ebs, { dataSource: VolumeDataSource.fromSnapshot(old) })(chart);
  }, { where: 'test/Data', property: 'dataSource', got: 'snapshot of disk.csi.azure.com' }],
  ['a copy of another volume mode', chart => {
    const old = new PersistentVolumeClaim(chart, 'Old', { size, volumeMode: BLOCK });
    withProps({ dataSource: VolumeDataSource.fromClaim(old) })(chart);
  }, { where: 'test/Data', property: 'volumeMode', got: 'Filesystem' }],
  ["a copy of another volume mode than a member's", chart => {
    const disk = new StatefulWorkload(chart, 'Store').addClaim('disk', { size, volumeMode: BLOCK });
    withProps({ dataSource: VolumeDataSource.fromClaim(disk.memberClaim(0)) })(chart);
  }, "expected Block, the volume mode of its data source 'disk-store-0'."],
  ['a snapshot where there are none', ofClass(efs, { dataSource: snapshot, size: Size.gibibytes(20) }),
    { where: 'test/Data', property: 'dataSource', got: 'snapshot' }],
  ['a copy where there are none', ofClass(efs, { dataSource: copy }),
    { where: 'test/Data', property: 'dataSource', got: 'clone' }],
  ['a zonal class that does not wait', existing({ bindingMode: VolumeBindingMode.IMMEDIATE, capabilities: { topology: StorageTopology.ZONAL } }),
    { where: 'test/Data', property: 'storageClass', got: 'Immediate for zonal volumes' }],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});

test.each<[string, (chart: Chart) => void]>([
  ['ReadWriteMany as a raw device of a shareable disk', ofClass(Provisioner.awsEbs({ type: EbsVolumeType.IO2, iops: 100 }), { accessModes: [READ_WRITE_MANY], volumeMode: BLOCK })],
  ['a file system for one node on a disk that could be shared', ofClass(Provisioner.azureDisk({ sku: AzureDiskSku.PREMIUM_LRS, maxShares: 2 }), {})],
  ['anything of an unknown driver', chart => withProps({
    accessModes: [READ_WRITE_MANY],
    volumeMode: BLOCK,
    expandable: true,
    dataSource: copy,
    storageClass: new StorageClass(chart, 'Class', { provisioner: Provisioner.of('csi.example.com'), allowExpansion: true }),
  })(chart)],
  ['a copy by the same driver, of another class', chart => {
    const old = new PersistentVolumeClaim(chart, 'Old', { size, volumeMode: BLOCK, storageClass: new StorageClass(chart, 'Disks', { provisioner: ebs }) });
    ofClass(Provisioner.awsEbs({ type: EbsVolumeType.IO2, iops: 100 }), { volumeMode: BLOCK, dataSource: VolumeDataSource.fromClaim(old) })(chart);
  }],
  ['anything of a class of which nothing is known', existing({}, { accessModes: [READ_WRITE_ONCE_POD], volumeMode: BLOCK, dataSource: copy })],
  ['growth where expansion is on', ofClass(ebs, { expandable: true })],
  ['a snapshot where there are some', ofClass(ebs, { dataSource: snapshot, size: Size.gibibytes(20) })],
])('%s is not refused', (_, act) => {
  expect(() => act(newChart('shop'))).not.toThrow();
});

describe('claim templates and products are checked in the same place', () => {
  test('a claim template', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { members: Members.replicas(2) });
    const storageClass = new StorageClass(chart, 'Fast', { provisioner: ebs });
    expect(() => store.addClaim('data', { size, storageClass, accessModes: [READ_WRITE_MANY] }))
      .toThrow("test/Store: invalid 'claims.data.accessModes': got 'ReadWriteMany', expected ReadWriteOnce or ReadWriteOncePod from the storage class 'fast'.");
    expect(() => store.addClaim('disk', { size, storageClass: StorageClass.fromName(chart, 'Files', 'files', { capabilities: { kind: StorageKind.FILE } }), volumeMode: BLOCK }))
      .toThrow("test/Store: invalid 'claims.disk.volumeMode'");
  });

  test('a claim template has all that a claim has', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store');
    store.addContainer({ image: 'a:1' }).mount('/data', store.addClaim('data', { size, dataSource: copy, expandable: true, storageClass: new StorageClass(chart, 'Fast', { provisioner: ebs }) }));
    store.addContainer({ image: 'a:1', name: 'b' }).mount('/old', store.addClaim('old', { size, selector: { matchLabels: { disk: 'old' } } }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
      spec: {
        volumeClaimTemplates: [
          { spec: { storageClassName: 'fast', dataSource: { kind: 'PersistentVolumeClaim', name: 'old' } } },
          { spec: { storageClassName: '', selector: { matchLabels: { disk: 'old' } } } },
        ],
      },
    });
  });
});
