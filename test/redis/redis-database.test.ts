import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import {
  ClaimRetention, DisruptionPolicy, Placement, RedisCredentials, RedisDatabase, RedisDatabaseProps, RedisEviction, RedisFlavor, RedisTopology,
  RedisVersion, SentinelTopologyOptions, StorageClass, VolumeDataSource,
} from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(10) };
const SCRIPTS = '/etc/cdk8s-stateful/files';

function database(props: Partial<RedisDatabaseProps> = {}, chart = newChart('shop'), id = 'Cache'): { chart: Chart; redis: RedisDatabase } {
  return { chart, redis: new RedisDatabase(chart, id, { storage, ...props }) };
}
const sentinel = (options: SentinelTopologyOptions = {}, props: Partial<RedisDatabaseProps> = {}, chart = newChart('shop')) =>
  database({ topology: RedisTopology.sentinel(options), ...props }, chart);

function client(chart: Chart, id = 'Api'): kplus.Deployment {
  return new kplus.Deployment(chart, id, { metadata: { name: id.toLowerCase() }, containers: [{ image: 'shop/api:1' }] });
}

const pod = (spec: object) => ({ spec: { template: { spec } } });
const container = (spec: object) => pod({ containers: [spec] });
const env = (...variables: object[]) => container({ env: expect.arrayContaining(variables) });
const probe = (what: string) => ({ exec: { command: ['bash', `${SCRIPTS}/probe.sh`, what] } });
const password = (secret = 'cache-credentials', key = 'password') => ({ valueFrom: { secretKeyRef: { name: secret, key } } });
const titles = (chart: Chart) => synth(chart).map(({ kind, metadata }) => `${kind}/${metadata.name.replace(/-[0-9a-f]{10}$/, '')}`).sort();
/** The text of a ConfigMap's file. */
const file = (chart: Chart, configMap: string, name: string) => (find(chart, 'ConfigMap', configMap).data as { [file: string]: string })[name];
const fileNames = (chart: Chart, configMap: string) => Object.keys(find(chart, 'ConfigMap', configMap).data as object).sort();
/** Without the text of the scripts, which are files of their own, and its hash. */
const withoutScripts = (chart: Chart) => yaml(chart).replace(/^( +)([-\w]+\.sh): \|\n(\1 .*\n|\n)+/gm, '$1$2: …\n').replace(/(?<=cache-files-)[0-9a-f]{10}/g, 'hash');

interface PodsSpec {
  readonly template: { readonly spec: { readonly containers: readonly { readonly env?: readonly { readonly name: string }[] }[] } };
}

interface Rule {
  readonly from: readonly { readonly podSelector: { readonly matchLabels: { readonly [label: string]: string } } }[];
  readonly ports?: readonly { readonly port: number }[];
}

/** Who gets in, and at which ports: by the label that policies select by; `all` for any port. */
function letsIn(chart: Chart, policy: string): { [peer: string]: number[] | 'all' } {
  const { spec } = find(chart, 'NetworkPolicy', policy) as unknown as { spec: { ingress?: Rule[]; policyTypes: string[] } };
  expect(spec.policyTypes).toEqual(['Ingress']);
  return Object.fromEntries((spec.ingress ?? []).flatMap(({ from, ports }) => from.map(({ podSelector }) =>
    [podSelector.matchLabels[kplus.Pod.ADDRESS_LABEL], ports?.map(({ port }) => port) ?? 'all'])));
}
const addressOf = (workload: kplus.Workload) => workload.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL) ?? 'none';

describe('a single server', () => {
  test('is the default, in a set of one, and clients reach it through its Service', () => {
    const { chart, redis } = database();
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject({ spec: { replicas: 1, serviceName: 'cache-headless', podManagementPolicy: 'Parallel' } });
    expect(redis).toMatchObject({ name: 'cache', host: 'cache.shop.svc.cluster.local', port: 6379 });
    const { readHost, sentinels, masterName, sentinelWorkload, dataLinkWorkload } = redis;
    expect({ readHost, sentinels, masterName, sentinelWorkload, dataLinkWorkload }).toEqual({});
    expect(find(chart, 'Service', 'cache')).toMatchObject({ spec: { selector: { [kplus.Pod.ADDRESS_LABEL]: 'cache' }, ports: [{ name: 'redis', port: 6379 }] } });
  });

  test('consists of six objects, and has no budget', () => {
    expect(titles(database().chart)).toEqual([
      'ConfigMap/cache-files', 'ConfigMap/cache-members', 'NetworkPolicy/cache', 'Service/cache', 'Service/cache-headless', 'StatefulSet/cache',
    ]);
  });

  test('starts alone, has no settings of sentinels, and no handover', () => {
    const { chart } = database();
    const set = find(chart, 'StatefulSet', 'cache');
    expect(set).toMatchObject(container({ command: ['bash', `${SCRIPTS}/start-alone.sh`], env: [{ name: 'PRODUCT', value: 'redis' }] }));
    expect(set).not.toHaveProperty('spec.template.spec.containers.0.lifecycle');
    expect(fileNames(chart, 'cache-files')).toEqual(['decide.sh', 'founding.sh', 'lock.sh', 'member.sh', 'probe.sh', 'redis.conf', 'start-alone.sh', 'users', 'volume.sh']);
    expect(file(chart, 'cache-files', 'redis.conf')).not.toMatch(/replica/);
  });

  test('can start from a snapshot', () => {
    const dataSource = VolumeDataSource.fromSnapshot({ name: 'before' });
    expect(find(database({ storage: { ...storage, dataSource } }).chart, 'StatefulSet', 'cache')).toMatchObject({
      spec: { volumeClaimTemplates: [{ spec: { dataSource: { kind: 'VolumeSnapshot', name: 'before' } } }] },
    });
  });

  test('its manifests', () => {
    expect(withoutScripts(database().chart)).toMatchSnapshot();
  });
});

