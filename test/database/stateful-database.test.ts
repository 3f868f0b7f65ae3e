import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth, yaml } from '../support/manifests';
import {
  ClaimRetention, DatabaseCredentials, DatabaseEngine, MariadbVersion, MysqlVersion, PersistentVolumeClaim,
  PostgresVersion, StatefulDatabase, StatefulDatabaseProps, VolumeDataSource, VolumeSnapshot,
} from 'cdk8s-stateful';

const postgres = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
const storage = { size: Size.gibibytes(20) };

function database(props: Partial<StatefulDatabaseProps> = {}, scope: Construct = newChart('shop'), id = 'Orders'): { chart: Chart; orders: StatefulDatabase } {
  return { chart: Chart.of(scope), orders: new StatefulDatabase(scope, id, { engine: postgres, storage, ...props }) };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: string[];
  readonly startupProbe: object;
  readonly env: { name: string; value?: string }[];
  readonly volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface Set {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: Container[]; readonly initContainers?: Container[] } };
  };
}

const setOf = (chart: Chart) => find(chart, 'StatefulSet', 'orders') as unknown as Set;
const serverOf = (chart: Chart) => setOf(chart).spec.template.spec.containers[0];
const podSpec = (spec: object) => ({ spec: { template: { spec } } });

describe('what each engine gives', () => {
  test.each([
    ['PostgreSQL', DatabaseEngine.postgres({ version: PostgresVersion.V17 })],
    ['MySQL', DatabaseEngine.mysql({ version: MysqlVersion.V9_7 })],
    ['MariaDB', DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 })],
  ])('%s', (_, engine) => {
    expect(yaml(database({ engine }).chart)).toMatchSnapshot();
  });
});

describe('identity', () => {
  test('moving the construct does not change the manifests', () => {
    const flat = database().chart;
    const deep = newChart('shop');
    database({}, new Construct(new Construct(deep, 'Team'), 'Service'));
    expect(synth(deep)).toEqual(synth(flat));
  });

  test('another chart id does not change the manifests', () => {
    const render = (id: string) => synth(database({}, new Chart(new App(), id, { namespace: 'shop' })).chart);
    expect(render('blue')).toEqual(render('green'));
  });

  test('a second synthesis or another order of parameters gives the same manifests', () => {
    const { chart } = database({ parameters: { work_mem: '4MB', log_min_duration_statement: '500' } });
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
    expect(synth(database({ parameters: { log_min_duration_statement: '500', work_mem: '4MB' } }).chart)).toEqual(synth(chart));
  });

  test('the StatefulSet is the default child', () => {
    const { orders } = database();
    expect(ApiObject.of(orders)).toMatchObject({ kind: 'StatefulSet', name: 'orders' });
    expect(orders.statefulWorkload.workload).toBe(orders.workload);
  });
});

describe('members', () => {
  test('a single one has no disruption budget and no read Service', () => {
    const { chart, orders } = database();
    expect(setOf(chart).spec.replicas).toBe(1);
    expect(ofKind(chart, 'PodDisruptionBudget')).toEqual([]);
    expect(orders.readHost).toBeUndefined();
    expect(ofKind(chart, 'Service').map(({ metadata }) => metadata.name).sort()).toEqual(['orders', 'orders-headless']);
  });

  test('read replicas are additional members, at most one down at a time', () => {
    const { chart, orders } = database({ readReplicas: 2 });
    expect(setOf(chart).spec.replicas).toBe(3);
    expect(find(chart, 'PodDisruptionBudget', 'orders')).toMatchObject({ spec: { maxUnavailable: 1 } });
    expect(orders.readHost).toBe('orders-read.shop.svc.cluster.local');
  });

  test('adding a read replica does not change the Pod template, so that the primary does not restart', () => {
    expect(setOf(database({ readReplicas: 1 }).chart).spec.template).toEqual(setOf(database().chart).spec.template);
  });

  test('the primary can use synchronous replication', () => {
    expect(serverOf(database({ readReplicas: 1, parameters: { synchronous_standby_names: '"orders-1"' } }).chart).args).toContain('--synchronous_standby_names="orders-1"');
  });

  test('the write Service routes to ordinal 0 only, the read Service to all ready members', () => {
    const { chart } = database({ readReplicas: 1 });
    expect(find(chart, 'Service', 'orders')).toMatchObject({
      spec: { selector: { 'cdk8s.io/metadata.addr': 'orders', 'statefulset.kubernetes.io/pod-name': 'orders-0' }, ports: [{ name: 'postgres', port: 5432 }] },
    });
    expect(find(chart, 'Service', 'orders-read').spec).toMatchObject({ selector: { 'cdk8s.io/metadata.addr': 'orders' } });
  });

  test('all start in parallel: standbys wait for the primary, and a broken rollout can be fixed', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject({ spec: { podManagementPolicy: 'Parallel' } });
  });
});

