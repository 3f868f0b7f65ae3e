import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind } from '../support/manifests';
import { DatabaseCredentials, DatabaseEngine, IDatabaseEngine, MariadbVersion, MysqlVersion, PostgresVersion, StatefulDatabase } from 'cdk8s-stateful';

const postgres = DatabaseEngine.postgres({ version: PostgresVersion.V17 });

function database(chart: Chart, id = 'Orders', engine: IDatabaseEngine = postgres): StatefulDatabase {
  return new StatefulDatabase(chart, id, { engine, storage: { size: Size.gibibytes(1) }, databaseName: 'shop' });
}

function client(chart: Chart, id = 'Api'): kplus.Deployment {
  const containers = [{ image: 'shop/api:1' }, { image: 'shop/proxy:1', name: 'proxy' }];
  return new kplus.Deployment(chart, id, { metadata: { name: id.toLowerCase() }, containers });
}

const fromSecret = (name: string, key: string, secret = 'orders-credentials') => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } });
const host = 'orders.shop.svc.cluster.local';
const envOf = (chart: Chart, name: string) => {
  const { spec } = find(chart, 'Deployment', name) as unknown as { spec: { template: { spec: { containers: { env: object[] }[] } } } };
  return spec.template.spec.containers.map(({ env }) => env);
};

const postgresEnv = [
  { name: 'PGHOST', value: host },
  { name: 'PGPORT', value: '5432' },
  { name: 'PGDATABASE', value: 'shop' },
  fromSecret('PGUSER', 'username'),
  fromSecret('PGPASSWORD', 'password'),
];
const mysqlEnv = [
  { name: 'MYSQL_HOST', value: host },
  { name: 'MYSQL_TCP_PORT', value: '3306' },
  { name: 'MYSQL_DATABASE', value: 'shop' },
  fromSecret('MYSQL_USER', 'username'),
  fromSecret('MYSQL_PWD', 'password'),
];

test.each<[string, IDatabaseEngine, object[]]>([
  ['PostgreSQL', postgres, postgresEnv],
  ['MySQL', DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), mysqlEnv],
  ['MariaDB', DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }), mysqlEnv],
])('%s sets the connection variables in every container of a client, with the names that its own clients read', (_, engine, expected) => {
  const chart = newChart('shop');
  database(chart, 'Orders', engine).grantConnect(client(chart));
  expect(envOf(chart, 'api')).toEqual([expected, expected]);
});

test('init containers connect too, to migrate a schema', () => {
  const chart = newChart('shop');
  const api = client(chart);
  api.addInitContainer({ image: 'shop/migrate:1' });
  database(chart).grantConnect(api);
  expect(Object.keys(api.initContainers[0].env.variables)).toContain('PGHOST');
});

test('a prefix names the variables of one database among several', () => {
  const chart = newChart('shop');
  const api = client(chart);
  database(chart).grantConnect(api, { prefix: 'ORDERS_' });
  database(chart, 'Stock').grantConnect(api, { prefix: 'STOCK_' });
  const suffixes = ['HOST', 'PORT', 'NAME', 'USERNAME', 'PASSWORD'];
  expect(Object.keys(api.containers[0].env.variables)).toEqual(['ORDERS_', 'STOCK_'].flatMap(prefix => suffixes.map(suffix => prefix + suffix)));
});

test('granting twice has the effect of granting once', () => {
  const chart = newChart('shop');
  const [orders, api] = [database(chart), client(chart)];
  orders.grantConnect(api);
  orders.grantConnect(api);
  expect(envOf(chart, 'api')[0]).toHaveLength(5);
  expect(ofKind(chart, 'NetworkPolicy')).toHaveLength(1);
});

test('the NetworkPolicy allows only the client, on the port of the server', () => {
  const chart = newChart('shop');
  database(chart).grantConnect(client(chart));
  expect(find(chart, 'NetworkPolicy', 'orders')).toMatchObject({
    spec: { ingress: [{ from: [expect.anything()] }, { from: [expect.anything()], ports: [{ port: 5432 }] }] },
  });
  expect(ofKind(chart, 'NetworkPolicy')).toHaveLength(1);
});

test('a port of a sidecar stays closed to clients of the database', () => {
  const chart = newChart('shop');
  const orders = database(chart);
  orders.statefulWorkload.addContainer({ name: 'metrics', image: 'exporter:1', ports: [{ name: 'metrics', number: 9187 }] });
  orders.grantConnect(client(chart), { egress: true });
  const ports = [{ port: 5432, protocol: 'TCP' }];
  expect(find(chart, 'NetworkPolicy', 'orders')).toMatchObject({ spec: { ingress: [{}, { ports }] } });
  expect(find(chart, 'NetworkPolicy', 'api-egress')).toMatchObject({ spec: { egress: expect.arrayContaining([expect.objectContaining({ ports })]) } });
});

