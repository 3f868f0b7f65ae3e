import { Cron } from 'cdk8s';
import * as fc from 'fast-check';
import { labels, optional, setNames, sizes } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { pairs, provisioners } from '../../support/storage-arbitraries';
import { PersistentVolumeClaim, SnapshotDeletionPolicy, SnapshotSchedule, VolumeDataSource, VolumeSnapshot, VolumeSnapshotClass } from 'cdk8s-stateful';

acceptsWhateverIsAllowed('VolumeSnapshotClass object', fc.record({
  provisioner: provisioners.filter(({ capabilities }) => capabilities?.snapshots !== false),
  others: optional({
    name: setNames,
    deletionPolicy: fc.constantFrom(...Object.values(SnapshotDeletionPolicy)),
    isDefault: fc.boolean(),
    parameters: pairs,
    labels: pairs,
    annotations: pairs,
  }),
}), (chart, { provisioner, others }) => { new VolumeSnapshotClass(chart, 'Class', { ...others, provisioner }); });

acceptsWhateverIsAllowed('VolumeSnapshot', fc.record({
  source: fc.oneof(
    labels.map(content => ({ content })),
    fc.record({ claim: fc.record({ name: labels, size: fc.option(sizes, { nil: undefined }) }) }),
  ),
  others: optional({ name: setNames, snapshotClass: labels.map(name => ({ name })), labels: pairs, annotations: pairs }),
}), (chart, { source, others }) => {
  const snapshot = new VolumeSnapshot(chart, 'Snapshot', { ...others, ...source });
  if (snapshot.size) new PersistentVolumeClaim(chart, 'Restored', { size: snapshot.size, dataSource: VolumeDataSource.fromSnapshot(snapshot) });
});

acceptsWhateverIsAllowed('SnapshotSchedule', fc.record({
  claim: labels.map(name => ({ name })),
  schedule: fc.constantFrom(Cron.daily(), Cron.hourly(), Cron.weekly(), Cron.schedule({ minute: '30', hour: '3' })),
  others: optional({
    keep: fc.integer({ min: 1, max: 1000 }),
    name: setNames,
    snapshotClass: labels.map(name => ({ name })),
    timeZone: fc.constantFrom('Asia/Tokyo', 'Europe/Berlin', 'Etc/UTC'),
    suspend: fc.boolean(),
  }),
}), (chart, { others, ...props }) => { new SnapshotSchedule(chart, 'Schedule', { ...others, ...props }); });
