import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, synth } from '../support/manifests';
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

const list = '(2 × 10Gi StatefulSet/store: data, 2 × 10Gi StatefulSet/store: scratch, 500Mi PersistentVolumeClaim/files). Raise the quota, or ask for less.';

test.each<[ResourceQuotaProps, string | undefined]>([
  [{ storage: Size.mebibytes(41460), claims: 5, classes: [{ storageClass: fast, storage: Size.gibibytes(20), claims: 2 }] }, undefined],
  [{ storage: Size.mebibytes(41459) }, `test/Quota: the claims ask for 40.49Gi, more than 41459Mi ${list}`],
  [{ claims: 4 }, `test/Quota: there are 5 claims, more than 4 ${list}`],
  [{ classes: [{ storageClass: fast, storage: Size.gibibytes(19) }] },
    "test/Quota: the claims of the storage class 'fast' ask for 20Gi, more than 19Gi (2 × 10Gi StatefulSet/store: data). Raise the quota, or ask for less."],
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
  expect(() => synth(chart)).toThrow("test/Quota: there are 1 claims of the storage class 'fast', more than 0 (2Gi PersistentVolumeClaim/data). Raise the quota, or ask for less.");
});

test('claims that cdk8s-plus wrote count too', () => {
  const chart = newChart();
  new ResourceQuota(chart, 'Quota', { storage: Size.gibibytes(1) });
  new kplus.PersistentVolumeClaim(chart, 'Data', { metadata: { name: 'data' }, storage: Size.gibibytes(2) });
  expect(() => synth(chart)).toThrow('test/Quota: the claims ask for 2Gi, more than 1Gi (2Gi PersistentVolumeClaim/data). Raise the quota, or ask for less.');
});

const ephemeral = [{
  name: 'scratch',
  ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: kplus.k8s.Quantity.fromString('1Gi') } } } } },
}];
const pod = { containers: [{ name: 'main', image: 'a:1' }], volumes: ephemeral };
const template = { metadata: { labels: { app: 'a' } }, spec: pod };
const selector = { matchLabels: { app: 'a' } };

test.each<[string, (chart: Chart) => void]>([
  ['Pod/a', chart => new kplus.k8s.KubePod(chart, 'A', { metadata: { name: 'a' }, spec: pod })],
  ['Job/a', chart => new kplus.k8s.KubeJob(chart, 'A', { metadata: { name: 'a' }, spec: { template } })],
  ['CronJob/a', chart => new kplus.k8s.KubeCronJob(chart, 'A', { metadata: { name: 'a' }, spec: { schedule: '@daily', jobTemplate: { spec: { template } } } })],
  ['DaemonSet/a', chart => new kplus.k8s.KubeDaemonSet(chart, 'A', { metadata: { name: 'a' }, spec: { selector, template } })],
  ['Deployment/a', chart => new kplus.k8s.KubeDeployment(chart, 'A', { metadata: { name: 'a' }, spec: { selector, template } })],
  ['ReplicaSet/a', chart => new kplus.k8s.KubeReplicaSet(chart, 'A', { metadata: { name: 'a' }, spec: { selector, template } })],
])('the ephemeral volumes of a %s count too', (who, make) => {
  const chart = newChart('shop');
  new ResourceQuota(chart, 'Quota', { claims: 0 });
  make(chart);
  expect(() => synth(chart)).toThrow(`test/Quota: there are 1 claims, more than 0 (1Gi ${who}: scratch). Raise the quota, or ask for less.`);
});

test('the ephemeral volumes of a Deployment count for each of its Pods', () => {
  const chart = newChart('shop');
  new ResourceQuota(chart, 'Quota', { claims: 2 });
  new kplus.k8s.KubeDeployment(chart, 'A', { metadata: { name: 'a' }, spec: { replicas: 3, selector, template } });
  expect(() => synth(chart)).toThrow('test/Quota: there are 3 claims, more than 2 (3 × 1Gi Deployment/a: scratch).');
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
    'test/Range: PersistentVolumeClaim/files asks for 500Mi, less than the least, 1Gi. Ask for more, or lower the limit.'],
  ['too large', chart => { new LimitRange(chart, 'Range', { max: Size.gibibytes(9) }); },
    'test/Range: StatefulSet/store: data asks for 10Gi, more than the most, 9Gi. Ask for less, or raise the limit.'],
])('a claim that is %s is refused', (_, make, message) => {
  expect(() => synth(withClaims(make))).toThrow(message);
});

test.each<[string, (chart: Chart) => void, string]>([
  ['a quota of nothing', chart => new ResourceQuota(chart, 'Q', {}), "test/Q: a quota has at least one limit. Give 'storage', 'claims' or 'classes'."],
  ['a class without a limit', chart => new ResourceQuota(chart, 'Q', { classes: [{ storageClass: fast }] }), "test/Q: the storage class 'fast' has no limit. Give 'storage' or 'claims'."],
  ['a class with two limits', chart => new ResourceQuota(chart, 'Q', { classes: [{ storageClass: fast, claims: 1 }, { storageClass: fast, claims: 2 }] }),
    "test/Q: the storage class 'fast' has two limits. Put them together."],
  ['no class', chart => new ResourceQuota(chart, 'Q', { classes: [{ storageClass: StorageClass.none(), claims: 1 }] }), "test/Q: invalid 'classes[0]': got '', expected a storage class with a name."],
  ['a negative number', chart => new ResourceQuota(chart, 'Q', { claims: -1 }), "test/Q: invalid 'claims': got -1, expected a whole number of at least 0."],
  ['no room', chart => new ResourceQuota(chart, 'Q', { storage: Size.gibibytes(0) }), "test/Q: invalid 'storage': got '0Ki'"],
  ['two quotas of one name', chart => { new ResourceQuota(chart, 'Q', { claims: 1 }); new ResourceQuota(chart, 'R', { claims: 1, name: 'q' }); },
    "test/R: the ResourceQuota name 'q' is already taken in this namespace 'shop' by test/Q."],
  ['a range of nothing', chart => new LimitRange(chart, 'L', {}), "test/L: a range has at least one limit. Give 'min' or 'max'."],
  ['a range upside down', chart => new LimitRange(chart, 'L', { min: Size.gibibytes(2), max: Size.gibibytes(1) }), "test/L: 'min' (2Gi) is more than 'max' (1Gi). No claim would be allowed."],
])('%s is refused', (_, act, message) => {
  expect(() => act(newChart('shop'))).toThrow(message);
});
