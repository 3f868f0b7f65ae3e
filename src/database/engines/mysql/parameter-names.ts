import { DATA_PATH } from './data-path';
import { conflict } from '../../../base/errors';
import type { Parameters, Reserved } from '../server-parameters';

export const RESERVED: Reserved = {
  ...Object.fromEntries(['datadir', 'socket', 'pid_file', 'basedir', 'plugin_dir', 'defaults_file', 'defaults_extra_file', 'ignore_db_dir']
    .map(name => [name, 'the library manages the locations of files'])),
  tmpdir: 'temporary files are on the volume, so that large ones cannot cause the eviction of the Pod',
  port: 'Services, probes and NetworkPolicies depend on it',
  bind_address: 'probes and clients connect over the network',
  skip_networking: 'probes and clients connect over the network',
  user: 'the security context of the Pod sets the user',
  skip_grant_tables: 'it would allow connections without a password',
  skip_log_bin: "the binary log is off unless 'log_bin' is set",
  disable_log_bin: "the binary log is off unless 'log_bin' is set",
};

/** Parameters with the locations of data, which must be on the volume to survive the Pod. */
const DATA = [
  'innodb_data_home_dir', 'innodb_data_file_path', 'innodb_log_group_home_dir', 'innodb_undo_directory', 'innodb_doublewrite_dir',
  'innodb_temp_data_file_path', 'innodb_temp_tablespaces_dir', 'innodb_tmpdir', 'aria_log_dir_path', 'log_basename',
  'log_bin', 'log_bin_index', 'relay_log', 'relay_log_index', 'slave_load_tmpdir', 'replica_load_tmpdir',
];

/** Parameters with the locations of logs, which may be on the volume or the standard streams. */
const LOGS = ['log_error', 'general_log_file', 'slow_query_log_file', 'server_audit_file_path'];

/** Full names that are also a prefix of another name. */
const WHOLE = new Set([...DATA, ...LOGS, 'general_log', 'slow_query_log', 'innodb_doublewrite']);

/**
 * The full name of an option. Servers accept the prefix `loose_`, with which unknown options are ignored, and unambiguous
 * abbreviations.
 */
export function plain(name: string): string {
  const option = name.replace(/^loose_/, '');
  if (WHOLE.has(option)) return option;
  return [...Object.keys(RESERVED), ...DATA, ...LOGS].find(known => known.startsWith(option)) ?? option;
}

/**
 * The names of an option that the list of the server may have: its own, and without a prefix that turns it on, off, or into a maximum. Undefined
 * if the list says nothing about it: names with a dot belong to components and key caches, and with `loose_` the server ignores unknown options.
 */
export function listedAs(name: string): readonly string[] | undefined {
  if (/^loose_|\./.test(name)) return undefined;
  const option = plain(name);
  return [option, option.replace(/^(skip|disable|enable|maximum)_/, '')];
}

/** The value of an option, however its name is written. */
export function valueOf(parameters: Parameters, option: string): string | undefined {
  return Object.entries(parameters).find(([name]) => plain(name) === option)?.[1];
}

/** Throws if a parameter refers to a file or directory that is not on the volume. */
export function requirePathsOnVolume(where: string, parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    const option = plain(name);
    if (LOGS.includes(option) && ['/dev/stdout', '/dev/stderr'].includes(value)) continue;
    if (!DATA.includes(option) && !LOGS.includes(option)) continue;
    // 'innodb_data_file_path' lists files, each with its size after a colon.
    const outside = value.split(';').map(file => file.split(':')[0]).find(path => !isOnVolume(path));
    if (outside !== undefined) {
      throw conflict(where,
        `the parameter '${name}' refers to '${outside}', which is not on the volume: it would be lost with the Pod, or is read-only`,
        `Use a name without a directory, or a path under ${DATA_PATH}.`);
    }
  }
}

function isOnVolume(path: string): boolean {
  const parts = path.split('/');
  return !parts.includes('..') && (parts[0] !== '' || path === '' || path === DATA_PATH || path.startsWith(`${DATA_PATH}/`));
}
