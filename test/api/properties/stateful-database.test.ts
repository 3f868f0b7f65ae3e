/** @beside-others */
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { identities, labels, optional, setNames, statefulPods, storages } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { DatabaseEngine, GoverningService, IDatabaseEngine, MariadbVersion, MysqlVersion, PostgresVersion, StatefulDatabase, StatefulWorkload } from 'cdk8s-stateful';

interface EngineInput {
  readonly engine: IDatabaseEngine;
  readonly readReplicas?: number;
  readonly parameters?: { [name: string]: string };
  readonly resources?: kplus.ContainerResources;
}

/** What a parameter's value may hold that YAML, a shell or Kubernetes would read otherwise. */
const values = fc.stringMatching(/^[ -~]{0,30}$/);

const postgres = fc.record<EngineInput, 'engine'>({
  engine: fc.constantFrom(PostgresVersion.V16, PostgresVersion.V17, PostgresVersion.V18, PostgresVersion.of('17.5-alpine'))
    .map(version => DatabaseEngine.postgres({ version })),
  readReplicas: fc.integer({ min: 0, max: 9 }),
  parameters: optional({ log_line_prefix: values, max_connections: fc.integer({ min: 1, max: 40 }).map(String), random_page_cost: fc.constant('1.1') }),
}, { requiredKeys: ['engine'] });

const mysqlEngines = fc.constantFrom(
  ...[MysqlVersion.V8_4, MysqlVersion.V9_7].map(version => DatabaseEngine.mysql({ version })),
  ...[MariadbVersion.V10_11, MariadbVersion.V11_4, MariadbVersion.V11_8].map(version => DatabaseEngine.mariadb({ version })),
);

const connections = (min: number, max: number) => fc.integer({ min, max }).map(String);

const mysqlFamily = fc.record<EngineInput, 'engine'>({
  engine: mysqlEngines,
  parameters: optional({ 'init-connect': values, 'max_connections': connections(1, 40) }),
}, { requiredKeys: ['engine'] });

/** More than the default memory has room for. */
const manyConnections = fc.record<EngineInput>({
  engine: mysqlEngines,
  parameters: fc.record({ max_connections: connections(41, 1000) }),
  resources: fc.constant({ memory: { limit: Size.gibibytes(16) } }),
});

const inputsOf = (engine: fc.Arbitrary<EngineInput>, least: Size) => fc.record({
  pods: statefulPods,
  engine,
  own: optional({
    databaseName: fc.stringMatching(/^[A-Z_][A-Za-z0-9_]{0,62}$/).filter(name => name !== 'SYS' && name !== 'MYSQL'),
    resources: fc.record({ memory: fc.integer({ min: 1024, max: 65536 }).map(limit => ({ limit: Size.mebibytes(limit) })) }),
    initScripts: fc.dictionary(fc.stringMatching(/^[0-9]{2}-[-_.a-z]{1,20}\.(sql|sh)$/), fc.string({ maxLength: 200 }), { maxKeys: 3 }),
  }),
  storage: storages(least),
  identity: fc.option(fc.tuple(identities, labels).map(([identity, data]) => ({ ...identity, claimNames: { data } })), { nil: undefined }),
  client: fc.option(fc.record({ name: setNames, prefix: fc.option(fc.constantFrom('ORDERS_', 'db'), { nil: undefined }) }), { nil: undefined }),
});

const inputs = fc.oneof(
  inputsOf(postgres, Size.mebibytes(256)),
  ...[mysqlFamily, manyConnections].map(engine => inputsOf(engine, Size.mebibytes(1))),
);

acceptsWhateverIsAllowed('StatefulDatabase', inputs, (chart, { pods, engine, own, storage, identity: given, client }) => {
  // Several members start together, and call each other by name.
  const identity = given && engine.readReplicas ? { ...given, podManagement: undefined, governingService: GoverningService.MANAGED } : given;
  const { name = 'orders', ...rest } = pods;
  const database = new StatefulDatabase(chart, 'Orders', { ...rest, ...own, ...engine, name: `${name.slice(0, 40)}x`, storage, identity });
  if (client === undefined) return;
  const workload = new StatefulWorkload(chart, 'Client', {
    name: `y${client.name.slice(0, 40)}z`,
    containers: [{ image: 'client:1', resources: { cpu: { request: kplus.Cpu.millis(1) } } }],
    security: { user: 1000 },
  });
  database.grantConnect(workload.workload, { prefix: client.prefix });
});
