import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SRC = join(__dirname, '../../src');
const SCRIPTS = ['ensemble.sh', 'start.sh', 'keep.sh', 'probe.sh', 'stop.sh', 'decide.sh', 'members.sh'];

/**
 * The real scripts, with a stub in place of the network: what a peer answers lies in a file. Time passes quickly, and a script that has
 * waited for as many rounds as it may ends with 124, as `timeout` does.
 */
const NETWORK = `
tell() { cat "$PEERS/\${1%%.*}.$2" 2>/dev/null || :; }
ask() { cat "$PEERS/\${1%%.*}.founding" 2>/dev/null || :; }
answer_empty() { echo "answers empty" >&2; }
stop_answering() { :; }
# The rounds of a founder are those of what asks the others beside it.
trap 'exit 124' USR1
pause() {
  [ "$BASHPID" = $$ ] && [ -n "\${asking-}" ] || paused=$((\${paused:-0} + 1))
  [ "\${paused:-0}" -le "$ROUNDS" ] || { kill -USR1 $$; exit 124; }
  SECONDS=$((SECONDS + \${1%.*} * \${PASSES:-1}))
  sleep 0.02
}
`;

let root: string;
const at = (...path: string[]) => join(root, ...path);
const read = (...path: string[]) => readFileSync(at(...path), 'utf8');
const put = (path: string, text: string) => {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
};
const program = (name: string, text: string) => {
  put(`bin/${name}`, `#!/bin/bash\n${text}\n`);
  chmodSync(at('bin', name), 0o755);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zookeeper-'));
  for (const folder of ['files', 'data', 'log', 'run', 'peers', 'bin']) mkdirSync(at(folder));
  for (const script of SCRIPTS) copyFileSync(join(SRC, 'zookeeper', script), at('files', script));
  for (const name of ['founding.sh', 'lock.sh']) copyFileSync(join(SRC, 'kit/founding', name), at(`files/${name}`));
  appendFileSync(at('files/ensemble.sh'), NETWORK);
  put('files/zoo.cfg', 'tickTime=2000\nreconfigEnabled=true\n');
  put('members', '3\n');
  program('zkServer.sh', 'echo "started $2 with $SERVER_JVMFLAGS"');
  program('zkCli.sh', `cat >>${at('asked')}; cat ${at('reply')} 2>/dev/null || echo "Committed new configuration:"`);
});
afterEach(() => { rmSync(root, { recursive: true }); });

const environment = (pod: string, more: object = {}) => ({
  ...process.env,
  PATH: `${at('bin')}:${process.env.PATH}`,
  HOSTNAME: pod,
  SET_DOMAIN: 'zk-headless.shop',
  DATA_DIR: at('data'),
  RUN_DIR: at('run'),
  PEERS: at('peers'),
  MEMBERS_FILE: at('members'),
  DECISION_FILE: at('run/decision'),
  CONTAINER_LOG: '',
  STOP_BOUND: '60',
  FOUNDING_PAUSE: '0.2',
  KEEP_FIRST_PAUSE: '0.2',
  KEEP_PATIENCE: '0',
  ...more,
});

interface Run { readonly status: number | null; readonly out: string; readonly log: string }

interface RunOptions { readonly args?: string[]; readonly rounds?: number; readonly seconds?: number; readonly env?: object }

/** Runs a script until it ends by itself, or has waited for some rounds or for as long as given: then its status is 124. */
function run(pod: string, script: string, { args = [], rounds = 5, seconds = 20, env = {} }: RunOptions = {}): Run {
  // A limit of its own, too: a process left behind would keep the pipes open.
  const { status, stdout, stderr } = spawnSync('timeout', [`${seconds}`, 'bash', at('files', script), ...args], {
    env: environment(pod, { ROUNDS: `${rounds}`, ...env }), encoding: 'utf8', timeout: seconds * 1000 + 5000,
  });
  return { status, out: stdout, log: stderr };
}

