import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  PersistentVolumeClaim, Provisioner, SnapshotDeletionPolicy, SnapshotSchedule, SnapshotScheduleProps, StatefulWorkload, StorageClass,
  VolumeDataSource, VolumeSnapshot, VolumeSnapshotClass,
} from 'cdk8s-stateful';

const size = Size.gibibytes(20);
const ebs = Provisioner.awsEbs();
const claimOf = (chart: Chart, provisioner: Provisioner = ebs) =>
  new PersistentVolumeClaim(chart, 'Data', { size, storageClass: new StorageClass(chart, 'Class', { provisioner }) });

describe('a snapshot class', () => {
  test('keeps snapshots by default and has no namespace', () => {
    const chart = newChart('shop');
    new VolumeSnapshotClass(chart, 'Nightly', { provisioner: ebs });
    expect(find(chart, 'VolumeSnapshotClass', 'nightly')).toEqual({
      apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshotClass', metadata: { name: 'nightly' }, driver: 'ebs.csi.aws.com', deletionPolicy: 'Retain',
    });
  });

  test('has what the driver needs, and what is said', () => {
    const chart = newChart();
    new VolumeSnapshotClass(chart, 'Nightly', {
      provisioner: Provisioner.cephRbd({ pool: 'p' }), deletionPolicy: SnapshotDeletionPolicy.DELETE, isDefault: true, parameters: { extra: '1' }, labels: { a: 'b' },
    });
    expect(find(chart, 'VolumeSnapshotClass', 'nightly')).toMatchObject({
      metadata: { labels: { a: 'b' }, annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } },
      driver: 'rook-ceph.rbd.csi.ceph.com',
      deletionPolicy: 'Delete',
      parameters: {
        'clusterID': 'rook-ceph',
        'csi.storage.k8s.io/snapshotter-secret-name': 'rook-csi-rbd-provisioner',
        'csi.storage.k8s.io/snapshotter-secret-namespace': 'rook-ceph',
        'extra': '1',
      },
    });
  });
});

describe('a snapshot', () => {
  test('is taken of a claim, and restored to another', () => {
    const chart = newChart('shop');
    const before = new VolumeSnapshot(chart, 'Before', { claim: claimOf(chart), snapshotClass: new VolumeSnapshotClass(chart, 'Nightly', { provisioner: ebs }) });
    new PersistentVolumeClaim(chart, 'Restored', { size, dataSource: VolumeDataSource.fromSnapshot(before) });
    expect(find(chart, 'VolumeSnapshot', 'before')).toEqual({
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: { name: 'before', namespace: 'shop' },
      spec: { volumeSnapshotClassName: 'nightly', source: { persistentVolumeClaimName: 'data' } },
    });
    expect(find(chart, 'PersistentVolumeClaim', 'restored').spec).toMatchObject({ dataSource: { kind: 'VolumeSnapshot', name: 'before' } });
  });

  test('is taken of a member of a set', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { replicas: 2, ordinalStart: 5 });
    const data = store.addClaim('data', { size });
    store.addContainer({ image: 'a:1' }).mount('/data', data);
    new VolumeSnapshot(chart, 'Before', { claim: data.memberClaim(1) });
    expect(find(chart, 'VolumeSnapshot', 'before').spec).toEqual({ source: { persistentVolumeClaimName: 'data-store-6' } });
    expect(() => data.memberClaim(2)).toThrow("test/Store: invalid 'podName index': got 2, expected a whole number from 0 to 1.");
  });

  test('stands for one that exists', () => {
    const chart = newChart('shop');
    new VolumeSnapshot(chart, 'Old', { content: 'snapcontent-1' });
    expect(find(chart, 'VolumeSnapshot', 'old').spec).toEqual({ source: { volumeSnapshotContentName: 'snapcontent-1' } });
  });
});

