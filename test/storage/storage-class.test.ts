import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  EbsVolumeType, EphemeralVolume, PersistentVolume, PersistentVolumeClaim, Provisioner, StatefulWorkload, StorageClass, StorageClassProps,
  StorageKind, VolumeBindingMode, ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const ebs = Provisioner.awsEbs({ type: EbsVolumeType.GP3 });
const efs = Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd' });

test('keeps data, waits for the Pod and grows by default, and has no namespace', () => {
  const chart = newChart('shop');
  new StorageClass(chart, 'FastDisk', { provisioner: ebs });
  expect(find(chart, 'StorageClass', 'fast-disk')).toEqual({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast-disk' },
    provisioner: 'ebs.csi.aws.com',
    parameters: { type: 'gp3' },
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  });
});

test('shows every choice', () => {
  const chart = newChart();
  new StorageClass(chart, 'Shared', {
    name: 'shared-files',
    provisioner: efs,
    reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE,
    bindingMode: VolumeBindingMode.IMMEDIATE,
    mountOptions: ['tls', 'iam'],
    allowedTopologies: [{ key: 'topology.kubernetes.io/zone', values: ['a', 'b'] }],
    isDefault: true,
    labels: { team: 'shop' },
    annotations: { why: 'tests' },
  });
  expect(find(chart, 'StorageClass', 'shared-files')).toMatchObject({
    metadata: { labels: { team: 'shop' }, annotations: { 'why': 'tests', 'storageclass.kubernetes.io/is-default-class': 'true' } },
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: false,
    mountOptions: ['tls', 'iam'],
    allowedTopologies: [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['a', 'b'] }] }],
  });
});

test('may have a name with dots', () => {
  const chart = newChart();
  new StorageClass(chart, 'Fast', { name: 'gp3.encrypted', provisioner: ebs });
  expect(find(chart, 'StorageClass', 'gp3.encrypted')).toMatchObject({ provisioner: 'ebs.csi.aws.com' });
  expect(StorageClass.fromName(chart, 'Slow', '2024.st1').name).toBe('2024.st1');
});

test('expansion of an unknown driver is left to Kubernetes, which takes it for off, unless said', () => {
  const chart = newChart();
  const other = new StorageClass(chart, 'Other', { provisioner: Provisioner.of('csi.example.com') });
  const fixed = new StorageClass(chart, 'Fixed', { provisioner: Provisioner.of('csi.example.com'), allowExpansion: false });
  expect(find(chart, 'StorageClass', 'other')).not.toHaveProperty('allowVolumeExpansion');
  expect(other.capabilities).toEqual({ expandable: false });
  expect(fixed.capabilities).toEqual({ expandable: false });
});

test('its capabilities are those of the driver, with what the class itself forbids', () => {
  const { capabilities, driver } = new StorageClass(newChart(), 'Fast', { provisioner: ebs, allowExpansion: false });
  expect(capabilities).toEqual({ ...ebs.capabilities, expandable: false });
  expect(driver).toBe('ebs.csi.aws.com');
});

test('a class of the cluster has the capabilities that are declared', () => {
  expect(StorageClass.fromName(newChart(), 'Fast', 'fast-ssd')).toEqual({ name: 'fast-ssd' });
  expect(StorageClass.fromName(newChart(), 'Fast', 'fast-ssd', { capabilities: { kind: StorageKind.BLOCK } }).capabilities).toEqual({ kind: 'block' });
  expect(StorageClass.none().name).toBe('');
});

describe('the default class of the app', () => {
  const size = Size.gibibytes(1);
  const disks = (scope: Construct) => new StorageClass(scope, 'Disks', { provisioner: ebs, isDefault: true, allowExpansion: false });
  const files = (scope: Construct) => new StorageClass(scope, 'Files', { provisioner: efs, isDefault: true });

  test.each<[string, (chart: Chart) => void, string]>([
    ['a claim', chart => {
      new PersistentVolumeClaim(chart, 'Data', { size, accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY] });
      disks(chart); // wherever it is made
    }, "test/Data: invalid 'accessModes': got 'ReadWriteMany', expected ReadWriteOnce or ReadWriteOncePod from the storage class 'disks'."],
    ['a claim template', chart => {
      disks(chart);
      new StatefulWorkload(chart, 'Store', { containers: [{ image: 'a:1' }] }).addClaim('data', { size, expandable: true });
    }, 'test/Store: invalid \'claims.data.expandable\': got true, expected false: the storage class \'disks\' does not support expansion. Use a class with \'allowExpansion\', or choose a size that is large enough. To expand volumes of such a class later, run this before you apply the new size: `kubectl patch pvc data-store-0 -n shop -p \'{"spec":{"resources":{"requests":{"storage":"NEW_SIZE"}}}}\' && kubectl delete statefulset store -n shop --cascade=orphan`. Claims without a class use this one, the app\'s default.'],
    ['an ephemeral volume', chart => {
      disks(chart);
      new EphemeralVolume(chart, 'Scratch', { size });
    }, "test/Scratch: invalid 'storageClass': got 'disks', expected a class with the reclaim policy Delete, not Retain."],
    ['a product', chart => {
      files(chart);
      new ZooKeeperEnsemble(chart, 'Zoo', { storage: { size } });
    }, "invalid 'storage.storageClass': got 'files', expected a class of block storage."],
    ['all of them', chart => {
      files(chart);
      new PersistentVolumeClaim(chart, 'Data', { size, expandable: true });
    }, "Claims without a class use this one, the app's default."],
  ])('is what %s without a class is checked against', (_, make, message) => {
    const chart = newChart('shop');
    make(chart);
    expect(() => synth(chart)).toThrow(message);
  });

  test('is nothing to a claim that names its class, or none', () => {
    const chart = newChart('shop');
    disks(chart);
    const accessModes = [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY];
    new PersistentVolumeClaim(chart, 'A', { size, accessModes, storageClass: { name: 'shared' } });
    new PersistentVolumeClaim(chart, 'B', { size, accessModes, storageClass: StorageClass.none() });
    new PersistentVolumeClaim(chart, 'C', { size, accessModes, volume: PersistentVolume.fromName(chart, 'Old', 'old') });
    expect(() => synth(chart)).not.toThrow();
  });
});

