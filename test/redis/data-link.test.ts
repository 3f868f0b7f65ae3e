import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderHaproxyCfg } from '../../src/redis/haproxy-cfg';
import { MemberNames } from '../../src/workload/member-names';
import { newChart } from '../support/manifests';
import { itUnless } from '../support/needs';
import { waitUntil } from '../support/progress';

/** HAProxy itself, with the configuration that is rendered, before servers that answer its checks as Redis does. */

/** With spaces, quotes and letters of two bytes. */
const PASSWORD = 'pass "wörd" $1\\';

/** Says of itself what a test lets it say, to whoever knows the password; to anybody else, what it is called. */
class RedisStandIn {
  role: 'master' | 'slave' = 'slave';
  /** How many replicas have its writes, if it is the master. */
  good = 2;
  /** For how many seconds it has no master, if it is a replica. */
  down?: number;
  password = PASSWORD;
  private readonly server: Server = createServer(socket => this.serve(socket));

  constructor(readonly name: string) {}

  async listen(): Promise<number> {
    await new Promise<void>(resolve => { this.server.listen(0, '127.0.0.1', resolve); });
    return portOf(this.server);
  }

  close(): void {
    this.server.close();
  }

  private serve(socket: Socket): void {
    let input = Buffer.alloc(0);
    socket.on('error', () => undefined); // HAProxy resets the connections of its checks
    socket.on('data', data => {
      input = Buffer.concat([input, Buffer.from(data)]);
      for (let command = nextCommand(input); command !== undefined; command = nextCommand(input)) {
        input = input.subarray(command.bytes);
        socket.write(this.answer(command.words));
      }
    });
  }

  private answer([command, argument]: readonly string[]): string {
    switch (command) {
      case 'AUTH': return argument === this.password ? '+OK\r\n' : '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
      case 'INFO': return bulk(this.replication());
      case 'QUIT': return '+OK\r\n';
      default: return `+${this.name}\r\n`;
    }
  }

  private replication(): string {
    const own = this.role === 'master'
      ? ['connected_slaves:2', `min_slaves_good_slaves:${this.good}`]
      : ['master_host:x', `master_link_status:${this.down === undefined ? 'up' : 'down'}`, ...this.down === undefined ? [] : [`master_link_down_since_seconds:${this.down}`]];
    return ['# Replication', `role:${this.role}`, ...own, 'master_failover_state:no-failover', 'master_repl_offset:700', ''].join('\r\n');
  }
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** The first command of what was received, if it is all there: a line, or an array of two texts with their lengths. */
function nextCommand(input: Buffer): { readonly words: string[]; readonly bytes: number } | undefined {
  const [head, length] = /^\*2\r\n\$4\r\nAUTH\r\n\$(\d+)\r\n/.exec(input.toString('latin1')) ?? [];
  if (head !== undefined) {
    const end = head.length + Number(length);
    if (input.length < end + 2) return undefined;
    if (input.toString('latin1', end, end + 2) !== '\r\n') return { words: ['AUTH', 'of another length'], bytes: input.length };
    return { words: ['AUTH', input.toString('utf8', head.length, end)], bytes: end + 2 };
  }
  const line = input.indexOf('\r\n');
  return line < 0 || input[0] === '*'.charCodeAt(0) ? undefined : { words: input.toString('utf8', 0, line).split(' '), bytes: line + 2 };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map(server => new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); })));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

