import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import { DatabaseEngine, IStorageClass, MariadbVersion, Provisioner, StatefulDatabase, StorageClass, StorageProps } from 'cdk8s-stateful';

interface Claims {
  readonly volumeClaimTemplates: readonly { readonly spec: { readonly accessModes: readonly string[] } }[];
}

function accessModes(storage: Partial<StorageProps>, storageClass?: (chart: Chart) => IStorageClass) {
  const chart = newChart('shop');
  new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
    storage: { size: Size.gibibytes(1), storageClass: storageClass?.(chart), ...storage },
  });
  return (find(chart, 'StatefulSet', 'orders').spec as Claims).volumeClaimTemplates[0].spec.accessModes;
}

const ebs = (chart: Chart) => new StorageClass(chart, 'Fast', { provisioner: Provisioner.awsEbs() });

test('ReadWriteOncePod if the class is known to support it', () => {
  expect(accessModes({}, ebs)).toEqual(['ReadWriteOncePod']);
});

test.each<[string, (chart: Chart) => IStorageClass]>([
  ['of which nothing is known', chart => StorageClass.fromName(chart, 'Other', 'other')],
  ['without a CSI driver', chart => new StorageClass(chart, 'Local', { provisioner: Provisioner.localVolume() })],
])('ReadWriteOnce for a class %s', (_, storageClass) => {
  expect(accessModes({}, storageClass)).toEqual(['ReadWriteOnce']);
});

test('ReadWriteOnce for the default class of the cluster, and if set', () => {
  expect(accessModes({})).toEqual(['ReadWriteOnce']);
  expect(accessModes({ accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE }, ebs)).toEqual(['ReadWriteOnce']);
});
