import { ApiObject, App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import { EphemeralVolume, LimitRange, PersistentVolumeClaim, Provisioner, ResourceQuota, ResourceQuotaProps, StatefulWorkload, StorageClass } from 'cdk8s-stateful';

const fast = { name: 'fast' };

test('a quota limits room and number, of all claims and by class', () => {
  const chart = newChart('shop');
  new ResourceQuota(chart, 'Storage', { storage: Size.gibibytes(100), claims: 10, classes: [{ storageClass: fast, storage: Size.gibibytes(20), claims: 2 }, { storageClass: { name: 'slow' }, claims: 0 }] });
  expect(find(chart, 'ResourceQuota', 'storage')).toMatchObject({
    metadata: { namespace: 'shop' },
    spec: {
      hard: {
        'requests.storage': '100Gi',
        'persistentvolumeclaims': '10',
        'fast.storageclass.storage.k8s.io/requests.storage': '20Gi',
        'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '2',
        'slow.storageclass.storage.k8s.io/persistentvolumeclaims': '0',
      },
    },
  });
});

test('a range limits each claim', () => {
  const chart = newChart('shop');
  new LimitRange(chart, 'Claims', { min: Size.gibibytes(1), max: Size.gibibytes(50) });
  expect(find(chart, 'LimitRange', 'claims')).toMatchObject({ spec: { limits: [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '50Gi' } }] } });
});

/** Claims of 4 × 10Gi and 500Mi in 'shop', two of them of the class 'fast'; another in 'attic'. */
function withClaims(make: (chart: Chart) => void): Chart {
  const chart = newChart('shop');
  make(chart);
  const store = new StatefulWorkload(chart, 'Store', { replicas: 2 });
  const main = store.addContainer({ image: 'a:1' });
  main.mount('/data', store.addClaim('data', { size: Size.gibibytes(10), storageClass: fast }));
  main.mount('/scratch', new EphemeralVolume(chart, 'Scratch', { size: Size.gibibytes(10) }));
  new PersistentVolumeClaim(chart, 'Files', { size: Size.mebibytes(500) });
  new PersistentVolumeClaim(new Chart(chart.node.scope as App, 'attic', { namespace: 'attic' }), 'Old', { size: Size.tebibytes(1) });
  return chart;
}

const list = '(2 × 10Gi StatefulSet/store: data, 2 × 10Gi StatefulSet/store: scratch, 500Mi PersistentVolumeClaim/files). Raise the quota, or request less.';

test.each<[ResourceQuotaProps, string | undefined]>([
  [{ storage: Size.mebibytes(41460), claims: 5, classes: [{ storageClass: fast, storage: Size.gibibytes(20), claims: 2 }] }, undefined],
  [{ storage: Size.mebibytes(41459) }, `test/Quota: the claims request 40.49Gi, more than 41459Mi ${list}`],
  [{ claims: 4 }, `test/Quota: there are 5 claims, more than 4 ${list}`],
  [{ classes: [{ storageClass: fast, storage: Size.gibibytes(19) }] },
    "test/Quota: the claims of the storage class 'fast' request 20Gi, more than 19Gi (2 × 10Gi StatefulSet/store: data). Raise the quota, or request less."],
  [{ classes: [{ storageClass: fast, claims: 1 }] }, "test/Quota: there are 2 claims of the storage class 'fast', more than 1 (2 × 10Gi StatefulSet/store: data)."],
])('the claims of the app in the namespace must fit %#', (props, message) => {
  const chart = withClaims(scope => { new ResourceQuota(scope, 'Quota', props); });
  if (message === undefined) expect(synth(chart)).not.toEqual([]);
  else expect(() => synth(chart)).toThrow(message);
});

test("claims without a class count for the app's default class", () => {
  const chart = newChart('shop');
  const storageClass = new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs(), isDefault: true });
  new ResourceQuota(chart, 'Quota', { classes: [{ storageClass, claims: 0 }, { storageClass: { name: 'slow' }, claims: 0 }] });
  new PersistentVolumeClaim(chart, 'Hand', { size: Size.gibibytes(2), storageClass: StorageClass.none() });
  expect(() => synth(chart)).not.toThrow();
  new PersistentVolumeClaim(chart, 'Data', { size: Size.gibibytes(2) });
  expect(() => synth(chart)).toThrow("test/Quota: there are 1 claims of the storage class 'fast', more than 0 (2Gi PersistentVolumeClaim/data). Raise the quota, or request less.");
});

test('claims that cdk8s-plus wrote count too', () => {
  const chart = newChart();
  new ResourceQuota(chart, 'Quota', { storage: Size.gibibytes(1) });
  new kplus.PersistentVolumeClaim(chart, 'Data', { metadata: { name: 'data' }, storage: Size.gibibytes(2) });
  expect(() => synth(chart)).toThrow('test/Quota: the claims request 2Gi, more than 1Gi (2Gi PersistentVolumeClaim/data). Raise the quota, or request less.');
});

const podWithClaim = {
  spec: { volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } } }] },
};

