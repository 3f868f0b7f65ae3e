/**
 * Deadlines in tests are what an idle machine needs several times over; a busy one may take this many times longer.
 * They only decide when a test gives up: nothing is slower for it that succeeds.
 */
const PATIENCE = 2;

/** How many seconds to wait for what takes at most `seconds` on an idle machine. */
export function patient(seconds: number): number {
  return seconds * PATIENCE;
}
