import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * The scripts of a broker whose cluster is in ZooKeeper run here as in a Pod, but for three things that a test tells them: what ZooKeeper's
 * shell finds, what other brokers answer, and at which ports they listen. Time passes quickly, and a script that has waited for as many
 * rounds as it may ends with 124, as `timeout` does.
 */
const KAFKA = path.join(__dirname, '../../src/kafka');
const FILES = [
  ...['member.sh', 'volume.sh', 'settle.sh', 'ready.sh', 'stop.sh', 'decide.sh'].map(name => `member/${name}`),
  ...['broker-volume.sh', 'ask.sh', 'begin.sh', 'start.sh', 'settle-twice.sh'].map(name => `zookeeper-member/${name}`),
  '../kit/founding/founding.sh',
];
const CLUSTER = 'YSUrjUWtRxGBHhScdPvb7w';

const STANDINS = `
ask() { cat "$T/answers/$1" 2>/dev/null || :; }
listens() { [ -e "$T/ports/$1:$2" ]; }
answer() { echo "answers $1" >>"$T/calls"; }
stop_answering() { echo 'stops answering' >>"$T/calls"; }
pause() { paused=$((\${paused:-0} + 1)); [ "$paused" -le "$ROUNDS" ] || exit 124; SECONDS=$((SECONDS + \${1%.*})); sleep 0.02; }
`;

/** ZooKeeper's shell, over a tree of folders: the data of a node is in the file “data” of its folder. */
const SHELL = `
echo 'Connecting to zoo-0:2181'
echo 'WATCHER::'
while read -r command arguments; do
  case $command in
    sync) echo 'Sync is OK' ;;
    get) cat "$T/znodes$arguments/data" 2>/dev/null || echo "Node does not exist: $arguments" >&2 ;;
    ls)
      node=\${arguments#-R }
      if [ -d "$T/znodes$node" ]; then (cd "$T/znodes" && find ".$node" -type d | sort | sed 's/^.//'); else echo "Node does not exist: $node" >&2; fi
      ;;
  esac
done
`;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kafka-zookeeper-'));
  for (const name of ['answers', 'ports', 'bin', 'marks', 'data', 'znodes']) fs.mkdirSync(path.join(folder, name));
  for (const file of FILES) fs.copyFileSync(path.join(KAFKA, file), path.join(folder, path.basename(file)));
  fs.appendFileSync(path.join(folder, 'member.sh'), STANDINS);
  tool('kafka-run-class', SHELL);
  tool('kafka-server-start', 'cp "$1" "$T/started"');
  write('server.properties', 'broker.id=x\n');
  member({});
  listens('zoo-1', 2181);
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

function tool(name: string, script: string): void {
  fs.writeFileSync(path.join(folder, 'bin', `${name}.sh`), `#!/bin/bash\necho "${name} $*" >>"$T/calls"\n${script}\n`, { mode: 0o755 });
}

function member({ members = 3, chroot = '/kafka', stopSeconds = 1 }: { readonly members?: number; readonly chroot?: string; readonly stopSeconds?: number }): void {
  write('member.conf', 'ROLES=broker\nSET=events\nDOMAIN=events-headless.shop.svc\nID_PREFIX=\n'
    + `ZOOKEEPER=zoo-0:2181,zoo-1:2181\nCHROOT=${chroot}\nBROKER_PORT=9091\nSTOP_SECONDS=${stopSeconds}\n`);
  write('members', `${members}\n`);
}

const calls = () => fs.existsSync(path.join(folder, 'calls')) ? fs.readFileSync(path.join(folder, 'calls'), 'utf8').trimEnd().split('\n') : [];
const hostOf = (name: string) => name.startsWith('events-') ? `${name}.events-headless.shop.svc` : name;
const says = (name: string, answer = `empty ${name}`) => write(`answers/${hostOf(name)}`, answer);
const listens = (name: string, port: number) => write(`ports/${hostOf(name)}:${port}`, '');

