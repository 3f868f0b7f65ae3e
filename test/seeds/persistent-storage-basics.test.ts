import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AS_IN_THE_SEED, CONTAINER, podMetadata, POD_SPEC, RESTRICTED_CONTAINER, RESTRICTED_POD_SPEC } from './seeds';
import { find, newChart, synth } from '../support/manifests';
import { PersistentVolume, PersistentVolumeClaim, SharedScratchPod, StorageClass, VolumeSource } from 'cdk8s-stateful';

/** The manifests of “Kubernetesの永続化ストレージ基礎” (Rancher meetup #15, 2018), each beside what one writes today. */

function samplePod(chart: Chart, path: string, volume: kplus.Volume): void {
  const pod = new kplus.Pod(chart, 'SamplePod', { metadata: { name: 'sample-pod' } });
  pod.addContainer({ ...AS_IN_THE_SEED, image: 'nginx:1.12', name: 'sample-container' }).mount(path, volume);
}

test('a Pod with an emptyDir', () => {
  const chart = newChart('default');
  samplePod(chart, '/opt', kplus.Volume.fromEmptyDir(chart, 'Volume', 'sample-volume'));
  expect(find(chart, 'Pod', 'sample-pod')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('sample-pod'),
    spec: {
      ...POD_SPEC,
      containers: [{ ...CONTAINER, image: 'nginx:1.12', name: 'sample-container', volumeMounts: [{ mountPath: '/opt', name: 'sample-volume' }] }],
      volumes: [{ name: 'sample-volume', emptyDir: {} }],
    },
  });
});

test('a Pod whose updater and update checker share files', () => {
  const chart = newChart('default');
  const pod = new SharedScratchPod(chart, 'SamplePod');
  pod.addWriter({ image: 'updater:1.12', name: 'updater-container', mountPath: '/opt' });
  pod.addReader({ image: 'update_checker:1.12', name: 'update-check-container', mountPath: '/mnt' });
  // The construct gives small resources, a limit to the directory and a group in which all containers are.
  const resources = (disk: string) => ({ requests: { 'cpu': '50m', 'memory': '256Mi', 'ephemeral-storage': disk }, limits: { memory: '256Mi' } });
  expect(find(chart, 'Pod', 'sample-pod')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('sample-pod', { 'app.kubernetes.io/instance': 'sample-pod', 'app.kubernetes.io/managed-by': 'cdk8s' }),
    spec: {
      ...RESTRICTED_POD_SPEC,
      securityContext: { ...RESTRICTED_POD_SPEC.securityContext, fsGroup: 1000 },
      containers: [
        { ...RESTRICTED_CONTAINER, resources: resources('1088Mi'), image: 'updater:1.12', name: 'updater-container', volumeMounts: [{ mountPath: '/opt', name: 'scratch', readOnly: false }] },
        { ...RESTRICTED_CONTAINER, resources: resources('64Mi'), image: 'update_checker:1.12', name: 'update-check-container', volumeMounts: [{ mountPath: '/mnt', name: 'scratch', readOnly: true }] },
      ],
      volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }], // comb-volume in the seed
    },
  });
});

test('a Pod with a hostPath', () => {
  const chart = newChart('default');
  samplePod(chart, '/mnt', kplus.Volume.fromHostPath(chart, 'Volume', 'sample-volume', { path: '/opt', type: kplus.HostPathVolumeType.DIRECTORY_OR_CREATE }));
  expect(find(chart, 'Pod', 'sample-pod')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('sample-pod'),
    spec: {
      ...POD_SPEC,
      containers: [{ ...CONTAINER, image: 'nginx:1.12', name: 'sample-container', volumeMounts: [{ mountPath: '/mnt', name: 'sample-volume' }] }],
      volumes: [{ name: 'sample-volume', hostPath: { path: '/opt', type: 'DirectoryOrCreate' } }],
    },
  });
});

