import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart, synth } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  DatabaseEngine, KafkaCluster, PostgresVersion, Provisioner, RedisDatabase, RedisTopology, StatefulDatabase, StatefulDatabaseProps, StorageClass,
  ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const size = Size.gibibytes(20);
const nfs = (chart: Chart) => new StorageClass(chart, 'Class', { provisioner: Provisioner.awsEbs(), allowExpansion: false });
const database = (chart: Chart, props: Partial<StatefulDatabaseProps>) => new StatefulDatabase(chart, 'Orders', {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage: { size }, ...props,
});

describe('an error names the construct and the property that the user wrote', () => {
  test.each<[string, (chart: Chart) => unknown, string, string]>([
    ['storage of a database', chart => database(chart, { storage: { size, expandable: true, storageClass: nfs(chart) } }), 'test/Orders', 'storage.expandable'],
    ['storage of brokers', chart => new KafkaCluster(chart, 'Events', { storage: { size, expandable: true, storageClass: nfs(chart) } }), 'test/Events', 'storage.expandable'],
    ['storage of controllers', chart => new KafkaCluster(chart, 'Events', { controllers: 3, storage: { size }, controllerStorage: { size, expandable: true, storageClass: nfs(chart) } }),
      'test/Events', 'controllerStorage.expandable'],
    ['the log of an ensemble', chart => new ZooKeeperEnsemble(chart, 'Zk', { storage: { size }, logStorage: { size, labels: { a: 'b c' } } }), 'test/Zk', 'logStorage.labels.a'],
    ['storage of shards', chart => new RedisDatabase(chart, 'Cache', { topology: RedisTopology.cluster(), storage: { size, labels: { a: 'b c' } } }), 'test/Cache', 'storage.labels.a'],
    ['an access mode', chart => database(chart, {
      storage: {
        size, accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD, storageClass: StorageClass.fromName(chart, 'Old', 'old', { capabilities: { accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE] } }),
      },
    }), 'test/Orders', 'storage.accessMode'],
    ['a label of the Pods', chart => database(chart, { podLabels: { tier: 'a b' } }), 'test/Orders', 'podLabels.tier'],
    ['a priority', chart => database(chart, { priorityClassName: 'High' }), 'test/Orders', 'priorityClassName'],
  ])('%s', (_, act, where, property) => {
    expectInvalid(() => act(newChart('shop')), { where, property });
  });

  test('in its text too', () => {
    const chart = newChart('shop');
    expectInvalid(() => database(chart, { storage: { size, expandable: true, storageClass: nfs(chart) } }),
      "test/Orders: invalid 'storage.expandable': got true, expected false: the storage class 'class' does not support expansion. Use a class with 'allowExpansion'");
  });
});

describe('a claim that has to be expandable', () => {
  test('needs a class that is known to be', () => {
    const chart = newChart('shop');
    expectInvalid(() => database(chart, { storage: { size, expandable: true, storageClass: { name: 'gp3' } } }), { where: 'test/Orders', property: 'storage.expandable' });
    const known = StorageClass.fromName(chart, 'Fast', 'fast', { capabilities: { expandable: true } });
    expect(() => database(newChart('shop'), { storage: { size, expandable: true, storageClass: known } })).not.toThrow();
  });

  test('is not the one of a default class that nobody knows', () => {
    const chart = newChart('shop');
    database(chart, { storage: { size, expandable: true } });
    expect(() => synth(chart)).toThrow("test/Orders: 'storage.expandable' needs a storage class that is known to expand volumes.");
    new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs(), isDefault: true });
    expect(() => synth(chart)).not.toThrow();
  });
});

test('nothing is written when one of several charts is refused', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'refused-'));
  try {
    const app = new App({ outdir });
    const [good, bad] = ['good', 'bad'].map(id => new Chart(app, id, { namespace: 'shop' }));
    database(good, {});
    database(bad, { name: 'others' }).statefulWorkload.addClaim('log', { size });
    expect(() => app.synth()).toThrow("no container mounts the claim 'log'");
    expect(readdirSync(outdir)).toEqual([]);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
