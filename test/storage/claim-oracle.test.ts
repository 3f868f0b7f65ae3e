import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { accessModes, optional } from '../support/arbitraries';
import { newChart } from '../support/manifests';
import {
  ClaimProps, EphemeralVolume, IStorageClass, PersistentVolumeClaim, StatefulWorkload, StorageCapabilities, StorageKind, StorageTopology,
  VolumeBindingMode, VolumeDataSource,
} from 'cdk8s-stateful';

const ALL_MODES = Object.values(kplus.PersistentVolumeAccessMode);
const size = Size.gibibytes(1);
const sources = {
  snapshot: VolumeDataSource.fromSnapshot({ name: 's' }),
  clone: VolumeDataSource.fromClaim({ name: 'c' }),
  populator: VolumeDataSource.fromPopulator({ apiGroup: 'example.com', kind: 'Image', name: 'i' }),
};

interface Wish {
  readonly accessModes: kplus.PersistentVolumeAccessMode[];
  readonly volumeMode: 'Filesystem' | 'Block';
  readonly expandable: boolean;
  readonly source: keyof typeof sources | undefined;
}

const capabilities: fc.Arbitrary<StorageCapabilities> = optional({
  kind: fc.constantFrom(...Object.values(StorageKind)),
  volumeModes: fc.subarray(Object.values(kplus.PersistentVolumeMode), { minLength: 1 }),
  accessModes: fc.subarray(ALL_MODES, { minLength: 1 }),
  blockAccessModes: fc.subarray(ALL_MODES, { minLength: 1 }),
  expandable: fc.boolean(),
  snapshots: fc.boolean(),
  clone: fc.boolean(),
  topology: fc.constantFrom(...Object.values(StorageTopology)),
});
const classes: fc.Arbitrary<IStorageClass> = fc.record({
  name: fc.constant('class'),
  capabilities: fc.option(capabilities, { nil: undefined }),
  bindingMode: fc.option(fc.constantFrom(...Object.values(VolumeBindingMode)), { nil: undefined }),
});
const wishes: fc.Arbitrary<Wish> = fc.record({
  accessModes,
  volumeMode: fc.constantFrom('Filesystem' as const, 'Block' as const),
  expandable: fc.boolean(),
  source: fc.constantFrom('snapshot', 'clone', 'populator', undefined),
});

/**
 * Whether storage may give what is wished, written from the words of Kubernetes' and the drivers' documentation: what is
 * known to be offered is listed, pair by pair, and all that is wished must be in the list. No code of the library.
 */
function oracle(wish: Wish, { capabilities: known = {}, bindingMode }: IStorageClass): boolean {
  const offered = new Set<string>();
  for (const volumeMode of ['Filesystem', 'Block']) {
    // Files cannot be had as a device, whatever else is not known.
    if (known.volumeModes ? !known.volumeModes.some(mode => String(mode) === volumeMode) : known.kind === StorageKind.FILE && volumeMode === 'Block') continue;
    const ofDevices = volumeMode === 'Block' ? known.blockAccessModes : undefined;
    for (const accessMode of ofDevices ?? known.accessModes ?? ALL_MODES) offered.add(`${volumeMode} ${accessMode}`);
  }
  const everywhere = known.topology === undefined || known.topology === StorageTopology.NETWORK || known.topology === StorageTopology.REGIONAL;
  return wish.accessModes.every(mode => offered.has(`${wish.volumeMode} ${mode}`))
    && !(wish.expandable && known.expandable !== true)
    && !(wish.source === 'snapshot' && known.snapshots === false)
    && !(wish.source === 'clone' && known.clone === false)
    && (everywhere || bindingMode !== VolumeBindingMode.IMMEDIATE);
}

const verdicts: [string, (props: ClaimProps) => void][] = [
  ['a claim', props => { new PersistentVolumeClaim(newChart('shop'), 'Data', props); }],
  ['a claim template', props => { new StatefulWorkload(newChart('shop'), 'Store').addClaim('data', props); }],
  ['an ephemeral volume', props => { new EphemeralVolume(newChart('shop'), 'Data', props); }],
];

test.each(verdicts)('the library lets %s have what the oracle says, and nothing else', (_, make) => {
  const seen = { allowed: 0, refused: 0 };
  fc.assert(fc.property(wishes, classes, (wish, storageClass) => {
    const props: ClaimProps = {
      size,
      storageClass,
      accessModes: wish.accessModes,
      volumeMode: wish.volumeMode === 'Block' ? kplus.PersistentVolumeMode.BLOCK : kplus.PersistentVolumeMode.FILE_SYSTEM,
      expandable: wish.expandable,
      dataSource: wish.source && sources[wish.source],
    };
    let refusal: Error | undefined;
    try {
      make(props);
    } catch (error) {
      refusal = error as Error;
    }
    const allowed = oracle(wish, storageClass);
    seen[allowed ? 'allowed' : 'refused'] += 1;
    expect(refusal === undefined ? 'allowed' : refusal.message).toEqual(allowed ? 'allowed' : expect.stringMatching(/^test\/\w+: invalid '[\w.]+': got .*, expected .*the storage class 'class'/));
  }), { numRuns: 2000 });
  // Both answers are common, so the agreement means something.
  expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(300);
});
