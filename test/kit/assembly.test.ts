import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Elected, port, Quorum, resources, Sharded } from '../support/engines-to-come';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { DatabaseDesign, DatabaseEngine, DatabaseRequest, IDatabaseEngine, MemberMount, StatefulDatabase, StatefulDatabaseProps } from 'cdk8s-stateful';

function database(engine: IDatabaseEngine, props: Partial<StatefulDatabaseProps> = {}): { chart: Chart; box: StatefulDatabase } {
  const chart = newChart('shop');
  return { chart, box: new StatefulDatabase(chart, 'Box', { engine: DatabaseEngine.of(engine), storage: { size: Size.gibibytes(1) }, ...props }) };
}

const client = (chart: Chart, name = 'api') => new kplus.Deployment(chart, name, { containers: [{ image: 'api:1' }], replicas: 1 });
const names = (chart: Chart, kind: string) => ofKind(chart, kind).map(({ metadata }) => metadata.name).sort();
const address = (name: string) => ({ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': name } } });

describe('a quorum with a second group and tasks', () => {
  test('has a set, a budget, a Service and policies for each group', () => {
    const { chart } = database(new Quorum());
    expect(names(chart, 'StatefulSet')).toEqual(['box', 'box-watcher']);
    expect(names(chart, 'PodDisruptionBudget')).toEqual(['box', 'box-watcher']);
    expect(names(chart, 'Service')).toEqual(['box', 'box-headless', 'box-watcher-headless', 'box-watchers']);
    expect(find(chart, 'Service', 'box-watchers')).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'box-watcher' }, ports: [{ port: 26379 }] } });
    expect(find(chart, 'NetworkPolicy', 'box')).toMatchObject({
      spec: {
        ingress: [
          { from: [address('box')] },
          { from: [address('box-compact.task')], ports: [{ port: 27017 }] },
          { from: [address('box-init.task')], ports: [{ port: 27017 }] },
          { from: [address('box-watcher')], ports: [{ port: 27017 }] },
        ],
      },
    });
  });

  test('knows how many members another group has', () => {
    const { chart } = database(new Quorum());
    expect(find(chart, 'StatefulSet', 'box-watcher').spec).toMatchObject({ template: { spec: { volumes: expect.arrayContaining([{ name: 'members-of-db', configMap: { name: 'box-members' } }]) } } });
  });

  test('has a Job for each content, which runs as restricted as members do', () => {
    const job = (script?: string) => ofKind(database(new Quorum(script)).chart, 'Job')[0];
    expect(job().metadata.name).toMatch(/^box-init-[0-9a-f]{10}$/);
    expect(job().metadata.name).toBe(job().metadata.name);
    expect(job('another').metadata.name).not.toBe(job().metadata.name);
    expect(job()).toMatchObject({
      spec: {
        template: {
          spec: {
            restartPolicy: 'OnFailure',
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { runAsUser: 999, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{
              command: ['sh', '-c', 'initiate'],
              args: ['box-0.box-headless.shop.svc.cluster.local'],
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ name: 'credentials', mountPath: '/credentials', readOnly: true }, { name: 'writable-tmp', mountPath: '/tmp' }],
            }],
          },
        },
      },
    });
  });

  test('has a CronJob for what runs by the clock', () => {
    const { chart } = database(new Quorum());
    expect(find(chart, 'CronJob', 'box-compact')).toMatchObject({ spec: { schedule: '0 0 * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } } } });
  });

  test('lets clients in to what the database tells them', () => {
    const { chart, box } = database(new Quorum());
    const api = client(chart);
    box.grantConnect(api);
    expect(box.connectionEnv()).toMatchObject({ MONGO_URL: { value: expect.stringContaining('db://box-0.box-headless.shop') } });
    expect(synth(chart).filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'box')[0].spec).toMatchObject({
      ingress: expect.arrayContaining([expect.objectContaining({ ports: [{ port: 27017, protocol: 'TCP' }] })]),
    });
  });

  test('closes the Pods of its tasks', () => {
    const { chart } = database(new Quorum(), { egress: true });
    for (const task of ['box-init', 'box-compact']) {
      expect(find(chart, 'NetworkPolicy', `${task}.task`).spec).toEqual({ ...address(`${task}.task`), policyTypes: ['Ingress'] });
      expect(find(chart, 'NetworkPolicy', `${task}-egress`).spec).toMatchObject({ ...address(`${task}.task`), policyTypes: ['Egress'], egress: [{ to: [address('box')], ports: [{ port: 27017 }] }, {}] });
    }
  });

  test('renders the same twice', () => {
    expect(yaml(database(new Quorum()).chart)).toBe(yaml(database(new Quorum()).chart));
  });
});

