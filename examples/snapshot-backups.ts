import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import {
  BackupDestination, DatabaseEngine, PersistentVolumeClaim, PostgresVersion, Provisioner, RestoreSource, SnapshotDeletionPolicy, StatefulDatabase,
  StorageClass, VolumeSnapshotClass,
} from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'orders', { namespace: 'orders' });

const provisioner = Provisioner.cephRbd({ pool: 'replicapool' });
const storage = { size: Size.gibibytes(500), storageClass: new StorageClass(chart, 'Block', { provisioner }) };
const snapshotClass = new VolumeSnapshotClass(chart, 'Hourly', { provisioner, deletionPolicy: SnapshotDeletionPolicy.DELETE });
const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });

// A snapshot each hour, of any size, in seconds. All of the last three days are kept, and at least 24.
const snapshots = BackupDestination.snapshots({ snapshotClass });
const orders = new StatefulDatabase(chart, 'Orders', { engine, storage, readReplicas: 1 });
orders.addBackup('Hourly', { schedule: Cron.hourly(), destination: snapshots, keep: { count: 24, age: Duration.days(3) } });

// They are lost with the storage system: a dump each night, in another one.
const nfs = new StorageClass(chart, 'Nfs', { provisioner: Provisioner.nfs({ server: 'nfs.example', share: '/backups' }) });
const claim = new PersistentVolumeClaim(chart, 'Dumps', { size: Size.tebibytes(1), storageClass: nfs });
orders.addBackup('Nightly', { schedule: Cron.daily(), destination: BackupDestination.claim(claim) });

// As it was at some time: `kubectl get volumesnapshots` has the names.
new StatefulDatabase(chart, 'OrdersRestored', { engine, storage, restoreFrom: RestoreSource.named(snapshots, 'orders', 'orders-hourly-29401680') });

app.synth();
