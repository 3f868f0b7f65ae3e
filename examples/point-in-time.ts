import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { BackupDestination, BackupMethod, DatabaseEngine, PersistentVolumeClaim, PostgresVersion, RestoreSource, StatefulDatabase } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'ledger', { namespace: 'ledger' });

const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
const storage = { size: Size.gibibytes(50) };
const store = BackupDestination.objectStore({
  remote: 's3', path: 'company-backups/ledger', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone'), stagingSize: Size.gibibytes(120),
});

// A full copy each week, what has changed each day, and the log in between: any point in time of the last four weeks.
const ledger = new StatefulDatabase(chart, 'Ledger', { engine, storage, readReplicas: 1, parameters: { summarize_wal: 'on' } });
ledger.archiveLog('Log', { destination: store });
ledger.addBackup('Daily', { schedule: Cron.daily(), destination: store, method: BackupMethod.PHYSICAL, fullEvery: 7, keep: { age: Duration.days(28) } });

// A dump each night beside it, to a volume, for a later release of PostgreSQL.
const dumps = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Dumps', { size: Size.gibibytes(100) }));
ledger.addBackup('Nightly', { schedule: Cron.daily(), destination: dumps, keep: { count: 7, age: Duration.days(30) } });

// Somebody made a mistake at half past ten: a new database with what was committed before.
new StatefulDatabase(chart, 'LedgerRestored', { engine, storage, restoreFrom: RestoreSource.pointInTime(store, 'ledger', '2026-11-24T10:29:00Z') });

app.synth();