/** What it starts beside the server would outlive the test. */
function start(pod: string, options: RunOptions = {}): Run {
  put('files/keep.sh', '');
  return run(pod, 'start.sh', options);
}
const line = (ordinal: number, role = 'participant') => `server.${ordinal + 1}=zk-${ordinal}.zk-headless.shop:2888:3888:${role};2181`;
const lines = (...ordinals: number[]) => ordinals.map(ordinal => line(ordinal)).join('\n') + '\n';

function empty(pod: string): void { put(`peers/${pod}.founding`, `empty ${pod}\n`); }
function serves(pod: string, membership: string, { mode = 'follower', version = '200000001' } = {}): void {
  put(`peers/${pod}.srvr`, `Zxid: 0x1\nMode: ${mode}\n`);
  put(`peers/${pod}.conf`, `peerType=0\nmembership: \n${membership}version=${version}`);
}
/** The server of the member itself. */
const serving = (membership: string, mode = 'follower') => {
  serves('127', membership, { mode });
  put('run/super', 'secret\n');
};
const searches = (pod: string) => put(`peers/${pod}.srvr`, 'This ZooKeeper instance is not currently serving requests\n');

/** A volume that was in use, with this membership of this version. */
function used(ordinal: number, membership: string, version = '.100000000'): void {
  put('data/version-2/snapshot.0', 'x');
  put('data/version-2/log.100000001', 'x');
  put('data/version-2/currentEpoch', '1');
  put('data/version-2/acceptedEpoch', '2');
  put('data/myid', `${ordinal + 1}\n`);
  put(`data/membership/zoo.cfg.dynamic${version}`, membership);
}
const memberships = () => readdirSync(at('data/membership')).filter(name => name.startsWith('zoo.cfg.dynamic')).sort();

describe('an empty volume', () => {
  test('of ordinal 0 founds nothing while another member is silent', () => {
    empty('zk-1');
    const { status, log } = start('zk-0');
    expect(status).toBe(124);
    expect(log).toContain('zk-2: does not answer');
    expect(log).not.toContain('zk-1:');
    expect(log).toContain('kubectl exec zk-0 -c zookeeper -- bash');
    expect(existsSync(at('data/initialize'))).toBe(false);
  });

  test('of ordinal 0 founds nothing beside a server that finds no majority', () => {
    empty('zk-1');
    searches('zk-2');
    const { status, log } = start('zk-0');
    expect(status).toBe(124);
    expect(log).toContain('zk-2: runs a server that finds no majority');
  });

  test('of ordinal 0 founds when all others are empty, alone, and with a database that is trusted', () => {
    empty('zk-1');
    empty('zk-2');
    const { status, out } = start('zk-0');
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`^started ${at('data/membership/zoo.cfg')} with +-Dzookeeper.db.autocreate=false -D\\S+superDigest=super:\\S{27}=$`, 'm'));
    expect(read('data/membership/zoo.cfg')).toContain(`dynamicConfigFile=${at('data/membership/zoo.cfg.dynamic')}\n`);
    expect(read('data/membership/zoo.cfg.dynamic')).toBe(`${line(0)}\n`);
    expect(read('data/myid')).toBe('1\n');
    expect(existsSync(at('data/initialize'))).toBe(true);
  });

  test.each(['zk-0', 'zk-2'])('of %s joins without a vote whoever serves, though it had one', pod => {
    serves('zk-1', lines(0, 1, 2));
    const ordinal = Number(pod.slice(-1));
    const { status, log } = start(pod);
    expect({ status, log }).toMatchObject({ status: 0, log: expect.stringContaining('joining the ensemble of zk-1.zk-headless.shop, without a vote') });
    expect(read('data/membership/zoo.cfg.dynamic').trim().split('\n').sort()).toEqual([0, 1, 2].map(i => line(i, i === ordinal ? 'observer' : 'participant')));
    expect(existsSync(at('data/initialize'))).toBe(false);
  });

  test('of another ordinal never founds: it answers, and waits', () => {
    empty('zk-0');
    empty('zk-2');
    const { status, log } = start('zk-1');
    expect(status).toBe(124);
    expect(log).toContain('answers empty');
    expect(log).toContain('zk-0 founds the ensemble');
  });

  test('of a founder that crashed before its first transaction is empty still', () => {
    put('data/version-2/snapshot.0', 'half of i');
    put('data/myid', '1\n');
    put('data/membership/founding', '');
    put('data/membership/zoo.cfg.dynamic', `${line(0)}\n`);
    empty('zk-1');
    expect(start('zk-0').status).toBe(124);
    empty('zk-2');
    expect(start('zk-0').status).toBe(0);
    expect(existsSync(at('data/version-2'))).toBe(false);
    expect(existsSync(at('data/initialize'))).toBe(true);
  });

  test('of a founder with a transaction is not empty', () => {
    used(0, `${line(0)}\n`);
    put('data/membership/founding', '');
    expect(start('zk-0')).toMatchObject({ status: 0 });
    expect(existsSync(at('data/initialize'))).toBe(false);
  });

  test('has the mark of the founder in the folder of the log, where ZooKeeper looks for it', () => {
    put('members', '1\n');
    expect(start('zk-0', { env: { DATA_LOG_DIR: at('log') } })).toMatchObject({ status: 0 });
    expect(existsSync(at('log/initialize'))).toBe(true);
    expect(read('log/member')).toBe('1\n');
  });
});

