import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import {
  type Node, PODS, RANGES, WHOLE, NEARLY, FOUNDER, alone, at, but, calls, cluster, hostOf, idOf, is, keep, knows, line, orders,
  others, phase, program, put, run, says, started, useStandIns, without,
} from '../support/redis-cluster-stand-ins';

useStandIns();

describe('a server', () => {
  const nodesConf = (pod: string, nodes: Node[]) => put('data/nodes.conf', `${nodes.map(node => line(pod, node)).join('\n')}\nvars currentEpoch 6 lastVoteEpoch 0\n`);
  const appendOnlyFile = () => put('data/appendonlydir/appendonly.aof.manifest', 'x');

  test('with a new volume starts, as one that knows nobody', () => {
    expect(run('cluster-start.sh', 'cache-shard-1-0').status).toBe(0);
    expect(started()).toMatch(/^include .*files\/redis.conf\n/);
    for (const text of ['cluster-announce-ip 10.0.0.7', `cluster-announce-hostname ${hostOf('cache-shard-1-0')}`, 'cluster-require-full-coverage yes']) {
      expect(started()).toContain(`${text}\n`);
    }
  });

  test('with keys and without nodes.conf does not start: it would take the slots of these keys', () => {
    appendOnlyFile();
    const { status, log } = run('cluster-start.sh', 'cache-shard-1-0');
    expect({ status, started: started() }).toEqual({ status: 124 });
    expect(log).toMatch(/the volume has data, but no nodes.conf/);
  });

  test('refuses the volume of another member', () => {
    nodesConf('cache-shard-2-0', WHOLE);
    const { status, log } = run('cluster-start.sh', 'cache-shard-1-0');
    expect({ status, started: started() }).toEqual({ status: 1 });
    expect(log).toMatch(/the volume is that of cache-shard-2-0, not of cache-shard-1-0/);
  });

  test('that has lost its append-only file begins anew: as the master that it was it would be empty, and its replica would copy that', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    is('formed');
    expect(run('cluster-start.sh', 'cache-shard-1-0', { rounds: 15 }).status).toBe(0);
    expect({ phase: phase(), left: existsSync(at('data/nodes.conf')) }).toEqual({ phase: 'new', left: false });
  });

  test.each(['formed', 'new'])('that has lost its append-only file (%s) does not read an old snapshot: it would take the slots of its keys', word => {
    nodesConf('cache-shard-1-0', WHOLE);
    put('data/dump.rdb', 'REDIS0011');
    if (word === 'formed') is(word);
    else put('data/.used', '');
    const { status, log } = run('cluster-start.sh', 'cache-shard-1-0', { rounds: 15 });
    expect({ status, phase: phase(), left: existsSync(at('data/nodes.conf')) }).toEqual({ status: 0, phase: 'new', left: false });
    expect(log).toMatch(/the append-only file is lost, and there is only a snapshot \(dump\.rdb, written at [-\d]+ [:\d]+ UTC\): this member starts over, as with a new volume\./);
    expect(log).not.toContain('making one of it');
    expect(existsSync(at('data/.used'))).toBe(true); // as long as there is no other one, also after a crash
  });

  test('that has lost its append-only file asks for some time whether others count on it: that nobody answers says nothing', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    is('formed');
    const { status, log } = run('cluster-start.sh', 'cache-shard-1-0', { rounds: 14 });
    expect({ status, started: started() }).toEqual({ status: 124 });
    expect(log).toContain('no member that knows the cluster answers: waiting, because they may still consider the old master up.');
  });

  test('that has lost its append-only file waits for others that read their data, and do not say yet what they know', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    is('formed');
    put('replies/cache-shard-1-1/ping', 'LOADING Redis is loading the dataset in memory\n');
    expect(run('cluster-start.sh', 'cache-shard-1-0', { rounds: 20 }).status).toBe(124);
  });

  test('whose volume has a list of the others, and nothing else, starts over: as the master that it was it would be empty', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    const { status, log } = run('cluster-start.sh', 'cache-shard-1-0', { rounds: 15 });
    expect({ status, phase: phase(), left: existsSync(at('data/nodes.conf')) }).toEqual({ status: 0, phase: 'new', left: false });
    expect(log).toContain('the append-only file is lost: this member starts over');
  });

  test('of a cluster that had no append-only files makes one of its snapshot', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    put('data/dump.rdb', 'REDIS0011');
    program('redis-server', '#!/bin/bash\necho "$*" >>"$T/servers"\nmkdir -p "$DATA/appendonlydir"\ntouch "$DATA/appendonlydir/appendonly.aof.manifest"\ncp "$1" "$T/started"\n');
    program('redis-cli', '#!/bin/bash\ncase $* in *ping) echo PONG ;; *persistence) printf "%s:0\\n" aof_rewrite_in_progress aof_rewrite_scheduled ;; esac\n');
    expect(run('cluster-start.sh', 'cache-shard-1-0').status).toBe(0);
    expect(readFileSync(at('servers'), 'utf8')).toMatch(/adopt\.sock --appendonly no --cluster-enabled no .*\n.*run\/redis\.conf\n$/);
    expect(existsSync(at('data/nodes.conf'))).toBe(true);
  });

  test('starts as what it was', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    appendOnlyFile();
    is('formed');
    expect(run('cluster-start.sh', 'cache-shard-1-0', { env: { FULL_COVERAGE: 'no' } }).status).toBe(0);
    expect(started()).toContain('cluster-require-full-coverage no\n');
    expect(existsSync(at('data/nodes.conf'))).toBe(true);
  });

  test('starts although it cannot write that it has an append-only file, as on a full volume', () => {
    nodesConf('cache-shard-1-0', WHOLE);
    appendOnlyFile();
    is('formed');
    symlinkSync(at('missing/file'), at('data/.used'));
    expect(run('cluster-start.sh', 'cache-shard-1-0').status).toBe(0);
    expect(started()).toContain('cluster-announce-ip');
  });

  test('that has been part of no cluster yet refuses everything without all slots, whatever the user wants later', () => {
    expect(run('cluster-start.sh', 'cache-shard-1-0', { env: { FULL_COVERAGE: 'no' } }).status).toBe(0);
    expect(started()).toContain('cluster-require-full-coverage yes\n');
  });

  test('with a lost volume waits until the others have seen that the master is down, or its replica would never replace it', () => {
    cluster(WHOLE, ...others('cache-shard-1-0'));
    const { status, log } = run('cluster-start.sh', 'cache-shard-1-0');
    expect({ status, started: started() }).toEqual({ status: 124 });
    expect(log).toMatch(/still counts on the master that had it/);
    cluster(but({ pod: 'cache-shard-1-0', flags: 'master,fail', slots: RANGES[1] }), ...others('cache-shard-1-0'));
    expect(run('cluster-start.sh', 'cache-shard-1-0').status).toBe(0);
  });

  test('with a lost volume does not wait for others that have met a new server at its address: they see no more than that', () => {
    cluster(but({ pod: 'cache-shard-1-0', flags: 'master,noaddr', slots: RANGES[1] }), ...others('cache-shard-1-0'));
    expect(run('cluster-start.sh', 'cache-shard-1-0').status).toBe(0);
  });
});

