import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import type { SnapshotsTarget } from './backup-destination';
import { BackupMethod } from './backup-method';
import type { BackupProps } from './backup-props';
import { retentionEnv } from './backup-retention';
import { requireFullEvery } from './full-every';
import { conflict, invalid, reportedBy, requireInteger } from '../base/errors';
import type { ProductPodsProps } from '../kit/product-pods-props';
import type { IPersistentVolumeClaim } from '../storage/i-persistent-volume-claim';
import { SnapshotSchedule } from '../storage/snapshot-schedule';

/** The server whose volume snapshots are taken of, and what the user says about them. */
export interface SnapshotBackupProps extends BackupProps {
  readonly name: string;
  /** The name of the database. */
  readonly database: string;
  /** The claim of the volume that has all its data. */
  readonly claim: IPersistentVolumeClaim;
  /** The Pod of its server. */
  readonly pod: string;
  /** Why the server does not recover from a snapshot, if so. */
  readonly conflict?: string;
  readonly pods: ProductPodsProps;
}

/** How many snapshots a schedule can keep. */
const MOST = 1000;

const DEADLINE = Duration.hours(6);

/** The CronJob of a backup that consists of snapshots. Throws if they would be of no use. */
export function scheduleSnapshots(backup: Construct, target: SnapshotsTarget, props: SnapshotBackupProps): void {
  const { name, claim, pod, keep, deadline = DEADLINE, schedule, timeZone, suspend, resources, pods } = props;
  requireSnapshotProps(backup, props);
  reportedBy(backup, () => new SnapshotSchedule(backup, 'Resource', {
    name,
    claim,
    readyPod: pod,
    readyWithin: deadline,
    keep: keep?.count,
    keepAge: keep?.age,
    schedule,
    timeZone,
    suspend,
    resources,
    snapshotClass: target.snapshotClass,
    image: target.image,
    egress: pods.egress,
  }));
}

function requireSnapshotProps(where: Construct, props: SnapshotBackupProps): void {
  const { method, verify, keep = {}, deadline = DEADLINE, conflict: reason } = props;
  if (method !== undefined && method !== BackupMethod.SNAPSHOT) {
    throw invalid(where, { property: 'method', got: method, expected: `${BackupMethod.SNAPSHOT}, as the destination consists of snapshots`, hint: "Omit it, or use 'BackupDestination.claim' or 'BackupDestination.objectStore'." });
  }
  if (verify !== undefined) {
    throw conflict(where, "'verify' is not supported for snapshots: a volume names its snapshot when it is made, and the newest one is not known then",
      'Restore one into a new database from time to time, or add a dump with verification beside it.');
  }
  if (reason !== undefined) throw conflict(where, reason, "Change the parameter, or back up with 'BackupDestination.claim' or 'BackupDestination.objectStore'.");
  requireFullEvery(where, props);
  retentionEnv(where, keep);
  if (keep.count !== undefined) requireInteger(where, 'keep.count', keep.count, 1, MOST);
  requireInteger(where, 'deadline in seconds', deadline.toSeconds({ integral: false }), 60);
}
