import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderHaproxyCfg } from '../../src/redis/haproxy-cfg';
import { MemberNames } from '../../src/workload/member-names';
import { newChart } from '../support/manifests';
import { itUnless } from '../support/needs';

const render = ({ replicas = 2, minReplicasToWrite = 1 } = {}) => renderHaproxyCfg(MemberNames._of(newChart('shop'), 'cache'), {
  kind: 'sentinel', replicas, sentinels: 3, dataLink: true, minReplicasToWrite, downAfterMillis: 5000,
});
/** The lines of one part, without indentation. */
const part = (text: string, title: string) => text.split('\n\n').map(block => block.split('\n').map(line => line.trim())).find(([first]) => first === title) ?? [];
/** What the answer of a server has to match. */
const expected = (text: string, backend: string) => new RegExp(/rstring "(.*)"$/m.exec(part(text, `backend ${backend}`).join('\n'))?.[1] ?? 'nothing');

test.each([1, 2, 9])('every one of a master and %i replicas is in every backend, by its name, which is looked up anew all the time', replicas => {
  const text = render({ replicas });
  for (const backend of ['master', 'any-master', 'replicas']) {
    expect(part(text, `backend ${backend}`).filter(line => line.startsWith('server '))).toEqual(
      Array.from({ length: replicas + 1 }, (_, i) => `server cache-${i} "cache-${i}.\${DOMAIN}:6379"`));
  }
  expect(part(text, 'defaults').filter(line => line.startsWith('default-server'))).toEqual([
    'default-server check inter 1s fall 2 rise 1 init-addr none resolvers cluster on-marked-down shutdown-sessions',
  ]);
});

test('the configuration does not contain the password', () => {
  expect(render()).toContain('%[env(PASSWORD)]');
  expect(render()).not.toMatch(/requirepass|AUTH [^\\]/);
});

const info = (...fields: string[]) => ['# Replication', ...fields, ''].join('\r\n');
const master = (good: number) => info('role:master', 'connected_slaves:2', `min_slaves_good_slaves:${good}`, 'slave0:ip=cache-1,state=online');
const replica = (status: string, down?: number) => info('role:slave', 'master_host:cache-0', `master_link_status:${status}`, ...down === undefined ? [] : [`master_link_down_since_seconds:${down}`],
  'min_slaves_good_slaves:3');

test.each([
  ['a master with a replica that has its writes', 1, master(1), true],
  ['a master with more of them than are needed', 1, master(9), true],
  ['a master that is cut off', 1, master(0), false],
  ['a master with too few of them', 2, master(1), false],
  ['a master with enough of them', 2, master(2), true],
  ['a master without any, where none is needed', 0, info('role:master', 'connected_slaves:0'), true],
  ['a replica', 1, replica('up'), false],
  ['a replica, where no replica is needed', 0, replica('up'), false],
])('writes go to %s (minReplicasToWrite %i): %#', (_, minReplicasToWrite, answer, taken) => {
  expect(expected(render({ minReplicasToWrite }), 'master').test(answer)).toBe(taken);
});

test.each([
  ['a replica that follows', replica('up'), true],
  ['a replica that lost its master just now', replica('down', 0), true],
  ['a replica that lost its master a minute ago, almost', replica('down', 59), true],
  ['a replica that lost its master a minute ago', replica('down', 60), false],
  ['a replica that lost its master long ago', replica('down', 599), false],
  ['a replica that has never had a master', replica('down', -1), false],
  ['the master', master(1), false],
])('reads go to %s: %#', (_, answer, taken) => {
  expect(expected(render(), 'replicas').test(answer)).toBe(taken);
});

test.each([['master', 'slave'], ['any-master', 'slave'], ['replicas', 'master']])('the backend %s is not kept waiting by a server that is %s', (backend, role) => {
  expect(part(render(), `backend ${backend}`)).toContain(`tcp-check expect min-recv 64 ! string role:${role}`);
  for (const answer of [master(0), master(2), replica('up'), replica('down', -1)]) {
    expect(answer.length).toBeGreaterThan(64);
    if (expected(render(), backend).test(answer)) expect(answer).not.toContain(`role:${role}`);
  }
});

test('if no replica can be read, reads go to the master', () => {
  expect(part(render(), 'frontend read')).toEqual(['frontend read', 'bind :::6380 v4v6', 'use_backend replicas if { nbsrv(replicas) gt 0 }', 'default_backend any-master']);
  expect(expected(render(), 'any-master').test(master(0))).toBe(true);
});

const missing = spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'needs haproxy on PATH';

itUnless(missing)('HAProxy itself finds nothing wrong with it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  try {
    const file = join(folder, 'haproxy.cfg');
    for (const text of [render(), render({ replicas: 9, minReplicasToWrite: 0 })]) {
      writeFileSync(file, text);
      const env = { ...process.env, DOMAIN: 'cache-headless.shop.svc.cluster.local', PASSWORD: "it's \"a\" pass $word\\" };
      expect(execFileSync('haproxy', ['-c', '-f', file], { env, encoding: 'utf8' })).toContain('Configuration file is valid');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
