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
  test('moving the construct changes not a byte', () => {
    const flat = database().chart;
    const deep = newChart('shop');
    database({}, new Construct(new Construct(deep, 'Team'), 'Service'));
    expect(synth(deep)).toEqual(synth(flat));
  });

  test('another chart id changes not a byte', () => {
    const render = (id: string) => synth(database({}, new Chart(new App(), id, { namespace: 'shop' })).chart);
    expect(render('blue')).toEqual(render('green'));
  });

  test('a second synthesis gives the same bytes, and so does another order of parameters', () => {
    const { chart } = database({ parameters: { work_mem: '4MB', log_min_duration_statement: '500' } });
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
    expect(synth(database({ parameters: { log_min_duration_statement: '500', work_mem: '4MB' } }).chart)).toEqual(synth(chart));
  });

  test('the StatefulSet is the object of the construct', () => {
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

  test('read replicas are members beside the primary, one away at a time', () => {
    const { chart, orders } = database({ readReplicas: 2 });
    expect(setOf(chart).spec.replicas).toBe(3);
    expect(find(chart, 'PodDisruptionBudget', 'orders')).toMatchObject({ spec: { maxUnavailable: 1 } });
    expect(orders.readHost).toBe('orders-read.shop.svc.cluster.local');
  });

  test('adding a read replica leaves the Pod template as it is, so that the primary does not restart', () => {
    expect(setOf(database({ readReplicas: 1 }).chart).spec.template).toEqual(setOf(database().chart).spec.template);
  });

  test('the primary may wait for a read replica to confirm', () => {
    expect(serverOf(database({ readReplicas: 1, parameters: { synchronous_standby_names: '*' } }).chart).args).toContain('--synchronous_standby_names=*');
  });

  test('the write Service leads to ordinal 0 alone, the read Service to all that are ready', () => {
    const { chart } = database({ readReplicas: 1 });
    expect(find(chart, 'Service', 'orders')).toMatchObject({
      spec: { selector: { 'cdk8s.io/metadata.addr': 'orders', 'statefulset.kubernetes.io/pod-name': 'orders-0' }, ports: [{ name: 'postgres', port: 5432 }] },
    });
    expect(find(chart, 'Service', 'orders-read').spec).toMatchObject({ selector: { 'cdk8s.io/metadata.addr': 'orders' } });
  });

  test('all start at once: standbys wait for the primary by themselves, and a broken rollout can be mended', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject({ spec: { podManagementPolicy: 'Parallel' } });
  });
});

describe('names', () => {
  test('are fully qualified if the namespace is known, else relative to it', () => {
    expect(database().orders.host).toBe('orders.shop.svc.cluster.local');
    expect(database({}, newChart()).orders.host).toBe('orders');
    expect(database({ clusterDomain: 'k8s.example' }).orders.host).toBe('orders.shop.svc.k8s.example');
  });

  test('the servers are told where the primary and the members are', () => {
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

  test('the user of an Alpine image is another one, and any can be given', () => {
    const alpine = DatabaseEngine.postgres({ version: PostgresVersion.of('17.5-alpine') });
    expect(find(database({ engine: alpine }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 70, fsGroup: 70 } }));
    expect(find(database({ image: 'postgres:17-alpine' }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 70, fsGroup: 70 } }));
    const mirrored = database({ image: 'alpine.example/postgres:17' }).chart;
    expect(find(mirrored, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 999, fsGroup: 999 } }));
    expect(find(database({ security: { user: 26 } }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ securityContext: { runAsUser: 26, fsGroup: 26 } }));
  });

  test('have the service account that is given', () => {
    const chart = newChart('shop');
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'backups');
    expect(find(database({ serviceAccount }, chart).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ serviceAccountName: 'backups' }));
  });

  test('the memory limit is the request, and there is no cpu limit', () => {
    const resources = (props: Partial<StatefulDatabaseProps>) => find(database(props).chart, 'StatefulSet', 'orders');
    expect(resources({})).toMatchObject(podSpec({ containers: [{ resources: { limits: { memory: '1024Mi' }, requests: { memory: '1024Mi', cpu: '250m' } } }] }));
    expect(resources({ resources: { memory: { limit: Size.gibibytes(4) } } }))
      .toMatchObject(podSpec({ containers: [{ resources: { limits: { memory: '4096Mi' }, requests: { memory: '4096Mi', cpu: '250m' } } }] }));
    expect(resources({ resources: { memory: { request: Size.gibibytes(2) }, cpu: { request: kplus.Cpu.units(2) } } }))
      .toMatchObject(podSpec({ containers: [{ resources: { limits: { memory: '2048Mi' }, requests: { memory: '2048Mi', cpu: '2' } } }] }));
  });

  test('a cpu limit alone is the request too, as everywhere in Kubernetes', () => {
    const { chart } = database({ resources: { cpu: { limit: kplus.Cpu.millis(100) } } });
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ containers: [{ resources: { limits: { cpu: '100m' } } }] }));
    expect(find(chart, 'StatefulSet', 'orders')).not.toHaveProperty('spec.template.spec.containers.0.resources.requests.cpu');
    const left = database({ resources: { cpu: undefined } }).chart;
    expect(find(left, 'StatefulSet', 'orders')).toMatchObject(podSpec({ containers: [{ resources: { requests: { cpu: '250m' } } }] }));
  });

  test('the container that prepares the volume sees what the server sees', () => {
    const { containers: [server], initContainers: [prepare] = [] } = setOf(database({ initScripts: { '1.sql': 'select 1' } }).chart).spec.template.spec;
    expect(prepare.volumeMounts).toEqual(server.volumeMounts);
    expect([prepare.image, prepare.args, prepare.env]).toEqual([server.image, server.args, server.env]);
  });

  test('get the time to shut down that the engine needs, or the one that is given', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ terminationGracePeriodSeconds: 120 }));
    expect(find(database({ terminationGrace: Duration.minutes(5) }).chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({ terminationGracePeriodSeconds: 300 }));
  });

  test('take init scripts from any dictionary', () => {
    const withoutPrototype: { [file: string]: string } = Object.assign(Object.create(null), { '1.sql': 'select 1' });
    expect(find(database({ initScripts: withoutPrototype }).chart, 'ConfigMap', 'orders-init-scripts')).toMatchObject({ data: { '1.sql': 'select 1' } });
  });

  test('are rolled by a changed init script, as by every ConfigMap', () => {
    const checksum = (script: string) => JSON.stringify(setOf(database({ initScripts: { '1.sql': script } }).chart).spec.template);
    expect(checksum('select 1')).not.toBe(checksum('select 2'));
  });
});

