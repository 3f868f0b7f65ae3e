/** @beside-others */
import * as fc from 'fast-check';
import { backedUpProducts, backupSettings, databases, fileDestinations, logArchives, restoredNames, verifications } from '../../support/backup-arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { Backup, BackupMethod, RestoreSource } from 'cdk8s-stateful';

type Wanted = 'latest' | 'named' | 'pointInTime';

const inputs = backedUpProducts.chain(product => fc.record({
  product: fc.constant(product),
  database: databases,
  destinationIn: fileDestinations,
  method: fc.constantFrom(...product.methods),
  settings: backupSettings(10_000),
  fullEvery: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  verify: fc.option(verifications, { nil: undefined }),
  archive: product.log === undefined ? fc.constant(undefined) : fc.option(logArchives, { nil: undefined }),
  restored: fc.option(fc.record({ name: restoredNames, wanted: fc.constantFrom<Wanted>('latest', 'named', 'pointInTime') }), { nil: undefined }),
}));

acceptsWhateverIsAllowed('backup', inputs, (chart, { product: { create, log, increments }, database, destinationIn, method, settings, fullEvery, verify, archive, restored }) => {
  const destination = destinationIn(chart);
  const orders = create(chart, 'Orders', database);
  if (archive !== undefined && 'archiveLog' in orders) {
    const storage = destination._target.kind === 'claim' ? undefined : archive.storage;
    orders.archiveLog('Log', { ...archive, storage, destination, image: log?.image, synchronous: log?.synchronous });
  }
  const incremental = increments === true && method === BackupMethod.PHYSICAL;
  const backup = orders.addBackup('Nightly', { ...settings, destination, method, verify, ...incremental && { fullEvery } });
  if (restored === undefined) return;
  const restoreFrom = sourceOf(backup, restored.wanted, { archived: archive !== undefined, logMethod: log?.method });
  create(chart, 'Restored', { ...database, name: restored.name, restoreFrom });
});

/** What is wanted, if it can be: a log that continues dumps stands in the way of the latest physical backup, and no other backup is restored to a point in time. */
function sourceOf(backup: Backup, wanted: Wanted, { archived, logMethod }: { archived: boolean; logMethod?: BackupMethod }): RestoreSource {
  const continued = archived && backup.method === logMethod;
  if (wanted === 'pointInTime' && continued) return backup.pointInTime('2026-11-24T10:00:00Z');
  if (wanted === 'named' || (archived && !continued && logMethod === BackupMethod.DUMP)) return backup.named('2026-11-24T10-00-00Z');
  return backup.latest();
}