function znode(node: string, data: string): void {
  fs.mkdirSync(path.join(folder, 'znodes', node), { recursive: true });
  write(`znodes${node}/data`, `${data}\n`);
}

const knowsCluster = (chroot = '/kafka', id = CLUSTER) => znode(`${chroot}/cluster/id`, `{"version":"1","id":"${id}"}`);
const registered = (id: number) => znode(`/kafka/brokers/ids/${id}`, '{"listener_security_protocol_map":{"INTERNAL":"PLAINTEXT"},"endpoints":["INTERNAL://events-1:9091"],"jmx_port":-1}');
const partition = (name: string, leader: number, isr: number[]) => {
  const [, topic, number] = /^(.*)-(\d+)$/.exec(name) ?? [];
  znode(`/kafka/brokers/topics/${topic}/partitions/${number}/state`, `{"controller_epoch":7,"leader":${leader},"version":1,"leader_epoch":1,"isr":[${isr.join(',')}]}`);
};
const meta = (lines: { [key: string]: string }) => {
  fs.mkdirSync(path.join(folder, 'data/logs'), { recursive: true });
  write('data/logs/meta.properties', Object.entries({ version: '0', ...lines }).map(([key, value]) => `${key}=${value}\n`).join(''));
};
const ownData = (id = '1') => meta({ 'broker.id': id, 'cluster.id': CLUSTER });

function run(script: string, name = 'events-1', rounds = 20, args: string[] = [], more: NodeJS.ProcessEnv = {}): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('timeout', ['25', 'bash', path.join(folder, `${script}.sh`), ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      T: folder,
      ROUNDS: `${rounds}`,
      HOSTNAME: name,
      DATA: path.join(folder, 'data'),
      MARKS: path.join(folder, 'marks'),
      KAFKA_BIN: path.join(folder, 'bin'),
      MEMBERS_FILE: path.join(folder, 'members'),
      DECISION_FILE: path.join(folder, 'marks/decision'),
      FOUNDING_PAUSE: '0.1',
      BEGIN_LONG_PAUSE: '0',
      SETTLE_PAUSE: '0',
      SETTLE_TWICE_PAUSE: '0',
      TERMINATION_LOG: path.join(folder, 'termination'),
      CONTAINER_LOG: path.join(folder, 'log'),
      ...more,
    },
  });
  return { status, stdout, stderr };
}

/** Starts a broker without what runs beside it. */
function start(name = 'events-1', rounds = 20, more: NodeJS.ProcessEnv = {}) {
  write('settle-twice.sh', '');
  const result = run('start', name, rounds, [], more);
  return { ...result, started: fs.existsSync(path.join(folder, 'started')) };
}
const waits = (name?: string) => start(name, 1);
const decide = (word: string, name = 'events-1') => run('decide', name, 0, [word]);

