import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { BackupDestination, ObjectStoreTarget } from './backup-destination';
import { BACKUPS_PATH, LOG_FOLDER, methodEnv, RCLONE_ENV, RCLONE_PATH, SCRIPTS_PATH } from './backup-paths';
import type { LogArchiveSettings } from './log-archive-settings';
import { CHOOSE_SH, SHIP_SH, STORE_SH } from './scripts/shell';
import { conflict } from '../base/errors';
import { Assembly } from '../kit/assembly';
import type { MemberContainer, MemberGroup } from '../kit/design';
import { MemberMount } from '../kit/member-mount';
import { plainEnv } from '../kit/plain-env';
import { within } from '../kit/probe-budget';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { MemberNames } from '../workload/member-names';
import { Members } from '../workload/members';
import type { StatefulWorkload } from '../workload/stateful-workload';

const SHIP = 'ship';

/** Touched when all of the log was sent. */
const SHIPPED = '/tmp/shipped';

const DEFAULT_SIZE = Size.gibibytes(10);

/** Between two rounds of uploads. Beside what is written during one, an object store may lack this if both the server and the volume of the archiver are lost. */
const ROUND = Duration.seconds(30);

/** How long an upload may fail until the archiver is not ready. */
const MINUTES_WITHOUT_UPLOAD = 5;

/**
 * An archive of the log of a database, for restores to a point in time: a set with one member that receives the log as it is written, and keeps
 * it at the destination. Made by `database.archiveLog`.
 *
 * Its Pod is ready while it receives the log, and unless the archive has a gap that no backup has been made after: a physical one of PostgreSQL,
 * a dump of MySQL or MariaDB.
 */
export class LogArchive extends Construct {
  /**
   * Made by `database.archiveLog`.
   *
   * @internal
   */
  public static _create(scope: Construct, id: string, props: LogArchiveSettings): LogArchive {
    return new LogArchive(scope, id, props);
  }

  /** The name of the StatefulSet. */
  public readonly name: string;
  /** Where the log goes. */
  public readonly destination: BackupDestination;
  /** The StatefulSet. */
  public readonly statefulWorkload: StatefulWorkload;

  private constructor(scope: Construct, id: string, private readonly settings: LogArchiveSettings) {
    super(scope, id);
    const { name, destination, database, pods } = settings;
    this.name = name;
    this.destination = destination;
    const names = MemberNames._of(this, name, { clusterDomain: pods.clusterDomain });
    this.statefulWorkload = new Assembly(this, { instance: database, groups: [this.group(names)] }, podsOf(pods)).setOf(names);
  }

  /** The StatefulSet as a cdk8s-plus workload: scheduling, selectors. */
  public get workload(): kplus.Workload {
    return this.statefulWorkload.workload;
  }

  private group(names: MemberNames): MemberGroup {
    const { destination, method, recipe, log, storage, database, resources, image, synchronous = false } = this.settings;
    const target = destination._files(this, 'a log archive');
    if (target.kind === 'claim' && storage !== undefined) {
      throw conflict(this, "'storage' is given, but the log is written directly to the claim of the destination", 'Omit it.');
    }
    const container = {
      ...log.container,
      image: image ?? log.container.image,
      resources: resources ?? log.container.resources,
      env: { ...log.container.env, ...plainEnv({ ...methodEnv(method), LOGS: this.logs, SET: database, ...synchronous && { SYNCHRONOUS: 'on' } }) },
    };
    const mounts = log.mounts.map(mount => mount._onlyIn(container.name));
    const group = { names, members: Members.replicas(1), user: recipe.user, containers: [container], mounts };
    if (target.kind === 'claim') return { ...group, mounts: [...mounts, MemberMount._volume(BACKUPS_PATH, target.claim, { readOnly: false })] };
    return {
      ...group,
      containers: [container, this.shipper(target)],
      mounts: [
        ...mounts,
        MemberMount.claim('log', BACKUPS_PATH, storage ?? { size: DEFAULT_SIZE, storageClass: this.settings.databaseStorage.storageClass }),
        MemberMount.files('ship', SCRIPTS_PATH, { 'ship.sh': SHIP_SH, 'choose.sh': CHOOSE_SH, 'store.sh': STORE_SH })._onlyIn(SHIP),
        MemberMount.secret('rclone', RCLONE_PATH, target.config, { [target.configKey]: 'rclone.conf' })._onlyIn(SHIP),
        MemberMount.folder('/tmp', { name: 'ship-tmp' })._onlyIn(SHIP),
      ],
    };
  }

  private shipper(target: ObjectStoreTarget): MemberContainer {
    const { database, method, recipe, resources } = this.settings;
    return {
      name: SHIP,
      image: target.image,
      command: ['sh', `${SCRIPTS_PATH}/ship.sh`],
      resources: resources ?? recipe.resources,
      env: plainEnv({
        ...RCLONE_ENV,
        ...methodEnv(method),
        LOGS: this.logs,
        TARGET: `${target.target}/${database}`,
        DATABASE: database,
        EVERY: `${ROUND.toSeconds()}`,
        SHIPPED,
      }),
      readiness: kplus.Probe.fromCommand(['sh', '-c', `find ${SHIPPED} -mmin -${MINUTES_WITHOUT_UPLOAD} | grep -q .`], within(Duration.seconds(15))),
    };
  }

  private get logs(): string {
    return `${BACKUPS_PATH}/${this.settings.database}/${LOG_FOLDER}`;
  }
}


/** What the Pod of the archive has in common with those of the database. */
function podsOf({ clusterDomain, dockerRegistryAuth, egress, isolate, placement, priorityClassName, security }: ProductPodsProps): ProductPodsProps {
  return { clusterDomain, dockerRegistryAuth, egress, isolate, placement, priorityClassName, security };
}
