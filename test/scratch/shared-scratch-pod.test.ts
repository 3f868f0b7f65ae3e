import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { DownwardApiVolume, DownwardField, SharedScratchPod, SharedScratchPodProps, StatefulWorkload } from 'cdk8s-stateful';

const writer = { image: 'updater:1.12', mountPath: '/opt' };
const reader = { image: 'update_checker:1.12', mountPath: '/mnt' };

function scratchPod(props: SharedScratchPodProps = {}, chart = newChart('shop')): { chart: Chart; scratch: SharedScratchPod } {
  return { chart, scratch: new SharedScratchPod(chart, 'Reports', props) };
}

function pair(props: SharedScratchPodProps = {}): Chart {
  const { chart, scratch } = scratchPod(props);
  scratch.addWriter(writer);
  scratch.addReader(reader);
  return chart;
}

const mount = (mountPath: string, readOnly: boolean) => [{ name: 'scratch', mountPath, readOnly }];

describe('writers and readers', () => {
  test('share one emptyDir, which readers can only read', () => {
    expect(find(pair(), 'Pod', 'reports')).toMatchObject({
      spec: {
        containers: [
          { name: 'writer', image: 'updater:1.12', volumeMounts: mount('/opt', false) },
          { name: 'reader', image: 'update_checker:1.12', volumeMounts: mount('/mnt', true) },
        ],
        volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }],
      },
    });
  });

  test('share nothing else, even if created from the same properties', () => {
    const { chart, scratch } = scratchPod();
    const common = { image: 'a:1', volumeMounts: [], mountPath: '/data' };
    scratch.addWriter(common);
    scratch.addReader(common);
    expect(find(chart, 'Pod', 'reports')).toMatchObject({
      spec: { containers: [{ name: 'writer', volumeMounts: mount('/data', false) }, { name: 'reader', volumeMounts: mount('/data', true) }] },
    });
  });

  test('can include a container that was added to the Pod itself', () => {
    const { chart, scratch } = scratchPod();
    scratch.addReader(reader);
    scratch.pod.addContainer({ name: 'producer', image: 'a:1' }).mount('/out', scratch.scratch);
    expect(find(chart, 'Pod', 'reports')).toMatchObject({ spec: { containers: [{ name: 'reader' }, { name: 'producer', volumeMounts: [{ mountPath: '/out' }] }] } });
  });

  test('can be several, named after their roles by default', () => {
    const { chart, scratch } = scratchPod();
    for (const name of [undefined, undefined, 'audit']) {
      scratch.addWriter({ ...writer, name });
      scratch.addReader({ ...reader, name: name && `${name}-reader` });
    }
    expect(find(chart, 'Pod', 'reports')).toMatchObject({
      spec: { containers: ['writer', 'reader', 'writer-2', 'reader-2', 'audit', 'audit-reader'].map(name => ({ name })) },
    });
  });

  test('take all properties of a container', () => {
    const { chart, scratch } = scratchPod();
    const added = scratch.addWriter({
      ...writer,
      command: ['update'],
      envVariables: { A: kplus.EnvValue.fromValue('b') },
      ports: [{ number: 8080, name: 'http' }],
      securityContext: { user: 999 },
      resources: { memory: { limit: Size.mebibytes(64) } },
      liveness: kplus.Probe.fromHttpGet('/', { port: 8080 }),
    });
    added.mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'Tmp', 'tmp'));
    expect(find(chart, 'Pod', 'reports')).toMatchObject({
      spec: {
        containers: [{
          command: ['update'],
          env: [{ name: 'A', value: 'b' }],
          ports: [{ containerPort: 8080, name: 'http' }],
          securityContext: { runAsUser: 999, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          resources: { limits: { memory: '64Mi' } },
          livenessProbe: { httpGet: { path: '/' } },
          volumeMounts: [{ name: 'scratch' }, { name: 'tmp' }],
        }],
      },
    });
  });

  test('have small resources and no CPU limit by default', () => {
    const pod = find(pair(), 'Pod', 'reports');
    expect(pod).toMatchObject({ spec: { containers: [{ resources: { requests: { cpu: '50m', memory: '256Mi' }, limits: { memory: '256Mi' } } }, {}] } });
    expect(pod).not.toHaveProperty('spec.containers.0.resources.limits.cpu');
  });

  test('can mount the volumes of this library', () => {
    const { chart, scratch } = scratchPod();
    scratch.addWriter(writer).mount('/etc/pod', new DownwardApiVolume(chart, 'PodInfo', { fields: { name: DownwardField.podName() } }));
    expect(find(chart, 'Pod', 'reports')).toMatchObject({
      spec: { volumes: [{ name: 'scratch', emptyDir: {} }, { name: 'pod-info', downwardAPI: { items: [{ path: 'name' }] } }] },
    });
  });
});