describe('a volume', () => {
  test('with the data of this broker starts when ZooKeeper knows its cluster', () => {
    ownData();
    knowsCluster();
    partition('orders-0', 1, [1]);
    expect(start()).toMatchObject({ started: true, stderr: '' });
    expect(calls().filter(call => call.startsWith('answers'))).toEqual([]);
  });

  test('on the way to controllers: with their addresses', () => {
    fs.appendFileSync(path.join(folder, 'member.conf'), `CONTROLLER_SET=events-controller\nCONTROLLER_DOMAIN=events-controller-headless\nCONTROLLER_PORT=9093\nCONTROLLERS_FILE=${folder}/controllers\n`);
    write('controllers', '3\n');
    ownData();
    knowsCluster();
    expect(start().started).toBe(true);
    const addresses = [0, 1, 2].map(i => `events-controller-${i}.events-controller-headless:9093`).join(',');
    expect(fs.readFileSync(path.join(folder, 'started'), 'utf8')).toBe(`broker.id=x\ncontroller.quorum.bootstrap.servers=${addresses}\n`);
    expect(start('events-1', 20, { CLUSTER_ID: '5L6g3nShT-eMCtK--X86sw' })).toMatchObject({ status: 1, stderr: expect.stringContaining(`ZooKeeper has ${CLUSTER}. Set 'clusterId' to the id of the cluster in ZooKeeper`) });
  });

  test('and where the cluster is at the root of the ensemble', () => {
    member({ chroot: '' });
    ownData();
    knowsCluster('');
    expect(start().started).toBe(true);
  });

  test.each([
    ['another cluster', () => meta({ 'broker.id': '1', 'cluster.id': '5L6g3nShT-eMCtK--X86sw' }), `the volume has cluster.id 5L6g3nShT-eMCtK--X86sw, but this member has ${CLUSTER}. ZooKeeper has another cluster at this path.`],
    ['another broker', () => ownData('2'), 'the volume has broker.id 2, but this member has 1. Another member wrote it.'],
    ['a member without ZooKeeper', () => meta({ 'version': '1', 'node.id': '1', 'cluster.id': CLUSTER }), 'written by a member of a cluster without ZooKeeper'],
    ['no known cluster', () => meta({ 'broker.id': '1' }), 'meta.properties has no cluster.id'],
    ['another program', () => fs.mkdirSync(path.join(folder, 'data/data')), 'the volume contains files that no member of this cluster wrote:'],
    ['no identity beside its data', () => fs.mkdirSync(path.join(folder, 'data/logs/orders-0'), { recursive: true }), 'which says to which member it belongs.'],
  ])('of %s is refused in words, which “describe pod” shows too', (_, prepare, text) => {
    prepare();
    knowsCluster();
    const { status, stderr, started } = start();
    expect({ status, started }).toEqual({ status: 1, started: false });
    expect(stderr).toContain(text);
    expect(fs.readFileSync(path.join(folder, 'termination'), 'utf8')).toContain(text);
  });

  test('with data waits while ZooKeeper knows no cluster: its volumes were lost, or it is another place', () => {
    ownData();
    const { started, stderr } = waits();
    expect(started).toBe(false);
    expect(stderr).toContain(`the volume has data of the cluster ${CLUSTER}, but ZooKeeper (zoo-0:2181,zoo-1:2181 at /kafka) has no cluster`);
    expect(decide('start')).toMatchObject({ status: 1, stderr: expect.stringContaining('waits for no decision') });
    expect(decide('found')).toMatchObject({ status: 1 });
  });

  test('that was begun when the power failed counts as empty', () => {
    fs.mkdirSync(path.join(folder, 'data/logs'));
    write('data/logs/meta.properties.tmp', '');
    write('data/logs/.lock', '');
    fs.mkdirSync(path.join(folder, 'data/lost+found'));
    knowsCluster();
    expect(start().started).toBe(true);
    expect(fs.existsSync(path.join(folder, 'data/logs'))).toBe(false);
    expect(calls()).toContain('answers empty events-1');
  });
});

