import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { DATA_PATH } from './data-path';
import { valueOf } from './parameter-names';
import { ADOPT_SH, CHECK_COPY_SH, CHECK_SH, DUMP_SH, LOAD_SH, PASSWORD_SH, PREPARE_SH, RESTORE_SNAPSHOT_SH, START_SH, VOLUME_SH } from './shell';
import type { BackupTools } from '../../../backup/backup-tools';
import type { DumpLogRecipe } from '../../../backup/dump-recipe';
import type { PhysicalRecipe } from '../../../backup/physical-recipe';
import { invalid } from '../../../base/errors';
import { sortedEntries } from '../../../base/sorted-entries';
import { EndpointTarget } from '../../../kit/endpoint-target';
import { LOCK_SH } from '../../../kit/founding/shell';
import { MemberMount } from '../../../kit/member-mount';
import { plainEnv } from '../../../kit/plain-env';
import { within } from '../../../kit/probe-budget';
import { Members } from '../../../workload/members';
import type { DatabaseDesign, DatabaseRequest } from '../../i-database-engine';
import { type ConnectionNames, DATA_CLAIM, FILES_PATH, PASSWORD_FILE, USERNAME_FILE, commonConnection, commonMounts, backupTools } from '../common';
import { literal, type Parameters } from '../server-parameters';

export const PORT = 3306;

/** The command that checks whether the server answers. */
export const ANSWERS = ['bash', `${FILES_PATH}/answers.sh`];

/**
 * The clients of both products read the variables of the host, the port and the password. They have none for the database and the
 * user, whose names are those of the images.
 *
 * @see https://dev.mysql.com/doc/refman/9.7/en/environment-variables.html
 */
const CONNECTION: ConnectionNames = {
  host: 'MYSQL_HOST', port: 'MYSQL_TCP_PORT', databaseName: 'MYSQL_DATABASE', username: 'MYSQL_USER', password: 'MYSQL_PWD',
};

/** The scripts of both containers; `answers` is the check of the product. */
function scripts(answers: string): { [name: string]: string } {
  return { 'lock.sh': LOCK_SH, 'volume.sh': VOLUME_SH, 'prepare.sh': PREPARE_SH, 'start.sh': START_SH, 'answers.sh': answers };
}

/** The command line of a server. The first initialization gets it too, because some parameters require that. */
export function mysqlArguments(parameters: Parameters): string[] {
  return [
    `--tmpdir=${DATA_PATH}/.tmp`,
    ...sortedEntries(parameters).map(([name, value]) => `--${name.replace(/_/g, '-')}=${literal(value)}`),
  ];
}

/** Throws if the server has a system database with this name. */
export function requireOwnDatabase(request: DatabaseRequest): void {
  if (['mysql', 'sys', 'information_schema', 'performance_schema'].includes(request.databaseName.toLowerCase())) {
    throw invalid(request.path, { property: 'databaseName', got: request.databaseName, expected: 'a name that is not reserved by the server' });
  }
}

/** The differences between the two products. */
export interface SingleServer {
  /** The name of the container and its port. */
  readonly name: string;
  readonly image: string;
  /** The name of the server program. */
  readonly program: string;
  readonly args: string[];
  readonly env: { [name: string]: string };
  /** The script that checks whether the server answers. */
  readonly answers: string;
  readonly writablePaths: string[];
  readonly liveness: kplus.Probe;
  /** The client, the program that dumps, and its options. */
  readonly tools: { readonly CLIENT: string; readonly DUMP: string; readonly DUMP_OPTIONS: string };
  readonly log: BinaryLog;
  /** How its files are copied, if they can be. */
  readonly copies?: ServerCopies;
}

/** How the files of a server are copied, and become those of another one. */
export interface ServerCopies extends Omit<PhysicalRecipe, keyof BackupTools | 'log'> {
  /** Files beside the script that copies, by name. */
  readonly files?: { [name: string]: string };
  /** Further variables of its scripts. */
  readonly env?: { [name: string]: string };
}

/** The binary log of a server, if it has one that can be archived, and how it is. */
export interface BinaryLog {
  readonly recipe: DumpLogRecipe;
  /** What differs with such a log. */
  readonly server?: LoggedServer;
}

