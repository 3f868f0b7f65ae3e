import { conflict, invalid } from '../../../base/errors';
import { sortedEntries } from '../../../base/sorted-entries';
import type { AllowedSettings } from '../../../kit/listed-settings';
import { clamp, literal, type MemoryUnits, parseMemory, type Parameters, requireParameters, type Reserved } from '../server-parameters';

/** The input for the parameters of a server. All sizes are in MiB. */
export interface PostgresSizing {
  readonly path: string;
  /** The name of the set, which is the prefix of the names of its standbys. */
  readonly name: string;
  readonly memory: number;
  readonly storage: number;
  readonly hbaFile: string;
  readonly standbys: number;
  readonly parameters: Parameters;
  readonly allowed: AllowedSettings;
}

/** The maximum number of standbys. Each uses two WAL senders while it is cloned. */
export const MAX_STANDBYS = 9;
const senders = (standbys: number) => 2 * (standbys + 1);

/** The minimum memory of a server with 20 connections, in MiB. */
export const MIN_MEMORY = 256;

/** The minimum size of the volume, in MiB: the template databases, the `postgres` database and the smallest WAL (`max_wal_size`, `wal_keep_size`) fill half of it. */
export const MIN_STORAGE = 256;

/** The memory of a connection in MiB, without sorts and hashes. */
const MEMORY_OF_A_BACKEND = 2;

const RESERVED: Reserved = {
  ...Object.fromEntries(['data_directory', 'config_file', 'hba_file', 'ident_file', 'external_pid_file', 'unix_socket_directories']
    .map(name => [name, 'the library manages the locations of files'])),
  port: 'Services, probes and NetworkPolicies depend on it',
  listen_addresses: 'probes and clients connect over the network',
  primary_conninfo: 'each standby generates its own',
  primary_slot_name: 'each standby has its own',
  restore_command: 'standbys use it to check that the primary has all of their data before they follow it',
  ...Object.fromEntries(['', '_action', '_inclusive', '_lsn', '_name', '_time', '_timeline', '_xid']
    .map(suffix => [`recovery_target${suffix}`, 'standbys replay all WAL that the primary sends'])),
  hot_standby: 'standbys must serve reads to be ready',
  fsync: 'a crash would lose or corrupt committed data',
  full_page_writes: 'a crash would corrupt committed data',
};

/** @see https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES */
const UNITS: MemoryUnits = { units: { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }, bare: 2 ** 10, amount: /\d+(?:\.\d+)?/ };
const BLOCKS: MemoryUnits = { ...UNITS, bare: 8 * 2 ** 10 };
const LOG: MemoryUnits = { ...UNITS, bare: 2 ** 20 };

/**
 * The size of /dev/shm. Parallel queries use it for dynamic shared memory and soon exhaust the 64 MiB of the container runtime.
 *
 * @see https://github.com/docker-library/postgres/issues/416
 */
export function sharedMemoryMiB(memory: number): number {
  return Math.max(64, Math.floor(memory / 8));
}

/**
 * The parameters of a server; those given by the user take precedence. By default, a quarter of the memory is for shared buffers, an
 * eighth for /dev/shm, and the rest for connections and their work memory; an eighth of the volume is for the WAL between checkpoints,
 * and a quarter for the WAL that a standby has not received yet.
 *
 * They do not depend on the number of standbys, so that adding a standby does not restart the primary.
 */
