import { randomBytes } from 'node:crypto';
import { Kubectl, KubectlError } from './kubectl';
import { say } from './progress';

const image = 'busybox:1.35';

/**
 * Why cases about NetworkPolicies cannot run here, if they cannot: many clusters accept the objects and enforce nothing,
 * so it is tried. Two clients call a server whose policy admits one of them.
 *
 * Synchronous, so that jest knows it when it collects the tests.
 */
export function networkPoliciesMissing(cluster: Kubectl): string | undefined {
  const name = `policy-probe-${randomBytes(3).toString('hex')}`;
  const kubectl = cluster.in(name);
  cluster.runSync(['create', 'namespace', name]);
  try {
    awaitServiceAccount(kubectl);
    kubectl.runSync(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
    kubectl.runSync(['wait', 'pod', '--all', '--for=condition=Ready', '--timeout=120s'], { seconds: 130 });
    const server = kubectl.runSync(['get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}']);
    if (!connects(kubectl, 'friend', server)) throw new Error(`the NetworkPolicy probe is of no use: nobody reaches ${server}`);
    for (let attempt = 0; attempt < 20; attempt++) { // enforcement may lag behind the object
      if (!connects(kubectl, 'stranger', server)) {
        say('this cluster enforces NetworkPolicies');
        return undefined;
      }
      pauseSync(1000);
    }
    return 'needs a cluster that enforces NetworkPolicies; this one lets a Pod through that no policy admits';
  } finally {
    cluster.runSync(['delete', 'namespace', name, '--wait=false']);
  }
}

/** Until a controller has made it, every Pod is refused. */
function awaitServiceAccount(kubectl: Kubectl): void {
  for (let attempt = 0; ; attempt++) {
    try {
      kubectl.runSync(['get', 'serviceaccount', 'default']);
      return;
    } catch (error) {
      if (attempt === 60) throw error;
      pauseSync(1000);
    }
  }
}

function pauseSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function connects(kubectl: Kubectl, client: string, server: string): boolean {
  try {
    kubectl.runSync(['exec', client, '--', 'sh', '-c', `for i in 1 2 3; do nc -w 2 ${server} 8080 </dev/null && exit 0; sleep 1; done; exit 9`]);
    return true;
  } catch (error) {
    if (error instanceof KubectlError && error.stderr.includes('exit code 9')) return false;
    throw error;
  }
}

function pod(name: string, command: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { probe: name } },
    spec: {
      containers: [{ name: 'main', image, command }],
      securityContext: { runAsUser: 65534, runAsNonRoot: true },
      terminationGracePeriodSeconds: 0,
    },
  };
}

const objects = [
  pod('server', ['httpd', '-f', '-p', '8080', '-h', '/tmp']),
  pod('friend', ['sleep', '3600']),
  pod('stranger', ['sleep', '3600']),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'server' },
    spec: {
      podSelector: { matchLabels: { probe: 'server' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { probe: 'friend' } } }] }],
    },
  },
];
