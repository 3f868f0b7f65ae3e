import { type RedisConf, renderRedisConf, requireConf } from '../../src/redis/redis-conf';
import { newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
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

test('with replicas: min-replicas-to-write and the replication buffers', () => {
  const added = lines({ minReplicasToWrite: 2 }).filter(line => !render().includes(line));
  expect(added).toEqual(['client-output-buffer-limit replica 130mb 33mb 60', 'min-replicas-max-lag 5', 'min-replicas-to-write 2', 'repl-backlog-size 32mb', 'repl-diskless-sync-delay 1']);
});

test('with replicas and without min-replicas-to-write', () => {
  expect(lines({ minReplicasToWrite: 0 })).toContain('min-replicas-to-write 0');
});

test('settings of the user replace the defaults', () => {
  const conf = lines({ config: { appendfsync: 'always', save: '900 1', hz: '20' } });
  expect(conf).toEqual(expect.arrayContaining(['appendfsync always', 'save 900 1', 'hz 20']));
  expect(conf.filter(line => /^(appendfsync|save) /.test(line))).toHaveLength(2);
});

test('maxmemory is the calculated value, in one unit', () => {
  expect(lines({ config: { maxmemory: '0.42gb' } }).filter(line => line.startsWith('maxmemory '))).toEqual(['maxmemory 420mb']);
});

test('the order of settings and names does not change the file', () => {
  const config = { hz: '20', databases: '1' };
  const renamedCommands = { keys: '', FLUSHALL: 'flush-all' };
  const reversed = <T extends object>(record: T) => Object.fromEntries(Object.entries(record).reverse());
  expect(render({ config: reversed(config), renamedCommands: reversed(renamedCommands) })).toBe(render({ config, renamedCommands }));
});

test('commands are renamed or disabled', () => {
  expect(lines({ renamedCommands: { keys: '', FLUSHALL: 'flush-all' } }).slice(-2)).toEqual(['rename-command FLUSHALL "flush-all"', 'rename-command KEYS ""']);
});

describe('refused', () => {
  const settings = (config: RedisConf['config'], renamedCommands: RedisConf['renamedCommands'] = {}) => () => requireConf(newChart(), config, renamedCommands);

  test.each([
    ['appendonly', 'no'], ['appenddirname', 'x'], ['appendfilename', 'x'], ['dbfilename', 'x'], ['dir', '/x'],
    ['port', '1'], ['tls-port', '1'], ['bind', '127.0.0.1'], ['unixsocket', '/x'],
    ['daemonize', 'yes'], ['supervised', 'auto'], ['pidfile', '/x'], ['logfile', '/x'], ['include', '/x'], ['loadmodule', '/x'],
    ['replicaof', 'a 1'], ['slaveof', 'a 1'],
    ['replica-announce-ip', '1'], ['replica-announce-port', '1'], ['slave-announce-ip', '1'], ['slave-announce-port', '1'],
    ['replica-priority', '1'], ['slave-priority', '1'], ['min-replicas-to-write', '1'], ['min-slaves-to-write', '1'],
    ['maxmemory-policy', 'allkeys-lru'], ['rename-command', 'KEYS ""'], ['cluster-enabled', 'yes'], ['protected-mode', 'no'],
  ])('%s, which the library sets', (name, got) => {
    expectInvalid(settings({ [name]: got }), { where: 'test', property: `config.${name}`, got, allowed: 'nothing' });
  });

  test.each(['requirepass', 'masterauth', 'masteruser', 'primaryauth', 'primaryuser', 'user', 'aclfile'])('%s, whose value may be a secret, which no error shows', name => {
    expectInvalid(settings({ [name]: 'x' }), { where: 'test', property: `config.${name}`, got: '(not shown)', allowed: 'nothing' });
  });

  test('a setting of the library, with the reason', () => {
    expect(settings({ port: '1' })).toThrow("test: 'config.port' must not be set: Services and NetworkPolicies depend on it.");
  });

  const line = "expected a single line of text. Quote numbers and booleans: '100', 'yes'. An empty value is '\"\"'.";
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
  ])('renaming %s, which is needed', command => {
    expectInvalid(settings({}, { [command]: '' }), { property: `renamedCommands.${command}`, got: '', allowed: 'a command that servers, probes and sentinels do not use' });
  });

  test('an invalid command name', () => {
    expect(settings({}, { KEYS: 'a b' })).toThrow("test: invalid 'renamedCommands.KEYS': got 'a b', expected letters, digits, '-', '_' and '.', or '' to disable the command.");
    expect(settings({}, { 'KEYS x': '' })).toThrow("test: invalid 'renamedCommands.KEYS x': got 'KEYS x', expected the name of a command.");
  });
});
