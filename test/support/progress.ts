import { patient } from './patience';
import { record } from './seen';

/** One line to the person who waits; past jest's console, which adds a stack trace to each line. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Runs `work`, prints how long it took and returns the seconds. */
export async function measure(what: string, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return measured(what, (performance.now() - start) / 1000);
}

/** Prints a duration that a test found out by itself, and keeps it for the table of faults. */
export function measured(what: string, seconds: number): number {
  say(`measured: ${what} ${seconds.toFixed(1)} s`);
  record(`${what} ${seconds.toFixed(1)} s`);
  return seconds;
}

/** Prints what a case has found, such as how many acknowledged writes are missing, and keeps it for the table of faults. */
export function found(what: string): void {
  say(`  ${what}`);
  record(what);
}

/**
 * Asks `probe` once a second until it says `true`.
 * What it says instead, or throws, is the progress that is printed and, after the deadline, the reason in the error.
 */
export async function waitUntil(what: string, seconds: number, probe: () => Promise<true | string>): Promise<void> {
  const deadline = patient(seconds);
  const start = performance.now();
  let printed = start;
  for (;;) {
    const seen = await probe().catch((error: unknown) => String(error));
    if (seen === true) return;
    const now = performance.now();
    if (now - start > deadline * 1000) throw new Error(`not within ${deadline} s: ${what}; last seen: ${seen}`);
    if (now - printed > 15_000) {
      say(`  waiting ${Math.round((now - start) / 1000)} s for ${what}: ${seen.split('\n')[0]}`);
      printed = now;
    }
    await sleep(1);
  }
}
