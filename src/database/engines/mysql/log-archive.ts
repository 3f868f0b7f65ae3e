import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { type BinaryLog, PORT } from './family';
import { valueOf } from './parameter-names';
import { ARCHIVE_READY_SH, ARCHIVE_SH, LOG_FILES_SH } from './shell';
import { CHOOSE_SH, RUNS_SH } from '../../../backup/scripts/shell';
import { LOCK_SH } from '../../../kit/founding/shell';
import { MemberMount } from '../../../kit/member-mount';
import { plainEnv } from '../../../kit/plain-env';
import { within } from '../../../kit/probe-budget';
import type { DatabaseRequest } from '../../i-database-engine';
import { BACKUP_RESOURCES, credentialsMount, FILES_PATH, PASSWORD_FILE } from '../common';
import type { Parameters } from '../server-parameters';

/** The account that the archiver reads the binary log with. The server makes it at each start. */
const ACCOUNT = 'stateful_log';

/** How a product archives its binary log. */
interface LogProduct {
  readonly parameters: Parameters;
  readonly image: string;
  /** Why the image has no program that receives the log. */
  readonly needsImage?: string;
  /** Why the log cannot be archived, beside what both products have in common. */
  readonly conflict?: string;
  /** How the server is asked: `log-client.sh`. */
  readonly client: string;
  /** The script that starts the server with its accounts, its variables, and what it mounts. */
  readonly start: { readonly text: string; readonly env?: { [name: string]: string }; readonly mounts?: MemberMount[] };
  /** What dumps need to know in addition, for their position. */
  readonly dumpEnv: { [name: string]: string };
  readonly replay: string;
  readonly replayFiles?: { [name: string]: string };
}

/** The binary log of a server, and how it is archived. */
export function binaryLog({ names, credentials }: DatabaseRequest, product: LogProduct): BinaryLog {
  const conflict = conflictOf(product.parameters) ?? product.conflict;
  const files = {
    'lock.sh': LOCK_SH,
    'choose.sh': CHOOSE_SH,
    'runs.sh': RUNS_SH,
    'log-client.sh': product.client,
    'archive.sh': ARCHIVE_SH,
    'archive-ready.sh': ARCHIVE_READY_SH,
  };
  return {
    server: conflict === undefined
      ? {
        start: { name: 'start-with-log.sh', text: product.start.text, env: { LOG_ACCOUNT: ACCOUNT, ...product.start.env } },
        mounts: product.start.mounts ?? [],
        dumpEnv: { BINARY_LOG: 'on', ...product.dumpEnv },
      }
      : undefined,
    recipe: {
      replay: product.replay,
      replayFiles: { 'log-files.sh': LOG_FILES_SH, ...product.replayFiles },
      conflict,
      needsImage: product.needsImage,
      synchronousConflict: 'no transaction of MySQL and MariaDB can wait for the archiver: the program that reads the binary log does not acknowledge what it has received',
      container: {
        name: 'archive',
        image: product.image,
        command: ['bash', `${FILES_PATH}/archive.sh`],
        resources: BACKUP_RESOURCES,
        env: plainEnv({ HOST: names.serviceDnsName(), PORT: `${PORT}`, LOG_ACCOUNT: ACCOUNT, PASSWORD_FILE, STATE: '/tmp' }),
        readiness: kplus.Probe.fromCommand(['bash', `${FILES_PATH}/archive-ready.sh`], within(Duration.seconds(15))),
      },
      mounts: [credentialsMount(credentials), MemberMount.files('files', FILES_PATH, files), MemberMount.folder('/tmp', { inMemory: true })],
    },
  };
}

/** What leaves changes out of the log. */
const FILTERS = ['binlog_do_db', 'binlog_ignore_db'];

/** Why this binary log cannot be archived. */
function conflictOf(parameters: Parameters): string | undefined {
  if (valueOf(parameters, 'log_bin') === undefined) return "the server has no binary log, which the parameter 'log_bin' enables, for example with the value 'binlog'";
  const format = valueOf(parameters, 'binlog_format') ?? 'ROW';
  if (format.toUpperCase() !== 'ROW') return `the parameter 'binlog_format' is '${format}', with which statements are in the log instead of rows`;
  const filter = FILTERS.find(name => valueOf(parameters, name) !== undefined);
  if (filter !== undefined) return `the parameter '${filter}' is '${valueOf(parameters, filter)}', with which changes are missing in the log`;
  const init = valueOf(parameters, 'init_file');
  return init === undefined ? undefined : `the parameter 'init_file' is '${init}', where the server makes the accounts of the archiver`;
}
