import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itUnless } from '../support/needs';
import { end, freePort, until } from '../support/real-server';

const SRC = join(__dirname, '../../src');
const SCRIPTS = join(SRC, 'redis/scripts');
/** With what a configuration file, a shell and JSON take for more than letters. */
const PASSWORD = 'se"cret\\ $HOME';
const HASH = `#${createHash('sha256').update(PASSWORD).digest('hex')}`;
const QUOTED = '"se\\"cret\\\\ $HOME"';

/**
 * The real scripts, with stand-ins for what is outside of the Pod: what a member with an empty volume answers lies in a file, and time
 * passes quickly. A script that has waited for as many rounds as it may ends with 124, as `timeout` does.
 */
const STANDINS = `
ask() { cat "$T/founding/\${1%%.*}" 2>/dev/null || :; }
answer() { echo "answers $1" >>"$T/calls"; }
stop_answering() { echo 'stops answering' >>"$T/calls"; }
pause() { rounds=$((\${rounds:-0} + 1)); [ "$rounds" -le "$ROUNDS" ] || exit 124; SECONDS=$((SECONDS + \${PASSES:-0})); sleep 0.05; }
`;

/** What a server answers lies in a file, too, named by its host and the command; the hook of a test may change that. */
const CLI = `#!/bin/bash
if [ "$1" = -s ]; then host=socket; shift 2; else host=$2:$4; shift 4; fi
[ "$REDISCLI_AUTH" = "$(cat "$T/password")" ] || { echo 'NOAUTH Authentication required.' >&2; exit 1; }
echo "$host $*" >>"$T/calls"
[ ! -e "$T/hook.sh" ] || . "$T/hook.sh"
if [ -e "$T/replies/$host/$*" ]; then sed 's/$/\\r/' "$T/replies/$host/$*"; fi
`;

/** It keeps what it is started with, and runs for as long as a real one would while a snapshot is read. */
const SERVER = `#!/bin/bash
[ -z "\${REDISCLI_AUTH+x}" ] || [[ $* = *adopt.sock* ]] || echo 'the password is in the environment of the server' >>"$T/calls"
echo "\${0##*/} $*" >>"$T/calls"
if [[ $* = *adopt.sock* ]]; then
  until [ -e "$T/shutdown" ] || [ ! -d "$T" ]; do sleep 0.02; done
else
  cp "$1" "$T/started"
fi
`;

let root: string;
const at = (...path: string[]) => join(root, ...path);
const read = (...path: string[]) => readFileSync(at(...path), 'utf8');
const put = (path: string, text: string) => {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
};
const program = (name: string, text: string) => {
  put(`bin/${name}`, text);
  chmodSync(at('bin', name), 0o755);
};
const calls = () => existsSync(at('calls')) ? read('calls').trimEnd().split('\n') : [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'redis-'));
  for (const folder of ['files', 'data', 'run', 'founding', 'replies', 'bin']) mkdirSync(at(folder));
  for (const script of readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'))) copyFileSync(join(SCRIPTS, script), at('files', script));
  for (const name of ['founding.sh', 'lock.sh']) copyFileSync(join(SRC, 'kit/founding', name), at('files', name));
  appendFileSync(at('files/member.sh'), STANDINS);
  put('password', `${PASSWORD}\n`);
  put('files/redis.conf', 'maxmemory 420mb\n');
  put('files/users', '');
  put('servers', '3\n');
  put('sentinels', '3\n');
  program('redis-cli', CLI);
  program('redis-server', SERVER);
  program('redis-sentinel', SERVER);
});
afterEach(() => { rmSync(root, { recursive: true }); });

interface Run { readonly status: number | null; readonly out: string; readonly log: string }
interface RunOptions { readonly args?: string[]; readonly rounds?: number; readonly env?: object }

/** Runs a script of a member as its Pod would; if it waits, for some rounds. */
function run(pod: string, script: string, { args = [], rounds = 1, env = {} }: RunOptions = {}): Run {
  const { status, stdout, stderr } = spawnSync('timeout', ['20', 'bash', at('files', script), ...args], {
    encoding: 'utf8',
    timeout: 25_000,
    env: {
      ...process.env,
      PATH: `${at('bin')}:${process.env.PATH}`,
      T: root,
      ROUNDS: `${rounds}`,
      HOSTNAME: pod,
      PRODUCT: 'redis',
      SET: 'cache',
      DOMAIN: 'cache-headless.shop',
      SENTINEL_SET: 'cache-sentinel',
      SENTINEL_DOMAIN: 'cache-sentinel-headless.shop',
      DOWN_AFTER_MILLIS: '5000',
      STOP_BOUND: '30',
      FILES: at('files'),
      DATA: at('data'),
      RUN: at('run'),
      PASSWORD_FILE: at('password'),
      USERS: at('users'),
      MEMBERS_FILE: at(pod.startsWith('cache-sentinel') ? 'sentinels' : 'servers'),
      SERVERS_FILE: at('servers'),
      SENTINELS_FILE: at('sentinels'),
      TERMINATION_LOG: at('termination'),
      CONTAINER_LOG: '',
      ...env,
    },
  });
  return { status, out: stdout, log: stderr };
}

const server = (ordinal: number) => `cache-${ordinal}.cache-headless.shop`;
const sentinel = (ordinal: number) => `cache-sentinel-${ordinal}.cache-sentinel-headless.shop`;
const replies = (host: string, port: number, command: string, ...lines: string[]) => put(`replies/${host}:${port}/${command}`, `${lines.join('\n')}\n`);
/** It says that its volume is empty. */
const isEmpty = (pod: string, answer = `empty ${pod}`) => put(`founding/${pod}`, `${answer}\n`);
const runsAs = (ordinal: number, role: string) => replies(server(ordinal), 6379, 'info replication', '# Replication', `role:${role}`, 'connected_slaves:0');
/** It knows a master. */
const knows = (ordinal: number, master: number, { epoch = 1, flags = 'master' } = {}) => replies(sentinel(ordinal), 26379, 'sentinel master mymaster',
  'name', 'mymaster', 'ip', server(master), 'port', '6379', 'runid', '', 'flags', flags, 'config-epoch', `${epoch}`, 'num-slaves', '2');
/** The volume has had an append-only file; whatever snapshot it has is older. */
const wasUsed = () => put('data/.used', '');
const forgets = (ordinal: number) => rmSync(at('replies', `${sentinel(ordinal)}:26379`), { recursive: true, force: true });
const append = () => put('data/appendonlydir/appendonly.aof.manifest', 'file appendonly.aof.1.base.rdb seq 1 type b\n');
/** The answers at the socket of a server that makes an append-only file of a snapshot. */
const adopts = () => {
  put('data/dump.rdb', 'REDIS0011');
  put('replies/socket/ping', 'PONG\n');
  put('replies/socket/info persistence', 'aof_rewrite_in_progress:0\naof_rewrite_scheduled:0\naof_last_bgrewrite_status:ok\n');
  put('hook.sh', `case $host$* in
    'socketconfig set appendonly yes') mkdir -p "$DATA/appendonlydir"; echo >"$DATA/appendonlydir/appendonly.aof.manifest" ;;
    socketshutdown*) touch "$T/shutdown" ;;
  esac`);
};
const decisions = (pod: string, ...args: string[]) => run(pod, 'decide.sh', { args });
const waits = () => put('run/waiting', '');

