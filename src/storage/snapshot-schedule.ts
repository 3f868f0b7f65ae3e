import { type Cron, type Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { IPersistentVolumeClaim } from './i-persistent-volume-claim';
import type { IVolumeSnapshotClass } from './i-volume-snapshot-class';
import { SnapshotDeletionPolicy } from './snapshot-deletion-policy';
import { DNS_PORTS } from '../base/dns-ports';
import { conflict, requireInteger } from '../base/errors';
import { recommendedLabels } from '../base/labels';
import { nameOf, requireDnsLabel } from '../base/names';
import { ownObject } from '../base/own-object';
import { quantity } from '../base/quantity';
import { closedPodSpec, RESTRICTED_CONTAINER } from '../pod/restricted';
import { SNAPSHOT_SH } from './private/shell';
import { requireClassName, requireSnapshots } from './private/snapshot-source';
import { takeName } from '../base/taken-names';
import { requireNew } from '../input/check-input';

/** Properties of a snapshot schedule. */
export interface SnapshotScheduleProps {
  /** The claim to take snapshots of. Throws if its volume is known not to support snapshots. */
  readonly claim: IPersistentVolumeClaim;
  /** The schedule. */
  readonly schedule: Cron;

  /**
   * The number of ready snapshots to keep, from 1 to 1000. The VolumeSnapshot objects of older ones are deleted. Throws
   * if it is set and the snapshot class is known to retain the snapshots themselves.
   *
   * @default 7
   */
  readonly keep?: number;

  /**
   * How long a snapshot is kept at least, whatever their number, by the clock of the API server. Positive, in whole seconds. Like `keep`, throws if
   * the snapshot class is known to retain the snapshots themselves.
   *
   * @default - age does not matter
   */
  readonly keepAge?: Duration;

  /**
   * How long a snapshot may take until it is ready to use. The Job waits for it, and fails if it is not, without deleting any other. At least one
   * minute, in whole seconds.
   *
   * @default - the Job does not wait
   */
  readonly readyWithin?: Duration;

  /**
   * The name of a Pod that must be ready when a snapshot is taken: the server that uses the volume. Otherwise the Job fails, so that snapshots of a
   * server that has lost its data do not replace those of the data.
   *
   * @default - snapshots are taken whatever the state of the server
   */
  readonly readyPod?: string;

  /**
   * The snapshot class.
   *
   * @default - the default snapshot class of the volume's driver
   */
  readonly snapshotClass?: IVolumeSnapshotClass;

  /**
   * The name of the CronJob, its ServiceAccount, Role and RoleBinding. Snapshots are named `<name>-<number>` with
   * increasing numbers.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The time zone of the schedule, such as 'Asia/Tokyo'.
   *
   * @default - that of the controller manager, usually UTC
   */
  readonly timeZone?: string;

  /**
   * Whether the schedule is suspended.
   *
   * @default false
   */
  readonly suspend?: boolean;

  /**
   * The image of the Job. It must contain `sh`, `cat`, `cut`, `date`, `grep`, `head`, `sed`, `sleep`, `sort`, `tr` and `curl` 7.55 or later.
   *
   * @default 'docker.io/curlimages/curl:8.15.0'
   */
  readonly image?: string;

  /**
   * The resources of the Job. Set limits if a quota of the namespace requires them.
   *
   * @default - requests of 10m CPU, 32 MiB of memory and 16 MiB of ephemeral storage; a memory limit of 32 MiB
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Whether the NetworkPolicy limits egress to DNS and, on ports 443 and 6443 of any address, the API server. For namespaces that deny
   * egress by default.
   *
   * @default false
   */
  readonly egress?: boolean;
}

/** The label of all snapshots of a schedule, by which snapshot.sh selects them. */
export const SCHEDULE_LABEL = 'cdk8s-stateful/snapshot-schedule';

const DEFAULT_RESOURCES: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(10) },
  memory: { request: Size.mebibytes(32), limit: Size.mebibytes(32) },
  ephemeralStorage: { request: Size.mebibytes(16) },
};

/** How long a Job that does not wait may run, in seconds. */
const JOB_SECONDS = 1800;
/** How much longer one may run that waits, in seconds: what ends it first should be its own message. */
const GRACE_SECONDS = 120;

