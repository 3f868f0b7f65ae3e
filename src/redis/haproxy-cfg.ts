import { REDIS_PORT } from './redis-conf';
import type { SentinelLayout } from './redis-topology';
import type { MemberNames } from '../workload/member-names';

/** The ports on which HAProxy accepts clients that write, and clients that read. */
export const WRITE_PORT = 6379;
export const READ_PORT = 6380;
/** The port of the probes. */
export const HEALTH_PORT = 8404;

/** For how many seconds a replica that lost its master still serves reads, as a pattern. The same limit is in probe.sh. */
const STALE = '[1-5]?[0-9]';

/**
 * The configuration of the data link. The health checks ask each server over the Redis protocol whether it is the master. The
 * password and the domain of the servers come from the environment.
 */
export function renderHaproxyCfg(names: MemberNames, { replicas, minReplicasToWrite }: SentinelLayout): string {
  const servers = Array.from({ length: 1 + replicas }, (_, i) => `  server ${names.podName(i)} "${names.podName(i)}.\${DOMAIN}:${REDIS_PORT}"`);
  const backend = (name: string, not: 'master' | 'slave', info: string) => [
    `backend ${name}`,
    '  option tcp-check',
    '  tcp-check connect',
    // In RESP with lengths, because a password can contain spaces.
    '  tcp-check send-lf "*2\\r\\n\\$4\\r\\nAUTH\\r\\n\\$%[env(PASSWORD),length]\\r\\n%[env(PASSWORD)]\\r\\n"',
    '  tcp-check expect string +OK',
    '  tcp-check send "INFO replication\\r\\n"',
    // A negative expectation fails at once; a positive one waits for its match until the timeout.
    `  tcp-check expect min-recv 64 ! string role:${not}`,
    `  tcp-check expect rstring "${info}"`,
    '  tcp-check send "QUIT\\r\\n"',
    '  tcp-check expect string +OK',
    ...servers,
    '',
  ];
  return [
    'global',
    '  maxconn 4000',
    '  log stdout format raw local0 notice',
    '',
    'defaults',
    '  mode tcp',
    '  log global',
    '  option clitcpka',
    '  option srvtcpka',
    '  timeout connect 3s',
    '  timeout check 1s',
    // Clients that block on a list or subscribe to a channel are idle, and so are pooled connections.
    '  timeout client 1d',
    '  timeout server 1d',
    // Clients of a server that is no longer the master would only get errors.
    '  default-server check inter 1s fall 2 rise 1 init-addr none resolvers cluster on-marked-down shutdown-sessions',
    '',
    // Names are resolved continuously, because a restarted Pod has a new address.
    'resolvers cluster',
    '  parse-resolv-conf',
    '  accepted_payload_size 8192',
    '  resolve_retries 2',
    '  timeout resolve 1s',
    '  timeout retry 1s',
    '  hold valid 1s',
    '  hold nx 5s',
    '',
    'frontend health',
    '  mode http',
    `  bind :::${HEALTH_PORT} v4v6`,
    '  timeout client 5s',
    // HAProxy considers all servers up until the first checks are complete.
    '  http-request return status 503 if { path /started } !{ nbsrv(master) eq 1 }',
    '  http-request return status 200',
    '',
    'frontend write',
    `  bind :::${WRITE_PORT} v4v6`,
    '  default_backend master',
    '',
    'frontend read',
    `  bind :::${READ_PORT} v4v6`,
    '  use_backend replicas if { nbsrv(replicas) gt 0 }',
    '  default_backend any-master',
    '',
    // A master with too few replicas rejects writes. This also excludes an isolated master before it learns about the new one.
    ...backend('master', 'slave', minReplicasToWrite === 0 ? 'role:master' : `role:master[\\s\\S]*min_slaves_good_slaves:[${minReplicasToWrite}-9]`),
    ...backend('any-master', 'slave', 'role:master'),
    ...backend('replicas', 'master', `role:slave[\\s\\S]*master_link_(status:up|down_since_seconds:${STALE}[^0-9])`),
  ].join('\n');
}