test.each<[string, object, number]>([
  ['Pod', podWithClaim.spec, 1],
  ['Deployment', { replicas: 3, template: podWithClaim }, 3],
  ['ReplicaSet', { template: podWithClaim }, 1],
  ['DaemonSet', { template: podWithClaim }, 1], // on how many nodes, nobody knows here
  ['Job', { template: podWithClaim }, 1],
  ['Job', { parallelism: 5, template: podWithClaim }, 5],
  ['Job', { parallelism: 2, completions: 5, template: podWithClaim }, 5],
  ['CronJob', { jobTemplate: { spec: { parallelism: 4, template: podWithClaim } } }, 4],
])('each Pod of a %s has claims of its own: %j', (kind, spec, pods) => {
  const chart = newChart();
  new ApiObject(chart, 'Object', { apiVersion: 'v1', kind, metadata: { name: 'work' }, spec });
  new ResourceQuota(chart, 'Quota', { claims: 0 });
  expect(() => synth(chart)).toThrow(`test/Quota: there are ${pods} claims, more than 0 (${pods === 1 ? '' : `${pods} × `}1Gi ${kind}/work: scratch).`);
});

test('a size that is none is refused where it stands', () => {
  const chart = newChart();
  new ApiObject(chart, 'Object', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { resources: { requests: { storage: '20GB' } } } });
  new ResourceQuota(chart, 'Quota', { claims: 1 });
  expect(() => synth(chart)).toThrow("test/Object: '20GB' is not a Kubernetes quantity. Write it like '20Gi'.");
});

describe('a quota counts the claims', () => {
  const quotaOf = (own: string | undefined, others: string | undefined) => {
    const chart = newChart(own);
    new ResourceQuota(chart, 'Quota', { claims: 0 });
    new PersistentVolumeClaim(new Chart(chart.node.scope as App, 'other', { namespace: others }), 'Data', { size: Size.gibibytes(1) });
    return () => synth(chart);
  };

  test('of other charts in its namespace', () => {
    expect(quotaOf('shop', 'shop')).toThrow('test/Quota: there are 1 claims, more than 0 (1Gi PersistentVolumeClaim/data).');
  });

  test.each([['shop', 'attic'], ['shop', undefined], [undefined, 'shop'], [undefined, undefined]])('in the namespace %s, not those in %s of another chart', (own, others) => {
    expect(quotaOf(own, others)).not.toThrow();
  });

  test('of its own chart, if that names no namespace', () => {
    const chart = newChart();
    new ResourceQuota(chart, 'Quota', { claims: 0 });
    new PersistentVolumeClaim(chart, 'Data', { size: Size.gibibytes(1) });
    expect(() => synth(chart)).toThrow('test/Quota: there are 1 claims, more than 0 (1Gi PersistentVolumeClaim/data).');
  });
});

test.each<[string, (chart: Chart) => void, string]>([
  ['too small', chart => { new LimitRange(chart, 'Range', { min: Size.gibibytes(1) }); },
    'test/Range: PersistentVolumeClaim/files requests 500Mi, less than the minimum of 1Gi. Request more, or lower the limit.'],
  ['too large', chart => { new LimitRange(chart, 'Range', { max: Size.gibibytes(9) }); },
    'test/Range: StatefulSet/store: data requests 10Gi, more than the maximum of 9Gi. Request less, or raise the limit.'],
])('a claim that is %s is refused', (_, make, message) => {
  expect(() => synth(withClaims(make))).toThrow(message);
});

test.each<[string, (chart: Chart) => void, Refusal]>([
  ['a quota of nothing', chart => new ResourceQuota(chart, 'Q', {}), "test/Q: a quota needs at least one limit. Set 'storage', 'claims' or 'classes'."],
  ['a class without a limit', chart => new ResourceQuota(chart, 'Q', { classes: [{ storageClass: fast }] }), "test/Q: the storage class 'fast' has no limit. Set 'storage' or 'claims'."],
  ['a class with two limits', chart => new ResourceQuota(chart, 'Q', { classes: [{ storageClass: fast, claims: 1 }, { storageClass: fast, claims: 2 }] }),
    "test/Q: the storage class 'fast' is listed twice. Merge the two entries."],
  ['no class', chart => new ResourceQuota(chart, 'Q', { classes: [{ storageClass: StorageClass.none(), claims: 1 }] }), { where: 'test/Q', property: 'classes[0]', got: '' }],
  ['a negative number', chart => new ResourceQuota(chart, 'Q', { claims: -1 }), { where: 'test/Q', property: 'claims', got: -1 }],
  ['no room', chart => new ResourceQuota(chart, 'Q', { storage: Size.gibibytes(0) }), { where: 'test/Q', property: 'storage', got: '0 bytes' }],
  ['two quotas of one name', chart => { new ResourceQuota(chart, 'Q', { claims: 1 }); new ResourceQuota(chart, 'R', { claims: 1, name: 'q' }); },
    "test/R: the ResourceQuota name 'q' is already taken in the namespace 'shop' by test/Q."],
  ['a range of nothing', chart => new LimitRange(chart, 'L', {}), "test/L: a limit range needs at least one limit. Set 'min' or 'max'."],
  ['a range upside down', chart => new LimitRange(chart, 'L', { min: Size.gibibytes(2), max: Size.gibibytes(1) }), "test/L: 'min' (2Gi) is greater than 'max' (1Gi). No claim could satisfy both: swap or change them."],
])('%s is refused', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});