test('a client of another namespace needs credentials in its own namespace', () => {
  const app = new App();
  const [shop, web] = ['shop', 'web'].map(namespace => new Chart(app, namespace, { namespace }));
  const [orders, api] = [database(shop), client(web)];
  expect(() => orders.grantConnect(api)).toThrow(
    "web/Api: a workload of namespace 'web' cannot read the Secret 'orders-credentials' of namespace 'shop'. "
    + "Copy the Secret to 'web', and specify the copy: grantConnect(client, { credentials: DatabaseCredentials.fromSecret(copy) }).");
  orders.grantConnect(api, { credentials: DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(web, 'Copy', 'orders-copy')) });
  expect(envOf(web, 'api')[0]).toContainEqual(fromSecret('PGPASSWORD', 'password', 'orders-copy'));
});

test('a client with a namespace cannot connect to a database whose namespace is not known', () => {
  const app = new App();
  const orders = database(new Chart(app, 'here'));
  expect(() => orders.grantConnect(client(new Chart(app, 'web', { namespace: 'web' })))).toThrow(
    "web/Api: a workload of namespace 'web' is granted access to 'orders', whose namespace is unknown. Set 'namespace' on the chart of the database.");
});

test('a client that cannot be granted access gets no variables', () => {
  const api = client(new Chart(new App(), 'web'));
  expect(() => database(newChart('shop')).grantConnect(api)).toThrow('a workload without a namespace is granted access');
  expect(api.containers[0].env.variables).toEqual({});
});

test('a variable with another value is not overwritten, and no other variable is set', () => {
  const chart = newChart('shop');
  const api = client(chart);
  api.containers[1].env.addVariable('PGHOST', kplus.EnvValue.fromValue('elsewhere'));
  expect(() => database(chart).grantConnect(api)).toThrow(
    "test/Api: its container 'proxy' has another value for the variable 'PGHOST' already. Set 'prefix', for example 'ORDERS_', to rename the variables of this database.");
  expect(api.containers[0].env.variables).toEqual({});
});

test('a client without containers is rejected', () => {
  const chart = newChart('shop');
  const api = new kplus.Deployment(chart, 'Api');
  expect(() => database(chart).grantConnect(api)).toThrow('test/Api: it is granted access before it has containers that can get the connection details. Add its containers first.');
});

test('a construct of this library instead of its workload, from JavaScript, is rejected', () => {
  const chart = newChart('shop');
  const orders = database(chart);
  expect(() => Reflect.apply(orders.grantConnect, orders, [database(chart, 'Audit')])).toThrow(
    "test/Orders.grantConnect: invalid 'client': got the StatefulDatabase test/Audit, expected a kplus.AbstractPod. Pass its 'workload'.");
});

test('an invalid prefix is rejected', () => {
  expect(() => database(newChart('shop')).connectionEnv({ prefix: '2ND-' })).toThrow(
    "test/Orders: invalid 'prefix': got '2ND-', expected letters, digits and '_', not starting with a digit. For example 'ORDERS_'.");
});

/** cdk8s-plus keeps the very object that it is given, so that two containers may share their variables. */
test('of two workloads created with the same variables object, only the one that was granted access gets the password', () => {
  const chart = newChart('shop');
  const envVariables = { LOG: kplus.EnvValue.fromValue('debug') };
  const [api, stranger] = ['Api', 'Stranger'].map(id => new kplus.Deployment(chart, id, { metadata: { name: id.toLowerCase() }, containers: [{ image: 'shop/api:1', envVariables }] }));
  database(chart).grantConnect(api);
  expect(envOf(chart, 'api')).toEqual([[{ name: 'LOG', value: 'debug' }, ...postgresEnv]]);
  expect(envOf(chart, 'stranger')).toEqual([[{ name: 'LOG', value: 'debug' }]]);
  expect(Object.keys(envVariables)).toEqual(['LOG']);
  stranger.containers[0].env.addVariable('MODE', kplus.EnvValue.fromValue('test'));
  api.containers[0].env.addVariable('MODE', kplus.EnvValue.fromValue('live'));
  expect(envOf(chart, 'api')[0]).toContainEqual({ name: 'MODE', value: 'live' });
});
