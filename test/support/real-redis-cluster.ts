import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { end, type Running, runningOn, until } from './real-server';

const SRC = path.join(__dirname, '../../src');
const SCRIPTS = path.join(SRC, 'redis/scripts');

/** Why real clusters cannot run here, if they cannot. */
export function clusterMissing(): string | undefined {
  const missing = ['redis-server', 'redis-cli', 'redis-check-rdb'].filter(tool => spawnSync('which', [tool]).status !== 0);
  return missing.length === 0 ? undefined : `needs ${missing.join(' and ')} on this machine`;
}

/** Each Pod has an address of its own on this machine, and its name leads there. What a member with a new volume says lies in a file. */
const STANDINS = `
ask() { cat "$T/says/\${1%%.*}" 2>/dev/null || :; }
answer() { echo "$1" >"$T/says/$HOSTNAME"; founding_listener=1; }
stop_answering() { rm -f "$T/says/$HOSTNAME"; founding_listener=''; }
`;
const GETENT = '#!/bin/bash\naddress=$(cat "$T/addresses/${2%%.*}" 2>/dev/null) && echo "$address STREAM $2"\n';
const CLI = `#!/bin/bash
words=("$@")
if [ "$1" = -h ]; then
  case $2 in
    127.0.0.1) words[1]=$POD_IP ;;
    *[a-z]*) words[1]=$(cat "$T/addresses/\${2%%.*}" 2>/dev/null) || exit 1 ;;
  esac
fi
[ ! -e "$T/hook.sh" ] || . "$T/hook.sh"
exec /usr/bin/redis-cli "\${words[@]}"
`;
const SERVER = '#!/bin/bash\n[ "$1" != --version ] || exec /usr/bin/redis-server "$@"\nexec /usr/bin/redis-server "$@" --bind "$POD_IP"\n';

/** What differs between clusters. */
export interface RealClusterOptions {
  /** The third part of its addresses begins with it: clusters that run at one time have different ones. */
  readonly number: number;
  readonly shards?: number;
  /** Whether it begins with the backup `restoreFrom`. */
  readonly restored?: boolean;
}

/** A cluster `cache` of real servers of this machine, with one replica a shard, each started by the scripts of its Pod. */
export class RealRedisCluster {
  private readonly running = new Set<ChildProcess>();
  private readonly members = new Map<string, Running>();

  constructor(private readonly root: string, private readonly options: RealClusterOptions) {
    for (const folder of ['bin', 'says', 'addresses', 'backups']) fs.mkdirSync(this.at(folder), { recursive: true });
    this.put('password', 'se"cret\n');
    for (const [name, text] of Object.entries({ 'getent': GETENT, 'redis-cli': CLI, 'redis-server': SERVER })) {
      this.put(`bin/${name}`, text);
      fs.chmodSync(this.at('bin', name), 0o755);
    }
    this.declare(this.shards);
    this.putTools();
  }

  get shards(): number {
    return this.options.shards ?? 3;
  }

  get pods(): string[] {
    return Array.from({ length: this.shards }, (_, shard) => [0, 1].map(ordinal => `cache-shard-${shard}-${ordinal}`)).flat();
  }

  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  put(name: string, text: string): void {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
    fs.writeFileSync(this.at(name), text);
  }

  /** How many shards there are in the manifests. */
  declare(shards: number): void {
    this.put('shards', `${shards}\n`);
    this.put('members', '2\n');
  }

  start(...pods: string[]): void {
    for (const pod of pods) {
      this.prepareFiles(pod);
      const first = this.options.restored === true ? `until PRODUCT=redis-cluster bash ${this.at(pod, 'files/prepare.sh')}; do sleep 1; done; ` : '';
      const child = spawn('bash', ['-c', `${first}exec bash ${this.at(pod, 'files/cluster-start.sh')}`], { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: this.env(pod) });
      this.put(`addresses/${pod}`, `${this.addressOf(pod)}\n`);
      this.members.set(pod, runningOn(child, this.running));
    }
  }

