import type { IConstruct } from 'constructs';
import type { RedisEviction } from './redis-eviction';
import type { RedisMemory } from './redis-memory';
import { invalid, mustNotBeSet } from '../base/errors';
import { requireNoSecret } from '../kit/secret-settings';

/** The port for clients and for replication. */
export const REDIS_PORT = 6379;
/** The name of the claim template of the data. */
export const DATA_CLAIM = 'data';
/** The data directory. */
export const DATA_DIR = '/data';

/** The maximum age of a replica's last acknowledgement, in seconds, for it to count towards `min-replicas-to-write`. */
const REPLICA_LAG = 5;

/** The input of the configuration file of a server. */
export interface RedisConf {
  readonly memory: RedisMemory;
  readonly eviction: RedisEviction;
  /** Undefined for a server without replicas. */
  readonly minReplicasToWrite?: number;
  /** The settings that the topology adds. */
  readonly topology?: { readonly [name: string]: string };
  readonly renamedCommands: { readonly [command: string]: string };
  readonly config: { readonly [name: string]: string };
}

/** The settings that a user must not set, each with the reason. */
const RESERVED: { readonly [name: string]: string } = {
  'appendonly': 'without the append-only file, a server restarts empty, and its replicas copy the empty data set',
  'appenddirname': 'the scripts expect the data there',
  'appendfilename': 'the scripts expect the data there',
  'dbfilename': 'the scripts expect the data there',
  'dir': 'the volume is mounted there',
  'port': 'Services and NetworkPolicies depend on it',
  'tls-port': 'Services and NetworkPolicies depend on it',
  'bind': 'the probes and the other servers connect to it',
  'unixsocket': 'the root file system is read-only',
  'daemonize': 'the server is the process of its container',
  'supervised': 'the server is the process of its container',
  'pidfile': 'the server is the process of its container',
  'logfile': 'the server logs to the standard output of its container',
  'include': 'no other configuration files are mounted',
  'loadmodule': 'the modules in the official images differ between releases',
  'requirepass': "passwords come from Secrets: see 'credentials'",
  'masterauth': "passwords come from Secrets: see 'credentials'",
  'masteruser': "passwords come from Secrets: see 'credentials'",
  'primaryauth': "passwords come from Secrets: see 'credentials'",
  'primaryuser': "passwords come from Secrets: see 'credentials'",
  'user': "passwords come from Secrets: see 'users'",
  'aclfile': "passwords come from Secrets: see 'users'",
  'replicaof': 'the servers determine the master at each start',
  'slaveof': 'the servers determine the master at each start',
  'replica-announce-ip': 'servers announce the DNS name of their Pod',
  'replica-announce-port': 'servers announce the DNS name of their Pod',
  'slave-announce-ip': 'servers announce the DNS name of their Pod',
  'slave-announce-port': 'servers announce the DNS name of their Pod',
  'replica-priority': 'only a replica with current data may become the master',
  'slave-priority': 'only a replica with current data may become the master',
  'min-replicas-to-write': "it is derived from 'minReplicasToWrite' of the topology",
  'min-slaves-to-write': "it is derived from 'minReplicasToWrite' of the topology",
  'maxmemory-policy': "it is derived from 'eviction'",
  'rename-command': "it is derived from 'renamedCommands'",
  'cluster-enabled': 'it is derived from the topology',
  'cluster-config-file': 'the scripts expect it on the volume',
  'cluster-port': 'Services and NetworkPolicies depend on it',
  'cluster-announce-ip': 'servers announce the DNS name of their Pod',
  'cluster-announce-hostname': 'servers announce the DNS name of their Pod',
  'cluster-announce-port': 'Services and NetworkPolicies depend on it',
  'cluster-announce-bus-port': 'Services and NetworkPolicies depend on it',
  'cluster-preferred-endpoint-type': 'servers announce the DNS name of their Pod',
  'cluster-node-timeout': "it is derived from 'nodeTimeout' of the topology",
  'cluster-require-full-coverage': "it is derived from 'fullCoverage' of the topology",
  'cluster-allow-replica-migration': 'a replica stays in the shard of its StatefulSet',
  'cluster-replica-no-failover': 'replicas must be able to replace their master',
  'cluster-slave-no-failover': 'replicas must be able to replace their master',
  'cluster-replica-validity-factor': 'only a replica with current data may become the master',
  'cluster-slave-validity-factor': 'only a replica with current data may become the master',
  'protected-mode': 'a server must never be reachable without a password',
};

