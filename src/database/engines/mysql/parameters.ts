import { type Footprint, memoryParameters } from './memory';
import { plain, RESERVED, requirePathsOnVolume, valueOf } from './parameter-names';
import { conflict } from '../../../base/errors';
import { mebibytes } from '../../../base/quantity';
import type { DatabaseRequest } from '../../i-database-engine';
import { type Parameters, requireParameters } from '../server-parameters';

/** The parameters of a server, those of the user last. */
export function mysqlParameters(request: DatabaseRequest, footprint: Footprint): Parameters {
  const given = requireParameters(request.path, request.parameters, RESERVED, plain);
  requirePathsOnVolume(request.path, given);
  const derived = { ...memoryParameters(request.path, given, mebibytes(request.memory), footprint), ...binaryLogParameters(request, given) };
  return { ...Object.fromEntries(Object.entries(derived).filter(([name]) => valueOf(given, plain(name)) === undefined)), ...given };
}

/**
 * A binary log that somebody wants is kept for a day, in files small enough to be removed: without this, for 30 days or,
 * in MariaDB, without limit, whatever the size of the volume. MariaDB from 11.4 on also knows a limit of the whole; there it
 * would keep what no replica has read, and there is none.
 */
function binaryLogParameters(request: DatabaseRequest, given: Parameters): Parameters {
  const name = valueOf(given, 'log_bin');
  if (name === undefined) return {};
  if (/^(on|off|true|false|0|1|)$/i.test(name)) {
    throw conflict(request.path, `the parameter 'log_bin' is the name of the files, and '${name}' would be one`, "Give a name such as 'binlog', or leave it out: the binary log is off then.");
  }
  const storage = mebibytes(request.storage.size);
  const kept = ['binlog_expire_logs_seconds', 'expire_logs_days'].some(option => valueOf(given, option) !== undefined);
  return {
    ...kept ? {} : { binlog_expire_logs_seconds: '86400' },
    max_binlog_size: `${Math.min(1024, Math.max(4, Math.floor(storage / 32)))}M`,
    loose_max_binlog_total_size: `${Math.floor(storage / 4)}M`,
    loose_slave_connections_needed_for_purge: '0',
  };
}
