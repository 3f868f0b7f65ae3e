import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import { ClaimRetention, KafkaVersion, Placement, StorageClass, ZooKeeperEnsemble, ZooKeeperEnsembleProps, ZooKeeperVersion } from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(10) };

function ensemble(props: Partial<ZooKeeperEnsembleProps> = {}, chart = newChart('shop')): { chart: Chart; zk: ZooKeeperEnsemble } {
  return { chart, zk: new ZooKeeperEnsemble(chart, 'Zk', { storage, ...props }) };
}

const server = (container: object) => ({ spec: { template: { spec: { containers: [container] } } } });
const zooCfg = (chart: Chart) => (find(chart, 'ConfigMap', 'zk-config').data as { 'zoo.cfg': string })['zoo.cfg'];

describe('members', () => {
  test.each([[1, 1], [3, 3], [5, 5], [7, 7]])('%i: replicas, the number that members read, and the connect string are derived', (members, replicas) => {
    const { chart, zk } = ensemble({ members });
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject({ spec: { replicas, podManagementPolicy: 'Parallel', serviceName: 'zk-headless' } });
    expect(find(chart, 'ConfigMap', 'zk-members')).toMatchObject({ data: { members: `${members}` } });
    expect(zk.connectString.split(',')).toHaveLength(members);
  });

  test('three by default; at most one down, and never two on a node', () => {
    const { chart } = ensemble();
    expect(find(chart, 'PodDisruptionBudget', 'zk')).toMatchObject({ spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject({
      spec: {
        replicas: 3,
        template: { spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }] } } } },
      },
    });
  });

  test('a single member has no budget', () => {
    expect(ofKind(ensemble({ members: 1 }).chart, 'PodDisruptionBudget')).toEqual([]);
  });

  test('a change of the number restarts no member', () => {
    const template = (members: number) => (find(ensemble({ members }).chart, 'StatefulSet', 'zk') as { spec?: { template?: object } }).spec?.template;
    expect(template(3)).toBeDefined();
    expect(template(5)).toEqual(template(3));
    expect(template(1)).toEqual(template(3));
  });

  test('start with a script that checks the volume, and know their domain', () => {
    expect(find(ensemble().chart, 'StatefulSet', 'zk')).toMatchObject(server({
      command: ['bash', '/etc/cdk8s-stateful/files/start.sh'],
      env: expect.arrayContaining([{ name: 'SET_DOMAIN', value: 'zk-headless.shop.svc.cluster.local' }]),
    }));
    expect(Object.keys(find(ensemble().chart, 'ConfigMap', 'zk-config').data as object).sort()).toEqual([
      'decide.sh', 'ensemble.sh', 'founding.sh', 'java.security', 'keep.sh', 'lock.sh', 'members.sh', 'probe.sh', 'start.sh', 'stop.sh', 'zoo.cfg',
    ]);
  });

  test.each([[undefined, 60, '30'], [Duration.seconds(301), 301, '150']])('wait before they stop for half of the grace period (%p)', (terminationGrace, seconds, bound) => {
    expect(find(ensemble({ terminationGrace }).chart, 'StatefulSet', 'zk')).toMatchObject({
      spec: {
        template: {
          spec: {
            terminationGracePeriodSeconds: seconds,
            containers: [{
              lifecycle: { preStop: { exec: { command: ['bash', '/etc/cdk8s-stateful/files/stop.sh'] } } },
              env: expect.arrayContaining([{ name: 'STOP_BOUND', value: bound }]),
            }],
          },
        },
      },
    });
  });

  test('are resolvable before they are ready', () => {
    expect(find(ensemble().chart, 'Service', 'zk-headless')).toMatchObject({
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, ports: [{ name: 'client', port: 2181 }, { name: 'quorum', port: 2888 }, { name: 'election', port: 3888 }] },
    });
  });
});

