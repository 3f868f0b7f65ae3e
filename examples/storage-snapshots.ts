import { App, Chart, Cron, Size } from 'cdk8s';
import {
  PersistentVolumeClaim, Provisioner, SnapshotDeletionPolicy, SnapshotSchedule, StatefulWorkload, StorageClass, VolumeDataSource, VolumeSnapshotClass,
} from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'wiki', { namespace: 'wiki' });

const provisioner = Provisioner.cephRbd({ pool: 'replicapool' });
const storageClass = new StorageClass(chart, 'Block', { provisioner });
const snapshotClass = new VolumeSnapshotClass(chart, 'Nightly', { provisioner, deletionPolicy: SnapshotDeletionPolicy.DELETE });

const wiki = new StatefulWorkload(chart, 'Wiki', { security: { user: 1000 } });
const pages = wiki.addClaim('pages', { size: Size.gibibytes(20), storageClass });
wiki.addContainer({ image: 'wiki/server:1' }).mount('/pages', pages);

// A nightly snapshot of the first member's volume. The last 14 ready snapshots are kept.
new SnapshotSchedule(chart, 'PagesNightly', { claim: pages.memberClaim(0), schedule: Cron.daily(), keep: 14, snapshotClass });

// A clone for testing the next version.
new PersistentVolumeClaim(chart, 'Rehearsal', { size: Size.gibibytes(20), storageClass, dataSource: VolumeDataSource.fromClaim(pages.memberClaim(0)) });

app.synth();
