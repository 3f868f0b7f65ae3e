import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import { EphemeralVolume, IscsiVolume, IscsiVolumeProps, Provisioner, StatefulWorkload, StorageClass } from 'cdk8s-stateful';

const size = Size.gibibytes(10);
const unit: IscsiVolumeProps = { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:storage.disk1', lun: 0 };

function podOf(make: (chart: Chart) => kplus.IStorage): object {
  const chart = newChart('shop');
  new StatefulWorkload(chart, 'Store').addContainer({ image: 'a:1' }).mount('/scratch', make(chart));
  return (find(chart, 'StatefulSet', 'store').spec as { template: { spec: object } }).template.spec;
}

const brief = (chart: Chart) => new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs(), reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE });

test('an ephemeral volume is a claim in the Pod', () => {
  expect(podOf(chart => new EphemeralVolume(chart, 'Scratch', { size, storageClass: brief(chart), labels: { team: 'shop' } })))
    .toMatchObject({
      volumes: [{
        name: 'scratch',
        ephemeral: {
          volumeClaimTemplate: {
            metadata: { labels: { team: 'shop' } },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, storageClassName: 'fast', volumeMode: 'Filesystem' },
          },
        },
      }],
      containers: [{ volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
    });
});

test('an ephemeral raw device is one', () => {
  expect(podOf(chart => new EphemeralVolume(chart, 'Scratch', { size, volumeMode: kplus.PersistentVolumeMode.BLOCK })))
    .toMatchObject({ containers: [{ volumeDevices: [{ name: 'scratch', devicePath: '/scratch' }] }] });
});

test('an iSCSI volume names its unit and, by reference, its Secret', () => {
  expect(podOf(chart => new IscsiVolume(chart, 'Disk', { ...unit, fsType: 'xfs', readOnly: true, chapSecret: kplus.Secret.fromSecretName(chart, 'Chap', 'chap') })))
    .toMatchObject({
      volumes: [{
        name: 'disk',
        iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:storage.disk1', lun: 0, fsType: 'xfs', readOnly: true, chapAuthSession: true, secretRef: { name: 'chap' } },
      }],
    });
});

test.each<[string, (chart: Chart) => kplus.IStorage]>([
  ['an ephemeral volume', chart => new EphemeralVolume(chart, 'Disk', { size })],
  ['an iSCSI volume', chart => new IscsiVolume(chart, 'Disk', unit)],
])('%s is refused in a Pod that would render an empty directory', (_, make) => {
  const chart = newChart('shop');
  new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] }).containers[0].mount('/disk', make(chart));
  expect(() => synth(chart)).toThrow("test/Api mounts 'disk' (test/Disk), but only a StatefulWorkload or a SharedScratchPod can mount it.");
});

test.each<[string, (chart: Chart) => void, Refusal]>([
  ['an ephemeral volume that its class has not', chart => new EphemeralVolume(chart, 'Scratch', {
    size, storageClass: brief(chart), accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
  }), { where: 'test/Scratch', property: 'accessModes', got: 'ReadWriteMany' }],
  ['an ephemeral volume that would stay', chart => new EphemeralVolume(chart, 'Scratch', { size, storageClass: new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs() }) }),
    { where: 'test/Scratch', property: 'storageClass', got: 'fast' }],
  ['an ephemeral volume of a class of the cluster that keeps volumes', chart => new EphemeralVolume(chart, 'Scratch', {
    size, storageClass: StorageClass.fromName(chart, 'Fast', 'fast', { reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.RETAIN }),
  }), { where: 'test/Scratch', property: 'storageClass', got: 'fast' }],
  ['an ephemeral volume of no size', chart => new EphemeralVolume(chart, 'Scratch', { size: Size.gibibytes(0) }), { where: 'test/Scratch', property: 'size', got: '0 bytes' }],
  ['an iSCSI volume of no target', chart => new IscsiVolume(chart, 'Disk', { ...unit, targetPortal: '' }), { where: 'test/Disk', property: 'targetPortal', got: '' }],
  ['an iSCSI name that is none', chart => new IscsiVolume(chart, 'Disk', { ...unit, initiatorName: 'me' }), { where: 'test/Disk', property: 'initiatorName', got: 'me' }],
  ['CHAP without a Secret', chart => new IscsiVolume(chart, 'Disk', { ...unit, chapDiscovery: true }), "test/Disk: 'chapDiscovery' is set without 'chapSecret'. Set the Secret with the names and passwords."],
  ['a volume name that is none', chart => new IscsiVolume(chart, 'Disk', { ...unit, name: 'My Disk' }), { where: 'test/Disk', property: 'name', got: 'My Disk' }],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});
