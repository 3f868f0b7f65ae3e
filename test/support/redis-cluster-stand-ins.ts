import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SRC = join(__dirname, '../../src');
export const SCRIPTS = join(SRC, 'redis/scripts');
const SHARDS = [0, 1, 2];
export const RANGES = ['0-5460', '5461-10921', '10922-16383'];
export const PODS = SHARDS.flatMap(shard => [0, 1].map(ordinal => `cache-shard-${shard}-${ordinal}`));

/** Members that are new answer from a file; a script that has waited for as many rounds as it may ends with 124, as `timeout` does. */
const STANDINS = `
ask() { cat "$T/founding/\${1%%.*}" 2>/dev/null || :; }
answer() { echo "answers $1" >>"$T/calls"; }
stop_answering() { :; }
pause() { rounds=$((\${rounds:-0} + 1)); [ "$rounds" -le "$ROUNDS" ] || exit 124; SECONDS=$((SECONDS + \${PASSES:-0})); }
`;
/** What a server answers lies in a file named by its Pod and the command; the hook of a test may change it. */
const CLI = `#!/bin/bash
if [ "$1" = --cluster ]; then echo "manages $*" >>"$T/calls"; exit; fi
pod=\${2%%.*}
case $2 in 127.0.0.1) pod=$HOSTNAME ;; at-*) pod=\${2#at-} ;; esac
shift 4
echo "$pod $*" >>"$T/calls"
[ ! -e "$T/hook.sh" ] || . "$T/hook.sh"
if [ -e "$T/replies/$pod/$*" ]; then cat "$T/replies/$pod/$*"; fi
`;
const GETENT = '#!/bin/bash\npod=${2%%.*}\n[ -e "$T/unknown/$pod" ] || echo "at-$pod STREAM $2"\n';
const SERVER = '#!/bin/bash\ncp "$1" "$T/started"\n';

let root: string;
export const at = (...path: string[]) => join(root, ...path);
export const put = (path: string, text: string) => {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
};
export const program = (name: string, text: string) => {
  put(`bin/${name}`, text);
  chmodSync(at('bin', name), 0o755);
};
export const calls = () => existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trimEnd().split('\n') : [];
/** What members were told, but for questions, and the order to let replicas copy. */
export const orders = () => [...new Set(calls().filter(call => !/ (cluster (nodes|info|myid)|dbsize|info.*|acl .*)$|^answers/.test(call)))].sort();
export const phase = () => existsSync(at('data/.cluster')) ? readFileSync(at('data/.cluster'), 'utf8').trim() : 'new';
export const started = () => existsSync(at('started')) ? readFileSync(at('started'), 'utf8') : undefined;

/** Gives each case a member of a cluster `cache` of three shards of two, whose scripts run here with stand-ins for the tools of its image. */
export function useStandIns(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'redis-cluster-'));
    for (const folder of ['files', 'data', 'run', 'founding', 'replies', 'unknown', 'bin']) mkdirSync(at(folder));
    for (const script of readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'))) copyFileSync(join(SCRIPTS, script), at('files', script));
    for (const name of ['founding.sh', 'lock.sh']) copyFileSync(join(SRC, 'kit/founding', name), at('files', name));
    copyFileSync(join(SCRIPTS, 'cluster-decide.sh'), at('files/decide.sh'));
    appendFileSync(at('files/member.sh'), STANDINS);
    put('password', 'secret\n');
    put('files/redis.conf', 'maxmemory 420mb\n');
    put('files/users', '');
    put('members', '2\n');
    put('shards', '3\n');
    program('redis-cli', CLI);
    program('redis-server', SERVER);
    program('getent', GETENT);
  });
  afterEach(() => { rmSync(root, { recursive: true }); });
}