describe('a schedule', () => {
  const scheduled = (scope: Construct, more: Partial<SnapshotScheduleProps> = {}) => new SnapshotSchedule(scope, 'OrdersNightly', {
    ...more,
    claim: PersistentVolumeClaim.fromName(scope, 'Data', 'data-orders-0'),
    schedule: Cron.daily(),
    keep: 14,
    timeZone: 'Asia/Tokyo',
    snapshotClass: VolumeSnapshotClass.fromName(scope, 'Class', 'nightly'),
  });

  test('has an account of its own that may do no more than it must', () => {
    const chart = newChart('shop');
    scheduled(chart);
    expect(find(chart, 'Role', 'orders-nightly').rules).toEqual([
      { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshots'], verbs: ['create', 'get', 'list', 'delete'] },
    ]);
    expect(find(chart, 'RoleBinding', 'orders-nightly')).toMatchObject({
      roleRef: { kind: 'Role', name: 'orders-nightly' }, subjects: [{ kind: 'ServiceAccount', name: 'orders-nightly' }],
    });
    expect(find(chart, 'ServiceAccount', 'orders-nightly')).toMatchObject({ automountServiceAccountToken: false });
  });

  test('lets nobody in, as nothing listens', () => {
    const chart = newChart('shop');
    scheduled(chart);
    const label = { 'cdk8s-stateful/snapshot-schedule': 'orders-nightly' };
    expect(find(chart, 'CronJob', 'orders-nightly')).toMatchObject({ spec: { jobTemplate: { spec: { template: { metadata: { labels: label } } } } } });
    expect(find(chart, 'NetworkPolicy', 'orders-nightly.snapshots').spec).toEqual({ podSelector: { matchLabels: label }, policyTypes: ['Ingress'] });
  });

  test('is let out to DNS and the API server where egress is denied by default', () => {
    const chart = newChart('shop');
    scheduled(chart, { egress: true });
    expect(find(chart, 'NetworkPolicy', 'orders-nightly.snapshots').spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ port: 53 }, { port: 53 }, { port: 5353 }, { port: 5353 }] }, { ports: [{ port: 443 }, { port: 6443 }] }],
    });
  });

  test('has limits where a quota demands them', () => {
    const chart = newChart('shop');
    const cpu = { request: kplus.Cpu.millis(10), limit: kplus.Cpu.millis(100) };
    scheduled(chart, { resources: { cpu, memory: { limit: Size.mebibytes(48) } } });
    expect(find(chart, 'CronJob', 'orders-nightly')).toMatchObject({
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ resources: { requests: { cpu: '10m' }, limits: { cpu: '100m', memory: '48Mi' } } }] } } } } },
    });
  });

  test('runs restricted, one at a time, and names a snapshot after its Job', () => {
    const chart = newChart('shop');
    scheduled(chart);
    const manifest = {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: {
        name: '$(SNAPSHOT)',
        labels: { 'app.kubernetes.io/instance': 'orders-nightly', 'app.kubernetes.io/managed-by': 'cdk8s', 'cdk8s-stateful/snapshot-schedule': 'orders-nightly' },
      },
      spec: { volumeSnapshotClassName: 'nightly', source: { persistentVolumeClaimName: 'data-orders-0' } },
    };
    expect(find(chart, 'CronJob', 'orders-nightly')).toMatchObject({
      spec: {
        schedule: '0 0 * * *',
        timeZone: 'Asia/Tokyo',
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          spec: {
            backoffLimit: 3,
            template: {
              spec: {
                serviceAccountName: 'orders-nightly',
                restartPolicy: 'Never',
                securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
                containers: [{
                  env: [
                    { name: 'SNAPSHOT', valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
                    { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                    { name: 'SCHEDULE', value: 'orders-nightly' },
                    { name: 'KEEP', value: '14' },
                    { name: 'MANIFEST', value: JSON.stringify(manifest) },
                  ],
                  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
                }],
              },
            },
          },
        },
      },
    });
  });

  test.each<[string, (chart: Chart) => Partial<SnapshotScheduleProps>]>([
    ['a class that deletes', chart => ({ keep: 3, snapshotClass: new VolumeSnapshotClass(chart, 'Nightly', { provisioner: ebs, deletionPolicy: SnapshotDeletionPolicy.DELETE }) })],
    ['a class that retains, of which nothing is said to be kept', chart => ({ snapshotClass: new VolumeSnapshotClass(chart, 'Nightly', { provisioner: ebs }) })],
    ['a class of the cluster', chart => ({ keep: 3, snapshotClass: VolumeSnapshotClass.fromName(chart, 'Nightly', 'nightly') })],
  ])('may be of %s', (_, props) => {
    const chart = newChart('shop');
    expect(() => new SnapshotSchedule(chart, 'S', { claim: claimOf(chart), schedule: Cron.daily(), ...props(chart) })).not.toThrow();
  });

  test('is the same wherever it stands in the tree, and at every synthesis', () => {
    const flat = newChart('shop');
    scheduled(flat);
    const deep = newChart('shop');
    scheduled(new Construct(new Construct(deep, 'A'), 'B'));
    expect(JSON.stringify(synth(deep))).toBe(JSON.stringify(synth(flat)));
    expect(JSON.stringify(synth(flat))).toBe(JSON.stringify(synth(flat)));
  });
});

