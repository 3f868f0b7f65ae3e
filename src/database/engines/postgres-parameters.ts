import { literal, MemoryUnits, parseMemory, Parameters, requireParameters, Reserved } from './server-parameters';
import { conflict, invalid } from '../../private/errors';
import { sortedEntries } from '../../private/sorted-entries';

/** What the parameters of a server follow from. All sizes in MiB. */
export interface PostgresSizing {
  readonly path: string;
  readonly memory: number;
  readonly storage: number;
  readonly hbaFile: string;
  readonly standbys: number;
  readonly parameters: Parameters;
}

/** The most standbys: each takes two of the WAL senders while it is cloned. */
export const MAX_STANDBYS = 9;
const WAL_SENDERS = 2 * (MAX_STANDBYS + 1);

/** The least memory that a server of 20 connections works with. */
export const MIN_MEMORY = 256;

/** What one connection takes, before it sorts or hashes anything. */
const MEMORY_OF_A_BACKEND = 2;

const RESERVED: Reserved = {
  ...Object.fromEntries(['data_directory', 'config_file', 'hba_file', 'ident_file', 'external_pid_file', 'unix_socket_directories']
    .map(name => [name, 'the library decides where files are'])),
  port: 'Services, probes and NetworkPolicies name the port',
  listen_addresses: 'probes and clients come over the network',
  primary_conninfo: 'each standby computes its own',
  primary_slot_name: 'each standby has its own',
  hot_standby: 'standbys serve reads, and are ready only when they do',
  fsync: 'a crash would lose or spoil data that was acknowledged',
  full_page_writes: 'a crash would spoil data that was acknowledged',
};

/** @see https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES */
const UNITS: MemoryUnits = { units: { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }, bare: 2 ** 10, amount: /\d+(?:\.\d+)?/ };
const BLOCKS: MemoryUnits = { ...UNITS, bare: 8 * 2 ** 10 };

/**
 * The size of /dev/shm: dynamic shared memory of parallel queries, which the runtime's 64 MiB soon exhaust.
 *
 * @see https://github.com/docker-library/postgres/issues/416
 */
export function sharedMemoryMiB(memory: number): number {
  return Math.max(64, Math.floor(memory / 8));
}

/**
 * The parameters of a server, those of the user last: a quarter of the memory for shared buffers, an eighth for
 * /dev/shm, the rest for connections and their work; an eighth of the volume for the log between checkpoints, a
 * quarter for what a standby that is away has not read yet.
 *
 * They do not depend on the number of standbys, so that adding one does not restart the primary; but without any, a
 * primary that waits for one is refused.
 */
export function postgresParameters(sizing: PostgresSizing): Parameters {
  const { path, memory, storage } = sizing;
  const parameters = requireParameters(path, sizing.parameters, RESERVED);
  const connections = count(path, parameters, 'max_connections', clamp(Math.floor(memory / 100) * 10, 20, 300), 1);
  const rendered = {
    max_connections: `${connections}`,
    shared_buffers: `${Math.floor(memory / 4)}MB`,
    effective_cache_size: `${Math.floor(memory / 2)}MB`, // shared buffers and as much again of the page cache
    maintenance_work_mem: `${clamp(Math.floor(memory / 16), 16, 2048)}MB`,
    work_mem: `${Math.max(1024, Math.floor(memory * 1024 / 4 / connections))}kB`,
    max_wal_size: `${clamp(Math.floor(storage / 8), 64, 8192)}MB`,
    min_wal_size: `${clamp(Math.floor(storage / 32), 32, 1024)}MB`,
    wal_keep_size: `${clamp(Math.floor(storage / 32), 32, 1024)}MB`,
    max_slot_wal_keep_size: `${Math.max(64, Math.floor(storage / 4))}MB`,
    wal_level: 'replica',
    max_wal_senders: `${WAL_SENDERS}`,
    max_replication_slots: `${WAL_SENDERS}`,
    ...parameters,
    hot_standby: 'on',
    hba_file: sizing.hbaFile,
    listen_addresses: '*',
  };
  requireReplication(path, rendered);
  requireStandbys(path, parameters, sizing.standbys);
  requireRoom(path, memory, rendered);
  return rendered;
}

/** The command line of a server: it overrides whatever ALTER SYSTEM left in the volume. */
export function postgresArguments(parameters: Parameters): string[] {
  return sortedEntries(parameters).map(([name, value]) => `--${name}=${literal(value)}`);
}

/**
 * Who may connect: through the socket, which is in the container, anybody; over the network with the password only.
 * The image's own file has no line for replication.
 *
 * @see https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
 */
export const HBA_FILE = `# TYPE  DATABASE     USER  ADDRESS  METHOD
local   all          all            trust
local   replication  all            trust
host    all          all   all      scram-sha-256
host    replication  all   all      scram-sha-256
`;

function requireReplication(path: string, rendered: Parameters): void {
  if (/^minimal$/i.test(rendered.wal_level)) {
    throw invalid(path, { property: 'parameters.wal_level', got: rendered.wal_level, expected: "'replica' or 'logical'", hint: 'Standbys could not follow.' });
  }
  for (const name of ['max_wal_senders', 'max_replication_slots']) count(path, rendered, name, WAL_SENDERS, WAL_SENDERS);
  if (/^\s*(-|0\D*$)/.test(rendered.max_slot_wal_keep_size)) {
    throw invalid(path, {
      property: 'parameters.max_slot_wal_keep_size',
      got: rendered.max_slot_wal_keep_size,
      expected: 'a size above zero',
      hint: 'Without a limit a standby that is away fills the volume of the primary, which then stops.',
    });
  }
}

/** Throws if the primary would wait for a standby where there is none. */
function requireStandbys(path: string, parameters: Parameters, standbys: number): void {
  const names = parameters.synchronous_standby_names?.trim() ?? '';
  const wanted = Number(/^(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(/i.exec(names)?.[1] ?? 1);
  if (names === '' || wanted <= standbys) return;
  const there = standbys === 0 ? 'is no standby' : standbys === 1 ? 'is only one standby' : `are only ${standbys} standbys`;
  throw conflict(path, `the parameter 'synchronous_standby_names' is '${names}', but there ${there}, so that each commit would wait for ever`,
    "Give more 'readReplicas', or leave the parameter out.");
}

/** Throws unless the memory limit holds what the parameters promise. */
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

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
