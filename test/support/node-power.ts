import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Kubectl } from './kubectl';
import { measured, say, waitUntil } from './progress';

/** Why nodes cannot be switched off here, if they cannot. */
export const powerMissing = process.env.NODE_POWER
  ? undefined
  : 'needs NODE_POWER, a command that is called with “kill <node>” or “start <node>” and switches that node off or on';

/** Cuts the power of a node: no Pod on it gets a signal. */
export async function powerOff(node: string): Promise<void> {
  await power('kill', node);
}

/** Starts the node again and waits until it is ready. */
export async function powerOn(cluster: Kubectl, node: string): Promise<void> {
  const heartbeat = async () => (await cluster.in('kube-node-lease').get<Lease>('lease', node)).spec.renewTime;
  const last = await heartbeat();
  await power('start', node);
  // A node that was off for a short time counts as ready all the while, so its own word is waited for.
  await waitUntil(`heartbeat of node ${node}`, 120, async () => await heartbeat() !== last || 'none yet');
  await cluster.wait(`node/${node}`, 'condition=Ready', 120);
}

interface Lease {
  readonly spec: { readonly renewTime: string };
}

async function power(verb: 'kill' | 'start', node: string): Promise<void> {
  if (powerMissing) throw new Error(powerMissing);
  say(`node ${node}: ${verb}`);
  const start = performance.now();
  // A shell, so that the command may have arguments and settings of its own.
  await promisify(execFile)('sh', ['-c', `${process.env.NODE_POWER} ${verb} ${node}`], { timeout: 180_000 });
  measured(`${verb} of node ${node}`, (performance.now() - start) / 1000);
}
