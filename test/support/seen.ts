import { appendFileSync } from 'node:fs';

/** The file from which the reporter of the fault table reads the findings; set by it, empty otherwise. */
export const SEEN_FILE = 'FAULTS_SEEN';

/** The findings of one case. */
export interface Seen {
  readonly test: string;
  readonly what: string;
}

/** Records a figure or finding of the current case for the fault table. */
export function record(what: string): void {
  const file = process.env[SEEN_FILE];
  if (file === undefined) return;
  const { currentTestName: test = 'before the first case' } = expect.getState();
  const seen: Seen = { test, what };
  appendFileSync(file, `${JSON.stringify(seen)}\n`);
}
