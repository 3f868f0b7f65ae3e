import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AS_IN_THE_SEED, CONTAINER, podMetadata, POD_SPEC, RESTRICTED_CONTAINER, RESTRICTED_POD_SPEC } from './seeds';
import { find, newChart } from '../support/manifests';
import { PersistentVolumeClaim, Provisioner, SharedScratchPod, StatefulWorkload, StorageClass } from 'cdk8s-stateful';

/** The manifests of “Kubernetesに触れる: データの永続化についてとKafkaクラスターのデプロイ” (Qiita, 2019), each beside what one writes today. */

const sleep = { image: 'centos:7', command: ['sleep', '3600'] };

test('mount-hostpath.yaml', () => {
  const chart = newChart('default');
  const pod = new kplus.Pod(chart, 'CentHostpath', { metadata: { name: 'cent-hostpath', labels: { app: 'myapp' } } });
  pod.addContainer({ ...AS_IN_THE_SEED, ...sleep, name: 'myapp-container-1' })
    .mount('/tmp', kplus.Volume.fromHostPath(chart, 'Volume', 'sample-hostpath', { path: '/tmp', type: kplus.HostPathVolumeType.DIRECTORY_OR_CREATE }));
  expect(find(chart, 'Pod', 'cent-hostpath')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('cent-hostpath', { app: 'myapp' }),
    spec: {
      ...POD_SPEC,
      containers: [{ ...CONTAINER, ...sleep, name: 'myapp-container-1', volumeMounts: [{ mountPath: '/tmp', name: 'sample-hostpath' }] }],
      volumes: [{ name: 'sample-hostpath', hostPath: { path: '/tmp', type: 'DirectoryOrCreate' } }],
    },
  });
});

test('emptydir-sample.yaml: two containers over one directory, both of which write', () => {
  const chart = newChart('default');
  const pod = new SharedScratchPod(chart, 'Cent', { podLabels: { app: 'myapp' } });
  pod.addWriter({ ...sleep, name: 'myapp-container-1', mountPath: '/tmp' });
  pod.addWriter({ ...sleep, name: 'myapp-container-2', mountPath: '/tmp' });
  const container = {
    ...RESTRICTED_CONTAINER,
    ...sleep,
    volumeMounts: [{ mountPath: '/tmp', name: 'scratch', readOnly: false }],
  };
  // The first container that mounts the scratch space requests it of the node's disk, beside its log.
  const resources = (disk: string) => ({ requests: { 'cpu': '50m', 'memory': '256Mi', 'ephemeral-storage': disk }, limits: { memory: '256Mi' } });
  expect(find(chart, 'Pod', 'cent')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('cent', { 'app': 'myapp', 'app.kubernetes.io/instance': 'cent', 'app.kubernetes.io/managed-by': 'cdk8s' }),
    spec: {
      ...RESTRICTED_POD_SPEC,
      securityContext: { ...RESTRICTED_POD_SPEC.securityContext, fsGroup: 1000 },
      containers: [{ ...container, resources: resources('1088Mi'), name: 'myapp-container-1' }, { ...container, resources: resources('64Mi'), name: 'myapp-container-2' }],
      volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }], // sample-emptydir in the seed
    },
  });
});

/** The provisioner and the parameters are the seed's own words. */
const managedPremiumRetain = (chart: Chart) => new StorageClass(chart, 'ManagedPremiumRetain', {
  provisioner: Provisioner.of('kubernetes.io/azure-disk', { parameters: { storageaccounttype: 'Premium_LRS', kind: 'Managed' } }),
});

test('azure-storageclass-sampla.yaml', () => {
  const chart = newChart('default');
  managedPremiumRetain(chart);
  expect(find(chart, 'StorageClass', 'managed-premium-retain')).toEqual({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'managed-premium-retain' },
    provisioner: 'disk.csi.azure.com', // kubernetes.io/azure-disk moved out of Kubernetes
    parameters: { skuName: 'Premium_LRS' }, // storageaccounttype; kind: Managed is the only one left
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer', // the disk is in one zone: it must be where the Pod can run
    allowVolumeExpansion: true,
  });
});

