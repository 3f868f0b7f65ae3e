import { memoryShares } from '../../src/redis/redis-memory';
import { newChart } from '../support/manifests';

const shares = (limit: number, replicated: boolean, given?: string) => memoryShares(newChart(), limit, replicated, given);

test.each([
  [128, 51],
  [1024, 499],
  [65536, 32755],
])('a single server with a limit of %i MiB: half of the remaining memory is for the data', (limit, maxmemory) => {
  expect(shares(limit, false)).toEqual({ maxmemory, backlog: 1, replicaBuffer: 0 });
});

test.each([
  [128, { maxmemory: 42, backlog: 4, replicaBuffer: 16 }],
  [1024, { maxmemory: 420, backlog: 32, replicaBuffer: 128 }],
  [65536, { maxmemory: 31988, backlog: 512, replicaBuffer: 1024 }],
])('with replicas and a limit of %i MiB: replication buffers are subtracted first', (limit, expected) => {
  expect(shares(limit, true)).toEqual(expected);
});

test.each([128, 200, 777, 1024, 4096, 100_000])('with %i MiB, all of it together stays below the limit, whatever the user takes', limit => {
  for (const replicated of [true, false]) {
    const { maxmemory, backlog, replicaBuffer } = shares(limit, replicated);
    const most = Math.floor((limit - 24 - backlog - replicaBuffer) * 0.75);
    expect(shares(limit, replicated, `${most}mb`).maxmemory).toBe(most);
    expect(() => shares(limit, replicated, `${most + 1}mb`)).toThrow(`at most ${most}mb`);
    expect(maxmemory).toBeGreaterThan(0);
    expect(most + backlog + replicaBuffer).toBeLessThan(limit);
  }
});

/** As Redis reads them: k is 1000, kb is 1024. */
test.each([
  ['1048576', 1], ['1048576b', 1], ['2000k', 1], ['2048kb', 2], ['700m', 667], ['700mb', 700], ['1g', 953], ['1gb', 1024], ['1GB', 1024], [' 3 Mb ', 3],
])('accepts maxmemory: %s', (given, maxmemory) => {
  expect(shares(2048, false, given).maxmemory).toBe(maxmemory);
});

const size = 'expected a size of at least 1mb. For example 512mb or 2gb. Without it, the server is killed when the data exceeds the memory limit of the Pod.';

test.each(['0', '0gb', '', 'all', '-1mb', '1.5gb', '50%', '1023kb', '1tb', '1mbb', '1constructor', '1e3mb'])('refuses %p', given => {
  expect(() => shares(1024, false, given)).toThrow(`test: invalid 'config.maxmemory': got '${given}', ${size}`);
});

test('rejects a limit that leaves no room for data', () => {
  expect(() => shares(127, false)).toThrow("test: invalid 'resources.memory.limit': got '127Mi', expected at least 128Mi.");
});

test('rejects a maxmemory that leaves no room for rewrites', () => {
  expect(() => shares(1024, true, '631mb')).toThrow(
    "test: 'config.maxmemory' is 631mb, which leaves too little of the memory limit of 1024 MiB for rewrites of the append-only file and for clients. "
    + "Raise 'resources.memory.limit', or lower 'maxmemory' to at most 630mb.");
});