describe('servers', () => {
  test('retain their claims, which have the given size', () => {
    for (const { chart } of [database(), sentinel()]) {
      expect(find(chart, 'StatefulSet', 'cache')).toMatchObject({
        spec: {
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } } }],
        },
      });
    }
    expect(find(database({ storage: { ...storage, retention: { whenDeleted: ClaimRetention.DELETE } } }).chart, 'StatefulSet', 'cache')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } },
    });
  });

  test('are resolvable before they are ready', () => {
    const { chart } = sentinel();
    for (const [name, port] of [['cache-headless', 6379], ['cache-sentinel-headless', 26379]] as const) {
      expect(find(chart, 'Service', name)).toMatchObject({ spec: { clusterIP: 'None', publishNotReadyAddresses: true, ports: [{ port }] } });
    }
  });

  test('have a script for the startup, liveness and readiness probes', () => {
    const expected = {
      startupProbe: { ...probe('started'), periodSeconds: 5, failureThreshold: 69 },
      livenessProbe: { ...probe('alive'), periodSeconds: 10, failureThreshold: 6 },
      readinessProbe: { ...probe('ready'), periodSeconds: 5, failureThreshold: 2 },
    };
    expect(find(sentinel().chart, 'StatefulSet', 'cache')).toMatchObject(container(expected));
    expect(find(database({ startupBudget: Duration.minutes(30) }).chart, 'StatefulSet', 'cache')).toMatchObject(container({ startupProbe: { failureThreshold: 360 } }));
  });

  test('have more time to load more data', () => {
    const threshold = (limit: Size) => find(database({ resources: { memory: { limit } }, storage: { size: Size.gibibytes(400) } }).chart, 'StatefulSet', 'cache');
    // 300 s and (65536 - 25) / 2 MiB, a second for each ten
    expect(threshold(Size.gibibytes(64))).toMatchObject(container({ startupProbe: { failureThreshold: Math.ceil((300 + 3276) / 5) } }));
  });

  test.each<[Partial<RedisDatabaseProps>, number, string]>([[{}, 60, '30'], [{ terminationGrace: Duration.seconds(301) }, 301, '150']])(
    'a master hands over before it stops, for half of the grace (%#)', (props, seconds, bound) => {
      expect(find(sentinel({}, props).chart, 'StatefulSet', 'cache')).toMatchObject(pod({
        terminationGracePeriodSeconds: seconds,
        containers: [{ lifecycle: { preStop: { exec: { command: ['bash', `${SCRIPTS}/stop.sh`] } } }, env: expect.arrayContaining([{ name: 'STOP_BOUND', value: bound }]) }],
      }));
    });

  test('and all other Pods are restricted, with a read-only root file system and no token', () => {
    const { chart } = sentinel();
    const security = (user: number) => pod({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(security(999));
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject(security(999));
    expect(find(chart, 'Deployment', 'cache-link')).toMatchObject(security(99));
  });

  test('and all other Pods can run as a user that the cluster assigns', () => {
    const { chart } = sentinel({}, { security: { user: 1000680000, group: 0, fsGroup: 1000680000 } });
    for (const [kind, name] of [['StatefulSet', 'cache'], ['StatefulSet', 'cache-sentinel'], ['Deployment', 'cache-link']]) {
      expect(find(chart, kind, name)).toMatchObject(pod({ securityContext: { runAsUser: 1000680000, runAsGroup: 0, fsGroup: 1000680000 } }));
    }
  });

  test('write to the volume, and write passwords to memory only', () => {
    expect(find(database().chart, 'StatefulSet', 'cache')).toMatchObject(pod({
      containers: [{
        volumeMounts: [
          { mountPath: '/data', name: 'data' },
          { mountPath: '/etc/cdk8s-stateful/credentials', name: 'credentials', readOnly: true },
          { mountPath: SCRIPTS, name: 'files', readOnly: true },
          { mountPath: '/etc/cdk8s-stateful/set', name: 'members', readOnly: true },
          { mountPath: '/run/redis', name: 'run' },
        ],
      }],
      volumes: expect.arrayContaining([
        { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } },
        { name: 'credentials', secret: { defaultMode: 0o440, secretName: 'cache-credentials', items: [{ key: 'password', path: 'password' }] } },
      ]),
    }));
  });

  test('with sentinels a replica that connects to a Pod that is gone notices within ten seconds, unless the user says otherwise', () => {
    const conf = (config = {}) => file(sentinel({}, { config }).chart, 'cache-files', 'redis.conf').split('\n');
    expect(conf()).toEqual(expect.arrayContaining(['repl-timeout 10', 'repl-ping-replica-period 2']));
    expect(conf({ 'repl-timeout': '60' }).filter(line => line.startsWith('repl-timeout'))).toEqual(['repl-timeout 60']);
  });

  test('maxmemory is derived from the memory limit, and all memory is requested', () => {
    const memory = { limits: { memory: '1024Mi' }, requests: { cpu: '250m', memory: '1024Mi' } };
    expect(find(database().chart, 'StatefulSet', 'cache')).toMatchObject(container({ resources: memory }));
    expect(find(database().chart, 'StatefulSet', 'cache')).not.toHaveProperty('spec.template.spec.containers.0.resources.limits.cpu');
    expect(file(database().chart, 'cache-files', 'redis.conf')).toContain('\nmaxmemory 499mb\n');
    expect(file(sentinel().chart, 'cache-files', 'redis.conf')).toContain('\nmaxmemory 420mb\n');
    const { chart } = database({ resources: { memory: { request: Size.gibibytes(2) } } });
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(container({ resources: { limits: { memory: '2048Mi' }, requests: { memory: '2048Mi' } } }));
    expect(file(chart, 'cache-files', 'redis.conf')).toContain('\nmaxmemory 1011mb\n');
  });

  test('are rolled when a setting changes', () => {
    const mounted = (config: { [key: string]: string }) => mountedConfig(database({ config }).chart, 'cache', 'files');
    expect(mounted({})).toMatch(/^cache-files-[0-9a-f]{10}$/);
    expect(mounted({ hz: '20' })).not.toBe(mounted({}));
  });

  test('evict keys if an eviction policy is set', () => {
    expect(file(database().chart, 'cache-files', 'redis.conf')).toContain('\nmaxmemory-policy noeviction\n');
    expect(file(database({ eviction: RedisEviction.ALL_KEYS_LFU }).chart, 'cache-files', 'redis.conf')).toContain('\nmaxmemory-policy allkeys-lfu\n');
  });

  test('have ACL users, whose passwords come from their own Secrets', () => {
    const chart = newChart('shop');
    const credentials = (name: string) => RedisCredentials.fromSecret(kplus.Secret.fromSecretName(chart, name, name), { passwordKey: 'pw' });
    const users = { web: { rules: ['~web:*', '+@read'], credentials: credentials('web-secret') }, jobs: { rules: ['~*', '+@all'], credentials: credentials('jobs-secret') } };
    sentinel({}, { users }, chart);
    for (const [set, files] of [['cache', 'cache-files'], ['cache-sentinel', 'cache-sentinel-files']]) {
      expect(file(chart, files, 'users')).toBe('jobs ~* +@all\nweb ~web:* +@read\n');
      expect(find(chart, 'StatefulSet', set)).toMatchObject(pod({
        containers: [{
          volumeMounts: expect.arrayContaining([
            { mountPath: '/etc/cdk8s-stateful/users/jobs', name: 'user-0', readOnly: true },
            { mountPath: '/etc/cdk8s-stateful/users/web', name: 'user-1', readOnly: true },
          ]),
        }],
        volumes: expect.arrayContaining([
          { name: 'user-1', secret: { defaultMode: 0o440, secretName: 'web-secret', items: [{ key: 'pw', path: 'password' }] } },
        ]),
      }));
    }
  });

  test('no object is a Secret or contains a value of one', () => {
    const { chart, redis } = sentinel();
    redis.grantConnect(client(chart));
    expect(ofKind(chart, 'Secret')).toEqual([]);
    const workloads = synth(chart).map(({ spec }) => spec as Partial<PodsSpec> | undefined).flatMap(spec => spec?.template?.spec.containers ?? []);
    const passwords = workloads.flatMap(({ env: variables = [] }) => variables).filter(({ name }) => /PASS|AUTH/.test(name));
    expect(passwords).toEqual([{ name: 'PASSWORD', ...password() }, { name: 'REDIS_PASSWORD', ...password() }]);
    expect(file(chart, 'cache-files', 'redis.conf')).not.toMatch(/pass|auth|user/);
  });
});

