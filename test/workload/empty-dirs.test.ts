import { Size } from 'cdk8s';
import { newChart, synth } from '../support/manifests';
import { DatabaseEngine, KafkaCluster, MariadbVersion, MysqlVersion, PostgresVersion, SharedScratchPod, StatefulDatabase, ZooKeeperEnsemble } from 'cdk8s-stateful';

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly resources: { readonly requests: { readonly [name: string]: string } } }[];
  readonly initContainers?: PodSpec['containers'];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit?: string } }[];
}

/** The Pods of all products. */
function podSpecs(): { readonly title: string; readonly spec: PodSpec }[] {
  const chart = newChart('shop');
  const storage = { size: Size.gibibytes(20) };
  const engines = {
    Postgres: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
    Mysql: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }),
    Mariadb: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
  };
  for (const [id, engine] of Object.entries(engines)) new StatefulDatabase(chart, id, { engine, storage });
  new KafkaCluster(chart, 'Kafka', { storage, controllers: 3 }).addTopic('orders', { partitions: 3 });
  new ZooKeeperEnsemble(chart, 'Zookeeper', { storage });
  new SharedScratchPod(chart, 'Scratch').addWriter({ image: 'x', mountPath: '/scratch' });
  return synth(chart).flatMap(({ kind, metadata, spec }) => {
    const { template } = (spec ?? {}) as { template?: { spec: PodSpec } };
    const podSpec = kind === 'Pod' ? spec as PodSpec : template?.spec;
    return podSpec === undefined ? [] : [{ title: `${kind}/${metadata.name}`, spec: podSpec }];
  });
}

test('all products are looked at', () => {
  expect(podSpecs().map(({ title }) => title).sort()).toEqual([
    'Deployment/kafka-topics', 'Pod/scratch', 'StatefulSet/kafka', 'StatefulSet/kafka-controller', 'StatefulSet/mariadb', 'StatefulSet/mysql',
    'StatefulSet/postgres', 'StatefulSet/zookeeper',
  ]);
});

test.each(podSpecs())('$title: every emptyDir has a limit, every container requests room on the disk of its node', ({ spec }) => {
  const unlimited = spec.volumes.filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined);
  expect(unlimited.map(({ name }) => name)).toEqual([]);
  const modest = [...spec.containers, ...spec.initContainers ?? []].filter(({ resources }) => resources.requests['ephemeral-storage'] === undefined);
  expect(modest.map(({ name }) => name)).toEqual([]);
});