const efs = Provisioner.awsEfs({ fileSystemId: 'fs-0123abcd' });
const schedule = Cron.daily();

test.each<[string, (chart: Chart) => void, Refusal]>([
  ['a class of a driver without snapshots', chart => new VolumeSnapshotClass(chart, 'Nightly', { provisioner: efs }),
    'test/Nightly: efs.csi.aws.com does not support snapshots. Back up with the tools of the product, for example with a dump.'],
  ['an unknown deletion policy', chart => new VolumeSnapshotClass(chart, 'Nightly', { provisioner: ebs, ...JSON.parse('{ "deletionPolicy": "Keep" }') as object }),
    { where: 'test/Nightly', property: 'deletionPolicy', got: 'Keep' }],
  ['two classes of one name', chart => { new VolumeSnapshotClass(chart, 'A', { provisioner: ebs }); new VolumeSnapshotClass(chart, 'B', { provisioner: ebs, name: 'a' }); },
    "test/B: the VolumeSnapshotClass name 'a' is already taken in this app by test/A."],
  ['a snapshot of a claim without', chart => new VolumeSnapshot(chart, 'Before', { claim: claimOf(chart, efs) }),
    "test/Before: the claim 'data' has the storage class 'class', which does not support snapshots. Back up with the tools of the product, for example with a dump."],
  ['a snapshot class of another driver', chart => new VolumeSnapshot(chart, 'Before', { claim: claimOf(chart), snapshotClass: { name: 'pd', driver: 'pd.csi.storage.gke.io' } }),
    "test/Before: the snapshot class 'pd' belongs to pd.csi.storage.gke.io, but the volume of the claim 'data' to ebs.csi.aws.com. Use a snapshot class of that driver."],
  ['a snapshot of a claim elsewhere', chart => new VolumeSnapshot(chart, 'Before', { claim: { name: 'data', namespace: 'attic' } }),
    "test/Before: the claim 'data' is in namespace 'attic'. A snapshot must be in the namespace of its claim, not in 'shop'."],
  ['a snapshot class without a name', chart => new VolumeSnapshot(chart, 'Before', { content: 'c', snapshotClass: { name: '' } }),
    { where: 'test/Before', property: 'snapshotClass', got: '' }],
  ['a schedule with a snapshot class without a name', chart => new SnapshotSchedule(chart, 'S', { claim: claimOf(chart), schedule, snapshotClass: { name: '' } }),
    { where: 'test/S', property: 'snapshotClass', got: '' }],
  ['a snapshot of nothing', chart => new VolumeSnapshot(chart, 'Before', {}), "test/Before: a snapshot needs exactly one source. Set either 'claim' or 'content'."],
  ['a snapshot of two things', chart => new VolumeSnapshot(chart, 'Before', { content: 'c', claim: { name: 'data' } }), "Set either 'claim' or 'content'."],
  ['a restore to less room', chart => {
    const before = new VolumeSnapshot(chart, 'Before', { claim: claimOf(chart) });
    new PersistentVolumeClaim(chart, 'Restored', { size: Size.gibibytes(10), dataSource: VolumeDataSource.fromSnapshot(before) });
  }, { where: 'test/Restored', property: 'size', got: '10Gi' }],
  ['a schedule that keeps none', chart => new SnapshotSchedule(chart, 'S', { claim: claimOf(chart), schedule, keep: 0 }), { where: 'test/S', property: 'keep', got: 0 }],
  ['a schedule that keeps some, of a class that retains all', chart => {
    new SnapshotSchedule(chart, 'S', { claim: claimOf(chart), schedule, keep: 3, snapshotClass: new VolumeSnapshotClass(chart, 'Nightly', { provisioner: ebs }) });
  }, "test/S: 'keep' is set, but the snapshot class 'nightly' retains all snapshots in the storage system. Set 'deletionPolicy: SnapshotDeletionPolicy.DELETE' on the class, or omit 'keep' and delete the snapshots yourself."],
  ['a schedule of a claim without', chart => new SnapshotSchedule(chart, 'S', { claim: claimOf(chart, efs), schedule }), "test/S: the claim 'data' has the storage class 'class', which does not support snapshots. Back up with the tools of the product, for example with a dump."],
  ['two schedules of one name', chart => {
    const claim = claimOf(chart);
    new SnapshotSchedule(chart, 'S', { claim, schedule });
    new SnapshotSchedule(chart, 'T', { claim, schedule, name: 's' });
  }, "test/T: the CronJob name 's' is already taken in the namespace 'shop' by test/S."],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});
