import { valueOf } from './parameter-names';
import { conflict, invalid } from '../../../base/errors';
import { clamp, type MemoryUnits, type Parameters, parseMemory } from '../server-parameters';

/** The memory that a server uses, in MiB. */
export interface Footprint {
  /** The product, for messages. */
  readonly product: string;
  /** The memory in addition to the buffer pool and connections. */
  readonly base: number;
  /** The performance schema: whether it is on by default, and so included in `base`, and its size. */
  readonly performanceSchema: { readonly on: boolean; readonly size: number };
  /** The buffers of a connection, by the parameter that sets their size. */
  readonly buffers: { readonly [parameter: string]: number };
  /** Whether the buffer pool is rounded up to whole chunks, of 128 MiB by default. */
  readonly chunks?: boolean;
  /** The parameter that limits the total size of all temporary tables, if there is one. */
  readonly temporaryTables?: string;
}

const UNITS: MemoryUnits = {
  units: { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 },
  bare: 1,
  amount: /\d+/,
};

/** The memory of a connection in addition to its buffers: packets, statements and allocator overhead. */
const CONNECTION_BASE = 0.5;
/** The maximum is the default of the servers. */
const CONNECTIONS = { most: 151, least: 10 };
const MIN_POOL = 64;

/**
 * The parameters that divide the memory limit. Connections get a quarter of the memory that remains after the server itself, up to the
 * default number of connections; the buffer pool gets the rest, at most three quarters. Values given by the user are checked: the
 * maximum number of connections must not exceed the memory limit.
 */
export function memoryParameters(where: string, given: Parameters, memory: number, footprint: Footprint): Parameters {
  const { product, temporaryTables, chunks = false } = footprint;
  const size = (option: string) => {
    const value = valueOf(given, option);
    return value === undefined ? undefined : parseMemory(where, option, value, UNITS);
  };
  const base = footprint.base + performanceSchema(given, footprint);
  if (memory < base + 256) {
    throw invalid(where, { property: 'resources.memory.limit', got: `${memory}Mi`, expected: `at least ${base + 256}Mi for ${product}` });
  }
  const tables = temporaryTables === undefined ? 0 : size(temporaryTables) ?? Math.max(2, Math.floor((memory - base) / 16));
  const connection = CONNECTION_BASE + Object.entries(footprint.buffers).reduce((sum, [option, byDefault]) => sum + (size(option) ?? byDefault), 0);
  const rest = memory - base - tables;
  const pool = size('innodb_buffer_pool_size');
  const connections = requireConnections(where, valueOf(given, 'max_connections'))
    ?? clamp(Math.floor((pool === undefined ? rest / 4 : rest - pool) / connection), CONNECTIONS.least, CONNECTIONS.most);
  const share = pool ?? Math.floor(Math.min((memory - base) * 0.75, rest - connections * connection));
  const needed = base + tables + connections * connection + (pool ?? MIN_POOL);
  if (needed > memory) {
    throw conflict(where,
      `${connections} connections of ${round(connection)} MiB, the ${round(base + tables)} MiB that ${product} itself uses and a buffer pool of ${pool ?? `at least ${MIN_POOL}`} MiB `
      + `exceed the memory limit of ${memory} MiB`,
      "Raise 'resources.memory.limit' or lower 'innodb_buffer_pool_size', 'max_connections' or the buffers of a connection.");
  }
  return {
    innodb_buffer_pool_size: `${share}M`,
    // Small chunks: with the default size, 180 MiB would be rounded up to 256.
    ...chunks ? { innodb_buffer_pool_chunk_size: `${Math.max(1, Math.ceil(share / 100))}M` } : {},
    max_connections: `${connections}`,
    ...temporaryTables === undefined ? {} : { [temporaryTables]: `${tables}M` },
  };
}

function performanceSchema(given: Parameters, { performanceSchema: { on, size } }: Footprint): number {
  const value = valueOf(given, 'performance_schema');
  if (value === undefined) return 0;
  const wanted = /^(on|true|1|)$/i.test(value);
  return wanted === on ? 0 : wanted ? size : -size;
}

function requireConnections(where: string, value?: string): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw invalid(where, { property: 'parameters.max_connections', got: value, expected: 'a whole number from 1 to 100000' });
  }
  return Number(value);
}

const round = (value: number) => Math.round(value * 10) / 10;