describe('a volume with data', () => {
  test('starts with its newest membership, and asks nobody whether it may', () => {
    used(1, lines(0), '');
    put('data/membership/zoo.cfg.dynamic.90000000a', lines(0, 1));
    put('data/membership/zoo.cfg.dynamic.a00000001', lines(0, 1, 2));
    put('data/membership/zoo.cfg.dynamic.next', lines(0, 1, 2));
    expect(start('zk-1')).toMatchObject({ status: 0, out: expect.stringContaining('started') });
    expect(memberships()).toEqual(['zoo.cfg.dynamic.a00000001', 'zoo.cfg.dynamic.next']);
    expect(read('data/membership/zoo.cfg')).toContain('dynamic.a00000001\n');
  });

  test('that the ensemble serves without joins anew, without its old data', () => {
    used(2, lines(0, 1, 2));
    serves('zk-0', lines(0, 1));
    const { status, log } = start('zk-2');
    expect({ status, log }).toMatchObject({ status: 0, log: expect.stringContaining('moving its old data to') });
    expect(readdirSync(at('data/previous/version-2'))).toContain('log.100000001');
    expect(existsSync(at('data/version-2'))).toBe(false);
    expect(read('data/membership/zoo.cfg.dynamic')).toBe(`${lines(0, 1)}${line(2, 'observer')}\n`);
  });

  test('of an earlier ensemble of the same name is not mixed with that which serves', () => {
    used(2, lines(0, 1, 2), '.900000000');
    serves('zk-0', lines(0, 1), { version: '200000001' });
    const { status, log } = start('zk-2');
    expect(status).toBe(124);
    expect(log).toContain('this is the data of an earlier ensemble');
    expect(existsSync(at('data/version-2/log.100000001'))).toBe(true);
  });

  test('without a vote waits for a member that serves', () => {
    used(2, `${lines(0, 1)}${line(2, 'observer')}\n`, '');
    const { status, log } = start('zk-2');
    expect(status).toBe(124);
    expect(log).toContain('has no vote in the membership that it knows');
  });

  test('that was about to get a vote when it stopped is needed for a majority', () => {
    used(1, lines(0));
    put('data/membership/zoo.cfg.dynamic.next', lines(0, 1));
    expect(start('zk-1')).toMatchObject({ status: 0 });
    expect(read('data/membership/zoo.cfg.dynamic.100000000')).toBe(`${lines(0)}${line(1, 'observer')}\n`);
    expect(memberships()).toContain('zoo.cfg.dynamic.next');
  });

  test('of another member is refused', () => {
    used(0, lines(0, 1, 2));
    expect(start('zk-1')).toMatchObject({ status: 1, log: expect.stringContaining("myid contains '1', but zk-1 is member 2: this is the volume of another member") });
  });

  test('of another ensemble waits for a person', () => {
    used(1, lines(0, 1, 2).replace(/shop/g, 'other'));
    expect(start('zk-1')).toMatchObject({ status: 124, log: expect.stringContaining('this volume belongs to another ensemble') });
  });

  test('without a record of its ensemble waits for a person', () => {
    put('data/version-2/log.1', 'x');
    put('data/myid', '2');
    const { status, log } = start('zk-1');
    expect(status).toBe(124);
    expect(log).toContain('decide.sh members zk-0 zk-1 zk-2');
  });

  test('and a log volume that was lost is refused', () => {
    used(1, lines(0, 1, 2));
    expect(start('zk-1', { env: { DATA_LOG_DIR: at('log') } })).toMatchObject({ status: 1, log: expect.stringContaining('the most recent transactions are missing') });
    put('log/member', '2\n');
    expect(start('zk-1', { env: { DATA_LOG_DIR: at('log') } })).toMatchObject({ status: 0 });
  });

  test('that is lost beside its log is refused', () => {
    put('log/version-2/log.1', 'x');
    expect(start('zk-1', { env: { DATA_LOG_DIR: at('log') } })).toMatchObject({ status: 1, log: expect.stringContaining('has a log') });
  });

  test.each(['data/data/version-2/log.1', 'data/PG_VERSION', 'data/.secret'])('of another server is refused: %s', path => {
    put(path, 'x');
    expect(start('zk-0')).toMatchObject({ status: 1, log: expect.stringContaining(`contains '${path.split('/')[1]}', which ZooKeeper did not write`) });
  });

  test('and lost+found is no foreign data', () => {
    mkdirSync(at('data/lost+found'));
    put('members', '1\n');
    expect(start('zk-0')).toMatchObject({ status: 0 });
  });

  test('that another server uses is left to it', () => {
    used(0, lines(0));
    const other = spawn('flock', [at('data/.lock'), 'sleep', '20']);
    try {
      execFileSync('sh', ['-c', `until ! flock -n ${at('data/.lock')} true 2>/dev/null; do sleep 0.05; done`]);
      expect(start('zk-0', { seconds: 5 })).toMatchObject({ status: 124, log: expect.stringContaining('another Pod is still using this volume') });
    } finally {
      other.kill();
    }
  });
});

