import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';

/** Where the data of servers is: a slow disk would make them miss their own time limits, and a master that writes for two seconds one that is down. */
export const IN_MEMORY = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

/** Longer than the archivers take for a connection that is stalled, on a busy machine too. */
const SECONDS = 150;

/** Asks ten times a second until the answer is `true`; what it is instead is the reason in the error. */
export async function until(what: string, probe: () => true | string): Promise<void> {
  for (const start = performance.now(); ;) {
    const seen = probe();
    if (seen === true) return;
    if (performance.now() - start > SECONDS * 1000) throw new Error(`not within ${SECONDS} s: ${what}; last seen: ${seen}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** A script that runs on. */
export interface Running {
  /** Waits until it has said this. */
  said(text: string): Promise<void>;
  /** The end of all that it has said. */
  lastSaid(): string;
  /** Ends it, by default with its Pod. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** A script that was started as the leader of a process group. It is among those that run, `all`, until it is killed. */
export function runningOn(child: ChildProcess, all: Set<ChildProcess>): Running {
  all.add(child);
  let said = '';
  const lastSaid = () => said.slice(-800);
  child.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  return {
    said: text => until(`'${text}'`, () => said.includes(text) || lastSaid()),
    lastSaid,
    kill: async (signal = 'SIGKILL') => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
      await end(child, signal);
      all.delete(child);
    },
  };
}

/** Ends a program and waits until it has. */
export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.on('exit', resolve));
  child.kill(signal);
  await ended;
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