describe('the account with which replicas copy a server', () => {
  const [MASTER, OWNER] = ['cache-shard-1-0', 'cache-shard-1-1'];
  const allowed = () => calls().includes(`${MASTER} acl setuser stateful-shard-1 on`);

  test.each([['new', 'off'], ['founding', 'off'], ['formed', 'on']])('is there when the server of a %s volume starts: %s', (word, state) => {
    is(word);
    put('data/nodes.conf', `${line(MASTER, { pod: MASTER })}\n`);
    put('data/appendonlydir/appendonly.aof.manifest', 'x');
    expect(run('cluster-start.sh', MASTER).status).toBe(0);
    expect(started()).toContain('masteruser stateful-shard-1\n');
    expect(readFileSync(at('run/users.acl'), 'utf8')).toMatch(new RegExp(`^user stateful-shard-1 ${state} #[0-9a-f]{64} resetchannels -@all \\+psync \\+sync \\+replconf \\+ping$`, 'm'));
  });

  test('is not for a server without slots that has not been part of a cluster: a replica would copy that it is empty', () => {
    cluster(but({ pod: MASTER, id: idOf(MASTER, 'old'), flags: 'master,fail', slots: RANGES[1] }), ...others(MASTER));
    knows(MASTER, [{ pod: MASTER }]);
    keep(MASTER, 3);
    expect(allowed()).toBe(false);
  });

  test('is for one that has slots, or is part of the cluster', () => {
    cluster();
    keep(MASTER);
    expect(allowed()).toBe(true);
    cluster(but({ pod: MASTER }, { pod: OWNER, slots: RANGES[1] }));
    is('formed');
    keep(MASTER);
    expect(allowed()).toBe(true);
  });
});

