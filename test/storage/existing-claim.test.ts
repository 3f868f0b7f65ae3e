import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import { PersistentVolumeClaim, SharedScratchPod, StatefulWorkload, VolumeDataSource } from 'cdk8s-stateful';

const { BLOCK } = kplus.PersistentVolumeMode;
const mounted = { volumes: [{ name: 'old-uploads', persistentVolumeClaim: { claimName: 'old.uploads' } }], containers: [{ volumeMounts: [{ mountPath: '/srv' }] }] };

test('a claim that exists is mounted by its name, in Pods of ours and of cdk8s-plus, and is not rendered', () => {
  const chart = newChart('shop');
  const uploads = PersistentVolumeClaim.fromName(chart, 'Uploads', 'old.uploads');
  new StatefulWorkload(chart, 'Store').addContainer({ image: 'a:1' }).mount('/srv', uploads);
  new SharedScratchPod(chart, 'Reports').addWriter({ image: 'a:1', mountPath: '/out' }).mount('/srv', uploads);
  const api = new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] });
  api.containers[0].mount('/srv', uploads);
  expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { template: { spec: mounted } } });
  expect(find(chart, 'Deployment', 'api')).toMatchObject({ spec: { template: { spec: mounted } } });
  expect(JSON.stringify(find(chart, 'Pod', 'reports').spec)).toContain('"claimName":"old.uploads"');
  expect(synth(chart).filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
});

test('a raw device is one', () => {
  const chart = newChart('shop');
  const disk = PersistentVolumeClaim.fromName(chart, 'Disk', 'disk', { volumeMode: BLOCK });
  new StatefulWorkload(chart, 'Store').addContainer({ image: 'a:1' }).mount('/dev/disk', disk);
  expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
    spec: {
      template: {
        spec: {
          volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }],
          containers: [{ volumeDevices: [{ name: 'disk', devicePath: '/dev/disk' }] }],
        },
      },
    },
  });
  expect(find(chart, 'StatefulSet', 'store')).not.toHaveProperty('spec.template.spec.containers.0.volumeMounts.0');
});

test('it knows what is said of it, and copies are made of it', () => {
  const chart = newChart('shop');
  const old = PersistentVolumeClaim.fromName(chart, 'Old', 'old', { size: Size.gibibytes(2), namespace: 'shop' });
  expect(old).toMatchObject({ name: 'old', namespace: 'shop', size: Size.gibibytes(2) });
  expect(PersistentVolumeClaim.fromName(chart, 'Other', 'other').namespace).toBe('shop');
  new PersistentVolumeClaim(chart, 'Copy', { size: Size.gibibytes(2), dataSource: VolumeDataSource.fromClaim(old) });
  expect(find(chart, 'PersistentVolumeClaim', 'copy')).toMatchObject({ spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'old' } } });
});

test('a name that no claim can have is refused, and nothing is left behind', () => {
  const chart = newChart('shop');
  expectInvalid(() => PersistentVolumeClaim.fromName(chart, 'Old', 'Old_Claim'), { where: 'test/Old', property: 'name', got: 'Old_Claim' });
  expect(chart.node.children).toEqual([]);
});