describe('with sentinels', () => {
  test('a master, two replicas, three sentinels and two HAProxy Pods by default', () => {
    const { chart, redis } = sentinel();
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject({ spec: { replicas: 3 } });
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject({ spec: { replicas: 3, podManagementPolicy: 'Parallel', serviceName: 'cache-sentinel-headless' } });
    expect(find(chart, 'Deployment', 'cache-link')).toMatchObject({ spec: { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } });
    expect(redis).toMatchObject({
      host: 'cache.shop.svc.cluster.local',
      port: 6379,
      readHost: 'cache-read.shop.svc.cluster.local',
      masterName: 'mymaster',
      sentinels: [0, 1, 2].map(i => `cache-sentinel-${i}.cache-sentinel-headless.shop.svc.cluster.local:26379`),
    });
    expect([redis.workload.name, redis.sentinelWorkload?.name, redis.dataLinkWorkload?.name]).toEqual(['cache', 'cache-sentinel', 'cache-link']);
  });

  test.each([[1, 3], [2, 5], [9, 7]])('%i replicas, %i sentinels: what members read follows, and nobody restarts', (replicas, sentinels) => {
    const { chart } = sentinel({ replicas, sentinels });
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject({ spec: { replicas: 1 + replicas } });
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject({ spec: { replicas: sentinels } });
    expect(file(chart, 'cache-members', 'members')).toBe(`${1 + replicas}`);
    expect(file(chart, 'cache-sentinel-members', 'members')).toBe(`${sentinels}`);
    for (const set of ['cache', 'cache-sentinel']) {
      expect(find(chart, 'StatefulSet', set)).toHaveProperty('spec.template', (find(sentinel().chart, 'StatefulSet', set).spec as { template: object }).template);
    }
  });

  test('at most one of each kind is down at a time, and two sentinels never share a node', () => {
    const { chart } = sentinel();
    for (const name of ['cache', 'cache-sentinel', 'cache-link']) {
      expect(find(chart, 'PodDisruptionBudget', name)).toMatchObject({ spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
    }
    const host = { topologyKey: 'kubernetes.io/hostname' };
    const avoided = (address: string) => ({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { podAffinityTerm: { ...host, labelSelector: { matchLabels: { [kplus.Pod.ADDRESS_LABEL]: address } } } },
        ],
      },
    });
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(pod({ affinity: avoided('cache') }));
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject(pod({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [host] } } }));
    expect(find(chart, 'Deployment', 'cache-link')).toMatchObject(pod({ affinity: avoided('cache.link') }));
  });

  test('a disruption policy applies to the servers', () => {
    const { chart } = sentinel({ replicas: 4 }, { disruption: DisruptionPolicy.maxUnavailable(2) });
    expect(find(chart, 'PodDisruptionBudget', 'cache')).toMatchObject({ spec: { maxUnavailable: 2 } });
    expect(find(chart, 'PodDisruptionBudget', 'cache-sentinel')).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  test('servers ask the sentinels when they start, and get the scripts for it', () => {
    const { chart } = sentinel({ downAfter: Duration.millis(1500) });
    const variables = [
      { name: 'PRODUCT', value: 'redis' },
      { name: 'SET', value: 'cache' },
      { name: 'DOMAIN', value: 'cache-headless.shop.svc.cluster.local' },
      { name: 'SENTINEL_SET', value: 'cache-sentinel' },
      { name: 'SENTINEL_DOMAIN', value: 'cache-sentinel-headless.shop.svc.cluster.local' },
      { name: 'DOWN_AFTER_MILLIS', value: '1500' },
    ];
    for (const [set, start] of [['cache', 'start-server.sh'], ['cache-sentinel', 'start-sentinel.sh']]) {
      expect(find(chart, 'StatefulSet', set)).toMatchObject(container({ command: ['bash', `${SCRIPTS}/${start}`], env: expect.arrayContaining(variables) }));
    }
    expect(fileNames(chart, 'cache-files')).toEqual([
      'decide.sh', 'founding.sh', 'keep.sh', 'lock.sh', 'member.sh', 'probe.sh', 'redis.conf', 'start-server.sh', 'stop.sh', 'users', 'volume.sh',
    ]);
    expect(fileNames(chart, 'cache-sentinel-files')).toEqual(['decide.sh', 'founding.sh', 'lock.sh', 'member.sh', 'probe.sh', 'start-sentinel.sh', 'users']);
  });

  test('servers and sentinels know the number of the others', () => {
    const { chart } = sentinel();
    const counts = (volume: string, path: string, name: string) => pod({
      containers: [{ volumeMounts: expect.arrayContaining([{ mountPath: path, name: volume, readOnly: true }]) }],
      volumes: expect.arrayContaining([{ name: volume, configMap: { name } }]),
    });
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(counts('members', '/etc/cdk8s-stateful/set', 'cache-members'));
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(counts('sentinels', '/etc/cdk8s-stateful/sentinels', 'cache-sentinel-members'));
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject(counts('members', '/etc/cdk8s-stateful/set', 'cache-sentinel-members'));
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject(counts('servers', '/etc/cdk8s-stateful/servers', 'cache-members'));
  });

  test("sentinels have a small volume of the servers' storage class", () => {
    const storageClass = StorageClass.fromName(newChart(), 'Fast', 'fast');
    expect(find(sentinel({}, { storage: { ...storage, storageClass } }).chart, 'StatefulSet', 'cache-sentinel')).toMatchObject({
      spec: {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } } }],
        template: {
          spec: {
            containers: [{
              startupProbe: { ...probe('sentinel-alive'), failureThreshold: 12 },
              livenessProbe: probe('sentinel-alive'),
              readinessProbe: probe('sentinel-ready'),
              resources: { limits: { memory: '64Mi' }, requests: { cpu: '50m', memory: '64Mi' } },
            }],
            terminationGracePeriodSeconds: 30,
          },
        },
      },
    });
  });

  test('servers and sentinels reach each other, and the data link reaches the servers; nobody else does', () => {
    const { chart } = sentinel();
    expect(letsIn(chart, 'cache')).toEqual({ 'cache': 'all', 'cache-sentinel': [6379], 'cache.link': [6379] });
    expect(letsIn(chart, 'cache-sentinel')).toEqual({ 'cache-sentinel': 'all', 'cache': [7700, 26379] });
    expect(letsIn(chart, 'cache.link')).toEqual({});
  });

  test('minReplicasToWrite is a setting of the master, and a check of the data link', () => {
    const { chart } = sentinel({ replicas: 3, minReplicasToWrite: 2 });
    expect(file(chart, 'cache-files', 'redis.conf')).toContain('\nmin-replicas-to-write 2\n');
    expect(file(chart, 'cache-link-haproxy', 'haproxy.cfg')).toContain('min_slaves_good_slaves:[2-9]');
  });
});