const managedDisk = (chart: Chart) => new PersistentVolumeClaim(chart, 'AzureManagedDisk', { size: Size.gibibytes(5), storageClass: managedPremiumRetain(chart) });

test('azure-persistentvolumeclaim-sample.yaml', () => {
  const chart = newChart('default');
  managedDisk(chart);
  expect(find(chart, 'PersistentVolumeClaim', 'azure-managed-disk')).toEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'azure-managed-disk', namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'managed-premium-retain',
      resources: { requests: { storage: '5Gi' } },
      volumeMode: 'Filesystem',
    },
  });
});

test('azure-persistent-pod-sample.yaml', () => {
  const chart = newChart('default');
  const pod = new kplus.Pod(chart, 'Mypod', { metadata: { name: 'mypod' } });
  pod.addContainer({
    ...AS_IN_THE_SEED,
    name: 'mypod',
    image: 'nginx:1.15.5',
    resources: {
      cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.millis(250) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(256) },
    },
  }).mount('/mnt/azure', managedDisk(chart));
  expect(find(chart, 'Pod', 'mypod')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata('mypod'),
    spec: {
      ...POD_SPEC,
      containers: [{
        ...CONTAINER,
        name: 'mypod',
        image: 'nginx:1.15.5',
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '250m', memory: '256Mi' } },
        volumeMounts: [{ mountPath: '/mnt/azure', name: 'azure-managed-disk' }], // volume in the seed
      }],
      volumes: [{ name: 'azure-managed-disk', persistentVolumeClaim: { claimName: 'azure-managed-disk', readOnly: false } }],
    },
  });
});

test('statefulset-persistentvolumeclaim-sample.yaml', () => {
  const chart = newChart('default');
  const cent = new StatefulWorkload(chart, 'Cent', { replicas: 3, podLabels: { app: 'cent' } });
  const claim = cent.addClaim('instatefulset', { size: Size.gibibytes(1), storageClass: managedPremiumRetain(chart) });
  cent.addContainer({ ...sleep, name: 'cent', resources: {} }).mount('/tmp', claim);
  const selected = { 'cdk8s.io/metadata.addr': 'cent' }; // app: cent in the seed; the library selects by a label that nobody else sets
  const recommended = { 'app.kubernetes.io/instance': 'cent', 'app.kubernetes.io/managed-by': 'cdk8s' };
  expect(find(chart, 'StatefulSet', 'cent')).toEqual({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'cent', namespace: 'default', labels: recommended },
    spec: {
      selector: { matchLabels: selected },
      replicas: 3,
      serviceName: 'cent-headless', // the seed has no governing Service, so its members have no DNS names
      template: {
        metadata: { labels: { app: 'cent', ...recommended, ...selected } },
        spec: {
          ...RESTRICTED_POD_SPEC,
          terminationGracePeriodSeconds: 60,
          containers: [{ ...RESTRICTED_CONTAINER, ...sleep, name: 'cent', resources: { requests: { 'ephemeral-storage': '64Mi' } }, volumeMounts: [{ name: 'instatefulset', mountPath: '/tmp' }] }],
          // Members stay on a node that is down: an evicted one could not start elsewhere.
          tolerations: ['not-ready', 'unreachable'].map(taint => ({ key: `node.kubernetes.io/${taint}`, operator: 'Exists', effect: 'NoExecute' })),
          // Members keep apart, if they can: three on one node are no better than one.
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 100, podAffinityTerm: { labelSelector: { matchLabels: selected }, namespaces: ['default'], topologyKey: 'kubernetes.io/hostname' } },
              ],
            },
          },
          topologySpreadConstraints: [
            { labelSelector: { matchLabels: selected }, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
          ],
        },
      },
      volumeClaimTemplates: [{
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'instatefulset', labels: selected },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'managed-premium-retain',
          resources: { requests: { storage: '1Gi' } },
          volumeMode: 'Filesystem',
        },
      }],
      // Defaults of the API server, and that no volume is ever lost by deleting or scaling the set.
      minReadySeconds: 0,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    },
  });
});
