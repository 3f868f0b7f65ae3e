import { Kubectl } from './kubectl';
import { found, waitUntil } from './progress';
import { RedisWriter, WRITER } from './redis-writer';

interface RedisPod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The members that were acknowledged to a writer, and are not there: of those that a replica had, and of all. */
export interface Missing {
  readonly copied: string[];
  readonly all: string[];
}

/** The Pods of servers and sentinels, whatever their topology. */
export abstract class RedisMembers {
  protected constructor(readonly kubectl: Kubectl) {}

  /** Starts a writer within the Pod of a server, which goes on when its node is cut off. */
  async writeWithin(pod: string, key: string): Promise<void> {
    const script = 'export REDIS_PASSWORD=$(cat /etc/cdk8s-stateful/credentials/password); perl -e "$1" "$2" direct 127.0.0.1:6379 >/run/redis/written 2>/dev/null </dev/null &';
    await this.kubectl.exec(pod, ['bash', '-c', script, 'sh', WRITER, key]);
  }

  /** Ends it, and says when each of its writes was acknowledged, in seconds since 1970. */
  async writtenWithin(pod: string): Promise<number[]> {
    const lines = await this.kubectl.exec(pod, ['bash', '-c', 'for process in /proc/[0-9]*; do [ "$(cat $process/comm)" != perl ] || kill "${process#/proc/}"; done; cat /run/redis/written']);
    return lines.trim().split('\n').map(line => Number(line.split(' ')[0]));
  }

  /** What a server or sentinel answers; nothing if it does not. */
  cli(pod: string, ...command: string[]): Promise<string> {
    const port = pod.includes('sentinel') ? '26379' : '6379';
    const script = 'REDISCLI_AUTH=$(cat /etc/cdk8s-stateful/credentials/password) exec timeout 5 "$PRODUCT-cli" -p "$@"';
    return this.kubectl.exec(pod, ['bash', '-c', script, 'sh', port, ...command]).then(text => text.replace(/\r/g, '').trim()).catch(() => '');
  }

  /**
   * Until these servers restart, they sync each write before they acknowledge it. By default, one that is killed while it syncs
   * its append-only file loses what it acknowledges meanwhile, whoever has copied it: docs/redis.md says so.
   */
  async syncEachWrite(pods: readonly string[]): Promise<void> {
    for (const pod of pods) expect(await this.cli(pod, 'config', 'set', 'appendfsync', 'always')).toBe('OK');
  }

  /** Waits until all of these answer themselves: the Pods of a node that was off for a short time count as ready all the while. */
  async allAnswer(pods: readonly string[], seconds: number): Promise<void> {
    await waitUntil(`answers of ${pods.join(', ')}`, seconds, async () => {
      const answers = await Promise.all(pods.map(pod => this.cli(pod, 'ping')));
      const silent = pods.filter((_, i) => answers[i] !== 'PONG');
      return silent.length === 0 || `none from ${silent.join(', ')}`;
    });
  }

  /**
   * Ends a writer, and compares it with the members of its key, a line each. A master that has just changed does not answer, or, if it was cut off, answers
   * from what it has: what is lost stays missing.
   */
  protected async missingIn(writer: RedisWriter, members: () => Promise<string>): Promise<Missing> {
    writer.stop();
    let missing: Missing = { copied: [...writer.copied], all: [...writer.acknowledged] };
    await waitUntil(`all of ${writer.key}`, 30, async () => {
      const there = new Set((await members()).split('\n'));
      const absent = (acknowledged: readonly string[]) => acknowledged.filter(member => !there.has(member));
      missing = { copied: absent(writer.copied), all: absent(writer.acknowledged) };
      return missing.all.length === 0 || `${missing.all.length} missing`;
    }).catch(() => undefined);
    found(`${writer.key}: ${writer.acknowledged.length} acknowledged, ${missing.all.length} missing; ${writer.copied.length} with WAIT, ${missing.copied.length} missing; longest pause ${writer.longestPause.toFixed(1)} s`);
    return missing;
  }

  pod(name: string): Promise<RedisPod> {
    return this.kubectl.get<RedisPod>('pod', name);
  }

  async nodeOf(pod: string): Promise<string> {
    return (await this.pod(pod)).spec.nodeName;
  }

  async isReady(pod: string): Promise<boolean> {
    const { status } = await this.pod(pod);
    return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  }

  /** Waits until the Pods are others than those of before, and ready. */
  async readyAnew(before: readonly RedisPod[], seconds = 180): Promise<void> {
    await waitUntil(`new Pods ${before.map(({ metadata }) => metadata.name).join(', ')} that are ready`, seconds, async () => {
      for (const { metadata: { name, uid } } of before) {
        if ((await this.pod(name)).metadata.uid === uid) return `${name} is the old one`;
        if (!await this.isReady(name)) return `${name} is not ready`;
      }
      return true;
    });
  }

  async says(pod: string, text: string, seconds = 90): Promise<void> {
    await waitUntil(`${pod} says “${text}”`, seconds, async () => {
      const log = await this.kubectl.logs(pod);
      return log.includes(text) || log.trim().split('\n').slice(-1)[0];
    });
  }

  decide(pod: string, ...decision: string[]): Promise<string> {
    return this.kubectl.exec(pod, ['bash', '/etc/cdk8s-stateful/files/decide.sh', ...decision], { seconds: 600 }); // slots are moved one by one
  }
}
