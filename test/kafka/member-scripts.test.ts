import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * The scripts of a member run here as in a Pod, but for three things that a test tells them: what other members answer, at which
 * ports they listen, and what Kafka's tools print. Time passes quickly, and a script that has waited for as many rounds as it may ends
 * with 124, as `timeout` does.
 */
const SCRIPTS = path.join(__dirname, '../../src/kafka/member');
const FOUNDING = path.join(__dirname, '../../src/kit/founding/founding.sh');
const CLUSTER_ID = 'FTQlTLE15zMQrR-kSsKvHg';

const STANDINS = `
ask() { echo "$1" >>"$T/asked"; cat "$T/answers/$1" 2>/dev/null || :; }
listens() { [ -e "$T/ports/$1:$2" ]; }
answer() { echo "answers $1" >>"$T/calls"; }
stop_answering() { echo 'stops answering' >>"$T/calls"; }
pause() { paused=$((\${paused:-0} + 1)); [ "$paused" -le "$ROUNDS" ] || exit 124; SECONDS=$((SECONDS + \${1%.*})); sleep 0.02; }
`;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kafka-member-'));
  for (const name of ['answers', 'ports', 'bin', 'marks', 'data']) fs.mkdirSync(path.join(folder, name));
  for (const script of fs.readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'))) fs.copyFileSync(path.join(SCRIPTS, script), path.join(folder, script));
  fs.appendFileSync(path.join(folder, 'member.sh'), STANDINS);
  fs.copyFileSync(FOUNDING, path.join(folder, 'founding.sh'));
  write('server.properties', 'process.roles=x\n');
  tool('kafka-storage', 'mkdir -p "$DATA/logs"; echo directory.id=new >"$DATA/logs/meta.properties"');
  tool('kafka-server-start', 'cp "$1" "$T/started"');
  member({});
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

function tool(name: string, script: string): void {
  fs.writeFileSync(path.join(folder, 'bin', `${name}.sh`), `#!/bin/bash\necho "${name} $*" >>"$T/calls"\n${script}\n`, { mode: 0o755 });
}

const prints = (...lines: string[]) => `cat <<'E'\n${lines.join('\n')}\nE`;
const calls = () => fs.existsSync(path.join(folder, 'calls')) ? fs.readFileSync(path.join(folder, 'calls'), 'utf8').trimEnd().split('\n') : [];
const formats = () => calls().filter(call => call.startsWith('kafka-storage')).map(call => call.replace(/.*server\.properties ?/, ''));
const settled = () => fs.existsSync(path.join(folder, 'marks/settled'));
const hostOf = (name: string) => `${name}.${name.replace(/-\d+$/, '')}-headless.shop.svc`;
const says = (name: string, answer = `empty ${name}`) => write(`answers/${hostOf(name)}`, answer);
const listens = (name: string, port: number) => write(`ports/${name === '127.0.0.1' ? name : hostOf(name)}:${port}`, '');
const meta = (nodeId: string, cluster = CLUSTER_ID, directory = 'mine') => {
  fs.mkdirSync(path.join(folder, 'data/logs'), { recursive: true });
  write('data/logs/meta.properties', `version=1\ncluster.id=${cluster}\nnode.id=${nodeId}\ndirectory.id=${directory}\n`);
};

interface Settings { readonly roles?: string; readonly members?: number; readonly controllers?: number; readonly dedicated?: 'brokers' | 'controllers'; readonly brokers?: number; readonly stopSeconds?: number }

function member({ roles = 'broker,controller', members = 3, controllers = members, dedicated, brokers: brokersOf = 2, stopSeconds = 1 }: Settings): void {
  const set = dedicated === 'controllers' ? 'events-controller' : 'events';
  const controllerSet = dedicated === undefined ? 'events' : 'events-controller';
  const brokers = dedicated === 'controllers' ? `BROKER_SET=events\nBROKER_DOMAIN=events-headless.shop.svc\nBROKERS_FILE=${folder}/brokers\n` : '';
  write('member.conf', `${brokers}ROLES=${roles}\nSET=${set}\nDOMAIN=${set}-headless.shop.svc\nID_PREFIX=${dedicated === 'controllers' ? '300' : ''}\n` +
    `CONTROLLER_SET=${controllerSet}\nCONTROLLER_DOMAIN=${controllerSet}-headless.shop.svc\nCONTROLLER_PORT=9093\nBROKER_PORT=${dedicated === 'controllers' ? '' : 9092}\n` +
    `CONTROLLERS_FILE=${folder}/controllers\nSTOP_SECONDS=${stopSeconds}\n`);
  write('members', `${members}\n`);
  write('controllers', `${controllers}\n`);
  write('brokers', `${brokersOf}\n`);
}

function run(script: string, name = 'events-1', rounds = 20, ...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('timeout', ['25', 'bash', path.join(folder, `${script}.sh`), ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      T: folder,
      ROUNDS: `${rounds}`,
      HOSTNAME: name,
      CLUSTER_ID,
      DATA: path.join(folder, 'data'),
      MARKS: path.join(folder, 'marks'),
      KAFKA_BIN: path.join(folder, 'bin'),
      MEMBERS_FILE: path.join(folder, 'members'),
      DECISION_FILE: path.join(folder, 'marks/decision'),
      FOUNDING_PAUSE: '0.1',
      SETTLE_PAUSE: '0',
      TERMINATION_LOG: path.join(folder, 'termination'),
      CONTAINER_LOG: path.join(folder, 'log'),
    },
  });
  return { status, stdout, stderr };
}