describe('the data link', () => {
  test('is HAProxy, with a Service for writes and a Service for reads, each on the Redis port', () => {
    const { chart } = sentinel();
    const selector = { [kplus.Pod.ADDRESS_LABEL]: 'cache.link' };
    expect(find(chart, 'Service', 'cache')).toHaveProperty('spec', { type: 'ClusterIP', selector, ports: [{ name: 'redis', port: 6379, targetPort: 6379, protocol: 'TCP' }] });
    expect(find(chart, 'Service', 'cache-read')).toHaveProperty('spec', { type: 'ClusterIP', selector, ports: [{ name: 'redis', port: 6379, targetPort: 6380, protocol: 'TCP' }] });
    const { spec } = find(chart, 'Deployment', 'cache-link') as unknown as { spec: PodsSpec };
    expect(spec).toMatchObject(container({
      image: 'docker.io/library/haproxy:3.0.11-bookworm',
      ports: [{ containerPort: 6379, name: 'write' }, { containerPort: 6380, name: 'read' }],
      startupProbe: { httpGet: { path: '/started', port: 8404 }, periodSeconds: 1, failureThreshold: 600 },
      readinessProbe: { httpGet: { path: '/health', port: 8404 } },
      livenessProbe: { httpGet: { path: '/health', port: 8404 } },
      volumeMounts: [{ mountPath: '/usr/local/etc/haproxy', name: 'haproxy' }],
    }).spec);
    expect(spec.template.spec.containers[0].env?.map(({ name }) => name)).toEqual(['PASSWORD', 'POD_NAMESPACE', 'DOMAIN']);
  });

  test('uses fully qualified names, with the namespace of the chart or of the Pod', () => {
    const domain = (chart: Chart) => find(chart, 'Deployment', 'cache-link');
    const own = { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } };
    expect(domain(sentinel().chart)).toMatchObject(env(own, { name: 'DOMAIN', value: 'cache-headless.shop.svc.cluster.local' }));
    expect(domain(sentinel({}, {}, newChart()).chart)).toMatchObject(env(own, { name: 'DOMAIN', value: 'cache-headless.$(POD_NAMESPACE).svc.cluster.local' }));
    expect(domain(sentinel({}, { clusterDomain: 'k8s.example' }, newChart()).chart)).toMatchObject(env({ name: 'DOMAIN', value: 'cache-headless.$(POD_NAMESPACE).svc.k8s.example' }));
    expect(domain(sentinel({}, { clusterDomain: 'k8s.example' }).chart)).toMatchObject(env({ name: 'DOMAIN', value: 'cache-headless.shop.svc.k8s.example' }));
  });

  test('can have another image, and can be omitted if clients support Sentinel', () => {
    expect(find(sentinel({}, { dataLinkImage: 'mirror/haproxy:1' }).chart, 'Deployment', 'cache-link')).toMatchObject(container({ image: 'mirror/haproxy:1' }));
    const { chart, redis } = sentinel({ dataLink: false });
    expect(titles(chart).filter(title => /link|haproxy/.test(title))).toEqual([]);
    expect(redis).toMatchObject({ host: 'cache-sentinel.shop.svc.cluster.local', port: 26379, readHost: 'cache-read.shop.svc.cluster.local', dataLinkWorkload: undefined });
    expect(find(chart, 'Service', 'cache-sentinel')).toMatchObject({ spec: { selector: { [kplus.Pod.ADDRESS_LABEL]: 'cache-sentinel' }, ports: [{ port: 26379 }] } });
    expect(find(chart, 'Service', 'cache-read')).toMatchObject({ spec: { selector: { [kplus.Pod.ADDRESS_LABEL]: 'cache' }, ports: [{ port: 6379 }] } });
    expect(letsIn(chart, 'cache')).toEqual({ 'cache': 'all', 'cache-sentinel': [6379] });
  });
});