describe('sidecars', () => {
  test('are restartable init containers, in the order in which they were added', () => {
    const { chart, scratch } = scratchPod({ restartPolicy: kplus.RestartPolicy.NEVER });
    scratch.addWriter({ ...writer, name: 'fetch', sidecar: true });
    scratch.addReader({ ...reader, name: 'upload', sidecar: true });
    scratch.addReader({ ...reader, name: 'work' });
    expect(find(chart, 'Pod', 'reports')).toMatchObject({
      spec: {
        restartPolicy: 'Never',
        initContainers: [
          { name: 'fetch', restartPolicy: 'Always', volumeMounts: mount('/opt', false) },
          { name: 'upload', restartPolicy: 'Always', volumeMounts: mount('/mnt', true) },
        ],
        containers: [{ name: 'work', volumeMounts: mount('/mnt', true) }],
      },
    });
  });

  test('can be declared with restartPolicy, as in cdk8s-plus, and can have probes', () => {
    const { chart, scratch } = scratchPod();
    scratch.addWriter(writer);
    scratch.addReader({ ...reader, restartPolicy: kplus.ContainerRestartPolicy.ALWAYS, startup: kplus.Probe.fromCommand(['ready']) });
    expect(find(chart, 'Pod', 'reports')).toMatchObject({ spec: { initContainers: [{ name: 'reader', restartPolicy: 'Always', startupProbe: { exec: { command: ['ready'] } } }] } });
  });
});