jest.setTimeout(120_000);
const missing = spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'needs haproxy on PATH';
const servers = ['cache-0', 'cache-1', 'cache-2'].map(name => new RedisStandIn(name));
const [first, second, third] = servers;
let folder: string;
let haproxy: ChildProcess | undefined;
let write = 0, reads = 0, health = 0;

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'data-link-'));
  [write, reads, health] = await freePorts(3);
  let text = renderHaproxyCfg(MemberNames._of(newChart('shop'), 'cache'), {
    kind: 'sentinel', replicas: 2, sentinels: 3, dataLink: true, minReplicasToWrite: 1, downAfterMillis: 5000,
  });
  const replace = (found: string, by: string) => {
    expect(text.split(found).length).toBeGreaterThan(1);
    text = text.replaceAll(found, by);
  };
  // Addresses, where the cluster has names.
  for (const [i, server] of servers.entries()) replace(`"cache-${i}.\${DOMAIN}:6379"`, `127.0.0.1:${await server.listen()}`);
  replace(' init-addr none resolvers cluster', '');
  for (const [bound, port] of [[6379, write], [6380, reads], [8404, health]]) replace(`bind :::${bound} v4v6`, `bind 127.0.0.1:${port}`);
  writeFileSync(join(folder, 'haproxy.cfg'), text);
});
beforeEach(() => {
  for (const server of servers) Object.assign(server, { role: 'slave', good: 2, down: undefined, password: PASSWORD });
  first.role = 'master';
  if (missing === undefined) haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { env: { ...process.env, PASSWORD, DOMAIN: 'x' }, stdio: 'ignore' });
});
afterEach(async () => {
  const running = haproxy;
  if (running?.exitCode !== null) return;
  const ended = new Promise(resolve => running.once('exit', resolve));
  running.kill('SIGKILL');
  await ended;
});
afterAll(() => {
  for (const server of servers) server.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** Which server a client gets to; none if it is turned away. */
function ask(port: number): Promise<string> {
  return new Promise(resolve => {
    const client = connect(port, '127.0.0.1', () => { client.write('WHO\r\n'); });
    client.setTimeout(3000, () => client.destroy());
    client.on('error', () => undefined);
    client.on('data', data => { resolve(data.toString().slice(1).trim()); client.destroy(); });
    client.on('close', () => resolve('none'));
  });
}

const leads = (port: number, ...names: string[]) => waitUntil(`clients get to ${names.join(' or ')}`, 30, async () => {
  const seen = await Promise.all(Array.from({ length: 6 }, () => ask(port)));
  return [...new Set(seen)].sort().join() === names.join() || seen.join();
});
const status = (path: string) => fetch(`http://127.0.0.1:${health}${path}`).then(response => response.status, () => 0);

itUnless(missing)('writes go to the master, reads to both replicas', async () => {
  await leads(write, 'cache-0');
  await leads(reads, 'cache-1', 'cache-2');
  expect(await status('/started')).toBe(200);
});

itUnless(missing)('it has started when it has found the one master, and is healthy before', async () => {
  for (const server of servers) server.role = 'slave';
  await waitUntil('it is healthy', 30, async () => await status('/health') === 200 || 'not yet');
  await leads(write, 'none');
  expect(await status('/started')).toBe(503);
  second.role = 'master';
  await waitUntil('it has started', 30, async () => await status('/started') === 200 || 'not yet');
});

itUnless(missing)('after a failover they go to the new master, and who was connected to the old one is cut off', async () => {
  await leads(write, 'cache-0');
  const client = connect(write, '127.0.0.1');
  client.on('error', () => undefined);
  client.write('WHO\r\n');
  await new Promise(resolve => client.once('data', resolve));
  const cutOff = new Promise(resolve => client.once('close', resolve));
  second.role = 'master';
  first.role = 'slave';
  await leads(write, 'cache-1');
  await leads(reads, 'cache-0', 'cache-2');
  await cutOff;
});

itUnless(missing)('of two masters, the one without replicas gets no writes', async () => {
  first.good = 0;
  second.role = 'master';
  await leads(write, 'cache-1');
  await leads(reads, 'cache-2');
});

itUnless(missing)('a replica without a master is read for a minute, and the master when there is no other', async () => {
  Object.assign(second, { down: 59 });
  Object.assign(third, { down: 60 });
  await leads(reads, 'cache-1');
  second.down = -1;
  first.good = 0;
  await leads(reads, 'cache-0');
  await leads(write, 'none');
});

itUnless(missing)('a server that has another password gets nobody', async () => {
  third.password = 'another';
  await leads(reads, 'cache-1');
  first.password = 'another';
  await leads(write, 'none');
});
