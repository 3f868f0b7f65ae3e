import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { BackupCronJob } from './backup-cron-job';
import type { BackupVerification } from './backup-verification';
import type { ScratchDatabase } from './scratch-database';
import { CREDENTIALS_SH, VERIFY_SH } from './scripts/shell';
import { invalid } from '../base/errors';
import { configFilesOf } from '../kit/config-files';
import { containerOf } from '../kit/container-of';
import type { MemberContainer } from '../kit/design';
import type { Files } from '../kit/files';
import type { MemberMount } from '../kit/member-mount';
import { plainEnv } from '../kit/plain-env';
import { folderVolume, secretVolume } from '../kit/pod-volumes';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { EphemeralVolume } from '../storage/ephemeral-volume';

/** The backup that is verified, and what it is restored into. */
export interface VerifyJobProps extends BackupVerification {
  readonly name: string;
  /** The name of the CronJob that makes the backups. */
  readonly backup: string;
  /** The name of the database. */
  readonly database: string;
  readonly scratch: ScratchDatabase;
  /** Whether the Pods need the network, for an object store. */
  readonly needsNetwork: boolean;
  /** The size of the volume of the database. */
  readonly size: Size;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  readonly pods: ProductPodsProps;
}

/** A volume, and the containers that mount it, if not all do. */
interface Mounted {
  readonly path: string;
  readonly storage: kplus.IStorage;
  readonly readOnly: boolean;
  readonly containers?: readonly string[];
}

const VERIFY_PATH = '/etc/cdk8s-stateful/verify';
const NAMES_PATH = '/etc/cdk8s-stateful/names';
const RUN_PATH = '/run/verify';
const SMALL = Size.mebibytes(4);

/** The host name, from which the scripts of a member read that it is the one of ordinal 0. */
const HOST = 'scratch-0';

/**
 * The CronJob that verifies backups. Its Pod is a member of a set of one: the same init containers and mounts, but a volume that is deleted
 * with it, and a password that nobody knows.
 */
export class VerifyJob extends BackupCronJob {
  public constructor(scope: Construct, id: string, private readonly props: VerifyJobProps) {
    super(scope, id, props, { suffix: 'verify', user: props.scratch.member.user, deadline: 'verify.deadline', retries: 1, hostname: HOST });
    this.requireQuery();
    this.addContainers();
    this.createPolicy((props.pods.egress ?? false) || !props.needsNetwork);
  }

  private requireQuery(): void {
    const { query } = this.props;
    if (query?.trim() !== '') return;
    throw invalid(this, { property: 'verify.query', got: query, expected: 'a query that returns a row', hint: 'Omit it to run no query.' });
  }

  private addContainers(): void {
    const { database, backup, scratch } = this.props;
    const { member: { mounts, prepare = [] }, check, credentialsPath } = scratch;
    const credentials = this.folder('credentials', true);
    const own: Mounted[] = [
      { path: VERIFY_PATH, storage: this.files('verify', this.scripts()), readOnly: true },
      { path: RUN_PATH, storage: this.folder('run-verify', false), readOnly: false },
    ];
    const [image] = prepare.slice(-1);
    const first = this.addInitContainer(containerOf(this.credentials(image)));
    first.mount(credentialsPath, credentials);
    mountInto(first, [...own, ...this.names()]);
    const all = [...own, ...mounts.filter(mount => !isEmpty(mount)).map(mount => mount.path === credentialsPath
      ? { path: credentialsPath, storage: credentials, readOnly: true }
      : { path: mount.path, ...this.mounted(mount), containers: mount._containers })];
    const env = { RESTORED: kplus.EnvValue.fromValue(`${RUN_PATH}/restored`) };
    const steps = prepare.map(step => step.args === undefined ? step : { ...step, args: [...step.args, ...check.arguments] });
    for (const step of steps) mountInto(this.addInitContainer(containerOf({ ...step, env: { ...step.env, ...env } })), all);
    const [last] = steps.slice(-1);
    mountInto(this.addContainer(containerOf({
      ...last,
      name: 'verify',
      command: ['bash', `${VERIFY_PATH}/verify.sh`],
      env: {
        ...last.env,
        ...plainEnv(check.env ?? {}),
        ...env,
        DATABASE: kplus.EnvValue.fromValue(database),
        CRON_JOB: kplus.EnvValue.fromValue(backup),
      },
    })), all);
  }

  private credentials({ image, resources }: MemberContainer): MemberContainer {
    const { credentialsPath } = this.props.scratch;
    return {
      name: 'credentials',
      image,
      command: ['bash', `${VERIFY_PATH}/credentials.sh`, credentialsPath],
      env: { NAMES: kplus.EnvValue.fromValue(NAMES_PATH) },
      resources,
    };
  }

  private scripts(): Files {
    const { query, scratch: { check } } = this.props;
    return { 'verify.sh': VERIFY_SH, 'credentials.sh': CREDENTIALS_SH, 'check.sh': check.script, ...query === undefined ? {} : { query } };
  }

  /** The mount of the user's name, which no password is beside. */
  private names(): Mounted[] {
    const { secret, secretItems } = this.props.scratch;
    const items = Object.fromEntries(Object.entries(secretItems).filter(([, file]) => file !== 'password'));
    if (Object.keys(items).length === 0) return [];
    return [{ path: NAMES_PATH, storage: secretVolume(this, 'names', { kind: 'secret', secret, items }), readOnly: true }];
  }

  private mounted({ name, _source: source }: MemberMount): { storage: kplus.IStorage; readOnly: boolean } {
    switch (source.kind) {
      case 'claim': return { storage: this.scratchVolume(), readOnly: false };
      case 'files': return { storage: this.files(name, source.files), readOnly: true };
      case 'secret': return { storage: secretVolume(this, name, source), readOnly: true };
      case 'volume': return { storage: source.storage, readOnly: true };
      case 'memberCount': return { storage: this.files(name, { members: '1' }), readOnly: true };
      case 'folder': return { storage: folderVolume(this.standInOwner, name, source), readOnly: false };
    }
  }

  private scratchVolume(): kplus.IStorage {
    const { scratchSize: size = this.props.size, scratchClass: storageClass } = this.props;
    if (storageClass === undefined) return folderVolume(this.standInOwner, 'scratch', { kind: 'folder', limit: size, inMemory: false });
    return new EphemeralVolume(this.standInOwner, 'Scratch', { name: 'scratch', size, storageClass });
  }

  private files(name: string, files: Files): kplus.Volume {
    return configFilesOf({ scope: this.standInOwner, name: this.props.name, workload: this }, name, () => files);
  }

  private folder(name: string, inMemory: boolean): kplus.Volume {
    return folderVolume(this.standInOwner, name, { kind: 'folder', limit: SMALL, inMemory });
  }
}

function mountInto(container: kplus.Container, mounts: Mounted[]): void {
  for (const { path, storage, readOnly, containers } of mounts) {
    if (containers?.includes(container.name) ?? true) container.mount(path, storage, { readOnly });
  }
}

function isEmpty({ _source: source }: MemberMount): boolean {
  return source.kind === 'files' && Object.keys(source.files).length === 0;
}
