import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { IVolumeSnapshotClass } from './i-volume-snapshot-class';
import { clusterScoped } from './private/cluster-scoped';
import type { Provisioner } from './provisioner';
import { SnapshotDeletionPolicy } from './snapshot-deletion-policy';
import { conflict, requireOneOf } from '../base/errors';
import { requireAnnotations, requireLabels } from '../base/label-syntax';
import { nameOf } from '../base/names';
import { takeClusterName } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';

/** Properties of a snapshot class. */
export interface VolumeSnapshotClassProps {
  /** The provisioner of the volumes, whose driver takes the snapshots. Throws if the driver is known not to support snapshots. */
  readonly provisioner: Provisioner;

  /**
   * The name of the VolumeSnapshotClass, which has no namespace.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * What happens to a snapshot when its VolumeSnapshot object is deleted.
   *
   * @default SnapshotDeletionPolicy.RETAIN
   */
  readonly deletionPolicy?: SnapshotDeletionPolicy;

  /**
   * Whether this is the default class for snapshots of the driver's volumes.
   *
   * @default false
   */
  readonly isDefault?: boolean;

  /**
   * Parameters of the driver, by the names in its documentation. They override those of the provisioner.
   *
   * @default - those that the driver requires, such as the Secrets of Ceph
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Labels of the VolumeSnapshotClass.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the VolumeSnapshotClass.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/**
 * A class of snapshots. Requires the snapshot controller and its CustomResourceDefinitions, which most distributions do
 * not install by default.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volume-snapshot-classes/
 * @see https://github.com/kubernetes-csi/external-snapshotter
 */
export class VolumeSnapshotClass extends Construct implements IVolumeSnapshotClass {
  /**
   * A snapshot class that exists in the cluster already.
   *
   * @param _scope the parent construct
   * @param _id the construct id
   * @param name the name of the VolumeSnapshotClass object
   * @param driver the driver, if known, which is checked against that of the volumes
   */
  @checked
  public static fromName(_scope: Construct, _id: string, name: string, driver?: string): IVolumeSnapshotClass {
    return { name, driver };
  }

  public readonly name: string;
  public readonly driver?: string;
  public readonly deletionPolicy?: SnapshotDeletionPolicy;

  /**
   * Throws if the driver is known not to support snapshots.
   */
  public constructor(scope: Construct, id: string, props: VolumeSnapshotClassProps) {
    requireNew('VolumeSnapshotClass', scope, id, props);
    super(scope, id);
    const { driver, capabilities, snapshotParameters } = props.provisioner;
    this.name = nameOf(this, props.name, 63);
    takeClusterName(this, 'VolumeSnapshotClass', this.name);
    this.driver = driver;
    if (capabilities?.snapshots === false) {
      throw conflict(this, `${driver} does not support snapshots`, 'Back up with the tools of the product, for example with a dump.');
    }
    this.deletionPolicy = requireOneOf(this, 'deletionPolicy', props.deletionPolicy ?? SnapshotDeletionPolicy.RETAIN, Object.values(SnapshotDeletionPolicy));
    requireLabels(this, 'labels', props.labels);
    requireAnnotations(this, 'annotations', props.annotations);
    const parameters = { ...snapshotParameters, ...props.parameters };
    clusterScoped(new ApiObject(this, 'Resource', {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotClass',
      metadata: {
        name: this.name,
        labels: props.labels,
        annotations: props.isDefault ? { ...props.annotations, 'snapshot.storage.kubernetes.io/is-default-class': 'true' } : props.annotations,
      },
      driver,
      deletionPolicy: this.deletionPolicy,
      parameters: Object.keys(parameters).length > 0 ? parameters : undefined,
    }));
  }
}