describe('a person', () => {
  test('lets an empty member found', () => {
    put('run/waiting', 'empty\n');
    expect(run('zk-0', 'decide.sh', { args: ['found'] })).toMatchObject({ status: 0 });
    expect(start('zk-0')).toMatchObject({ status: 0, log: expect.stringContaining('decided with decide.sh: found') });
    expect(existsSync(at('run/decision'))).toBe(false);
  });

  test.each([
    ['another ordinal', 'zk-1', () => put('run/waiting', 'empty\n'), 'only zk-0 founds the ensemble; zk-1 joins it'],
    ['a member that runs', 'zk-0', () => undefined, 'is not waiting with an empty volume'],
    ['a member with data', 'zk-0', () => put('run/waiting', 'data\n'), 'is not waiting with an empty volume'],
    ['beside data', 'zk-0', () => { put('run/waiting', 'empty\n'); searches('zk-2'); }, 'zk-2 runs a server that finds no majority. A new, empty ensemble would lose that data'],
  ])('is refused a founding: %s', (_, pod, given, message) => {
    given();
    expect(run(pod, 'decide.sh', { args: ['found'] })).toMatchObject({ status: 1, log: expect.stringContaining(message) });
    expect(existsSync(at('run/decision'))).toBe(false);
  });

  test('names the members whose data is left, newer than any membership of the past', () => {
    used(2, lines(0, 1, 2), '.200000001');
    put('run/waiting', 'data\n');
    expect(run('zk-2', 'decide.sh', { args: ['members', 'zk-2'] })).toMatchObject({ status: 0 });
    expect(start('zk-2')).toMatchObject({ status: 0 });
    expect(memberships()).toEqual(['zoo.cfg.dynamic.300000000']);
    expect(read('data/membership/zoo.cfg.dynamic.300000000')).toBe(lines(2));
    expect(existsSync(at('data/membership/decided'))).toBe(false);
  });

  test.each([
    ['no data', () => undefined, ['zk-2'], 'the volume of zk-2 has no data'],
    ['it serves', () => { used(2, lines(2)); serving(lines(0, 1, 2)); }, ['zk-2'], 'zk-2 is serving, so the ensemble has a majority'],
    ['another serves', () => { used(2, lines(2)); serves('zk-0', lines(0, 1, 2)); }, ['zk-2'], 'zk-0 is serving. Delete the claim'],
    ['not itself', () => used(2, lines(2)), ['zk-1'], 'zk-2 is not among them'],
    ['a stranger', () => used(2, lines(2)), ['zk-2', 'other-1'], "'other-1' is not a member of this set"],
  ])('is refused other members: %s', (_, given, args, message) => {
    given();
    expect(run('zk-2', 'decide.sh', { args: ['members', ...args] })).toMatchObject({ status: 1, log: expect.stringContaining(message) });
  });

  test('lets a member leave, and it does not ask for its vote again', () => {
    serving(lines(0, 1, 2));
    serves('zk-0', lines(0, 1));
    expect(run('zk-2', 'members.sh', { args: ['leave'] })).toMatchObject({ status: 0, out: 'zk-2 has left. Members: zk-0 zk-1\n' });
    expect(read('asked')).toContain('reconfig -remove 3\n');
    serving(lines(0, 1));
    expect(run('zk-2', 'keep.sh').log).toContain('has left the ensemble, as requested with members.sh');
    expect(read('asked')).not.toContain('-add');
  });

  test('hears why a member cannot leave', () => {
    serving(lines(0, 1, 2));
    put('reply', '[zk: 127.0.0.1:2181(CONNECTED) 0] addauth digest super:secret\n[zk: 127.0.0.1:2181(CONNECTED) 2] No quorum of new config is connected\n');
    const { status, log } = run('zk-2', 'members.sh', { args: ['leave'] });
    expect(status).toBe(1);
    expect(log).toContain('refused: No quorum of new config is connected');
    expect(log).not.toContain('secret');
    expect(existsSync(at('run/left'))).toBe(false);
  });

  test('sees the members', () => {
    serving(`${lines(0, 1)}${line(2, 'observer')}\n`);
    serves('zk-0', lines(0), { mode: 'leader' });
    searches('zk-1');
    expect(run('zk-0', 'members.sh').out).toBe([
      'zk-0: participant, has data and serves as leader', 'zk-1: participant, runs a server that finds no majority', 'zk-2: observer, does not answer', '',
    ].join('\n'));
  });
});