/**
 * Takes snapshots of a volume on a schedule and keeps the most recent ones. It is a CronJob whose ServiceAccount can
 * only create, read and delete VolumeSnapshots in its own namespace, and read the `readyPod`.
 *
 * Deleting a VolumeSnapshot deletes the snapshot itself only if its class has `SnapshotDeletionPolicy.DELETE`.
 * Otherwise the storage system keeps all snapshots, and you keep paying for them. Snapshots do not protect against the
 * loss of the storage system.
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

  private readonly keepSeconds?: number;
  private readonly readySeconds?: number;

  /**
   * Throws if the volume is known not to support snapshots, or if `keep` or `keepAge` is set and the snapshot class is known to
   * retain them.
   */
  public constructor(scope: Construct, id: string, private readonly props: SnapshotScheduleProps) {
    requireNew('SnapshotSchedule', scope, id, props);
    super(scope, id);
    this.name = nameOf(this, props.name); // like a set's, a CronJob's name can have at most 52 characters
    for (const kind of ['CronJob', 'ServiceAccount', 'Role', 'RoleBinding']) takeName(this, kind, this.name);
    const keep = requireInteger(this, 'keep', props.keep ?? 7, 1, 1000);
    requireSnapshots(this, props.claim, props.snapshotClass);
    requireClassName(this, props.snapshotClass);
    this.requireDeletion();
    this.keepSeconds = this.seconds('keepAge', props.keepAge, 1);
    this.readySeconds = this.seconds('readyWithin', props.readyWithin, 60);
    if (props.readyPod !== undefined) requireDnsLabel(this, 'readyPod', props.readyPod);

    this.createAccount();
    this.createPolicy(props.egress ?? false);
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
            activeDeadlineSeconds: this.readySeconds === undefined ? JOB_SECONDS : this.readySeconds + GRACE_SECONDS,
            template: { metadata: { labels: { ...recommendedLabels(this.name), ...this.selector } }, spec: this.podSpec(keep) },
          },
        },
      },
    });
  }

  private get selector(): { [label: string]: string } {
    return { [SCHEDULE_LABEL]: this.name };
  }

  private requireDeletion(): void {
    const { keep, keepAge, snapshotClass } = this.props;
    const given = keep !== undefined ? 'keep' : keepAge && 'keepAge';
    if (given === undefined || snapshotClass?.deletionPolicy !== SnapshotDeletionPolicy.RETAIN) return;
    throw conflict(this, `'${given}' is set, but the snapshot class '${snapshotClass.name}' retains all snapshots in the storage system`,
      `Set 'deletionPolicy: SnapshotDeletionPolicy.DELETE' on the class, or omit '${given}' and delete the snapshots yourself.`);
  }

  private seconds(property: string, duration: Duration | undefined, min: number): number | undefined {
    return duration && requireInteger(this, `${property} in seconds`, duration.toSeconds({ integral: false }), min);
  }

  private createAccount(): void {
    const { readyPod } = this.props;
    const metadata = { name: this.name, labels: recommendedLabels(this.name) };
    new kplus.k8s.KubeServiceAccount(this, 'Account', { metadata, automountServiceAccountToken: false });
    new kplus.k8s.KubeRole(this, 'Role', {
      metadata,
      rules: [
        { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshots'], verbs: ['create', 'get', 'list', 'delete'] },
        ...readyPod === undefined ? [] : [{ apiGroups: [''], resources: ['pods'], resourceNames: [readyPod], verbs: ['get'] }],
      ],
    });
    new kplus.k8s.KubeRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: this.name },
      subjects: [{ kind: 'ServiceAccount', name: this.name }],
    });
  }

  private podSpec(keep: number): kplus.k8s.PodSpec {
    return closedPodSpec({
      serviceAccountName: this.name,
      automountServiceAccountToken: true,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 },
      containers: [{
        name: 'snapshot',
        image: this.props.image ?? 'docker.io/curlimages/curl:8.15.0',
        command: ['sh', '-c', SNAPSHOT_SH],
        env: this.environment(keep),
        resources: this.resources(),
        securityContext: RESTRICTED_CONTAINER,
      }],
    });
  }

  private resources(): kplus.k8s.ResourceRequirements {
    const { cpu, memory, ephemeralStorage } = this.props.resources ?? DEFAULT_RESOURCES;
    const amounts = (which: 'request' | 'limit') => Object.fromEntries(Object.entries({
      'cpu': cpu?.[which]?.amount,
      'memory': memory?.[which] && quantity(memory[which]),
      'ephemeral-storage': ephemeralStorage?.[which] && quantity(ephemeralStorage[which]),
    }).flatMap(([name, amount]) => amount === undefined ? [] : [[name, kplus.k8s.Quantity.fromString(amount)]]));
    return { requests: amounts('request'), limits: amounts('limit') };
  }

  /** Denies ingress to the Job. Egress is allowed to any address, since the API server is not a Pod that a policy could select. */
  private createPolicy(limitEgress: boolean): void {
    const apiServer = [443, 6443].map(port => ({ port, protocol: kplus.Protocol.TCP }));
    // Policies of sets have the name of the set, which contains no dot.
    ownObject(this, 'NetworkPolicy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: `${this.name}.snapshots`, instance: this.name }, {
      spec: {
        podSelector: { matchLabels: this.selector },
        policyTypes: ['Ingress', ...limitEgress ? ['Egress'] : []],
        egress: limitEgress ? [{ ports: DNS_PORTS }, { ports: apiServer }] : undefined,
      },
    });
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
      ...this.optionalEnvironment(),
    ];
  }

  private optionalEnvironment(): kplus.k8s.EnvVar[] {
    const { keepSeconds, readySeconds, props: { readyPod } } = this;
    return Object.entries({ KEEP_SECONDS: keepSeconds, READY_SECONDS: readySeconds, READY_POD: readyPod })
      .flatMap(([name, value]) => value === undefined ? [] : [{ name, value: `${value}` }]);
  }
}
