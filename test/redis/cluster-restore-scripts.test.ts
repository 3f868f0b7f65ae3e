import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  alone, at, but, calls, cluster, FOUNDER, idOf, is, keep, knows, orders, others, phase, PODS, program, put, RANGES, run, says, SCRIPTS, useStandIns,
  WHOLE, without,
} from '../support/redis-cluster-stand-ins';

/** The scripts of a cluster that begins with a backup. */
useStandIns();

const BACKUP = '2026-11-24T10-00-00Z@0123456789ab';
const FIRSTS = PODS.filter(pod => pod.endsWith('0'));
const REPLICAS = PODS.filter(pod => pod.endsWith('1'));
const shardOf = (pod: string) => Number(pod.split('-')[2]);

beforeEach(() => {
  appendFileSync(at('files/cluster-join.sh'), readFileSync(join(SCRIPTS, 'cluster-restored.sh')));
  put('restore.sh', 'echo "restores into $PRODUCT" >>"$T/calls"; exit "$(cat "$T/result" 2>/dev/null || echo 0)"\n');
});

describe('before its first start, a member', () => {
  const prepare = (pod: string, rounds = 1) => run('cluster-prepare.sh', pod, { rounds, env: { PRODUCT: 'redis-cluster', RESTORE: at('restore.sh'), RESTORING: at('data/.restoring') } });
  const restores = () => calls().filter(call => call.startsWith('restores'));
  const OTHER = 'cache-shard-1-0';
  beforeEach(() => {
    for (const pod of REPLICAS) alone(pod);
    says('empty', ...others(OTHER));
  });

  test('that is the first of its shard restores it when all others have said that they are new, some before their server runs', () => {
    expect(prepare(OTHER).status).toBe(0);
    expect(restores()).toEqual(['restores into redis-cluster']);
    expect(calls()[0]).toBe(`answers empty ${OTHER}`);
  });
  test('does it also where others have restored theirs', () => {
    knows('cache-shard-2-0', [{ pod: 'cache-shard-2-0', slots: RANGES[2] }]);
    says(`restored ${BACKUP}`, 'cache-shard-2-0');
    expect(prepare(OTHER).status).toBe(0);
    expect(restores()).toHaveLength(1);
  });
  test.each([FOUNDER, 'cache-shard-1-1', 'cache-shard-2-1'])('restores nothing while %s is silent', silent => {
    rmSync(at('founding', silent));
    const { status, log } = prepare(OTHER);
    expect({ status, restores: restores() }).toEqual({ status: 124, restores: [] });
    expect(log).toContain(`No answer from: ${silent}.`);
  });
  test('restores nothing while others have met, as its volume may have been lost since', () => {
    knows('cache-shard-2-1', [{ pod: 'cache-shard-2-1' }, { pod: FOUNDER, slots: RANGES[0] }]);
    expect(prepare(OTHER).status).toBe(124);
    expect(restores()).toEqual([]);
  });
  test('restores nothing where one knows a whole cluster, whatever the others say', () => {
    knows('cache-shard-2-1', but({ pod: OTHER, flags: 'master,fail', slots: RANGES[1] }));
    rmSync(at('founding', FOUNDER));
    const { status, log } = prepare(OTHER);
    expect({ status, restores: restores() }).toEqual({ status: 0, restores: [] });
    expect(log).toContain('the cluster is there already: nothing is restored');
  });
  test.each([
    ['that has data', 'data/appendonlydir/appendonly.aof.manifest'],
    ['that has lost its append-only file', 'data/.used'],
    ['that was part of a cluster', 'data/.cluster'],
  ])('%s restores nothing', (_, file) => {
    put(file, 'formed\n');
    expect(prepare(OTHER).status).toBe(0);
    expect(calls()).toEqual([]);
  });
  test('that is not the first of its shard restores nothing', () => {
    expect(prepare('cache-shard-1-1').status).toBe(0);
    expect(calls()).toEqual([]);
  });
  test('whose restore was interrupted begins anew', () => {
    for (const file of ['.restoring', 'dump.rdb', 'appendonlydir/appendonly.aof.manifest', 'nodes.conf', '.cluster']) put(`data/${file}`, 'half\n');
    expect(prepare(OTHER).status).toBe(0);
    expect(restores()).toHaveLength(1);
    expect(readdirSync(at('data')).sort()).toEqual(['.lock', '.restoring']);
  });
  test('whose restore fails does not start', () => {
    put('result', '1');
    expect(prepare(OTHER).status).toBe(1);
  });
});

