import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind } from '../support/manifests';
import {
  ConnectionValue, DatabaseDesign, DatabaseEngine, DatabaseRequest, EndpointTarget, IDatabaseEngine, MemberContainer,
  MemberGroup, MemberMount, Members, StatefulDatabase, StatefulDatabaseProps,
} from 'cdk8s-stateful';

/** The least that an engine is, as a user of the library would write it. */
class Toy implements IDatabaseEngine {
  public readonly name = 'toy';
  public request?: DatabaseRequest;

  public constructor(private readonly group: Partial<MemberGroup> = {}, private readonly server: Partial<MemberContainer> = {}) {}

  public design(request: DatabaseRequest): DatabaseDesign {
    this.request = request;
    const { names, image = 'toy:1', resources, storage } = request;
    const port = { name: this.name, number: 7777 };
    return {
      groups: [{
        names,
        members: Members.replicas(1),
        user: 1234,
        mounts: [MemberMount.claim('data', '/toy', storage)],
        containers: [{ name: this.name, image, resources, ports: [port], ...this.server }],
        ...this.group,
      }],
      write: { name: names.serviceName(), group: names, ports: [port], target: EndpointTarget.member(0) },
      connection: [
        { name: 'TOY_HOST', suffix: 'HOST', value: ConnectionValue.text(names.serviceDnsName()) },
        { name: 'TOY_USER', suffix: 'USERNAME', value: ConnectionValue.username() },
        { name: 'TOY_PASSWORD', suffix: 'PASSWORD', value: ConnectionValue.password() },
      ],
    };
  }
}

function database(engine: IDatabaseEngine, props: Partial<StatefulDatabaseProps> = {}): { chart: Chart; toys: StatefulDatabase } {
  const chart = newChart('shop');
  return { chart, toys: new StatefulDatabase(chart, 'Toys', { engine: DatabaseEngine.of(engine), storage: { size: Size.gibibytes(3) }, ...props }) };
}

function requestTo({ request }: Toy): DatabaseRequest {
  if (request === undefined) throw new Error('the engine was not asked');
  return request;
}

test('a minimal engine works', () => {
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
            volumeMounts: [{ name: 'data', mountPath: '/toy' }],
          }],
        },
      },
    },
  });
  expect(ofKind(chart, 'ConfigMap')).toEqual([]);
  expect(Object.keys(toys.connectionEnv())).toEqual(['TOY_HOST', 'TOY_USER', 'TOY_PASSWORD']);
  expect(Object.keys(toys.connectionEnv({ prefix: 'BOX_' }))).toEqual(['BOX_HOST', 'BOX_USERNAME', 'BOX_PASSWORD']);
  expect({ host: toys.host, port: toys.port, readHost: toys.readHost }).toEqual({ host: 'toys.shop.svc.cluster.local', port: 7777, readHost: undefined });
});

test('an engine gets a complete request', () => {
  const toy = new Toy();
  database(toy, {
    parameters: { speed: 'high' },
    image: 'mine:2',
    databaseName: 'box',
    resources: { memory: { limit: Size.gibibytes(2) } },
    startupBudget: Duration.hours(2),
  });
  const { names, memory, storage, startupBudget, resources, credentials, ...rest } = requestTo(toy);
  expect([memory, storage.size, resources.memory?.request].map(size => size?.toMebibytes())).toEqual([2048, 3072, 2048]);
  expect([startupBudget.toSeconds(), credentials.secret.name]).toEqual([7200, 'toys-credentials']);
  expect([names.set, names.podDnsName(1), names.claimName('data', 0), names.serviceName('read'), names.domain, names.group('router').podName(0)]).toEqual([
    'toys', 'toys-1.toys-headless.shop.svc.cluster.local', 'data-toys-0', 'toys-read', 'toys-headless.shop.svc.cluster.local', 'toys-router-0',
  ]);
  expect(rest).toEqual({ path: 'test/Toys', databaseName: 'box', readReplicas: 0, parameters: { speed: 'high' }, unlistedSettings: [], image: 'mine:2', initScripts: {} });
});

test('an engine can use everything that the built-in engines use', () => {
  const initScripts = { 'a.toy': 'play' };
  const step = { name: 'prepare', image: 'toy:1', command: ['toy-init'], resources: {}, env: { TOYS: kplus.EnvValue.fromValue('all') } };
  const { chart } = database(new Toy({
    podManagement: kplus.PodManagementPolicy.ORDERED_READY,
    prepare: [step],
    mounts: [
      MemberMount.files('files', '/etc/toy', { 'toy.conf': 'a=1' }),
      MemberMount.files('none', '/none', {}),
      MemberMount.files('init-scripts', '/toy-init.d', initScripts),
      MemberMount.folder('/tmp', { limit: Size.mebibytes(32) }),
      MemberMount.folder('/run/toy'),
      MemberMount.sharedMemory(Size.mebibytes(64)),
    ],
  }, { command: ['toyd'], args: ['--verbose'], preStop: ['toy-stop'] }), { initScripts });
  expect(find(chart, 'ConfigMap', 'toys-files')).toMatchObject({ data: { 'toy.conf': 'a=1' } });
  expect(find(chart, 'ConfigMap', 'toys-init-scripts')).toMatchObject({ data: { 'a.toy': 'play' } });
  expect(find(chart, 'StatefulSet', 'toys')).toMatchObject({
    spec: {
      podManagementPolicy: 'OrderedReady',
      template: {
        spec: {
          initContainers: [{ name: 'prepare', command: ['toy-init'], env: [{ name: 'TOYS', value: 'all' }] }],
          containers: [{
            command: ['toyd'],
            args: ['--verbose'],
            lifecycle: { preStop: { exec: { command: ['toy-stop'] } } },
            volumeMounts: [
              { name: 'files', mountPath: '/etc/toy', readOnly: true },
              { name: 'init-scripts', mountPath: '/toy-init.d', readOnly: true },
              { name: 'writable-tmp', mountPath: '/tmp' },
              { name: 'writable-run-toy', mountPath: '/run/toy' },
              { name: 'shm', mountPath: '/dev/shm' },
            ],
          }],
          volumes: expect.arrayContaining([
            { name: 'writable-tmp', emptyDir: { sizeLimit: '32Mi' } },
            { name: 'writable-run-toy', emptyDir: { sizeLimit: '128Mi' } },
            { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
          ]),
        },
      },
    },
  });
});

test('an engine without an endpoint for reads refuses read replicas', () => {
  expect(() => database(new Toy(), { readReplicas: 1 })).toThrow("test/Toys: invalid 'readReplicas': got 1, expected 0, because toy runs as a single instance.");
});

test('init scripts are rejected if the engine does not mount them', () => {
  expect(() => database(new Toy(), { initScripts: { 'a.toy': 'play' } })).toThrow("test/Toys: invalid 'initScripts': got 'a.toy', expected none, because the engine toy does not support init scripts.");
});

test('an engine whose name is not a valid container name is rejected', () => {
  expect(() => database(new Toy({}, { name: 'Toy Database' }))).toThrow("'Toy Database'");
});