/** Starts a member without what runs beside it. */
function start(name: string, rounds?: number) {
  write('settle.sh', '');
  const result = run('start', name, rounds);
  return { ...result, started: fs.existsSync(path.join(folder, 'started')) ? fs.readFileSync(path.join(folder, 'started'), 'utf8') : undefined };
}

/** The controllers as they answer a broker that asks whom it may believe. */
const followed = (...rows: string[]) => tool('kafka-metadata-quorum', prints('NodeId\tDirectoryId\tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus', ...rows));

const partition = (number: number, fields: { leader?: string; replicas?: string; isr?: string; elr?: string; last?: string }) =>
  `\tTopic: orders\tPartition: ${number}\tLeader: ${fields.leader ?? '0'}\tReplicas: ${fields.replicas ?? '0,1,2'}\tIsr: ${fields.isr ?? '0,2'}\tElr: ${fields.elr ?? ''}\tLastKnownElr: ${fields.last ?? ''}`;
const topic = 'Topic: orders\tTopicId: x\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: min.insync.replicas=2';

describe('a volume', () => {
  test('with the data of this member starts as it is, with the addresses of the other controllers', () => {
    meta('1');
    expect(start('events-1').started).toBe('process.roles=x\ncontroller.quorum.bootstrap.servers=events-0.events-headless.shop.svc:9093,events-2.events-headless.shop.svc:9093\n');
    expect(formats()).toEqual([]);
  });

  test('that was written while the metadata was in ZooKeeper is that of its member', () => {
    meta('1');
    const text = fs.readFileSync(path.join(folder, 'data/logs/meta.properties'), 'utf8');
    write('data/logs/meta.properties', text.replace('version=1', 'version=0').replace('node.id', 'broker.id'));
    expect(start('events-1').started).toBeDefined();
    expect(formats()).toEqual([]);
    expect(start('events-2')).toMatchObject({ status: 1, stderr: expect.stringContaining('the volume has broker.id 1, but this member has 2') });
  });

  test('a lone member has only its own address', () => {
    member({ members: 1 });
    meta('0');
    expect(start('events-0').started).toContain('bootstrap.servers=events-0.events-headless.shop.svc:9093\n');
  });

  test.each([
    ['another cluster', () => meta('1', '5L6g3nShT-eMCtK--X86sw'), `the volume has cluster.id 5L6g3nShT-eMCtK--X86sw, but this member has ${CLUSTER_ID}. If this is the same cluster, whose chart was given a namespace, or if you want to take over the data, set 'clusterId' to that of the volume.`],
    ['another member', () => meta('2'), 'the volume has node.id 2, but this member has 1. Another member wrote it.'],
    ['another program', () => fs.mkdirSync(path.join(folder, 'data/data')), 'the volume contains files that no member of this cluster wrote:'],
    ['another layout of Kafka', () => write('data/meta.properties', ''), `${'data'}/meta.properties`],
    ['no identity beside its data', () => fs.mkdirSync(path.join(folder, 'data/logs/orders-0'), { recursive: true }), 'which says to which member it belongs.'],
    ['no identity beside its metadata', () => { fs.mkdirSync(path.join(folder, 'data/logs/__cluster_metadata-0'), { recursive: true }); write('data/logs/__cluster_metadata-0/0.log', ''); }, 'which says to which member it belongs.'],
  ])('of %s is refused in words, which “describe pod” shows too', (_, prepare, text) => {
    prepare();
    ['events-0', 'events-2'].forEach(name => says(name));
    const { status, stderr, started } = start('events-1');
    expect({ status, started }).toEqual({ status: 1, started: undefined });
    expect(stderr).toContain(text);
    expect(fs.readFileSync(path.join(folder, 'termination'), 'utf8')).toContain(text);
  });

  test('that was being formatted when the power failed counts as empty', () => {
    member({ members: 1 });
    fs.mkdirSync(path.join(folder, 'data/logs/__cluster_metadata-0'), { recursive: true });
    write('data/logs/bootstrap.checkpoint', '');
    write('data/logs/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint', '');
    fs.mkdirSync(path.join(folder, 'data/lost+found'));
    expect(start('events-0').started).toBeDefined();
    expect(formats()).toEqual(['--standalone']);
  });

  test('whose member count is missing stops the start', () => {
    meta('1');
    fs.rmSync(path.join(folder, 'controllers'));
    expect(start('events-1').started).toBeUndefined();
  });
});