describe('the member that creates the cluster', () => {
  beforeEach(() => {
    for (const pod of PODS) alone(pod);
    says('empty', ...others(FOUNDER));
  });

  test.each(['does not answer whether it is new', 'has no server yet', 'has no name yet'])('does nothing while another one %s', reason => {
    if (reason.startsWith('does')) rmSync(at('founding/cache-shard-2-1'));
    else rmSync(at('replies/cache-shard-2-1'), { recursive: true });
    const { log } = keep(FOUNDER);
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'new' });
    expect(log).toMatch(/No answer that they are new from: cache-shard-2-1\./);
  });

  test('gives each master an epoch of its own, and introduces itself to all', () => {
    keep(FOUNDER);
    expect(orders()).toEqual([
      'cache-shard-1-0 cluster addslotsrange 5461 10921', 'cache-shard-2-0 cluster addslotsrange 10922 16383',
      'cache-shard-0-0 cluster set-config-epoch 1', 'cache-shard-1-0 cluster set-config-epoch 2', 'cache-shard-2-0 cluster set-config-epoch 3',
      ...others(FOUNDER).map(pod => `${FOUNDER} cluster meet at-${pod} 6379`),
    ].sort());
    expect(phase()).toBe('founding');
  });

  test('tells those who know each other what they are, and takes its own slots last', () => {
    is('founding');
    for (const pod of PODS) knows(pod, PODS.map(other => ({ pod: other })));
    keep(FOUNDER);
    expect(orders()).toEqual([
      'cache-shard-0-1 cluster replicate ' + idOf('cache-shard-0-0'), 'cache-shard-1-0 cluster addslotsrange 5461 10921',
      'cache-shard-1-1 cluster replicate ' + idOf('cache-shard-1-0'), 'cache-shard-2-0 cluster addslotsrange 10922 16383',
      'cache-shard-2-1 cluster replicate ' + idOf('cache-shard-2-0'),
    ]);
  });

  test('does not take them before all others are ready for it', () => {
    is('founding');
    cluster(NEARLY);
    says('prepared', ...others(FOUNDER).slice(1));
    const { log } = keep(FOUNDER);
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'founding' });
    expect(log).toMatch(/4 of 5 other members are ready/);
  });

  test.each(['founding', 'forming'])('takes them when all are, also if it was interrupted while %s', before => {
    is(before);
    cluster(NEARLY);
    says('prepared', ...others(FOUNDER));
    put(`replies/${FOUNDER}/cluster addslotsrange 0 5460`, 'OK\n');
    put('hook.sh', 'case $* in *addslotsrange*) cat "$T/data/.cluster" >"$T/phase-before" ;; esac\n');
    keep(FOUNDER);
    expect(orders()).toEqual([`${FOUNDER} cluster addslotsrange 0 5460`]);
    expect({ before: readFileSync(at('phase-before'), 'utf8').trim(), after: phase() }).toEqual({ before: 'forming', after: 'formed' });
  });

  test('that was interrupted after it took them has created the cluster', () => {
    is('forming');
    cluster(WHOLE);
    keep(FOUNDER);
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'formed' });
  });

  test('with a new volume does not take the place of one that may have created it, unless a person says so', () => {
    cluster(NEARLY, ...others(FOUNDER));
    says('prepared', ...others(FOUNDER));
    const { log } = keep(FOUNDER);
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'new' });
    expect(log).toMatch(/decide\.sh found/);
    expect(run('decide.sh', FOUNDER, { args: ['found'] }).status).toBe(0);
    keep(FOUNDER);
    expect(phase()).toBe('founding');
  });

  test('does nothing while a member has keys', () => {
    put('replies/cache-shard-1-1/dbsize', '7\n');
    const { log } = keep(FOUNDER);
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'new' });
    expect(log).toMatch(/cache-shard-1-1 has keys/);
  });

  test.each<[string, Node[]]>([
    ['knows a member that is lost', [...NEARLY, { pod: 'cache-shard-2-1', id: idOf('lost'), flags: 'slave,fail', of: 'cache-shard-2-0' }]],
    ['has wrong slots', but({ pod: FOUNDER }, { pod: 'cache-shard-1-0', slots: '5461-8191' })],
    ['is the replica of a wrong master', but({ pod: FOUNDER }, { pod: 'cache-shard-1-1', of: 'cache-shard-2-0' })],
  ])('begins anew when one %s', (reason, nodes) => {
    is('founding');
    cluster(nodes);
    const { log } = keep(FOUNDER);
    expect(orders()).toEqual(PODS.map(pod => `${pod} cluster reset soft`));
    expect(log).toContain(reason);
  });

  test('shows them the way to one that has another address now, whose name they have not even learned', () => {
    is('founding');
    cluster(NEARLY);
    knows('cache-shard-2-0', NEARLY.map(node => node.pod === 'cache-shard-1-1' ? { pod: '', id: idOf(node.pod), address: '10.0.0.99', flags: 'slave,fail', of: 'cache-shard-1-0' } : node));
    keep(FOUNDER);
    expect(orders()).toContain('cache-shard-2-0 cluster meet at-cache-shard-1-1 6379');
  });

  test('with a new volume joins a cluster that there is', () => {
    const taken = [...without(WHOLE, FOUNDER, 'cache-shard-0-1'), { pod: 'cache-shard-0-1', slots: RANGES[0] }];
    cluster(taken, ...others(FOUNDER));
    for (const pod of PODS) rmSync(at('founding', pod), { force: true });
    keep(FOUNDER);
    expect(orders()).toEqual([`${FOUNDER} cluster meet at-cache-shard-0-1 6379`]);
  });

  test('is only this one', () => {
    says('empty', FOUNDER);
    keep('cache-shard-1-0');
    expect(orders()).toEqual([]);
    expect(calls()).toContain('answers empty cache-shard-1-0');
  });
});