describe('storage', () => {
  test('the claim is kept on deletion and on scaling down, unless one says otherwise', () => {
    expect(find(database().chart, 'StatefulSet', 'orders')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' }, volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
    });
  });

  test('the claim goes with the set if one says so', () => {
    const retention = { whenDeleted: ClaimRetention.DELETE };
    expect(find(database({ storage: { ...storage, retention } }).chart, 'StatefulSet', 'orders')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } },
    });
  });

  test.each([
    ['16', PostgresVersion.V16, '/var/lib/postgresql/data'],
    ['17', PostgresVersion.V17, '/var/lib/postgresql/data'],
    ['18', PostgresVersion.V18, '/var/lib/postgresql'],
  ])('PostgreSQL %s: the volume is exactly where the image declares one, the data in a folder of it', (_, version, mountPath) => {
    const { volumeMounts, env } = serverOf(database({ engine: DatabaseEngine.postgres({ version }) }).chart);
    expect(volumeMounts).toContainEqual({ name: 'data', mountPath });
    expect(env).toContainEqual({ name: 'PGDATA', value: `${mountPath}/pgdata` });
  });
});

describe('a snapshot', () => {
  const size = Size.gibibytes(20);
  const dataSource = (chart: Chart) => VolumeDataSource.fromSnapshot(VolumeSnapshot.fromName(chart, 'Before', 'before'));

  test('is what a database without read replicas begins with', () => {
    const chart = newChart('shop');
    database({ storage: { size, dataSource: dataSource(chart) } }, chart);
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject({ spec: { volumeClaimTemplates: [{ spec: { dataSource: { name: 'before' } } }] } });
  });

  test('is restored to the claim of the primary alone where there are read replicas', () => {
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

  test('or from a Secret and keys of one\'s own', () => {
    const chart = newChart('shop');
    const admin = kplus.Secret.fromSecretName(chart, 'Admin', 'admin');
    database({ credentials: DatabaseCredentials.fromSecret(admin, { usernameKey: 'login', passwordKey: 'pass' }) }, chart);
    const items = expect.arrayContaining([{ key: 'login', path: 'username' }, { key: 'pass', path: 'password' }]);
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject(podSpec({
      volumes: expect.arrayContaining([expect.objectContaining({ secret: expect.objectContaining({ secretName: 'admin', items }) })]),
    }));
  });

  test('are in no environment variable and in no argument of the server', () => {
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
])('%s has the time to start that it is given', (_, engine) => {
  const startup = (props: Partial<StatefulDatabaseProps>) => serverOf(database({ engine, ...props }).chart).startupProbe;
  expect(startup({})).toMatchObject({ failureThreshold: 360, periodSeconds: 5 });
  expect(startup({ startupBudget: Duration.hours(2) })).toMatchObject({ failureThreshold: 1440, periodSeconds: 5 });
});

test('the image can be one of one\'s own registry', () => {
  expect(serverOf(database({ image: 'registry.example/postgres:17.5' }).chart).image).toBe('registry.example/postgres:17.5');
});
