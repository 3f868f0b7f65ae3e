import { literal, MemoryUnits, parseMemory, Parameters, requireParameters, Reserved } from './server-parameters';
import { conflict, invalid } from '../../private/errors';
import { sortedEntries } from '../../private/sorted-entries';
import { DatabaseConnectionNames, DatabaseRequest } from '../database-engine';

/** What MySQL and MariaDB have in common. */

/** Where the images' scripts and health checks look for the data, whatever the server is told. */
export const DATA_PATH = '/var/lib/mysql';

/** In a volume from before its first init until the server first took connections over the network. */
const FIRST_START = `${DATA_PATH}/.first-start`;

/**
 * The host, the port and the password are in variables that the clients of both products read. There are none for the
 * database and the user: these are called as in the images.
 *
 * @see https://dev.mysql.com/doc/refman/9.7/en/environment-variables.html
 */
export const CONNECTION: DatabaseConnectionNames = {
  host: 'MYSQL_HOST', port: 'MYSQL_TCP_PORT', databaseName: 'MYSQL_DATABASE', username: 'MYSQL_USER', password: 'MYSQL_PWD',
};

const UNITS: MemoryUnits = { units: { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }, bare: 1, amount: /\d+/ };

const RESERVED: Reserved = {
  ...Object.fromEntries(['datadir', 'socket', 'pid_file', 'basedir', 'plugin_dir', 'defaults_file', 'defaults_extra_file', 'ignore_db_dir']
    .map(name => [name, 'the library decides where files are'])),
  port: 'Services, probes and NetworkPolicies name the port',
  bind_address: 'probes and clients come over the network',
  skip_networking: 'probes and clients come over the network',
  user: 'the Pod decides who runs the server',
  skip_grant_tables: 'everybody would be let in',
};

const BUFFER_POOL = 'innodb_buffer_pool_size';

/** What an engine is sized by, in MiB. */
export interface Footprint {
  /** The product, for messages. */
  readonly product: string;
  /** What the server takes beside its buffer pool. */
  readonly base: number;
}

/**
 * The parameters of a server, those of the user last. The buffer pool gets three quarters of what the memory limit
 * leaves beside the server itself; the last quarter is for connections.
 */
export function mysqlParameters(request: DatabaseRequest, memory: number, footprint: Footprint): Parameters {
  const { product, base } = footprint;
  const given = requireParameters(request.path, request.parameters, RESERVED, plain);
  if (memory < base + 256) {
    throw invalid(request.path, { property: 'resources.memory.limit', got: `${memory}Mi`, expected: `at least ${base + 256}Mi for ${product}` });
  }
  const name = Object.keys(given).find(key => plain(key) === BUFFER_POOL) ?? BUFFER_POOL;
  const rendered = { [name]: `${Math.floor((memory - base) * 0.75)}M`, ...given };
  const pool = parseMemory(request.path, name, rendered[name], UNITS);
  if (pool + base > memory) {
    throw conflict(request.path,
      `${name} ${rendered[name]} and the ${base} MiB that ${product} takes beside it exceed the memory limit of ${memory} MiB`,
      "Raise 'resources.memory.limit' or lower the parameter.");
  }
  return rendered;
}

/** The command line of a server; it reaches the first init too, as some parameters must. */
export function mysqlArguments(parameters: Parameters): string[] {
  return sortedEntries(parameters).map(([name, value]) => `--${name.replace(/_/g, '-')}=${literal(value)}`);
}

/** Throws if the server itself has a database of this name. */
export function requireOwnDatabase(request: DatabaseRequest): void {
  if (['mysql', 'sys', 'information_schema', 'performance_schema'].includes(request.databaseName.toLowerCase())) {
    throw invalid(request.path, { property: 'databaseName', got: request.databaseName, expected: 'a name that the server does not use itself' });
  }
}

/**
 * Starts the image's entrypoint, and first clears a volume whose first init was interrupted: the entrypoints take a
 * database that was half made for a finished one. While the marker is there the server has never been reachable.
 */
export const START = `#!/bin/bash
set -euo pipefail
shopt -s dotglob extglob nullglob
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant
data=${DATA_PATH} marker=${FIRST_START}
if [ -e "$marker" ]; then
  echo "$HOSTNAME: the first init of this volume was interrupted before the server took connections: making it anew." >&2
  rm -rf "$data"/!(lost+found|"\${marker##*/}")
else
  found=("$data"/!(lost+found))
  [ "\${#found[@]}" -gt 0 ] || touch "$marker"
fi
exec docker-entrypoint.sh "$@"
`;

/** The startup probe: `check` asks over the network, where the server listens only after its first init. */
export function firstStartProbe(check: string): string[] {
  return ['sh', '-c', `${check} && rm -f ${FIRST_START}`];
}

/**
 * What an option means: with `loose_` before it, a server that does not know it starts all the same; and the beginning
 * of a name does, if it leaves no doubt.
 */
function plain(name: string): string {
  const option = name.replace(/^loose_/, '');
  return Object.keys(RESERVED).find(reserved => reserved.startsWith(option)) ?? option;
}
