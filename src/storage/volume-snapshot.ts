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

/** Properties of a snapshot: of a claim's volume, or of what the storage system has already. */
export interface VolumeSnapshotProps {
  /**
   * The claim to take it of. Throws if its volumes are known to have no snapshots.
   *
   * @default - `content` is given
   */
  readonly claim?: IPersistentVolumeClaim;

  /**
   * The name of a VolumeSnapshotContent that stands for a snapshot that exists.
   *
   * @default - `claim` is given
   */
  readonly content?: string;

  /**
   * How it is taken.
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

/** What is known of a snapshot that is not in the app. */
export interface ExistingSnapshotOptions {
  /**
   * Its namespace.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;

  /**
   * The size of the volume it was taken of.
   *
   * @default - not known
   */
  readonly size?: Size;

  /**
   * The driver that has it.
   *
   * @default - not known
   */
  readonly driver?: string;
}

/**
 * The state of a volume at one moment. It is what a crash would leave: a database replays its log when it starts from
 * it. Every change makes a new snapshot only under a new name.
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
   * @param options what is known of it
   */
  public static fromName(scope: Construct, _id: string, name: string, options: ExistingSnapshotOptions = {}): IVolumeSnapshot {
    return { namespace: namespaceOf(scope), ...options, name };
  }

  public readonly name: string;
  public readonly namespace?: string;
  public readonly size?: Size;
  public readonly driver?: string;

  /**
   * Throws if a snapshot is known not to be possible.
   */
  public constructor(scope: Construct, id: string, props: VolumeSnapshotProps) {
    super(scope, id);
    const { claim, content, snapshotClass } = props;
    this.name = nameOf(this, props.name, 63);
    takeName(this, 'VolumeSnapshot', this.name);
    this.namespace = namespaceOf(this);
    this.size = claim?.size;
    this.driver = snapshotClass?.driver ?? (claim && driverOf(claim));
    if ((claim === undefined) === (content === undefined)) throw conflict(this, 'a snapshot has exactly one source', "Give either 'claim' or 'content'.");
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