test('is the same wherever it stands in the tree, and at every synthesis', () => {
  const flat = newChart('shop');
  new StorageClass(flat, 'Fast', { provisioner: ebs });
  const deep = newChart('shop');
  new StorageClass(new Construct(new Construct(deep, 'A'), 'B'), 'Fast', { provisioner: ebs });
  expect(JSON.stringify(synth(deep))).toBe(JSON.stringify(synth(flat)));
  expect(JSON.stringify(synth(flat))).toBe(JSON.stringify(synth(flat)));
});

const withProps = (props: Partial<StorageClassProps>) => (chart: Chart) => { new StorageClass(chart, 'Fast', { provisioner: ebs, ...props }); };

test.each<[string, (chart: Chart) => void, Refusal]>([
  ['an existing class without a name, as of a variable that is not set', chart => { StorageClass.fromName(chart, 'Fast', ''); },
    { where: 'test/Fast', property: 'name', got: '', hint: "Omit the class for the cluster's default class, or use StorageClass.none() for statically provisioned volumes." }],
  ['immediate binding of zonal disks', withProps({ bindingMode: VolumeBindingMode.IMMEDIATE }),
    { where: 'test/Fast', property: 'bindingMode', got: 'Immediate' }],
  ['immediate binding of local volumes', withProps({ provisioner: Provisioner.localVolume(), bindingMode: VolumeBindingMode.IMMEDIATE }), 'expected WaitForFirstConsumer for volumes that are node-bound.'],
  ['an unknown binding mode', withProps(JSON.parse('{ "bindingMode": "Later" }')), { where: 'test/Fast', property: 'bindingMode', got: 'Later' }],
  ['growth that the driver has not', withProps({ provisioner: efs, allowExpansion: true }),
    "test/Fast: 'allowExpansion' is set, but volumes of efs.csi.aws.com cannot be expanded. Remove it, and choose sizes that are large enough."],
  ['Recycle', withProps(JSON.parse('{ "reclaimPolicy": "Recycle" }')),
    { where: 'test/Fast', property: 'reclaimPolicy', got: 'Recycle' }],
  ['a topology without values', withProps({ allowedTopologies: [{ key: 'zone', values: [] }] }), "test/Fast: invalid 'allowedTopologies 'zone'': got [], expected at least one value. Without values, no node matches."],
  ['a topology named twice', withProps({ allowedTopologies: [{ key: 'zone', values: ['a'] }, { key: 'zone', values: ['b'] }] }),
    "test/Fast: 'allowedTopologies' names 'zone' twice. Merge the values."],
  ['a topology value given twice', withProps({ allowedTopologies: [{ key: 'zone', values: ['a', 'a'] }] }), "invalid 'allowedTopologies 'zone'': got ['a', 'a'], expected each value once."],
  ['a name in capitals', withProps({ name: 'Fast' }), { where: 'test/Fast', property: 'name', got: 'Fast' }],
  ['a name too long', withProps({ name: 'a'.repeat(254) }), 'expected at most 253 characters'],
  ['a name with an empty part', withProps({ name: 'gp3..encrypted' }), { where: 'test/Fast', property: 'name', got: 'gp3..encrypted' }],
  ['two classes of one name', chart => { withProps({})(chart); new StorageClass(new Chart(chart.node.scope as App, 'other'), 'Fast', { provisioner: ebs }); },
    "other/Fast: the StorageClass name 'fast' is already taken in this app by test/Fast. Change the 'name' of one of them."],
  ['two default classes', chart => { withProps({ isDefault: true })(chart); new StorageClass(chart, 'Other', { provisioner: ebs, isDefault: true }); },
    "test/Other: 'isDefault' is already set on test/Fast. Claims without a class would use whichever is newer: set it on one class only."],
  ['a name in the cluster that is none', chart => { StorageClass.fromName(chart, 'Fast', 'Fast SSD'); }, { where: 'test/Fast', property: 'name', got: 'Fast SSD' }],
  ['a name in the cluster with an empty part', chart => { StorageClass.fromName(chart, 'Fast', 'fast.-ssd'); }, { where: 'test/Fast', property: 'name', got: 'fast.-ssd' }],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});
