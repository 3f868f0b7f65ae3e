/** @beside-others */
import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { labels } from '../../support/arbitraries';
import { downwardApiVolumes, projectedVolumes } from '../../support/pod-volume-arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { iscsiUnits } from '../../support/storage-arbitraries';
import { DownwardApiVolume, IscsiVolume, ProjectedVolume, StatefulWorkload } from 'cdk8s-stateful';

function mount(chart: Chart, volume: kplus.IStorage): void {
  const resources = { memory: { limit: Size.mebibytes(64) }, cpu: { limit: kplus.Cpu.millis(100) } };
  new StatefulWorkload(chart, 'Store').addContainer({ name: 'main', image: 'store:1', resources }).mount('/mnt', volume);
}

acceptsWhateverIsAllowed('DownwardApiVolume', downwardApiVolumes, (chart, props) => { mount(chart, new DownwardApiVolume(chart, 'Facts', props)); });

acceptsWhateverIsAllowed('ProjectedVolume', projectedVolumes, (chart, props) => { mount(chart, new ProjectedVolume(chart, 'All', props)); });

// Pod Security “restricted” admits none.
acceptsWhateverIsAllowed('IscsiVolume', fc.record({ unit: iscsiUnits, name: fc.option(labels, { nil: undefined }) }),
  (chart, { unit, name }) => { mount(chart, new IscsiVolume(chart, 'Disk', { ...unit, name })); }, 'privileged');
