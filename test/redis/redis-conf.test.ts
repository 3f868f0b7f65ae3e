import { type RedisConf, renderRedisConf, requireConf } from '../../src/redis/redis-conf';
import { newChart } from '../support/manifests';
import { RedisEviction } from 'cdk8s-stateful';

const memory = { maxmemory: 420, backlog: 32, replicaBuffer: 130 };
const render = (conf: Partial<RedisConf> = {}) => renderRedisConf({ memory, eviction: RedisEviction.NONE, renamedCommands: {}, config: {}, ...conf });
const lines = (conf: Partial<RedisConf>) => render(conf).trimEnd().split('\n');

test('redis.conf of a single server', () => {
  expect(render()).toMatchInlineSnapshot(`
"appendfsync everysec
appendonly yes
dir /data
maxmemory 420mb
maxmemory-policy noeviction
port 6379
protected-mode yes
save ""
shutdown-timeout 10
"
`);
});

test('with replicas: how many must have a write, and what they may be behind', () => {
  const added = lines({ minReplicasToWrite: 2 }).filter(line => !render().includes(line));
  expect(added).toEqual(['client-output-buffer-limit replica 130mb 33mb 60', 'min-replicas-max-lag 5', 'min-replicas-to-write 2', 'repl-backlog-size 32mb']);
});

test('with replicas of which none must have a write', () => {
  expect(lines({ minReplicasToWrite: 0 })).toContain('min-replicas-to-write 0');
});

test("the user's settings stand in place of the defaults, once", () => {
  const conf = lines({ config: { appendfsync: 'always', save: '900 1', hz: '20' } });
  expect(conf).toEqual(expect.arrayContaining(['appendfsync always', 'save 900 1', 'hz 20']));
  expect(conf.filter(line => /^(appendfsync|save) /.test(line))).toHaveLength(2);
});

test('maxmemory is what it was reckoned to be, in one unit', () => {
  expect(lines({ config: { maxmemory: '0.42gb' } }).filter(line => line.startsWith('maxmemory '))).toEqual(['maxmemory 420mb']);
});

test('another order of settings and names changes not a byte', () => {
  const config = { hz: '20', databases: '1' };
  const renamedCommands = { keys: '', FLUSHALL: 'flush-all' };
  const reversed = <T extends object>(record: T) => Object.fromEntries(Object.entries(record).reverse());
  expect(render({ config: reversed(config), renamedCommands: reversed(renamedCommands) })).toBe(render({ config, renamedCommands }));
});

test('commands have other names, or none', () => {
  expect(lines({ renamedCommands: { keys: '', FLUSHALL: 'flush-all' } }).slice(-2)).toEqual(['rename-command FLUSHALL "flush-all"', 'rename-command KEYS ""']);
});

describe('refused', () => {
  const settings = (config: RedisConf['config'], renamedCommands: RedisConf['renamedCommands'] = {}) => () => requireConf(newChart(), config, renamedCommands);

  test.each([
    ['appendonly', 'no', 'without the append-only file a server that restarts comes back empty, and its replicas copy that'],
    ['appenddirname', 'x', 'the scripts look for the data there'],
    ['appendfilename', 'x', 'the scripts look for the data there'],
    ['dbfilename', 'x', 'the scripts look for the data there'],
    ['dir', '/x', 'the volume is mounted there'],
    ['port', '1', 'Services and policies follow from it'],
    ['tls-port', '1', 'Services and policies follow from it'],
    ['bind', '127.0.0.1', 'the probes and the other servers connect to it'],
    ['unixsocket', '/x', 'the root file system is read-only'],
    ['daemonize', 'yes', 'the server is the process of its container'],
    ['supervised', 'auto', 'the server is the process of its container'],
    ['pidfile', '/x', 'the server is the process of its container'],
    ['logfile', '/x', 'the log of a container is its output'],
    ['include', '/x', 'no other file is mounted'],
    ['loadmodule', '/x', 'the official images have no modules that are the same in all releases'],
    ...['requirepass', 'masterauth', 'masteruser', 'primaryauth', 'primaryuser'].map(name => [name, 'x', "passwords come from Secrets: see 'credentials'"]),
    ['user', 'a on', "passwords come from Secrets: see 'users'"],
    ['aclfile', '/x', "passwords come from Secrets: see 'users'"],
    ['replicaof', 'a 1', 'the servers find out at each start who the master is'],
    ['slaveof', 'a 1', 'the servers find out at each start who the master is'],
    ...['replica-announce-ip', 'replica-announce-port', 'slave-announce-ip', 'slave-announce-port'].map(name => [name, '1', 'a server is known by the name of its Pod']),
    ['replica-priority', '1', 'a server may become the master only when it has the data'],
    ['slave-priority', '1', 'a server may become the master only when it has the data'],
    ['min-replicas-to-write', '1', "it is part of the topology: see 'minReplicasToWrite'"],
    ['min-slaves-to-write', '1', "it is part of the topology: see 'minReplicasToWrite'"],
    ['maxmemory-policy', 'allkeys-lru', "it is the property 'eviction'"],
    ['rename-command', 'KEYS ""', "it is the property 'renamedCommands'"],
    ['cluster-enabled', 'yes', 'it is part of the topology'],
    ['protected-mode', 'no', 'a server is never reachable without a password'],
  ])('%s, which follows from something else', (name, value, reason) => {
    expect(settings({ [name]: value })).toThrow(`test: invalid 'config.${name}': got '${value}', expected nothing, because ${reason}. Leave it out.`);
  });

  const line = "expected a text of one line. Write numbers and switches in quotes: '100', 'yes'; an empty value is '\"\"'.";
  test.each([
    ['two lines', '20\nappendonly no', "'20\nappendonly no'"],
    ['a carriage return', '20\rx', "'20\rx'"],
    ['a zero byte', '20\0', "'20\0'"],
    ['nothing', '', "''"],
    ['spaces', '  ', "'  '"],
    ['a number, from JavaScript', JSON.parse('20'), '20'],
  ])('%s as the value of a setting', (_, value, got) => {
    expect(settings({ hz: value })).toThrow(`test: invalid 'config.hz': got ${got}, ${line}`);
  });

  test.each(['HZ', 'appendonly no\nhz', '', '-x', 'a b'])('%p as the name of a setting', name => {
    expect(settings({ [name]: '1' })).toThrow(`test: invalid 'config.${name}': got '${name}', expected the name of a setting in lower case, such as 'appendfsync'.`);
  });

  test.each([
    'acl', 'auth', 'client', 'command', 'CONFIG', 'exec', 'hello', 'Info', 'multi', 'ping', 'psubscribe', 'psync', 'publish', 'quit', 'replconf', 'replicaof',
    'role', 'script', 'select', 'shutdown', 'slaveof', 'subscribe', 'sync', 'wait',
  ])('another name of %s, which is needed', command => {
    expect(settings({}, { [command]: '' })).toThrow(`test: invalid 'renamedCommands.${command}': got '', expected another command: the servers, the probes or `
      + "the sentinels need this one. Keep clients from it by the rules of 'users'.");
  });

  test('a name that no command can have', () => {
    expect(settings({}, { KEYS: 'a b' })).toThrow("test: invalid 'renamedCommands.KEYS': got 'a b', expected letters, digits, '-', '_' and '.', or '' to disable the command.");
    expect(settings({}, { 'KEYS x': '' })).toThrow("test: invalid 'renamedCommands.KEYS x': got 'KEYS x', expected the name of a command.");
  });
});
