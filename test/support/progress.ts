import { record } from './seen';

/** Prints one line of progress, bypassing jest's console, which adds a stack trace to each line. */
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

/** Prints a duration that a test measured itself, and records it for the fault table. */
export function measured(what: string, seconds: number): number {
  say(`measured: ${what} ${seconds.toFixed(1)} s`);
  record(`${what} ${seconds.toFixed(1)} s`);
  return seconds;
}

/** Prints a finding of a case, such as the number of missing acknowledged writes, and records it for the fault table. */
export function found(what: string): void {
  say(`  ${what}`);
  record(what);
}

/**
 * Calls `probe` once a second until it returns `true`.
 * Any other result or error is printed as progress and, after the deadline, is the reason in the error.
 */
export async function waitUntil(what: string, seconds: number, probe: () => Promise<true | string>): Promise<void> {
  const start = performance.now();
  let printed = start;
  for (;;) {
    const seen = await probe().catch((error: unknown) => String(error));
    if (seen === true) return;
    const now = performance.now();
    if (now - start > seconds * 1000) throw new Error(`not within ${seconds} s: ${what}; last seen: ${seen}`);
    if (now - printed > 15_000) {
      say(`  waiting ${Math.round((now - start) / 1000)} s for ${what}: ${seen.split('\n')[0]}`);
      printed = now;
    }
    await sleep(1);
  }
}
