import { appendFileSync } from 'node:fs';

/** Where the reporter of the fault table reads what the cases saw; set by it, empty otherwise. */
export const SEEN_FILE = 'FAULTS_SEEN';

/** What one case saw. */
export interface Seen {
  readonly test: string;
  readonly what: string;
}

/** Keeps a figure or finding of the running case for the table of faults. */
export function record(what: string): void {
  const file = process.env[SEEN_FILE];
  if (file === undefined) return;
  const { currentTestName: test = 'before the first case' } = expect.getState();
  const seen: Seen = { test, what };
  appendFileSync(file, `${JSON.stringify(seen)}\n`);
}
