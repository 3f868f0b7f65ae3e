import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import { StatefulWorkload } from 'cdk8s-stateful';

interface Rendered {
  readonly template: { readonly spec: { readonly containers: readonly { readonly resources?: object }[] } };
}

/** The resources of two containers, of which both mount a scratch volume and the first is given more. */
function resources(more: Partial<kplus.ContainerProps> = {}, options: kplus.EmptyDirVolumeOptions = { sizeLimit: Size.mebibytes(100) }) {
  const chart = newChart('shop');
  const store = new StatefulWorkload(chart, 'Store');
  const scratch = kplus.Volume.fromEmptyDir(chart, 'Scratch', 'scratch', options);
  for (const name of ['one', 'two']) store.addContainer({ name, image: 'x', resources: {}, ...name === 'one' ? more : {} }).mount('/tmp', scratch);
  return (find(chart, 'StatefulSet', 'store').spec as Rendered).template.spec.containers.map(container => container.resources);
}

const disk = (size: string) => ({ requests: { 'ephemeral-storage': size } });

test('every container requests room for its log, the first that mounts a limited emptyDir also for that', () => {
  expect(resources()).toEqual([disk('164Mi'), disk('64Mi')]);
  expect(resources({}, {})).toEqual([disk('64Mi'), disk('64Mi')]);
});

test('what the user says stands', () => {
  const ephemeralStorage = { request: Size.gibibytes(1) };
  expect(resources({ resources: { ephemeralStorage } })).toEqual([disk('1Gi'), disk('64Mi')]);
  expect(resources({ resources: { ephemeralStorage: { limit: Size.gibibytes(2) } } })[0]).toEqual({ limits: { 'ephemeral-storage': '2Gi' } });
  expect(resources({ resources: { cpu: { request: kplus.Cpu.millis(50) } } })[0]).toEqual({ requests: { 'cpu': '50m', 'ephemeral-storage': '164Mi' } });
});