export function postgresParameters(sizing: PostgresSizing): Parameters {
  const { path, memory, storage } = sizing;
  const parameters = requireParameters(path, sizing.parameters, { reserved: RESERVED, allowed: sizing.allowed, listedAs });
  const connections = count(path, parameters, 'max_connections', clamp(Math.floor(memory / 100) * 10, 20, 300), 1);
  const rendered = {
    max_connections: `${connections}`,
    shared_buffers: `${Math.floor(memory / 4)}MB`,
    effective_cache_size: `${Math.floor(memory / 2)}MB`, // shared buffers plus page cache of the same size
    maintenance_work_mem: `${clamp(Math.floor(memory / 16), 16, 2048)}MB`,
    work_mem: `${Math.max(1024, Math.floor(memory * 1024 / 4 / connections))}kB`,
    max_wal_size: `${clamp(Math.floor(storage / 8), 64, 8192)}MB`,
    min_wal_size: `${clamp(Math.floor(storage / 32), 32, 1024)}MB`,
    wal_keep_size: `${clamp(Math.floor(storage / 32), 32, 1024)}MB`,
    max_slot_wal_keep_size: `${Math.max(64, Math.floor(storage / 4))}MB`,
    wal_level: 'replica',
    max_wal_senders: `${senders(MAX_STANDBYS)}`,
    max_replication_slots: `${senders(MAX_STANDBYS)}`,
    huge_pages: HUGE_PAGES,
    wal_receiver_timeout: '15s', // with the default, a standby would wait for one minute for a primary whose node is down
    wal_retrieve_retry_interval: '1s',
    ...parameters,
    hot_standby: 'on',
    hba_file: sizing.hbaFile,
    listen_addresses: '*',
  };
  requireReplication(path, rendered, sizing.standbys);
  requireStandbys(sizing, rendered);
  requireLogFits(path, storage, rendered);
  requireRoom(path, memory, rendered);
  return rendered;
}

/** Names with a dot are those of extensions, which the server accepts before it loads them. */
function listedAs(name: string): readonly string[] | undefined {
  return name.includes('.') ? undefined : [name];
}

/**
 * On nodes with huge pages, a server would use them by default, and be killed by SIGBUS in a Pod that has not requested any.
 *
 * @see https://github.com/docker-library/postgres/issues/451
 */
export const HUGE_PAGES = 'off';

/** The command line of a server. It takes precedence over settings that ALTER SYSTEM wrote to the volume. */
export function postgresArguments(parameters: Parameters): string[] {
  return sortedEntries(parameters).map(([name, value]) => `--${name}=${literal(value)}`);
}

/**
 * The client authentication: anybody through the socket, which is only in the container; with a password over the network. The
 * image's own file has no entry for replication over the network.
 *
 * @see https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
 */
export const HBA_FILE = `# TYPE  DATABASE     USER  ADDRESS  METHOD
local   all          all            trust
local   replication  all            trust
host    all          all   all      scram-sha-256
host    replication  all   all      scram-sha-256
`;

function requireReplication(path: string, rendered: Parameters, standbys: number): void {
  if (/^minimal$/i.test(rendered.wal_level)) {
    throw invalid(path, { property: 'parameters.wal_level', got: rendered.wal_level, expected: "'replica' or 'logical'", hint: 'Standbys could not replicate.' });
  }
  for (const name of ['max_wal_senders', 'max_replication_slots']) count(path, rendered, name, 0, standbys === 0 ? 0 : senders(standbys));
  if (/^\s*(-|0\D*$)/.test(rendered.max_slot_wal_keep_size)) {
    throw invalid(path, {
      property: 'parameters.max_slot_wal_keep_size',
      got: rendered.max_slot_wal_keep_size,
      expected: 'a size above zero',
      hint: 'Without a limit, the WAL kept for a standby that is down fills the volume of the primary, which then stops.',
    });
  }
}

/**
 * Throws if the primary would wait for standbys that do not exist: all commits would wait indefinitely.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-SYNCHRONOUS-STANDBY-NAMES
 */