describe('the Pod', () => {
  test('is restricted: no root, no token, no service links, seccomp', () => {
    expect(find(pair(), 'Pod', 'reports')).toMatchObject({
      spec: {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: 'Always',
        securityContext: { runAsNonRoot: true, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      },
    });
  });

  test('is restricted with additional containers too, and these are checked', () => {
    const { chart, scratch } = scratchPod();
    scratch.addWriter(writer);
    scratch.pod.addContainer({ name: 'web', image: 'web:1' });
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
    expect(find(chart, 'Pod', 'reports')).toMatchObject({ spec: { containers: [{ name: 'writer', securityContext }, { name: 'web', securityContext }] } });
    expect(() => scratch.pod.addContainer({ name: 'web', image: 'web:1' })).toThrow("test/Reports: the container name 'web' is already taken in this Pod");
  });

  test.each([
    [{ user: 999 }, { runAsUser: 999, runAsGroup: 999, fsGroup: 999 }],
    [{ user: 999, group: 33 }, { runAsUser: 999, runAsGroup: 33, fsGroup: 33 }],
    [{ user: 999, fsGroup: 7 }, { runAsUser: 999, runAsGroup: 999, fsGroup: 7 }],
    [{ supplementalGroups: [5] }, { fsGroup: 1000, supplementalGroups: [5] }],
  ])('%j: the containers share a group', (security, securityContext) => {
    expect(find(pair({ security }), 'Pod', 'reports')).toMatchObject({ spec: { securityContext } });
  });

  test('has the properties that can be changed', () => {
    expect(find(pair({
      name: 'exports',
      podLabels: { team: 'a' },
      podAnnotations: { note: 'b' },
      priorityClassName: 'high',
      terminationGrace: Duration.seconds(5),
      sizeLimit: Size.mebibytes(1536),
      serviceAccount: kplus.ServiceAccount.fromServiceAccountName(newChart(), 'Account', 'reporter'),
      automountServiceAccountToken: true,
    }), 'Pod', 'exports')).toMatchObject({
      metadata: { labels: { 'team': 'a', 'app.kubernetes.io/instance': 'exports' }, annotations: { note: 'b' } },
      spec: {
        priorityClassName: 'high',
        terminationGracePeriodSeconds: 5,
        serviceAccountName: 'reporter',
        automountServiceAccountToken: true,
        volumes: [{ emptyDir: { sizeLimit: '1536Mi' } }],
      },
    });
  });

  test('can share memory, with a smaller default limit', () => {
    expect(find(pair({ medium: kplus.EmptyDirMedium.MEMORY }), 'Pod', 'reports')).toMatchObject({
      spec: { volumes: [{ emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }] },
    });
    expect(find(pair({ medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: Size.mebibytes(255) }), 'Pod', 'reports')).toMatchObject({
      spec: { volumes: [{ emptyDir: { medium: 'Memory', sizeLimit: '255Mi' } }] },
    });
  });

  test('in memory, is limited by the memory of all writers, however they were added', () => {
    const { chart, scratch } = scratchPod({ medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: Size.mebibytes(767) });
    scratch.addWriter(writer);
    scratch.addWriter({ ...writer, sidecar: true });
    scratch.pod.addContainer({ image: 'a:1', name: 'more', resources: { memory: { limit: Size.mebibytes(256) } } }).mount('/opt', scratch.scratch);
    scratch.addReader({ ...reader, resources: {} });
    expect(() => synth(chart)).not.toThrow();
  });

  test('in memory, is not checked if a writer has no limit', () => {
    const { chart, scratch } = scratchPod({ medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: Size.gibibytes(4) });
    scratch.addWriter({ ...writer, resources: {} });
    expect(() => synth(chart)).not.toThrow();
  });
});

describe('the network', () => {
  const policy = { podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'reports.pod' } }, policyTypes: ['Ingress'] };

  test('denies ingress by default', () => {
    expect(find(pair(), 'NetworkPolicy', 'reports').spec).toEqual(policy);
    expect(ofKind(pair({ isolate: false }), 'NetworkPolicy')).toEqual([]);
  });

  test('allows the clients that were granted access', () => {
    const { chart, scratch } = scratchPod();
    scratch.addWriter(writer);
    scratch.addReader({ ...reader, ports: [{ number: 8080, protocol: kplus.Protocol.UDP }] });
    const client = new SharedScratchPod(chart, 'Client');
    client.addWriter(writer);
    scratch.grantConnect(client.pod);
    expect(find(chart, 'NetworkPolicy', 'reports')).toMatchObject({
      spec: { ...policy, ingress: [{ from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'client.pod' } } }], ports: [{ port: 8080, protocol: 'UDP' }] }] },
    });
    expect(ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(['reports', 'client']);
  });

  test('allows egress of limited clients to a Pod that is not isolated', () => {
    const { chart, scratch } = scratchPod({ isolate: false });
    scratch.addWriter({ ...writer, ports: [{ number: 8080 }] });
    scratch.grantConnect(new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] }), { egress: true });
    expect(ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(['api-egress']);
  });

  test('a set with the same name does not select the Pod', () => {
    const { chart, scratch } = scratchPod();
    scratch.addWriter(writer);
    new StatefulWorkload(chart, 'Other', { name: 'reports', isolate: false, containers: [{ image: 'a:1' }] });
    expect(find(chart, 'Service', 'reports-headless')).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'reports' } } });
  });
});

describe('principles', () => {
  test('moving the construct, or another chart id, does not change the manifests', () => {
    const render = (chartId: string, folder: (chart: Chart) => Construct) => {
      const chart = new Chart(new App(), chartId, { namespace: 'shop' });
      new SharedScratchPod(folder(chart), 'Reports').addWriter(writer);
      return JSON.stringify(synth(chart));
    };
    expect(render('a', chart => new Construct(new Construct(chart, 'Team'), 'Jobs'))).toBe(render('b', chart => chart));
  });

  test('a second synthesis gives the same manifests', () => {
    const chart = pair();
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
  });

  test('the Pod is the default child', () => {
    expect(ApiObject.of(scratchPod().scratch).kind).toBe('Pod');
  });

  test('the manifests of updater and update-checker', () => {
    expect(yaml(pair())).toMatchSnapshot();
  });
});