describe.each([['with data', ownData], ['empty', () => undefined]])('a volume %s: no answer is not the answer “no”', (_, prepare) => {
  beforeEach(() => {
    prepare();
    knowsCluster();
  });

  test.each<[string, () => void, string]>([
    ['cannot be connected to', () => fs.rmSync(path.join(folder, 'ports/zoo-1:2181')), 'no member accepts connections'],
    ['has no majority', () => tool('kafka-run-class', 'echo "Connecting to zoo-0:2181"; echo java.io.IOException'), 'its members are not serving'],
    ['lost the connection', () => tool('kafka-run-class', 'echo "Sync is OK"; echo "KeeperErrorCode = ConnectionLoss for /kafka/cluster/id"; echo "Sync is OK"'), 'KeeperErrorCode = ConnectionLoss'],
    ['stopped in the middle of its answer', () => tool('kafka-run-class', 'echo "Sync is OK"; echo "Node does not exist: /kafka/cluster/id"'), 'its members are not serving'],
    ['says nobody may read that', () => tool('kafka-run-class', 'echo "Sync is OK"; echo "Insufficient permission : /kafka/cluster/id"; echo "Sync is OK"'), 'Insufficient permission'],
    ['answers one question of two', () => tool('kafka-run-class', 'echo "Sync is OK"; echo "Node does not exist: /kafka/cluster/id"; echo "Sync is OK"'), 'its answer cannot be parsed'],
    ['has a cluster without an id', () => znode('/kafka/cluster/id', '{"version":"1"}'), 'its cluster has no id'],
  ])('ZooKeeper %s', (__, break_, why) => {
    break_();
    const { started, stderr } = waits();
    expect(started).toBe(false);
    expect(stderr).toContain(`events-1: ZooKeeper (zoo-0:2181,zoo-1:2181) does not report the state of the cluster: ${why}`);
    expect(decide('start')).toMatchObject({ status: 1 });
  });

  test('ZooKeeper still has a session of an earlier run, or of another broker', () => {
    registered(1);
    expect(waits()).toMatchObject({ started: false, stderr: expect.stringContaining('still has a session of broker 1, at INTERNAL://events-1:9091: waiting for it to expire') });
  });

  test('a session of another broker is none of this one', () => {
    registered(0);
    registered(10);
    expect(start().started).toBe(true);
  });
});

describe('an empty broker', () => {
  describe('where ZooKeeper knows no cluster', () => {
    test('of ordinal 0 founds it when all others have said that they are empty', () => {
      says('events-1');
      says('events-2');
      expect(start('events-0')).toMatchObject({ started: true, stderr: expect.stringContaining('founding it') });
      expect(calls().filter(call => !call.startsWith('kafka'))).toEqual(['answers empty events-0', 'stops answering']);
    });

    test.each([
      ['one is silent', () => says('events-1'), 'events-2'],
      ['one answers for another', () => { says('events-1'); says('events-2', 'empty events-1'); }, 'events-2'],
      ['all are silent', () => undefined, 'events-1 events-2'],
    ])('of ordinal 0 waits while %s: they may have data, and ZooKeeper have lost its own', (_, prepare, waiting) => {
      prepare();
      const { started, stderr } = waits('events-0');
      expect(started).toBe(false);
      expect(stderr).toContain(`these members have not reported that theirs are empty too: ${waiting}. Waiting`);
      expect(stderr).toContain('kubectl exec -n shop events-0 -c kafka -- bash');
      expect(decide('start', 'events-0')).toMatchObject({ status: 1 });
      expect(decide('found', 'events-0')).toMatchObject({ status: 0 });
      expect(fs.readFileSync(path.join(folder, 'marks/decision'), 'utf8')).toBe('found\n');
    });

    test('of another ordinal never founds, though all are empty', () => {
      says('events-0');
      says('events-2');
      expect(waits()).toMatchObject({ started: false, stderr: expect.stringContaining('waiting for events-0, which founds it.') });
    });

    test('alone founds at once', () => {
      member({ members: 1 });
      expect(start('events-0').started).toBe(true);
    });

    test('waits while it is not known how many others there are', () => {
      fs.rmSync(path.join(folder, 'members'));
      expect(waits('events-0').started).toBe(false);
    });

    test('a decision of an earlier start counts no more', () => {
      write('marks/decision', 'found');
      expect(waits('events-0').started).toBe(false);
    });
  });

  describe('where ZooKeeper knows the cluster', () => {
    beforeEach(() => {
      knowsCluster();
      partition('orders-0', 0, [0, 2]);
    });

    test('starts when no partition counts on it', () => {
      partition('orders-1', 10, [10, 11]);
      partition('orders-2', -1, [0]);
      expect(start()).toMatchObject({ started: true, stderr: '' });
    });

    test('starts where there is no topic yet', () => {
      fs.rmSync(path.join(folder, 'znodes/kafka/brokers'), { recursive: true });
      expect(start().started).toBe(true);
    });

    test.each([
      ['is the last in-sync replica', -1, [1]],
      ['is one of them', 0, [0, 1]],
      ['still leads', 1, [2]],
    ])('waits while it %s, names the partition and what to do', (_, leader, isr) => {
      partition('orders-1', leader, isr);
      const { started, stderr } = waits();
      expect(started).toBe(false);
      expect(stderr).toContain(`ZooKeeper counts this broker as in sync for 1 partition: orders-1 (in sync ${isr.join(',')})`);
      expect(stderr).toContain('--election-type unclean');
      expect(decide('found')).toMatchObject({ status: 1 });
      expect(decide('start')).toMatchObject({ status: 0 });
    });

    test('asks about every partition, of however many', () => {
      for (let i = 0; i < 150; i++) partition(`many-${i}`, 0, [0, 2]);
      partition('many-149', -1, [1]);
      expect(waits()).toMatchObject({ started: false, stderr: expect.stringContaining('1 partition: many-149') });
    });

    test('waits when the state of a partition is not understood', () => {
      znode('/kafka/brokers/topics/orders/partitions/3/state', '{"leader":0}');
      expect(waits()).toMatchObject({ started: false, stderr: expect.stringContaining('does not report which partitions count on this broker: the state of a partition cannot be parsed') });
    });

    test('waits when the list of topics breaks off', () => {
      tool('kafka-run-class', SHELL.replace('(cd "$T/znodes"', '(echo "KeeperErrorCode = ConnectionLoss for /kafka/brokers/topics"; cd "$T/znodes"'));
      expect(waits()).toMatchObject({ started: false, stderr: expect.stringContaining('does not report which partitions count on this broker: KeeperErrorCode') });
    });

    test('a partition that was deleted meanwhile counts on nobody', () => {
      fs.mkdirSync(path.join(folder, 'znodes/kafka/brokers/topics/gone/partitions/0/state'), { recursive: true });
      expect(start().started).toBe(true);
    });
  });
});

