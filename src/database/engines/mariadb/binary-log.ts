import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as scripts from './shell';
import { CHOOSE_SH } from '../../../backup/scripts/shell';
import { LOCK_SH } from '../../../kit/founding/shell';
import { MemberMount } from '../../../kit/member-mount';
import { plainEnv } from '../../../kit/plain-env';
import { within } from '../../../kit/probe-budget';
import type { DatabaseRequest } from '../../i-database-engine';
import { BACKUP_RESOURCES, credentialsMount, FILES_PATH, PASSWORD_FILE } from '../common';
import { type BinaryLog, PORT } from '../mysql/family';
import { valueOf } from '../mysql/parameter-names';
import type { Parameters } from '../server-parameters';

/** The account that the archiver reads the binary log with. The server creates it at each start. */
const ACCOUNT = 'stateful_log';

const LOG_FILES = {
  'lock.sh': LOCK_SH, 'choose.sh': CHOOSE_SH, 'archive.sh': scripts.ARCHIVE_SH, 'archive-ready.sh': scripts.ARCHIVE_READY_SH,
};

/** What a binary log needs to have every row that was written, and every transaction that was acknowledged. MySQL has both by default. */
export function binaryLogDefaults(given: Parameters): Parameters {
  const defaults: Parameters = { binlog_format: 'ROW', sync_binlog: '1' };
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => valueOf(given, name) === undefined));
}

/** The binary log of a server with these parameters, and how it is archived. */
export function binaryLog({ names, credentials }: DatabaseRequest, parameters: Parameters, image: string): BinaryLog {
  const conflict = conflictOf(parameters);
  return {
    start: conflict === undefined
      ? { name: 'start-with-log.sh', text: scripts.START_WITH_LOG_SH, env: { LOG_ACCOUNT: ACCOUNT } }
      : undefined,
    recipe: {
      replay: scripts.REPLAY_SH,
      conflict,
      container: {
        name: 'archive',
        image,
        command: ['bash', `${FILES_PATH}/archive.sh`],
        resources: BACKUP_RESOURCES,
        env: plainEnv({ HOST: names.serviceDnsName(), PORT: `${PORT}`, LOG_ACCOUNT: ACCOUNT, PASSWORD_FILE, STATE: '/tmp' }),
        readiness: kplus.Probe.fromCommand(['bash', `${FILES_PATH}/archive-ready.sh`], within(Duration.seconds(15))),
      },
      mounts: [credentialsMount(credentials), MemberMount.files('files', FILES_PATH, LOG_FILES), MemberMount.folder('/tmp')],
    },
  };
}

/** Why this binary log cannot be archived. */
function conflictOf(parameters: Parameters): string | undefined {
  if (valueOf(parameters, 'log_bin') === undefined) return "the server has no binary log, which the parameter 'log_bin' enables, for example with the value 'binlog'";
  const format = valueOf(parameters, 'binlog_format');
  if (format?.toUpperCase() !== 'ROW') return `the parameter 'binlog_format' is '${format}', with which statements are in the log instead of rows`;
  const init = valueOf(parameters, 'init_file');
  return init === undefined ? undefined : `the parameter 'init_file' is '${init}', where the server makes the account of the archiver`;
}
