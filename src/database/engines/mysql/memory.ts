import { valueOf } from './parameter-names';
import { conflict, invalid } from '../../../base/errors';
import { clamp, type MemoryUnits, type Parameters, parseMemory } from '../server-parameters';

/** What a server takes of its memory limit, in MiB. */
export interface Footprint {
  /** The product, for messages. */
  readonly product: string;
  /** Beside the buffer pool and connections. */
  readonly base: number;
  /** The performance schema: whether it is on by default, when it is in `base`, and what it takes. */
  readonly performanceSchema: { readonly on: boolean; readonly size: number };
  /** The buffers of a connection, by the parameters that size them. */
  readonly buffers: { readonly [parameter: string]: number };
  /** Whether the buffer pool is rounded up to whole chunks, of 128 MiB by default. */
  readonly chunks?: boolean;
  /** The parameter that limits what all temporary tables together take, if there is one. */
  readonly temporaryTables?: string;
}

const UNITS: MemoryUnits = {
  units: { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 },
  bare: 1,
  amount: /\d+/,
};

/** What a connection takes beside its buffers: its packets, its statements and what the allocator keeps. */
const CONNECTION_BASE = 0.5;
/** As many as the servers allow by default, if the memory is there, and never fewer than these. */
const CONNECTIONS = { most: 151, least: 10 };
const MIN_POOL = 64;

/**
 * The parameters that share the memory limit out. Connections get a quarter
 * of what the server itself leaves, up to the servers' own default; the buffer pool the rest, at most three quarters. What is
 * given is checked: connections that may all be there at once must not get the server killed.
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
      `${connections} connections of ${round(connection)} MiB, the ${round(base + tables)} MiB that ${product} takes beside them and a buffer pool of ${pool ?? `at least ${MIN_POOL}`} MiB `
      + `exceed the memory limit of ${memory} MiB`,
      "Raise 'resources.memory.limit' or lower 'innodb_buffer_pool_size', 'max_connections' or the buffers of a connection.");
  }
  return {
    innodb_buffer_pool_size: `${share}M`,
    // Small ones: else 180 MiB become 256.
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