describe('after its start', () => {
  const described = (lines: string) => `cat <<'E'\n${lines}\nE`;
  const lagging = '\tTopic: orders\tPartition: 0\tLeader: 0\tReplicas: 0,1,2\tIsr: 0,2';
  beforeEach(() => { listens('127.0.0.1', 9091); });
  const settled = () => fs.existsSync(path.join(folder, 'marks/settled'));

  test('a broker that is in sync, asked twice, is ready', () => {
    tool('kafka-topics', '');
    expect(run('settle-twice').status).toBe(0);
    expect(settled()).toBe(true);
    expect(calls()).toHaveLength(2);
    expect(run('ready')).toMatchObject({ status: 0 });
  });

  test('one that is not is not', () => {
    tool('kafka-topics', described(lagging));
    run('settle-twice', 'events-1', 1);
    expect(settled()).toBe(false);
  });

  test('one that seemed to be, before it was told of its partitions, is not', () => {
    tool('kafka-topics', `[ -e "$T/told" ] && ${described(lagging)}\ntouch "$T/told"`);
    run('settle-twice', 'events-1', 2);
    expect(settled()).toBe(false);
  });

  test('a stop waits while too few copies would be left, and not without end', () => {
    tool('kafka-topics', described('\tTopic: orders\tPartition: 0\tLeader: 0\tReplicas: 0,1,2\tIsr: 0,1'));
    expect(run('stop')).toMatchObject({ status: 0 });
    const log = fs.readFileSync(path.join(folder, 'log'), 'utf8');
    expect(log).toContain('too few in-sync replicas would be left for 1 partition: orders-0');
    expect(log).toContain('stopping anyway');
  });
});
