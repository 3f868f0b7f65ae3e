import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  DatabaseEngine, EphemeralVolume, LimitRange, PersistentVolume, PersistentVolumeClaim, PostgresVersion, Quantity, ResourceQuota, SharedScratchPod,
  StatefulDatabase, StatefulWorkload, VolumeSource,
} from 'cdk8s-stateful';

const G = Quantity.toSize('1G');
const FRACTION = Size.mebibytes(1.5);

interface PodSpec {
  readonly containers: readonly { readonly resources: object }[];
  readonly initContainers?: PodSpec['containers'];
}

function podSpec(chart: Chart, name: string): PodSpec {
  return (find(chart, 'StatefulSet', name).spec as { template: { spec: PodSpec } }).template.spec;
}

describe('any size in whole bytes is rendered', () => {
  const resources = {
    memory: { request: FRACTION, limit: G },
    ephemeralStorage: { request: Size.mebibytes(500), limit: Quantity.toSize('1500M') },
  };
  const rendered = {
    requests: { 'memory': '1536Ki', 'ephemeral-storage': '500Mi' },
    limits: { 'memory': '1G', 'ephemeral-storage': '1500M' },
  };

  test('in the resources of containers', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { containers: [{ image: 'store:1', resources }], initContainers: [{ image: 'store:1', resources }] });
    store.workload.addContainer({ name: 'sidecar', image: 'store:1', resources });
    const { containers, initContainers = [] } = podSpec(chart, 'store');
    expect([...containers, ...initContainers].map(container => container.resources)).toEqual([rendered, rendered, rendered]);
  });

  test('and where cdk8s-plus can, as it renders it', () => {
    const plain = {
      cpu: { request: kplus.Cpu.units(0.5), limit: kplus.Cpu.millis(800) },
      memory: { request: Size.gibibytes(1) },
      ephemeralStorage: { request: Size.gibibytes(3) },
    };
    for (const given of [plain, undefined, { cpu: {} }, { memory: { limit: Size.mebibytes(0.5) }, ephemeralStorage: {} }]) {
      const chart = newChart('shop');
      new StatefulWorkload(chart, 'Store', { containers: [{ image: 'store:1', resources: given }] });
      const { limits, requests } = podSpec(chart, 'store').containers[0].resources as { limits?: object; requests: { [name: string]: string } };
      const { 'ephemeral-storage': disk, ...others } = requests;
      const ours = { ...Object.keys(others).length > 0 ? { requests: others } : {}, ...limits && { limits } };
      if (given?.memory !== undefined && 'limit' in given.memory) expect(ours).toEqual({ limits: { memory: '512Ki' } });
      else expect({ disk, ...ours }).toEqual({ disk: given?.ephemeralStorage ? '3Gi' : '64Mi', ...ofCdk8sPlus(given) });
    }
  });

  test('in claims, templates and volumes', () => {
    const chart = newChart('shop');
    new PersistentVolumeClaim(chart, 'Claim', { size: G });
    const store = new StatefulWorkload(chart, 'Store', { containers: [{ image: 'store:1' }] });
    store.workload.containers[0].mount('/data', store.addClaim('data', { size: FRACTION }));
    store.workload.containers[0].mount('/scratch', new EphemeralVolume(chart, 'Scratch', { size: Quantity.toSize('500M') }));
    expect(find(chart, 'PersistentVolumeClaim', 'claim')).toMatchObject({ spec: { resources: { requests: { storage: '1G' } } } });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
      spec: {
        volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '1536Ki' } } } }],
        template: { spec: { volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '500M' } } } } } }] } },
      },
    });
  });

  test('in limits, quotas and scratch Pods', () => {
    const chart = newChart('shop');
    new LimitRange(chart, 'Range', { min: FRACTION, max: G });
    new ResourceQuota(chart, 'Quota', { storage: G });
    new SharedScratchPod(chart, 'Scratch', { sizeLimit: G }).addWriter({ image: 'x', mountPath: '/scratch' });
    expect(find(chart, 'LimitRange', 'range')).toMatchObject({ spec: { limits: [{ min: { storage: '1536Ki' }, max: { storage: '1G' } }] } });
    expect(find(chart, 'ResourceQuota', 'quota')).toMatchObject({ spec: { hard: { 'requests.storage': '1G' } } });
    expect(find(chart, 'Pod', 'scratch')).toMatchObject({ spec: { volumes: [{ emptyDir: { sizeLimit: '1G' } }] } });
  });

  test('of a product too, whose servers count whole mebibytes', () => {
    const chart = newChart('shop');
    new StatefulDatabase(chart, 'Orders', {
      engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
      storage: { size: Quantity.toSize('20G') },
      resources: { memory: { limit: Quantity.toSize('2G') } },
    });
    expect(find(chart, 'StatefulSet', 'orders')).toMatchObject({ spec: { volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '20G' } } } }] } });
    expect(podSpec(chart, 'orders').containers[0].resources).toMatchObject({ limits: { memory: '2G' }, requests: { memory: '2G' } });
    const buffers = /shared_buffers=([^"]*)/.exec(JSON.stringify(find(chart, 'StatefulSet', 'orders')));
    expect(buffers?.[1]).toBe('476MB');
  });
});

test('a volume of 1G and a claim of 1G fit', () => {
  const chart = newChart('shop');
  const volume = (id: string) => new PersistentVolume(chart, id, { source: VolumeSource.nfs({ server: 'nfs.example', path: '/a' }), capacity: G, labels: { tier: 'a' } });
  const reserved = volume('Reserved').reserve();
  volume('Selected');
  new PersistentVolumeClaim(chart, 'Selecting', { size: G, selector: { matchLabels: { tier: 'a' } } });
  expect(find(chart, 'PersistentVolume', 'reserved')).toMatchObject({ spec: { capacity: { storage: '1G' } } });
  expect(find(chart, 'PersistentVolumeClaim', reserved.name)).toMatchObject({ spec: { resources: { requests: { storage: '1G' } } } });
});

describe('what no container or volume can have is refused', () => {
  const container = (resources: kplus.ContainerResources) => () => new StatefulWorkload(newChart(), 'Store', { containers: [{ name: 'server', image: 'store:1', resources }] });

  test.each([
    ['a fraction of a byte', { memory: { limit: Size.gibibytes(0.1) } }, 'server.resources.memory.limit'],
    ['no memory at all', { memory: { limit: Size.gibibytes(0) } }, 'server.resources.memory.limit'],
    ['a fraction of a byte on disk', { ephemeralStorage: { request: Size.kibibytes(0.1) } }, 'server.resources.ephemeralStorage.request'],
  ])('%s', (_, resources, property) => {
    expectInvalid(container(resources), { where: 'test/Store', property });
  });

  test('but nothing may be requested', () => {
    expect(container({ memory: { request: Size.gibibytes(0) } })).not.toThrow();
  });
});

function ofCdk8sPlus(resources?: kplus.ContainerResources): object {
  const { limits = {}, requests = {} } = new kplus.Container({ image: 'store:1', resources })._toKube().resources ?? {};
  const { 'ephemeral-storage': _, ...others } = requests;
  const plain = (amounts: typeof requests) => Object.fromEntries(Object.entries(amounts).map(([name, { value }]) => [name, value]));
  return { ...Object.keys(others).length > 0 ? { requests: plain(others) } : {}, ...Object.keys(limits).length > 0 ? { limits: plain(limits) } : {} };
}