/** A server with a log that can be archived. */
interface LoggedServer {
  /** The script that starts it with the accounts that read the log, its name, and its text. */
  readonly start: { readonly name: string; readonly text: string; readonly env: { [name: string]: string } };
  /** What it mounts for that. */
  readonly mounts: MemberMount[];
  /** With which a dump has its position in the log. */
  readonly dumpEnv: { [name: string]: string };
}

/** A single instance of either product. */
export function singleInstance(request: DatabaseRequest, product: SingleServer): DatabaseDesign {
  const { names, resources } = request;
  const { recipe: log, server: logged } = product.log;
  const { copies } = product;
  const port: kplus.ContainerPort = { name: product.name, number: PORT };
  const client = { CLIENT: product.tools.CLIENT };
  const env = { SERVER: product.program, DATABASE_NAME: request.databaseName };
  const tools = {
    product: product.name,
    image: product.image,
    user: 999,
    port: PORT,
    hosts: [names.serviceDnsName()],
    data: `${DATA_PATH}/mysql`,
    unfinished: `${DATA_PATH}/.first-start`, // volume.sh has it, too
    check: { script: CHECK_SH, arguments: ['--event-scheduler=OFF'] },
  };
  const server = { image: product.image, args: product.args, env: plainEnv(product.env), resources };
  return {
    groups: [{
      names,
      members: Members.replicas(1),
      user: 999,
      terminationGrace: Duration.minutes(2),
      mounts: [
        ...commonMounts(request, DATA_PATH, { ...scripts(product.answers), ...logged && { [logged.start.name]: logged.start.text, 'password.sh': PASSWORD_SH } }),
        ...product.writablePaths.map(path => MemberMount.folder(path)),
        ...(logged?.mounts ?? []).map(mount => mount._onlyIn(product.name)),
      ],
      prepare: [{ ...server, name: 'prepare', command: ['bash', `${FILES_PATH}/prepare.sh`, product.program] }],
      containers: [{
        ...server,
        name: product.name,
        command: ['bash', `${FILES_PATH}/${logged?.start.name ?? 'start.sh'}`, product.program],
        ...logged && { env: plainEnv({ ...product.env, ...logged.start.env }) },
        ports: [port],
        startup: kplus.Probe.fromCommand(ANSWERS, within(request.startupBudget)),
        readiness: kplus.Probe.fromCommand(ANSWERS, within(Duration.seconds(15))),
        liveness: product.liveness,
      }],
    }],
    write: { name: names.serviceName(), group: names, ports: [port], target: EndpointTarget.member(0) },
    connection: commonConnection(request, PORT, CONNECTION),
    dumps: {
      ...backupTools(request, { ...tools, env: { ...product.tools, ...env, ...logged?.dumpEnv } }),
      dump: DUMP_SH,
      load: LOAD_SH,
      log,
    },
    physical: copies && {
      ...copies,
      ...backupTools(request, { ...tools, files: copies.files, env: { ...client, ...env, ...copies.env } }),
      // Unlike for a dump, the container 'prepare' does not restore it, and does not have these.
      check: { ...tools.check, script: CHECK_SH + CHECK_COPY_SH, env: { ...client, ...env, PASSWORD_FILE } },
    },
    snapshots: {
      claim: DATA_CLAIM,
      restore: RESTORE_SNAPSHOT_SH,
      restoreFiles: { 'adopt.sh': ADOPT_SH },
      env: {
        FILES: FILES_PATH, SERVER: product.program, CLIENT: product.tools.CLIENT, DATABASE_NAME: request.databaseName, USERNAME_FILE, PASSWORD_FILE,
      },
      conflict: tornPages(request.parameters),
    },
  };
}

/** Why the server does not recover from a snapshot of its volume: a page may be half-written in it. */
function tornPages(parameters: Parameters): string | undefined {
  const name = ['innodb_doublewrite', 'skip_innodb_doublewrite'].find(option => valueOf(parameters, option) !== undefined);
  if (name === undefined) return undefined;
  const value = `${valueOf(parameters, name)}`;
  if (name === 'innodb_doublewrite' && !/^(off|false|0|detect_only)$/i.test(value)) return undefined;
  return `the parameter '${name}' is '${value}', so the server cannot repair pages that a snapshot has half-written`;
}