describe('a member of a cluster that is being created says that it is ready', () => {
  test.each<[string, Node[], string]>([
    ['when all is done but the slots of the founder', NEARLY, 'prepared'],
    ['not while it knows one too few', without(NEARLY, 'cache-shard-2-1'), 'empty'],
    ['not while a shard has no slots', but({ pod: FOUNDER }, { pod: 'cache-shard-2-0' }), 'empty'],
    ['not while it cannot reach one', but({ pod: FOUNDER }, { pod: 'cache-shard-2-1', of: 'cache-shard-2-0', link: 'disconnected' }), 'empty'],
    ['not before it follows its master', but({ pod: FOUNDER }, { pod: 'cache-shard-1-1' }), 'empty'],
  ])('%s', (_, nodes, word) => {
    knows('cache-shard-1-1', nodes);
    keep('cache-shard-1-1');
    expect(calls().filter(call => call.startsWith('answers'))).toEqual([`answers ${word} cache-shard-1-1`]);
    expect(phase()).toBe('new');
  });
});

describe('a member with a new volume', () => {
  const NEW = 'cache-shard-1-1';
  beforeEach(() => { cluster(WHOLE, ...others(NEW)); });

  test('gets to know the master of its shard', () => {
    alone(NEW);
    keep(NEW);
    expect(orders()).toEqual([`${NEW} cluster meet at-cache-shard-1-0 6379`]);
  });

  test('meets nobody who is another one at that address: two clusters would become one', () => {
    alone(NEW);
    put('replies/cache-shard-1-0/cluster myid', `${idOf('stranger')}\n`);
    keep(NEW);
    expect(orders()).toEqual([]);
  });

  test('becomes its replica, and part of the cluster when it has copied it', () => {
    knows(NEW, but({ pod: NEW }));
    keep(NEW);
    expect(orders()).toEqual([`${NEW} cluster replicate ${idOf('cache-shard-1-0')}`]);
    knows(NEW, WHOLE, 'master_link_status:down');
    put(`replies/${NEW}/info replication`, 'master_link_status:down\nmaster_host:at-cache-shard-1-0\n');
    keep(NEW);
    expect(phase()).toBe('new');
    knows(NEW, WHOLE);
    keep(NEW);
    expect(phase()).toBe('formed');
  });

  test('of a shard whose master is down waits, and takes no slots', () => {
    alone(NEW);
    cluster(but({ pod: 'cache-shard-1-0', flags: 'master,fail', slots: RANGES[1] }), ...others(NEW));
    const { log } = keep(NEW);
    expect(orders()).toEqual([]);
    expect(log).toMatch(/cache-shard-1-0, the master of the shard, is down: waiting .*decide\.sh empty/);
  });

  test('follows whoever is the master by now', () => {
    alone('cache-shard-1-0');
    cluster([...without(WHOLE, 'cache-shard-1-0', NEW), { pod: NEW, slots: RANGES[1] }, { pod: 'cache-shard-1-0', id: idOf('lost'), flags: 'master,fail' }], ...others('cache-shard-1-0'));
    keep('cache-shard-1-0');
    expect(orders()).toEqual([`cache-shard-1-0 cluster meet at-${NEW} 6379`]);
  });

  describe('that had been the master of its shard, which another one is now', () => {
    const FIRST = 'cache-shard-1-0';
    const taken = (pod: string): Node[] => [
      ...without(WHOLE, FIRST, NEW), { pod, id: idOf(NEW), slots: RANGES[1], address: `at-${NEW}` }, { pod: FIRST },
    ];

    test('does not take it for a shard without slots while it does not know who has them', () => {
      knows(FIRST, taken('')); // it has met that one, and gossip has not told the name
      cluster(taken(NEW), ...others(FIRST));
      keep(FIRST);
      expect({ orders: orders(), phase: phase() }).toEqual({ orders: [`${FIRST} cluster replicate ${idOf(NEW)}`], phase: 'new' });
    });

    test('waits if nobody knows the name', () => {
      cluster(taken(''), ...PODS);
      const { log } = keep(FIRST);
      expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'new' });
      expect(log).toMatch(/not yet the names of all members that have slots: waiting/);
      for (const pod of others(FIRST)) rmSync(at('replies', pod), { recursive: true });
      keep(FIRST);
      expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'new' });
    });
  });

  test('waits while nobody answers that knows the cluster', () => {
    for (const pod of others(NEW)) rmSync(at('replies', pod), { recursive: true });
    alone(NEW);
    const { log } = keep(NEW);
    expect(orders()).toEqual([]);
    expect(log).toMatch(/waiting for cache-shard-0-0, which creates the cluster, or for an answer of a member that knows it/);
  });

  describe('of a new shard', () => {
    beforeEach(() => { put('shards', '4\n'); });

    test('joins without slots, if it is the first', () => {
      alone('cache-shard-3-0');
      keep('cache-shard-3-0');
      expect(orders()).toEqual(['cache-shard-3-0 cluster meet at-cache-shard-0-0 6379']);
      cluster([...WHOLE, { pod: 'cache-shard-3-0' }], ...PODS, 'cache-shard-3-0');
      const { log } = keep('cache-shard-3-0', 2);
      expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'formed' });
      expect(log).toMatch(/no slots are moved automatically.*decide\.sh rebalance/);
    });

    test('waits for the first one, if it is another', () => {
      alone('cache-shard-3-1');
      expect(keep('cache-shard-3-1').log).toMatch(/waits for the first member of its shard/);
      const four = [...WHOLE, { pod: 'cache-shard-3-0' }];
      cluster(four, ...PODS, 'cache-shard-3-0');
      keep('cache-shard-3-1');
      expect(orders()).toEqual(['cache-shard-3-1 cluster meet at-cache-shard-3-0 6379']);
    });
  });
});