describe('an empty controller', () => {
  test('of ordinal 0 founds when all others have said that they are empty', () => {
    says('events-1');
    says('events-2');
    expect(start('events-0').started).toBeDefined();
    expect(formats()).toEqual(['--standalone']);
    expect(calls().slice(0, 2)).toEqual(['answers empty events-0', 'stops answering']);
  });

  test.each([
    ['one is silent', () => says('events-1'), 'events-2'],
    ['one answers for another', () => { says('events-1'); says('events-2', 'empty events-1'); }, 'events-2'],
    ['all are silent', () => undefined, 'events-1 events-2'],
  ])('of ordinal 0 waits while %s, and says for whom and what to do', (_, prepare, waiting) => {
    prepare();
    const { started, stderr } = start('events-0', 1);
    expect(started).toBeUndefined();
    expect(stderr).toContain(`these members have not reported that theirs are empty too: ${waiting}. Waiting`);
    expect(stderr).toContain('kubectl exec -n shop events-0 -c kafka -- bash');
    expect(formats()).toEqual([]);
  });

  test('of ordinal 0 joins what runs: its volume was lost', () => {
    says('events-1');
    listens('events-2', 9093);
    listens('events-2', 9092);
    followed('2\tx\t5\t0\t99000\t99000\tLeader');
    tool('kafka-topics', '');
    expect(start('events-0').started).toBeDefined();
    expect(formats()).toEqual(['--no-initial-controllers']);
  });

  test('of another ordinal never founds, though all are empty', () => {
    says('events-0');
    says('events-2');
    expect(start('events-1', 1)).toMatchObject({ started: undefined, stderr: expect.stringContaining('Only events-0 founds the cluster.') });
    expect(formats()).toEqual([]);
  });

  test('founds when a person decides, once it waits for that', () => {
    const decide = (word: string) => run('decide', 'events-0', 2, word);
    expect(decide('found')).toMatchObject({ status: 1, stderr: expect.stringContaining('refused: events-0 waits for no decision') });
    start('events-0', 1);
    expect(decide('start')).toMatchObject({ status: 1, stderr: expect.stringContaining("waits for found, not for 'start'") });
    expect(decide('found')).toMatchObject({ status: 0 });
    expect(fs.readFileSync(path.join(folder, 'marks/decision'), 'utf8')).toBe('found\n');
  });

  test('a decision of an earlier start counts no more', () => {
    write('marks/decision', 'found');
    expect(start('events-0', 1).started).toBeUndefined();
  });

  describe('that is dedicated', () => {
    beforeEach(() => {
      member({ dedicated: 'controllers', roles: 'controller' });
      says('events-controller-1');
      says('events-controller-2');
    });

    test('founds when all brokers have said that they are empty too, and remembers that the cluster is new', () => {
      says('events-0');
      says('events-1');
      expect(start('events-controller-0').started).toBeDefined();
      expect(formats()).toEqual(['--standalone']);
      expect(fs.existsSync(path.join(folder, 'marks/new'))).toBe(true);
    });

    test.each([
      ['is silent', () => undefined],
      ['runs', () => listens('events-1', 9092)],
      ['answers for another', () => says('events-1', 'empty events-0')],
    ])('waits while a broker %s: it may hold what the lost metadata spoke of', (_, prepare) => {
      says('events-0');
      prepare();
      const { started, stderr } = start('events-controller-0', 1);
      expect(started).toBeUndefined();
      expect(stderr).toContain('these members have not reported that theirs are empty too: events-1. Waiting');
      expect(formats()).toEqual([]);
    });

    test('of another ordinal does not ask the brokers, of which there may be many that are silent', () => {
      fs.rmSync(path.join(folder, 'answers', hostOf('events-controller-1')));
      start('events-controller-1', 1);
      const asked = new Set(fs.readFileSync(path.join(folder, 'asked'), 'utf8').trimEnd().split('\n'));
      expect([...asked].sort()).toEqual([hostOf('events-controller-0'), hostOf('events-controller-2')]);
    });

    test('waits while it is not known how many brokers there are', () => {
      fs.rmSync(path.join(folder, 'brokers'));
      expect(start('events-controller-0', 1).started).toBeUndefined();
      expect(formats()).toEqual([]);
    });

    test('forgets that it began to found once, when it joins', () => {
      write('marks/new', '');
      listens('events-controller-2', 9093);
      fs.rmSync(path.join(folder, 'answers', hostOf('events-controller-2')));
      expect(start('events-controller-0').started).toBeDefined();
      expect(fs.existsSync(path.join(folder, 'marks/new'))).toBe(false);
    });
  });

  test('dedicated: joins without asking brokers', () => {
    member({ dedicated: 'controllers', roles: 'controller' });
    listens('events-controller-0', 9093);
    expect(start('events-controller-2').started).toContain('events-controller-0.events-controller-headless.shop.svc:9093');
    expect(formats()).toEqual(['--no-initial-controllers']);
  });
});

