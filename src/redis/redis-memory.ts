import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';

/** How the memory limit of a server is divided, in MiB. */
export interface RedisMemory {
  /** The limit of the data. */
  readonly maxmemory: number;
  /** The replication backlog, from which a replica resynchronizes after a short disconnection. */
  readonly backlog: number;
  /** The output buffer of a replica; the replica is disconnected when it is exceeded. */
  readonly replicaBuffer: number;
}

/** The memory of the program itself and the shells of the probes. */
const BASE = 24;
/** The minimum memory limit that leaves room for data. */
export const LEAST_LIMIT = 128;
/** The maximum share of the remaining memory that a user can assign to the data. */
const MOST_OF_REST = 0.75;

const UNITS: { readonly [unit: string]: number } = {
  '': 1, 'b': 1, 'k': 1000, 'kb': 1024, 'm': 1000 ** 2, 'mb': 1024 ** 2, 'g': 1000 ** 3, 'gb': 1024 ** 3,
};

/**
 * Assigns half of the memory that remains after the server and the replication buffers to the data. The other half is for
 * copy-on-write during a rewrite of the append-only file, for client buffers and for fragmentation.
 *
 * @param limit the memory limit in MiB
 */
export function memoryShares(where: IConstruct, limit: number, replicated: boolean, given?: string): RedisMemory {
  if (limit < LEAST_LIMIT) {
    throw invalid(where, { property: 'resources.memory.limit', got: `${limit}Mi`, expected: `at least ${LEAST_LIMIT}Mi` });
  }
  const backlog = replicated ? clamp(Math.floor(limit / 32), 4, 512) : 1;
  const replicaBuffer = replicated ? clamp(Math.floor(limit / 8), 16, 1024) : 0;
  const rest = limit - BASE - backlog - replicaBuffer;
  if (given === undefined) return { maxmemory: Math.floor(rest / 2), backlog, replicaBuffer };
  const maxmemory = megabytes(where, given);
  const most = Math.floor(rest * MOST_OF_REST);
  if (maxmemory > most) {
    throw conflict(where, `'config.maxmemory' is ${given}, which leaves too little of the memory limit of ${limit} MiB for rewrites of the append-only file and for clients`,
      `Raise 'resources.memory.limit', or lower 'maxmemory' to at most ${most}mb.`);
  }
  return { maxmemory, backlog, replicaBuffer };
}

function megabytes(where: IConstruct, text: string): number {
  const [, amount, unit] = /^(\d+)\s*([kmg]?b?)$/i.exec(text.trim()) ?? [];
  const bytes = unit === undefined ? 0 : Number(amount) * UNITS[unit.toLowerCase()];
  if (bytes < 1024 ** 2) {
    throw invalid(where, { property: 'config.maxmemory', got: text, expected: 'a size of at least 1mb', hint: 'For example 512mb or 2gb. Without it, the server is killed when the data exceeds the memory limit of the Pod.' });
  }
  return Math.floor(bytes / 1024 ** 2);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