describe('the founder that has restored its shard', () => {
  const restored = (pod: string, backup = BACKUP) => {
    knows(pod, [{ pod, slots: RANGES[shardOf(pod)] }]);
    says(`restored ${backup}`, pod);
  };
  const MEETINGS = FIRSTS.slice(1).map(pod => `${FOUNDER} cluster meet at-${pod} 6379`);
  beforeEach(() => {
    is(`restored\n${BACKUP}\n${RANGES[0]}`);
    for (const pod of FIRSTS) restored(pod);
    for (const pod of REPLICAS) alone(pod);
    says('empty', ...REPLICAS);
  });
  const nothing = (reason: RegExp) => {
    const { log } = keep(FOUNDER);
    expect({ orders: orders(), phase: phase().split('\n')[0] }).toEqual({ orders: [], phase: 'restored' });
    expect(log).toMatch(reason);
  };

  test('meets the first members of all shards, having noted that it does', () => {
    put('hook.sh', 'case $* in *meet*) cat "$T/data/.cluster" >"$T/phase-before" ;; esac\n');
    keep(FOUNDER);
    expect(orders()).toEqual(MEETINGS);
    expect(readFileSync(at('phase-before'), 'utf8')).toBe(`meeting\n${BACKUP}\n${RANGES[0]}\n`);
    expect(calls()).toContain(`answers restored ${BACKUP} ${FOUNDER}`);
  });
  test.each([
    ['a first member is silent', 'cache-shard-1-0'],
    ['another member is silent', 'cache-shard-2-1'],
  ])('meets nobody while %s', (_, pod) => {
    rmSync(at('founding', pod));
    nothing(new RegExp(`No answer about that from: ${pod}\\.`));
  });
  test('meets nobody while a first member has no data: its slots would be served with nothing in them', () => {
    alone('cache-shard-1-0');
    says('empty', 'cache-shard-1-0');
    nothing(/No answer about that from: cache-shard-1-0\./);
  });
  test('meets nobody while another member has keys', () => {
    put('replies/cache-shard-1-1/dbsize', '7\n');
    nothing(/No answer about that from: cache-shard-1-1\./);
  });
  test.each([['2026-11-25T10-00-00Z@0123456789ab', 'a newer backup'], ['2026-11-24T10-00-00Z@ffffffffffff', 'one of the same name from elsewhere']])(
    'meets nobody where one has restored %s, %s', other => {
      restored('cache-shard-2-0', other);
      nothing(/has restored the backup 2026-11-24T10-00-00Z, and cache-shard-2-0 another one: not bringing them together\. Name a backup/);
    });
  test('meets nobody where the slots of all are not all slots', () => {
    knows('cache-shard-2-0', [{ pod: 'cache-shard-2-0', slots: '10922-16382' }]);
    nothing(/have 16383 of 16384 slots/);
  });
  test('does not answer where its server has other slots than the backup says', () => {
    knows(FOUNDER, [{ pod: FOUNDER, slots: '0-5460,9000' }]);
    nothing(/has the slots 0-5460,9000, and those of the backup are 0-5460/);
    expect(calls().filter(call => call.startsWith('answers'))).toEqual([]);
  });

  describe('and was interrupted while it met the others', () => {
    beforeEach(() => { is(`meeting\n${BACKUP}\n${RANGES[0]}`); });
    test('meets those that it does not know, although others join already', () => {
      const known = [{ pod: FOUNDER, slots: RANGES[0] }, { pod: 'cache-shard-1-0', slots: RANGES[1] }];
      for (const pod of [FOUNDER, 'cache-shard-1-0', 'cache-shard-1-1']) knows(pod, known);
      for (const pod of ['cache-shard-1-0', 'cache-shard-1-1']) rmSync(at('founding', pod));
      keep(FOUNDER);
      expect(orders()).toEqual([`${FOUNDER} cluster meet at-cache-shard-2-0 6379`]);
    });
    test('meets nobody where it has met one whose volume is lost since, and which has its slots still', () => {
      knows(FOUNDER, [{ pod: FOUNDER, slots: RANGES[0] }, { pod: 'cache-shard-1-0', id: idOf('lost'), flags: 'master,fail', slots: RANGES[1] }]);
      const { log } = keep(FOUNDER);
      expect(orders()).toEqual([]);
      expect(log).toContain('has met a member that has slots, and is lost');
    });
    test('is part of the cluster when it knows all of it', () => {
      cluster(WHOLE);
      keep(FOUNDER);
      expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'formed' });
    });
  });
});

