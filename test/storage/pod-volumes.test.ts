import { Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import { DownwardApiVolume, DownwardField, ProjectedSource, ProjectedVolume, StatefulWorkload } from 'cdk8s-stateful';

function withMount(make: (chart: Chart) => kplus.IStorage): Chart {
  const chart = newChart('shop');
  new StatefulWorkload(chart, 'Store').addContainer({ image: 'a:1' }).mount('/etc/info', make(chart));
  return chart;
}

const ofStore = (volume: object) => ({
  spec: { template: { spec: { volumes: [volume], containers: [{ volumeMounts: [{ name: expect.any(String), mountPath: '/etc/info' }] }] } } },
});

describe('a downward API volume', () => {
  test('shows every field that volumes know', () => {
    const chart = withMount(scope => new DownwardApiVolume(scope, 'PodInfo', {
      fields: {
        'name': DownwardField.podName(),
        'namespace': DownwardField.podNamespace(),
        'uid': DownwardField.podUid(),
        'labels': DownwardField.labels(),
        'all/annotations': DownwardField.annotations(),
        'ordinal': DownwardField.label('apps.kubernetes.io/pod-index'),
        'shard': DownwardField.annotation('shard'),
        'memory': DownwardField.resource('main', kplus.ResourceFieldPaths.MEMORY_LIMIT),
      },
    }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(ofStore({
      name: 'pod-info',
      downwardAPI: {
        defaultMode: 0o644,
        items: [
          { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
          { path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } },
          { path: 'uid', fieldRef: { fieldPath: 'metadata.uid' } },
          { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
          { path: 'all/annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
          { path: 'ordinal', fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } },
          { path: 'shard', fieldRef: { fieldPath: "metadata.annotations['shard']" } },
          { path: 'memory', resourceFieldRef: { containerName: 'main', resource: 'limits.memory' } },
        ],
      },
    }));
  });
});

describe('the permissions of single files', () => {
  test('of a downward API volume', () => {
    const chart = withMount(scope => new DownwardApiVolume(scope, 'PodInfo', { fields: { name: DownwardField.podName().withMode(0o400), uid: DownwardField.podUid() } }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(ofStore({
      downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' }, mode: 0o400 }, { path: 'uid', fieldRef: { fieldPath: 'metadata.uid' } }] },
    }));
  });

  test('of a projected volume', () => {
    const chart = withMount(scope => new ProjectedVolume(scope, 'Bundle', {
      sources: [
        ProjectedSource.configMap(kplus.ConfigMap.fromConfigMapName(scope, 'Settings', 'settings'), { items: { a: 'a', b: 'b' }, modes: { b: 0o555 } }),
        ProjectedSource.secret(kplus.Secret.fromSecretName(scope, 'Tls', 'store-tls'), { items: { 'tls.key': 'tls/key' }, modes: { 'tls.key': 0o400 } }),
        ProjectedSource.downwardApi({ name: DownwardField.podName().withMode(0o444) }),
      ],
    }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(ofStore({
      projected: {
        sources: [
          { configMap: { items: [{ key: 'a', path: 'a' }, { key: 'b', path: 'b', mode: 0o555 }] } },
          { secret: { items: [{ key: 'tls.key', path: 'tls/key', mode: 0o400 }] } },
          { downwardAPI: { items: [{ path: 'name', mode: 0o444 }] } },
        ],
      },
    }));
  });

  test('are permissions, and of files that the volume has', () => {
    const settings = kplus.ConfigMap.fromConfigMapName(newChart(), 'Settings', 'settings');
    const where = 'ProjectedSource.configMap';
    expectInvalid(() => ProjectedSource.configMap(settings, { items: { a: 'a' }, modes: { a: 0o1000 } }), { where, property: 'modes.a', got: 0o1000 });
    expectInvalid(() => ProjectedSource.configMap(settings, { items: { a: 'a' }, modes: { b: 0o400 } }), { where, property: 'modes', got: 'b' });
    expectInvalid(() => ProjectedSource.configMap(settings, { modes: { a: 0o400 } }), { where, property: 'modes', got: 'a' });
    expectInvalid(() => DownwardField.podName().withMode(-1), { where: 'DownwardField.withMode', property: 'mode', got: -1 });
  });
});

describe('a projected volume', () => {
  test('puts together sources of every kind', () => {
    const chart = withMount(scope => new ProjectedVolume(scope, 'Bundle', {
      name: 'identity',
      defaultMode: 0o440,
      sources: [
        ProjectedSource.configMap(kplus.ConfigMap.fromConfigMapName(scope, 'Settings', 'settings')),
        ProjectedSource.secret(kplus.Secret.fromSecretName(scope, 'Tls', 'store-tls'), { items: { 'ca.crt': 'tls/ca.crt' }, optional: true }),
        ProjectedSource.downwardApi({ name: DownwardField.podName() }),
        ProjectedSource.serviceAccountToken({ path: 'vault', audience: 'vault', expiration: Duration.minutes(10) }),
      ],
    }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(ofStore({
      name: 'identity',
      projected: {
        defaultMode: 0o440,
        sources: [
          { configMap: { name: 'settings' } },
          { secret: { name: 'store-tls', items: [{ key: 'ca.crt', path: 'tls/ca.crt' }], optional: true } },
          { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
          { serviceAccountToken: { path: 'vault', audience: 'vault', expirationSeconds: 600 } },
        ],
      },
    }));
  });

  test('a token is for the API server, for an hour, unless said otherwise', () => {
    const chart = withMount(scope => new ProjectedVolume(scope, 'Bundle', { sources: [ProjectedSource.serviceAccountToken()] }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(ofStore({
      projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] },
    }));
  });

  test('a ConfigMap in it rolls the members when it changes', () => {
    const annotations = (value: string) => {
      const chart = withMount(scope => new ProjectedVolume(scope, 'Bundle', {
        sources: [ProjectedSource.configMap(new kplus.ConfigMap(scope, 'Settings', { data: { value } }))],
      }));
      return (find(chart, 'StatefulSet', 'store') as { spec?: { template?: { metadata?: { annotations?: object } } } }).spec?.template?.metadata?.annotations;
    };
    expect(annotations('a')).toEqual({ 'cdk8s-stateful/config-checksum': expect.any(String) });
    expect(annotations('a')).not.toEqual(annotations('b'));
  });
});

describe('both', () => {
  test.each([
    ['PodInfo', (scope: Chart) => new DownwardApiVolume(scope, 'PodInfo', { fields: { name: DownwardField.podName() } })],
    ['Bundle', (scope: Chart) => new ProjectedVolume(scope, 'Bundle', { sources: [ProjectedSource.serviceAccountToken()] })],
  ])('%s is refused in a Pod that would render an empty directory', (id, make) => {
    const chart = newChart('shop');
    const api = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
    const volume = make(chart);
    api.containers[0].mount('/etc/info', volume);
    expect(() => synth(chart)).toThrow(`test/Api mounts '${volume.name}' (test/${id}), but only a StatefulWorkload or a SharedScratchPod can mount it. ` +
      'Add a claim or volume to the workload that mounts it.');
  });

  test('two containers mount one volume', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store');
    const volume = new DownwardApiVolume(chart, 'PodInfo', { fields: { name: DownwardField.podName() } });
    store.addContainer({ image: 'a:1' }).mount('/a', volume);
    store.addInitContainer({ image: 'a:1' }).mount('/b', volume);
    expect(find(chart, 'StatefulSet', 'store')).toHaveProperty('spec.template.spec.volumes', [expect.objectContaining({ name: 'pod-info' })]);
  });

  test('a second synthesis gives the same bytes', () => {
    const chart = withMount(scope => new ProjectedVolume(scope, 'Bundle', { sources: [ProjectedSource.serviceAccountToken()] }));
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
  });
});

const name = DownwardField.podName();
const token = (path: string) => ProjectedSource.serviceAccountToken({ path });

test.each<[string, (scope: Chart) => void, Refusal]>([
  ['no field', scope => new DownwardApiVolume(scope, 'Info', { fields: {} }), { where: 'test/Info', property: 'fields' }],
  ['an absolute path', scope => new DownwardApiVolume(scope, 'Info', { fields: { '/name': name } }),
    { where: 'test/Info', property: 'fields', got: '/name' }],
  ['a path that leaves the mount', scope => new DownwardApiVolume(scope, 'Info', { fields: { '../name': name } }), "got '../name', expected a path relative to the mount"],
  ['an empty path', scope => new DownwardApiVolume(scope, 'Info', { fields: { '': name } }), "got '', expected a path relative to the mount"],
  ['a file where there is a folder', scope => new DownwardApiVolume(scope, 'Info', { fields: { 'a': name, 'a/b': name } }),
    "test/Info: the files 'a' and 'a/b' of the volume collide. Change the path of one of them."],
  ['a mode beyond permissions', scope => new DownwardApiVolume(scope, 'Info', { fields: { name }, defaultMode: 0o1777 }),
    { where: 'test/Info', property: 'defaultMode', got: 1023 }],
  ['a name that is none', scope => new DownwardApiVolume(scope, 'Info', { fields: { name }, name: 'Pod_Info' }), { where: 'test/Info', property: 'name', got: 'Pod_Info' }],
  ['an empty label key', () => DownwardField.label(''), { where: 'DownwardField', property: 'key', got: '' }],
  ['an annotation key that ends the field path', () => DownwardField.annotation("a'] b"), { where: 'DownwardField', property: 'key' }],
  ['an unknown resource', () => DownwardField.resource('main', 'limits.gpu' as kplus.ResourceFieldPaths), { where: 'DownwardField.resource', property: 'resource', got: 'limits.gpu' }],
  ['no source', scope => new ProjectedVolume(scope, 'All', { sources: [] }), { where: 'test/All', property: 'sources' }],
  ['two sources of one file', scope => new ProjectedVolume(scope, 'All', { sources: [token('t'), token('t')] }), "test/All: the files 't' and 't' of the volume collide. Change the path of one of them."],
  ['a source without keys', scope => ProjectedSource.secret(kplus.Secret.fromSecretName(scope, 'S', 's'), { items: {} }),
    { where: 'ProjectedSource.secret', property: 'items' }],
  ['a downward source without fields', () => ProjectedSource.downwardApi({}), { where: 'ProjectedSource.downwardApi', property: 'fields' }],
  ['a token for a minute', () => ProjectedSource.serviceAccountToken({ expiration: Duration.minutes(1) }),
    { where: 'ProjectedSource.serviceAccountToken', property: 'expiration in seconds', got: 60 }],
])('%s is refused', (_, build, refusal) => {
  expectInvalid(() => build(newChart('shop')), refusal);
});
