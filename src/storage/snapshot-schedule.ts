import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { IPersistentVolumeClaim } from './persistent-volume-claim';
import { IVolumeSnapshotClass, SnapshotDeletionPolicy } from './volume-snapshot-class';
import { conflict, requireInteger } from '../private/errors';
import { recommendedLabels } from '../private/labels';
import { nameOf } from '../private/names';
import { quantity } from '../private/quantity';
import { SCHEDULE_LABEL, SNAPSHOT_SCRIPT } from '../private/snapshot-script';
import { requireClassName, requireSnapshots } from '../private/snapshot-source';
import { takeName } from '../private/taken-names';

/** Properties of a snapshot schedule. */
export interface SnapshotScheduleProps {
  /** The claim to take snapshots of. Throws if its volumes are known to have none. */
  readonly claim: IPersistentVolumeClaim;
  /** When to take them. */
  readonly schedule: Cron;

  /**
   * How many snapshots that are ready are kept, from 1 to 1000; the objects of older ones are deleted. Throws if it is given and
   * the snapshot class is known to retain what they stand for.
   *
   * @default 7
   */
  readonly keep?: number;

  /**
   * How they are taken.
   *
   * @default - the default snapshot class of the volume's driver
   */
  readonly snapshotClass?: IVolumeSnapshotClass;

  /**
   * The name of the CronJob, and of its account and rights. Snapshots are named `<name>-<number>`, later ones with greater
   * numbers.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The time zone of the schedule, such as 'Asia/Tokyo'.
   *
   * @default - that of the controller manager, mostly UTC
   */
  readonly timeZone?: string;

  /**
   * Whether no snapshots are taken for now.
   *
   * @default false
   */
  readonly suspend?: boolean;

  /**
   * The image to run: it needs `sh`, `cat`, `grep`, `sort` and `curl` 7.55 or later.
   *
   * @default 'docker.io/curlimages/curl:8.15.0'
   */
  readonly image?: string;
}

const MEMORY = Size.mebibytes(32);

/**
 * Takes snapshots of a volume by the clock and keeps the last ones: a CronJob whose account may create, read and delete
 * VolumeSnapshots of its own namespace, and nothing else.
 *
 * Deleting a VolumeSnapshot deletes the snapshot itself only if its class says so: give the class
 * `SnapshotDeletionPolicy.DELETE`, or the storage system keeps them all, to be paid for. Snapshots are no backup against the loss of the
 * storage system.
 *
 * @example
 * const provisioner = Provisioner.awsEbs();
 * new SnapshotSchedule(this, 'OrdersNightly', {
 *   claim: PersistentVolumeClaim.fromName(this, 'Data', 'data-orders-0'),
 *   schedule: Cron.daily(),
 *   keep: 14,
 *   snapshotClass: new VolumeSnapshotClass(this, 'Nightly', { provisioner, deletionPolicy: SnapshotDeletionPolicy.DELETE }),
 * });
 */
export class SnapshotSchedule extends Construct {
  /** The name of the CronJob. */
  public readonly name: string;

  /**
   * Throws if snapshots are known not to be possible, or not to be deleted as `keep` wants it.
   */
  public constructor(scope: Construct, id: string, private readonly props: SnapshotScheduleProps) {
    super(scope, id);
    this.name = nameOf(this, props.name); // a CronJob's name may have 52 characters, as a set's
    for (const kind of ['CronJob', 'ServiceAccount', 'Role', 'RoleBinding']) takeName(this, kind, this.name);
    const keep = requireInteger(this, 'keep', props.keep ?? 7, 1, 1000);
    requireSnapshots(this, props.claim, props.snapshotClass);
    requireClassName(this, props.snapshotClass);
    this.requireDeletion();

    this.createAccount();
    new kplus.k8s.KubeCronJob(this, 'Resource', {
      metadata: { name: this.name, labels: recommendedLabels(this.name) },
      spec: {
        schedule: props.schedule.expressionString,
        timeZone: props.timeZone,
        suspend: props.suspend,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3600,
        jobTemplate: {
          spec: {
            backoffLimit: 3,
            activeDeadlineSeconds: 1800,
            template: { metadata: { labels: recommendedLabels(this.name) }, spec: this.podSpec(keep) },
          },
        },
      },
    });
  }

  private requireDeletion(): void {
    const { keep, snapshotClass } = this.props;
    if (keep === undefined || snapshotClass?.deletionPolicy !== SnapshotDeletionPolicy.RETAIN) return;
    throw conflict(this, `'keep' is given, but the snapshot class '${snapshotClass.name}' retains all snapshots in the storage system`,
      "Give the class 'deletionPolicy: SnapshotDeletionPolicy.DELETE', or leave 'keep' out and delete them yourself.");
  }

  private createAccount(): void {
    const metadata = { name: this.name, labels: recommendedLabels(this.name) };
    new kplus.k8s.KubeServiceAccount(this, 'Account', { metadata, automountServiceAccountToken: false });
    new kplus.k8s.KubeRole(this, 'Role', {
      metadata,
      rules: [{ apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshots'], verbs: ['create', 'get', 'list', 'delete'] }],
    });
    new kplus.k8s.KubeRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: this.name },
      subjects: [{ kind: 'ServiceAccount', name: this.name }],
    });
  }

  private podSpec(keep: number): kplus.k8s.PodSpec {
    const memory = kplus.k8s.Quantity.fromString(quantity(MEMORY));
    return {
      serviceAccountName: this.name,
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{
        name: 'snapshot',
        image: this.props.image ?? 'docker.io/curlimages/curl:8.15.0',
        command: ['sh', '-c', SNAPSHOT_SCRIPT],
        env: this.environment(keep),
        resources: { requests: { cpu: kplus.k8s.Quantity.fromString('10m'), memory }, limits: { memory } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      }],
    };
  }

  private environment(keep: number): kplus.k8s.EnvVar[] {
    const manifest = {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: { name: '$(SNAPSHOT)', labels: { ...recommendedLabels(this.name), [SCHEDULE_LABEL]: this.name } },
      spec: { volumeSnapshotClassName: this.props.snapshotClass?.name, source: { persistentVolumeClaimName: this.props.claim.name } },
    };
    return [
      { name: 'SNAPSHOT', valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'SCHEDULE', value: this.name },
      { name: 'KEEP', value: String(keep) },
      { name: 'MANIFEST', value: JSON.stringify(manifest) },
    ];
  }
}
