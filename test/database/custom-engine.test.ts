import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind } from '../support/manifests';
import { DatabaseEngine, DatabaseRequest, DatabaseServer, IDatabaseEngine, StatefulDatabase, StatefulDatabaseProps } from 'cdk8s-stateful';

/** The least that an engine is, as a user of the library would write it. */
class Toy implements IDatabaseEngine {
  public readonly name = 'toy';
  public readonly port = 7777;
  public request?: DatabaseRequest;

  public constructor(public readonly maxReadReplicas = 0, private readonly more: Partial<DatabaseServer> = {}) {}

  public bind(request: DatabaseRequest): DatabaseServer {
    this.request = request;
    const probe = kplus.Probe.fromTcpSocket({ port: this.port });
    return {
      image: request.image ?? 'toy:1',
      user: 1234,
      dataPath: '/toy',
      startup: probe,
      readiness: probe,
      liveness: probe,
      connection: { host: 'TOY_HOST', port: 'TOY_PORT', databaseName: 'TOY_NAME', username: 'TOY_USER', password: 'TOY_PASSWORD' },
      ...this.more,
    };
  }
}

function database(engine: IDatabaseEngine, props: Partial<StatefulDatabaseProps> = {}): { chart: Chart; toys: StatefulDatabase } {
  const chart = newChart('shop');
  return { chart, toys: new StatefulDatabase(chart, 'Toys', { engine: DatabaseEngine.of(engine), storage: { size: Size.gibibytes(3) }, ...props }) };
}

test('the least engine runs', () => {
  const { chart, toys } = database(new Toy());
  expect(find(chart, 'StatefulSet', 'toys')).toMatchObject({
    spec: {
      podManagementPolicy: 'Parallel',
      template: {
        spec: {
          securityContext: { runAsUser: 1234, fsGroup: 1234 },
          terminationGracePeriodSeconds: 60,
          containers: [{
            name: 'toy',
            image: 'toy:1',
            ports: [{ name: 'toy', containerPort: 7777 }],
            volumeMounts: [{ name: 'data', mountPath: '/toy' }, { name: 'credentials', mountPath: '/etc/cdk8s-stateful/credentials', readOnly: true }],
          }],
        },
      },
    },
  });
  expect(ofKind(chart, 'ConfigMap')).toEqual([]);
  expect(Object.keys(toys.connectionEnv())).toEqual(['TOY_HOST', 'TOY_PORT', 'TOY_NAME', 'TOY_USER', 'TOY_PASSWORD']);
});

test('an engine is told all that it needs', () => {
  const toy = new Toy(3);
  database(toy, { readReplicas: 2, parameters: { speed: 'high' }, image: 'mine:2', databaseName: 'box', resources: { memory: { limit: Size.gibibytes(2) } } });
  expect({ ...toy.request, memory: toy.request?.memory.toMebibytes(), storage: toy.request?.storage.toMebibytes() }).toEqual({
    path: 'test/Toys',
    name: 'toys',
    databaseName: 'box',
    primaryHost: 'toys-0.toys-headless.shop.svc.cluster.local',
    membersHost: 'toys-headless.shop.svc.cluster.local',
    memory: 2048,
    storage: 3072,
    readReplicas: 2,
    parameters: { speed: 'high' },
    image: 'mine:2',
    usernameFile: '/etc/cdk8s-stateful/credentials/username',
    passwordFile: '/etc/cdk8s-stateful/credentials/password',
    filesPath: '/etc/cdk8s-stateful/files',
  });
});

test('an engine can have all that ours have', () => {
  const { chart } = database(new Toy(0, {
    command: ['toyd'],
    args: ['--verbose'],
    prepareCommand: ['toy-init'],
    env: { TOYS: 'all' },
    files: { 'toy.conf': 'a=1' },
    initScriptsPath: '/toy-init.d',
    writablePaths: ['/tmp', '/run/toy'],
    sharedMemory: Size.mebibytes(64),
    podManagement: kplus.PodManagementPolicy.ORDERED_READY,
  }), { initScripts: { 'a.toy': 'play' } });
  expect(find(chart, 'ConfigMap', 'toys-files')).toMatchObject({ data: { 'toy.conf': 'a=1' } });
  expect(find(chart, 'ConfigMap', 'toys-init-scripts')).toMatchObject({ data: { 'a.toy': 'play' } });
  expect(find(chart, 'StatefulSet', 'toys')).toMatchObject({
    spec: {
      podManagementPolicy: 'OrderedReady',
      template: {
        spec: {
          initContainers: [{ name: 'prepare', command: ['toy-init'], args: ['--verbose'], env: [{ name: 'TOYS', value: 'all' }] }],
          containers: [{
            command: ['toyd'],
            volumeMounts: expect.arrayContaining([
              { name: 'init-scripts', mountPath: '/toy-init.d', readOnly: true },
              { name: 'writable-tmp', mountPath: '/tmp' },
              { name: 'writable-run-toy', mountPath: '/run/toy' },
              { name: 'shm', mountPath: '/dev/shm' },
            ]),
          }],
        },
      },
    },
  });
});

test('an engine without read replicas refuses them', () => {
  expect(() => database(new Toy(), { readReplicas: 1 })).toThrow("test/Toys: invalid 'readReplicas': got 1, expected 0: toy runs as a single instance here.");
});

test('an engine whose name cannot name a port is refused', () => {
  const engine: IDatabaseEngine = { name: 'Toy Database', port: 1, maxReadReplicas: 0, bind: request => new Toy().bind(request) };
  expect(() => database(engine)).toThrow("'Toy Database'");
});
