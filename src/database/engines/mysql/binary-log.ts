import { Size } from 'cdk8s';
import type { BinaryLog } from './family';
import { binaryLog } from './log-archive';
import { valueOf } from './parameter-names';
import * as scripts from './shell';
import { MemberMount } from '../../../kit/member-mount';
import type { DatabaseRequest } from '../../i-database-engine';
import type { Parameters } from '../server-parameters';

/** The account that dumps with a position, for which the user of the database has no rights. The server makes it at each start. */
const DUMP_ACCOUNT = 'stateful_dump';

/** Where the server finds its accounts, with their password. */
const ACCOUNTS_PATH = '/run/cdk8s-stateful';

/** With transaction identifiers, the server refuses statements that cannot have one, and before 9.7 does not start unless it is told to. */
export function identifierDefaults(given: Parameters): Parameters {
  const needed = valueOf(given, 'log_bin') !== undefined && hasIdentifiers(given) && valueOf(given, 'enforce_gtid_consistency') === undefined;
  return needed ? { enforce_gtid_consistency: 'ON' } : {};
}

/** The binary log of a server with these parameters, and how it is archived. */
export function mysqlLog(request: DatabaseRequest, parameters: Parameters, image: string): BinaryLog {
  return binaryLog(request, {
    parameters,
    image,
    needsImage: request.image === undefined
      ? "the official image of MySQL does not have 'mysqlbinlog', with which the log is archived"
      : undefined,
    conflict: hasIdentifiers(parameters)
      ? undefined
      : "the transactions in the binary log have no identifiers, which the parameter 'gtid_mode' enables with the value 'ON'",
    client: scripts.LOG_CLIENT_SH,
    start: {
      text: scripts.START_WITH_LOG_SH,
      env: { DUMP_ACCOUNT, ACCOUNTS: `${ACCOUNTS_PATH}/accounts.sql` },
      mounts: [MemberMount.folder(ACCOUNTS_PATH, { name: 'accounts', limit: Size.mebibytes(1), inMemory: true })],
    },
    dumpEnv: { LOG_OPTIONS: '--source-data=2 --set-gtid-purged=COMMENTED', IDENTITY: '@@server_uuid', DUMP_ACCOUNT },
    replay: scripts.REPLAY_SH,
    replayFiles: { 'transactions.sh': scripts.TRANSACTIONS_SH, 'statements.sh': scripts.STATEMENTS_SH },
  });
}

/** The default of MySQL 9.7, but not of 8.4: a set that was there before is left alone unless it says so. */
function hasIdentifiers(parameters: Parameters): boolean {
  return ['ON', '3'].includes(valueOf(parameters, 'gtid_mode')?.toUpperCase() ?? '');
}
