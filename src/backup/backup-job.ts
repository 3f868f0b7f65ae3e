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
import { requireFullEvery } from './full-every';
import type { IncrementalRecipe } from './physical-recipe';
import { BACKUP_SH, CHOOSE_SH, EARLIER_SH, RETENTION_SH, STORE_SH, UPLOAD_SH, WHILE_SERVING_SH } from './scripts/shell';
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
  /**
   * How the script copies only what has changed.
   *
   * @default - it cannot
   */
  readonly incremental?: IncrementalRecipe;
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

/** What differs between containers of rclone. */
interface Sending {
  /** That of the container, and of its script. */
  readonly name: string;
  readonly env: { [name: string]: string };
  /** What succeeds while the server answers. */
  readonly probe?: string[];
}

/** The CronJob that backs up: one container that dumps to a volume, or one that dumps and then one that uploads. */
export class BackupJob extends BackupCronJob {
  private readonly fullEvery: number;
  private readonly scripts: kplus.Volume;

  public constructor(scope: Construct, id: string, private readonly props: BackupJobProps) {
    const { name, recipe, script, incremental, volume, pods } = props;
    super(scope, id, props, { suffix: 'backup', user: recipe.user, deadline: 'deadline', retries: 2 });
    this.fullEvery = requireFullEvery(this, props, incremental);
    const files = {
      'backup.sh': BACKUP_SH,
      'retention.sh': RETENTION_SH,
      'dump.sh': script,
      'upload.sh': UPLOAD_SH,
      'store.sh': STORE_SH,
      ...(this.hasLog || this.incremental) && { 'choose.sh': CHOOSE_SH },
      ...this.incremental && { 'earlier.sh': EARLIER_SH },
      ...recipe.files,
      ...volume && { 'while-serving.sh': WHILE_SERVING_SH, 'serving.sh': volume.serving },
    };
    this.scripts = configFilesOf({ scope: this.standInOwner, name, workload: this }, 'scripts', () => files);
    const target = props.destination._files(this, `a ${props.method}`);
    if (target.kind === 'claim') this.backUpToClaim(target.claim);
    else this.backUpToStore(target);
    if (volume !== undefined) runBeside(this, volume, pods);
    this.createPolicy(pods.egress ?? false);
  }

  private backUpToClaim(claim: kplus.IStorage): void {
    const { database, keep = {} } = this.props;
    const env = { ...retentionEnv(this, keep), ...this.logsAt(BACKUPS_PATH), ...this.fullEveryWith(`${BACKUPS_PATH}/${database}`) };
    this.mountToDump(this.addContainer(this.dumping(env)), claim);
  }

  private backUpToStore(target: ObjectStoreTarget): void {
    const { database, incremental, keep = {}, volume } = this.props;
    const staging = this.staging(target);
    const config = this.secretVolume('rclone', target.config, { [target.configKey]: 'rclone.conf' });
    const cache = folderVolume(this.standInOwner, 'rclone-cache', { kind: 'folder', limit: LISTS, inMemory: false });
    const mountToSend = (container: kplus.Container, readOnly: boolean): void => {
      container.mount(BACKUPS_PATH, staging, { readOnly });
      container.mount(SCRIPTS_PATH, this.scripts, { readOnly: true });
      container.mount(RCLONE_PATH, config, { readOnly: true });
      container.mount('/tmp', cache);
    };
    const earlier = `${BACKUPS_PATH}/${database}/earlier`;
    if (incremental !== undefined && this.incremental) {
      const env = { CATALOG: earlier, TARGET: `${target.target}/${database}`, MANIFEST: incremental.manifest };
      mountToSend(this.addInitContainer(this.sending(target, { name: 'earlier', env })), false);
    }
    this.mountToDump(this.addInitContainer(this.dumping({ KEEP_COUNT: '1', KEEP_SECONDS: '0', ...this.fullEveryWith(earlier) })), staging);
    const env = {
      ...retentionEnv(this, keep),
      STAGING: this.backupsAt(BACKUPS_PATH),
      TARGET: this.backupsAt(target.target),
      ...this.logsAt(target.target),
      ...volume && SERVING_ENV,
    };
    mountToSend(this.addContainer(this.sending(target, { name: 'upload', env, probe: this.reachesPort })), true);
  }

  /** A container of rclone that runs the script of its name. */
  private sending({ image }: ObjectStoreTarget, { name, env, probe }: Sending): kplus.ContainerProps {
    return {
      name,
      image,
      command: this.command('sh', `${name}.sh`, probe),
      resources: this.resources,
      envVariables: plainEnv({ ...RCLONE_ENV, ...env, DATABASE: this.props.database }),
    };
  }

  private get incremental(): boolean {
    return this.fullEvery > 1;
  }

  /** What makes the script copy only what has changed, with what is known of earlier backups. */
  private fullEveryWith(catalog: string): { [name: string]: string } {
    return this.incremental ? { FULL_EVERY: `${this.fullEvery}`, CATALOG: catalog } : {};
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
  private mountToDump(container: kplus.Container, storage: kplus.IStorage): void {
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
  private command(shell: string, script: string, probe?: string[]): string[] {
    const own = [shell, `${SCRIPTS_PATH}/${script}`];
    return this.props.volume === undefined || probe === undefined ? own : [shell, `${SCRIPTS_PATH}/while-serving.sh`, ...own, ...probe];
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
