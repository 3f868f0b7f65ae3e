import type { IConstruct } from 'constructs';
import type { RedisEviction } from './redis-eviction';
import type { RedisMemory } from './redis-memory';
import { invalid } from '../base/errors';

/** The port for clients, and between the servers. */
export const REDIS_PORT = 6379;
/** Where the servers keep their data. */
export const DATA_DIR = '/data';

/** For how long, in seconds, a replica may have said nothing and still counts as one that has the writes. */
const REPLICA_LAG = 5;

/** What the configuration file of a server is made of. */
export interface RedisConf {
  readonly memory: RedisMemory;
  readonly eviction: RedisEviction;
  /** Undefined for a server without replicas. */
  readonly minReplicasToWrite?: number;
  /** What the topology adds. */
  readonly topology?: { readonly [name: string]: string };
  readonly renamedCommands: { readonly [command: string]: string };
  readonly config: { readonly [name: string]: string };
}

/** What a user must not set, each with the reason, after "because". */
const RESERVED: { readonly [name: string]: string } = {
  'appendonly': 'without the append-only file a server that restarts comes back empty, and its replicas copy that',
  'appenddirname': 'the scripts look for the data there',
  'appendfilename': 'the scripts look for the data there',
  'dbfilename': 'the scripts look for the data there',
  'dir': 'the volume is mounted there',
  'port': 'Services and policies follow from it',
  'tls-port': 'Services and policies follow from it',
  'bind': 'the probes and the other servers connect to it',
  'unixsocket': 'the root file system is read-only',
  'daemonize': 'the server is the process of its container',
  'supervised': 'the server is the process of its container',
  'pidfile': 'the server is the process of its container',
  'logfile': 'the log of a container is its output',
  'include': 'no other file is mounted',
  'loadmodule': 'the official images have no modules that are the same in all releases',
  'requirepass': "passwords come from Secrets: see 'credentials'",
  'masterauth': "passwords come from Secrets: see 'credentials'",
  'masteruser': "passwords come from Secrets: see 'credentials'",
  'primaryauth': "passwords come from Secrets: see 'credentials'",
  'primaryuser': "passwords come from Secrets: see 'credentials'",
  'user': "passwords come from Secrets: see 'users'",
  'aclfile': "passwords come from Secrets: see 'users'",
  'replicaof': 'the servers find out at each start who the master is',
  'slaveof': 'the servers find out at each start who the master is',
  'replica-announce-ip': 'a server is known by the name of its Pod',
  'replica-announce-port': 'a server is known by the name of its Pod',
  'slave-announce-ip': 'a server is known by the name of its Pod',
  'slave-announce-port': 'a server is known by the name of its Pod',
  'replica-priority': 'a server may become the master only when it has the data',
  'slave-priority': 'a server may become the master only when it has the data',
  'min-replicas-to-write': "it is part of the topology: see 'minReplicasToWrite'",
  'min-slaves-to-write': "it is part of the topology: see 'minReplicasToWrite'",
  'maxmemory-policy': "it is the property 'eviction'",
  'rename-command': "it is the property 'renamedCommands'",
  'cluster-enabled': 'it is part of the topology',
  'cluster-config-file': 'the scripts look for it on the volume',
  'cluster-port': 'Services and policies follow from it',
  'cluster-announce-ip': 'a server is known by the name of its Pod',
  'cluster-announce-hostname': 'a server is known by the name of its Pod',
  'cluster-announce-port': 'Services and policies follow from it',
  'cluster-announce-bus-port': 'Services and policies follow from it',
  'cluster-preferred-endpoint-type': 'a server is known by the name of its Pod',
  'cluster-node-timeout': "it is part of the topology: see 'nodeTimeout'",
  'cluster-require-full-coverage': "it is part of the topology: see 'fullCoverage'",
  'cluster-allow-replica-migration': 'a replica belongs to the shard of its set',
  'cluster-replica-no-failover': 'the replicas replace their master',
  'cluster-slave-no-failover': 'the replicas replace their master',
  'cluster-replica-validity-factor': 'a replica may become the master only when it has the data',
  'cluster-slave-validity-factor': 'a replica may become the master only when it has the data',
  'protected-mode': 'a server is never reachable without a password',
};

/** What servers, probes and sentinels call by its own name. */
const NEEDED = ['acl', 'auth', 'client', 'cluster', 'command', 'config', 'dbsize', 'exec', 'hello', 'info', 'multi', 'ping', 'psubscribe', 'psync', 'publish', 'quit',
  'replconf', 'replicaof', 'role', 'script', 'select', 'shutdown', 'slaveof', 'subscribe', 'sync', 'wait'];

/** Throws unless these settings and names of commands can stand in the configuration of a server. */
export function requireConf(where: IConstruct, config: RedisConf['config'], renamedCommands: RedisConf['renamedCommands']): void {
  for (const [name, value] of Object.entries(config)) {
    const property = `config.${name}`;
    if (!/^[a-z][-a-z0-9]*$/.test(name)) throw invalid(where, { property, got: name, expected: "the name of a setting in lower case, such as 'appendfsync'" });
    if (typeof value !== 'string' || value.trim() === '' || /[\n\r\0]/.test(value)) {
      throw invalid(where, { property, got: value, expected: 'a text of one line', hint: "Write numbers and switches in quotes: '100', 'yes'; an empty value is '\"\"'." });
    }
    const reason = RESERVED[name];
    if (reason !== undefined) throw invalid(where, { property, got: value, expected: `nothing, because ${reason}`, hint: 'Leave it out.' });
  }
  for (const [command, name] of Object.entries(renamedCommands)) {
    const property = `renamedCommands.${command}`;
    if (!/^[a-zA-Z]+$/.test(command)) throw invalid(where, { property, got: command, expected: 'the name of a command' });
    if (typeof name !== 'string' || !/^[-_.a-zA-Z0-9]*$/.test(name)) {
      throw invalid(where, { property, got: name, expected: "letters, digits, '-', '_' and '.', or '' to disable the command" });
    }
    if (NEEDED.includes(command.toLowerCase())) {
      throw invalid(where, { property, got: name, expected: 'another command: the servers, the probes or the sentinels need this one', hint: "Keep clients from it by the rules of 'users'." });
    }
  }
}

/** The configuration file of a server: all that does not depend on the member, which the start script adds. */
export function renderRedisConf({ memory, eviction, minReplicasToWrite, topology, renamedCommands, config }: RedisConf): string {
  const { maxmemory, backlog, replicaBuffer } = memory;
  const settings: { [name: string]: string } = {
    'dir': DATA_DIR,
    'port': `${REDIS_PORT}`,
    // All accounts have passwords. If one day they had none, nobody but the probes would get in.
    'protected-mode': 'yes',
    'appendonly': 'yes',
    'appendfsync': 'everysec',
    // The append-only file has it all. A snapshot beside it would copy the memory once more.
    'save': '""',
    'maxmemory-policy': eviction,
    // How long a master that is told to stop waits for replicas that lag.
    'shutdown-timeout': '10',
    ...minReplicasToWrite === undefined ? {} : {
      'min-replicas-to-write': `${minReplicasToWrite}`,
      'min-replicas-max-lag': `${REPLICA_LAG}`,
      'repl-backlog-size': `${backlog}mb`,
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