describe('a server', () => {
  /** Starts a server: what it is, and what it said. */
  function start(ordinal: number, options: RunOptions = {}): Run & { readonly as: string; readonly conf: string[] } {
    put('files/keep.sh', 'echo keeps >>"$T/calls"');
    rmSync(at('started'), { force: true });
    const result = run(`cache-${ordinal}`, 'start-server.sh', options);
    const conf = existsSync(at('started')) ? read('started').trimEnd().split('\n') : [];
    const master = conf.map(line => /^replicaof (cache-\d+)\.cache-headless\.shop 6379$/.exec(line)?.[1]).find(Boolean);
    return { ...result, conf, as: conf.length === 0 ? 'waits' : master === undefined ? 'leads' : `follows ${master}` };
  }

  const volumes: { readonly [volume: string]: () => void } = {
    'a new volume': () => undefined,
    'a volume with an append-only file': append,
    'a volume with a snapshot only': adopts,
    'a volume with an old snapshot, whose append-only file is lost,': () => { adopts(); wasUsed(); },
  };
  const everySentinel = (act: (ordinal: number) => void) => () => { [0, 1, 2].forEach(act); };
  const sentinelsOf = (self: number): { readonly [state: string]: () => void } => ({
    'all new': everySentinel(i => isEmpty(`cache-sentinel-${i}`)),
    'that know this server': everySentinel(i => knows(i, self)),
    'of which two know this server': () => { knows(0, self); knows(2, self); },
    'that know another server': everySentinel(i => knows(i, 2)),
    'of which only one knows this server': () => { knows(1, self); isEmpty('cache-sentinel-0'); },
    'that are silent': () => undefined,
    'of which one replaces this server': () => { knows(0, self); knows(1, self, { flags: 'master,s_down,o_down,failover_in_progress,force_failover' }); knows(2, self); },
    'that believe this server down': everySentinel(i => knows(i, self, { flags: 'master,s_down,o_down' })),
  });
  const othersOf = (self: number): { readonly [state: string]: () => void } => {
    const peers = [0, 1, 2].filter(i => i !== self);
    return {
      'all others are empty': () => peers.forEach(i => isEmpty(`cache-${i}`)),
      'cache-2 is master': () => { runsAs(2, 'master'); runsAs(peers[0], 'slave'); },
      'both others are': () => peers.forEach(i => runsAs(i, 'master')),
      'all others are silent': () => undefined,
    };
  };

  type Row = { readonly [sentinels: string]: readonly [empty: string, one: string, two: string, silent: string] };
  const withData: Row = {
    'all new': ['leads', 'follows cache-2', 'waits', 'waits'],
    'that know this server': ['leads', 'waits', 'waits', 'leads'],
    'of which two know this server': ['leads', 'waits', 'waits', 'leads'],
    'that know another server': ['follows cache-2', 'follows cache-2', 'follows cache-2', 'follows cache-2'],
    'of which only one knows this server': ['waits', 'waits', 'waits', 'waits'],
    'that are silent': ['waits', 'waits', 'waits', 'waits'],
    'of which one replaces this server': ['waits', 'waits', 'waits', 'waits'],
    'that believe this server down': ['waits', 'waits', 'waits', 'waits'],
  };
  const empty: Row = {
    ...withData,
    'all new': ['waits', 'follows cache-2', 'waits', 'waits'],
    'that know this server': ['waits', 'waits', 'waits', 'waits'],
    'of which two know this server': ['waits', 'waits', 'waits', 'waits'],
    'that know another server': ['waits', 'follows cache-2', 'follows cache-2', 'waits'],
  };
  // Of a master, its replicas may have what is newer.
  const withSnapshot: Row = { ...withData, 'that know this server': ['waits', 'waits', 'waits', 'waits'], 'of which two know this server': ['waits', 'waits', 'waits', 'waits'] };
  const emptyOfOrdinal0: Row = { ...empty, 'all new': ['leads', 'follows cache-2', 'waits', 'waits'] };
  const rows: readonly (readonly [volume: string, self: number, row: Row])[] = [
    ['a new volume', 0, emptyOfOrdinal0],
    ['a new volume', 1, empty],
    ['a volume with an append-only file', 1, withData],
    ['a volume with a snapshot only', 1, withSnapshot],
    ['a volume with an old snapshot, whose append-only file is lost,', 0, empty],
    ['a volume with an old snapshot, whose append-only file is lost,', 1, empty],
  ];
  const table = rows.flatMap(([volume, self, row]) => Object.entries(row).map(([sentinels, expected]) => [`cache-${self}`, volume, sentinels, self, expected] as const));

  test.each(table)('%s with %s and sentinels %s', (_, volume, sentinels, self, expected) => {
    const seen = Object.values(othersOf(self)).map(others => {
      for (const folder of ['founding', 'replies', 'data', 'run']) { rmSync(at(folder), { recursive: true }); mkdirSync(at(folder)); }
      for (const file of ['hook.sh', 'shutdown']) rmSync(at(file), { force: true });
      for (const given of [volumes[volume], sentinelsOf(self)[sentinels], others]) given();
      return start(self).as;
    });
    expect(Object.fromEntries(Object.keys(othersOf(self)).map((state, i) => [state, seen[i]]))).toEqual(
      Object.fromEntries(Object.keys(othersOf(self)).map((state, i) => [state, expected[i]])));
  });

  describe('that is the master', () => {
    beforeEach(() => {
      append();
      sentinelsOf(1)['that know this server']();
    });

    test('has the settings of its revision, its name, and passwords, which no other process sees', () => {
      put('files/users', 'jobs ~jobs:* +@all\nweb ~web:* +@read\n');
      put('users/jobs/password', 'x');
      put('users/web/password', 'y\n');
      const { conf, status } = start(1);
      expect(status).toBe(0);
      expect(conf).toEqual([`include ${at('files/redis.conf')}`, `aclfile ${at('run/users.acl')}`, `masterauth ${QUOTED}`, `replica-announce-ip ${server(1)}`]);
      const hash = (text: string) => `#${createHash('sha256').update(text).digest('hex')}`;
      expect(read('run/users.acl')).toBe(`user default on ${HASH} ~* &* +@all\nuser jobs on ${hash('x')} resetchannels ~jobs:* +@all\nuser web on ${hash('y')} resetchannels ~web:* +@read\n`);
      expect(calls()).not.toContain('the password is in the environment of the server');
      expect(existsSync(at('run/waiting'))).toBe(false);
      expect(execFileSync('stat', ['-c', '%a', at('run/redis.conf'), at('run/users.acl')], { encoding: 'utf8' })).toBe('600\n600\n');
    });

    test.each(['password', 'users/jobs/password'])('does not start with an empty %s, which would let everybody in', name => {
      put('files/users', 'jobs ~jobs:* +@all\n');
      put('users/jobs/password', 'x');
      put(name, '\n');
      expect(start(1)).toMatchObject({ status: 1, log: expect.stringContaining(`does not start: there is no password in ${at(name)}, so everyone could log in.`) as string });
      expect(existsSync(at('run/users.acl'))).toBe(false);
    });

    test('starts though it was believed down, if it is not replaced in time', () => {
      sentinelsOf(1)['that believe this server down']();
      expect(start(1)).toMatchObject({ as: 'waits', status: 124, log: expect.stringContaining('the sentinels believe this master down: waiting whether they replace it.') });
      expect(start(1, { env: { FAILOVER_PATIENCE: '0' } }).as).toBe('leads');
    });

    test.each([
      ['the sentinels replace it', () => knows(1, 1, { flags: 'master,failover_in_progress' }), 'the sentinels are replacing this master: waiting for their choice.'],
      ['another one runs as the master', () => runsAs(2, 'master'), 'the sentinels know this server as the master, but cache-2 runs as one: waiting until they agree.'],
      ['too few sentinels answer', () => { forgets(0); forgets(2); isEmpty('cache-sentinel-2'); },
        'only 1 of 3 sentinels say who the master is, which is not a majority. No answer from cache-sentinel-0.'],
      ['all sentinels that answer are new', () => [0, 1, 2].forEach(i => { forgets(i); if (i > 0) isEmpty(`cache-sentinel-${i}`); }),
        'only 0 of 3 sentinels say who the master is, which is not a majority. No answer from cache-sentinel-0.'],
      ['its volume is lost', () => rmSync(at('data/appendonlydir'), { recursive: true }),
        `the volume is empty, but the sentinels know this server as the master: waiting until they have made a replica the master. Only if no other server has data: kubectl exec cache-1 -c redis -- bash ${'<files>'}/decide.sh lead.`],
    ])('waits, and says so, while %s', (_, given, text) => {
      given();
      const { as, log } = start(1);
      expect(as).toBe('waits');
      expect(log).toContain(`cache-1: ${text.replace('<files>', at('files'))}`);
      expect(existsSync(at('run/waiting'))).toBe(true);
    });

    test('a majority of five is three', () => {
      put('sentinels', '5\n');
      forgets(2);
      expect(start(1).as).toBe('waits');
      knows(4, 1);
      expect(start(1).as).toBe('leads');
    });

    test.each([
      ['two of three know it, and the one that chose last another one', [1, 1, 2], 'waits'],
      ['one of three knows it and chose last, one another one', [1, 2, undefined], 'waits'],
      ['two chose it last, one knows another one', [1, 1, 0], 'leads'],
    ] as const)('sentinels that do not agree yet: %s', (_, masters, expected) => {
      masters.forEach((master, i) => {
        if (master === undefined) forgets(i);
        else knows(i, master, { epoch: master === 2 && i === 2 ? 3 : master === 1 ? 2 : 1 });
      });
      expect(start(1).as).toBe(expected);
    });

    test('sentinels that chose at the same time, each another one, are believed by neither', () => {
      knows(0, 1);
      knows(1, 2);
      forgets(2);
      expect(start(1).as).toBe('waits');
      expect(start(2).as).toBe('waits');
    });

    test('a sentinel that answers for another one is no new one', () => {
      [0, 1, 2].forEach(i => { forgets(i); isEmpty(`cache-sentinel-${i}`, 'empty cache-sentinel-0'); });
      expect(start(1).as).toBe('waits');
    });
  });

  describe('that has a snapshot and no append-only file', () => {
    const WRITTEN = /written at \d{4}-\d\d-\d\d \d\d:\d\d UTC/;
    beforeEach(adopts);

    test.each<[string, boolean, () => void, string]>([
      ['the sentinels know it as the master', false, sentinelsOf(1)['that know this server'],
        'there is only a snapshot (dump.rdb, <written>), but the sentinels know this server as the master: waiting until they have made a replica the master. Only if no other server has data: kubectl exec cache-1 -c redis -- bash <files>/decide.sh lead.'],
      ['they do, and the append-only file is lost', true, sentinelsOf(1)['that know this server'],
        'the append-only file is lost, and there is only a snapshot (dump.rdb, <written>), but the sentinels know this server as the master: waiting'],
      ['the master is silent, and the append-only file is lost', true, sentinelsOf(1)['that know another server'],
        'the append-only file is lost, and there is only a snapshot (dump.rdb, <written>), and cache-2, the master, does not answer. Only if it is lost permanently, and no other server has newer data: kubectl exec cache-1 -c redis -- bash <files>/decide.sh lead.'],
      ['nobody knows a master, and the append-only file is lost', true, () => { sentinelsOf(1)['all new'](); isEmpty('cache-0'); isEmpty('cache-2'); },
        'the append-only file is lost, and there is only a snapshot (dump.rdb, <written>). No sentinel knows the master, and no server runs as one to copy. Only if no other server has newer data: kubectl exec cache-1 -c redis -- bash <files>/decide.sh lead.'],
    ])('waits, and says so, while %s', (_, used, given, text) => {
      if (used) wasUsed();
      given();
      const { as, log } = start(1);
      expect(as).toBe('waits');
      expect(log.replace(WRITTEN, '<written>').replace(root, '')).toContain(text.replace('<files>', '/files'));
      expect(calls().filter(call => /^redis-server|^answers/.test(call))).toEqual([]); // the snapshot is left as it is, and it is not said to be empty
    });

    test('that is old is not read by a replica: the master has what is newer', () => {
      wasUsed();
      sentinelsOf(1)['that know another server']();
      runsAs(2, 'master');
      expect(start(1).as).toBe('follows cache-2');
      expect(calls().filter(call => call.startsWith('redis-server'))).toEqual([`redis-server ${at('run/redis.conf')}`]);
    });

    test('that is old is the data when a person decides so', () => {
      wasUsed();
      sentinelsOf(1)['that know this server']();
      put('hook.sh', `[ -e "$T/decided" ] || { touch "$T/decided"; echo lead >"$RUN/decision"; }\n${read('hook.sh')}`);
      expect(start(1, { rounds: 20 }).as).toBe('leads');
      expect(calls().filter(call => call.startsWith('redis-server'))).toEqual([expect.stringContaining('adopt.sock'), `redis-server ${at('run/redis.conf')}`]);
      expect(existsSync(at('data/.used'))).toBe(true); // again, as there is an append-only file
    });
  });

  test('of ordinal 0 that has lost its append-only file does not take all volumes for new', () => {
    wasUsed();
    sentinelsOf(0)['all new']();
    isEmpty('cache-1');
    isEmpty('cache-2');
    expect(start(0)).toMatchObject({ as: 'waits', log: expect.stringContaining('the append-only file is lost. No sentinel knows the master') as string });
  });

  describe('that has no master to ask for', () => {
    beforeEach(() => { sentinelsOf(1)['all new'](); });

    test.each([
      ['with data beside one that is silent', () => { append(); isEmpty('cache-0'); },
        `no sentinel knows the master, no server runs as one, and not every other server says that its volume is empty: another one may have newer data. If this one has the newest: kubectl exec cache-1 -c redis -- bash ${'<files>'}/decide.sh lead.`],
      ['with data beside one that answers for another', () => { append(); isEmpty('cache-0'); isEmpty('cache-2', 'empty cache-0'); }, 'another one may have newer data'],
      ['with data beside a replica', () => { append(); isEmpty('cache-0'); runsAs(2, 'slave'); }, 'another one may have newer data'],
      ['with a new volume', () => { isEmpty('cache-0'); isEmpty('cache-2'); }, 'the volume is empty, and there is no master yet to copy.'],
      ['beside two masters', () => { append(); runsAs(0, 'master'); runsAs(2, 'master'); }, 'no sentinel knows the master, and several servers run as one: '],
    ])('waits, and says so, %s', (_, given, text) => {
      given();
      const { as, log } = start(1);
      expect(as).toBe('waits');
      expect(log).toContain(text.replace('<files>', at('files')));
    });

    test.each([
      ['an append-only file without its list, of a server that crashed at its very first start', () => put('data/appendonlydir/appendonly.aof.1.base.rdb', 'REDIS')],
      ['what a file system puts there', () => mkdirSync(at('data/lost+found'))],
    ])('is new with %s', (_, given) => {
      given();
      isEmpty('cache-1');
      isEmpty('cache-2');
      expect(start(0)).toMatchObject({ as: 'leads', log: 'cache-0: starts as the master: all volumes are new.\n' });
    });

    test('answers that it is empty for as long as it waits, and no longer', () => {
      start(1);
      expect(calls()).toContain('answers empty cache-1');
      expect(calls()).not.toContain('stops answering');
      isEmpty('cache-1');
      isEmpty('cache-2');
      expect(start(0).as).toBe('leads');
      expect(calls().slice(-2)).toEqual(['stops answering', `redis-server ${at('run/redis.conf')}`]);
    });

    test('with data never says that it is empty', () => {
      append();
      start(1);
      expect(calls().filter(call => call.startsWith('answers'))).toEqual([]);
    });
  });

  test('that follows cannot be chosen, is kept so by keep.sh, and announces its name', () => {
    append();
    sentinelsOf(1)['that know another server']();
    const { conf, log } = start(1);
    expect(conf.slice(-3)).toEqual([`replica-announce-ip ${server(1)}`, `replicaof ${server(2)} 6379`, 'replica-priority 0']);
    expect(log).toContain('cache-1: starts as a replica of cache-2.');
    expect(calls()).toContain('keeps');
  });

  test('with a new volume waits for the master that the sentinels know', () => {
    sentinelsOf(1)['that know another server']();
    expect(start(1)).toMatchObject({ as: 'waits', log: expect.stringContaining('the volume is empty, and cache-2, the master, does not answer.') });
  });

  test.each([
    ['lead', 'leads'],
    [`follow ${server(2)}`, 'follows cache-2'],
  ])('does what a person decides (%s), once, and only what was decided since it started', (decision, expected) => {
    append();
    put('run/decision', decision);
    expect(start(1).as).toBe('waits');
    // While it waits: the first answer that it is given.
    put('hook.sh', `[ -e "$T/decided" ] || { touch "$T/decided"; echo '${decision}' >"$RUN/decision"; }`);
    const { as, log } = start(1);
    expect(as).toBe(expected);
    expect(log).toContain(`cache-1: decided with decide.sh: ${decision}`);
    expect(existsSync(at('run/decision'))).toBe(false);
    expect(start(1).as).toBe('waits');
  });

  test.each(['servers', 'sentinels'])('that cannot know how many %s there are ends with the reason', file => {
    append();
    sentinelsOf(1)['that know this server']();
    put(file, 'three\n');
    expect(start(1)).toMatchObject({ as: 'waits', status: 1, log: expect.stringContaining('cannot read how many members there are.') });
    expect(read('termination')).toBe('cannot read how many members there are.\n');
  });

  test('whose volume cannot be written to names its user, and does not start', () => {
    const { status, log } = run('cache-1', 'start-server.sh', { env: { DATA: at('missing') } });
    expect(status).toBe(1);
    expect(log).toContain(`cannot write to ${at('missing')}: is the volume read-only or full, or not owned by user `);
    expect(read('termination')).toContain('Nothing was changed.');
  });

  test('whose volume another one uses is left to it', () => {
    const other = spawn('flock', [at('data/.lock'), 'sleep', '20']);
    try {
      execFileSync('sh', ['-c', `until ! flock -n ${at('data/.lock')} true 2>/dev/null; do sleep 0.05; done`]);
      append();
      sentinelsOf(1)['that know this server']();
      put('files/keep.sh', '');
      const { status, stderr } = spawnSync('timeout', ['5', 'bash', at('files/start-server.sh')], {
        encoding: 'utf8',
        env: { ...process.env, T: root, HOSTNAME: 'cache-1', PRODUCT: 'redis', SET: 'cache', DOMAIN: 'x', FILES: at('files'), DATA: at('data'), RUN: at('run'), PASSWORD_FILE: at('password') },
      });
      expect({ status, stderr }).toEqual({ status: 124, stderr: expect.stringContaining('another Pod is still using this volume') });
      expect(existsSync(at('started'))).toBe(false);
    } finally {
      other.kill();
    }
  });
});