describe('clients', () => {
  test('reach all members by name, or the ready ones by a single address', () => {
    const { chart, zk } = ensemble();
    expect(zk.connectString).toBe([0, 1, 2].map(i => `zk-${i}.zk-headless.shop.svc.cluster.local:2181`).join(','));
    expect([zk.host, zk.port]).toEqual(['zk.shop.svc.cluster.local', 2181]);
    const service = find(chart, 'Service', 'zk');
    expect(service).toMatchObject({ spec: { selector: { 'cdk8s.io/metadata.addr': 'zk' }, ports: [{ name: 'client', port: 2181 }] } });
    expect(service).not.toHaveProperty('spec.publishNotReadyAddresses');
  });

  test('without a namespace, or with another cluster domain', () => {
    const { zk } = ensemble({ members: 1 }, newChart());
    expect([zk.connectString, zk.host]).toEqual(['zk-0.zk-headless:2181', 'zk']);
    const other = ensemble({ members: 1, clusterDomain: 'k8s.example' }).zk;
    expect([other.connectString, other.host]).toEqual(['zk-0.zk-headless.shop.svc.k8s.example:2181', 'zk.shop.svc.k8s.example']);
  });

  test('get the connect string, and access to the client port only', () => {
    const { chart, zk } = ensemble();
    const api = new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }, { image: 'b:1', name: 'b' }] });
    zk.grantConnect(api);
    zk.grantConnect(api); // twice is once
    const env = [{ name: 'ZOOKEEPER_CONNECT', value: zk.connectString }];
    expect(find(chart, 'Deployment', 'api')).toMatchObject({ spec: { template: { spec: { containers: [{ env }, { env }] } } } });
    const label = api.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL);
    expect(find(chart, 'NetworkPolicy', 'zk').spec).toMatchObject({
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'zk' } } }] },
        { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': label } } }], ports: [{ port: 2181, protocol: 'TCP' }] },
      ],
    });
    expect(ofKind(chart, 'NetworkPolicy')).toHaveLength(1);
  });

  test('can be granted network access without variables', () => {
    const { chart, zk } = ensemble({}, newChart('shop'));
    const api = new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' } }); // it may get its containers later
    zk.grantNetwork(api, { egress: true });
    api.addContainer({ image: 'a:1' });
    expect(find(chart, 'NetworkPolicy', 'zk')).toMatchObject({ spec: { ingress: [{}, { ports: [{ port: 2181, protocol: 'TCP' }] }] } });
    expect(find(chart, 'NetworkPolicy', 'api-egress')).toMatchObject({ spec: { egress: [{ ports: [{ port: 2181, protocol: 'TCP' }] }, {}] } });
    expect(api.containers[0].env.variables).toEqual({});
  });

  test('that cannot be granted access get no variables', () => {
    const api = new kplus.Deployment(newChart(), 'Api', { containers: [{ image: 'a:1' }] });
    expect(() => ensemble().zk.grantConnect(api)).toThrow('a workload without a namespace is granted access');
    expect(api.containers[0].env.variables).toEqual({});
  });

  test('without isolation there is no policy; the variable is set', () => {
    const { chart, zk } = ensemble({ isolate: false });
    zk.grantConnect(new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] }));
    expect(ofKind(chart, 'NetworkPolicy')).toEqual([]);
    expect(find(chart, 'Deployment', 'api')).toMatchObject(server({ env: [{ name: 'ZOOKEEPER_CONNECT' }] }));
  });
});