/** The commands that servers, probes and sentinels use. */
const NEEDED = ['acl', 'auth', 'client', 'cluster', 'command', 'config', 'dbsize', 'exec', 'hello', 'info', 'multi', 'ping', 'psubscribe', 'psync', 'publish', 'quit',
  'replconf', 'replicaof', 'role', 'script', 'select', 'shutdown', 'slaveof', 'subscribe', 'sync', 'wait'];

/** Throws unless these settings and command names are valid in the configuration of a server. */
export function requireConf(where: IConstruct, config: RedisConf['config'], renamedCommands: RedisConf['renamedCommands']): void {
  for (const [name, value] of Object.entries(config)) {
    const property = `config.${name}`;
    if (!/^[a-z][-a-z0-9]*$/.test(name)) throw invalid(where, { property, got: name, expected: "the name of a setting in lower case, such as 'appendfsync'" });
    if (typeof value !== 'string' || value.trim() === '' || /[\n\r\0]/.test(value)) {
      throw invalid(where, { property, got: value, expected: 'a single line of text', hint: "Quote numbers and booleans: '100', 'yes'. An empty value is '\"\"'." });
    }
    const reason = RESERVED[name];
    if (reason !== undefined) throw mustNotBeSet(where, { property, got: reason.startsWith('passwords') ? '(not shown)' : value, reason });
    requireNoSecret(where, property, name, value);
  }
  for (const [command, name] of Object.entries(renamedCommands)) {
    const property = `renamedCommands.${command}`;
    if (!/^[a-zA-Z]+$/.test(command)) throw invalid(where, { property, got: command, expected: 'the name of a command' });
    if (typeof name !== 'string' || !/^[-_.a-zA-Z0-9]*$/.test(name)) {
      throw invalid(where, { property, got: name, expected: "letters, digits, '-', '_' and '.', or '' to disable the command" });
    }
    if (NEEDED.includes(command.toLowerCase())) {
      throw invalid(where, { property, got: name, expected: 'a command that servers, probes and sentinels do not use', hint: "Deny it to clients with the ACL rules of 'users'." });
    }
  }
}

/** The configuration file of a server, without the settings of the individual member, which the start script adds. */
export function renderRedisConf({ memory, eviction, minReplicasToWrite, topology, renamedCommands, config }: RedisConf): string {
  const { maxmemory, backlog, replicaBuffer } = memory;
  const settings: { [name: string]: string } = {
    'dir': DATA_DIR,
    'port': `${REDIS_PORT}`,
    // All users have passwords. If they ever had none, only the probes could connect.
    'protected-mode': 'yes',
    'appendonly': 'yes',
    'appendfsync': 'everysec',
    // The append-only file contains all data; snapshots would only cost another copy of the memory.
    'save': '""',
    'maxmemory-policy': eviction,
    // How long a master that shuts down waits for lagging replicas.
    'shutdown-timeout': '10',
    ...minReplicasToWrite === undefined ? {} : {
      'min-replicas-to-write': `${minReplicasToWrite}`,
      'min-replicas-max-lag': `${REPLICA_LAG}`,
      'repl-backlog-size': `${backlog}mb`,
      // How long a master waits for further replicas before it copies its data to the first one. It takes no writes meanwhile if it has just
      // started. Replicas ask once a second.
      'repl-diskless-sync-delay': '1',
      'client-output-buffer-limit': `replica ${replicaBuffer}mb ${Math.ceil(replicaBuffer / 4)}mb 60`,
    },
    ...topology,
    ...config,
    'maxmemory': `${maxmemory}mb`,
  };
  return [
    ...Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => `${name} ${value}`),
    ...Object.entries(renamedCommands).sort(([a], [b]) => a < b ? -1 : 1).map(([command, name]) => `rename-command ${command.toUpperCase()} "${name}"`),
  ].join('\n') + '\n';
}