function requireStandbys({ path, name, standbys }: PostgresSizing, rendered: Parameters): void {
  const given = rendered.synchronous_standby_names?.trim() ?? '';
  if (given === '') return;
  const [, amount, inBrackets] = /^(?:(?:FIRST|ANY)\s+)?(\d+)\s*\((.*)\)$/is.exec(given) ?? [];
  const names = (inBrackets ?? given).split(',').map(part => part.trim());
  for (const part of names) {
    if (/^(\*|"[^"]+"|[A-Za-z_][A-Za-z0-9_$]*)$/.test(part)) continue;
    throw invalid(path, {
      property: 'parameters.synchronous_standby_names',
      got: given,
      expected: 'a comma-separated list of names, alone or in ANY 1 (…) or FIRST 1 (…)',
      hint: `Names with '-' must be in double quotes: 'ANY 1 ("${name}-1")'.`,
    });
  }
  const unquoted = names.map(part => part.replace(/"/g, '').toLowerCase());
  const own = Array.from({ length: standbys }, (_, i) => `${name}-${i + 1}`);
  if (unquoted.includes('*') && standbys > 0) {
    throw invalid(path, {
      property: 'parameters.synchronous_standby_names',
      got: given,
      expected: `the names of standbys, such as 'ANY 1 (${own.map(standby => `"${standby}"`).join(', ')})'`,
      hint: "'*' also matches physical backups, log archives and clones while they run: commits could be acknowledged that no standby has.",
    });
  }
  const there = own.filter(standby => unquoted.includes(standby)).length;
  const wanted = Number(amount ?? 1);
  if (wanted >= 1 && wanted <= there) return;
  throw conflict(path, `the parameter 'synchronous_standby_names' is '${given}', which requires at least ${wanted} of the named standbys, `
    + `but ${standbys === 0 ? 'there are no standbys' : `it names ${there} of ${own.join(', ')}`}, so all commits would wait indefinitely`,
  wanted > standbys ? "Increase 'readReplicas', or omit the parameter." : 'Use the names of the Pods as names of the standbys, or omit the parameter.');
}

/** The parameters that limit the size of the WAL. */
const LOG_LIMITS = ['max_wal_size', 'max_slot_wal_keep_size', 'wal_keep_size'];

/** Throws if a limit of the WAL exceeds the size of the volume: a full volume stops the server. */
function requireLogFits(path: string, storage: number, rendered: Parameters): void {
  for (const name of LOG_LIMITS) {
    const limit = parseMemory(path, name, rendered[name], LOG);
    if (limit < storage) continue;
    throw conflict(path, `the parameter '${name}' is '${rendered[name]}', but the volume has ${storage} MiB: the WAL would fill it, and the server would stop`,
      "Raise 'storage.size' or lower the parameter. The sum of the WAL limits should leave room for the data.");
  }
}

/** Throws if the parameters require more memory than the memory limit. */
function requireRoom(path: string, memory: number, rendered: Parameters): void {
  const buffers = parseMemory(path, 'shared_buffers', rendered.shared_buffers, BLOCKS);
  const needed = Math.ceil(buffers + sharedMemoryMiB(memory)
    + parseMemory(path, 'maintenance_work_mem', rendered.maintenance_work_mem, UNITS)
    + parseMemory(path, 'work_mem', rendered.work_mem, UNITS)
    + Number(rendered.max_connections) * MEMORY_OF_A_BACKEND);
  if (needed > memory) {
    throw conflict(path,
      `shared_buffers ${rendered.shared_buffers}, maintenance_work_mem ${rendered.maintenance_work_mem}, work_mem ${rendered.work_mem}, `
      + `${rendered.max_connections} connections of ${MEMORY_OF_A_BACKEND} MiB and ${sharedMemoryMiB(memory)} MiB of /dev/shm `
      + `need ${needed} MiB, but the memory limit is ${memory} MiB`,
      "Raise 'resources.memory.limit' or lower the parameters.");
  }
}

function count(path: string, parameters: Parameters, name: string, otherwise: number, min: number): number {
  const value = parameters[name] ?? `${otherwise}`;
  if (!/^\d+$/.test(value) || Number(value) < min) {
    throw invalid(path, { property: `parameters.${name}`, got: value, expected: `a whole number of at least ${min}` });
  }
  return Number(value);
}