describe('names', () => {
  test('are fully qualified if the namespace is known, otherwise relative to it', () => {
    expect(database().orders.host).toBe('orders.shop.svc.cluster.local');
    expect(database({}, newChart()).orders.host).toBe('orders');
    expect(database({ clusterDomain: 'k8s.example' }).orders.host).toBe('orders.shop.svc.k8s.example');
  });

  test('the servers get the addresses of the primary and the members', () => {
    expect(serverOf(database({}, newChart()).chart).env).toEqual(expect.arrayContaining([
      { name: 'PRIMARY_HOST', value: 'orders-0.orders-headless' },
      { name: 'MEMBERS_HOST', value: 'orders-headless' },
    ]));
  });
});

describe('Pods', () => {
  test('are restricted, with the user of the image', () => {
    const securityContext = { runAsUser: 999, runAsGroup: 999, fsGroup: 999, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({
      automountServiceAccountToken: false,
      securityContext,
      containers: [{ securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
      initContainers: [{ securityContext: { readOnlyRootFilesystem: true } }],
    }));
  });

  test('an Alpine image has a different user, and any user can be set', () => {
    const alpine = DatabaseEngine.postgres({ version: PostgresVersion.of('17.5-alpine') });
    expect(find(database({ engine: alpine }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 70, fsGroup: 70 } }));
    expect(find(database({ image: 'postgres:17-alpine' }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 70, fsGroup: 70 } }));
    const mirrored = database({ image: 'alpine.example/postgres:17' }).chart;
    expect(find(mirrored, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 999, fsGroup: 999 } }));
    expect(find(database({ security: { user: 26 } }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 26, fsGroup: 26 } }));
  });

  test('have the given service account', () => {
    const chart = newChart('shop');
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'backups');
    expect(find(database({ serviceAccount }, chart).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ serviceAccountName: 'backups' }));
  });

  test('the memory request equals the limit, and there is no CPU limit', () => {
    const resources = (props: Partial<StatefulDatabaseProps>) => find(database(props).chart, 'StatefulSet', 'orders');
    expect(resources({})).toMatchObject(podSpec({ containers: [{ resources: { limits: { memory: '1024Mi' }, requests: { memory: '1024Mi', cpu: '250m' } } }] }));
    expect(resources({ resources: { memory: { limit: Size.gibibytes(4) } } }))
      .toMatchObject(podSpec({ containers: [{ resources: { limits: { memory: '4096Mi' }, requests: { memory: '4096Mi', cpu: '250m' } } }] }));
    expect(resources({ resources: { memory: { request: Size.gibibytes(2) }, cpu: { request: kplus.Cpu.units(2) } } }))
      .toMatchObject(podSpec({ containers: [{ resources: { limits: { memory: '2048Mi' }, requests: { memory: '2048Mi', cpu: '2' } } }] }));
  });

  test('a CPU limit without a request is also the request, as in Kubernetes', () => {
    const { chart } = database({ resources: { cpu: { limit: kplus.Cpu.millis(100) } } });
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ containers: [{ resources: { limits: { cpu: '100m' } } }] }));
    expect(find(chart, 'StatefulSet', 'orders')).not.toHaveProperty('spec.template.spec.containers.0.resources.requests.cpu');
    const left = database({ resources: { cpu: undefined } }).chart;
    expect(find(left, 'StatefulSet', 'orders')).toMatchObject(podSpec({ containers: [{ resources: { requests: { cpu: '250m' } } }] }));
  });

  test('the init container has the same mounts and variables as the server', () => {
    const { containers: [server], initContainers: [prepare] = [] } = setOf(database({ initScripts: { '1.sql': 'select 1' } }).chart).spec.template.spec;
    expect(prepare.volumeMounts).toEqual(server.volumeMounts);
    expect([prepare.image, prepare.args, prepare.env]).toEqual([server.image, server.args, server.env]);
  });

  test('have the grace period of the engine, or the given one', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ terminationGracePeriodSeconds: 120 }));
    expect(find(database({ terminationGrace: Duration.minutes(5) }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ terminationGracePeriodSeconds: 300 }));
  });

  test('accept init scripts from any dictionary', () => {
    const withoutPrototype: { [file: string]: string } = Object.assign(Object.create(null), { '1.sql': 'select 1' });
    expect(find(database({ initScripts: withoutPrototype }).chart, 'ConfigMap', 'orders-init-scripts')).toMatchObject({ data: { '1.sql': 'select 1' } });
  });

  test('are rolled when an init script changes, as with every ConfigMap', () => {
    const checksum = (script: string) => JSON.stringify(setOf(database({ initScripts: { '1.sql': script } }).chart).spec.template);
    expect(checksum('select 1')).not.toBe(checksum('select 2'));
  });
});

