import { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { BackupCronJob } from './backup-cron-job';
import type { ObjectStoreTarget } from './backup-destination';
import { BackupMethod } from './backup-method';
import { BACKUPS_PATH, LOG_FOLDER, methodEnv, PHYSICAL_FOLDER, RCLONE_ENV, RCLONE_PATH, SCRIPTS_PATH } from './backup-paths';
import type { BackupProps } from './backup-props';
import { retentionEnv } from './backup-retention';
import type { BackupTools } from './backup-tools';
import { BACKUP_SH, CHOOSE_SH, RETENTION_SH, STORE_SH, UPLOAD_SH, WHILE_SERVING_SH } from './scripts/shell';
import { mountServerVolume, runBeside, type ServerVolume, SERVING_ENV } from './server-volume';
import { mebibytes } from '../base/quantity';
import { configFilesOf } from '../kit/config-files';
import { plainEnv } from '../kit/plain-env';
import { folderVolume, secretVolume } from '../kit/pod-volumes';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { EphemeralVolume } from '../storage/ephemeral-volume';

/** The database, and what the user says about its backups. */
export interface BackupJobProps extends BackupProps {
  readonly name: string;
  /** The name of the database: that of its folder at the destination. */
  readonly database: string;
  readonly method: BackupMethod;
  /** The method whose backups a log archive of this database continues; undefined if it can have none. */
  readonly logMethod?: BackupMethod;
  readonly recipe: BackupTools;
  /** The script that writes the files of a backup. */
  readonly script: string;
  /** The size of the volume of the database. */
  readonly size: Size;
  /**
   * The volume of the server that the script reads.
   *
   * @default - it asks the server only
   */
  readonly volume?: ServerVolume;
  readonly pods: ProductPodsProps;
}

/** What password files need. */
const SMALL = Size.mebibytes(4);

/** What rclone, and a list of all files of a log archive, need. */
const LISTS = Size.mebibytes(128);

/** The CronJob that backs up: one container that dumps to a volume, or one that dumps and then one that uploads. */
export class BackupJob extends BackupCronJob {
  private readonly scripts: kplus.Volume;

  public constructor(scope: Construct, id: string, private readonly props: BackupJobProps) {
    const { name, recipe, script, volume, pods } = props;
    super(scope, id, props, { suffix: 'backup', user: recipe.user, deadline: 'deadline', retries: 2 });
    const files = {
      'backup.sh': BACKUP_SH,
      'retention.sh': RETENTION_SH,
      'dump.sh': script,
      'upload.sh': UPLOAD_SH,
      'store.sh': STORE_SH,
      ...this.hasLog && { 'choose.sh': CHOOSE_SH },
      ...recipe.files,
      ...volume && { 'while-serving.sh': WHILE_SERVING_SH, 'serving.sh': volume.serving },
    };
    this.scripts = configFilesOf({ scope: this.standInOwner, name, workload: this }, 'scripts', () => files);
    const target = props.destination._files(this, `a ${props.method}`);
    if (target.kind === 'claim') this.backUpTo(this.addContainer(this.dumping({ ...retentionEnv(this, props.keep ?? {}), ...this.logsAt(BACKUPS_PATH) })), target.claim);
    else this.upload(target);
    if (volume !== undefined) runBeside(this, volume, pods);
    this.createPolicy(pods.egress ?? false);
  }

  private upload(target: ObjectStoreTarget): void {
    const { database } = this.props;
    const staging = this.staging(target);
    this.backUpTo(this.addInitContainer(this.dumping({ KEEP_COUNT: '1', KEEP_SECONDS: '0' })), staging);
    const upload = this.addContainer({
      name: 'upload',
      image: target.image,
      command: this.command('sh', 'upload.sh', this.reachesPort),
      resources: this.resources,
      envVariables: plainEnv({
        ...RCLONE_ENV,
        ...retentionEnv(this, this.props.keep ?? {}),
        STAGING: this.backupsAt(BACKUPS_PATH),
        TARGET: this.backupsAt(target.target),
        DATABASE: database,
        ...this.logsAt(target.target),
        ...this.props.volume && SERVING_ENV,
      }),
    });
    upload.mount(BACKUPS_PATH, staging, { readOnly: true });
    upload.mount(SCRIPTS_PATH, this.scripts, { readOnly: true });
    upload.mount(RCLONE_PATH, this.secretVolume('rclone', target.config, { [target.configKey]: 'rclone.conf' }), { readOnly: true });
    upload.mount('/tmp', folderVolume(this.standInOwner, 'rclone-cache', { kind: 'folder', limit: LISTS, inMemory: false }));
  }

  private staging({ stagingSize = this.stagingSize, stagingClass }: ObjectStoreTarget): kplus.IStorage {
    if (stagingClass === undefined) return folderVolume(this.standInOwner, 'staging', { kind: 'folder', limit: stagingSize, inMemory: false });
    return new EphemeralVolume(this.standInOwner, 'Staging', { name: 'staging', size: stagingSize, storageClass: stagingClass });
  }

  /** A physical backup is unpacked once, beside itself. */
  private get stagingSize(): Size {
    const { size } = this.props;
    return this.physical ? Size.mebibytes(2 * mebibytes(size)) : size;
  }

  /** Mounts what a container needs that dumps to `storage`. */
  private backUpTo(container: kplus.Container, storage: kplus.IStorage): void {
    const { volume, recipe: { secret, secretItems, credentialsPath } } = this.props;
    if (volume !== undefined) mountServerVolume(this, container, volume);
    container.mount(BACKUPS_PATH, storage);
    container.mount(SCRIPTS_PATH, this.scripts, { readOnly: true });
    container.mount(credentialsPath, this.secretVolume('credentials', secret, secretItems), { readOnly: true });
    container.mount('/tmp', folderVolume(this.standInOwner, 'passwords', { kind: 'folder', limit: SMALL, inMemory: true }));
  }

  private dumping(env: { [name: string]: string }): kplus.ContainerProps {
    const { database, recipe, volume } = this.props;
    return {
      name: 'backup',
      image: recipe.image,
      command: this.command('bash', 'backup.sh', ['bash', `${SCRIPTS_PATH}/serving.sh`]),
      resources: this.resources,
      envVariables: plainEnv({
        ...recipe.env,
        ...env,
        ...volume && SERVING_ENV,
        BACKUPS: this.backupsAt(BACKUPS_PATH),
        DATABASE: database,
        PRODUCT: recipe.product,
        HOSTS: recipe.hosts.join(' '),
        PORT: `${recipe.port}`,
      }),
    };
  }

  /** A script, which does not outlive the server if the Pod has its volume. */
  private command(shell: string, script: string, probe: string[]): string[] {
    const own = [shell, `${SCRIPTS_PATH}/${script}`];
    return this.props.volume === undefined ? own : [shell, `${SCRIPTS_PATH}/while-serving.sh`, ...own, ...probe];
  }

  /** The image of rclone has no client. */
  private get reachesPort(): string[] {
    const { hosts: [host], port } = this.props.recipe;
    return ['timeout', '10', 'nc', '-w', '5', host, `${port}`];
  }

  private get physical(): boolean {
    return this.props.method === BackupMethod.PHYSICAL;
  }

  /** The folder of these backups below a root. */
  private backupsAt(root: string): string {
    return `${root}/${this.props.database}${this.physical ? `/${PHYSICAL_FOLDER}` : ''}`;
  }

  /** The folder of the log archive, from which a backup that it continues deletes what is not needed any more. */
  private logsAt(root: string): { [name: string]: string } {
    const { database, method } = this.props;
    return this.hasLog ? { ...methodEnv(method), LOGS: `${root}/${database}/${LOG_FOLDER}` } : {};
  }

  private get hasLog(): boolean {
    return this.props.logMethod === this.props.method;
  }

  private get resources(): kplus.ContainerResources {
    return this.props.resources ?? this.props.recipe.resources;
  }

  private secretVolume(name: string, secret: kplus.ISecret, items: { [key: string]: string }): kplus.Volume {
    return secretVolume(this, name, { kind: 'secret', secret, items });
  }
}
