import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IPersistentVolumeClaim } from './i-persistent-volume-claim';
import type { IVolumeSnapshot } from './i-volume-snapshot';
import { abilitiesOf, driverOf } from './private/claim-abilities';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** A reference to a custom resource that a volume populator handles. */
export interface VolumePopulatorOptions {
  /** The API group of the object. */
  readonly apiGroup: string;
  /** The kind of the object. */
  readonly kind: string;
  /** The name of the object, in the namespace of the claim. */
  readonly name: string;
}

/** The kinds of data sources. */
export type SourceKind = 'snapshot' | 'clone' | 'populator';

interface Source {
  readonly kind: SourceKind;
  readonly name: string;
  readonly size?: Size;
  readonly namespace?: string;
  readonly driver?: string;
  /** Whether its driver can clone it; undefined if unknown. */
  readonly clone?: boolean;
  /** For clones only: drivers may restore the snapshot of a raw block device as a file system. */
  readonly volumeMode?: kplus.PersistentVolumeMode;
  readonly spec: Pick<kplus.k8s.PersistentVolumeClaimSpec, 'dataSource' | 'dataSourceRef'>;
}

/**
 * The initial content of a volume.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-snapshot-and-restore-volume-from-snapshot-support
 */
export class VolumeDataSource {
  /**
   * Restores a snapshot. The claim throws if its class is known to belong to another driver than the snapshot.
   *
   * @param snapshot a snapshot in the namespace of the claim
   */
  @checked
  public static fromSnapshot(snapshot: IVolumeSnapshot): VolumeDataSource {
    const { name, namespace, driver } = snapshot;
    return new VolumeDataSource({
      kind: 'snapshot',
      name,
      namespace,
      driver,
      size: snapshot.size,
      spec: { dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name } },
    });
  }

  /**
   * Clones another claim's volume. The new claim throws if the volume is known not to support cloning, or if driver or
   * volume mode are known to differ.
   *
   * @param claim a claim in the same namespace
   */
  @checked
  public static fromClaim(claim: IPersistentVolumeClaim): VolumeDataSource {
    const { name, namespace, size, volumeMode } = claim;
    return new VolumeDataSource({
      kind: 'clone',
      name,
      namespace,
      size,
      driver: driverOf(claim),
      clone: abilitiesOf(claim).clone,
      volumeMode,
      spec: { dataSource: { kind: 'PersistentVolumeClaim', name } },
    });
  }

  /**
   * Uses a volume populator of the cluster.
   *
   * @param object a custom resource in the namespace of the claim
   * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-populators-and-data-sources
   */
  @checked
  public static fromPopulator(object: VolumePopulatorOptions): VolumeDataSource {
    if (object.apiGroup === '') {
      throw invalid('VolumeDataSource.fromPopulator', { property: 'apiGroup', got: '', expected: 'the API group of the kind', hint: 'The only core kind that can be a source is a claim: use fromClaim.' });
    }
    return new VolumeDataSource({ kind: 'populator', name: object.name, spec: { dataSourceRef: { ...object } } });
  }

  private constructor(
    /** @internal */
    public readonly _source: Source,
  ) {}
}