export interface Run { readonly status: number | null; readonly out: string; readonly log: string }
export function run(script: string, pod: string, { args = [], rounds = 2, env = {} }: { args?: string[]; rounds?: number; env?: object } = {}): Run {
  rmSync(at('calls'), { force: true });
  const { status, stdout, stderr } = spawnSync('timeout', ['30', 'bash', at('files', script), ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${at('bin')}:${process.env.PATH}`,
      T: root,
      ROUNDS: `${rounds}`,
      HOSTNAME: pod,
      PRODUCT: 'redis',
      CLUSTER: 'cache',
      SHARD: pod.split('-')[2],
      SUFFIX: '.shop.svc.cluster.local',
      POD_IP: '10.0.0.7',
      FILES: at('files'),
      DATA: at('data'),
      RUN: at('run'),
      PASSWORD_FILE: at('password'),
      USERS: at('users'),
      MEMBERS_FILE: at('members'),
      SHARDS_FILE: at('shards'),
      TERMINATION_LOG: at('termination-log'),
      CONTAINER_LOG: at('none'),
      STOP_BOUND: '30',
      UNDECLARED_SECONDS: '0',
      ...env,
    },
  });
  return { status, out: stdout, log: stderr };
}
export const keep = (pod: string, rounds = 1) => run('cluster-keep.sh', pod, { rounds: rounds - 1 });

export interface Node {
  readonly pod: string;
  readonly id?: string;
  readonly flags?: string;
  readonly of?: string;
  readonly link?: string;
  readonly slots?: string;
  readonly address?: string;
}

export const idOf = (pod: string, life = 'a') => `${pod}${life}`.padEnd(40, '-');
export const hostOf = (pod: string) => pod === '' ? '' : `${pod}.${pod.replace(/-\d+$/, '')}-headless.shop.svc.cluster.local`;
export function line(pod: string, node: Node): string {
  const own = node.pod === pod && (node.id ?? idOf(pod)) === idOf(pod) ? 'myself,' : '';
  const role = node.of === undefined ? 'master' : 'slave';
  return [
    node.id ?? idOf(node.pod), `${node.address ?? `at-${node.pod}`}:6379@16379,${hostOf(node.pod)}`, `${own}${node.flags ?? role}`,
    node.of === undefined ? '-' : idOf(node.of), '0', '0', '1', node.link ?? 'connected', ...node.slots === undefined ? [] : [node.slots],
  ].join(' ');
}
/** A cluster as it is meant to be; the first members are the masters. */
export const WHOLE: Node[] = PODS.map(pod => pod.endsWith('0') ? { pod, slots: RANGES[Number(pod.split('-')[2])] } : { pod, of: pod.replace(/1$/, '0') });
export const but = (...changed: Node[]): Node[] => [...WHOLE.filter(({ pod }) => !changed.some(node => node.pod === pod)), ...changed];
export const without = (nodes: Node[], ...pods: string[]) => nodes.filter(({ pod }) => !pods.includes(pod));

/** What a member knows, and who it is. */
export function knows(pod: string, nodes: Node[], replication = 'master_link_status:up'): void {
  put(`replies/${pod}/cluster nodes`, nodes.map(node => `${line(pod, node)}\n`).join(''));
  put(`replies/${pod}/cluster myid`, `${idOf(pod)}\n`);
  put(`replies/${pod}/cluster info`, 'cluster_state:ok\n');
  put(`replies/${pod}/info replication`, `${replication}\n`);
  put(`replies/${pod}/dbsize`, '0\n');
  for (const order of ['replicate', 'meet', 'forget']) for (const node of nodes) put(`replies/${pod}/cluster ${order} ${node.id ?? idOf(node.pod)}`, 'OK\n');
}
export const alone = (pod: string) => knows(pod, [{ pod }]);
export const says = (word: string, ...pods: string[]) => { for (const pod of pods) put(`founding/${pod}`, `${word} ${pod}\n`); };
export const cluster = (nodes = WHOLE, ...pods: string[]) => { for (const pod of pods.length === 0 ? PODS : pods) knows(pod, nodes); };
export const is = (word: string) => put('data/.cluster', `${word}\n`);
export const others = (pod: string) => PODS.filter(other => other !== pod);

export const FOUNDER = 'cache-shard-0-0';
/** All members know each other; all is done but the slots of the founder. */
export const NEARLY = but({ pod: FOUNDER });