describe('a member of the cluster', () => {
  const OWN = 'cache-shard-0-1';
  beforeEach(() => {
    is('formed');
    cluster(WHOLE);
  });
  const lost = (node: Partial<Node> = {}): Node => ({ pod: 'cache-shard-2-1', id: idOf('lost'), flags: 'slave,fail', of: 'cache-shard-2-0', link: 'disconnected', ...node });

  test('has nothing to do while all is well', () => {
    keep(OWN);
    expect(orders()).toEqual([]);
  });

  test('is shown where one is that has another address', () => {
    knows(OWN, but({ pod: 'cache-shard-2-0', slots: RANGES[2], address: '10.0.0.99', link: 'disconnected', flags: 'master,fail?' }));
    keep(OWN);
    expect(orders()).toEqual([`${OWN} cluster meet at-cache-shard-2-0 6379`]);
  });

  test('is not shown somebody else at that address', () => {
    knows(OWN, but({ pod: 'cache-shard-2-0', slots: RANGES[2], address: '10.0.0.99', link: 'disconnected', flags: 'master,fail?' }));
    put('replies/cache-shard-2-0/cluster myid', `${idOf('stranger')}\n`);
    keep(OWN);
    expect(orders()).toEqual([]);
  });

  test('without slots copies the member that has those of its shard', () => {
    knows(OWN, but({ pod: OWN }));
    const { log } = keep(OWN);
    expect(orders()).toEqual([`${OWN} cluster replicate ${idOf('cache-shard-0-0')}`]);
    expect(log).not.toContain('rebalance');
  });

  test.each(['master,fail', 'master,fail?'])('without slots waits while the member that has those of its shard is %s', flags => {
    knows(OWN, but({ pod: OWN }, { pod: 'cache-shard-0-0', slots: RANGES[0], flags }));
    keep(OWN);
    expect(orders().filter(order => order.includes('replicate'))).toEqual([]);
  });

  test.each<[string, string, string, boolean]>([
    ['has met a new server at its address', 'master,noaddr', '90', true],
    ['is down, while the rest of the cluster serves', 'master,fail', '90', true],
    ['has been down for seconds', 'master,fail', '3', false],
  ])('whose master %s: says how it can replace it', (_, flags, seconds, advises) => {
    knows(OWN, but({ pod: 'cache-shard-0-0', slots: RANGES[0], flags, link: 'disconnected' }), `master_link_status:down\nmaster_link_down_since_seconds:${seconds}`);
    const { log } = keep(OWN);
    expect(/its master is down, and was not replaced.*decide\.sh takeover/.test(log)).toBe(advises);
  });

  test.each<[string, string | undefined, boolean]>([['it is its master', undefined, true], ['it is another server', idOf('stranger'), false]])('that may not replicate from its master gives it the account if %s', (_, id, gives) => {
    knows(OWN, WHOLE, 'master_link_status:down\nmaster_host:at-cache-shard-0-0');
    if (id !== undefined) put('replies/cache-shard-0-0/cluster myid', `${id}\n`);
    expect(keep(OWN).log.includes('creates it there')).toBe(gives);
  });

  test('copies its master from its new address', () => {
    knows(OWN, WHOLE, 'master_link_status:down\nmaster_host:10.0.0.99');
    keep(OWN);
    expect(orders()).toEqual([`${OWN} cluster replicate ${idOf('cache-shard-0-0')}`]);
  });

  test('forgets one whose volume was lost', () => {
    knows(OWN, [...WHOLE, lost()]);
    keep(OWN);
    expect(orders()).toEqual([`${OWN} cluster forget ${idOf('lost')}`]);
  });

  test.each<[string, Node]>([
    ['that has slots', lost({ pod: 'cache-shard-2-0', of: undefined, flags: 'master,fail', slots: '16383' })],
    ['that is not down', lost({ flags: 'slave' })],
    ['whose name nobody answers to', lost({ pod: 'cache-shard-1-1' })],
    ['without a name', lost({ pod: '' })],
  ])('does not forget one %s', (_, node) => {
    rmSync(at('replies/cache-shard-1-1/cluster myid'));
    knows(OWN, [...WHOLE, node]);
    keep(OWN);
    expect(orders()).toEqual([]);
  });

  test('forgets one that is not declared any more, unless it has slots', () => {
    knows(OWN, [...WHOLE, lost({ pod: 'cache-shard-0-2', id: idOf('third') }), { pod: 'cache-shard-3-0', flags: 'master,fail', slots: '16383' }]);
    const { log } = keep(OWN);
    expect(orders()).toEqual([`${OWN} cluster forget ${idOf('third')}`]);
    expect(log).toMatch(/cache-shard-3-0 is not declared any more, but has slots: move them first.*decide\.sh drain 3/);
  });

  test('waits with that for two minutes: the number of members is old in some Pods', () => {
    knows(OWN, [...WHOLE, lost({ pod: 'cache-shard-0-2', id: idOf('third') }), { pod: 'cache-shard-3-0', slots: '16383' }]);
    const { log } = run('cluster-keep.sh', OWN, { rounds: 0, env: { UNDECLARED_SECONDS: '120' } });
    expect({ orders: orders(), log }).toEqual({ orders: [], log: '' });
    run('cluster-keep.sh', OWN, { rounds: 3, env: { UNDECLARED_SECONDS: '120', PASSES: '60' } });
    expect(orders()).toEqual([`${OWN} cluster forget ${idOf('third')}`]);
  });

  test('introduces itself again to those who have forgotten it, if it is declared', () => {
    knows('cache-shard-0-0', without(WHOLE, OWN));
    const { log } = keep(OWN);
    expect(orders()).toEqual([`${OWN} cluster meet at-cache-shard-0-0 6379`]);
    expect(log).toMatch(/is not known to cache-shard-0-0 any more/);
    put('members', '1\n');
    keep(OWN);
    expect(orders()).toEqual([]);
  });

  test('forgets nobody while it cannot read how many there are', () => {
    put('shards', '');
    knows(OWN, [...WHOLE, lost()]);
    keep(OWN);
    expect(orders()).toEqual([]);
  });

  test('says who is missing while the cluster does not serve, and what a person can do', () => {
    knows(OWN, but({ pod: 'cache-shard-0-0', flags: 'master,fail', slots: RANGES[0] }), 'master_link_status:down\nmaster_link_down_since_seconds:-1');
    put(`replies/${OWN}/cluster info`, 'cluster_state:fail\n');
    const { log } = keep(OWN);
    expect(log).toMatch(/does not serve: no answer from cache-shard-0-0 \(slots 0-5460\)\. This member copied its master last -1 s ago.*decide\.sh takeover/);
  });
});