describe('beside the server', () => {
  const keep = (pod: string, env = {}) => run(pod, 'keep.sh', { env }).log;
  const asked = () => existsSync(at('asked')) ? read('asked') : '';

  test('a declared member asks for its vote', () => {
    serving(lines(0));
    expect(keep('zk-1')).toContain('has the data, and now has a vote');
    expect(asked()).toContain(`addauth digest super:secret\nreconfig -add ${line(1)}\n`);
  });

  test('a member that is not declared does not', () => {
    serving(lines(0, 1, 2));
    expect(keep('zk-3')).toContain('the manifests declare only 3 members, without this one');
    expect(asked()).toBe('');
  });

  test('who is neither declared nor there is removed, after a while', () => {
    serving(lines(0, 1, 2, 3, 4));
    expect(keep('zk-0', { KEEP_PATIENCE: '60' })).not.toContain('removed');
    expect(keep('zk-0')).toContain('removed from the ensemble, as the manifests declare 3 members: zk-3 zk-4');
    expect(asked()).toContain('reconfig -remove 4,5\n');
  });

  test('who answers is not removed, nor is a declared member that is down', () => {
    serving(lines(0, 1, 2, 3, 4));
    searches('zk-3');
    serves('zk-4', lines(0, 1, 2, 3, 4));
    keep('zk-0');
    expect(asked()).toBe('');
  });

  test('a member whose number of members cannot be read removes nobody', () => {
    put('members', '\n');
    serving(lines(0, 1, 2, 3, 4));
    expect(keep('zk-0')).toContain('does not contain the number of members');
    expect(asked()).toBe('');
  });

  test('without a majority the log says who is missing, and the way back from too large a step', () => {
    put('members', '1\n');
    put('data/membership/zoo.cfg.dynamic', lines(0, 1, 2));
    put('data/membership/zoo.cfg', `dynamicConfigFile=${at('data/membership/zoo.cfg.dynamic')}\n`);
    expect(keep('zk-0')).toContain('no majority of the 3 members answers. Not answering: zk-1 zk-2. The manifests declare only 1 members: a majority was removed at once. Set `members` back to 3');
  });

  test('a founder is ready when a majority of the declared members has joined', () => {
    put('data/membership/founding', '');
    serving(lines(0), 'leader');
    keep('zk-0');
    expect(run('zk-0', 'probe.sh', { args: ['ready'] })).toMatchObject({ status: 1, out: expect.stringContaining('founding the ensemble') });
    serving(lines(0, 1), 'leader');
    keep('zk-0');
    expect(run('zk-0', 'probe.sh', { args: ['ready'] })).toMatchObject({ status: 0 });
  });
});

