import { App, Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart, synth } from '../support/manifests';
import {
  EbsVolumeType, LimitRange, PersistentVolume, PersistentVolumeClaim, PodDisruptionBudget, Provisioner, ResourceQuota, SharedScratchPod,
  SnapshotSchedule, StatefulWorkload, StorageClass, VolumeBindingMode, VolumeSnapshot, VolumeSnapshotClass, VolumeSource,
} from 'cdk8s-stateful';

const name = 'orders';
const provisioner = Provisioner.awsEbs({ type: EbsVolumeType.GP3 });
const source = VolumeSource.nfs({ server: 'nfs.example', path: '/exports' });
const size = Size.gibibytes(1);
const claim = { name: 'data' };
const image = 'store:1';

type Make = (chart: Chart, id: string) => void;

describe('who takes a name and then throws gives it back', () => {
  test.each<[string, Make, Make]>([
    ['a StorageClass',
      (chart, id) => new StorageClass(chart, id, { name, provisioner, bindingMode: VolumeBindingMode.IMMEDIATE }),
      (chart, id) => new StorageClass(chart, id, { name, provisioner })],
    ['a PersistentVolume',
      (chart, id) => new PersistentVolume(chart, id, { name, source, capacity: Size.gibibytes(0) }),
      (chart, id) => new PersistentVolume(chart, id, { name, source, capacity: size })],
    ['a PersistentVolumeClaim',
      (chart, id) => new PersistentVolumeClaim(chart, id, { name, size: Size.gibibytes(0) }),
      (chart, id) => new PersistentVolumeClaim(chart, id, { name, size })],
    ['a VolumeSnapshot', (chart, id) => new VolumeSnapshot(chart, id, { name }), (chart, id) => new VolumeSnapshot(chart, id, { name, claim })],
    ['a VolumeSnapshotClass',
      (chart, id) => new VolumeSnapshotClass(chart, id, { name, provisioner: Provisioner.localVolume() }),
      (chart, id) => new VolumeSnapshotClass(chart, id, { name, provisioner })],
    ['a SnapshotSchedule',
      (chart, id) => new SnapshotSchedule(chart, id, { name, claim, schedule: Cron.daily(), keep: 0 }),
      (chart, id) => new SnapshotSchedule(chart, id, { name, claim, schedule: Cron.daily() })],
    ['a ResourceQuota', (chart, id) => new ResourceQuota(chart, id, { name }), (chart, id) => new ResourceQuota(chart, id, { name, claims: 1 })],
    ['a LimitRange', (chart, id) => new LimitRange(chart, id, { name }), (chart, id) => new LimitRange(chart, id, { name, min: size })],
    ['a set', (chart, id) => new StatefulWorkload(chart, id, { name, replicas: -1 }), (chart, id) => new StatefulWorkload(chart, id, { name })],
    ['a scratch Pod',
      (chart, id) => new SharedScratchPod(chart, id, { name, sizeLimit: Size.gibibytes(0) }),
      (chart, id) => new SharedScratchPod(chart, id, { name })],
  ])('%s', (_, wrong, right) => {
    const chart = newChart('shop');
    expect(() => wrong(chart, 'Wrong')).toThrow();
    right(chart, 'Right');
    expect(() => right(chart, 'Second')).toThrow('is already taken');
  });

  test('a budget of a workload that has one', () => {
    const chart = newChart('shop');
    const [store, other] = ['Store', 'Other'].map(id => new StatefulWorkload(chart, id, { replicas: 3, containers: [{ image }] }));
    const budget = { name, maxUnavailable: 1 };
    expect(() => new PodDisruptionBudget(chart, 'Budget', { ...budget, workload: store.workload })).toThrow('already has the budget');
    const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image }] });
    new PodDisruptionBudget(chart, 'Budget', { ...budget, workload });
    expect(() => new PodDisruptionBudget(chart, 'Second', { ...budget, workload: other.workload })).toThrow('is already taken');
  });

  test('a claim template: the right one has its name, and its place in the set', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { containers: [{ image }] });
    expect(() => store.addClaim('data', { size: Size.gibibytes(0) })).toThrow("invalid 'claims.data.size'");
    store.addVolume(store.addClaim('data', { size }));
    expect(synth(chart).find(({ kind }) => kind === 'StatefulSet')).toHaveProperty('spec.volumeClaimTemplates.0.metadata.name', 'data');
  });

  test('a grant whose policy has a name that is taken grants nothing', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { containers: [{ image, portNumber: 80 }] });
    const [api, twin] = ['Api', 'Twin'].map(id => new kplus.Deployment(chart, id, { metadata: { name: 'api' }, containers: [{ image }] }));
    store.grantConnect(api, { egress: true });
    const before = synth(chart);
    expect(() => store.grantConnect(twin, { egress: true })).toThrow("the NetworkPolicy name 'api-egress' is already taken");
    expect(synth(chart)).toEqual(before);
  });
});

test('a construct that is removed gives its names back', () => {
  const chart = new Chart(new App(), 'test', { namespace: 'shop' });
  new StatefulWorkload(chart, 'Store', { name });
  expect(() => new StatefulWorkload(chart, 'Second', { name })).toThrow('is already taken');
  chart.node.tryRemoveChild('Store');
  new StatefulWorkload(chart, 'Third', { name });
});