describe('before it stops', () => {
  const THREE = [...WHOLE, { pod: 'cache-shard-0-2', of: FOUNDER }];
  const handedOver = `case $* in 'cluster failover') sed -i 's/myself,master/myself,slave/' "$T/replies/${FOUNDER}/cluster nodes" ;; esac\n`;
  beforeEach(() => { cluster(THREE, ...PODS, 'cache-shard-0-2'); });

  test('a master hands over to the lowest replica that copies it', () => {
    for (const pod of ['cache-shard-0-1', 'cache-shard-0-2']) put(`replies/${pod}/cluster failover`, 'OK\n');
    put('hook.sh', handedOver);
    const { status, log } = run('cluster-stop.sh', FOUNDER, { rounds: 50 });
    expect({ status, orders: orders() }).toEqual({ status: 0, orders: ['cache-shard-0-1 cluster failover'] });
    expect(log).toMatch(/has handed over to cache-shard-0-1/);
  });

  test('not to one whose copy is old', () => {
    knows('cache-shard-0-1', THREE, 'master_link_status:down');
    put('replies/cache-shard-0-2/cluster failover', 'OK\n');
    put('hook.sh', handedOver);
    run('cluster-stop.sh', FOUNDER, { rounds: 50 });
    expect(orders()).toEqual(['cache-shard-0-2 cluster failover']);
  });

  test('a master without replicas stops at once, and says so', () => {
    for (const pod of ['cache-shard-0-1', 'cache-shard-0-2']) knows(pod, THREE, 'master_link_status:down');
    const { status, log } = run('cluster-stop.sh', FOUNDER);
    expect({ status, orders: orders() }).toEqual({ status: 0, orders: [] });
    expect(log).toMatch(/no replica follows it/);
  });

  test('it gives up when half of its grace has passed', () => {
    put('replies/cache-shard-0-1/cluster failover', 'OK\n');
    const { status, log } = run('cluster-stop.sh', FOUNDER, { rounds: 90, env: { PASSES: '2' } });
    expect(status).toBe(0);
    expect(log).toMatch(/could not hand over within 30 s/);
  });

  test.each<[string, Node[]]>([['a replica', WHOLE], ['a master without slots', but({ pod: 'cache-shard-0-1' })]])('%s has nothing to hand over', (_, nodes) => {
    knows('cache-shard-0-1', nodes);
    expect(run('cluster-stop.sh', 'cache-shard-0-1')).toMatchObject({ status: 0, log: '' });
  });
});

