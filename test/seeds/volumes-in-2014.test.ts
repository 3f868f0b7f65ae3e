import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AS_IN_THE_SEED, CONTAINER, podMetadata, POD_SPEC } from './seeds';
import { find, newChart } from '../support/manifests';
import { VolumeSource } from 'cdk8s-stateful';

/** The manifest of “KubernetesでのVolumeの扱い” (Kubernetes advent calendar, 2014), beside what one writes today. */

test('volumetest.yaml: a directory of the Pod, and one of the node that is only read', () => {
  const chart = newChart('default');
  const pod = new kplus.Pod(chart, 'Mynginx', { metadata: { name: 'mynginx' } });
  const nginx = pod.addContainer({
    ...AS_IN_THE_SEED,
    name: 'nginx',
    image: 'dockerfile/nginx',
    ports: [{ number: 80, hostPort: 8000, name: 'http' }],
    resources: { cpu: { request: kplus.Cpu.millis(100) }, memory: { limit: Size.mebibytes(48) } },
  });
  nginx.mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'Tmp', 'tmp'));
  nginx.mount('/usr/share/nginx/html',
    kplus.Volume.fromHostPath(chart, 'Docroot', 'docroot', { path: '/opt/kubernetes/examples/guestbook/php-redis', type: kplus.HostPathVolumeType.DIRECTORY }),
    { readOnly: true });

  expect(find(chart, 'Pod', 'mynginx')).toEqual({
    apiVersion: 'v1', // v1beta1
    kind: 'Pod',
    metadata: podMetadata('mynginx'), // id: mynginx
    // desiredState.manifest became spec: its version and its second id are gone
    spec: {
      ...POD_SPEC,
      containers: [{
        ...CONTAINER,
        name: 'nginx',
        image: 'dockerfile/nginx',
        resources: { requests: { cpu: '100m' }, limits: { memory: '48Mi' } }, // cpu: 100 and memory: 50000000, in whole MiB
        ports: [{ containerPort: 80, hostPort: 8000, name: 'http' }],
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'docroot', mountPath: '/usr/share/nginx/html', readOnly: true },
        ],
      }],
      volumes: [
        { name: 'tmp', emptyDir: {} }, // source: { emptyDir: {} }: the level between is gone
        { name: 'docroot', hostPath: { path: '/opt/kubernetes/examples/guestbook/php-redis', type: 'Directory' } }, // hostDir
      ],
    },
  });
});

test('hostDir and GCEPersistentDisk, the other kinds of that year, by their old names', () => {
  expect(VolumeSource.of('hostDir', { path: '/opt' })).toEqual(VolumeSource.hostPath({ path: '/opt', type: kplus.HostPathVolumeType.DEFAULT }));
  expect(VolumeSource.of('gcePersistentDisk', { pdName: 'data', project: 'shop', zone: 'asia-northeast1-a' }))
    .toEqual(VolumeSource.gcePersistentDisk({ diskName: 'data', project: 'shop', zone: 'asia-northeast1-a' }));
});