describe('a client', () => {
  const variables = (redis: RedisDatabase, options?: Parameters<RedisDatabase['connectionEnv']>[0]) =>
    Object.fromEntries(Object.entries(redis.connectionEnv(options)).map(([name, { value, valueFrom }]) => [name, value ?? valueFrom?.secretKeyRef]));
  const secret = { name: 'cache-credentials', key: 'password' };
  const sentinels = [0, 1, 2].map(i => `cache-sentinel-${i}.cache-sentinel-headless.shop.svc.cluster.local:26379`).join(',');

  test('gets the address of a single server', () => {
    expect(variables(database().redis)).toEqual({ REDIS_PASSWORD: secret, REDIS_HOST: 'cache.shop.svc.cluster.local', REDIS_PORT: '6379' });
  });

  test('gets the address of the data link', () => {
    expect(variables(sentinel().redis)).toEqual({
      REDIS_PASSWORD: secret, REDIS_HOST: 'cache.shop.svc.cluster.local', REDIS_PORT: '6379', REDIS_READ_HOST: 'cache-read.shop.svc.cluster.local',
    });
  });

  test('gets the addresses of the sentinels, by choice or without a data link', () => {
    const expected = { REDIS_PASSWORD: secret, REDIS_SENTINELS: sentinels, REDIS_MASTER_NAME: 'mymaster' };
    expect(variables(sentinel().redis, { sentinel: true })).toEqual(expected);
    expect(variables(sentinel({ dataLink: false }).redis)).toEqual(expected);
  });

  test('can have a prefix, a user and its own Secret', () => {
    const chart = newChart('shop');
    const credentials = RedisCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'Web', 'web-secret'), { passwordKey: 'pw' });
    const { redis } = database({ users: { web: { rules: ['+@read'], credentials } } }, chart);
    expect(variables(redis, { prefix: 'CACHE_', user: 'web' })).toEqual({
      CACHE_PASSWORD: { name: 'web-secret', key: 'pw' }, CACHE_USERNAME: 'web', CACHE_HOST: 'cache.shop.svc.cluster.local', CACHE_PORT: '6379',
    });
    const copy = RedisCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'Copy', 'copy'));
    expect(variables(redis, { user: 'web', credentials: copy })).toMatchObject({ REDIS_PASSWORD: { name: 'copy', key: 'password' }, REDIS_USERNAME: 'web' });
    expect(variables(redis, { user: 'default' })).toMatchObject({ REDIS_PASSWORD: secret, REDIS_USERNAME: 'default' });
  });

  test('gets the password from the given Secret', () => {
    const chart = newChart('shop');
    const credentials = RedisCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'Admin', 'admin'), { passwordKey: 'redis-password' });
    const { redis } = sentinel({}, { credentials }, chart);
    expect(redis.credentials).toBe(credentials);
    expect(variables(redis)).toMatchObject({ REDIS_PASSWORD: { name: 'admin', key: 'redis-password' } });
    expect(find(chart, 'Deployment', 'cache-link')).toMatchObject(env({ name: 'PASSWORD', ...password('admin', 'redis-password') }));
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(pod({
      volumes: expect.arrayContaining([{ name: 'credentials', secret: { defaultMode: 0o440, secretName: 'admin', items: [{ key: 'redis-password', path: 'password' }] } }]),
    }));
  });

  test('of a single server can reach only its port', () => {
    const { chart, redis } = database();
    const api = client(chart);
    redis.grantConnect(api);
    redis.grantConnect(api); // twice is once
    expect(letsIn(chart, 'cache')).toEqual({ cache: 'all', [addressOf(api)]: [6379] });
    expect(find(chart, 'Deployment', 'api')).toMatchObject(container({
      env: [
        { name: 'REDIS_PASSWORD', ...password() }, { name: 'REDIS_HOST', value: redis.host }, { name: 'REDIS_PORT', value: '6379' },
      ],
    }));
    expect(ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name).sort()).toEqual(['cache']);
  });

  test('of the data link can reach only HAProxy', () => {
    const { chart, redis } = sentinel();
    const api = client(chart);
    redis.grantConnect(api, { egress: true });
    expect(letsIn(chart, 'cache.link')).toEqual({ [addressOf(api)]: [6379, 6380] });
    expect(letsIn(chart, 'cache')).not.toHaveProperty([addressOf(api)]);
    expect(letsIn(chart, 'cache-sentinel')).not.toHaveProperty([addressOf(api)]);
    expect(find(chart, 'NetworkPolicy', 'api-egress')).toMatchObject({
      spec: {
        policyTypes: ['Egress'],
        egress: [
          { to: [{ podSelector: { matchLabels: { [kplus.Pod.ADDRESS_LABEL]: 'cache.link' } } }], ports: [{ port: 6379 }, { port: 6380 }] }, expect.anything(),
        ],
      },
    });
    expect(ofKind(chart, 'NetworkPolicy').filter(({ metadata }) => metadata.name.startsWith('api-'))).toHaveLength(1);
  });

  test.each<[string, SentinelTopologyOptions, { sentinel?: boolean }]>([['beside a data link', {}, { sentinel: true }], ['without one', { dataLink: false }, {}]])(
    'that speaks Sentinel, %s, reaches sentinels and servers, and no data link', (_, topology, options) => {
      const { chart, redis } = sentinel(topology);
      const api = client(chart);
      redis.grantConnect(api, { ...options, egress: true });
      expect(letsIn(chart, 'cache')[addressOf(api)]).toEqual([6379]);
      expect(letsIn(chart, 'cache-sentinel')[addressOf(api)]).toEqual([26379]);
      expect(find(chart, 'NetworkPolicy', 'api-egress')).toMatchObject({ spec: { egress: [{ ports: [{ port: 6379 }] }, { ports: [{ port: 26379 }] }, {}] } });
      if (topology.dataLink !== false) expect(letsIn(chart, 'cache.link')).toEqual({});
    });

  test('of another namespace needs credentials in its own namespace', () => {
    const app = new App();
    const [shop, web] = ['shop', 'web'].map(namespace => new Chart(app, namespace, { namespace }));
    const { redis } = sentinel({}, {}, shop);
    const api = client(web);
    redis.grantConnect(api, { credentials: RedisCredentials.fromSecret(kplus.Secret.fromSecretName(web, 'Copy', 'copy')), egress: true });
    expect(find(web, 'Deployment', 'api')).toMatchObject(env({ name: 'REDIS_PASSWORD', ...password('copy') }, { name: 'REDIS_HOST', value: 'cache.shop.svc.cluster.local' }));
    expect(find(shop, 'NetworkPolicy', 'cache.link')).toMatchObject({ spec: { ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }] }] } });
    expect(find(web, 'NetworkPolicy', 'api-egress')).toMatchObject({ spec: { egress: [{ ports: [{ port: 6379 }, { port: 6380 }] }, {}] } });
  });

  test('of two databases has variables of each', () => {
    const { chart, redis } = database();
    const sessions = database({}, chart, 'Sessions').redis;
    const api = client(chart);
    redis.grantConnect(api, { prefix: 'CACHE_' });
    sessions.grantConnect(api, { prefix: 'SESSIONS_' });
    expect(Object.keys(api.containers[0].env.variables)).toEqual(['CACHE_', 'SESSIONS_'].flatMap(prefix => ['PASSWORD', 'HOST', 'PORT'].map(name => prefix + name)));
  });

  test('without a namespace gets relative names', () => {
    const { redis } = sentinel({}, {}, newChart());
    expect([redis.host, redis.readHost, redis.sentinels?.[0]]).toEqual(['cache', 'cache-read', 'cache-sentinel-0.cache-sentinel-headless:26379']);
    const other = sentinel({}, { clusterDomain: 'k8s.example' }).redis;
    expect([other.host, other.sentinels?.[0]]).toEqual(['cache.shop.svc.k8s.example', 'cache-sentinel-0.cache-sentinel-headless.shop.svc.k8s.example:26379']);
  });
});