describe('in a cluster that begins with a backup', () => {
  test('a first member with its shard says so for as long as it knows nobody', () => {
    is(`restored\n${BACKUP}\n${RANGES[1]}`);
    knows('cache-shard-1-0', [{ pod: 'cache-shard-1-0', slots: RANGES[1] }]);
    keep('cache-shard-1-0');
    expect(calls()).toContain(`answers restored ${BACKUP} cache-shard-1-0`);
    knows('cache-shard-1-0', without(WHOLE, 'cache-shard-2-0'));
    keep('cache-shard-1-0');
    expect(calls().filter(call => call.startsWith('answers'))).toEqual([]);
    expect({ orders: orders(), phase: phase().split('\n')[0] }).toEqual({ orders: [], phase: 'restored' });
  });
  test('a first member that was replaced before it knew all of the cluster is a replica', () => {
    is(`restored\n${BACKUP}\n${RANGES[1]}`);
    cluster(but({ pod: 'cache-shard-1-0', of: 'cache-shard-1-1' }, { pod: 'cache-shard-1-1', slots: RANGES[1] }));
    keep('cache-shard-1-0');
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'formed' });
  });
  test('another member is new until it knows the cluster, then joins its shard', () => {
    for (const pod of PODS) alone(pod);
    keep('cache-shard-1-1');
    expect(calls()).toContain('answers empty cache-shard-1-1');
    cluster(without(WHOLE, ...REPLICAS), ...FIRSTS);
    keep('cache-shard-1-1');
    expect(orders()).toEqual(['cache-shard-1-1 cluster meet at-cache-shard-1-0 6379']);
  });
  test('a first member that has restored nothing takes no slots, and says why', () => {
    for (const pod of PODS) alone(pod);
    says('empty', ...others(FOUNDER));
    const { log } = keep(FOUNDER);
    expect({ orders: orders(), phase: phase() }).toEqual({ orders: [], phase: 'new' });
    expect(log).toMatch(/has restored nothing: the cluster has data, and nobody who knows it answers yet, or this volume is older/);
    expect(existsSync(at('data/.cluster'))).toBe(false);
  });
});

describe('a shard whose backup is in an object store', () => {
  test('fetches its own file, and what all need, not the files of other shards', () => {
    const scripts = ['redis/scripts/cluster-fetch.sh', 'backup/scripts/fetch.sh'].map(name => readFileSync(join(SCRIPTS, '../..', name), 'utf8'));
    put('fetch/fetch.sh', scripts.join(''));
    put('fetch/store.sh', readFileSync(join(SCRIPTS, '../../backup/scripts/store.sh'), 'utf8'));
    program('rclone', '#!/bin/bash\nprintf "%s\\n" "$*" >>"$T/calls"\n[ "$1" != lsf ] || echo 2026-11-24T10-00-00Z/BACKUP\n');
    program('hostname', '#!/bin/bash\necho cache-shard-1-0\n');
    const { status } = spawnSync('sh', [at('fetch/fetch.sh')], {
      env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}`, T: at('.'), SHARD: '1', BACKUPS: at('backups'), TARGET: 's3:cache', BACKUP: 'latest', DATA: at('none') },
    });
    expect(status).toBe(0);
    expect(calls()[1]).toMatch(/^copy s3:cache\/2026-11-24T10-00-00Z .* --filter \+ \/shard-1\.rdb --filter - \/shard-\*\.rdb$/);
    expect(calls()[0]).not.toContain('--filter');
  });
});