describe('an empty broker', () => {
  beforeEach(() => {
    member({ dedicated: 'brokers', roles: 'broker', controllers: 3 });
    listens('events-0', 9092);
    followed('3000\tx\t5\t0\t100000\t100000\tLeader', '0\ty\t5\t0\t99000\t99000\tObserver');
  });
  const described = (...lines: string[]) => tool('kafka-topics', prints(...lines));

  test('starts when no partition counts on it', () => {
    described(topic, partition(0, { isr: '0,2' }), partition(1, { leader: '10', replicas: '10,11', isr: '10,11', elr: '21' }), partition(2, { leader: '2', last: '1' }));
    expect(start('events-1').started).toContain('events-controller-2.events-controller-headless.shop.svc:9093');
    expect(formats()).toEqual(['']);
    expect(calls()).toContain('kafka-topics --bootstrap-server events-0.events-headless.shop.svc:9092 --describe');
  });

  test.each([
    ['is the last in-sync replica', { leader: 'none', isr: '1' }],
    ['is one of them', { isr: '0,1' }],
    ['still leads', { leader: '1', isr: '' }],
    ['is eligible as leader', { leader: 'none', isr: '', elr: '1' }],
    ['was the last to lead', { leader: 'none', isr: '', last: '1' }],
  ])('waits while it %s, names the partition and what to do', (_, fields) => {
    described(topic, partition(0, {}), partition(1, fields));
    const { started, stderr } = start('events-1', 1);
    expect(started).toBeUndefined();
    expect(stderr).toContain('in sync for 1 partition: orders-1 (copies on 0,1,2');
    expect(stderr).toContain('--election-type unclean');
    expect(run('decide', 'events-1', 2, 'start')).toMatchObject({ status: 0 });
  });

  test('no answer is no permission', () => {
    tool('kafka-topics', 'exit 1');
    expect(start('events-1', 1)).toMatchObject({ started: undefined, stderr: expect.stringContaining('could not confirm which partitions count on this broker') });
  });

  test.each([
    ['the broker was cut off from the controllers', ['3000\tx\t5\t0\t100000\t100000\tLeader', '0\ty\t5\t0\t80000\t80000\tObserver']],
    ['the controllers do not know the broker', ['3000\tx\t5\t0\t100000\t100000\tLeader']],
    ['the controllers have no leader', ['0\ty\t5\t0\t80000\t80000\tObserver']],
  ])('an answer that may be old is none: %s', (_, rows) => {
    followed(...rows);
    described(topic, partition(0, { isr: '0,2' }));
    expect(start('events-1', 1)).toMatchObject({ started: undefined, stderr: expect.stringContaining('could not confirm') });
  });

  test('waits while no broker answers and one is silent', () => {
    fs.rmSync(path.join(folder, 'ports', `${hostOf('events-0')}:9092`));
    says('events-0');
    expect(start('events-1', 1)).toMatchObject({ started: undefined, stderr: expect.stringContaining('Not empty, or not answering: events-2. Waiting') });
    expect(run('decide', 'events-1', 2, 'start')).toMatchObject({ status: 0 });
  });

  test('waits when all brokers are empty: the controllers may know of records that are lost', () => {
    fs.rmSync(path.join(folder, 'ports', `${hostOf('events-0')}:9092`));
    says('events-0');
    says('events-2');
    listens('events-controller-0', 9093);
    expect(start('events-1', 1)).toMatchObject({ started: undefined, stderr: expect.stringContaining('the cluster is not known to be new.') });
  });

  test.each([
    ['another controller', 'events-controller-0', 'new events-controller-1'],
    ['a controller that founds nothing', 'events-controller-1', 'new events-controller-1'],
  ])('does not believe %s that the cluster is new', (_, name, answer) => {
    fs.rmSync(path.join(folder, 'ports', `${hostOf('events-0')}:9092`));
    says(name, answer);
    expect(start('events-1', 1).started).toBeUndefined();
  });

  test('starts when the founder says that the cluster is new: the first start', () => {
    fs.rmSync(path.join(folder, 'ports', `${hostOf('events-0')}:9092`));
    says('events-controller-0', 'new events-controller-0');
    const { started, stderr } = start('events-1');
    expect(stderr).toContain('the cluster is new, and no broker has joined it yet');
    expect(started).toBeDefined();
    expect(formats()).toEqual(['']);
  });

  test('asks a broker that runs, even if the founder says that the cluster is new', () => {
    says('events-controller-0', 'new events-controller-0');
    described(topic, partition(0, { isr: '1' }));
    expect(start('events-1', 1).started).toBeUndefined();
  });

  test('waits while it is not known how many brokers there are', () => {
    fs.rmSync(path.join(folder, 'members'));
    says('events-controller-0', 'new events-controller-0');
    expect(start('events-1', 1).started).toBeUndefined();
  });

  test('that is a controller too does not start because all are empty: only the founder does', () => {
    member({});
    fs.rmSync(path.join(folder, 'ports', `${hostOf('events-0')}:9092`));
    says('events-0');
    listens('events-2', 9093);
    expect(start('events-1', 1).started).toBeUndefined();
  });
});