describe('storage', () => {
  test('the claim is retained on deletion and scale-down by default', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' }, volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
    });
  });

  test('the claim is deleted with the set if the retention says so', () => {
    const retention = { whenDeleted: ClaimRetention.DELETE };
    expect(find(database({ storage: { ...storage, retention } }).chart, 'StatefulSet', 'orders')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } },
    });
  });

  test.each([
    ['16', PostgresVersion.V16, '/var/lib/postgresql/data'],
    ['17', PostgresVersion.V17, '/var/lib/postgresql/data'],
    ['18', PostgresVersion.V18, '/var/lib/postgresql'],
  ])("PostgreSQL %s: the mount path is that of the image's volume, with the data in a subdirectory", (_, version, mountPath) => {
    const { volumeMounts, env } = serverOf(database({ engine: DatabaseEngine.postgres({ version }) }).chart);
    expect(volumeMounts).toContainEqual({ name: 'data', mountPath });
    expect(env).toContainEqual({ name: 'PGDATA', value: `${mountPath}/pgdata` });
  });
});

describe('a snapshot', () => {
  const size = Size.gibibytes(20);
  const dataSource = (chart: Chart) => VolumeDataSource.fromSnapshot(VolumeSnapshot.fromName(chart, 'Before', 'before'));

  test('can be the data source of a database without read replicas', () => {
    const chart = newChart('shop');
    database({ storage: { size, dataSource: dataSource(chart) } }, chart);
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject({ spec: { volumeClaimTemplates: [{ spec: { dataSource: { name: 'before' } } }] } });
  });

  test('is restored to the claim of the primary only if there are read replicas', () => {
    const chart = newChart('shop');
    new PersistentVolumeClaim(chart, 'Restored', { name: 'data-orders-0', size, dataSource: dataSource(chart) });
    database({ storage: { size }, readReplicas: 1 }, chart);
    expect(find(chart, 'PersistentVolumeClaim', 'data-orders-0')).toMatchObject({ spec: { dataSource: { name: 'before' } } });
    expect(find(chart, 'StatefulSet', 'orders')).not.toHaveProperty('spec.volumeClaimTemplates.0.spec.dataSource');
  });
});

describe('credentials', () => {
  test('come from the Secret <name>-credentials, as files', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({
      volumes: expect.arrayContaining([{
        name: 'credentials',
        secret: {
          secretName: 'orders-credentials',
          defaultMode: 0o440,
          items: expect.arrayContaining([{ key: 'username', path: 'username' }, { key: 'password', path: 'password' }]),
        },
      }]),
    }));
  });

  test('or from another Secret and other keys', () => {
    const chart = newChart('shop');
    const admin = kplus.Secret.fromSecretName(chart, 'Admin', 'admin');
    database({ credentials: DatabaseCredentials.fromSecret(admin, { usernameKey: 'login', passwordKey: 'pass' }) }, chart);
    const items = expect.arrayContaining([{ key: 'login', path: 'username' }, { key: 'pass', path: 'password' }]);
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({
      volumes: expect.arrayContaining([expect.objectContaining({ secret: expect.objectContaining({ secretName: 'admin', items }) })]),
    }));
  });

  test('are not in environment variables or arguments of the server', () => {
    const engines = [postgres, DatabaseEngine.mysql({ version: MysqlVersion.V8_4 }), DatabaseEngine.mariadb({ version: MariadbVersion.V11_4 })];
    for (const engine of engines) {
      for (const { name, value } of serverOf(database({ engine }).chart).env) {
        expect(value).toBeDefined(); // no secretKeyRef
        if (/PASSWORD|PASS/.test(name)) expect(value).toMatch(/^\/(etc|tmp)\//);
      }
    }
    expect(ofKind(database().chart, 'Secret')).toEqual([]);
  });
});

test.each([
  ['MySQL', DatabaseEngine.mysql({ version: MysqlVersion.V8_4 })],
  ['MariaDB', DatabaseEngine.mariadb({ version: MariadbVersion.V11_4 })],
])('%s has the given startup budget', (_, engine) => {
  const startup = (props: Partial<StatefulDatabaseProps>) => serverOf(database({ engine, ...props }).chart).startupProbe;
  expect(startup({})).toMatchObject({ failureThreshold: 360, periodSeconds: 5 });
  expect(startup({ startupBudget: Duration.hours(2) })).toMatchObject({ failureThreshold: 1440, periodSeconds: 5 });
});

test('the image can come from another registry', () => {
  expect(serverOf(database({ image: 'registry.example/postgres:17.5' }).chart).image).toBe('registry.example/postgres:17.5');
});