describe('members that elect their primary', () => {
  test('have an account of their own with just the rights that they need, and a token', () => {
    const { chart } = database(new Elected(), { readReplicas: 2 });
    expect(find(chart, 'Role', 'box')).toMatchObject({
      rules: [
        { apiGroups: [''], resources: ['pods', 'endpoints', 'configmaps'], verbs: ['get', 'list', 'patch'] },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update'] },
      ],
    });
    expect(find(chart, 'RoleBinding', 'box')).toMatchObject({ roleRef: { kind: 'Role', name: 'box' }, subjects: [{ kind: 'ServiceAccount', name: 'box' }] });
    expect(find(chart, 'ServiceAccount', 'box')).toMatchObject({ automountServiceAccountToken: false });
    expect(find(chart, 'StatefulSet', 'box')).toMatchObject({ spec: { template: { spec: { serviceAccountName: 'box', automountServiceAccountToken: true } } } });
  });

  test('give their rights to the account that the user names', () => {
    const chart = newChart('shop');
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'mine');
    new StatefulDatabase(chart, 'Box', { engine: new Elected(), storage: { size: Size.gibibytes(1) }, serviceAccount });
    expect(ofKind(chart, 'ServiceAccount')).toEqual([]);
    expect(find(chart, 'RoleBinding', 'box')).toMatchObject({ subjects: [{ kind: 'ServiceAccount', name: 'mine' }] });
  });

  test('are found by the label that they give themselves', () => {
    const { chart, box } = database(new Elected(), { readReplicas: 2 });
    expect(find(chart, 'Service', 'box')).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'box', 'role': 'primary' } } });
    expect(find(chart, 'Service', 'box-read')).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'box', 'role': 'replica' } } });
    expect(box.readHost).toBe('box-read.shop.svc.cluster.local');
  });
});

describe('shards', () => {
  test('are sets of their own with volumes of their own, which the routers alone reach', () => {
    const { chart, box } = database(new Sharded());
    expect(names(chart, 'StatefulSet')).toEqual(['box', 'box-shard0', 'box-shard1']);
    expect(box.statefulWorkload.name).toBe('box');
    for (const shard of ['box-shard0', 'box-shard1']) {
      expect(find(chart, 'StatefulSet', shard)).toMatchObject({ spec: { replicas: 3, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } });
      expect(find(chart, 'NetworkPolicy', shard)).toMatchObject({ spec: { ingress: [{ from: [address(shard)] }, { from: [address('box')], ports: [{ port: 27018 }] }] } });
    }
    expect(find(chart, 'StatefulSet', 'box').spec).not.toHaveProperty('volumeClaimTemplates');
  });

  test('a second database of the same name is refused before its objects are made twice', () => {
    const { chart } = database(new Sharded());
    expect(() => new StatefulDatabase(chart, 'Other', { name: 'box-shard1', engine: new Elected(), storage: { size: Size.gibibytes(1) } })).toThrow("the StatefulSet name 'box-shard1' is already taken");
  });
});

test.each([
  ['a claim in a task', (request: DatabaseRequest): DatabaseDesign => {
    const design = new Quorum().design(request);
    return { ...design, tasks: [{ name: 'box-init', container: { name: 'init', image: 'db:1', resources }, mounts: [MemberMount.claim('data', '/data', request.storage)] }] };
  }, "the task 'box-init' mounts 'data', which only members can mount. Tasks can only mount Secrets and folders."],
  ['a group that is not there', (request: DatabaseRequest): DatabaseDesign => {
    const design = new Elected().design(request);
    return { ...design, read: { name: 'box-read', group: request.names.group('replica'), ports: [port('postgres', 5432)] } };
  }, "its design refers to the group 'box-replica', which does not exist"],
])('a design with %s is refused', (_, design, message) => {
  expect(() => database({ name: 'wrong', design })).toThrow(message);
});
