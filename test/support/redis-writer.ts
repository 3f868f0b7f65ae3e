import { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kubectl } from './kubectl';
import { waitUntil } from './progress';

/** The program of a writer. */
export const WRITER = readFileSync(join(__dirname, 'redis-writer.pl'), 'utf8');

/** A client that goes on adding members to a set, and what was acknowledged to it. */
export class RedisWriter {
  /** The longest time without an acknowledgement, in seconds. */
  longestPause = 0;
  private out = '';
  private errors = '';
  private last?: number;
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(kubectl: Kubectl, client: string, readonly key: string, ...how: string[]) {
    this.child = kubectl.start(['exec', client, '--', 'perl', '-e', WRITER, key, ...how]);
    this.child.stdout.on('data', chunk => {
      this.out += String(chunk);
      const now = performance.now();
      this.longestPause = Math.max(this.longestPause, (now - (this.last ?? now)) / 1000);
      this.last = now;
    });
    this.child.stderr.on('data', chunk => { this.errors += String(chunk); });
  }

  /** The members of the set that somebody said are written. */
  get acknowledged(): string[] {
    return this.lines.map(([, member]) => member);
  }

  /** Those of them that at least one replica had within a second. */
  get copied(): string[] {
    return this.lines.filter(([,, copies]) => Number(copies) > 0).map(([, member]) => member);
  }

  async goesOn(seconds = 60): Promise<void> {
    const before = this.acknowledged.length;
    await waitUntil(`writer of ${this.key} to go on`, seconds, async () => this.acknowledged.length > before + 5 || `${before} written ${this.errors}`);
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private get lines(): string[][] {
    return this.out.split('\n').slice(0, -1).map(line => line.split(' '));
  }
}