describe('a volume with a snapshot only', () => {
  const startAlone = (options?: RunOptions) => run('cache-0', 'start-alone.sh', options);

  test('gets an append-only file first, from a server that nobody reaches', () => {
    adopts();
    expect(startAlone()).toMatchObject({ status: 0 });
    const servers = calls().filter(call => call.startsWith('redis-server'));
    expect(servers).toEqual([
      `redis-server ${at('files/redis.conf')} --port 0 --unixsocket ${at('run/adopt.sock')} --appendonly no --cluster-enabled no --maxmemory 0 --protected-mode no`,
      `redis-server ${at('run/redis.conf')}`,
    ]);
    expect(read('started')).toBe(`include ${at('files/redis.conf')}\naclfile ${at('run/users.acl')}\nmasterauth ${QUOTED}\nreplica-priority 100\n`);
  });

  test('is left alone where there is an append-only file', () => {
    adopts();
    append();
    expect(startAlone()).toMatchObject({ status: 0 });
    expect(calls()).toEqual([`redis-server ${at('run/redis.conf')}`]);
  });

  test('gets one also where a server crashed before it put the list of its files in place', () => {
    adopts();
    put('data/appendonlydir/temp-appendonly.aof.manifest', 'file appendonly.aof.1.base.rdb seq 1 type b\n');
    expect(startAlone()).toMatchObject({ status: 0 });
    expect(calls().filter(call => call.startsWith('redis-server'))).toEqual([expect.stringContaining('adopt.sock'), `redis-server ${at('run/redis.conf')}`]);
  });

  test('is left alone where there is the append-only file of Redis before 7.0, of which the server makes a folder', () => {
    adopts();
    put('data/appendonly.aof', 'REDIS');
    expect(startAlone()).toMatchObject({ status: 0 });
    expect(calls()).toEqual([`redis-server ${at('run/redis.conf')}`]);
  });

  test.each([
    ['with an old snapshot', adopts, /the append-only file is lost, and there is only a snapshot \(dump\.rdb, written at [-\d]+ [:\d]+ UTC\): not starting/, 2],
    ['with nothing', () => undefined, /the append-only file is lost: not starting/, 1],
  ])('the only server %s waits where the append-only file is lost, until a person decides', (_, given, text, servers) => {
    given();
    wasUsed();
    if (existsSync(at('hook.sh'))) copyFileSync(at('hook.sh'), at('hook'));
    const { status, log } = startAlone();
    expect({ status, log, waits: existsSync(at('run/waiting')) }).toEqual({ status: 124, log: expect.stringMatching(text) as string, waits: true });
    expect(log).toContain(`To start with what is left: kubectl exec cache-0 -c redis -- bash ${at('files')}/decide.sh start.`);
    expect(calls()).toEqual([]);
    // A person decides while it waits. Until it serves, it is left alone by its probes.
    put('hook.sh', '[ ! -e "$T/hook" ] || . "$T/hook"\n[[ $* != \'config set appendonly yes\' ]] || bash "$FILES/probe.sh" alive || echo >"$T/ended"');
    put('files/volume.sh', `${read('files/volume.sh')}\nleft() { [ -e "$DECISION_FILE" ] || SENTINEL_SET='' bash "$FILES/decide.sh" start >>"$T/decided"; }\n`);
    expect(startAlone({ rounds: 20 })).toMatchObject({ status: 0, log: expect.stringContaining('decided with decide.sh: starting with what is left.') as string });
    expect(read('decided')).toBe('decided: start. The log of cache-0 shows what it does next.\n');
    expect(calls().filter(call => call.startsWith('redis-server'))).toHaveLength(servers);
    expect(existsSync(at('ended'))).toBe(false);
  });

  test('that is empty is none', () => {
    put('data/dump.rdb', '');
    expect(startAlone()).toMatchObject({ status: 0 });
    expect(calls()).toEqual([`redis-server ${at('run/redis.conf')}`]);
  });

  test('waits until the file is complete: before that it does not count', () => {
    adopts();
    put('replies/socket/info persistence', 'aof_rewrite_in_progress:1\naof_rewrite_scheduled:0\naof_last_bgrewrite_status:ok\n');
    put('hook.sh', `${read('hook.sh')}\nif [[ $* = info* ]]; then (sleep 1; touch "$T/shutdown") >/dev/null 2>&1 & fi`); // or the server would outlive the test
    expect(startAlone()).toMatchObject({ status: 124 });
    expect(existsSync(at('started'))).toBe(false);
  });

  test.each([
    ['cannot be read', () => { put('shutdown', ''); rmSync(at('replies/socket/ping')); }, 'cannot read <data>/dump.rdb: see above. Nothing was changed.'],
    ['finds no room', () => put('replies/socket/info persistence', 'aof_rewrite_in_progress:0\naof_rewrite_scheduled:1\naof_last_bgrewrite_status:err\n'),
      'cannot make an append-only file of <data>/dump.rdb: is the volume full?'],
    ['is given up half-way', () => { put('shutdown', ''); put('replies/socket/info persistence', 'aof_rewrite_in_progress:1\naof_rewrite_scheduled:0\n'); },
      'cannot make an append-only file of <data>/dump.rdb: see above. Is the volume full?'],
  ])('that %s ends the start with the reason', (_, given, text) => {
    adopts();
    given();
    const { status, log } = startAlone({ rounds: 40 });
    expect(status).toBe(1);
    expect(log).toContain(text.replace('<data>', at('data')));
    expect(read('termination')).toBe(`${text.replace('<data>', at('data'))}\n`);
    expect(existsSync(at('started'))).toBe(false);
  });

  const missing = spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'needs redis-server on PATH';

  itUnless(missing)('is read by a real server, and what it holds is in the append-only file', () => {
    for (const name of ['redis-cli', 'redis-server']) rmSync(at('bin', name));
    put('files/redis.conf', `dir ${at('data')}\nappendonly yes\nsave ""\n`);
    const socket = at('run/s');
    const cli = (...args: string[]) => execFileSync('redis-cli', ['-s', socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const serve = (...args: string[]) => {
      const running = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', at('data'), '--save', '', ...args], { stdio: 'ignore' });
      execFileSync('sh', ['-c', `until [ "$(redis-cli -s ${socket} ping 2>/dev/null)" = PONG ]; do sleep 0.05; done`], { timeout: 10_000 });
      return running;
    };
    serve();
    expect(cli('set', 'key', 'value')).toBe('OK');
    expect(cli('save')).toBe('OK');
    cli('shutdown', 'nosave');
    program('exec-server', '');
    // The server that is started in the end is a stand-in, as it would stay.
    put('files/volume.sh', `${read('files/volume.sh')}\nserve() { echo "serves $1" >>"$T/calls"; }\n`);
    expect(startAlone({ rounds: 100 })).toMatchObject({ status: 0 });
    expect(calls()).toEqual(['serves replica-priority 100']);
    rmSync(at('data/dump.rdb'));
    serve('--appendonly', 'yes');
    expect(cli('get', 'key')).toBe('value');
    cli('shutdown', 'nosave');
  });
});

describe('a volume', () => {
  const missing = spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'needs redis-server on PATH';

  test('remembers that it has an append-only file, from when there is one', () => {
    expect(run('cache-0', 'start-alone.sh', { rounds: 3 }).status).toBe(0);
    expect(existsSync(at('data/.used'))).toBe(false);
    append();
    expect(run('cache-0', 'start-alone.sh').status).toBe(0);
    expect(existsSync(at('data/.used'))).toBe(true);
  });

  itUnless(missing)('of a real server that loses its append-only file does not bring an old snapshot back', async () => {
    for (const name of ['redis-cli', 'redis-server']) rmSync(at('bin', name));
    put('password', 'secret');
    put('files/redis.conf', `dir ${at('data')}\nport 0\nunixsocket ${at('run/s')}\nappendonly yes\nsave ""\n`);
    const env = {
      ...process.env, T: root, ROUNDS: '1000', HOSTNAME: 'cache-0', PRODUCT: 'redis', FILES: at('files'), DATA: at('data'), RUN: at('run'), PASSWORD_FILE: at('password'), USERS: at('users'),
    };
    const cli = (...args: string[]) => spawnSync('redis-cli', ['-s', at('run/s'), '-a', 'secret', ...args], { encoding: 'utf8' }).stdout.trim();
    const serve = () => {
      const child = spawn('bash', [at('files/start-alone.sh')], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const ended = new Promise(resolve => child.once('exit', resolve));
      let log = '';
      child.stderr.on('data', text => { log += text; });
      return { log: () => log, end: async () => { child.kill('SIGKILL'); await ended; } };
    };

    const first = serve();
    await until('a server that remembers', () => (cli('ping') === 'PONG' && existsSync(at('data/.used'))) || first.log());
    expect([cli('set', 'key', 'old'), cli('save'), cli('set', 'key', 'new')]).toEqual(['OK', 'OK', 'OK']);
    await first.end();
    rmSync(at('data/appendonlydir'), { recursive: true });

    const second = serve();
    await until('a reason to wait', () => second.log().includes('decide.sh start') || second.log());
    expect(cli('ping')).toBe('');
    expect(spawnSync('bash', [at('files/decide.sh'), 'start'], { env }).status).toBe(0);
    await until('the server', () => cli('get', 'key') === 'old' || second.log());
    await second.end();
  }, 90_000);
});

describe('keep.sh', () => {
  const state = (role: string, ...fields: string[]) => replies('127.0.0.1', 6379, 'info replication', `role:${role}`, ...fields);
  const priorities = () => calls().filter(call => call.includes('replica-priority'));
  beforeEach(() => replies('127.0.0.1', 6379, 'config set replica-priority 100', 'OK'));

  test.each([
    ['that does not answer yet', () => undefined],
    ['that copies the master', () => state('slave', 'master_link_status:down', 'master_sync_in_progress:1', 'slave_priority:0')],
    ['that has lost the master', () => state('slave', 'master_link_status:down', 'master_link_down_since_seconds:7')],
  ])('lets nobody choose a server %s', (_, given) => {
    given();
    expect(run('cache-1', 'keep.sh', { rounds: 5 })).toMatchObject({ status: 124 });
    expect(priorities()).toEqual([]);
  });

  test.each([
    ['has the data of the master', 'slave', 'master_link_status:up'],
    ['was made the master', 'master', 'connected_slaves:0'],
  ])('lets a server be chosen that %s', (_, role, field) => {
    state(role, field);
    expect(run('cache-1', 'keep.sh', { rounds: 5 })).toMatchObject({ status: 0, log: expect.stringContaining('has the data of the master: it can become the master from now on.') });
    expect(priorities()).toEqual(['127.0.0.1:6379 config set replica-priority 100']);
  });

  test('tries again if the server did not take it, and says meanwhile what a person can do', () => {
    state('slave', 'master_link_status:down');
    put('hook.sh', `[ "$(grep -c info "$T/calls")" -lt 4 ] || sed -i s/down/up/ "$T/replies/127.0.0.1:6379/info replication"
      [ "$(grep -c priority "$T/calls")" -lt 2 ] && [[ $* = config* ]] && exit 1`);
    const { status, log } = run('cache-1', 'keep.sh', { rounds: 20, env: { PASSES: '12' } });
    expect(status).toBe(0);
    expect(log).toContain(`bash ${at('files')}/decide.sh electable`);
    expect(log.match(/electable/g)).toHaveLength(1);
    expect(priorities()).toHaveLength(2);
  });
});

describe('stop.sh', () => {
  const online = (ordinal: number, offset: number, lag = 0) => `ip=${server(ordinal)},port=6379,state=online,offset=${offset},lag=${lag}`;
  const own = (role: string, ...followers: string[]) => replies('127.0.0.1', 6379, 'info replication', `role:${role}`, `connected_slaves:${followers.length}`,
    ...followers.map((text, i) => `slave${i}:${text}`), 'master_repl_offset:700');
  /** As a sentinel lists the replicas: two priorities. */
  const lists = (...priorities: [ordinal: number, priority: number][]) => [0, 1, 2].forEach(i => replies(sentinel(i), 26379, 'sentinel replicas mymaster',
    ...priorities.flatMap(([ordinal, priority]) => ['name', server(ordinal), 'ip', server(ordinal), 'port', '6379', 'runid', '', 'slave-priority', `${priority}`])));
  /** The sentinels hear of priorities. */
  const hear = `if [[ $* = 'config set replica-priority '* ]]; then
    for list in "$T"/replies/*/'sentinel replicas mymaster'; do
      awk -v host="\${host%:*}" -v priority="$4" 'key == "ip" { mine = ($0 == host) } key == "slave-priority" && mine { $0 = priority } { print; key = $0 }' "$list" >"$T/list"
      cp "$T/list" "$list"
    done
  fi`;
  /** They hand over, too, when they are told to. */
  const willing = (to: number, from = 1) => {
    for (const i of [0, 1, 2]) {
      replies(sentinel(i), 26379, 'sentinel get-master-addr-by-name mymaster', server(from), '6379');
      replies(sentinel(i), 26379, 'sentinel failover mymaster', 'OK');
    }
    put('hook.sh', `${hear}\n[[ $* != *failover* ]] || printf '%s\\n' '${server(to)}' 6379 >"$T/replies/$host/sentinel get-master-addr-by-name mymaster"`);
  };
  const stop = (options: RunOptions = {}) => run('cache-1', 'stop.sh', { rounds: 1000, ...options });
  const writes = () => calls().filter(call => /config set|failover/.test(call)).map(call => call.replace(/ ?mymaster/, '').replace(/\.\S*headless\.shop/, ''));

  beforeEach(() => {
    [0, 1, 2].forEach(i => knows(i, 1));
    for (const i of [0, 2]) {
      for (const priority of [9, 10, 100]) replies(server(i), 6379, `config set replica-priority ${priority}`, 'OK');
    }
    replies('127.0.0.1', 6379, 'config set min-replicas-to-write 1000', 'OK');
    lists([0, 100], [2, 100]);
    willing(0);
  });

  test.each(['slave', ''])('a server that is no master (%p) just stops', role => {
    own(role);
    expect(stop()).toMatchObject({ status: 0, log: '' });
    expect(writes()).toEqual([]);
  });

  test('a master hands over to the lowest ordinal that follows, which a rolling update comes to last, and takes no writes meanwhile', () => {
    own('master', online(2, 700), online(0, 700));
    expect(stop()).toMatchObject({ status: 0, log: 'cache-1: has handed over to another master.\n' });
    expect(writes()).toEqual([
      'cache-0:6379 config set replica-priority 10',
      '127.0.0.1:6379 config set min-replicas-to-write 1000',
      expect.stringMatching(/^cache-sentinel-[012]:26379 sentinel failover$/),
      'cache-0:6379 config set replica-priority 100',
    ]);
  });

  test('to any replica, if none has a lower ordinal, and all have all of its data', () => {
    [0, 1, 2].forEach(i => knows(i, 0));
    willing(1, 0);
    own('master', online(1, 700), online(2, 700));
    expect(run('cache-0', 'stop.sh', { rounds: 1000 })).toMatchObject({ log: 'cache-0: has handed over to another master.\n' });
    expect(writes().map(call => call.replace(/\S+ /, ''))).toEqual(['config set min-replicas-to-write 1000', 'sentinel failover']);
  });

  test('to one that follows it, if another does not: sentinels could choose that one', () => {
    own('master', online(2, 700));
    expect(stop()).toMatchObject({ log: 'cache-1: has handed over to another master.\n' });
    expect(writes()[0]).toBe('cache-2:6379 config set replica-priority 10');
  });

  test('not to the one that it prefers, if that is behind: to another one that has all of its data', () => {
    own('master', online(0, 650), online(2, 700));
    willing(2);
    expect(stop({ env: { PASSES: '1' } })).toMatchObject({ log: 'cache-1: has handed over to another master.\n' });
    expect(writes()).toEqual([
      'cache-0:6379 config set replica-priority 10',
      '127.0.0.1:6379 config set min-replicas-to-write 1000',
      'cache-2:6379 config set replica-priority 9',
      expect.stringMatching(/ sentinel failover$/),
      'cache-0:6379 config set replica-priority 100',
      'cache-2:6379 config set replica-priority 100',
    ]);
  });

  test('not to one that did not answer, but may act on its priority later: the next one comes before it, and both are reset', () => {
    own('master', online(0, 650), online(2, 700));
    willing(2);
    rmSync(at(`replies/${server(0)}:6379/config set replica-priority 10`));
    expect(stop({ env: { PASSES: '1' } })).toMatchObject({ log: 'cache-1: has handed over to another master.\n' });
    expect(writes().filter(call => call.includes('priority'))).toEqual([
      'cache-0:6379 config set replica-priority 10',
      'cache-2:6379 config set replica-priority 9',
      'cache-0:6379 config set replica-priority 100',
      'cache-2:6379 config set replica-priority 100',
    ]);
  });

  test('to none that is behind', () => {
    own('master', online(0, 650));
    const { status, log } = stop({ env: { STOP_BOUND: '3', PASSES: '1' } });
    expect(status).toBe(0);
    expect(log).toContain('cache-1: no replica that the sentinels would choose has all data of this master: not handing over to it.\n');
    expect(log).toMatch(/stops as the master: it could not hand over within 3 s\.\n$/);
    expect(writes().filter(call => call.includes('failover'))).toEqual([]);
  });

  test('to none whose preference the sentinel has not heard of, unless all replicas have all of its data', () => {
    own('master', online(0, 700));
    put('hook.sh', '');
    expect(stop({ env: { STOP_BOUND: '3', PASSES: '1' } })).toMatchObject({ status: 0, log: expect.stringContaining('not handing over to it') });
    expect(writes().filter(call => call.includes('failover'))).toEqual([]);
  });

  test('only when a replica has all that it acknowledged', () => {
    own('master', online(2, 699));
    put('hook.sh', `${read('hook.sh')}\n[[ $* != info* ]] || [ "$(grep -c ' info' "$T/calls")" -lt 8 ] || sed -i s/offset=699/offset=700/ "$T/replies/127.0.0.1:6379/info replication"`);
    expect(stop()).toMatchObject({ log: 'cache-1: has handed over to another master.\n' });
    const all = calls();
    const failover = all.findIndex(call => call.includes('failover'));
    expect(all.slice(0, failover).filter(call => call.includes(' info')).length).toBeGreaterThanOrEqual(8);
  });

  test('asks whichever sentinel answers', () => {
    own('master', online(2, 700));
    forgets(0);
    forgets(1);
    expect(stop()).toMatchObject({ log: 'cache-1: has handed over to another master.\n' });
    expect(calls().filter(call => call.includes('failover'))).toEqual([`${sentinel(2)}:26379 sentinel failover mymaster`]);
  });

  test.each([
    ['no replica follows it', () => own('master'), 'no replica follows it that could take over.'],
    ['replicas copy it still', () => own('master', online(2, 0).replace('online', 'wait_bgsave')), 'no replica follows it that could take over.'],
    ['no sentinel answers', () => { own('master', online(2, 700)); [0, 1, 2].forEach(forgets); }, 'no sentinel answers that could replace it.'],
    ['the sentinels know another master', () => { own('master', online(2, 700)); [0, 1, 2].forEach(i => knows(i, 0)); }, 'no sentinel answers that could replace it.'],
  ])('stops as the master, and says why, if %s', (_, given, text) => {
    given();
    expect(stop()).toMatchObject({ status: 0, log: `cache-1: stops as the master: ${text}\n` });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['refuse', 'NOGOODSLAVE No suitable replica to promote', 'the sentinels have not replaced this master: NOGOODSLAVE No suitable replica to promote.'],
    ['agree and do nothing', 'OK', 'the sentinels have not replaced this master: OK.'],
    ['fall silent', '', 'the sentinels have not replaced this master.'],
  ])('gives up in time, and says why, if the sentinels %s', (_, answer, text) => {
    own('master', online(0, 700));
    put('hook.sh', hear);
    [0, 1, 2].forEach(i => replies(sentinel(i), 26379, 'sentinel failover mymaster', ...answer === '' ? [] : [answer]));
    const { status, log } = stop({ rounds: 5, env: { STOP_BOUND: '2', PASSES: '1' } }); // a second each: 124 with a sixth one
    expect(status).toBe(0);
    expect(log).toContain(`cache-1: ${text}\n`);
    expect(log).toMatch(/cache-1: stops as the master: it could not hand over within 2 s\.\n$/);
  });

  test('tries again once a second while the sentinels refuse', () => {
    own('master', online(2, 700));
    put('hook.sh', hear);
    [0, 1, 2].forEach(i => replies(sentinel(i), 26379, 'sentinel failover mymaster', 'NOGOODSLAVE No suitable replica to promote'));
    expect(stop({ rounds: 4, env: { PASSES: '1' } })).toMatchObject({ status: 124 });
    expect(calls().filter(call => call.includes('failover'))).toHaveLength(5);
  });

  test('gives up in time if no replica catches up', () => {
    own('master', online(2, 699));
    put('hook.sh', hear);
    const { status, log } = stop({ rounds: 6, env: { STOP_BOUND: '2', PASSES: '1' } });
    expect(status).toBe(0);
    expect(log).toMatch(/stops as the master: it could not hand over within 2 s\.\n$/);
  });

  test('goes on as soon as it is the master no more', () => {
    own('master', online(2, 700));
    [0, 1, 2].forEach(i => replies(sentinel(i), 26379, 'sentinel failover mymaster', 'INPROG Failover already in progress'));
    put('hook.sh', `${hear}\n[[ $* != *failover* ]] || echo role:slave >"$T/replies/127.0.0.1:6379/info replication"`);
    expect(stop()).toMatchObject({ status: 0, log: 'cache-1: the sentinels have not replaced this master: INPROG Failover already in progress.\n' });
  });
});

describe('probe.sh', () => {
  let listener: Server | undefined;
  afterEach(() => { listener?.close(); listener = undefined; });
  /** Something listens at the port of servers and sentinels, which is another one here. */
  async function listen(): Promise<void> {
    await new Promise<void>(resolve => { listener = createServer().listen(0, '127.0.0.1', resolve); });
    atPort(listener?.address() ?? null);
  }
  const atPort = (address: ReturnType<Server['address']>) => {
    if (address === null || typeof address === 'string') throw new Error('no port');
    put('files/member.sh', read('files/member.sh').replace(/^PORT=6379$/m, `PORT=${address.port}`).replace(/^SENTINEL_PORT=26379$/m, `SENTINEL_PORT=${address.port}`));
  };
  const probe = (what: string, options: RunOptions = {}) => {
    const { status, out } = run('cache-1', 'probe.sh', { args: [what], ...options });
    return { passes: status === 0, out };
  };
  const info = (...lines: string[]) => replies('127.0.0.1', 6379, 'info', ...lines);

  test.each([
    ['answers', 'PONG', true],
    ['loads its data', 'LOADING Redis is loading the dataset in memory', false],
    ['has lost its master', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", true],
    ['runs a slow script', 'BUSY Redis is busy running a script.', true],
    ['does not answer', '', false],
  ])('a server is up that %s: %#', (_, answer, passes) => {
    if (answer !== '') replies('127.0.0.1', 6379, 'ping', answer);
    expect(probe('started').passes).toBe(passes);
  });

  test.each(['started', 'alive', 'sentinel-alive'])('what waits is left alone by the probe %s', what => {
    waits();
    expect(probe(what).passes).toBe(true);
  });

  test.each(['alive', 'sentinel-alive'])('%s as long as it takes connections, whatever it says', async what => {
    await listen();
    expect(probe(what).passes).toBe(true);
    await new Promise(resolve => listener?.close(resolve));
    expect(probe(what).passes).toBe(false);
  });

  const up = 'loading:0';
  test.each<[string, string[], boolean, string]>([
    ['a master', [up, 'role:master'], true, ''],
    ['a replica that follows', [up, 'role:slave', 'master_link_status:up'], true, ''],
    ['a replica that lost its master just now', [up, 'role:slave', 'master_link_status:down', 'master_link_down_since_seconds:0'], true, ''],
    ['a replica that lost its master a minute ago', [up, 'role:slave', 'master_link_status:down', 'master_link_down_since_seconds:60'], true, ''],
    ['a replica that lost its master longer ago', [up, 'role:slave', 'master_link_status:down', 'master_link_down_since_seconds:61'], false, 'has no connection to the master since 61 s\n'],
    ['a replica that has never had a master', [up, 'role:slave', 'master_link_status:down', 'master_link_down_since_seconds:-1'], false, 'has had no connection to the master since it started\n'],
    ['a replica that does not say since when', [up, 'role:slave', 'master_link_status:down'], false, 'has had no connection to the master since it started\n'],
    ['a server that loads its data', ['loading:1', 'role:master'], false, 'does not answer, or loads its data\n'],
    ['a server that does not answer', [], false, 'does not answer, or loads its data\n'],
  ])('ready: %s', (_, lines, passes, out) => {
    if (lines.length > 0) info(...lines);
    expect(probe('ready')).toEqual({ passes, out });
  });

  test('a member that waits is not ready', () => {
    waits();
    expect(probe('ready').passes).toBe(false);
    expect(probe('sentinel-ready').passes).toBe(false);
  });

  test('a sentinel is ready that knows a master', () => {
    replies('127.0.0.1', 26379, 'sentinel get-master-addr-by-name mymaster', server(0), '6379');
    expect(probe('sentinel-ready').passes).toBe(true);
  });
});

describe('a sentinel', () => {
  const others = [1, 2];
  function start(pod = 'cache-sentinel-0', options: RunOptions = {}): Run & { readonly master?: string; readonly conf: string[] } {
    rmSync(at('started'), { force: true });
    const result = run(pod, 'start-sentinel.sh', options);
    const conf = existsSync(at('started')) ? read('started').trimEnd().split('\n') : [];
    return { ...result, conf, master: conf.map(line => /^sentinel monitor mymaster (cache-\d+)\.cache-headless\.shop 6379 \d$/.exec(line)?.[1]).find(Boolean) };
  }

  /** It knows a master, and has voted last in this epoch. */
  const voted = (ordinal: number, epoch: number, master = 1, config = 1) => {
    knows(ordinal, master, { epoch: config });
    [0, 1, 2].forEach(i => replies(sentinel(ordinal), 26379, `sentinel is-master-down-by-addr ${server(master)} 6379 0 cache-sentinel-${i}`, '0', '*', `${epoch}`));
  };
  const epochs = (conf: string[]) => conf.filter(line => line.includes('epoch'));

  test('that is new learns the master from the others, and the epoch up to which it may have voted', () => {
    voted(1, 12);
    voted(2, 9);
    const { master, log, conf } = start();
    expect({ master, log }).toEqual({ master: 'cache-1', log: 'cache-sentinel-0: watches cache-1 as the master.\n' });
    expect(epochs(conf)).toEqual(['sentinel leader-epoch mymaster 12', 'sentinel current-epoch 12']);
    expect(epochs(start().conf)).toEqual(epochs(conf));
  });

  test('nor asks for votes in an epoch in which a master was chosen without a vote, as by a server that stops', () => {
    voted(1, 3, 1, 12);
    voted(2, 3, 1, 12);
    expect(epochs(start().conf)).toEqual(['sentinel leader-epoch mymaster 12', 'sentinel current-epoch 12']);
  });

  test('from one, if the other is new too', () => {
    voted(2, 3);
    isEmpty('cache-sentinel-1');
    expect(start()).toMatchObject({ master: 'cache-1' });
  });

  test('of five from three, of whom one has taken part in each election that it has', () => {
    put('sentinels', '5\n');
    [1, 2].forEach(i => voted(i, 3));
    expect(start()).toMatchObject({ status: 124, master: undefined });
    voted(4, 7);
    expect(epochs(start().conf)).toContain('sentinel leader-epoch mymaster 7');
  });

  test.each<[string, () => void, string]>([
    ['one is silent', () => undefined, ' No answer from cache-sentinel-1.'],
    ['one changes its master meanwhile, so that what it says is of no master', () => {
      voted(1, 0);
      put('hook.sh', `[[ $* != sentinel\\ is-master* ]] || sed -i s/cache-1/cache-0/ "$T/replies/${sentinel(1)}:26379/sentinel master mymaster"`);
    }, ''],
  ])('waits while %s: it may have voted for another one in the same epoch', (_, given, silent) => {
    voted(2, 9);
    given();
    const { master, status, log } = start();
    expect({ master, status }).toEqual({ master: undefined, status: 124 });
    expect(log).toContain('is new, and may have voted before its volume was lost: too few sentinels say in which epoch they voted last.'
      + `${silent} Waiting for a master to watch. Or name it: kubectl exec cache-sentinel-0 -c sentinel -- bash ${at('files')}/decide.sh watch cache-0.`);
    put('hook.sh', `echo ${server(2)} >"$RUN/decision"`);
    const decided = start();
    expect({ master: decided.master, epochs: epochs(decided.conf) }).toEqual({ master: 'cache-2', epochs: ['sentinel leader-epoch mymaster 9', 'sentinel current-epoch 9'] });
  });

  test('does not start with an empty password, which would let everybody in', () => {
    [1, 2].forEach(i => voted(i, 0));
    put('password', '');
    const { status, log, conf } = start();
    expect({ status, log, conf }).toEqual({ status: 1, log: expect.stringContaining(`there is no password in ${at('password')}`) as string, conf: [] });
  });

  test('from the one that heard of the last failover', () => {
    voted(1, 3, 0, 3);
    voted(2, 3, 1, 12);
    expect(start().master).toBe('cache-1');
  });

  test('from as many as that, and not from whom answers first, who may know an old master', () => {
    voted(1, 12, 0, 12);
    voted(2, 3, 1, 3);
    put('hook.sh', '[[ $host$* != *sentinel-1.*\'sentinel master\'* ]] || [ -e "$T/asked" ] || { touch "$T/asked"; exit; }'); // the first time it is silent
    expect(start().master).toBe('cache-0');
  });

  test('else, if all others are new, from the one server that is the master', () => {
    others.forEach(i => isEmpty(`cache-sentinel-${i}`));
    runsAs(0, 'slave');
    runsAs(2, 'master');
    expect(start().master).toBe('cache-2');
    expect(calls().filter(call => /answer/.test(call))).toEqual(['answers empty cache-sentinel-0', 'stops answering']);
  });

  test.each([
    ['another one is silent', () => { isEmpty('cache-sentinel-1'); runsAs(2, 'master'); }, 'is new, and does not know whether the others are: no answer from cache-sentinel-2.'],
    ['another one answers for this one', () => { isEmpty('cache-sentinel-1'); isEmpty('cache-sentinel-2', 'empty cache-sentinel-0'); runsAs(2, 'master'); }, 'no answer from cache-sentinel-2.'],
    ['no server is the master', () => { others.forEach(i => isEmpty(`cache-sentinel-${i}`)); runsAs(0, 'slave'); }, 'is new, as all sentinels are, and 0 servers run as the master.'],
    ['two servers are', () => { others.forEach(i => isEmpty(`cache-sentinel-${i}`)); runsAs(0, 'master'); runsAs(1, 'master'); }, 'is new, as all sentinels are, and 2 servers run as the master.'],
  ])('waits while %s, and says what a person can do', (_, given, text) => {
    given();
    const { master, status, log } = start();
    expect({ master, status }).toEqual({ master: undefined, status: 124 });
    expect(log).toContain(text);
    expect(log).toContain(`Or name it: kubectl exec cache-sentinel-0 -c sentinel -- bash ${at('files')}/decide.sh watch cache-0.`);
    expect(existsSync(at('run/waiting'))).toBe(true);
  });

  test('watches what a person names while it waits, and not what was named before', () => {
    put('run/decision', server(2));
    expect(start().master).toBeUndefined();
    put('hook.sh', `echo ${server(2)} >"$RUN/decision"`);
    expect(start().master).toBe('cache-2');
  });

  test('gets a configuration from which it works', () => {
    put('files/users', 'web ~web:* +@read\n');
    put('users/web/password', 'x');
    [0, 1].forEach(i => voted(i, 0, 1, 0));
    const { conf, status } = start('cache-sentinel-2');
    expect(status).toBe(0);
    expect(conf).toEqual([
      'port 26379',
      `dir ${at('run')}`,
      'protected-mode yes',
      `requirepass ${QUOTED}`,
      `user web on #${createHash('sha256').update('x').digest('hex')} allchannels -@all +@connection +@pubsub -publish +info +role `
        + '+sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves +sentinel|sentinels',
      `sentinel sentinel-pass ${QUOTED}`,
      'sentinel resolve-hostnames yes',
      'sentinel announce-hostnames yes',
      `sentinel announce-ip ${sentinel(2)}`,
      'sentinel announce-port 26379',
      `sentinel monitor mymaster ${server(1)} 6379 2`,
      `sentinel auth-pass mymaster ${QUOTED}`,
      'sentinel down-after-milliseconds mymaster 5000',
      'sentinel failover-timeout mymaster 10000',
      'sentinel parallel-syncs mymaster 1',
    ]);
    expect(execFileSync('stat', ['-c', '%a', at('data/sentinel.conf')], { encoding: 'utf8' })).toBe('600\n');
    expect(calls()).not.toContain('the password is in the environment of the server');
    expect(existsSync(at('run/waiting'))).toBe(false);
  });

  const learned = [
    'sentinel myid 64ee8a5c4f2b0d5bd3e0c2d0ba3c4d4a6b0c1d2e',
    'sentinel config-epoch mymaster 4',
    'sentinel leader-epoch mymaster 5',
    'sentinel current-epoch 5',
    `sentinel known-replica mymaster ${server(0)} 6379`,
    `sentinel known-sentinel mymaster ${sentinel(1)} 26379 1ee8a5c4f2b0d5bd3e0c2d0ba3c4d4a6b0c1d2e6`,
  ];
  const old = (...more: string[]) => put('data/sentinel.conf', ['port 26379', 'requirepass "old"', `sentinel monitor mymaster ${server(2)} 6379 2`,
    'sentinel down-after-milliseconds mymaster 1000', 'user gone on nopass', ...learned, ...more, ''].join('\n'));

  test('that has a configuration keeps what it knows, and nothing of the settings', () => {
    old();
    knows(1, 0, { epoch: 9 }); // it hears of that from the others, by the protocol
    const { conf, master } = start();
    expect(master).toBe('cache-2');
    expect(conf).toEqual(expect.arrayContaining(learned));
    expect(conf).toContain('sentinel down-after-milliseconds mymaster 5000');
    expect(conf.filter(line => /old|gone|1000$/.test(line))).toEqual([]);
    expect(conf.findIndex(line => line.startsWith('sentinel monitor'))).toBeLessThan(conf.indexOf(learned[1]));
    expect(calls().filter(call => call.includes('26379'))).toEqual([]);
  });

  test('forgets members that are not declared any more, and a majority follows the count', () => {
    old(`sentinel known-replica mymaster ${server(4)} 6379`, `sentinel known-sentinel mymaster ${sentinel(4)} 26379 2ee8a5c4f2b0d5bd3e0c2d0ba3c4d4a6b0c1d2e6`);
    const quorum = (conf: string[]) => conf.filter(line => line.startsWith('sentinel monitor')).map(line => line.slice(-1));
    const known = (conf: string[]) => conf.filter(line => /known-(replica|sentinel)/.test(line)).map(line => /(cache-\S*?\d)\./.exec(line)?.[1]);
    put('servers', '5\n');
    put('sentinels', '5\n');
    const five = start().conf;
    expect([quorum(five), known(five)]).toEqual([['3'], ['cache-0', 'cache-4', 'cache-sentinel-1', 'cache-sentinel-4']]);
    put('servers', '2\n');
    put('sentinels', '3\n');
    const three = start().conf;
    expect([quorum(three), known(three)]).toEqual([['2'], ['cache-0', 'cache-sentinel-1']]);
  });

  test('that is started again keeps its configuration as it is', () => {
    old();
    const first = start().conf;
    expect(start().conf).toEqual(first);
  });

  test('of Redis before 5.0, whose replicas had another name, is read too', () => {
    old(`sentinel known-slave mymaster ${server(1)} 6379`);
    expect(start().conf).toContain(`sentinel known-slave mymaster ${server(1)} 6379`);
  });
});

describe('a real sentinel', () => {
  const missing = spawnSync('redis-sentinel', ['--version']).status === 0 ? undefined : 'needs redis-sentinel on PATH';
  const running = new Set<ChildProcess>();
  afterEach(async () => { for (const child of running) await end(child, 'SIGKILL'); running.clear(); });

  itUnless(missing)('whose volume was lost does not vote twice in one epoch', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const ask = (ordinal: number, ...words: string[]) => spawnSync('/usr/bin/redis-cli', ['-p', `${ports[ordinal]}`, ...words], { encoding: 'utf8', env: { REDISCLI_AUTH: 'secret' } }).stdout.trim().split('\n');
    const [one, other] = ['a', 'b'].map(letter => letter.repeat(40));
    const vote = (ordinal: number, epoch: number, whom: string) => ask(ordinal, 'sentinel', 'is-master-down-by-addr', '127.0.0.1', '6379', `${epoch}`, whom)[1];
    const serve = async (ordinal: number) => {
      running.add(spawn('/usr/bin/redis-sentinel', [at(`${ordinal}.conf`), '--port', `${ports[ordinal]}`], { stdio: 'ignore' }));
      await until(`sentinel ${ordinal}`, () => ask(ordinal, 'ping')[0] === 'PONG' || 'no answer');
    };
    put('password', 'secret');
    for (const ordinal of [0, 1, 2]) {
      put(`${ordinal}.conf`, `dir ${at('run')}\nrequirepass secret\nsentinel sentinel-pass secret\nsentinel monitor mymaster 127.0.0.1 6379 2\n`);
      await serve(ordinal);
    }
    expect([0, 1].map(ordinal => vote(ordinal, 5, one))).toEqual([one, one]); // two of three: elected
    for (const child of [...running].slice(0, 1)) await end(child, 'SIGKILL');

    program('redis-cli', '#!/bin/bash\nexec /usr/bin/redis-cli -p "$(sed -n "$(($(sed \'s/.*sentinel-\\([0-9]\\).*/\\1/\' <<<"$2") + 1))p" "$T/ports")" "${@:5}"\n');
    put('ports', ports.map(port => `${port}\n`).join(''));
    expect(run('cache-sentinel-0', 'start-sentinel.sh', { env: { PASSWORD_FILE: at('password') } })).toMatchObject({ status: 0 });
    put('0.conf', read('started'));
    await serve(0);
    expect(vote(0, 5, other)).toBe('*');
    expect(vote(0, 6, other)).toBe(other);
  }, 60_000);

  itUnless(missing)('says in a failover, too, in which epoch it has voted', async () => {
    const address = (last: number) => `127.0.79.${last}`;
    const ask = (last: number, port: number, ...words: string[]) => spawnSync('/usr/bin/redis-cli', ['-h', address(last), '-p', `${port}`, ...words], {
      encoding: 'utf8', env: last === 11 ? { REDISCLI_AUTH: 'secret' } : {},
    }).stdout.trim();
    const serve = (last: number, ...settings: string[]) => {
      const child = spawn('/usr/bin/redis-server', ['--bind', address(last), '--replica-announce-ip', address(last), '--protected-mode', 'no', '--save', '', '--dir', at('run'), '--dbfilename', `${last}.rdb`, ...settings], { stdio: 'ignore' });
      running.add(child);
      return child;
    };
    put('password', 'secret');
    put('sentinel.conf', `dir ${at('run')}\nbind ${address(11)}\nrequirepass secret\nsentinel sentinel-pass secret\nsentinel monitor mymaster ${address(1)} 6379 1\n`
      + 'sentinel down-after-milliseconds mymaster 60000\n');
    serve(1, '--repl-diskless-sync-delay', '0');
    serve(2, '--replicaof', address(1), '6379');
    const last = serve(3, '--replicaof', address(1), '6379', '--replica-priority', '0');
    await until('two replicas', () => ask(1, 6379, 'info', 'replication').match(/state=online/g)?.length === 2 || 'not yet');
    running.add(spawn('/usr/bin/redis-sentinel', [at('sentinel.conf')], { stdio: 'ignore' }));
    await until('it knows them', () => ask(11, 26379, 'sentinel', 'replicas', 'mymaster').match(/^master-link-status\nok$/gm)?.length === 2 || 'not yet');
    last.kill('SIGSTOP'); // the failover goes on until it is reconfigured
    await until('a failover', () => ask(11, 26379, 'sentinel', 'failover', 'mymaster') === 'OK' || 'not yet');
    await until('the next master', () => ask(11, 26379, 'sentinel', 'get-master-addr-by-name', 'mymaster').startsWith(address(2)) || 'not yet');
    expect(ask(11, 26379, 'sentinel', 'master', 'mymaster')).toContain('failover_in_progress');

    program('redis-cli', `#!/bin/bash\n[[ $2 = cache-sentinel-1.* ]] && exec /usr/bin/redis-cli -h ${address(11)} "\${@:3}"\n`);
    isEmpty('cache-sentinel-2');
    expect(run('cache-sentinel-0', 'start-sentinel.sh', { env: { PASSWORD_FILE: at('password') } })).toMatchObject({ status: 0 });
    expect(read('started')).toContain('sentinel leader-epoch mymaster 1\n');
  }, 60_000);
});

describe('decide.sh', () => {
  const decision = () => existsSync(at('run/decision')) ? read('run/decision') : undefined;
  const refuses = (pod: string, args: string[], text: string) => {
    expect(decisions(pod, ...args)).toEqual({ status: 1, out: '', log: `refused: ${text}\n` });
    expect(decision()).toBeUndefined();
  };

  test('lead: a server that waits starts as the master', () => {
    waits();
    expect(decisions('cache-1', 'lead')).toEqual({ status: 0, log: '', out: 'decided: lead. The log of cache-1 shows what it does next.\n' });
    expect(decision()).toBe('lead\n');
  });

  test('lead is refused beside a master', () => {
    waits();
    runsAs(2, 'master');
    refuses('cache-1', ['lead'], "cache-2 runs as the master. Say 'follow cache-2'.");
  });

  test('lead is refused beside two masters', () => {
    waits();
    runsAs(2, 'master');
    runsAs(0, 'master');
    const { status, log } = decisions('cache-1', 'lead');
    expect({ status, decision: decision() }).toEqual({ status: 1, decision: undefined });
    expect(log).toMatch(/^refused: cache-[02] runs as the master\. Say 'follow cache-[02]'\.\n$/);
  });

  test('follow: a server that waits starts as a replica', () => {
    waits();
    runsAs(2, 'master');
    expect(decisions('cache-1', 'follow', 'cache-2')).toMatchObject({ status: 0 });
    expect(decision()).toBe(`follow ${server(2)}\n`);
  });

  test('watch: a sentinel that waits watches a server', () => {
    waits();
    runsAs(2, 'master');
    expect(decisions('cache-sentinel-0', 'watch', 'cache-2')).toMatchObject({ status: 0 });
    expect(decision()).toBe(`${server(2)}\n`);
  });

  test.each([
    ['cache-1', ['lead']],
    ['cache-1', ['follow', 'cache-2']],
    ['cache-sentinel-0', ['watch', 'cache-2']],
  ])('in %s, which does not wait, %p is refused', (pod, args) => {
    runsAs(2, 'master');
    refuses(pod, args, `${pod} is not waiting for a decision.`);
  });

  test.each([
    ['cache-1', 'follow'],
    ['cache-sentinel-0', 'watch'],
  ])('in %s, %s names a server that runs as the master', (pod, word) => {
    waits();
    runsAs(0, 'slave');
    const advice = 'If no server does, choose the one with the newest data. There: decide.sh lead.';
    refuses(pod, [word, 'cache-0'], `cache-0 does not run as the master. ${advice}`);
    refuses(pod, [word, 'cache-2'], `cache-2 does not run as the master. ${advice}`);
    for (const name of ['other-1', 'cache-sentinel-0', 'cache-1.evil', '', 'cache-']) {
      refuses(pod, [word, name], `'${name}' is not a server of this database. Use cache-0, for example.`);
    }
    refuses(pod, [word], "'' is not a server of this database. Use cache-0, for example.");
  });

  test('electable: the sentinels may choose a replica that has not copied the master', () => {
    replies('127.0.0.1', 6379, 'info replication', 'role:slave', 'master_link_status:down');
    replies('127.0.0.1', 6379, 'config set replica-priority 100', 'OK');
    expect(decisions('cache-1', 'electable')).toEqual({ status: 0, log: '', out: 'decided: the sentinels may make cache-1 the master.\n' });
    expect(calls()).toContain('127.0.0.1:6379 config set replica-priority 100');
  });

  test.each([
    ['a master', () => replies('127.0.0.1', 6379, 'info replication', 'role:master'), 'cache-1 does not run as a replica: nothing to decide.'],
    ['a server that waits', waits, 'cache-1 does not run as a replica: nothing to decide.'],
    ['a replica that does not take it', () => replies('127.0.0.1', 6379, 'info replication', 'role:slave'), 'the server does not answer.'],
  ])('electable is refused in %s', (_, given, text) => {
    given();
    refuses('cache-1', ['electable'], text);
  });

  test('start: only where there is one server', () => {
    waits();
    expect(run('cache-0', 'decide.sh', { args: ['start'], env: { SENTINEL_SET: '' } })).toEqual({ status: 0, log: '', out: 'decided: start. The log of cache-0 shows what it does next.\n' });
    rmSync(at('run/decision'));
    expect(run('cache-0', 'decide.sh', { args: ['lead'], env: { SENTINEL_SET: '' } }).log).toContain("refused: 'lead' is not a decision for cache-0");
  });

  test.each([
    ['cache-1', ['start'], "'start'"],
    ['cache-1', ['watch', 'cache-2'], "'watch cache-2'"],
    ['cache-1', [], "''"],
    ['cache-1', ['found'], "'found'"],
    ['cache-sentinel-0', ['lead'], "'lead'"],
    ['cache-sentinel-0', ['follow', 'cache-2'], "'follow cache-2'"],
    ['cache-sentinel-0', ['electable'], "'electable'"],
  ])('in %s, %p is no decision', (pod, args, got) => {
    waits();
    runsAs(2, 'master');
    refuses(pod, args, `${got} is not a decision for ${pod}: see the head of ${at('files')}/decide.sh.`);
  });
});