  async kill(...pods: string[]): Promise<void> {
    for (const pod of pods) {
      await this.members.get(pod)?.kill();
      fs.rmSync(this.at('says', pod), { force: true });
      fs.rmSync(this.at('addresses', pod), { force: true });
    }
  }

  async loseVolume(pod: string): Promise<void> {
    await this.kill(pod);
    fs.rmSync(this.at(pod, 'data'), { recursive: true });
    fs.mkdirSync(this.at(pod, 'data'));
  }

  /** Ends everything. */
  async end(): Promise<void> {
    for (const child of this.running) {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await end(child, 'SIGKILL');
    }
    this.running.clear();
  }

  /** Waits until a member has said this. */
  async said(pod: string, text: string): Promise<void> {
    await this.members.get(pod)?.said(text);
  }

  lastSaid(pod: string): string {
    return this.members.get(pod)?.lastSaid() ?? '';
  }

  phase(pod: string): string {
    const file = this.at(pod, 'data/.cluster');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n')[0] : 'new';
  }

  async formed(...pods: string[]): Promise<void> {
    for (const pod of pods.length === 0 ? this.pods : pods) await until(`${pod} formed`, () => this.phase(pod) === 'formed' || this.lastSaid(pod));
    await this.serves(pods.length === 0 ? this.pods : pods);
  }

  /** Waits until the cluster serves, and replicas have copied their masters. */
  async serves(pods: readonly string[]): Promise<void> {
    for (const pod of pods) {
      await until(`${pod} serves`, () => {
        const replication = this.cli(pod, 'info', 'replication');
        const serves = this.cli(pod, 'cluster', 'info').includes('cluster_state:ok');
        return (serves && (replication.includes('role:master') || replication.includes('master_link_status:up'))) || this.lastSaid(pod);
      });
    }
  }

  cli(pod: string, ...command: string[]): string {
    return spawnSync(this.at('bin/redis-cli'), ['-h', pod, '-p', '6379', ...command], { encoding: 'utf8', env: this.env(pod) }).stdout.replace(/\r/g, '').trim();
  }

  /** What commands, each on a line, are answered, wherever their keys are. */
  pipe(pod: string, commands: string[]): string {
    return execFileSync(this.at('bin/redis-cli'), ['-h', pod, '-p', '6379', '-c'], { encoding: 'utf8', input: commands.join('\n'), env: this.env(pod) });
  }

  /** Manages the cluster as `redis-cli --cluster` does. */
  manage(command: string, ...args: string[]): void {
    execFileSync(this.at('bin/redis-cli'), ['--cluster', command, `${this.addressOf(this.pods[0])}:6379`, ...args, '--cluster-yes'], { stdio: 'pipe', env: this.env(this.pods[0]) });
  }

  addressOf(pod: string): string {
    const [, , shard, ordinal] = pod.split('-').map(Number);
    return `127.${20 + process.pid % 200}.${10 * this.options.number + shard}.${10 + ordinal}`;
  }

  /** The slots of all masters: `pod slots`. */
  slots(pod = this.pods[0]): string[] {
    return this.cli(pod, 'cluster', 'nodes').split('\n').map(line => line.split(' ')).filter(words => words.length > 8)
      .map(words => `${words[1].split(',')[1].split('.')[0]} ${words.slice(8).join(',')}`).sort();
  }

  /** All keys with their values, as the masters have them. */
  contents(): string[] {
    return this.slots().flatMap(line => {
      const [pod] = line.split(' ');
      const keys = this.cli(pod, '--scan').split('\n').filter(key => key !== '');
      const values = this.pipe(pod, keys.map(key => `get ${key}`)).split('\n');
      return keys.map((key, i) => `${key} ${values[i]}`);
    }).sort();
  }

  /** Runs the Job of a backup. */
  backUp(more: NodeJS.ProcessEnv = {}): { status: number | null; stderr: string } {
    return spawnSync('bash', [this.at('job/backup.sh')], { encoding: 'utf8', timeout: 60_000, env: { ...this.jobEnv(), ...more } });
  }

