import { Chart, Size } from 'cdk8s';
import { upgradeEffects } from '../../scripts/upgrade-effect';
import { newChart, synth, yaml } from '../support/manifests';
import {
  DatabaseEngine, EbsVolumeType, KafkaCluster, PostgresVersion, Provisioner, RedisDatabase, RedisTopology, StatefulDatabase, StorageClass,
  StorageProps, ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const postgres = DatabaseEngine.postgres({ version: PostgresVersion.V17 });

/** What docs/growing-volumes.md says of members that can copy each other's data. */
const products: [name: string, make: (chart: Chart, id: string, storage: StorageProps, name?: string) => void][] = [
  ['PostgreSQL', (chart, id, storage, name) => { new StatefulDatabase(chart, id, { name, engine: postgres, readReplicas: 1, storage }); }],
  ['Kafka', (chart, id, storage, name) => { new KafkaCluster(chart, id, { name, storage }); }],
  ['Kafka with controllers', (chart, id, storage, name) => { new KafkaCluster(chart, id, { name, controllers: 3, storage }); }],
  ['ZooKeeper', (chart, id, storage, name) => { new ZooKeeperEnsemble(chart, id, { name, storage }); }],
  ['Redis with sentinels', (chart, id, storage, name) => { new RedisDatabase(chart, id, { name, topology: RedisTopology.sentinel(), storage }); }],
  ['Redis Cluster', (chart, id, storage, name) => { new RedisDatabase(chart, id, { name, topology: RedisTopology.cluster({ shards: 3, replicas: 1 }), storage }); }],
];

describe.each(products)('%s', (_, make) => {
  test('in another storage class has other claim templates, and rolls nothing', () => {
    const rendered = (type: EbsVolumeType) => {
      const chart = newChart('shop');
      const storageClass = new StorageClass(chart, 'Class', { name: type, provisioner: Provisioner.awsEbs({ type }) });
      make(chart, 'Data', { size: Size.gibibytes(20), storageClass });
      return synth(chart).filter(({ kind }) => kind !== 'StorageClass');
    };
    const effects = upgradeEffects(rendered(EbsVolumeType.GP2), rendered(EbsVolumeType.GP3));
    expect(effects.length).toBeGreaterThan(0);
    for (const { effect, fields } of effects) expect({ effect, fields }).toEqual({ effect: 'refused', fields: ['spec.volumeClaimTemplates'] });
  });

  test('keeps every byte when its construct is renamed and its name is kept', () => {
    const rendered = (id: string) => {
      const chart = newChart('shop');
      make(chart, id, { size: Size.gibibytes(20) }, 'orders');
      return yaml(chart);
    };
    expect(rendered('OrderStore')).toBe(rendered('Orders'));
  });
});
