import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import {
  ClusterTopologyOptions, DisruptionPolicy, Placement, RedisDatabase, RedisDatabaseProps, RedisFlavor, RedisTopology, VolumeDataSource,
} from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(10) };
const SHARDS = ['cache-shard-0', 'cache-shard-1', 'cache-shard-2'];

interface Made { readonly chart: Chart; readonly redis: RedisDatabase }

function cluster(options: ClusterTopologyOptions = {}, props: Partial<RedisDatabaseProps> = {}, chart = newChart('shop')): Made {
  return { chart, redis: new RedisDatabase(chart, 'Cache', { storage, topology: RedisTopology.cluster(options), ...props }) };
}
function client(chart: Chart): kplus.Deployment {
  return new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'shop/api:1' }] });
}
const namesOf = (chart: Chart, kind: string) => ofKind(chart, kind).map(({ metadata }) => metadata.name).sort();
const container = (spec: object) => ({ spec: { template: { spec: { containers: [spec] } } } });
const env = (...variables: object[]) => container({ env: expect.arrayContaining(variables) });
const conf = (chart: Chart) => (find(chart, 'ConfigMap', 'cache-shard-0-files').data as { [file: string]: string })['redis.conf'];

describe('a cluster', () => {
  test('is a set for each shard, with a budget, and never two of its members on a node', () => {
    const { chart } = cluster({ shards: 3, replicas: 2 });
    expect(namesOf(chart, 'StatefulSet')).toEqual(SHARDS);
    for (const shard of SHARDS) {
      expect(find(chart, 'StatefulSet', shard)).toMatchObject({
        spec: {
          replicas: 3,
          podManagementPolicy: 'Parallel',
          template: {
            spec: {
              affinity: {
                podAntiAffinity: {
                  requiredDuringSchedulingIgnoredDuringExecution: [
                    { labelSelector: { matchLabels: { 'cdk8s.io/metadata.addr': shard } }, topologyKey: 'kubernetes.io/hostname' },
                  ],
                },
              },
            },
          },
        },
      });
      expect(find(chart, 'PodDisruptionBudget', shard)).toMatchObject({ spec: { maxUnavailable: 1 } });
    }
  });

  test('spreads the members with the same ordinal, such as the masters, across the nodes', () => {
    const { chart } = cluster();
    expect(find(chart, 'StatefulSet', 'cache-shard-1')).toMatchObject({
      spec: {
        template: {
          metadata: { labels: { 'cdk8s-stateful/cluster': 'cache' } },
          spec: {
            topologySpreadConstraints: [
              { topologyKey: 'topology.kubernetes.io/zone', labelSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'cache-shard-1' } } },
              {
                topologyKey: 'kubernetes.io/hostname',
                maxSkew: 1,
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: { 'cdk8s-stateful/cluster': 'cache' } },
                matchLabelKeys: ['apps.kubernetes.io/pod-index'],
              },
            ],
          },
        },
      },
    });
  });

  test('can be placed on any nodes', () => {
    const { chart } = cluster({}, { placement: Placement.anywhere() });
    expect(yaml(chart)).not.toMatch(/topologySpreadConstraints|podAntiAffinity/);
  });

  test('applies the disruption policy to each shard', () => {
    const { chart } = cluster({ replicas: 2 }, { disruption: DisruptionPolicy.none() });
    expect(namesOf(chart, 'PodDisruptionBudget')).toEqual([]);
    expect(() => cluster({ replicas: 2 }, { disruption: DisruptionPolicy.maxUnavailable(2) })).toThrow(/keeps 2 of 3 members available/);
    const { chart: free } = cluster({ replicas: 2, minReplicasToWrite: 0 }, { disruption: DisruptionPolicy.maxUnavailable(2) });
    for (const shard of SHARDS) expect(find(free, 'PodDisruptionBudget', shard)).toMatchObject({ spec: { maxUnavailable: 2 } });
  });

  test('without replicas, has no budgets, which would only block drains', () => {
    expect(namesOf(cluster({ replicas: 0 }).chart, 'PodDisruptionBudget')).toEqual([]);
  });

  test('has a Service that selects all its members, and the addresses of each of them', () => {
    const { chart, redis } = cluster();
    expect(find(chart, 'Service', 'cache')).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/instance': 'cache' } },
      spec: { selector: { 'cdk8s-stateful/cluster': 'cache' }, ports: [{ port: 6379 }] },
    });
    expect(find(chart, 'Service', 'cache').spec).not.toHaveProperty('selector', expect.objectContaining({ 'cdk8s.io/metadata.addr': expect.anything() }));
    for (const shard of SHARDS) expect(find(chart, 'Service', `${shard}-headless`)).toMatchObject({ spec: { clusterIP: 'None', publishNotReadyAddresses: true } });
    expect(redis).toMatchObject({ host: 'cache.shop.svc.cluster.local', port: 6379 });
    expect(redis.nodes).toEqual(SHARDS.flatMap(shard => [0, 1].map(i => `${shard}-${i}.${shard}-headless.shop.svc.cluster.local:6379`)));
    expect(redis.workloads.map(({ name }) => name)).toEqual(SHARDS);
    expect(redis.workload).toBe(redis.workloads[0]);
    const { readHost, sentinels, masterName, sentinelWorkload, dataLinkWorkload } = redis;
    expect({ readHost, sentinels, masterName, sentinelWorkload, dataLinkWorkload }).toEqual({});
  });

  test('gets its names and addresses', () => {
    const text = (name: string, value: string) => ({ name, value });
    expect(find(cluster().chart, 'StatefulSet', 'cache-shard-2')).toMatchObject(env(
      text('CLUSTER', 'cache'), text('SHARD', '2'), text('SUFFIX', '.shop.svc.cluster.local'), text('STOP_BOUND', '30'),
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ));
  });

  test('in a chart without a namespace, announces fully qualified names, for clients in other namespaces', () => {
    const { chart, redis } = cluster({}, { clusterDomain: 'k8s.example' }, newChart());
    expect(find(chart, 'StatefulSet', 'cache-shard-0')).toMatchObject(env({ name: 'SUFFIX', value: '.$(POD_NAMESPACE).svc.k8s.example' }));
    expect(redis.nodes?.[0]).toBe('cache-shard-0-0.cache-shard-0-headless:6379');
  });

  test('reads the number of shards and members from a file, whose change causes no rollout', () => {
    const [three, four] = [cluster({ shards: 3 }).chart, cluster({ shards: 4, replicas: 2 }).chart];
    expect(find(three, 'ConfigMap', 'cache-shard-1-members').data).toEqual({ members: '2', shards: '3' });
    expect(find(four, 'ConfigMap', 'cache-shard-1-members').data).toEqual({ members: '3', shards: '4' });
  });

  test('with another shard, does not change the Pods of the existing ones', () => {
    const template = (chart: Chart) => JSON.stringify((find(chart, 'StatefulSet', 'cache-shard-0').spec as { template: object }).template);
    expect(template(cluster({ shards: 4 }).chart)).toBe(template(cluster({ shards: 3 }).chart));
  });

  test('has a readiness probe, and hands over before it stops', () => {
    const script = (name: string, ...args: string[]) => ({ exec: { command: ['bash', `/etc/cdk8s-stateful/files/${name}`, ...args] } });
    expect(find(cluster().chart, 'StatefulSet', 'cache-shard-0')).toMatchObject(container({
      command: ['bash', '/etc/cdk8s-stateful/files/cluster-start.sh'],
      startupProbe: script('probe.sh', 'started'),
      livenessProbe: script('probe.sh', 'alive'),
      readinessProbe: script('cluster-probe.sh'),
      lifecycle: { preStop: script('cluster-stop.sh') },
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
    }));
  });

  test('has the settings of a cluster', () => {
    expect(conf(cluster().chart)).toMatch(/^cluster-enabled yes\ncluster-node-timeout 5000\n/m);
    for (const line of ['cluster-preferred-endpoint-type hostname', 'cluster-allow-replica-migration no', 'cluster-allow-reads-when-down no', 'appendonly yes']) {
      expect(conf(cluster().chart)).toContain(`${line}\n`);
    }
    expect(conf(cluster({ nodeTimeout: Duration.seconds(15) }).chart)).toContain('cluster-node-timeout 15000\n');
  });

  test.each([[1, 0], [2, 1], [0, 0]])('with %d replicas needs %d of them for writes', (replicas, needed) => {
    expect(conf(cluster({ replicas }).chart)).toContain(`min-replicas-to-write ${needed}\n`);
  });

  test('can continue without a shard', () => {
    expect(find(cluster({ fullCoverage: false }).chart, 'StatefulSet', 'cache-shard-0')).toMatchObject(env({ name: 'FULL_COVERAGE', value: 'no' }));
    expect(yaml(cluster().chart)).not.toMatch(/name: FULL_COVERAGE/);
  });

  test('runs Valkey too', () => {
    expect(find(cluster({}, { flavor: RedisFlavor.VALKEY }).chart, 'StatefulSet', 'cache-shard-0')).toMatchObject(container({ name: 'valkey' }));
  });

  test('has the same manifests wherever its construct is in the tree', () => {
    const moved = () => {
      const chart = newChart('shop');
      new RedisDatabase(new Construct(chart, 'Team'), 'Cache', { storage, topology: RedisTopology.cluster() });
      return yaml(chart);
    };
    const { chart } = cluster();
    expect(yaml(chart)).toBe(yaml(chart));
    expect(moved()).toBe(yaml(chart));
  });
});

