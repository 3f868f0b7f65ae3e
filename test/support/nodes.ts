import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import type { Kubectl } from './kubectl';

/** Test files that run beside each other take turns here. */
const TURNS = join(tmpdir(), 'cdk8s-stateful-nodes');

/**
 * Runs `act` while no new Pod gets on these nodes. One test file at a time does so: another one would let Pods on a node
 * again, or leave none for them.
 */
export async function keepPodsOff<T>(cluster: Kubectl, nodes: readonly string[], act: () => Promise<T>): Promise<T> {
  closeSync(openSync(TURNS, 'a'));
  const release = await lock(TURNS, { stale: 60_000, retries: { retries: 600, factor: 1, minTimeout: 1000 } });
  try {
    for (const node of nodes) await cluster.run(['cordon', node]);
    return await act();
  } finally {
    for (const node of nodes) await cluster.uncordon(node);
    await release();
  }
}