describe('policies', () => {
  test('without isolation there are none; clients still get variables', () => {
    const { chart, redis } = sentinel({}, { isolate: false });
    redis.grantConnect(client(chart));
    expect(ofKind(chart, 'NetworkPolicy')).toEqual([]);
    expect(find(chart, 'Deployment', 'api')).toMatchObject(env({ name: 'REDIS_HOST', value: redis.host }));
  });

  test('with egress allow the required connections and DNS', () => {
    const { chart } = sentinel({}, { egress: true });
    const to = (name: string, ports?: number[]) => ({
      to: [{ podSelector: { matchLabels: { [kplus.Pod.ADDRESS_LABEL]: name } } }], ...ports && { ports: ports.map(port => ({ port, protocol: 'TCP' })) },
    });
    const rules = (name: string) => (find(chart, 'NetworkPolicy', name) as unknown as { spec: { egress: object[] } }).spec.egress;
    const dns = { ports: expect.arrayContaining([{ port: 53, protocol: 'UDP' }]) };
    expect(rules('cache-egress')).toEqual([to('cache'), to('cache-sentinel', [7700, 26379]), dns]);
    expect(rules('cache-sentinel-egress')).toEqual([to('cache-sentinel'), to('cache', [6379]), dns]);
    expect(rules('cache-link-egress')).toEqual([to('cache', [6379]), dns]);
  });
});