describe('network access to a cluster', () => {
  const rules = (chart: Chart, policy: string) => (find(chart, 'NetworkPolicy', policy).spec as {
    ingress: { from: { podSelector: { matchLabels: { [label: string]: string } } }[]; ports?: { port: number }[] }[];
  }).ingress.map(({ from: [{ podSelector }], ports }) => [podSelector.matchLabels['cdk8s.io/metadata.addr'], ports?.map(({ port }) => port)]);

  test('the members of other shards, on the data port, the bus port and the founding port', () => {
    expect(rules(cluster().chart, 'cache-shard-1')).toEqual([
      ['cache-shard-1', undefined], ['cache-shard-0', [6379, 7700, 16379]], ['cache-shard-2', [6379, 7700, 16379]],
    ]);
  });

  test('a client that was granted access, on the data port of each member', () => {
    const { chart, redis } = cluster();
    const api = client(chart);
    redis.grantConnect(api);
    for (const shard of SHARDS) expect(rules(chart, shard)).toContainEqual([api.podMetadata.getLabel(kplus.Pod.ADDRESS_LABEL), [6379]]);
    expect(find(chart, 'Deployment', 'api')).toMatchObject(env(
      { name: 'REDIS_HOST', value: redis.host }, { name: 'REDIS_PORT', value: '6379' }, { name: 'REDIS_NODES', value: (redis.nodes ?? []).join(',') },
      { name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'cache-credentials', key: 'password' } } },
    ));
  });

  test('with egress, each shard can reach every other one', () => {
    const { chart } = cluster({}, { egress: true });
    for (const shard of SHARDS) {
      const { egress } = find(chart, 'NetworkPolicy', `${shard}-egress`).spec as { egress: { to?: { podSelector: { matchLabels: { [label: string]: string } } }[] }[] };
      const peers = egress.flatMap(({ to = [] }) => to.map(({ podSelector }) => podSelector.matchLabels['cdk8s.io/metadata.addr']));
      expect(peers.sort()).toEqual(SHARDS);
    }
  });

  test('everybody, if it is not isolated', () => {
    expect(namesOf(cluster({}, { isolate: false }).chart, 'NetworkPolicy')).toEqual([]);
  });

  test('no client with Sentinel support', () => {
    const { redis } = cluster();
    expect(() => redis.connectionEnv({ sentinel: true })).toThrow("'sentinel' is true for a client, but there are no sentinels. Omit 'sentinel'");
  });

  test('and no manifest contains the password', () => {
    const { chart } = cluster();
    expect(synth(chart).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

describe('a cluster is refused', () => {
  test.each<[string, ClusterTopologyOptions, string]>([
    ['two shards', { shards: 2 }, "invalid 'shards': got 2, expected a whole number from 3 to 50"],
    ['half a shard', { shards: 3.5 }, "invalid 'shards': got 3.5, expected a whole number from 3 to 50"],
    ['too many shards', { shards: 51 }, "invalid 'shards': got 51, expected a whole number from 3 to 50"],
    ['too many replicas', { replicas: 6 }, "invalid 'replicas': got 6, expected a whole number from 0 to 5"],
    ['too many members', { shards: 40, replicas: 2 }, '40 shards of 3 are 120 members, but a cluster can have at most 100, because every member communicates with every other'],
    ['more copies than replicas', { replicas: 1, minReplicasToWrite: 2 }, 'writes require 2 replicas, but there are 1'],
    ['a short time', { nodeTimeout: Duration.millis(500) }, "invalid 'nodeTimeout in milliseconds': got 500, expected a whole number from 1000 to 60000"],
  ])('with %s', (_, options, message) => {
    expect(() => RedisTopology.cluster(options)).toThrow(message);
  });

  test('with a name that is too long for its shards', () => {
    expect(() => cluster({}, { name: 'a'.repeat(44) })).toThrow(/43/);
    expect(cluster({ shards: 50 }, { name: 'a'.repeat(43) }).redis.workloads).toHaveLength(50);
  });

  test('that starts from a snapshot', () => {
    const dataSource = VolumeDataSource.fromClaim(kplus.PersistentVolumeClaim.fromClaimName(newChart('shop'), 'Old', 'old'));
    expect(() => cluster({}, { storage: { ...storage, dataSource } })).toThrow('Each shard has its own keys');
  });

  test.each(['cluster-require-full-coverage', 'cluster-replica-validity-factor', 'cluster-announce-ip', 'cluster-node-timeout'])('with the setting %s of its own', name => {
    expect(() => cluster({}, { config: { [name]: '1' } })).toThrow(`'config.${name}' must not be set: `);
  });

  test('without the command that its members use', () => {
    expect(() => cluster({}, { renamedCommands: { CLUSTER: '' } })).toThrow(/a command that servers, probes and sentinels do not use/);
  });
});