describe('after its start', () => {
  const header = 'NodeId\tDirectoryId\tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus';
  const leader = '0\tzero\t500\t0\t100000\t100000\tLeader';
  const quorum = (...rows: string[]) => tool('kafka-metadata-quorum', `case "$*" in *describe*) ${prints(header, leader, ...rows)}\n;; esac`);
  beforeEach(() => {
    meta('1');
    listens('127.0.0.1', 9092);
    listens('127.0.0.1', 9093);
    tool('kafka-topics', '');
  });
  const changes = () => calls().filter(call => /(add|remove)-controller( |$)/.test(call)).map(call => call.replace(/.*?((add|remove)-controller.*)/, '$1'));

  test('a voter that has caught up and is in sync has settled, and is ready', () => {
    quorum('1\tmine\t499\t1\t1\t1\tFollower');
    expect(run('ready')).toMatchObject({ status: 1, stdout: 'not a voter, or not in sync yet: see the log\n' });
    run('settle');
    expect(settled()).toBe(true);
    expect(changes()).toEqual([]);
    expect(run('ready')).toMatchObject({ status: 0 });
    fs.rmSync(path.join(folder, 'ports/127.0.0.1:9092'));
    expect(run('ready')).toMatchObject({ status: 1 });
  });

  test('a mark of an earlier start is removed', () => {
    write('marks/settled', '');
    start('events-1');
    expect(settled()).toBe(false);
  });

  test.each([
    ['that is behind', '1\tmine\t10\t49990\t1\t1\tFollower'],
    ['that the leader does not know', '2\tx\t500\t0\t1\t1\tFollower'],
  ])('a controller %s has not settled', (_, row) => {
    quorum(row);
    run('settle', 'events-1', 1);
    expect(settled()).toBe(false);
    expect(changes()).toEqual([]);
  });

  test('an observer becomes a voter', () => {
    quorum('1\tmine\t500\t0\t1\t1\tObserver');
    expect(run('settle').stderr).toContain('is now a voter of the quorum');
    expect(changes()).toEqual(['add-controller']);
    expect(fs.readFileSync(path.join(folder, 'marks/self.properties'), 'utf8')).toContain('node.id=1\n');
    expect(settled()).toBe(true);
  });

  test('an observer that is refused tries again and is not ready', () => {
    tool('kafka-metadata-quorum', `case "$*" in *describe*) ${prints(header, leader, '1\tmine\t500\t0\t1\t1\tObserver')}\n;; *) echo 'a.b.RequestTimedOutException: pending'; exit 1 ;; esac`);
    expect(run('settle', 'events-1', 1).stderr).toContain('RequestTimedOutException: pending');
    expect(settled()).toBe(false);
  });

  test('an observer beyond the declared members stays one', () => {
    member({ members: 1 });
    write('members', '3\n');
    meta('3');
    quorum('3\tmine\t500\t0\t1\t1\tObserver');
    expect(run('settle', 'events-3', 1).stderr).toContain('fewer members');
    expect(changes()).toEqual([]);
  });

  test('the voter of its id with another volume is removed first', () => {
    quorum('1\told\t300\t200\t1\t1\tFollower', '1\tmine\t500\t0\t1\t1\tObserver');
    expect(run('settle', 'events-1', 1).stderr).toContain('had another volume, which is lost: removing it');
    expect(changes()[0]).toBe('remove-controller --controller-id 1 --controller-directory-id old');
    expect(changes()).not.toContain('add-controller');
    expect(settled()).toBe(false);
  });

  test('without a leader of the quorum it says what is missing', () => {
    tool('kafka-metadata-quorum', 'exit 1');
    expect(run('settle', 'events-1', 1).stderr).toContain('A leader needs a majority of the voters, with their own volumes');
    expect(settled()).toBe(false);
  });

  describe('the founder of a new cluster', () => {
    const controller = '3000\tzero\t500\t0\t100000\t100000\tLeader';
    const seen = (...rows: string[]) => tool('kafka-metadata-quorum', prints(header, controller, ...rows));
    const founder = (rounds?: number) => run('settle', 'events-controller-0', rounds);
    beforeEach(() => {
      member({ dedicated: 'controllers', roles: 'controller', members: 1 });
      meta('3000');
      write('marks/new', '');
    });

    test('says so while no broker has come, whatever other controllers do', () => {
      seen('3001\tone\t500\t0\t1\t1\tObserver');
      founder(1);
      expect(settled()).toBe(true);
      expect(calls()).toContain('answers new events-controller-0');
      expect(calls()).not.toContain('stops answering');
    });

    test.each([['0'], ['300']])('no longer says so when the broker %s has come', (id) => {
      seen(`${id}\tx\t1\t0\t1\t1\tObserver`);
      expect(founder().status).toBe(0);
      expect(calls()).not.toContain('answers new events-controller-0');
      expect(fs.existsSync(path.join(folder, 'marks/new'))).toBe(false);
    });

    test('says nothing while the controllers have no leader, and asks again', () => {
      tool('kafka-metadata-quorum', 'exit 1');
      founder(1);
      expect(calls()).not.toContain('answers new events-controller-0');
      expect(fs.existsSync(path.join(folder, 'marks/new'))).toBe(true);
    });
  });

  describe('a broker', () => {
    beforeEach(() => { member({ dedicated: 'brokers', roles: 'broker', controllers: 3 }); });
    test.each([
      ['is missing in a set of in-sync replicas', partition(0, { isr: '0,2' }), false],
      ['is in sync and another is missing', partition(0, { isr: '0,1' }), true],
      ['has a leader that does not listen where this broker looks for it', partition(0, { leader: 'none', isr: '0,2' }), false],
      ['is none of the replicas', partition(0, { leader: '10', replicas: '10,11,12', isr: '10,11' }), true],
      ['has no leader to copy from', partition(0, { leader: 'none', isr: '0' }), true],
    ])('that %s', (_, line, expected) => {
      tool('kafka-topics', prints(line));
      run('settle', 'events-1', 1);
      expect(settled()).toBe(expected);
    });

    test('that gets no answer has not settled', () => {
      tool('kafka-topics', 'exit 1');
      run('settle', 'events-1', 1);
      expect(settled()).toBe(false);
    });
  });

  test('a lone member asks nobody', () => {
    member({ members: 1 });
    meta('0');
    run('settle', 'events-0');
    expect(settled()).toBe(true);
    expect(calls()).toEqual([]);
  });

  describe('a stop', () => {
    const now = 1_000_000;
    const voter = (id: number, ago: number, status = 'Follower') => `${id}\td${id}\t5\t0\t${now - ago}\t${now - ago}\t${status}`;
    const voters = (...rows: string[]) => tool('kafka-metadata-quorum', prints(header, ...rows));
    const log = () => fs.existsSync(path.join(folder, 'log')) ? fs.readFileSync(path.join(folder, 'log'), 'utf8') : '';
    beforeEach(() => { voters(voter(0, 0, 'Leader'), voter(1, 100), voter(2, 200)); });

    test('goes on at once while the others keep the majority and the copies', () => {
      tool('kafka-topics', prints(partition(0, { isr: '0,1,2' }), partition(1, { isr: '0,2' }), partition(2, { replicas: '1', isr: '1' })));
      expect(run('stop')).toMatchObject({ status: 0 });
      expect(log()).toBe('');
    });

    test.each([
      ['a voter is down', () => voters(voter(0, 0, 'Leader'), voter(1, 100), voter(2, 60_000)), 'would lose their majority: of 3 voters these are missing or behind: 2'],
      ['no leader answers', () => tool('kafka-metadata-quorum', 'exit 1'), 'the leader of the controllers does not answer'],
      ['too few copies would be left', () => tool('kafka-topics', prints(partition(0, { isr: '0,1' }))), 'too few in-sync replicas would be left for 1 partition: orders-0'],
      ['no broker answers', () => tool('kafka-topics', 'exit 1'), 'no answer about the in-sync replicas'],
    ])('waits while %s, says why in the log of the container, and not without end', (_, prepare, why) => {
      member({ stopSeconds: 30 });
      prepare();
      expect(run('stop', 'events-1', 20)).toMatchObject({ status: 0 });
      expect(log()).toContain('delaying the shutdown for at most 30 s: ');
      expect(log()).toContain(why);
      expect(log()).toContain('stopping anyway, after 30 s');
    });

    test('of the only voter, and of one that does not serve, waits for nothing', () => {
      voters(voter(1, 0, 'Leader'));
      expect(run('stop')).toMatchObject({ status: 0 });
      voters(voter(0, 0, 'Leader'), voter(1, 100), voter(2, 60_000));
      fs.rmSync(path.join(folder, 'ports/127.0.0.1:9092'));
      expect(run('stop')).toMatchObject({ status: 0 });
      expect(log()).toBe('');
    });
  });
});
