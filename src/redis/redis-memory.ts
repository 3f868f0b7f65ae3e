import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';

/** How the memory limit of a server is shared out, in MiB. */
export interface RedisMemory {
  /** What the data may take. */
  readonly maxmemory: number;
  /** What a replica that was away for a short time can catch up with. */
  readonly backlog: number;
  /** What may wait for one replica before it is cut off. */
  readonly replicaBuffer: number;
}

/** The program itself, and the shells of the probes. */
const BASE = 24;
/** The least limit that leaves anything for data. */
export const LEAST_LIMIT = 128;
/** The largest share of the rest that a user may give to the data. */
const MOST_OF_REST = 0.75;

const UNITS: { readonly [unit: string]: number } = {
  '': 1, 'b': 1, 'k': 1000, 'kb': 1024, 'm': 1000 ** 2, 'mb': 1024 ** 2, 'g': 1000 ** 3, 'gb': 1024 ** 3,
};

/**
 * Half of what is left beside the server and its replicas is for the data. The other half is for what a rewrite of the append-only file copies
 * while clients go on writing, for their buffers, and for what the allocator cannot fill.
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
    throw conflict(where, `'config.maxmemory' ${given} leaves too little of the memory limit of ${limit} MiB for rewrites of the append-only file and for clients: at most ${most}mb`,
      "Raise 'resources.memory.limit' or lower 'maxmemory'.");
  }
  return { maxmemory, backlog, replicaBuffer };
}

function megabytes(where: IConstruct, text: string): number {
  const [, amount, unit] = /^(\d+)\s*([kmg]?b?)$/i.exec(text.trim()) ?? [];
  const bytes = unit === undefined ? 0 : Number(amount) * UNITS[unit.toLowerCase()];
  if (bytes < 1024 ** 2) {
    throw invalid(where, { property: 'config.maxmemory', got: text, expected: 'a size of at least 1mb', hint: 'For example 512mb or 2gb; without a limit the server is killed when the data grows beyond that of the Pod.' });
  }
  return Math.floor(bytes / 1024 ** 2);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
