import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** How a restore reads the binary log of MySQL, with files that are made here: `mysql-pitr.test.ts` has those of a server. */
const SCRIPTS = path.join(__dirname, '../../../src/database/engines/mysql');
const SOURCE = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const OTHER = '4f22fa47-71ca-11e1-9e33-c80aa9429562';
const TIME = 1_796_009_253_358_246n; // microseconds

let folder: string;
beforeAll(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'log-format-')); });
afterAll(() => fs.rmSync(folder, { recursive: true }));

function number(value: bigint | number, bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => Number(BigInt(value) / 256n ** BigInt(i) % 256n)));
}
/** A number of variable length: after its first byte, if that is 252 or more. */
function packed(value: number): Buffer {
  if (value < 251) return number(value, 1);
  const [first, bytes] = value < 2 ** 16 ? [252, 2] : value < 2 ** 24 ? [253, 3] : [254, 8];
  return Buffer.concat([number(first, 1), number(value, bytes)]);
}

/** Without a socket as its input, with which bash reads the settings of the user. */
function bash(script: string, ...args: string[]) {
  return spawnSync('bash', ['-c', script, SCRIPTS, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

type Event = (at: number) => Buffer;
const event = (type: number, body: Buffer): Event => at => {
  const size = 19 + body.length + 4; // with a checksum
  const header = [number(1_700_000_000, 4), number(type, 1), number(1, 4), number(size, 4), number(at + size, 4), number(0, 2)];
  return Buffer.concat([...header, body, Buffer.alloc(4)]);
};
interface Transaction { readonly source?: string; readonly of: number; readonly time?: bigint; readonly replicated?: boolean; readonly rows?: number }
/** As the server writes it: its identifier, then one event with so many bytes of rows, then its end. */
const transaction = ({ source = SOURCE, of, time = TIME, replicated = false, rows = 10 }: Transaction): Event => at => {
  const rest = 19 + rows + 4 + 19 + 8 + 4;
  const identifier = (size: number) => Buffer.concat([
    number(1, 1), Buffer.from(source.replace(/-/g, ''), 'hex'), number(of, 8), number(2, 1), number(0, 8), number(1, 8),
    number(replicated ? time + 2n ** 55n : time, 7), ...replicated ? [number(time - 1000n, 7)] : [], packed(size), number(90704, 4),
  ]);
  const own = (size: number) => 19 + identifier(size).length + 4;
  const size = own(rest + own(rest)) + rest;
  const first = event(33, identifier(size))(at);
  const second = event(30, Buffer.alloc(rows, 255))(at + first.length);
  return Buffer.concat([first, second, event(16, number(7, 8))(at + first.length + second.length)]);
};
const BEGIN = [event(15, Buffer.alloc(100)), event(35, Buffer.alloc(8))];

function log(...events: Event[]): Buffer {
  return events.reduce((before, next) => Buffer.concat([before, next(before.length)]), Buffer.from([254, 98, 105, 110]));
}
function read(bytes: Buffer, ...args: string[]): { [name: string]: string } {
  const file = path.join(folder, 'binlog.000001');
  fs.writeFileSync(file, bytes);
  const { status, stdout, stderr } = bash('. "$0/transactions.sh"; transactions "$@"', file, ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return Object.fromEntries(stdout.trimEnd().split('\n').map(line => [line.replace(/:.*/, ''), line.replace(/^[^:]*: ?/, '')]));
}

test('transactions are ranges of each source, and the last one has a time', () => {
  const consecutive = [5, 6, 7].map(of => transaction({ of }));
  const others = [transaction({ source: OTHER, of: 1 }), transaction({ of: 9, time: TIME + 5n })];
  const bytes = log(...BEGIN, ...consecutive, ...others, event(4, Buffer.alloc(21)));
  expect(read(bytes)).toMatchObject({
    gtids: `${SOURCE}:5-7,${OTHER}:1,${SOURCE}:9`, time: `${TIME + 5n}`, reached: `${TIME + 5n}`, end: `${bytes.length}`, stop: '', damaged: '',
  });
});

test.each([10, 200, 240, 300, 70_000, 2 ** 24 + 100])('a transaction with %d bytes of rows is skipped as a whole', rows => {
  const bytes = log(...BEGIN, transaction({ of: 2 ** 40, rows }), transaction({ of: 2 ** 40 + 1, rows: 33 }));
  expect(read(bytes)).toMatchObject({ gtids: `${SOURCE}:1099511627776-1099511627777`, end: `${bytes.length}`, damaged: '' });
});

test('a transaction that came from another server counts by its time on this one', () => {
  expect(read(log(...BEGIN, transaction({ of: 1, replicated: true })))).toMatchObject({ time: `${TIME}`, gtids: `${SOURCE}:1`, damaged: '' });
});

test('before a position are those that end there', () => {
  const first = log(...BEGIN, transaction({ of: 1 }));
  const bytes = log(...BEGIN, transaction({ of: 1 }), transaction({ of: 2 }));
  expect(read(bytes, `${first.length}`)).toMatchObject({ before: `${SOURCE}:1`, begins: '1', gtids: `${SOURCE}:1-2` });
  expect(read(bytes, `${first.length + 1}`)).toMatchObject({ begins: '' });
  expect(read(bytes, `${bytes.length}`)).toMatchObject({ before: `${SOURCE}:1-2`, begins: '1' });
  expect(read(bytes, '4')).toMatchObject({ before: '', begins: '1' });
});

test('a time ends before the first transaction that was committed at it or later', () => {
  const bytes = log(...BEGIN, ...[0n, 5n, 10n, 3n].map((after, i) => transaction({ of: i + 1, time: TIME + after })));
  expect(read(bytes, '0', `${TIME + 6n}`))
    .toMatchObject({ gtids: `${SOURCE}:1-2`, stop: `${SOURCE}:3`, time: `${TIME + 10n}`, reached: `${TIME + 5n}` });
  expect(read(bytes, '0', `${TIME + 5n}`)).toMatchObject({ gtids: `${SOURCE}:1`, stop: `${SOURCE}:2` });
  expect(read(bytes, '0', `${TIME}`)).toMatchObject({ gtids: '', stop: `${SOURCE}:1`, reached: '0' });
  expect(read(bytes, '0', `${TIME + 11n}`)).toMatchObject({ gtids: `${SOURCE}:1-4`, stop: '' });
});

test('a transaction is found by its identifier', () => {
  const first = log(...BEGIN, transaction({ of: 1 }));
  expect(read(log(...BEGIN, transaction({ of: 1 }), transaction({ of: 2 })), '0', '0', `${SOURCE}:2`)).toMatchObject({ at: `${first.length}` });
});

test('a file that breaks off anywhere has what is there as a whole', () => {
  const first = log(...BEGIN, transaction({ of: 1 }));
  const bytes = log(...BEGIN, transaction({ of: 1 }), transaction({ of: 2 }));
  for (let size = first.length; size < bytes.length; size += 7) {
    expect(read(bytes.subarray(0, size))).toMatchObject({ gtids: `${SOURCE}:1`, end: `${first.length}`, damaged: '' });
  }
  expect(read(bytes.subarray(0, bytes.length - 1), '0', `${TIME}`)).toMatchObject({ stop: `${SOURCE}:1` });
  expect(read(Buffer.alloc(0))).toMatchObject({ gtids: '', end: '4' });
});

test.each<[string, (bytes: Buffer, at: number) => void, RegExp]>([
  ['zeros', (bytes, at) => bytes.fill(0, at), /^no event at position \d+$/],
  ['a size that is not that of the event', (bytes, at) => bytes.writeUInt32LE(60, at + 9), /^no event at position \d+$/],
  ['a transaction without an identifier', (bytes, at) => bytes.writeUInt8(34, at + 4), /^a transaction without an identifier at position \d+$/],
  ['a transaction with a tag', (bytes, at) => bytes.writeUInt8(42, at + 4), /^a transaction with a tag at position \d+$/],
  ['a transaction of an older server', (bytes, at) => bytes.writeUInt8(0, at + 44), /^a transaction without its size at position \d+$/],
  ['another file', bytes => bytes.write('SQL '), /^it is no binary log$/],
])('%s is said, and nothing after it is read', (_, change, reason) => {
  const at = log(...BEGIN, transaction({ of: 1 })).length;
  const bytes = log(...BEGIN, ...[1, 2, 3].map(of => transaction({ of })));
  change(bytes, at);
  const { damaged, gtids } = read(bytes);
  expect(damaged).toMatch(reason);
  expect(['', `${SOURCE}:1`]).toContain(gtids);
});

test.each([
  ['use `other`; CREATE DEFINER=`root`@`localhost` PROCEDURE `op`()\\nselect 1', 'other'],
  ['use `other`; CREATE DEFINER=`root`@`localhost` FUNCTION `ofn`() RETURNS int', 'other'],
  ['use `app`; CREATE DEFINER=`a`@`%` PROCEDURE `other`.`op2`()', 'other'],
  ['use `app`; drop procedure if exists other . op /* xid=12 */', 'other'],
  ['/* by a tool */ drop event other.oe', 'other'],
  ['use `other`; alter event e enable', 'other'],
  ['use `other`; create event if not exists app.e on schedule every 1 day do select 1', 'app'],
  ['use `other`; create table app.t (id int)', ''],
  ['use `other`; create view v as select 1', ''],
  ['use `other`; insert into t values ("drop procedure x.y")', ''],
  ['drop procedure op', ''],
])('%s is a statement on the routine or event of the database “%s”', (statement, database) => {
  const { stdout } = bash('. "$0/statements.sh"; database_of "$1"', statement);
  expect(stdout.trim()).toBe(database);
});
