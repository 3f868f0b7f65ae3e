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
  await readyAgain(cluster, node, 'start');
}

/** Unplugs the network of a node: its Pods run on and reach nobody, and nobody reaches them. */
export async function cut(node: string): Promise<void> {
  await power('cut', node);
}

/** Plugs it in again and waits until the node is ready. */
export async function heal(cluster: Kubectl, node: string): Promise<void> {
  await readyAgain(cluster, node, 'heal');
}

/** Says to Kubernetes that a node is off, so that its Pods may start elsewhere; undo it with `inService` before the node starts. */
export async function outOfService(cluster: Kubectl, node: string): Promise<void> {
  await cluster.run(['taint', 'node', node, `${OUT_OF_SERVICE}=nodeshutdown:NoExecute`, '--overwrite']);
}

export async function inService(cluster: Kubectl, node: string): Promise<void> {
  await cluster.run(['taint', 'node', node, `${OUT_OF_SERVICE}-`]);
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

async function readyAgain(cluster: Kubectl, node: string, verb: 'start' | 'heal'): Promise<void> {
  const last = await heartbeatOf(cluster, node);
  await power(verb, node);
  // A node that was away for a short time counts as ready all the while, so its own word is waited for.
  await waitUntil(`heartbeat of node ${node}`, 120, async () => await heartbeatOf(cluster, node) !== last || 'none yet');
  await cluster.wait(`node/${node}`, 'condition=Ready', 120);
}

async function heartbeatOf(cluster: Kubectl, node: string): Promise<string> {
  return (await cluster.in('kube-node-lease').get<Lease>('lease', node)).spec.renewTime;
}

interface Lease {
  readonly spec: { readonly renewTime: string };
}

async function power(verb: 'kill' | 'start' | 'cut' | 'heal', node: string): Promise<void> {
  if (powerMissing) throw new Error(powerMissing);
  say(`node ${node}: ${verb}`);
  const start = performance.now();
  // A shell, so that the command may have arguments and settings of its own.
  await promisify(execFile)('sh', ['-c', `${process.env.NODE_POWER} ${verb} ${node}`], { timeout: 180_000 });
  measured(`${verb} of node ${node}`, (performance.now() - start) / 1000);
}
