import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as scripts from './shell';
import type { BackupTools } from '../../../backup/backup-tools';
import type { CheckRecipe } from '../../../backup/check-recipe';
import type { DumpRecipe } from '../../../backup/dump-recipe';
import type { LogRecipe, PhysicalRecipe } from '../../../backup/physical-recipe';
import { CHOOSE_SH, RUNS_SH } from '../../../backup/scripts/shell';
import type { SnapshotRecipe } from '../../../backup/snapshot-recipe';
import { FOUNDING_SH, LOCK_SH } from '../../../kit/founding/shell';
import { MemberMount } from '../../../kit/member-mount';
import { plainEnv } from '../../../kit/plain-env';
import { within } from '../../../kit/probe-budget';
import type { DatabaseRequest } from '../../i-database-engine';
import { backupTools, credentialsMount, DATA_CLAIM, FILES_PATH, PASSWORD_FILE, USERNAME_FILE } from '../common';
import type { Parameters } from '../server-parameters';

/** How a restored server is checked. It must not archive its log, nor wait for standbys. */
const CHECK: CheckRecipe = { script: scripts.CHECK_SH, arguments: ['-c', 'archive_mode=off', '-c', 'synchronous_standby_names='] };

/** How a parameter is switched on. */
const ON = /^(on|true|yes|1)$/i;

/** What the backups of a server depend on. */
export interface PostgresBackups {
  readonly request: DatabaseRequest;
  readonly image: string;
  readonly user: number;
  readonly port: number;
  /** The major release. */
  readonly major: number;
  /** The path of the data. */
  readonly data: string;
  readonly parameters: Parameters;
}

/** How the server is dumped. A dump reads everything, and holds back VACUUM on the server that it reads from: read replicas come first. */
export function postgresDumps(backups: PostgresBackups): DumpRecipe {
  const { names, readReplicas } = backups.request;
  const replicas = Array.from({ length: readReplicas }, (_, i) => names.podDnsName(readReplicas - i));
  return { ...tools(backups, [...replicas, names.serviceDnsName()]), dump: scripts.DUMP_SH, load: scripts.LOAD_SH };
}

/** How the server is copied. The primary is, whose log the archive has, and whose clock is that of the transactions. */
export function postgresCopies(backups: PostgresBackups): PhysicalRecipe {
  return {
    ...tools(backups, [backups.request.names.serviceDnsName()]),
    files: { 'client.sh': scripts.CLIENT_SH, 'incremental.sh': scripts.INCREMENTAL_SH },
    copy: scripts.BASE_BACKUP_SH,
    incremental: { manifest: 'backup_manifest', conflict: incrementalConflict(backups) },
    restore: scripts.RESTORE_BASE_BACKUP_SH,
    restoreFiles: { 'from-archive.sh': scripts.FROM_ARCHIVE_SH },
    env: { USERNAME_FILE, PASSWORD_FILE, FILES: FILES_PATH },
    log: logArchive(backups),
  };
}

/** How the database begins with a snapshot: data and log are on one volume, and `fsync` and `full_page_writes` are on. */
export function postgresSnapshots(): SnapshotRecipe {
  return { claim: DATA_CLAIM, restore: scripts.RESTORE_SNAPSHOT_SH, env: { FILES: FILES_PATH } };
}

function tools({ request, image, user, port, data }: PostgresBackups, hosts: string[]): BackupTools {
  return backupTools(request, { product: 'postgres', image, user, port, hosts, files: { 'client.sh': scripts.CLIENT_SH }, env: {}, data, check: CHECK });
}

const LOG_FILES = {
  'founding.sh': FOUNDING_SH,
  'lock.sh': LOCK_SH,
  'member.sh': scripts.MEMBER_SH,
  'verify.sh': scripts.VERIFY_SH,
  'standby.sh': scripts.STANDBY_SH,
  'choose.sh': CHOOSE_SH,
  'runs.sh': RUNS_SH,
  'archive.sh': scripts.ARCHIVE_SH,
  'archive-ready.sh': scripts.ARCHIVE_READY_SH,
};

/** What makes commits wait for the archiver. A set whose commits do not wait has none of it, so that it is the same as ever. */
const SYNCHRONOUS_FILES = {
  'serve.sh': scripts.SERVE_WITH_ARCHIVE_SH,
  'serve-member.sh': scripts.SERVE_SH,
  'decide.sh': scripts.DECIDE_WITH_ARCHIVE_SH,
  'decide-member.sh': scripts.DECIDE_SH,
  'before-stop.sh': scripts.STOP_WITH_ARCHIVE_SH,
};

function logArchive(backups: PostgresBackups): LogRecipe {
  const { request: { names, credentials, databaseName }, image, parameters } = backups;
  const primary = names.haveDnsNames ? names.podDnsName(0) : names.serviceDnsName();
  return {
    container: {
      name: 'archive',
      image,
      command: ['bash', `${FILES_PATH}/archive.sh`],
      resources: tools(backups, []).resources,
      env: plainEnv({
        POSTGRES_USER_FILE: USERNAME_FILE,
        POSTGRES_PASSWORD_FILE: PASSWORD_FILE,
        POSTGRES_DB: databaseName,
        PGPASSFILE: '/tmp/.pgpass',
        STATE: '/tmp',
        PRIMARY_HOST: primary,
      }),
      readiness: kplus.Probe.fromCommand(['bash', `${FILES_PATH}/archive-ready.sh`], within(Duration.seconds(15))),
    },
    mounts: [credentialsMount(credentials), MemberMount.files('files', FILES_PATH, LOG_FILES), MemberMount.folder('/tmp')],
    synchronousFiles: SYNCHRONOUS_FILES,
    synchronousConflict: synchronousConflict(parameters),
  };
}

/** Why the server does not record what changes. */
function incrementalConflict({ major, parameters: { summarize_wal: summarize = 'off' } }: PostgresBackups): string | undefined {
  if (major < 17) return `PostgreSQL ${major} has no incremental backups, as 17 and later have`;
  return ON.test(summarize) ? undefined : `the parameter 'summarize_wal' is '${summarize}', and only with 'on' does the server record what changes`;
}

/** Why commits would not wait for exactly the archiver, or without end. */
function synchronousConflict({ synchronous_standby_names: names = '', synchronous_commit: commit = 'on' }: Parameters): string | undefined {
  if (names.trim() !== '') {
    return `the parameter 'synchronous_standby_names' is '${names}': the server has one list for standbys and the archiver, `
      + 'in which a standby could stand in for the archiver';
  }
  if (ON.test(commit)) return undefined;
  const why = commit.toLowerCase() === 'remote_apply' ? 'would wait without end, as an archiver does not apply the log' : 'would not wait until the archive has them on disk';
  return `the parameter 'synchronous_commit' is '${commit}', with which commits ${why}`;
}