describe('probes', () => {
  const probe = (what: string) => run('zk-1', 'probe.sh', { args: [what] }).status;

  test('a member is alive while it answers, or waits', () => {
    expect(probe('alive')).toBe(1);
    put('peers/127.ruok', 'imok');
    expect(probe('alive')).toBe(0);
    rmSync(at('peers/127.ruok'));
    put('run/waiting', 'empty\n');
    expect(probe('alive')).toBe(0);
  });

  test('a server that starts is alive for ten minutes, and from its first answer while it answers', () => {
    put('run/starting', '');
    expect(probe('alive')).toBe(0);
    utimesSync(at('run/starting'), 0, 0);
    expect(probe('alive')).toBe(1);
    put('run/starting', '');
    put('peers/127.ruok', 'imok');
    expect(probe('alive')).toBe(0);
    rmSync(at('peers/127.ruok'));
    expect(probe('alive')).toBe(1);
  });

  test.each([['leader', 0], ['follower', 0], ['observer', 1]])('a voting member is ready as a %s: %i', (mode, status) => {
    serving(lines(0, 1, 2), mode);
    expect(probe('ready')).toBe(status);
  });

  test('a member without a vote, or a majority, is not ready', () => {
    serving(lines(0, 2));
    expect(probe('ready')).toBe(1);
    rmSync(at('peers/127.conf'));
    searches('127');
    expect(probe('ready')).toBe(1);
  });
});

describe('a member that is about to stop', () => {
  const stop = (rounds?: number, env = {}) => run('zk-2', 'stop.sh', { rounds, env });

  test('goes at once where the others are a majority', () => {
    serving(lines(0, 1, 2));
    serves('zk-0', lines(0, 1, 2));
    serves('zk-1', lines(0, 1, 2), { mode: 'leader' });
    expect(stop(0)).toMatchObject({ status: 0, log: '' });
  });

  test('waits while they are none, says so, and goes in the end', () => {
    serving(lines(0, 1, 2));
    serves('zk-1', lines(0, 1, 2));
    searches('zk-0');
    expect(stop(1)).toMatchObject({ status: 124, log: expect.stringContaining('without this member, only 1 of 3 members serve, which is not a majority. Not serving: zk-0.') });
    expect(stop(5, { PASSES: '30' })).toMatchObject({ status: 0, log: expect.stringContaining('zk-0 did not come back within 60 s') });
  });

  test('waits for nobody if it is alone, has no vote, or serves nobody', () => {
    serving(lines(2));
    expect(stop(0).status).toBe(0);
    serving(lines(0, 1));
    expect(stop(0).status).toBe(0);
    rmSync(at('peers/127.conf'));
    expect(stop(0).status).toBe(0);
  });
});
