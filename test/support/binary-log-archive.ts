import type { Kubectl } from './kubectl';
import { waitUntil } from './progress';

/** The time of a server of MySQL or MariaDB, as its archiver notes it. */
export const UTC_NOW = "select date_format(utc_timestamp(), '%Y-%m-%dT%H:%i:%sZ')";

/** The time in what an archiver has noted: up to then it has everything. */
export function reachedIn(note: string): string {
  return /^time: (.*)$/m.exec(note)?.[1] ?? '';
}

/** Waits until the archiver of `orders` has noted that it has everything up to a time. */
export async function archiveReaches(kubectl: Kubectl, time: string): Promise<void> {
  await waitUntil(`the archive up to ${time}`, 120, async () => {
    const note = await kubectl.exec('orders-log-0', ['bash', '-c', 'cat "$LOGS"/*/0-reached.partial'], { container: 'archive' });
    return reachedIn(note) > time || note;
  });
}