describe('ready', () => {
  const OWN = 'cache-shard-0-1';
  const info = (text: string) => put(`replies/${OWN}/info`, `loading:0\n${text}\n`);
  const probe = () => run('cluster-probe.sh', OWN);
  beforeEach(() => {
    is('formed');
    cluster(WHOLE);
    info('role:slave\nmaster_link_status:up');
  });

  test.each<[string, () => void]>([
    ['a replica that copies its master', () => undefined],
    ['a replica that has lost it for a minute', () => info('role:slave\nmaster_link_status:down\nmaster_link_down_since_seconds:60')],
    ['a master with slots', () => {
      info('role:master');
      knows(OWN, but({ pod: OWN, slots: RANGES[0] }, { pod: FOUNDER, of: OWN }));
    }],
    ['a master of a shard without slots', () => {
      info('role:master');
      knows(OWN, but({ pod: OWN }, { pod: FOUNDER, of: OWN }));
    }],
  ])('is %s', (_, prepare) => {
    prepare();
    expect(probe()).toMatchObject({ status: 0, out: '' });
  });

  test.each<[string, string, () => void]>([
    ['before it is part of the cluster', 'not part of the cluster', () => is('founding')],
    ['that loads its data', 'loads its data', () => put(`replies/${OWN}/info`, 'loading:1\n')],
    ['that does not answer', 'does not answer', () => rmSync(at(`replies/${OWN}`), { recursive: true })],
    ['of a cluster that does not serve', 'the cluster does not serve', () => put(`replies/${OWN}/cluster info`, 'cluster_state:fail\n')],
    ['whose copy is old', 'no connection to the master since 61 s', () => info('role:slave\nmaster_link_status:down\nmaster_link_down_since_seconds:61')],
    ['that has never copied', 'no connection to the master since -1 s', () => info('role:slave\nmaster_link_status:down\nmaster_link_down_since_seconds:-1')],
    ['that is a master without slots beside one that has them', `${FOUNDER} of its shard has`, () => {
      info('role:master');
      knows(OWN, but({ pod: OWN }));
    }],
  ])('is none %s', (_, reason, prepare) => {
    prepare();
    const { status, out } = probe();
    expect(status).toBe(1);
    expect(out).toContain(reason);
  });
});

