import { Kubectl } from './kubectl';
import { say } from './progress';

/** A cluster that answers. */
export interface ReachableCluster {
  readonly kubectl: Kubectl;
  /** Such as `v1.34.4`. */
  readonly version: string;
}

const howTo = 'Any cluster will do, for example: kind create cluster --kubeconfig k.yaml && export KUBECONFIG=$PWD/k.yaml';

/**
 * The clusters of KUBECONFIGS (several, colon-separated) or else of KUBECONFIG.
 * kubectl's own default file is left alone: a test must not write to whatever cluster somebody used last.
 *
 * Synchronous, so that jest can name its tests by server version. Throws when there is none, or one does not answer.
 */
export function reachableClusters(): ReachableCluster[] {
  const { KUBECONFIGS, KUBECONFIG } = process.env;
  const kubeconfigs = KUBECONFIGS ? KUBECONFIGS.split(':').filter(Boolean) : KUBECONFIG ? [KUBECONFIG] : [];
  if (kubeconfigs.length === 0) throw new Error(`No cluster to test against: neither KUBECONFIG nor KUBECONFIGS is set. ${howTo}`);
  return kubeconfigs.map((kubeconfig) => {
    const kubectl = new Kubectl(kubeconfig);
    const version = serverVersion(kubectl);
    say(`API server ${version} of ${kubeconfig}`);
    return { kubectl, version };
  });
}

/** The one cluster of KUBECONFIG, which must have nodes that run Pods. */
export function clusterWithNodes(): ReachableCluster {
  const file = process.env.KUBECONFIG;
  if (!file) throw new Error(`No cluster to test against: KUBECONFIG is not set. ${howTo}`);
  const kubectl = new Kubectl(file);
  const version = serverVersion(kubectl);
  const ready = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const nodes = kubectl.runSync(['get', 'nodes', '-o', `jsonpath=${ready}`]).split('\n').filter((status) => status === 'True').length;
  if (nodes === 0) throw new Error(`The cluster of KUBECONFIG=${file} has no ready node, so no Pod can run. ${howTo}`);
  say(`cluster ${version} of ${file}: ${nodes} ready nodes`);
  return { kubectl, version };
}

function serverVersion(kubectl: Kubectl): string {
  try {
    return (JSON.parse(kubectl.runSync(['get', '--raw', '/version'], { seconds: 20 })) as { gitVersion: string }).gitVersion;
  } catch (error) {
    throw new Error(`No API server answers for KUBECONFIG=${kubectl.kubeconfig}. ${howTo}\n${String(error)}`);
  }
}