describe('the server', () => {
  test('runs the official image of the version as its user', () => {
    expect(find(ensemble().chart, 'StatefulSet', 'zk')).toMatchObject(server({ image: 'docker.io/library/zookeeper:3.9.5-jre-17' }));
    expect(find(ensemble({ version: ZooKeeperVersion.of('3.9.4') }).chart, 'StatefulSet', 'zk')).toMatchObject(server({ image: 'docker.io/library/zookeeper:3.9.4' }));
    expect(find(ensemble({ image: 'mirror/zookeeper:1' }).chart, 'StatefulSet', 'zk')).toMatchObject(server({ image: 'mirror/zookeeper:1' }));
    expect(find(ensemble().chart, 'StatefulSet', 'zk')).toMatchObject({
      spec: { template: { spec: { enableServiceLinks: false, securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' } } } },
    });
  });

  test('has a read-only root, and writes to volumes', () => {
    expect(find(ensemble().chart, 'StatefulSet', 'zk')).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{
              securityContext: { readOnlyRootFilesystem: true },
              volumeMounts: [
                { mountPath: '/data', name: 'data' },
                { mountPath: '/etc/cdk8s-stateful/files', name: 'config', readOnly: true },
                { mountPath: '/etc/cdk8s-stateful/set', name: 'members', readOnly: true },
                { mountPath: '/tmp', name: 'tmp' },
                { mountPath: '/logs', name: 'logs' },
              ],
            }],
          },
        },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '10Gi' } } } }],
      },
    });
  });

  test('writes its log to a second volume if there is one', () => {
    const storageClass = StorageClass.fromName(newChart(), 'Fast', 'fast');
    const { chart } = ensemble({
      storage: { ...storage, retention: { whenScaled: ClaimRetention.DELETE } },
      logStorage: { size: Size.gibibytes(2), storageClass },
    });
    expect(zooCfg(chart)).toContain('\ndataLogDir=/datalog\n');
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject(server({ env: expect.arrayContaining([{ name: 'DATA_LOG_DIR', value: '/datalog' }]) }));
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject({
      spec: {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
        volumeClaimTemplates: [{ metadata: { name: 'data' } }, { metadata: { name: 'log' }, spec: { storageClassName: 'fast', resources: { requests: { storage: '2Gi' } } } }],
      },
    });
  });

  test('retains its log like its data, whether the retention is set once or twice', () => {
    const retention = { whenDeleted: ClaimRetention.RETAIN, whenScaled: ClaimRetention.DELETE };
    const [once, twice] = [undefined, { whenScaled: ClaimRetention.DELETE }]
      .map(log => yaml(ensemble({ storage: { ...storage, retention }, logStorage: { ...storage, retention: log } }).chart));
    expect(twice).toBe(once);
  });

  test('is alive without a quorum, and ready with one', () => {
    const probe = (what: string) => ({ exec: { command: ['bash', '/etc/cdk8s-stateful/files/probe.sh', what] } });
    expect(find(ensemble().chart, 'StatefulSet', 'zk')).toMatchObject(server({
      startupProbe: { ...probe('alive'), periodSeconds: 2, failureThreshold: 300 },
      livenessProbe: { ...probe('alive'), periodSeconds: 10, failureThreshold: 6 },
      readinessProbe: { ...probe('ready'), periodSeconds: 5, failureThreshold: 3 },
    }));
  });

  test.each<[string, Partial<ZooKeeperEnsembleProps>, { heap: string; limit: string; request?: string }]>([
    ['the default', {}, { heap: '768', limit: '1024Mi' }],
    ['a small limit', { resources: { memory: { limit: Size.mebibytes(512) } } }, { heap: '256', limit: '512Mi' }],
    ['the least limit', { resources: { memory: { limit: Size.mebibytes(384) } } }, { heap: '128', limit: '384Mi' }],
    ['a large limit', { resources: { memory: { limit: Size.gibibytes(8) } } }, { heap: '6144', limit: '8192Mi' }],
    ['a request alone', { resources: { memory: { request: Size.gibibytes(2) } } }, { heap: '1536', limit: '2048Mi' }],
    ['a request below the limit', { resources: { memory: { request: Size.gibibytes(1), limit: Size.gibibytes(2) } } }, { heap: '1536', limit: '2048Mi', request: '1024Mi' }],
    ['a heap of one\'s own', { heap: Size.mebibytes(512) }, { heap: '512', limit: '1024Mi' }],
    ['a cpu alone', { resources: { cpu: { request: kplus.Cpu.millis(100) } } }, { heap: '768', limit: '1024Mi' }],
  ])('derives the heap from the memory limit: %s', (_, props, { heap, limit, request = limit }) => {
    const { chart } = ensemble(props);
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject(server({
      env: expect.arrayContaining([{ name: 'ZK_SERVER_HEAP', value: heap }]),
      resources: { limits: { memory: limit }, requests: { memory: request, cpu: props.resources?.cpu ? '100m' : '250m' } },
    }));
    expect(find(chart, 'StatefulSet', 'zk')).not.toHaveProperty('spec.template.spec.containers.0.resources.limits.cpu');
  });

  test('does not cache the addresses of members that are gone', () => {
    const { chart } = ensemble();
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject(server({
      env: expect.arrayContaining([{ name: 'JVMFLAGS', value: expect.stringContaining('-Djava.security.properties=/etc/cdk8s-stateful/files/java.security ') }]),
    }));
    expect(find(chart, 'ConfigMap', 'zk-config')).toMatchObject({ data: { 'java.security': 'networkaddress.cache.ttl=5\nnetworkaddress.cache.negative.ttl=1\n' } });
  });

  test('is rolled when a setting changes', () => {
    const mounted = (config: { [key: string]: string }) => mountedConfig(ensemble({ config }).chart, 'zk');
    expect(mounted({})).toMatch(/^zk-config-[0-9a-f]{10}$/);
    expect(mounted({ tickTime: '3000' })).not.toBe(mounted({}));
  });

  test('may run as the user that the cluster assigns', () => {
    expect(find(ensemble({ security: { user: 1000680000, group: 0, fsGroup: 1000680000 } }).chart, 'StatefulSet', 'zk')).toMatchObject({
      spec: { template: { spec: { securityContext: { runAsUser: 1000680000, runAsGroup: 0, fsGroup: 1000680000, runAsNonRoot: true } } } },
    });
  });

  test('gets jute.maxbuffer as a Java property', () => {
    const { chart } = ensemble({ config: { 'jute.maxbuffer': '4194304' } });
    expect(zooCfg(chart)).not.toContain('jute');
    expect(find(chart, 'StatefulSet', 'zk')).toMatchObject(server({ env: expect.arrayContaining([{ name: 'JVMFLAGS', value: expect.stringContaining(' -Djute.maxbuffer=4194304') }]) }));
  });

  test('the common properties of Pods can be changed', () => {
    const { chart } = ensemble({ name: 'keeper', placement: Placement.anywhere(), priorityClassName: 'high', podLabels: { team: 'a' } });
    const set = find(chart, 'StatefulSet', 'keeper');
    expect(set).toMatchObject({ spec: { template: { metadata: { labels: { team: 'a' } }, spec: { priorityClassName: 'high' } } } });
    expect(set).not.toHaveProperty('spec.template.spec.affinity');
  });
});