describe('releases', () => {
  test.each<[string, Partial<RedisDatabaseProps>, string, string]>([
    ['Redis by default', {}, 'docker.io/library/redis:8.0.5-bookworm', 'redis'],
    ['the older Redis', { version: RedisVersion.REDIS_7_2 }, 'docker.io/library/redis:7.2.11-bookworm', 'redis'],
    ['Valkey', { flavor: RedisFlavor.VALKEY }, 'docker.io/valkey/valkey:8.1.8-trixie', 'valkey'],
    ['a release of Valkey', { version: RedisVersion.VALKEY_8_0 }, 'docker.io/valkey/valkey:8.0.9-trixie', 'valkey'],
    ['a release said twice', { flavor: RedisFlavor.VALKEY, version: RedisVersion.VALKEY_8_1 }, 'docker.io/valkey/valkey:8.1.8-trixie', 'valkey'],
    ['a release of choice', { version: RedisVersion.of(RedisFlavor.REDIS, '8.2.1') }, 'docker.io/library/redis:8.2.1', 'redis'],
    ['an image of choice', { image: 'mirror/valkey:1', flavor: RedisFlavor.VALKEY }, 'mirror/valkey:1', 'valkey'],
  ])('%s', (_, props, image, product) => {
    const { chart } = sentinel({}, props);
    expect(find(chart, 'StatefulSet', 'cache')).toMatchObject(container({ name: product, image, env: expect.arrayContaining([{ name: 'PRODUCT', value: product }]) }));
    expect(find(chart, 'StatefulSet', 'cache-sentinel')).toMatchObject(container({ name: 'sentinel', image, env: expect.arrayContaining([{ name: 'PRODUCT', value: product }]) }));
  });
});

