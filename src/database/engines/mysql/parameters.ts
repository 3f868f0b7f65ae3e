import { type Footprint, memoryParameters } from './memory';
import { listedAs, plain, RESERVED, requirePathsOnVolume, valueOf } from './parameter-names';
import { conflict } from '../../../base/errors';
import { mebibytes } from '../../../base/quantity';
import type { SettingList } from '../../../kit/listed-settings';
import type { DatabaseRequest } from '../../i-database-engine';
import { type Parameters, requireParameters } from '../server-parameters';

/** The parameters of a server; those given by the user take precedence. `list` has the names that the release knows. */
export function mysqlParameters(request: DatabaseRequest, footprint: Footprint, list?: SettingList): Parameters {
  const allowed = { list, unlisted: request.unlistedSettings };
  const given = requireParameters(request.path, request.parameters, { reserved: RESERVED, allowed, listedAs, plain });
  requirePathsOnVolume(request.path, given);
  const derived = { ...memoryParameters(request.path, given, mebibytes(request.memory), footprint), ...binaryLogParameters(request, given) };
  return { ...Object.fromEntries(Object.entries(derived).filter(([name]) => valueOf(given, plain(name)) === undefined)), ...given };
}

/**
 * A binary log, if enabled, is kept for one day, in files small enough to be purged in time. The default is 30 days, or no limit in
 * MariaDB, regardless of the size of the volume. MariaDB 11.4 and later also support a limit of the total size, but by default they do
 * not purge what no replica has read, and there are no replicas.
 */
function binaryLogParameters(request: DatabaseRequest, given: Parameters): Parameters {
  const name = valueOf(given, 'log_bin');
  if (name === undefined) return {};
  if (/^(on|off|true|false|0|1|)$/i.test(name)) {
    throw conflict(request.path, `the parameter 'log_bin' is the base name of the files, but it is '${name}'`, "Use a name such as 'binlog', or omit the parameter to keep the binary log off.");
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