describe('principles', () => {
  test('moving the construct, or another chart id, does not change the manifests', () => {
    const render = (chartId: string, folder: (chart: Chart) => Construct) => {
      const chart = new Chart(new App(), chartId, { namespace: 'shop' });
      new ZooKeeperEnsemble(folder(chart), 'Zk', { storage });
      return JSON.stringify(synth(chart));
    };
    expect(render('a', chart => new Construct(new Construct(chart, 'Team'), 'Infra'))).toBe(render('b', chart => chart));
  });

  test('a second synthesis gives the same manifests', () => {
    const { chart } = ensemble();
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
  });

  test('the StatefulSet is the default child', () => {
    expect(ApiObject.of(ensemble().zk).kind).toBe('StatefulSet');
  });

  test('consists of seven objects', () => {
    expect(synth(ensemble().chart).map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
      expect.stringMatching(/^ConfigMap\/zk-config-[0-9a-f]{10}$/), 'ConfigMap/zk-members', 'NetworkPolicy/zk', 'PodDisruptionBudget/zk', 'Service/zk', 'Service/zk-headless', 'StatefulSet/zk',
    ]);
  });

  test('the manifests of the smallest example', () => {
    // Without the text of the scripts, which are files of their own.
    expect(yaml(ensemble().chart).replace(/^( +)(\w+\.sh): \|\n(\1 .*\n|\n)+/gm, '$1$2: …\n')).toMatchSnapshot();
  });
});

const memberHint = 'A majority must be up, so an even number tolerates no more failures than the next lower odd number; more than seven members make writes slow.';

