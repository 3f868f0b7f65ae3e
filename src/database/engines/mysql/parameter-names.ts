import { DATA_PATH } from './family';
import { conflict } from '../../../base/errors';
import type { Parameters, Reserved } from '../server-parameters';

export const RESERVED: Reserved = {
  ...Object.fromEntries(['datadir', 'socket', 'pid_file', 'basedir', 'plugin_dir', 'defaults_file', 'defaults_extra_file', 'ignore_db_dir']
    .map(name => [name, 'the library decides where files are'])),
  tmpdir: 'temporary files belong on the volume, where a large one cannot get the Pod evicted',
  port: 'Services, probes and NetworkPolicies name the port',
  bind_address: 'probes and clients come over the network',
  skip_networking: 'probes and clients come over the network',
  user: 'the Pod decides who runs the server',
  skip_grant_tables: 'everybody would be let in',
  skip_log_bin: "the binary log is off unless 'log_bin' names it",
  disable_log_bin: "the binary log is off unless 'log_bin' names it",
};

/** Where the server keeps data: what they name must be on the volume, or it is lost with the Pod. */
const DATA = [
  'innodb_data_home_dir', 'innodb_data_file_path', 'innodb_log_group_home_dir', 'innodb_undo_directory', 'innodb_doublewrite_dir',
  'innodb_temp_data_file_path', 'innodb_temp_tablespaces_dir', 'innodb_tmpdir', 'aria_log_dir_path', 'log_basename',
  'log_bin', 'log_bin_index', 'relay_log', 'relay_log_index', 'slave_load_tmpdir', 'replica_load_tmpdir',
];

/** Logs for people: on the volume, or in the log of the container. */
const LOGS = ['log_error', 'general_log_file', 'slow_query_log_file', 'server_audit_file_path'];

/** Whole names that begin another one. */
const WHOLE = new Set([...DATA, ...LOGS, 'general_log', 'slow_query_log']);

/**
 * What an option means: with `loose_` before it, a server that does not know it starts all the same; and the beginning
 * of a name does, if it leaves no doubt.
 */
export function plain(name: string): string {
  const option = name.replace(/^loose_/, '');
  if (WHOLE.has(option)) return option;
  return [...Object.keys(RESERVED), ...DATA, ...LOGS].find(known => known.startsWith(option)) ?? option;
}

/** The value of an option, whichever way it is written. */
export function valueOf(parameters: Parameters, option: string): string | undefined {
  return Object.entries(parameters).find(([name]) => plain(name) === option)?.[1];
}

/** Throws if a parameter names a file or a folder that is not on the volume. */
export function requirePathsOnVolume(where: string, parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    const option = plain(name);
    if (LOGS.includes(option) && ['/dev/stdout', '/dev/stderr'].includes(value)) continue;
    if (!DATA.includes(option) && !LOGS.includes(option)) continue;
    // 'innodb_data_file_path' lists files, each with its size after a colon.
    const outside = value.split(';').map(file => file.split(':')[0]).find(path => !isOnVolume(path));
    if (outside !== undefined) {
      throw conflict(where,
        `the parameter '${name}' names '${outside}', which is not on the volume: it would be lost with the Pod, or is read-only`,
        `Give a name without a folder, or a path below ${DATA_PATH}.`);
    }
  }
}

function isOnVolume(path: string): boolean {
  const parts = path.split('/');
  return !parts.includes('..') && (parts[0] !== '' || path === '' || path === DATA_PATH || path.startsWith(`${DATA_PATH}/`));
}