test.each(['sample-volume', 'sample-pv-volume'])('the PersistentVolume %s', name => {
  const chart = newChart('default');
  new PersistentVolume(chart, 'Volume', {
    name,
    source: VolumeSource.longhorn({ volumeName: name, fsType: 'ext4' }),
    capacity: Size.gibibytes(8),
    storageClass: StorageClass.fromName(chart, 'Longhorn', 'longhorn'),
    reclaimPolicy: kplus.PersistentVolumeReclaimPolicy.DELETE,
    labels: { type: 'longhorn-pv', environment: 'dev' },
  });
  expect(find(chart, 'PersistentVolume', name)).toEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    // Without the annotation, which the slide leaves out too, Longhorn would not delete it.
    metadata: { name, labels: { type: 'longhorn-pv', environment: 'dev' }, annotations: { 'pv.kubernetes.io/provisioned-by': 'driver.longhorn.io' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '8Gi' },
      storageClassName: 'longhorn',
      persistentVolumeReclaimPolicy: 'Delete',
      volumeMode: 'Filesystem',
      csi: { driver: 'driver.longhorn.io', volumeHandle: name, fsType: 'ext4' }, // the slide leaves the source out; Longhorn is a CSI driver now
    },
  });
});

test('the third reclaim policy, which the slides do not recommend either, is refused', () => {
  const chart = newChart('default');
  const recycled = JSON.parse('{ "reclaimPolicy": "Recycle" }') as object;
  expect(() => new PersistentVolume(chart, 'V', { source: VolumeSource.nfs({ server: 's', path: '/' }), capacity: Size.gibibytes(8), ...recycled })).toThrow('Recycle is deprecated');
});

const claim = (chart: Chart) => new PersistentVolumeClaim(chart, 'Claim', {
  name: 'sample-pvc',
  selector: { matchLabels: { type: 'nfs' }, matchExpressions: [{ key: 'environment', operator: 'In', values: ['stg'] }] },
  size: Size.gibibytes(4),
  storageClass: StorageClass.fromName(chart, 'Longhorn', 'longhorn'),
});

test('a claim that selects volumes by labels', () => {
  const chart = newChart('default');
  claim(chart);
  expect(find(chart, 'PersistentVolumeClaim', 'sample-pvc')).toEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'sample-pvc', namespace: 'default' },
    spec: {
      selector: { matchLabels: { type: 'nfs' }, matchExpressions: [{ key: 'environment', operator: 'In', values: ['stg'] }] },
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '4Gi' } },
      storageClassName: 'longhorn',
      volumeMode: 'Filesystem',
    },
  });
});

test('the claim of the slides would never get the volume of the slides, and the library says why', () => {
  const chart = newChart('default');
  claim(chart);
  new PersistentVolume(chart, 'Volume', {
    name: 'sample-volume',
    source: VolumeSource.longhorn({ volumeName: 'sample-volume' }),
    capacity: Size.gibibytes(8),
    storageClass: StorageClass.fromName(chart, 'LonghornAgain', 'longhorn'),
    labels: { type: 'longhorn-pv', environment: 'dev' },
  });
  expect(() => synth(chart)).toThrow("test/Claim: no PersistentVolume of the app matches the claim's selector: 'sample-volume' has other labels.");
});

test('a Pod that mounts the claim', () => {
  const chart = newChart('default');
  const pod = new kplus.Pod(chart, 'SamplePvcPod', { metadata: { name: 'sample-pvc-pod' } });
  const container = pod.addContainer({ ...AS_IN_THE_SEED, name: 'nginx-container', image: 'nginx:1.29', ports: [{ number: 80, name: 'http' }] }); // :latest moves
  container.mount('/usr/share/nginx/html', claim(chart));
  expect(find(chart, 'Pod', 'sample-pvc-pod')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('sample-pvc-pod'),
    spec: {
      ...POD_SPEC,
      containers: [{
        ...CONTAINER,
        name: 'nginx-container',
        image: 'nginx:1.29',
        ports: [{ containerPort: 80, name: 'http' }],
        volumeMounts: [{ mountPath: '/usr/share/nginx/html', name: 'sample-pvc' }], // nginx-pvc in the seed: the volume has the claim's name here
      }],
      volumes: [{ name: 'sample-pvc', persistentVolumeClaim: { claimName: 'sample-pvc', readOnly: false } }],
    },
  });
});