describe('refused', () => {
  test.each<[string, Partial<ZooKeeperEnsembleProps>, string]>([
    ['no members', { members: 0 }, `test/Zk: invalid 'members': got 0, expected 1, 3, 5 or 7. ${memberHint}`],
    ['two members', { members: 2 }, `test/Zk: invalid 'members': got 2, expected 1, 3, 5 or 7. ${memberHint}`],
    ['nine members', { members: 9 }, `test/Zk: invalid 'members': got 9, expected 1, 3, 5 or 7. ${memberHint}`],
    ['a part of a member', { members: 2.5 }, `test/Zk: invalid 'members': got 2.5, expected 1, 3, 5 or 7. ${memberHint}`],
    ['no room', { storage: { size: Size.gibibytes(0) } }, "test/Zk: invalid 'storage.size': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
    ['no room for the log', { logStorage: { size: Size.gibibytes(0) } }, "test/Zk: invalid 'logStorage.size': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
    ['a shared volume for the log', { logStorage: { ...storage, accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_MANY } },
      "test/Zk: invalid 'logStorage.accessMode': got 'ReadWriteMany', expected ReadWriteOnce or ReadWriteOncePod. Two servers on one volume corrupt its data."],
    ['a release as a text, from JavaScript', JSON.parse('{ "version": "3.9" }'), "test/Zk: invalid 'version': got '3.9', expected a ZooKeeperVersion."],
    ['a log that is kept longer than the data', { logStorage: { ...storage, retention: {} }, storage: { ...storage, retention: { whenDeleted: ClaimRetention.DELETE } } },
      "test/Zk: 'logStorage.retention' differs from 'storage.retention', but a StatefulSet has one retention policy for all its claims. Set it in 'storage' only: it applies to the log too."],
    ['a log that goes before the data', { logStorage: { ...storage, retention: { whenScaled: ClaimRetention.DELETE } } },
      "test/Zk: 'logStorage.retention' differs from 'storage.retention', but a StatefulSet has one retention policy for all its claims. Set it in 'storage' only: it applies to the log too."],
    ['too little memory', { resources: { memory: { limit: Size.mebibytes(256) } } }, "test/Zk: invalid 'resources.memory.limit': got '256Mi', expected at least 384Mi. The server is a Java program."],
    ['a heap as large as the limit', { heap: Size.gibibytes(1) },
      "test/Zk: invalid 'heap': got '1024Mi', expected from 1Mi to 768Mi, which is 256Mi below the memory limit of 1024Mi. " +
      'Java also needs memory outside the heap, and a member that exceeds its limit is killed. Raise resources.memory.limit.'],
    ['a server of one\'s own', { config: { 'server.1': 'x' } }, "test/Zk: 'config.server.1' must not be set: the servers are derived from 'members'."],
    ['a misspelt setting', { config: { ticktime: '1' } }, "test/Zk: invalid 'config.ticktime': got '1', expected the key 'tickTime'. Keys are case-sensitive."],
    ['a name too long', { name: 'z'.repeat(53) }, `test/Zk: invalid 'name': got '${'z'.repeat(53)}', expected at most 52 characters`],
  ])('%s', (_, props, message) => {
    expect(() => ensemble(props)).toThrow(message);
  });

  test('a release of another product', () => {
    // @ts-expect-error the types tell them apart
    expect(() => ensemble({ version: KafkaVersion.V3_9 })).toThrow("test/Zk: invalid 'version': got a KafkaVersion, expected a ZooKeeperVersion.");
  });

  test('an unsupported release', () => {
    expect(() => ZooKeeperVersion.of('3.4')).toThrow("ZooKeeperVersion.of: invalid 'version': got '3.4', expected an image tag that begins with a release of at least 3.8.");
  });

  test('a second ensemble of the same name', () => {
    const { chart } = ensemble();
    expect(() => new ZooKeeperEnsemble(chart, 'Other', { name: 'zk', storage })).toThrow(/the StatefulSet name 'zk' is already taken in the namespace 'shop' by test\/Zk/);
  });

  test('one container as a client of two ensembles', () => {
    const { chart, zk } = ensemble();
    const api = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
    zk.grantConnect(api);
    expect(() => new ZooKeeperEnsemble(chart, 'Other', { storage }).grantConnect(api)).toThrow("test/Api: its container 'main' has another value for the variable 'ZOOKEEPER_CONNECT' already. Remove it. For a client of two ensembles, set variables of your own from their connectString.");
  });
});
