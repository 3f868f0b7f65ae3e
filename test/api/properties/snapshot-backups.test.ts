import * as fc from 'fast-check';
import { labels, optional, subdomains } from '../../support/arbitraries';
import { backedUpProducts, backupSettings, databases, restoredNames } from '../../support/backup-arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { BackupDestination } from 'cdk8s-stateful';

const inputs = fc.record({
  product: backedUpProducts.filter(({ snapshots }) => snapshots),
  database: databases,
  options: optional({ snapshotClass: fc.record({ name: labels, driver: fc.constant('driver.example.com') }), image: fc.constant('curl:1') }),
  settings: backupSettings(1000),
  restored: fc.option(fc.record({ name: restoredNames, snapshot: subdomains }), { nil: undefined }),
});

acceptsWhateverIsAllowed('snapshot backup', inputs, (chart, { product: { create }, database, options, settings, restored }) => {
  const backup = create(chart, 'Orders', database).addBackup('Nightly', { ...settings, destination: BackupDestination.snapshots(options) });
  if (restored === undefined) return;
  create(chart, 'Restored', { ...database, name: restored.name, restoreFrom: backup.named(restored.snapshot) });
});
