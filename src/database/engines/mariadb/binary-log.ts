import * as scripts from './shell';
import type { DatabaseRequest } from '../../i-database-engine';
import type { BinaryLog } from '../mysql/family';
import { binaryLog } from '../mysql/log-archive';
import { valueOf } from '../mysql/parameter-names';
import type { Parameters } from '../server-parameters';

/** What a binary log needs to have every row that was written, and every transaction that was acknowledged. MySQL has both by default. */
export function binaryLogDefaults(given: Parameters): Parameters {
  const defaults: Parameters = { binlog_format: 'ROW', sync_binlog: '1' };
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => valueOf(given, name) === undefined));
}

/** The binary log of a server with these parameters, and how it is archived. */
export function mariadbLog(request: DatabaseRequest, parameters: Parameters, image: string): BinaryLog {
  return binaryLog(request, {
    parameters,
    image,
    client: scripts.LOG_CLIENT_SH,
    start: { text: scripts.START_WITH_LOG_SH },
    dumpEnv: { LOG_OPTIONS: '--master-data=2', IDENTITY: '@@server_id' },
    replay: scripts.REPLAY_SH,
  });
}