  jobEnv(): NodeJS.ProcessEnv {
    const hosts = this.pods.map(pod => `${pod}.${pod.replace(/-\d+$/, '')}-headless.shop`).reverse().sort((a, b) => a.split('-')[2].localeCompare(b.split('-')[2]));
    return {
      ...this.commonEnv(),
      HOSTNAME: 'job',
      BACKUPS: this.at('backups'),
      DATABASE: 'cache',
      PRODUCT: 'redis-cluster',
      HOSTS: hosts.join(' '),
      PORT: '6379',
      KEEP_COUNT: '7',
      KEEP_SECONDS: '0',
    };
  }

  private putTools(): void {
    for (const name of ['backup.sh', 'retention.sh']) this.copy(`backup/scripts/${name}`, `job/${name}`);
    this.copy('redis/scripts/cluster-dump.sh', 'job/dump.sh');
    this.put('restore/restore.sh', fs.readFileSync(path.join(SCRIPTS, 'cluster-restore.sh'), 'utf8') + fs.readFileSync(path.join(SRC, 'backup/scripts/restore.sh'), 'utf8'));
    this.copy('redis/scripts/cluster-load.sh', 'restore/load.sh');
  }

  private copy(from: string, to: string): void {
    this.put(to, fs.readFileSync(path.join(SRC, from), 'utf8'));
  }

  private prepareFiles(pod: string): void {
    for (const folder of ['files', 'data', 'run']) fs.mkdirSync(this.at(pod, folder), { recursive: true });
    for (const script of fs.readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'))) this.copy(`redis/scripts/${script}`, `${pod}/files/${script}`);
    for (const name of ['founding.sh', 'lock.sh']) this.copy(`kit/founding/${name}`, `${pod}/files/${name}`);
    this.copy('redis/scripts/cluster-prepare.sh', `${pod}/files/prepare.sh`);
    fs.appendFileSync(this.at(pod, 'files/member.sh'), STANDINS);
    if (this.options.restored === true) fs.appendFileSync(this.at(pod, 'files/cluster-join.sh'), fs.readFileSync(path.join(SCRIPTS, 'cluster-restored.sh')));
    this.put(`${pod}/files/users`, '');
    this.put(`${pod}/files/redis.conf`, [
      `dir ${this.at(pod, 'data')}`, 'port 6379', 'appendonly yes', 'save ""', 'cluster-enabled yes', `cluster-config-file ${this.at(pod, 'data/nodes.conf')}`,
      'cluster-node-timeout 2000', 'cluster-allow-replica-migration no', 'repl-diskless-sync-delay 0', '',
    ].join('\n'));
  }

  private commonEnv(): NodeJS.ProcessEnv {
    return { PATH: `${this.at('bin')}:${process.env.PATH}`, T: this.root, PASSWORD_FILE: this.at('password'), REDISCLI_AUTH: 'se"cret' };
  }

  private env(pod: string): NodeJS.ProcessEnv {
    const [, , shard] = pod.split('-');
    return {
      ...this.commonEnv(),
      HOSTNAME: pod,
      POD_IP: this.addressOf(pod),
      CLUSTER: 'cache',
      SHARD: shard,
      SUFFIX: '.shop',
      PRODUCT: 'redis',
      FILES: this.at(pod, 'files'),
      DATA: this.at(pod, 'data'),
      RUN: this.at(pod, 'run'),
      USERS: this.at('users'),
      MEMBERS_FILE: this.at('members'),
      SHARDS_FILE: this.at('shards'),
      TERMINATION_LOG: this.at(pod, 'termination-log'),
      CONTAINER_LOG: this.at('none'),
      STOP_BOUND: '5',
      FOUNDING_PAUSE: '0.5',
      BACKUPS: this.at('backups'),
      BACKUP: 'latest',
      RESTORE: this.at('restore/restore.sh'),
      RESTORING: this.at(pod, 'data/.restoring'),
    };
  }
}