const pathRule = "expected an absolute path other than '/', without ':'. For example '/data'.";

describe('refused in the constructor', () => {
  test.each<[string, SharedScratchPodProps, (scratch: SharedScratchPod, chart: Chart) => void, string]>([
    ['no size', { sizeLimit: Size.gibibytes(0) }, () => {}, "test/Reports: invalid 'sizeLimit': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
    ['an unknown medium, from JavaScript', JSON.parse('{ "medium": "memory" }'), () => {}, "test/Reports: invalid 'medium': got 'memory', expected one of '', Memory. Did you mean 'Memory'?"],
    ['half a second of grace', { terminationGrace: Duration.millis(500) }, () => {}, "test/Reports: invalid 'terminationGrace in seconds': got 0.5, expected a whole number of at least 1."],
    ['a name in capitals', { name: 'Reports' }, () => {}, "test/Reports: invalid 'name': got 'Reports', expected at most 52 characters"],
    ['the label that selects the Pod', { podLabels: { [kplus.Pod.ADDRESS_LABEL]: 'mine' } }, () => {},
      "test/Reports: invalid 'podLabels': got 'cdk8s.io/metadata.addr', expected labels other than the one that selects the Pod."],
    ['a label key with a blank', { podLabels: { 'a b': '' } }, () => {}, "test/Reports: invalid 'podLabels': got 'a b', expected a label key"],
    ['an annotation key with a blank', { podAnnotations: { 'a b': '' } }, () => {}, "test/Reports: invalid 'podAnnotations': got 'a b', expected an annotation key"],
    ['a priority class in capitals', { priorityClassName: 'High' }, () => {}, "test/Reports: invalid 'priorityClassName': got 'High', expected at most 253 characters"],
    ['a negative user', { security: { user: -1 } }, () => {}, "test/Reports: invalid 'security.user': got -1, expected a whole number of at least 0."],
    ['root', { security: { user: 0 } }, scratch => scratch.addWriter(writer), "test/Reports: the container 'writer' runs as user 0, which is root, so it would never start."],
    ['no image', {}, scratch => scratch.addReader({ ...reader, image: '' }), "test/Reports: invalid 'reader.image': got '', expected the name of an image."],
    ['more memory than the limit', {}, scratch => scratch.addWriter({ ...writer, resources: { memory: { request: Size.mebibytes(2), limit: Size.mebibytes(1) } } }),
      "test/Reports: the memory request of 'writer' is 2Mi, more than the limit of 1Mi. Set only the limit"],
    ['two Pods of one name', {}, (_, chart) => new SharedScratchPod(chart, 'Other', { name: 'reports' }),
      "test/Other: the Pod name 'reports' is already taken in the namespace 'shop' by test/Reports. Change the 'name' of one of them."],
    ['a set of one name, whose NetworkPolicy the other would replace', {}, (_, chart) => new StatefulWorkload(chart, 'Other', { name: 'reports' }),
      "test/Other: the NetworkPolicy name 'reports' is already taken in the namespace 'shop' by test/Reports. Change the 'name' of one of them."],
    ['two containers of one name', {}, scratch => { scratch.addWriter({ ...writer, name: 'a' }); scratch.addReader({ ...reader, name: 'a', sidecar: true }); },
      "test/Reports: the container name 'a' is already taken in this Pod. Set another 'name' for the second container."],
    ['a container name in capitals', {}, scratch => scratch.addWriter({ ...writer, name: 'A' }), "test/Reports: invalid 'container name': got 'A', expected at most 63 characters"],
    ['a relative path', {}, scratch => scratch.addWriter({ ...writer, mountPath: 'opt' }), `test/Reports: invalid 'writer.mountPath': got 'opt', ${pathRule}`],
    ['no path', {}, scratch => scratch.addReader({ ...reader, mountPath: '' }), `test/Reports: invalid 'reader.mountPath': got '', ${pathRule}`],
    ['the root as path', {}, scratch => scratch.addReader({ ...reader, mountPath: '/' }), `test/Reports: invalid 'reader.mountPath': got '/', ${pathRule}`],
    ['a path with a colon', {}, scratch => scratch.addReader({ ...reader, mountPath: '/a:ro' }), `test/Reports: invalid 'reader.mountPath': got '/a:ro', ${pathRule}`],
    ['a path that is taken', {}, (scratch, chart) => scratch.addReader({ ...reader, volumeMounts: [{ path: '/mnt', volume: kplus.Volume.fromEmptyDir(chart, 'V', 'v') }] }),
      "test/Reports: the container 'reader' mounts another volume at '/mnt'. Give the scratch space another 'mountPath'."],
    ['a port number of zero', {}, scratch => scratch.addReader({ ...reader, ports: [{ number: 0 }] }), "test/Reports: invalid 'port number': got 0, expected a whole number from 1 to 65535."],
    ['a port of another container', {}, scratch => { scratch.addWriter({ ...writer, portNumber: 80 }); scratch.addReader({ ...reader, ports: [{ number: 80 }], sidecar: true }); },
      "test/Reports: the port 80/TCP is already taken in this Pod by the container 'writer'. Containers of a Pod share its network"],
    ['a grant to a construct of ours, from JavaScript', {}, scratch => Reflect.apply(scratch.grantConnect, scratch, [scratch]),
      "test/Reports.grantConnect: invalid 'client': got the SharedScratchPod test/Reports, expected a kplus.AbstractPod. Pass its 'pod'."],
    ['a grant without ports', {}, (scratch, chart) => scratch.grantConnect(new kplus.Pod(chart, 'Api', { containers: [{ image: 'a:1' }] })),
      "test/Reports: test/Api is granted access, but the containers declare no ports. Set 'ports' of a container before you grant access."],
  ])('%s', (_, props, act, message) => {
    expect(() => {
      const { chart, scratch } = scratchPod(props);
      act(scratch, chart);
    }).toThrow(message);
  });
});

describe('refused at synthesis', () => {
  test('readers without a writer, in memory: only the missing writer is reported', () => {
    const { chart, scratch } = scratchPod({ medium: kplus.EmptyDirMedium.MEMORY });
    scratch.addReader(reader);
    expect(scratch.node.validate()).toEqual(['test/Reports: it has readers, but no writer. Use addWriter().']);
    expect(() => synth(chart)).toThrow();
  });

  test.each<[string, SharedScratchPodProps, (scratch: SharedScratchPod, chart: Chart) => void, string]>([
    ['no containers', {}, () => {}, 'test/Reports: it has no containers. Use addWriter() and addReader().'],
    ['a reader without a writer', {}, scratch => scratch.addReader(reader), 'test/Reports: it has readers, but no writer. Use addWriter().'],
    ['sidecars alone', {}, scratch => scratch.addWriter({ ...writer, sidecar: true }), 'test/Reports: all its containers are sidecars. Add at least one container that is not a sidecar.'],
    ['more memory for files than the writers have, sidecars too', { medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: Size.mebibytes(512) },
      scratch => { scratch.addWriter(writer); scratch.addWriter({ ...writer, sidecar: true }); },
      'test/Reports: a scratch space of 512Mi in memory counts towards the memory limits of the containers that write to it, which total 512Mi: ' +
      "a writer would be killed before the space is full. Lower 'sizeLimit' or raise the limits."],
    ['more memory for files than the writer has, whatever the readers have', { medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: Size.mebibytes(256) },
      scratch => { scratch.addWriter(writer); scratch.addReader({ ...reader, resources: {} }); scratch.addReader({ ...reader, sidecar: true }); },
      'test/Reports: a scratch space of 256Mi in memory counts towards the memory limits of the containers that write to it, which total 256Mi: ' +
      "a writer would be killed before the space is full. Lower 'sizeLimit' or raise the limits."],
    ['a mount in another Pod, where it would be another directory', {}, (scratch, chart) => {
      scratch.addWriter(writer);
      new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] }).containers[0].mount('/mnt', scratch.scratch);
    }, "test/Api mounts 'scratch' (test/Reports), but only the containers of test/Reports can mount it. Add a claim or volume to the workload that mounts it."],
  ])('%s', (_, props, act, message) => {
    const { chart, scratch } = scratchPod(props);
    act(scratch, chart);
    expect(() => synth(chart)).toThrow(message);
  });
});
