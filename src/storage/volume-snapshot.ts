import { ApiObject, type Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { IPersistentVolumeClaim } from './i-persistent-volume-claim';
import type { IVolumeSnapshot } from './i-volume-snapshot';
import type { IVolumeSnapshotClass } from './i-volume-snapshot-class';
import { driverOf } from './private/claim-abilities';
import { conflict } from '../base/errors';
import { requireAnnotations, requireLabels } from '../base/label-syntax';
import { nameOf, namespaceOf } from '../base/names';
import { requireClassName, requireSnapshots } from './private/snapshot-source';
import { takeName } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';

/** Properties of a snapshot. Exactly one of `claim` and `content` is required. */
export interface VolumeSnapshotProps {
  /**
   * The claim to take the snapshot of. Throws if its volume is known not to support snapshots.
   *
   * @default - none; `content` is set
   */
  readonly claim?: IPersistentVolumeClaim;

  /**
   * The name of a VolumeSnapshotContent for an existing snapshot.
   *
   * @default - none; `claim` is set
   */
  readonly content?: string;

  /**
   * The snapshot class.
   *
   * @default - the default snapshot class of the volume's driver
   */
  readonly snapshotClass?: IVolumeSnapshotClass;

  /**
   * The name of the snapshot.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * Labels of the snapshot.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the snapshot.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** Known properties of a snapshot that the app does not define. */
export interface ExistingSnapshotOptions {
  /**
   * The namespace of the snapshot.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;

  /**
   * The size of the volume that the snapshot was taken from.
   *
   * @default - unknown
   */
  readonly size?: Size;

  /**
   * The driver that holds the snapshot.
   *
   * @default - unknown
   */
  readonly driver?: string;
}

/**
 * The state of a volume at a point in time. Snapshots are crash-consistent: a database that starts from one replays its
 * log. A snapshot is taken once; to take another, create one with a new name.
 *
 * @example
 * const data = PersistentVolumeClaim.fromName(this, 'Data', 'data-orders-0');
 * const before = new VolumeSnapshot(this, 'BeforeUpgrade', { claim: data });
 * new PersistentVolumeClaim(this, 'Restored', { size: Size.gibibytes(20), dataSource: VolumeDataSource.fromSnapshot(before) });
 *
 * @see https://kubernetes.io/docs/concepts/storage/volume-snapshots/
 */
export class VolumeSnapshot extends Construct implements IVolumeSnapshot {
  /**
   * A snapshot that exists in the cluster already.
   *
   * @param scope the parent construct
   * @param _id the construct id
   * @param name the name of the VolumeSnapshot object
   * @param options known properties of the snapshot
   */
  @checked
  public static fromName(scope: Construct, _id: string, name: string, options: ExistingSnapshotOptions = {}): IVolumeSnapshot {
    return { namespace: namespaceOf(scope), ...options, name };
  }

  public readonly name: string;
  public readonly namespace?: string;
  public readonly size?: Size;
  public readonly driver?: string;

  /**
   * Throws if the volume is known not to support snapshots.
   */
  public constructor(scope: Construct, id: string, props: VolumeSnapshotProps) {
    requireNew('VolumeSnapshot', scope, id, props);
    super(scope, id);
    const { claim, content, snapshotClass } = props;
    this.name = nameOf(this, props.name, 63);
    takeName(this, 'VolumeSnapshot', this.name);
    this.namespace = namespaceOf(this);
    this.size = claim?.size;
    this.driver = snapshotClass?.driver ?? (claim && driverOf(claim));
    if ((claim === undefined) === (content === undefined)) throw conflict(this, 'a snapshot needs exactly one source', "Set either 'claim' or 'content'.");
    if (claim !== undefined) requireSnapshots(this, claim, snapshotClass);
    requireClassName(this, snapshotClass);
    requireLabels(this, 'labels', props.labels);
    requireAnnotations(this, 'annotations', props.annotations);
    new ApiObject(this, 'Resource', {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: { name: this.name, labels: props.labels, annotations: props.annotations },
      spec: {
        volumeSnapshotClassName: snapshotClass?.name,
        source: claim === undefined ? { volumeSnapshotContentName: content } : { persistentVolumeClaimName: claim.name },
      },
    });
  }
}
