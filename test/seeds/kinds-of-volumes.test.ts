import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import {
  DownwardApiVolume, DownwardField, IscsiVolume, PersistentVolumeClaim, ProjectedSource, ProjectedVolume, Provisioner, StatefulWorkload, StorageClass,
  VolumeSource,
} from 'cdk8s-stateful';

/** The kinds of volumes that “Kubernetesの構成を理解する” (2018) lists, each mounted into a Pod of ours as one does today. */

test.each<[string, (chart: Chart) => kplus.IStorage, object]>([
  ['nfs', chart => kplus.Volume.fromNfs(chart, 'V', 'v', { server: 's', path: '/p', readOnly: true }), { nfs: { server: 's', path: '/p', readOnly: true } }],
  ['iscsi', chart => new IscsiVolume(chart, 'V', { targetPortal: 't', iqn: 'iqn.2001-04.com.example:disk', lun: 0 }), { iscsi: { targetPortal: 't', iqn: 'iqn.2001-04.com.example:disk', lun: 0 } }],
  ['hostPath', chart => kplus.Volume.fromHostPath(chart, 'V', 'v', { path: '/opt', type: kplus.HostPathVolumeType.DIRECTORY }), { hostPath: { path: '/opt', type: 'Directory' } }],
  ['emptyDir', chart => kplus.Volume.fromEmptyDir(chart, 'V', 'v'), { emptyDir: {} }],
  ['secrets', chart => kplus.Volume.fromSecret(chart, 'V', kplus.Secret.fromSecretName(chart, 'S', 's'), { name: 'v', defaultMode: 0o440, items: { key: { path: 'file' } } }),
    { secret: { secretName: 's', defaultMode: 0o440, items: [{ key: 'key', path: 'file' }] } }],
  ['downwardAPI', chart => new DownwardApiVolume(chart, 'V', { fields: { name: DownwardField.podName() } }),
    { downwardAPI: { defaultMode: 0o644, items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } }],
  ['configMap', chart => kplus.Volume.fromConfigMap(chart, 'V', kplus.ConfigMap.fromConfigMapName(chart, 'C', 'c'), { name: 'v', defaultMode: 0o444, items: { key: { path: 'file', mode: 0o400 } } }),
    { configMap: { name: 'c', defaultMode: 0o444, items: [{ key: 'key', path: 'file', mode: 0o400 }] } }],
  ['several at once', chart => new ProjectedVolume(chart, 'V', { sources: [ProjectedSource.configMap(kplus.ConfigMap.fromConfigMapName(chart, 'C', 'c'))] }),
    { projected: { defaultMode: 0o644, sources: [{ configMap: { name: 'c' } }] } }],
  // gcePersistentDisk: in-tree disks of clouds are claims of a CSI class.
  ['gcePersistentDisk', chart => new PersistentVolumeClaim(chart, 'V', { size: Size.gibibytes(10), storageClass: new StorageClass(chart, 'Pd', { provisioner: Provisioner.gcePersistentDisk() }) }),
    { persistentVolumeClaim: { claimName: 'v', readOnly: false } }],
])('%s', (_, make, volume) => {
  const chart = newChart('shop');
  new StatefulWorkload(chart, 'Store').addContainer({ image: 'a:1' }).mount('/mnt', make(chart), { readOnly: true });
  const store = find(chart, 'StatefulSet', 'store');
  expect(store).toHaveProperty('spec.template.spec.volumes', [{ name: 'v', ...volume }]);
  expect(store).toHaveProperty('spec.template.spec.containers.0.volumeMounts', [{ name: 'v', mountPath: '/mnt', readOnly: true }]);
});

test.each(['flocker', 'gitRepo'])('%s is gone, and the library says what took its place', kind => {
  expect(() => VolumeSource.of(kind)).toThrow(`got '${kind}', expected a kind of volume that still exists. Kubernetes has removed or deprecated it. Use `);
});
