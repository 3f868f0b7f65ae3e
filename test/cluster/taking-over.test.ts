/** @beside-others */
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { DatabaseEngine, PostgresVersion, SetIdentity, StatefulDatabase, StatefulWorkload } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

/** A set as people write it by hand, with its Service: without a restriction, and started one after the other. */
function handWritten(name: string, claim: Manifest['metadata'], podSpec: object, replicas: number): Manifest[] {
  const labels = { app: name };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { clusterIP: 'None', selector: labels, ports: [{ name: 'server', port: 5432 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        replicas,
        serviceName: name,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec },
        volumeClaimTemplates: [{ metadata: claim, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
      },
    },
  ];
}

/** Makes objects as `kubectl create` does, which kubectl apply knows nothing of afterwards. */
async function create(kubectl: Kubectl, manifests: Manifest[]): Promise<void> {
  await kubectl.run(['create', '-f', '-'], { input: listOf(manifests) });
}

/** Tells kubectl apply what the objects are, so that it removes what is not in the new ones. As docs/taking-over-a-set.md says. */
async function tellApply(kubectl: Kubectl, ...resources: string[]): Promise<void> {
  await kubectl.run(['apply', 'set-last-applied', '--create-annotation', '-f', '-'], { input: await kubectl.run(['get', ...resources, '-o', 'yaml']) });
}

function listOf(items: Manifest[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** What must be the same object afterwards: the set, its Service and its claims. */
async function uids(kubectl: Kubectl, ...resources: string[]): Promise<string> {
  return (await kubectl.run(['get', ...resources, '-o', 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid}{"\\n"}{end}'])).trim();
}

describe('a set of files', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  const running: SetIdentity = { serviceName: 'files', selectorLabels: { app: 'files' } };
  const kept = () => uids(kubectl, 'statefulset/files', 'service/files', 'pvc/data-files-0', 'pvc/data-files-1');
  const pods = () => uids(kubectl, 'pod/files-0', 'pod/files-1');
  const file = (pod: string) => kubectl.exec(pod, ['cat', '/data/name']);

  function taken(identity: SetIdentity, { name = 'files', claim = 'data' } = {}): Manifest[] {
    const chart = newChart(namespace.name);
    const files = new StatefulWorkload(chart, 'Files', {
      name,
      replicas: 2,
      identity,
      security: { restricted: false },
      terminationGrace: Duration.seconds(1),
      isolate: false,
    });
    const main = files.addContainer({
      image: 'busybox:1.35',
      command: ['sh', '-c', 'while true; do sleep 1; done'],
      ports: [{ number: 5432, name: 'server' }],
      readiness: kplus.Probe.fromCommand(['test', '-s', '/data/name'], { periodSeconds: Duration.seconds(1) }),
      resources: {},
    });
    main.mount('/data', files.addClaim(claim, { size: Size.gibibytes(1) }));
    return synth(chart);
  }

  /** What the API server says of an apply, which changes nothing. */
  const dryRun = (manifests: Manifest[], ...args: string[]) => kubectl.run(['apply', '--dry-run=server', '-f', '-', ...args], { input: listOf(manifests) });
  /** The names of the containers that its Pods would have. */
  const containers = async () => (await dryRun(taken(running).filter(({ kind }) => kind === 'StatefulSet'), '-o', 'jsonpath={.spec.template.spec.containers[*].name}')).trim();

  beforeAll(async () => {
    namespace = await TestNamespace.create('taken', cluster, 'privileged');
    kubectl = namespace.kubectl;
    await create(kubectl, handWritten('files', { name: 'data' }, {
      terminationGracePeriodSeconds: 1,
      containers: [{
        name: 'keeper',
        image: 'busybox:1.35',
        command: ['sh', '-c', 'umask 077; test -e /data/name || hostname > /data/name; while true; do sleep 1; done'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      }],
    }, 2));
    await kubectl.wait('statefulset/files', 'jsonpath={.status.availableReplicas}=2', 90);
  });
  afterAll(async () => { await namespace?.delete({ wait: false }); });

  test.each<[what: string, manifests: () => Manifest[], refusal: string]>([
    ['another selector', () => taken({ ...running, selectorLabels: { app: 'other' } }), 'updates to statefulset spec'],
    ['another name of a claim', () => taken(running, { claim: 'files' }), 'updates to statefulset spec'],
    ['another governing Service', () => taken({ ...running, serviceName: 'others' }), 'updates to statefulset spec'],
    ['labels on its claims', () => taken({ ...running, claimLabels: { app: 'files' } }), 'updates to statefulset spec'],
  ])('is not taken over with %s: the API server refuses', async (_, manifests, refusal) => {
    await expect(dryRun(manifests())).rejects.toThrow(refusal);
  });

  test('has no second, empty one, unless it is called otherwise', async () => {
    expect(await dryRun(taken(running, { name: 'files-new' }))).toContain('statefulset.apps/files-new created');
    expect(await dryRun(taken(running))).toContain('statefulset.apps/files configured');
  });

  test('keeps a governing Service that has a cluster IP: the API server refuses to take it away', async () => {
    await kubectl.apply([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'others' }, spec: { selector: { app: 'files' }, ports: [{ port: 5432 }] } }]);
    await expect(dryRun(taken({ ...running, serviceName: 'others' }))).rejects.toThrow('may not change once set');
  });

  test('would keep its old containers beside the new ones, until kubectl knows what they were made of', async () => {
    expect(await containers()).toBe('main keeper');
    await tellApply(kubectl, 'statefulset/files', 'service/files');
    expect(await containers()).toBe('main');
  });

  test('is taken over with its files: every Pod is replaced once, and nothing else', async () => {
    const before = await kept();
    const podsBefore = await pods();
    await kubectl.apply(taken(running));
    await measure('roll of two members', () => kubectl.rolloutStatus('statefulset/files', 90));
    expect(await kept()).toBe(before);
    const podsAfter = (await pods()).split('\n');
    expect(podsAfter.filter(pod => podsBefore.includes(pod))).toEqual([]);
    expect((await file('files-0')).trim()).toBe('files-0');
    expect((await file('files-1')).trim()).toBe('files-1');

    await kubectl.apply(taken(running));
    await kubectl.rolloutStatus('statefulset/files', 90);
    expect((await pods()).split('\n')).toEqual(podsAfter);
  });

  test('is made anew around its Pods, where it is to have what cannot be changed', async () => {
    const before = await pods();
    await kubectl.delete('statefulset', 'files', '--cascade=orphan');
    await kubectl.apply(taken({ ...running, serviceName: undefined }));
    await kubectl.wait('statefulset/files', 'jsonpath={.status.readyReplicas}=2', 60);
    await waitUntil('the set to have adopted its Pods', 30, async () => await pods() === before || 'not the same Pods');
  });
});

describe('a database', () => {
  const image = PostgresVersion.V17._image;
  const test = itUnless(imageMissing(image));
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  const kept = () => uids(kubectl, 'statefulset/pg', 'service/pg', 'pvc/pgdata-pg-0');
  const sql = async (container: string, statement: string) =>
    (await kubectl.exec('pg-0', ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement], { container })).trim();

  beforeAll(async () => {
    namespace = await TestNamespace.create('taken', cluster, 'privileged');
    kubectl = namespace.kubectl;
  });
  afterAll(async () => { await namespace?.delete({ wait: false }); });

  test('is taken over with its rows', async () => {
    await kubectl.run(['create', 'secret', 'generic', 'pg-credentials', '--from-literal=username=app', '--from-literal=password=secret']);
    await create(kubectl, handWritten('pg', { name: 'pgdata', labels: { app: 'pg' } }, {
      securityContext: { runAsUser: 999, runAsGroup: 999, fsGroup: 999 },
      containers: [{
        name: 'db',
        image,
        env: Object.entries({ POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'app', PGDATA: '/var/lib/postgresql/data/pgdata' })
          .map(([name, value]) => ({ name, value })),
        readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1', '-U', 'app'] }, periodSeconds: 1 },
        volumeMounts: [{ name: 'pgdata', mountPath: '/var/lib/postgresql/data' }],
      }],
    }, 1));
    await measure('a database by hand', () => kubectl.wait('statefulset/pg', 'jsonpath={.status.availableReplicas}=1', 120));
    await sql('db', 'create table orders as select * from generate_series(1, 1000) as id');
    const before = await kept();
    await tellApply(kubectl, 'statefulset/pg', 'service/pg');

    const chart = newChart(namespace.name);
    new StatefulDatabase(chart, 'Pg', {
      engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
      identity: {
        serviceName: 'pg',
        selectorLabels: { app: 'pg' },
        claimLabels: { app: 'pg' },
        claimNames: { data: 'pgdata' },
        podManagement: kplus.PodManagementPolicy.ORDERED_READY,
      },
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(320) } },
    });
    await kubectl.apply(synth(chart));
    await measure('the same database, taken over', () => kubectl.rolloutStatus('statefulset/pg', 120)).catch(namespace.reportAndThrow);
    expect(await kept()).toBe(before);
    expect(await sql('postgres', 'select count(*) from orders')).toBe('1000');
  });
});