describe('a person', () => {
  const OWN = 'cache-shard-0-1';
  const decide = (pod: string, ...args: string[]) => run('decide.sh', pod, { args, rounds: 9 });
  const becomesMaster = () => put('hook.sh', `case $* in 'cluster failover'*) sed -i 's/myself,slave/myself,master/' "$T/replies/${OWN}/cluster nodes" ;; esac\n`);
  beforeEach(() => {
    cluster(WHOLE);
    for (const how of ['', ' force', ' takeover']) put(`replies/${OWN}/cluster failover${how}`, 'OK\n');
  });

  test('sees who has what', () => {
    expect(decide(OWN, 'show').out).toContain('cache-shard-1-0 master at-cache-shard-1-0 5461-10921\n');
  });

  test('makes a replica the master, while the master answers', () => {
    becomesMaster();
    expect(decide(OWN, 'lead').status).toBe(0);
    expect(orders()).toEqual([`${OWN} cluster failover`]);
    expect(decide(FOUNDER, 'lead').log).toBe(`refused: ${FOUNDER} is not a replica.\n`);
  });

  test('makes it that while the master does not', () => {
    becomesMaster();
    expect(decide(OWN, 'takeover').log).toMatch(/refused: cache-shard-0-0, the master, answers/);
    rmSync(at(`replies/${FOUNDER}`), { recursive: true });
    expect(decide(OWN, 'lead').log).toMatch(/refused: cache-shard-0-0, the master, does not answer/);
    expect(decide(OWN, 'takeover').status).toBe(0);
    expect(orders()).toEqual([`${OWN} cluster failover force`]);
  });

  test('without a majority makes it that without votes', () => {
    rmSync(at(`replies/${FOUNDER}`), { recursive: true });
    put('hook.sh', `case $* in 'cluster failover takeover') sed -i 's/myself,slave/myself,master/' "$T/replies/${OWN}/cluster nodes" ;; esac\n`);
    expect(decide(OWN, 'takeover').status).toBe(0);
    expect(orders()).toEqual([`${OWN} cluster failover force`, `${OWN} cluster failover takeover`]);
  });

  test('moves slots', () => {
    decide(OWN, 'rebalance');
    expect(orders()).toEqual(['manages --cluster rebalance 127.0.0.1:6379 --cluster-use-empty-masters --cluster-yes']);
    decide(OWN, 'drain', '2');
    expect(orders()).toEqual([`manages --cluster rebalance 127.0.0.1:6379 --cluster-weight ${idOf('cache-shard-2-0')}=0 --cluster-yes`]);
    expect(decide(OWN, 'drain', '7').log).toMatch(/refused: shard 7 has no slots/);
  });

  test('has a shard whose copies are all lost served with nothing in it, and only then', () => {
    const failed = but({ pod: 'cache-shard-1-0', id: idOf('lost'), flags: 'master,fail', slots: RANGES[1] });
    expect(decide('cache-shard-1-1', 'empty').log).toMatch(/the master of this shard is not down/);
    cluster(failed);
    expect(decide('cache-shard-1-0', 'empty').log).toMatch(/the server does not answer|has a copy/);
    alone('cache-shard-1-0');
    expect(decide('cache-shard-1-0', 'empty').log).toMatch(/refused: cache-shard-1-1 has a copy/);
    rmSync(at('replies/cache-shard-1-1'), { recursive: true });
    expect(decide('cache-shard-1-0', 'empty').log).toMatch(/refused: cache-shard-1-1 does not answer, and could have a copy: .*decide\.sh empty anyway/);
    expect(phase()).toBe('new');
    alone('cache-shard-1-1');
    expect(decide('cache-shard-1-0', 'empty').status).toBe(0);
    expect(phase()).toBe('emptying\n5461-10921');
    knows('cache-shard-1-0', [{ pod: 'cache-shard-1-0' }, ...without(WHOLE, 'cache-shard-1-0', 'cache-shard-1-1')]);
    put('hook.sh', 'case $* in \'cluster forget\'*) sed -i "/lost/d" "$T/replies/$pod/cluster nodes" ;; esac\n');
    keep('cache-shard-1-0', 2);
    expect(orders()).toEqual([
      ...['cache-shard-0-0', 'cache-shard-0-1', 'cache-shard-2-0', 'cache-shard-2-1'].map(pod => `${pod} cluster forget ${idOf('lost')}`),
      'cache-shard-1-0 cluster addslotsrange 5461 10921', 'cache-shard-1-0 cluster bumpepoch',
    ].sort());
  });

  test('has it served so beside a member that does not answer, if a person says that it is lost', () => {
    cluster(but({ pod: 'cache-shard-1-0', id: idOf('lost'), flags: 'master,fail', slots: RANGES[1] }));
    alone('cache-shard-1-0');
    rmSync(at('replies/cache-shard-1-1'), { recursive: true });
    expect(decide('cache-shard-1-0', 'empty', 'anyway').status).toBe(0);
    expect(phase()).toBe('emptying\n5461-10921');
  });

  test.each([['a decision that there is none', ['nonsense'], /'nonsense' is not a decision/], ['founding by another member', ['found'], /only cache-shard-0-0 with a new volume/]])('is refused %s', (_, args, message) => {
    const { status, log } = decide(OWN, ...args);
    expect(status).toBe(1);
    expect(log).toMatch(message);
  });
});

test('all members of a cluster compute the same ranges, and all slots are in one', () => {
  const ranges = execFileSync('bash', ['-c', `. ${at('files/member.sh')}; . ${at('files/cluster-member.sh')}; for i in {0..6}; do range_of $i 7; done`], {
    encoding: 'utf8', env: { ...process.env, PASSWORD_FILE: at('password'), HOSTNAME: FOUNDER },
  }).trim().split('\n').map(range => range.split('-').map(Number));
  expect(ranges[0][0]).toBe(0);
  expect(ranges[6][1]).toBe(16383);
  ranges.slice(1).forEach(([from], i) => expect(from).toBe(ranges[i][1] + 1));
});
