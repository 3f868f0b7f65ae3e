import { App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ApiServer } from '../support/api-server';
import { reachableClusters } from '../support/clusters';
import { Manifest } from '../support/manifest';

const twin = { name: 'A', value: '1' };

// The other suites here prove something only if these checks can fail.
describe.each(reachableClusters())('dry runs on $version', ({ kubectl }) => {
  let server: ApiServer;
  beforeAll(async () => { server = await ApiServer.start(kubectl); });
  afterAll(() => server?.stop());

  test('take good objects and leave nothing behind', async () => {
    await server.accept(good());
    expect(await server.namespace.kubectl.list('deployment,statefulset,cronjob,pvc,pod')).toEqual([]);
  });

  test.each<[string, Parts, RegExp]>([
    ['an unknown field', { spec: { replica: 3 } }, /unknown field "spec.replica"/],
    ['a value out of range', { spec: { replicas: -1 } }, /spec.replicas: Invalid value: -1/],
    ['a Pod that is not restricted', { pod: { hostNetwork: true } }, /Pod of .*violates PodSecurity "restricted/],
    ['a mount of a volume that is not there', { spec: { volumeClaimTemplates: [] } }, /volumeMounts\[0\].name: Not found: "data"/],
    ['a bad claim template', { claim: { accessModes: ['Sometimes'] } }, /PersistentVolumeClaim of .*"Sometimes"/],
    ['what the server warns of', { container: { env: [twin, twin] } }, /warning: .*hides previous definition/],
  ])('refuse %s', async (_, parts, message) => {
    expect((await server.refusals([statefulSet(parts)])).join('\n')).toMatch(message);
  });

  test('refuse a workload whose Pods would not be admitted', async () => {
    const refusals = await server.refusals(deployment({}));
    expect(refusals).toContainEqual(expect.stringMatching(/^Deployment.*: warning: would violate PodSecurity/));
    expect(refusals).toContainEqual(expect.stringMatching(/^Pod of Deployment.*: 403 .*violates PodSecurity/));
  });

  const claim = { persistentVolumeClaimName: 'data' };
  test.each<[string, object, RegExp]>([
    ['of a class without a name', { volumeSnapshotClassName: '', source: claim }, /spec\.volumeSnapshotClassName: .*must not be/],
    ['of two things', { source: { ...claim, volumeSnapshotContentName: 'content' } }, /spec\.source/],
    ['of nothing', { source: {} }, /spec\.source/],
    ['with an unknown field', { source: claim, keep: 1 }, /unknown field "spec\.keep"/],
  ])('refuse a snapshot %s', async (_, spec, message) => {
    const snapshot = { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', metadata: { name: 'before' }, spec };
    expect((await server.refusals([snapshot])).join('\n')).toMatch(message);
  });

  test('refuse a kind the server does not know, and two objects of one name', async () => {
    const set = statefulSet();
    expect(await server.refusals([{ ...set, kind: 'StatefulSets' }])).toEqual(['StatefulSets/db: this server has no kind StatefulSets in apps/v1']);
    expect(await server.refusals([set, set])).toEqual(['StatefulSet/db: there are two of this name']);
  });
});

const restricted: kplus.ContainerSecurityContextProps = {
  user: 1000,
  capabilities: { drop: [kplus.Capability.ALL] },
  seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
};

function deployment(securityContext: kplus.ContainerSecurityContextProps): Manifest[] {
  const chart = new Chart(new App(), 'chart', { namespace: 'elsewhere' });
  new kplus.Namespace(chart, 'Namespace');
  new kplus.Deployment(chart, 'Api', { containers: [{ image: 'api:1', portNumber: 8080, securityContext }] });
  return Testing.synth(chart) as Manifest[];
}

function good(): Manifest[] {
  const { spec } = podTemplate();
  const job = { template: { spec: { ...spec, restartPolicy: 'Never', volumes: [{ name: 'data', emptyDir: {} }] } } };
  return [
    ...deployment(restricted),
    statefulSet(),
    { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly' }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: job } } },
  ];
}

const labels = { app: 'db' };

/** What a test puts over a set that is otherwise right. */
interface Parts {
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
  readonly claim?: object;
}

/** Written by hand, because typed constructs prevent most mistakes. */
function statefulSet(parts: Parts = {}): Manifest {
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...parts.claim };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'elsewhere' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: podTemplate(parts),
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      ...parts.spec,
    },
  };
}

function podTemplate(parts: Parts = {}) {
  return {
    metadata: { labels },
    spec: {
      containers: [{
        name: 'main',
        image: 'db:1',
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        ...parts.container,
      }],
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      ...parts.pod,
    },
  };
}
