import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { ClaimRetention, GoverningService, Placement, Quantity, SetIdentity, StatefulPodsProps, StorageProps } from 'cdk8s-stateful';

/** Random values of the types that our public properties share. Objects of classes are made when an input is used. */

/** A name that a set may have. */
export const setNames = fc.stringMatching(/^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$/);
/** A name that a port, a volume or a container may have. */
export const labels = fc.stringMatching(/^[a-z]([a-z0-9]{0,10}[a-z0-9])?$/);
/** A name that a storage class, a volume or a claim may have. */
export const subdomains = fc.array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/), { minLength: 1, maxLength: 4 }).map(parts => parts.join('.'));

const metadataValues = fc.dictionary(fc.stringMatching(/^[a-z]([a-z0-9.]{0,20}[a-z0-9])?$/), fc.stringMatching(/^([a-zA-Z0-9]([-a-zA-Z0-9_.]{0,20}[a-zA-Z0-9])?)?$/), { maxKeys: 3 });

export const sizes = fc.oneof(
  fc.integer({ min: 1, max: 1024 * 1024 }).map(amount => Size.kibibytes(amount)),
  fc.integer({ min: 1, max: 4096 }).map(amount => Size.mebibytes(amount)),
  fc.integer({ min: 1, max: 64 }).map(amount => Size.gibibytes(amount)),
  fc.integer({ min: 1, max: 1024 }).map(amount => Size.mebibytes(amount / 16)),
  fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('', 'k', 'M', 'G')).map(([amount, unit]) => Quantity.toSize(`${amount}${unit}`)),
);

const { READ_WRITE_ONCE, READ_ONLY_MANY, READ_WRITE_MANY, READ_WRITE_ONCE_POD } = kplus.PersistentVolumeAccessMode;

/** Access modes that one claim may have together: ReadWriteOncePod stands alone. */
export const accessModes: fc.Arbitrary<kplus.PersistentVolumeAccessMode[]> = fc.oneof(
  fc.subarray([READ_WRITE_ONCE_POD], { minLength: 1 }),
  fc.subarray([READ_WRITE_ONCE, READ_ONLY_MANY, READ_WRITE_MANY], { minLength: 1 }),
);

export const retentions = optional({
  whenDeleted: fc.constantFrom(...Object.values(ClaimRetention)),
  whenScaled: fc.constantFrom(...Object.values(ClaimRetention)),
});

const labeled = (key: string, value: string) => kplus.Node.labeled(kplus.NodeLabelQuery.is(key, value));

export const placements = fc.oneof(
  fc.constant(Placement.anywhere()),
  optional({
    hosts: fc.constantFrom('required' as const, 'preferred' as const),
    zones: fc.constantFrom('required' as const, 'preferred' as const),
    topologies: fc.dictionary(fc.constantFrom('example.com/rack', 'row'), fc.constantFrom('required' as const, 'preferred' as const)),
    maxSkew: fc.integer({ min: 1, max: 5 }),
  }).map(options => Placement.spread(options)),
  fc.constant(Placement.onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.in('disk', ['ssd', 'nvme'])))),
  fc.constant(Placement.spread().tolerating(kplus.Node.tainted(kplus.NodeTaintQuery.exists('dedicated')))),
  fc.constantFrom(...Object.values(kplus.TaintEffect)).map(effect => Placement.spread().toleratingAll(effect)),
  fc.boolean().map(chosen => (chosen ? Placement.onNodes(labeled('disk', 'ssd'), labeled('disk', 'nvme')) : Placement.anywhere()).requiring(labeled('arch', 'amd64'))),
);

/** The volume of a product's member, of at least `min`. */
export function storages(min: Size): fc.Arbitrary<StorageProps> {
  const least = min.toMebibytes();
  return fc.record({
    size: fc.integer({ min: least, max: least + 65536 }).map(amount => Size.mebibytes(amount)),
    accessMode: fc.constantFrom(kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE, kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD),
    retention: retentions,
    labels: metadataValues,
    annotations: metadataValues,
  }, { requiredKeys: ['size'] });
}

/** What every stateful construct lets one change about its Pods. */
export const statefulPods: fc.Arbitrary<StatefulPodsProps> = optional({
  name: setNames,
  placement: placements,
  priorityClassName: fc.constantFrom('system-node-critical', 'important'),
  runtimeClassName: fc.constantFrom('kata', 'gvisor.example'),
  schedulerName: fc.constantFrom('default-scheduler', 'bin-packing'),
  terminationGrace: fc.integer({ min: 1, max: 3600 }).map(amount => Duration.seconds(amount)),
  clusterDomain: fc.constantFrom('cluster.local', 'k8s.example'),
  podLabels: metadataValues,
  podAnnotations: metadataValues,
  updateStrategy: fc.oneof(
    fc.constant(kplus.StatefulSetUpdateStrategy.onDelete()),
    fc.integer({ min: 0, max: 9 }).map(partition => kplus.StatefulSetUpdateStrategy.rollingUpdate({ partition })),
  ),
  revisionHistoryLimit: fc.integer({ min: 0, max: 20 }),
  rollOnConfigChange: fc.boolean(),
  isolate: fc.boolean(),
});

/** What a set that is taken over may have: labels that nobody else in these tests has. */
export const identities: fc.Arbitrary<SetIdentity> = optional({
  serviceName: setNames.map(name => `of-${name}`),
  governingService: fc.constantFrom(...Object.values(GoverningService)),
  selectorLabels: fc.dictionary(fc.constantFrom('app', 'app.kubernetes.io/name', 'app.kubernetes.io/instance'), labels.map(value => `of-${value}`), { minKeys: 1 }),
  claimLabels: metadataValues,
  podManagement: fc.constantFrom(...Object.values(kplus.PodManagementPolicy)),
});

/** A record whose fields may each be left out. */
export function optional<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record<T, never>(fields, { requiredKeys: [] });
}