describe('principles', () => {
  test('moving the construct, or another chart id, does not change the manifests', () => {
    const render = (chartId: string, folder: (chart: Chart) => Construct) => {
      const chart = new Chart(new App(), chartId, { namespace: 'shop' });
      new RedisDatabase(folder(chart), 'Cache', { storage, topology: RedisTopology.sentinel() });
      return JSON.stringify(synth(chart));
    };
    expect(render('a', chart => new Construct(new Construct(chart, 'Team'), 'Infra'))).toBe(render('b', chart => chart));
  });

  test('a second synthesis gives the same manifests', () => {
    const { chart, redis } = sentinel();
    redis.grantConnect(client(chart));
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
  });

  test('the order of users, settings and renamed commands does not change the manifests', () => {
    const render = (turn: (names: string[]) => string[]) => {
      const chart = newChart('shop');
      const credentials = RedisCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'Web', 'web'));
      const record = <T>(names: string[], value: T) => Object.fromEntries(turn(names).map(name => [name, value]));
      database({
        users: record(['a', 'b'], { rules: ['+@read'], credentials }), config: record(['hz', 'databases'], '10'), renamedCommands: record(['KEYS', 'FLUSHALL'], ''),
      }, chart);
      return yaml(chart);
    };
    expect(render(names => [...names].reverse())).toBe(render(names => names));
  });

  test('the StatefulSet of the servers is the default child', () => {
    expect(ApiObject.of(sentinel().redis)).toMatchObject({ kind: 'StatefulSet', name: 'cache' });
  });

  test('the common properties of Pods can be changed', () => {
    const { chart } = sentinel({}, { name: 'sessions', placement: Placement.anywhere(), priorityClassName: 'high', podLabels: { team: 'a' } });
    for (const name of ['sessions', 'sessions-sentinel']) {
      const set = find(chart, 'StatefulSet', name);
      expect(set).toMatchObject({ spec: { template: { metadata: { labels: { team: 'a' } }, spec: { priorityClassName: 'high' } } } });
      expect(set).not.toHaveProperty('spec.template.spec.affinity');
    }
  });

  test('the Pods of the data link have what those of the servers have, and are selected as before', () => {
    const props = {
      podLabels: { 'team': 'a', 'app.kubernetes.io/part-of': 'shop' },
      podAnnotations: { 'linkerd.io/inject': 'enabled' },
      priorityClassName: 'high',
      runtimeClassName: 'gvisor',
      schedulerName: 'bin-packing',
    };
    const chart = newChart('shop');
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'restricted');
    const dockerRegistryAuth = kplus.Secret.fromSecretName(chart, 'Mirror', 'mirror');
    sentinel({}, { ...props, serviceAccount, dockerRegistryAuth }, chart);
    const { podLabels, podAnnotations, ...spec } = props;
    for (const [kind, name] of [['StatefulSet', 'cache'], ['Deployment', 'cache-link']]) {
      expect(find(chart, kind, name)).toMatchObject({
        spec: {
          template: {
            metadata: { labels: podLabels, annotations: podAnnotations },
            spec: { ...spec, serviceAccountName: 'restricted', automountServiceAccountToken: false, imagePullSecrets: [{ name: 'mirror' }] },
          },
        },
      });
    }
    const selector = { [kplus.Pod.ADDRESS_LABEL]: 'cache.link' };
    expect(find(chart, 'Deployment', 'cache-link')).toHaveProperty('spec.selector.matchLabels', selector);
    expect(find(chart, 'Service', 'cache')).toHaveProperty('spec.selector', selector);
  });

  test('node selection and tolerations apply to all Pods, including the data link', () => {
    const placement = Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd'))).tolerating(kplus.Node.tainted(kplus.NodeTaintQuery.exists('dedicated')));
    const { chart } = sentinel({}, { placement });
    const chosen = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] } };
    for (const [kind, name] of [['StatefulSet', 'cache'], ['StatefulSet', 'cache-sentinel'], ['Deployment', 'cache-link']]) {
      expect(find(chart, kind, name)).toMatchObject(pod({ affinity: { nodeAffinity: chosen }, tolerations: expect.arrayContaining([{ key: 'dedicated', operator: 'Exists' }]) }));
    }
  });
});
